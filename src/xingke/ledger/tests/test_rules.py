"""Histories of titles and patents, and reported figures, without a database."""

import tomllib
from collections.abc import Iterable
from datetime import date

import pytest

from tests.cast import PACKS
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.ledger import rules
from xingke.ledger.kinds import KINDS
from xingke.ledger.kinds.record_kind import RecordKind
from xingke.ledger.rules import Happening, RealPeriod, Reported


def kind_with(events: Iterable[str]) -> RecordKind:
    """The first kind that knows all of some events."""
    wanted = set(events)
    return next(kind for kind in KINDS.values() if wanted <= set(kind.effects))


HISTORIES = [
    ("applied and recognised", [("applied", "2024-05-01", 0), ("recognised", "2024-11-08", 1)]),
    (
        "recommended on the way",
        [("applied", "2024-05-01", 0), ("recommended", "2024-08-01", 0), ("recognised", "2024-11-08", 1)],
    ),
    ("renewed while held: opens nothing", [("recognised", "2021-11-18", 1), ("re_recognised", "2024-11-08", 0)]),
    (
        "renewed after it lapsed: opens again",
        [("recognised", "2021-11-18", 1), ("expired", "2024-11-18", -1), ("re_recognised", "2024-12-02", 1)],
    ),
    ("recognised twice counts once", [("recognised", "2021-11-18", 1), ("recognised", "2022-11-18", 0)]),
    ("renamed while held", [("recognised", "2023-11-18", 1), ("renamed", "2024-01-05", 0)]),
    ("revoked", [("recognised", "2023-11-18", 1), ("revoked", "2024-06-01", -1)]),
    (
        "moves on one day: leaves before it arrives",
        [("recognised", "2023-11-18", 1), ("moved_out", "2024-06-01", -1), ("moved_in", "2024-06-01", 1)],
    ),
    (
        "expires and is renewed on one day",
        [("recognised", "2021-11-18", 1), ("expired", "2024-11-18", -1), ("re_recognised", "2024-11-18", 1)],
    ),
    ("arrives from outside the ledger", [("moved_in", "2024-03-01", 1), ("expired", "2025-03-01", -1)]),
    ("a patent granted", [("applied", "2022-03-01", 0), ("granted", "2024-05-06", 1)]),
    ("a patent applied for and granted on one day", [("applied", "2024-05-06", 0), ("granted", "2024-05-06", 1)]),
    (
        "a patent sold and bought",
        [
            ("granted", "2021-05-06", 1),
            ("transferred", "2024-02-01", -1),
            ("received", "2024-02-02", 1),
            ("lapsed", "2025-02-02", -1),
        ],
    ),
    ("a patent bought from elsewhere", [("received", "2024-02-02", 1)]),
    ("granted and lapsed on one day", [("granted", "2024-02-02", 1), ("lapsed", "2024-02-02", -1)]),
    ("nothing happened", []),
]


@pytest.mark.parametrize("story, history", HISTORIES)
def test_what_each_event_does(story: str, history: list[tuple[str, str, int]]) -> None:
    given = [Happening(event, date.fromisoformat(on)) for event, on, _effect in history]

    steps = rules.effects(kind_with(each.event for each in given), given)

    assert [(step.happening.event, step.effect) for step in steps] == [
        (event, effect) for event, _on, effect in history
    ]
    assert [step.step for step in steps] == list(range(1, len(history) + 1))


@pytest.mark.parametrize("story, history", HISTORIES)
def test_the_order_they_are_entered_in_does_not_matter(story: str, history: list[tuple[str, str, int]]) -> None:
    given = [Happening(event, date.fromisoformat(on)) for event, on, _effect in history]

    kind = kind_with(each.event for each in given)
    assert rules.effects(kind, reversed(given)) == rules.effects(kind, given)


IMPOSSIBLE = [
    ("lost without being held", ["applied", "expired"]),
    ("lost twice", ["recognised", "expired", "revoked"]),
    ("left before it was recognised", ["moved_out", "recognised"]),
    ("an application lapses", ["applied", "lapsed"]),
]


@pytest.mark.parametrize("story, events", IMPOSSIBLE)
def test_what_is_not_held_cannot_be_lost(story: str, events: list[str]) -> None:
    kind = kind_with(events)
    with pytest.raises(Refused, match=str(kind.unheld)):
        rules.effects(kind, [Happening(event, date(2024, 1, day)) for day, event in enumerate(events, 1)])


def test_an_unknown_event_is_named() -> None:
    with pytest.raises(Refused, match="没有名为“abolished”的事件"):
        rules.effects(KINDS["patent"], [Happening("abolished", date(2024, 1, 1))])


def test_an_event_of_another_kind_is_unknown_to_this_one() -> None:
    """One word may mean one thing here and another there: an accepted project ends, an accepted patent is nothing."""
    with pytest.raises(Refused, match="没有名为“accepted”的事件"):
        rules.effects(KINDS["patent"], [Happening("accepted", date(2024, 1, 1))])


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_knows_the_events_of_its_list_and_no_others(kind: RecordKind) -> None:
    national = PACKS / "national"
    files = [national / "vocabulary.toml", *sorted(national.glob("vocabulary/*.toml"))]
    terms = [term for path in files for term in tomllib.loads(path.read_text(encoding="utf-8"))["term"]]

    assert set(kind.effects) == {term["code"] for term in terms if term["list"] == kind.event_list}
    assert set(kind.effects.values()) <= {1, 0, -1}
    assert {event for pair in kind.order for event in pair} <= set(kind.effects)


