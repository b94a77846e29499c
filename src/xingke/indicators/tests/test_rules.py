"""Growth, ranks, words, roll-up and evidence: what the statistics custom asks for, worked out by hand."""

from decimal import Decimal

import pytest

from xingke.base import expressions
from xingke.base.quantities import round_half_up
from xingke.indicators import rules
from xingke.indicators.rules import Covered, EvidenceRow, evidence_change, evidence_digest

GROWTH = [
    ("1–9月 成交额 12.6 after 10.5", "12.6", "10.5", "percent", "20"),
    ("half as much", "5", "10", "percent", "-50"),
    ("the same", "7", "7", "percent", "0"),
    ("nothing now", "0", "8", "percent", "-100"),
    ("a ratio grows in points", "2.46", "2.31", "points", "0.15"),
    ("a ratio falls in points", "2.31", "2.46", "points", "-0.15"),
    ("points need no positive base", "1.5", "0", "points", "1.5"),
]


@pytest.mark.parametrize("story, now, base, kind, expected", GROWTH)
def test_growth(story: str, now: str, base: str, kind: str, expected: str) -> None:
    assert rules.growth(Decimal(now), Decimal(base), kind=kind) == Decimal(expected)


@pytest.mark.parametrize("base", ["0", "-3"])
def test_there_is_no_rate_without_a_positive_base(base: str) -> None:
    assert rules.growth(Decimal(5), Decimal(base), kind="percent") is None


def test_an_indicator_may_have_no_growth() -> None:
    assert rules.growth(Decimal(5), Decimal(4), kind="none") is None


RANKS = [
    ("the golden case", ["80", "100", "100", "60"], "up", [3, 1, 1, 4]),
    ("ties share a place, the next is skipped", ["9", "7", "7", "5"], "up", [1, 2, 2, 4]),
    ("less is better", ["9", "7", "7", "5"], "down", [4, 2, 2, 1]),
    ("all the same: nobody leads", ["3", "3", "3"], "up", [None, None, None]),
    ("nothing at all is no place", ["2", "0", "0"], "up", [1, None, None]),
    ("where less is better, nothing is best", ["2", "0", "1"], "down", [3, 1, 2]),
    ("more than a loss", ["0", "-1"], "up", [1, 2]),
    ("equal amounts, written otherwise", ["3.0", "3.00", "2"], "up", [1, 1, 3]),
]


@pytest.mark.parametrize("story, values, direction, expected", RANKS)
def test_ranks(story: str, values: list[str], direction: str, expected: list[int | None]) -> None:
    found = rules.ranks(dict(enumerate(map(Decimal, values))), direction=direction)

    assert [found.get(place) for place in range(len(values))] == expected


def test_who_is_unknown_has_no_place_and_takes_none() -> None:
    assert rules.ranks({1: Decimal(5), 2: None, 3: Decimal(9)}, direction="up") == {3: 1, 1: 2}


GROWTH_WORDS = [
    ("13.46", "percent", None, "增长13.5%"),
    ("-2", "percent", None, "下降2.0%"),
    ("0", "percent", None, "持平"),
    ("0.04", "percent", None, "持平"),
    ("-0.04", "percent", None, "持平"),
    ("0.05", "percent", None, "增长0.1%"),
    ("0.15", "points", None, "提高0.15个百分点"),
    ("-0.15", "points", None, "降低0.15个百分点"),
    ("0.004", "points", None, "持平"),
    ("35", "percent", 0, "增长35%"),
    ("1.234", "points", 1, "提高1.2个百分点"),
]


@pytest.mark.parametrize("value, kind, decimals, expected", GROWTH_WORDS)
def test_growth_in_words(value: str, kind: str, decimals: int | None, expected: str) -> None:
    assert rules.growth_text(Decimal(value), kind=kind, decimals=decimals) == expected


APPROXIMATE = [
    ("220", "家", "余", "220余家"),
    ("30", "场次", "多", "30多场次"),
    ("206", "种", "近", "近206种"),
    ("1", "亿元", "超", "超1亿元"),
    ("100", "人", "约", "约100人"),
    ("20", "%", "以上", "20%以上"),
    ("500", "人次", "达上", "500人次达上"),
]


@pytest.mark.parametrize("number, unit, word, expected", APPROXIMATE)
def test_an_approximation_stands_where_it_was_written(number: str, unit: str, word: str, expected: str) -> None:
    assert rules.approximate_text(number, unit, word) == expected


ROLL_UPS = [
    ("all known", ["1", "2", "3"], "6", Covered(3, 3)),
    ("one unknown: no sum, however small it may be", ["1", None, "3"], None, Covered(2, 3)),
    ("none known", [None, None], None, Covered(0, 2)),
    ("no parts: no sum either", [], None, Covered(0, 0)),
    ("zeros are known", ["0", "0"], "0", Covered(2, 2)),
]


@pytest.mark.parametrize("story, parts, whole, covered", ROLL_UPS)
def test_roll_up(story: str, parts: list[str | None], whole: str | None, covered: Covered) -> None:
    found = rules.roll_up([None if part is None else Decimal(part) for part in parts])

    assert found == (None if whole is None else Decimal(whole), covered)


