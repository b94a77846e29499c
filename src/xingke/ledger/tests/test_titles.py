"""Titles and their terms in the ledger: what ends soon, and making one of two that stand for one thing."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import NOW, Cast, accept_open_proposals, file
from xingke.base.refusals import Refused
from xingke.ledger import actions, rules
from xingke.ledger.models import Recognition, RecognitionEvent, State
from xingke.ledger.queries import titles

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def _certificate(cast: Cast, name: str, *on: str, **fields: str) -> UUID:
    events = [("recognised" if place == 0 else "re_recognised", day) for place, day in enumerate(on)]
    return file("recognition", name, events, firm=cast.firm, by=cast.statistician, **fields)


# ── what ends soon ──────────────────────────────────────────────────────────────────────────────────────────────────


def _ending_in(days: int) -> str:
    """The day a certificate of three years was given that ends so many days from now."""
    return rules.months_later(timezone.localdate() + timedelta(days=days + 1), -36).isoformat()


def test_what_ends_within_some_months_is_listed_with_the_first_to_end_first(cast: Cast, signed_in: SignIn) -> None:
    for name, days in (("GR2", 100), ("GR1", 20), ("GR3", 400)):
        _certificate(cast, name, _ending_in(days), title=_TITLES[name])

    rows = signed_in("officer").get("/records/titles/").context["rows"]

    assert [row["number"] for row in rows] == ["GR1", "GR2"]
    assert [row["until"] for row in rows] == sorted(row["until"] for row in rows)


_TITLES = {"GR1": "high_tech_enterprise", "GR2": "high_growth_enterprise", "GR3": "innovative_enterprise"}


def test_what_was_applied_for_again_and_not_given_yet_is_in_renewal(cast: Cast, signed_in: SignIn) -> None:
    key = _certificate(cast, "GR1", _ending_in(-40))
    applied = timezone.localdate() - timedelta(days=90)
    actions.add_event(
        kind="recognition",
        subject=key,
        by=cast.officer,
        now=NOW,
        source="测试",
        event=actions.NewEvent(event="applied", on=applied, region=cast.county),
    )

    page = signed_in("officer").get("/records/titles/").context

    assert page["rows"] == []
    assert [(row["number"], row["applied_on"]) for row in page["renewing"]] == [("GR1", applied)]


def test_nobody_sees_the_titles_of_the_county_next_door(cast: Cast, signed_in: SignIn) -> None:
    _certificate(cast, "GR1", _ending_in(20))

    assert signed_in("neighbour").get("/records/titles/").context["rows"] == []


# ── one of two ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _two(cast: Cast) -> tuple[UUID, UUID]:
    """One title that stands twice, as ledgers filled before the form and the import asked for it have it."""
    first = _certificate(cast, "GR2021", "2021-11-15")
    second = _certificate(cast, "GR2024", "2024-11-08")
    return first, second


def test_a_title_that_stands_twice_is_found_once(cast: Cast) -> None:
    first, second = _two(cast)

    assert [[row.record for row in group] for group in titles.duplicates()] == [[first, second]]


def test_titles_one_after_the_other_are_no_duplicates(cast: Cast) -> None:
    _certificate(cast, "GR2017", "2017-11-15")
    _certificate(cast, "GR2024", "2024-11-08")

    assert titles.duplicates() == []


def test_two_are_made_one_by_what_happened_to_the_second_and_its_void_that_another_accepts(cast: Cast) -> None:
    first, second = _two(cast)

    moved = actions.merge_titles(keep=first, merge=second, reason="", by=cast.officer, now=NOW)

    events = RecognitionEvent.objects.filter(subject=first, seq_to__isnull=True).order_by("step")
    told = [(each.event, each.happened_on.isoformat(), each.certificate, each.state) for each in events]
    assert (moved, told) == (
        1,
        [("recognised", "2021-11-15", "", State.CONFIRMED), ("re_recognised", "2024-11-08", "GR2024", State.DRAFT)],
    )
    assert Recognition.objects.get(record=second, seq_to__isnull=True).state == State.CONFIRMED  # until it is accepted


def test_once_another_has_confirmed_and_accepted_one_stands(cast: Cast) -> None:
    first, second = _two(cast)
    actions.merge_titles(keep=first, merge=second, reason="", by=cast.officer, now=NOW)
    moved = RecognitionEvent.objects.get(subject=first, event="re_recognised")

    actions.confirm_events(records={"recognition": [moved.record]}, by=cast.checker, now=NOW)
    accept_open_proposals(by=cast.checker)

    assert titles.duplicates() == []
    assert Recognition.objects.get(record=second, seq_to__isnull=True).state == State.VOID
    assert Recognition.objects.get(record=first, seq_to__isnull=True).state == State.CONFIRMED


def test_titles_of_two_firms_are_not_made_one(cast: Cast) -> None:
    first = _certificate(cast, "GR1", "2021-11-15")
    other = file("recognition", "GR2", [("recognised", "2021-11-15")], firm=cast.other_firm, by=cast.statistician)

    with pytest.raises(Refused, match="同一家单位的同一项资质"):
        actions.merge_titles(keep=first, merge=other, reason="", by=cast.officer, now=NOW)


def test_they_are_made_one_on_the_page_and_a_second_click_says_why_not(cast: Cast, signed_in: SignIn) -> None:
    first, second = _two(cast)
    browser, typed = signed_in("officer"), {"keep": str(first), "merge": str(second)}

    assert "已并入一条" in browser.post("/records/titles/merge/", typed, follow=True).content.decode()
    again = browser.post("/records/titles/merge/", typed, follow=True).content.decode()

    assert "已并入一条" not in again
    assert RecognitionEvent.objects.filter(subject=first, seq_to__isnull=True).count() == 2


@pytest.mark.parametrize("typed", [{}, {"keep": "x", "merge": "y"}])
def test_a_page_that_came_damaged_says_so(cast: Cast, signed_in: SignIn, typed: dict[str, str]) -> None:
    answer = signed_in("officer").post("/records/titles/merge/", typed, follow=True)

    assert "页面不完整" in answer.content.decode()