# ── real periods ────────────────────────────────────────────────────────────────────────────────────────────────────

REAL = [
    ("the same year", "2014", "2014", "2014", "2014", "stated"),
    ("the same half-year", "2024-H1", "2024-H1", "2024-H1", "2024-H1", "stated"),
    ("nothing annotated", "2019", "2019", "", "2019", "stated"),
    (
        "the place is inferred, not the year",
        "2011",
        "2011",
        "2011 (place inferred from district names)",
        "2011",
        "stated",
    ),
    ("another year", "2019", "2019", "2018 (place inferred)", "2018", "inferred"),
    ("likely another year", "2019", "2019", "2018 likely", "2018", "inferred"),
    ("likely the same year", "2019", "2019", "2019 likely", "2019", "inferred"),
    ("months move along", "2019-01..2019-10", "2019", "2018 likely", "2018-01..2018-10", "inferred"),
    ("a later year in the same document moves by as much", "2020", "2019", "2018 likely", "2019", "inferred"),
    ("an earlier year too", "2017", "2019", "2018 (place inferred)", "2016", "inferred"),
    ("the second half", "2024-H2", "2024-H1", "2024-H1", "2024-H2", "stated"),
    (
        "two readings are none",
        "2023",
        "2023",
        "2015/2016 (inferred; place inferred from town names)",
        None,
        "ambiguous",
    ),
    ("a leap day moves to the last of February", "2024-02-29", "2024", "2023 likely", "2023-02-28", "inferred"),
]


@pytest.mark.parametrize("story, stated, stated_year, real_year, period, confidence", REAL)
def test_real_period(
    story: str, stated: str, stated_year: str, real_year: str, period: str | None, confidence: str
) -> None:
    found = rules.real_period(Period.parse(stated), stated_year=stated_year, real_year=real_year)

    assert found == RealPeriod(Period.parse(period) if period else None, confidence)