def test_evidence_digest_does_not_depend_on_order_but_on_every_word() -> None:
    rows = [EvidenceRow("b", 1, 1), EvidenceRow("a", 2, -1)]

    assert evidence_digest(rows) == evidence_digest(rows[::-1])
    assert evidence_digest([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert (
        len(
            {
                evidence_digest(other)
                for other in (
                    rows,
                    rows[:1],
                    [EvidenceRow("b", 2, 1), rows[1]],
                    [EvidenceRow("b", 1, 2), rows[1]],
                    [EvidenceRow("c", 1, 1), rows[1]],
                )
            }
        )
        == 5
    )


def test_evidence_change_says_what_came_went_and_changed() -> None:
    before = [EvidenceRow("kept", 1, 1), EvidenceRow("gone", 1, 1), EvidenceRow("corrected", 1, 1)]
    after = [EvidenceRow("kept", 1, 1), EvidenceRow("new", 1, 1), EvidenceRow("corrected", 2, 1)]

    change = evidence_change(before, after)

    assert change.added == (EvidenceRow("new", 1, 1),)
    assert change.removed == (EvidenceRow("gone", 1, 1),)
    assert change.changed == ((EvidenceRow("corrected", 1, 1), EvidenceRow("corrected", 2, 1)),)
    assert change
    assert not evidence_change(before, before[::-1])


# ── formulas ────────────────────────────────────────────────────────────────────────────────────────────────────────

INPUTS = {"a": Decimal(6), "b": Decimal(4), "zero": Decimal(0), "发明": Decimal("486"), "人口": Decimal("37.38")}
FORMULAS = [
    ("a + b", "10"),
    ("a - b", "2"),
    ("a * b", "24"),
    ("a / b", "1.5"),
    ("a - b - 1", "1"),
    ("a / b / 2", "0.75"),
    ("(a + b) * 2", "20"),
    ("a + b * 2", "14"),
    ("-a", "-6"),
    ("- (a - b) * 100", "-200"),
    ("0.1 + 0.2", "0.3"),
    ("  a  ", "6"),
    ("发明 / 人口 * 37.38", "486"),
]


@pytest.mark.parametrize("text, expected", FORMULAS)
def test_formula(text: str, expected: str) -> None:
    found = expressions.evaluate_number(expressions.arithmetic(text), INPUTS)

    assert found is not None
    assert round(found, 20) == Decimal(expected)


def test_a_formula_keeps_full_precision_and_rounds_at_the_end() -> None:
    """Golden: 486 inventions, 37.38 万人 → 13.00 件/万人."""
    found = expressions.evaluate_number(expressions.arithmetic("发明 / 人口"), INPUTS)

    assert found is not None
    assert str(found).startswith("13.0016051364365971107")
    assert round_half_up(found, 2) == Decimal("13.00")


def test_a_pile_of_brackets_is_harmless() -> None:
    assert expressions.arithmetic("(" * 140 + "a" + ")" * 140) == expressions.Name("a")


@pytest.mark.parametrize("text", ["a / zero", "1 / (a - 6)", "a + b / zero * 2", "zero / zero", "-(a / zero)"])
def test_dividing_by_zero_gives_no_value(text: str) -> None:
    assert expressions.evaluate_number(expressions.arithmetic(text), INPUTS) is None


def test_a_missing_input_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(KeyError, match="c"):
        expressions.evaluate_number(expressions.arithmetic("a + c"), INPUTS)


def test_a_formula_names_what_it_needs_once_and_in_order() -> None:
    assert expressions.names(expressions.arithmetic("b / (a + b) * 100")) == ("b", "a")
    assert expressions.names(expressions.arithmetic("1 + 2")) == ()


REFUSED = [
    ("a call", "open('x')"),
    ("an attribute", "a.real"),
    ("an item", "a[0]"),
    ("a power", "a ** 9"),
    ("a remainder", "a % b"),
    ("whole division", "a // b"),
    ("a shift", "1 << 9"),
    ("a bit operation", "a | b"),
    ("not", "not a"),
    ("plus in front", "+a"),
    ("bits turned over", "~a"),
    ("True", "True"),
    ("False in a sum", "a + False"),
    ("None", "None"),
    ("a text", "'a'"),
    ("bytes", "b'a'"),
    ("a complex number", "1j"),
    ("an ellipsis", "..."),
    ("a comparison", "a < b"),
    ("and, or", "a and b"),
    ("a condition", "a if b else 1"),
    ("a list", "[a]"),
    ("a tuple", "a, b"),
    ("a comprehension", "[x for x in a]"),
    ("a lambda", "lambda: a"),
    ("an assignment", "a := 1"),
    ("an assignment in brackets", "(a := 1)"),
    ("a formatted text", "f'{a}'"),
    ("two formulas", "a\nb"),
    ("a statement", "import os"),
    ("nothing", ""),
    ("only blanks", "   "),
    ("an open bracket", "(a + b"),
    ("a null byte", "a\0b"),
    ("infinity", "1e999"),
    ("too long", "a + " * 100 + "a"),
    ("too many parts", "+".join("a" * 100)),
    ("a pile of minus signs", "-" * 290 + "a"),
    ("a number of many digits", "9" * 10_000),
]


@pytest.mark.parametrize("story, text", REFUSED)
def test_a_formula_may_not_hold(story: str, text: str) -> None:
    with pytest.raises(expressions.ExpressionError):
        expressions.arithmetic(text)


@pytest.mark.parametrize(
    "amount, unit, said",
    [
        ("0.004", "亿元", "40.00万元"),
        ("0.005", "亿元", "0.01亿元"),
        ("0.0000004", "亿元", "40.00元"),
        ("-0.001", "万元", "-10.00元"),
        ("0", "亿元", "0.00亿元"),
        ("0.001", "%", "0.00%"),
    ],
)
def test_money_that_rounds_to_nothing_is_told_in_a_finer_unit(amount: str, unit: str, said: str) -> None:
    assert "".join(rules.visible(Decimal(amount), unit, 2)) == said
