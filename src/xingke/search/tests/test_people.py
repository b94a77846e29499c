"""Persons by the search: found by name by those who may see them, gone with their name, and nothing sealed ever told."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from xingke.registry.actions import people as actions
from xingke.registry.models import Person
from xingke.search.actions import catch_up
from xingke.search.models import Entry

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
FACTS = {
    "phone": "13812345678",
    "email": "zhang@example.com",
    "address": "人民路一号",
    "identity": "11010519491231002X",
}


def entered(cast: Cast, name: str = "章明远", **facts: str) -> Person:
    person = actions.enter_person(name=name, region=cast.county, facts=facts or FACTS, by=cast.officer, now=NOW)
    actions.employ(
        person=person, employer="云岭理工大学", organisation=None, post="教授", since=None, by=cast.officer, now=NOW
    )
    return person


def found(browser: Client, text: str) -> list[str]:
    """The titles of what the search finds of persons."""
    page = browser.get("/search/", {"q": text, "kind": "person"})
    return ["".join(piece.text for piece in line.title) for line in page.context["lines"] or ()]


@pytest.mark.parametrize("text", ["章明远", "明远", "章明远 理工大学", "章明远 青溪县"])
def test_an_officer_finds_somebody_by_name(cast: Cast, signed_in: SignIn, text: str) -> None:
    entered(cast)

    assert found(signed_in("officer"), text) == ["章明远"]


def test_a_hit_says_where_they_work_and_leads_to_their_page(cast: Cast, signed_in: SignIn) -> None:
    person = entered(cast)

    page = signed_in("officer").get("/search/", {"q": "章明远"}).content.decode()

    assert "云岭理工大学 · 教授 · 青溪县" in page and f"/people/{person.key}/" in page


def test_below_the_box_they_are_suggested(cast: Cast, signed_in: SignIn) -> None:
    person, browser = entered(cast), signed_in("officer")
    catch_up()

    assert f"/people/{person.key}/" in browser.get("/search/?q=章明远", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("who", ["neighbour", "superior", "reviewer", "enterprise"])
def test_who_may_not_see_persons_there_finds_nobody(cast: Cast, signed_in: SignIn, who: str) -> None:
    entered(cast)

    page = signed_in(who).get("/search/", {"q": "章明远"}).content.decode()

    assert "没有找到" in page and "云岭理工大学" not in page


@pytest.mark.parametrize("text", FACTS.values())
def test_nothing_sealed_is_indexed_found_or_shown(cast: Cast, signed_in: SignIn, text: str) -> None:
    entered(cast)

    assert found(signed_in("officer"), text) == []
    page = signed_in("officer").get("/search/", {"q": "章明远"}).content.decode()
    (entry,) = Entry.objects.filter(kind="person")
    assert text not in page and text not in f"{entry.names} {entry.text} {entry.identifier}"


def test_who_is_corrected_is_found_by_the_new_name_only(cast: Cast, signed_in: SignIn) -> None:
    person, browser = entered(cast), signed_in("officer")
    assert found(browser, "章明远") == ["章明远"]
    person.refresh_from_db()

    actions.correct_person(person=person, name="彭若水", facts={}, reason="写错", by=cast.officer, now=NOW)

    assert (found(browser, "章明远"), found(browser, "彭若水")) == ([], ["彭若水"])


def test_who_is_merged_or_forgotten_is_found_no_more(cast: Cast, signed_in: SignIn) -> None:
    kept, other, browser = entered(cast), entered(cast, "章明元", phone="1"), signed_in("officer")
    assert set(found(browser, "章明")) == {"章明远", "章明元"}

    kept = actions.merge_people(kept=kept, other=other, reason="同一人", by=cast.officer, now=NOW)
    assert found(browser, "章明") == ["章明远"]
    actions.erase_person(person=kept, reason="本人要求", by=cast.officer, now=NOW)

    assert found(browser, "章明") == []
    assert not Entry.objects.filter(kind="person").exists()


def test_a_key_that_a_list_made_is_nothing_to_be_found(cast: Cast) -> None:
    Person.objects.create()
    catch_up()

    assert not Entry.objects.filter(kind="person").exists()