@pytest.mark.parametrize("stated_year, real_year", [("2019", "sometime"), ("", "2018"), ("2019", "20x8 likely")])
def test_a_year_that_cannot_be_read_is_an_error(stated_year: str, real_year: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        rules.real_period(Period.parse("2019"), stated_year=stated_year, real_year=real_year)


CHOICES = [
    ("one alone counts", [("a", 5, None)], "a"),
    ("several that agree count", [("a", 5, None), ("b", 5, None)], "a"),
    ("several that differ wait for a person", [("a", 5, None), ("b", 6, None)], None),
    ("the accepted one counts", [("a", 5, None), ("b", 6, True)], "b"),
    ("one set aside is out", [("a", 5, False), ("b", 6, None)], "b"),
    ("all set aside: nothing counts", [("a", 5, False), ("b", 6, False)], None),
    ("nobody reported", [], None),
]


@pytest.mark.parametrize("story, rows, expected", CHOICES)
def test_chosen(story: str, rows: list[tuple[str, int, bool | None]], expected: str | None) -> None:
    found = rules.chosen([Reported(*row) for row in rows])

    assert (found.key if found else None) == expected


@pytest.mark.parametrize("state, allowed", [("draft", True), ("confirmed", False), ("void", False)])
def test_only_a_draft_may_be_confirmed(state: str, allowed: bool) -> None:
    assert rules.may_confirm(state=state, by=2).allowed is allowed


EYES = [
    ("another confirms", True, {1}, True),
    ("who wrote it does not", True, {2}, False),
    ("nor one of two who did", True, {1, 2}, False),
    ("where two eyes are enough", False, {2}, True),
]


@pytest.mark.parametrize("story, four_eyes, authors, allowed", EYES)
def test_four_eyes(story: str, four_eyes: bool, authors: set[int], allowed: bool) -> None:
    assert rules.may_confirm(state="draft", by=2, four_eyes=four_eyes, authors=authors).allowed is allowed
    for author in authors:
        filed = rules.may_file_confirmed(four_eyes=four_eyes, entered_by=author, confirmed_by=2)
        assert filed.allowed is (not four_eyes or author != 2)


@pytest.mark.parametrize(
    ("state", "four_eyes", "may_confirm", "why_not"),
    [
        ("draft", True, False, ""),
        ("draft", False, False, ""),
        ("confirmed", False, True, ""),
        ("confirmed", False, False, "您没有确认的权限"),
        ("confirmed", True, True, "已由两人登记和确认"),
        ("confirmed", True, False, "已由两人登记和确认"),
    ],
)
def test_what_is_confirmed_is_changed_at_once_only_by_who_confirms_it_anew(
    state: str, four_eyes: bool, may_confirm: bool, why_not: str
) -> None:
    answer = rules.may_change_at_once(state=state, four_eyes=four_eyes, may_confirm=may_confirm)

    assert answer.allowed == (not why_not) and why_not in str(answer.reason)


def test_a_proposal_is_decided_once_and_never_accepted_by_who_made_it() -> None:
    def may(outcome: str, by: int, accepting: bool) -> bool:
        return rules.may_decide(outcome=outcome, proposed_by=1, by=by, accepting=accepting).allowed

    assert (may("open", 2, True), may("open", 2, False), may("open", 1, False)) == (True, True, True)
    assert (may("open", 1, True), may("accepted", 2, True), may("declined", 2, False)) == (False, False, False)


@pytest.mark.parametrize(
    "state, is_current, allowed",
    [
        ("draft", True, True),
        ("confirmed", True, True),
        ("void", True, False),
        ("confirmed", False, False),
    ],
)
def test_only_the_newest_version_may_be_corrected(state: str, is_current: bool, allowed: bool) -> None:
    answer = rules.may_correct(state=state, is_current=is_current)

    assert answer.allowed is allowed
    assert bool(answer.reason) is not allowed


@pytest.mark.parametrize(
    ("events", "possible"),
    [
        (["granted", "lapsed"], True),
        (["lapsed"], False),
        (["granted", "lapsed", "lapsed"], False),
        (["granted", "no such event"], False),
        ([], True),
    ],
)
def test_a_history_is_possible_where_its_effects_can_be_told(events: list[str], possible: bool) -> None:
    history = [rules.Happening(event, date(2024, 1, day)) for day, event in enumerate(events, 1)]
    kind = KINDS["patent"]
    assert rules.is_possible(kind, history) == possible
    if possible:
        assert len(rules.effects(kind, history)) == len(events)
    else:
        with pytest.raises(Refused):
            rules.effects(kind, history)


def happened(*events: tuple[str, str]) -> list[rules.Happening]:
    return [rules.Happening(event, date.fromisoformat(on)) for event, on in events]


ORDERS = [
    (
        "a grant before its application",
        "patent",
        [("applied", "2024-02-01"), ("granted", "2022-03-01")],
        "granted（2022-03-01）早于applied（2024-02-01），不可能；请核对这两个日期。",
    ),
    ("on the same day", "patent", [("applied", "2024-02-01"), ("granted", "2024-02-01")], ""),
    (
        "an approval before its application",
        "project",
        [("approved", "2023-06-01"), ("applied", "2024-02-01")],
        "approved（2023-06-01）早于applied（2024-02-01），不可能；请核对这两个日期。",
    ),
    (
        "a second check after acceptance counts by the first",
        "project",
        [("approved", "2023-01-01"), ("checked", "2023-06-01"), ("accepted", "2024-01-01"), ("checked", "2024-06-01")],
        "",
    ),
    (
        "a contract registered before it was signed",
        "contract",
        [("signed", "2024-05-10"), ("registered", "2024-05-09")],
        "registered（2024-05-09）早于signed（2024-05-10），不可能；请核对这两个日期。",
    ),
    (
        "an award before its nomination",
        "award",
        [("nominated", "2024-05-10"), ("awarded", "2023-12-01")],
        "awarded（2023-12-01）早于nominated（2024-05-10），不可能；请核对这两个日期。",
    ),
    (
        "a title recognised before it was applied for",
        "recognition",
        [("applied", "2024-05-10"), ("recognised", "2023-11-01")],
        "recognised（2023-11-01）早于applied（2024-05-10），不可能；请核对这两个日期。",
    ),
    (
        "a title applied for again",
        "recognition",
        [("recognised", "2021-11-01"), ("applied", "2024-05-10"), ("re_recognised", "2024-11-01")],
        "",
    ),
    (
        "money that came before it was won",
        "payment",
        [("won", "2024-05-10"), ("arrived", "2024-05-01")],
        "arrived（2024-05-01）早于won（2024-05-10），不可能；请核对这两个日期。",
    ),
    ("what has no order", "event", [("held", "2024-05-10"), ("held", "2023-05-10")], ""),
]


@pytest.mark.parametrize("story, kind, events, sentence", ORDERS, ids=[story for story, *_ in ORDERS])
def test_days_that_cannot_all_be_right(story: str, kind: str, events: list[tuple[str, str]], sentence: str) -> None:
    assert str(rules.out_of_order(KINDS[kind], happened(*events), is_one_round=True)) == sentence


def test_in_a_longer_history_a_title_is_applied_for_again() -> None:
    again = happened(("recognised", "2021-11-01"), ("applied", "2024-05-10"))

    assert not rules.out_of_order(KINDS["recognition"], again)


CREDIT = [
    ("right", "91990121MAHU49D47D", ""),
    (
        "a wrong last character",
        "91990121MAHU49D470",
        "统一社会信用代码 91990121MAHU49D470 的第 18 位（校验位）不对，请对照营业执照核对。",
    ),
]


@pytest.mark.parametrize("story, code, doubt", CREDIT, ids=[story for story, *_ in CREDIT])
def test_a_credit_code_says_which_place_does_not_check(story: str, code: str, doubt: str) -> None:
    assert str(rules.credit_code(code).doubt) == doubt
