"""Titles end when their term ends: what a history says of each day, without a database."""

from collections.abc import Sequence
from datetime import date

import pytest

from xingke.base.refusals import Refused
from xingke.ledger.kinds import KINDS
from xingke.ledger.rules import Happening, effects, is_open, last_day, months_later, renewal_of

pytestmark = pytest.mark.db


TITLE = KINDS["recognition"]


def history(*told: tuple[str, str, str]) -> list[Happening]:
    """Events as (what, day, last day or "")."""
    days = [(what, date.fromisoformat(on), date.fromisoformat(until) if until else None) for what, on, until in told]
    return [Happening(what, on, place, until) for place, (what, on, until) in enumerate(days)]


# what happened; what each does and when it lapses, in order
LIVES: Sequence[tuple[str, list[Happening], list[tuple[int, str]]]] = [
    (
        "a certificate nobody renews ends by itself",
        history(("recognised", "2021-11-15", "2024-11-14")),
        [(1, "2024-11-15")],
    ),
    (
        "one that is renewed in time goes on",
        history(("recognised", "2021-11-15", "2024-11-14"), ("re_recognised", "2024-11-08", "2027-11-07")),
        [(1, ""), (0, "2027-11-08")],
    ),
    (
        "on the day after its last it is still in time",
        history(("recognised", "2021-11-15", "2024-11-14"), ("re_recognised", "2024-11-15", "2027-11-14")),
        [(1, ""), (0, "2027-11-15")],
    ),
    (
        "later there is a gap, and the new one opens it again",
        history(("recognised", "2021-11-15", "2024-11-14"), ("re_recognised", "2024-12-20", "2027-12-19")),
        [(1, "2024-11-15"), (1, "2027-12-20")],
    ),
    (
        "revoked before its time it does not lapse as well",
        history(("recognised", "2021-11-15", "2024-11-14"), ("revoked", "2023-01-05", "")),
        [(1, ""), (-1, "")],
    ),
    (
        "an end said on the first day without it is that end",
        history(("recognised", "2021-11-15", "2024-11-14"), ("expired", "2024-11-15", "")),
        [(1, ""), (-1, "")],
    ),
    (
        "an end said later takes nothing away twice",
        history(("recognised", "2021-11-15", "2024-11-14"), ("expired", "2024-12-31", "")),
        [(1, "2024-11-15"), (0, "")],
    ),
    (
        "it moves with its term",
        history(
            ("recognised", "2021-11-15", "2024-11-14"), ("moved_out", "2023-03-01", ""), ("moved_in", "2023-03-01", "")
        ),
        [(1, ""), (-1, ""), (1, "2024-11-15")],
    ),
    ("without a last day it holds on", history(("recognised", "2021-11-15", "")), [(1, "")]),
]


@pytest.mark.parametrize("story, happened, expected", LIVES)
def test_a_title_is_held_until_its_last_day(
    story: str, happened: list[Happening], expected: list[tuple[int, str]]
) -> None:
    steps = effects(TITLE, happened)

    assert [(step.effect, step.lapses_on.isoformat() if step.lapses_on else "") for step in steps] == expected


def test_what_was_never_held_still_cannot_be_lost() -> None:
    with pytest.raises(Refused):
        effects(TITLE, history(("applied", "2021-05-01", ""), ("expired", "2024-11-15", "")))


def test_a_certificate_says_whether_it_was_applied_for_since_the_one_before() -> None:
    steps = effects(
        TITLE,
        history(
            ("applied", "2021-05-01", ""),
            ("recognised", "2021-11-15", "2024-11-14"),
            ("re_recognised", "2024-11-08", "2027-11-07"),
        ),
    )

    assert [step.origin for step in steps] == ["", "applied", "announced"]


def test_three_years_end_the_day_before_their_anniversary() -> None:
    assert last_day(TITLE, "recognised", date(2021, 11, 15), 3) == date(2024, 11, 14)
    assert last_day(TITLE, "recognised", date(2024, 2, 29), 3) == date(2027, 2, 27)
    assert last_day(TITLE, "applied", date(2021, 11, 15), 3) is None
    assert last_day(TITLE, "recognised", date(2021, 11, 15), None) is None
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)


HELD = history(("recognised", "2021-11-15", "2024-11-14"))
FURTHER = [
    ("while it is held", "2024-11-08", "re_recognised"),
    ("a few weeks after its end, as lists are announced", "2024-12-20", "re_recognised"),
    ("a year and a half later it begins anew", "2026-05-20", "recognised"),
    ("before the one that stands", "2020-11-08", "recognised"),
]


@pytest.mark.parametrize("story, on, expected", FURTHER)
def test_a_further_certificate_renews_a_title_that_is_held(story: str, on: str, expected: str) -> None:
    assert renewal_of(TITLE, HELD, date.fromisoformat(on), "recognised") == expected


def test_a_title_is_open_while_it_is_held_or_asked_for() -> None:
    assert is_open(TITLE, HELD, date(2024, 11, 14))
    assert not is_open(TITLE, HELD, date(2024, 11, 15))
    assert is_open(TITLE, history(("applied", "2024-05-01", "")), date(2024, 11, 15))
