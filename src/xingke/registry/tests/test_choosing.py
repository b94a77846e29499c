"""Choosing an organisation or a person: found by part of a name, picked from what somebody may see and from nothing else."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from tests.cast import NOW, Cast
from xingke.base.keys import derived_key
from xingke.registry import actions
from xingke.registry.actions import people as persons
from xingke.registry.models import Employment, Organisation, Person
from xingke.registry.queries import choosing

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def entered(cast: Cast, name: str, employer: str = "", *, by: str = "officer") -> Person:
    place = cast.county if by == "officer" else cast.sibling
    person = persons.enter_person(name=name, region=place, facts={}, by=cast.users[by], now=NOW)
    if employer:
        persons.employ(
            person=person, employer=employer, organisation=None, post="教授", since=None, by=cast.users[by], now=NOW
        )
    return person


def firms(cast: Cast, count: int) -> None:
    new = [
        actions.NewOrganisation(key=derived_key("firm", n), name=f"青溪县第{n:02}机械有限公司", region=cast.county)
        for n in range(count)
    ]
    actions.enter_organisations(organisations=new, by=cast.officer, now=NOW, source="test")


def offered(page: str, name: str) -> list[tuple[str, str]]:
    """The radio buttons of a chooser: what each sends, and what it says."""
    found = html.fromstring(page).xpath(f'//label[input[@type="radio"][@name="{name}_picked"]]')
    return [(each.xpath("./input/@value")[0], " ".join(each.text_content().split())) for each in found]


# ── what is found ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_people_are_found_by_part_of_a_name_or_of_their_employers(cast: Cast) -> None:
    one, other = entered(cast, "何远山", "云岭农业大学"), entered(cast, "何远山", "云岭理工大学")
    entered(cast, "陆知秋")

    def labels(text: str) -> list[str]:
        return sorted(each.label for each in choosing.persons(cast.officer, text))

    assert labels("远") == ["何远山（云岭农业大学）", "何远山（云岭理工大学）"]
    assert labels("理工") == labels("何（理工") == ["何远山（云岭理工大学）"]
    assert labels("") == labels("没有") == []
    assert [each.label for each in choosing.persons(cast.officer, "知秋")] == ["陆知秋"]
    assert [each.value for each in choosing.persons(cast.officer, "何", but=str(one.key))] == [str(other.key)]
    assert str(one.key)[-6:] in choosing.persons(cast.officer, str(one.key))[0].note  # two of one name are told apart


@pytest.mark.parametrize("text", ["邻县人", "远帆", "91990122MA000000XX"])
def test_nobody_finds_what_they_may_not_see(cast: Cast, text: str) -> None:
    Organisation.objects.filter(pk=cast.other_firm.pk).update(credit_code="91990122MA000000XX")
    there = entered(cast, "邻县人", by="neighbour")

    for key in (text, str(there.key), str(cast.other_firm.key)):
        assert choosing.persons(cast.officer, key) == [] and choosing.organisations(cast.officer, key) == []
    assert choosing.persons(cast.neighbour, "邻县人") or choosing.organisations(cast.neighbour, text)


def test_what_is_sealed_is_looked_for_nowhere(cast: Cast) -> None:
    persons.enter_person(name="张三", region=cast.county, facts={"phone": "13812345678"}, by=cast.officer, now=NOW)

    assert choosing.persons(cast.officer, "13812345678") == []


def test_organisations_are_found_in_one_region_where_only_that_is_asked_for(cast: Cast) -> None:
    names = {
        place: [each.label for each in choosing.organisations(cast.superior, "县", within=place)]
        for place in (cast.county, cast.sibling, None)
    }

    assert names[cast.county] == [cast.firm.name] and names[cast.sibling] == [cast.other_firm.name]
    assert len(names[None]) == 2


def test_regions_are_found_by_name_or_by_the_beginning_of_their_code(cast: Cast, signed_in: SignIn) -> None:
    assert [each.value for each in choosing.regions("青溪")] == [cast.county.code]
    assert cast.county.code in [each.value for each in choosing.regions(cast.county.code[:4])]
    assert choosing.regions("") == choosing.regions("没有") == []
    page = signed_in("stranger").get("/regions/matches/", {"for": "region", "region": "青溪"}).content.decode()
    ((code, said),) = offered(page, "region")
    assert code == cast.county.code and said.startswith("青溪县") and cast.county.parent.name in said


def test_a_full_name_is_understood_however_many_are_called_alike(cast: Cast) -> None:
    firms(cast, 30)
    Organisation.objects.filter(pk=cast.firm.pk).update(name="机械有限公司")

    assert choosing.organisation_named(cast.officer, "机械有限公司") == cast.firm
    assert choosing.organisation_named(cast.officer, "机械") is None


def test_what_is_found_costs_the_same_queries_for_one_and_for_many(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    entered(cast, "何远山", "云岭农业大学")

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            browser.get("/people/matches/?for=kept&kept=何")
        return len(asked)

    cost()
    few = cost()
    for number in range(30):
        entered(cast, f"何远{number}", "云岭农业大学")

    assert cost() == few


# ── while somebody writes ───────────────────────────────────────────────────────────────────────────────────────────


def test_twenty_are_offered_and_that_there_are_more_is_said(cast: Cast, signed_in: SignIn) -> None:
    firms(cast, 25)
    browser = signed_in("officer")

    page = browser.get("/organisations/matches/?for=holder&holder=机械").content.decode()
    few = browser.get("/organisations/matches/?for=holder&holder=第07机").content.decode()

    assert len(offered(page, "holder")) == 20 and "还有别的，请再多写几个字。" in page
    assert [said for _key, said in offered(few, "holder")] == ["青溪县第07机械有限公司无统一社会信用代码 · 青溪县"]
    assert "还有别的" not in few
    assert "没有这样的" in browser.get("/organisations/matches/?for=holder&holder=没有").content.decode()


@pytest.mark.parametrize("name", ["", '"><script>', "Holder", "a" * 130])
def test_a_field_that_cannot_be_is_not_answered(cast: Cast, signed_in: SignIn, name: str) -> None:
    browser = signed_in("officer")

    assert browser.get("/organisations/matches/", {"for": name, name: "机械"}).status_code == 404
    assert browser.get("/people/matches/", {"for": name, name: "何"}).status_code == 404


def test_who_may_see_no_people_finds_none(cast: Cast, signed_in: SignIn) -> None:
    entered(cast, "何远山")

    for who in ("security", "enterprise", "superior", "stranger"):
        assert signed_in(who).get("/people/matches/?for=kept&kept=何").status_code == 404
    assert offered(signed_in("neighbour").get("/people/matches/?for=kept&kept=何").content.decode(), "kept") == []


# ── without JavaScript ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_button_looks_up_and_changes_nothing_and_what_is_picked_is_meant(cast: Cast, signed_in: SignIn) -> None:
    kept, other, third = entered(cast, "何远山"), entered(cast, "何远山", "云岭农业大学"), entered(cast, "何远山")
    browser, url = signed_in("officer"), f"/people/{kept.key}/merge/"

    looked_up = browser.post(url, {"other": "远山", "reason": "", "find": "1"}).content.decode()

    assert Person.objects.filter(merged_into=None).count() == 3
    assert 'class="field-error"' not in looked_up  # nothing is judged while somebody only looks
    assert {key for key, _said in offered(looked_up, "other")} == {str(other.key), str(third.key)}  # never themselves

    ambiguous = browser.post(url, {"other": "何远山", "reason": "同一人"}).content.decode()
    assert "叫“何远山”的有几个人" in ambiguous and len(offered(ambiguous, "other")) == 2

    done = browser.post(url, {"other": "何远山", "other_picked": str(third.key), "reason": "同一人"})
    assert done["Location"] == f"/people/{kept.key}/"
    assert Person.objects.get(pk=third.pk).merged_into == kept
    assert Person.objects.get(pk=other.pk).merged_into is None


def test_what_was_picked_before_something_else_was_written_is_not_meant(cast: Cast, signed_in: SignIn) -> None:
    kept, other, written = entered(cast, "何远山"), entered(cast, "陆知秋"), entered(cast, "江映川")
    browser = signed_in("officer")

    browser.post(f"/people/{kept.key}/merge/", {"other": "江映川", "other_picked": str(other.key), "reason": "同一人"})

    assert Person.objects.get(pk=other.pk).merged_into is None
    assert Person.objects.get(pk=written.pk).merged_into == kept


def test_a_picked_key_of_somebody_elses_region_is_nobody(cast: Cast, signed_in: SignIn) -> None:
    kept, there = entered(cast, "何远山"), entered(cast, "邻县人", by="neighbour")

    page = signed_in("officer").post(
        f"/people/{kept.key}/merge/", {"other": "邻县人", "other_picked": str(there.key), "reason": "同一人"}
    )

    assert "没有登记过“邻县人”" in page.content.decode()
    assert Person.objects.get(pk=there.pk).merged_into is None


def test_what_was_picked_stays_picked_when_something_else_is_wrong(cast: Cast, signed_in: SignIn) -> None:
    kept, other = entered(cast, "何远山"), entered(cast, "何远山", "云岭农业大学")
    entered(cast, "何远山")

    page = signed_in("officer").post(
        f"/people/{kept.key}/merge/", {"other": "何远山", "other_picked": str(other.key), "reason": ""}
    )

    shown = html.fromstring(page.content.decode())
    assert shown.xpath('//input[@name="other"]/@value') == ["何远山（云岭农业大学）"]
    assert shown.xpath('//input[@name="other_picked"][@checked]/@value') == [str(other.key)]


@pytest.mark.parametrize("written, picked, known", [("明渠", True, True), ("云岭农业大学", False, False)])
def test_an_employer_is_picked_or_written_where_the_register_has_it_not(
    cast: Cast, signed_in: SignIn, written: str, picked: bool, known: bool
) -> None:
    person = entered(cast, "何远山")
    typed = {"employer": written, "post": "工程师", "since": "2025-01-01"}
    typed |= {"employer_picked": str(cast.firm.key)} if picked else {}

    signed_in("officer").post(f"/people/{person.key}/employ/", typed)

    job = Employment.objects.get(person=person)
    assert (job.organisation, job.employer) == ((cast.firm, cast.firm.name) if known else (None, written))


def test_a_chooser_is_a_search_field_with_a_button_and_says_what_is_found_aloud(cast: Cast, signed_in: SignIn) -> None:
    kept = entered(cast, "何远山")
    page = html.fromstring(signed_in("officer").get(f"/people/{kept.key}/merge/").content.decode())
    (field,) = page.xpath('//input[@name="other"]')

    assert field.get("type") == "search" and field.get("aria-describedby") == "id_other_helptext"
    assert field.get("hx-get") == f"/people/matches/?for=other&but={kept.key}"
    assert page.xpath('//div[@id="id_other_matches"]/@aria-live') == ["polite"]
    assert page.xpath('//button[@name="find"]/@formnovalidate') == ["formnovalidate"] or page.xpath(
        '//button[@name="find"][@formnovalidate]'
    )
    assert page.xpath('//label[@for="id_other"]')
