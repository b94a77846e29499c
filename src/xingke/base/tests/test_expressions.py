"""The expression language: what can be written, what it gives, what is unknown, and where a mistake is pointed at."""

import ast
import copy
import pickle
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import xingke
from xingke.base.expressions import (
    FUNCTIONS,
    Call,
    Constant,
    ExpressionError,
    Name,
    Node,
    NumberLiteral,
    Operation,
    Prefix,
    TextSet,
    Type,
    Value,
    arithmetic,
    evaluate,
    evaluate_number,
    names,
    parse,
    reach,
    spell,
    terms,
    why_unknown,
)
from xingke.base.expressions.functions import CONTEXT

NAMES = {
    "a": Type.NUMBER,
    "b": Type.NUMBER,
    "c": Type.NUMBER,
    "firm.revenue": Type.NUMBER,
    "营业收入": Type.NUMBER,
    "研发费用": Type.NUMBER,
    "规模": Type.TEXT,
    "资质": Type.TEXTS,
    "成立日期": Type.DAY,
    "今天": Type.DAY,
    "p": Type.TRUTH,
    "q": Type.TRUTH,
    "停业": Type.TRUTH,
}
VALUES: dict[str, Value | None] = {
    "a": Decimal(6),
    "b": Decimal(4),
    "c": None,
    "firm.revenue": Decimal("12.5"),
    "营业收入": Decimal(2000),
    "研发费用": Decimal(90),
    "规模": "中型",
    "资质": frozenset({"高新技术企业", "科技型中小企业"}),
    "成立日期": date(2020, 2, 29),
    "今天": date(2025, 6, 30),
    "p": True,
    "q": None,
    "停业": False,
}


def value(text: str, **more: Value | None) -> Value | None:
    return evaluate(parse(text, NAMES), VALUES | more)


def refused(text: str, **more: Type | None) -> ExpressionError:
    with pytest.raises(ExpressionError) as error:
        parse(text, NAMES, **more)  # type: ignore[arg-type]
    return error.value


# ── what can be written ─────────────────────────────────────────────────────────────────────────────────────────────

WORKED_OUT = [
    ("× binds before +", "1 + 2 * 3", 7),
    ("brackets bind before all", "(1 + 2) * 3", 9),
    ("from left to right", "10 - 4 - 3", 3),
    ("from left to right, ÷ too", "24 / 4 / 2", 3),
    ("a minus in front", "-a + b", -2),
    ("a minus behind ×", "2 * -a", -12),
    ("two of them", "--a", 6),
    ("decimals are exact", "0.1 + 0.2", "0.3"),
    ("a point without digits on one side", ".5 + 5.", "5.5"),
    ("comparisons bind after +", "a + 1 > b * 2", False),
    ("not binds after comparisons", "not a = b", True),
    ("and binds before or", "true or true and false", True),
    ("not binds before and", "not false and false", False),
    ("equal amounts, written otherwise", "1.0 = 1.00", True),
    ("not the same", "a != b", True),
    ("a text", '规模 = "中型"', True),
    ("a text in Chinese marks, with marks in it", '“说"好"” = "说"', False),
    ("a text with both kinds of marks in it", 'len("说""好""”")', 5),
    ("the same in Chinese marks", 'len(“说"好"””。”)', 6),
    ("a mark alone", 'len("""") + len(“””” )', 2),
    ("one of some", '规模 in {"大型", "中型"}', True),
    ("one of those a name stands for", '"高新技术企业" in 资质', True),
    ("truths compared", "停业 = false", True),
    ("a name with a dot", "firm.revenue * 2", 25),
    ("min and max", "max(a, b, 5) - min(a, b, 5)", 2),
    ("of days too", 'max(成立日期, day("2021-01-01")) = day("2021-01-01")', True),
    ("sum", "sum(a, b, 0.5)", "10.5"),
    ("abs", "abs(b - a)", 2),
    ("if", "if(a > b, 1, 2)", 1),
    ("len counts characters", "len(规模)", 2),
    ("year", "year(今天) - year(成立日期)", 5),
]


@pytest.mark.parametrize("story, text, expected", WORKED_OUT)
def test_what_an_expression_gives(story: str, text: str, expected: object) -> None:
    found = value(text)

    assert found == (expected if isinstance(expected, bool) else Decimal(str(expected)))


AS_OFFICERS_WRITE = [
    ("（a＋b）×２", "(a + b) * 2"),
    ("a−b÷２．５", "a - b / 2.5"),
    ("a ≥ 5 且 b ≤ 4 且 a ≠ b", "a >= 5 and b <= 4 and a != b"),
    ("a ＞＝ 5 或 b ＝ 4", "a >= 5 or b = 4"),
    ("非（停业 且 p）", "not (停业 and p)"),
    ("规模 属于 ｛“大型”，“中型”｝", '规模 in {"大型", "中型"}'),
    ("研发费用 ÷ 营业收入 × 100 ＞ 3 且 非 停业", "研发费用 / 营业收入 * 100 > 3 and not 停业"),
    ("ｍａｘ（ａ， b）", "max(a, b)"),
    ("规模 = ＂中型＂", '规模 = "中型"'),
    ("a > 1且 b < 2", "a > 1 and b < 2"),
]


@pytest.mark.parametrize("written, meant", AS_OFFICERS_WRITE)
def test_full_width_signs_and_chinese_words_mean_the_same(written: str, meant: str) -> None:
    assert parse(written, NAMES) == parse(meant, NAMES)


def test_what_stands_in_quotation_marks_stays_as_it_is() -> None:
    assert parse("“（Ａ）×１”", {}) == Constant("（Ａ）×１")


ROUNDED = [
    ("0.5", 0, "1"),
    ("2.5", 0, "3"),
    ("-2.5", 0, "-3"),
    ("1.005", 2, "1.01"),
    ("1.0049", 2, "1.00"),
    ("7", 2, "7"),
    ("9999999999999999.95", 1, "10000000000000000.0"),
]


@pytest.mark.parametrize("number, places, expected", ROUNDED)
def test_rounding_is_half_away_from_zero(number: str, places: int, expected: str) -> None:
    assert value(f"round({number}, {places})") == Decimal(expected)


DAYS = [
    ("days between", '今天 - day("2025-06-01")', 29),
    ("the same as a function", 'days(day("2025-06-01"), 今天)', 29),
    ("over a leap day", 'day("2024-03-01") - day("2024-02-28")', 2),
    ("a day later", 'day("2024-02-28") + 1', date(2024, 2, 29)),
    ("a day earlier", 'day("2025-03-01") - 1', date(2025, 2, 28)),
    ("whole years", "years(成立日期, 今天)", 5),
    ("a day short of three", 'years(day("2022-07-01"), 今天)', 2),
    ("three to the day", 'years(day("2022-06-30"), 今天)', 3),
    ("29 February to 28 February: the year is complete", 'years(成立日期, day("2021-02-28"))', 1),
    ("a day before that it is not", 'years(成立日期, day("2021-02-27"))', 0),
    ("backwards", "years(今天, 成立日期)", -5),
    ("before", "成立日期 < 今天", True),
    ("half a day is no number of days", "今天 + 0.5", None),
    ("after the last day of the calendar", "今天 + 99999999999999999999", None),
    ("long after it", "今天 + 3600000", None),
]


@pytest.mark.parametrize("story, text, expected", DAYS)
def test_days(story: str, text: str, expected: object) -> None:
    assert value(text) == expected


def test_names_and_terms_are_found_once_and_in_order() -> None:
    node = parse("b@year_before + if(known(a), a, b) - b@year_before", NAMES, shifts=("year_before", "children"))

    assert names(node) == ("b", "a")
    assert [term.key for term in terms(node)] == ["b@year_before", "a", "b"]
    assert evaluate(node, {"a": Decimal(1), "b": None, "b@year_before": Decimal(5)}) == 1


# ── what is unknown ─────────────────────────────────────────────────────────────────────────────────────────────────

T, F, U = True, False, None
KLEENE = [
    # p, q, p and q, p or q, p = q, not p
    (T, T, T, T, T, F),
    (T, F, F, T, F, F),
    (T, U, U, T, U, F),
    (F, T, F, T, F, T),
    (F, F, F, F, T, T),
    (F, U, F, U, U, T),
    (U, T, U, T, U, U),
    (U, F, F, U, U, U),
    (U, U, U, U, U, U),
]


@pytest.mark.parametrize("p, q, both, either, same, negated", KLEENE)
def test_truths_that_may_be_unknown(
    p: bool | None, q: bool | None, both: bool | None, either: bool | None, same: bool | None, negated: bool | None
) -> None:
    assert value("p and q", p=p, q=q) is both
    assert value("p or q", p=p, q=q) is either
    assert value("p = q", p=p, q=q) is same
    assert value("not p", p=p) is negated


UNKNOWN = [
    ("a sum", "a + c", None, ("c",)),
    ("times nothing is unknown all the same", "0 * c", None, ("c",)),
    ("compared with itself", "c = c", None, ("c",)),
    ("both sides", "c > 1 and q", None, ("c", "q")),
    ("what is false already needs nothing more", "停业 and c > 1", False, ()),
    ("what is true already neither", "p or q", True, ()),
    ("whether it is known is always known", "known(c)", False, ()),
    ("known", "known(a)", True, ()),
    ("the first that is known", "coalesce(c, b)", 4, ()),
    ("none is", "coalesce(c, c + a)", None, ("c",)),
    ("a condition", "if(q, 1, 2)", None, ("q",)),
    ("a condition that changes nothing", "if(q, 2, 2.0)", 2, ()),
    ("the branch that counts", "if(p, c, a)", None, ("c",)),
    ("the branch that does not", "if(p, a, c)", 6, ()),
    ("the least of some", "min(a, c)", None, ("c",)),
    ("one of some", 'if(p, "x", "y") in {"x"}', True, ()),
    ("what divides by zero, and no name is to blame", "a / (b - 4)", None, ()),
    ("what divides by something unknown", "a / c", None, ("c",)),
]


@pytest.mark.parametrize("story, text, expected, why", UNKNOWN)
def test_what_is_unknown_and_why(story: str, text: str, expected: object, why: tuple[str, ...]) -> None:
    node = parse(text, NAMES)

    assert evaluate(node, VALUES) == expected
    assert why_unknown(node, VALUES) == why


def test_a_name_without_an_entry_is_a_mistake_and_not_unknown() -> None:
    with pytest.raises(KeyError, match="b"):
        evaluate(parse("a + b", NAMES), {"a": Decimal(1)})


def test_a_result_greater_than_numbers_go_is_unknown() -> None:
    great = parse("a * a", NAMES)

    assert evaluate(great, {"a": Decimal("1e600000")}) is None
    assert reach(great, {"a": (Decimal(1), Decimal("1e600000"))}) is None


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────

WRONG = [
    ("a number and a text", "a + 规模", 2, "数与文字不能相加。"),
    ("a text times a text", "规模 × 规模", 3, "文字与文字不能相乘。"),
    ("a number divided by a day", "a / 今天", 2, "数与日期不能相除。"),
    ("a day before a day less a text", '今天 - "1"', 3, "日期与文字不能相减。"),
    ("days added", "今天 + 今天", 3, "日期与日期不能相加。"),
    ("a number that is a text", 'a = "6"', 2, "数与文字不能比较是否相同。"),
    ("the greater text", '规模 > "小型"', 3, "文字与文字不能比较大小。"),
    ("a set for a text", "规模 = 资质", 3, "文字与一组文字不能比较是否相同。"),
    ("a number as a condition", "p 且 a", 2, "“且”两边应当都是判断，这里是判断和数。"),
    ("not a number", "非 a", 2, "“非”后面应当是判断，不是数。"),
    ("minus a text", "-规模", 1, "“-”后面应当是数，不是文字。"),
    ("in no set", '规模 in "大型"', 3, "“in”前面应当是文字、后面是一组文字，这里是文字和文字。"),
    ("a set of numbers", "规模 in {1}", 7, "“1”的位置应当是引号里的文字。"),
    ("an empty set", "规模 in {}", 7, "“}”的位置应当是引号里的文字。"),
    ("comparisons in a row", "1 < a < 5", 6, "比较不能连写；请分成两个比较，中间写“且”，如 1 < a 且 a < 5。"),
    ("not behind a comparison", "p = 非 q", 4, "“非”在这里要放进括号：（非 …）。"),
    ("two values for one", "if(p, 1, 规模)", 9, "if 的各项应当同是数，这一项是文字。"),
    ("a text as a condition", "if(规模, 1, 2)", 3, "if 的第 1 项应当是判断，不是文字。"),
    ("the least of texts", "min(规模, 规模)", 4, "min 的第 1 项应当是数、日期，不是文字。"),
    ("too few values", "min(a)", 0, "min 的括号里至少应当有 2 项，这里有 1 项。"),
    ("too many", "abs(a, b)", 0, "abs 的括号里应当有 1 项，这里有 2 项。"),
    ("none", "1 + year()", 4, "year 的括号里应当有 1 项，这里有 0 项。"),
    ("decimals that are no number", "round(a, b)", 9, "round 的第 2 项是保留几位小数，写 0 到 10 的整数。"),
    ("too many decimals", "round(a, 11)", 9, "round 的第 2 项是保留几位小数，写 0 到 10 的整数。"),
    ("a day that is none", 'day("2025-02-30")', 4, 'day 的括号里写一个日期，如 day("2025-06-30")。'),
    ("a day in another form", 'day("20250630")', 4, 'day 的括号里写一个日期，如 day("2025-06-30")。'),
    ("a misspelt name", "营业收人 / 2", 0, "没有“营业收人”；是不是“营业收入”？"),
    ("a name nobody has", "a + 利润总额", 4, "没有“利润总额”这一项；文字请放在引号里。"),
    ("且 without blanks", "停业且p", 0, "没有“停业且p”；如果是“且”连着两项，“且”前后要留空格。"),
    ("且 behind a number without blanks", "a > 1且p", 5, "“且”前后要留空格。"),
    ("an unknown shift", "a@next_year", 1, "“@”的位置应当是运算符或算式的结尾。"),
    ("nothing", "", 0, "算式没有写完，后面应当是数、文字、名称、函数或“(”。"),
    ("nothing behind a sign", "a + ", 3, "算式没有写完，后面应当是数、文字、名称、函数或“(”。"),
    ("an open bracket", "(a + b", 6, "算式没有写完，后面应当是运算符或“)”。"),
    ("an open call", "max(a, b", 8, "算式没有写完，后面应当是运算符、“,”或“)”。"),
    ("a bracket too many", "a)", 1, "“)”的位置应当是运算符或算式的结尾。"),
    ("two names", "a b", 2, "“b”的位置应当是运算符或算式的结尾。"),
    ("two equals signs", "a == b", 3, "“=”的位置应当是数、文字、名称、函数或“(”。"),
    ("an open text", "规模 = “大型", 5, "文字没有写完：后面缺引号 ”。"),
    ("other quotation marks", "规模 = '大型'", 5, '“\'”不能用在算式里；文字请放在引号里，如 "大型"。'),
    ("a character nobody sees", "a\0", 1, '“U+0000”不能用在算式里；文字请放在引号里，如 "大型"。'),
    (
        "a number as programs write it",
        "a + 1e3",
        4,
        "“1e3”不是这里的数：数写作 12 或 12.5，开头不加 0；编号请放在引号里。",
    ),
    ("a code", "007", 0, "“007”不是这里的数：数写作 12 或 12.5，开头不加 0；编号请放在引号里。"),
    ("too many digits", "1 + " + "9" * 21, 4, "这个数有 21 位；最多 20 位。"),
    ("too long", "a" * 2001, 2000, "算式有 2001 个字符；最多 2000 个。"),
]


@pytest.mark.parametrize("story, text, place, said", WRONG)
def test_a_mistake_is_named_and_its_place(story: str, text: str, place: int, said: str) -> None:
    error = refused(text)

    assert (error.place, str(error)) == (place, said)


def test_an_unknown_function_is_told_those_there_are() -> None:
    assert str(refused("a + foo(b)")).startswith("没有函数 foo；有 min、max、sum、round、abs、if、known、coalesce")


def test_an_expression_must_give_what_is_wanted() -> None:
    error = refused("a > b", wanted=Type.NUMBER)

    assert (error.place, str(error)) == (0, "这里要的是数，算式给出的是判断。")
    assert parse("a > b", NAMES, wanted=Type.TRUTH)


def test_the_caret_stands_below_the_character() -> None:
    """Below Chinese characters blanks are as wide as they are; a mistake in a line is shown under that line."""
    assert refused("营业收入 + 规模").pointed() == "营业收入 + 规模\n\u3000\u3000\u3000\u3000 ^"
    assert refused("a +").pointed() == "a +\n   ^"
    assert refused("a +\n\tb c\n- 1").pointed() == "a +\n\tb c\n\t  ^\n- 1"


def test_a_mistake_is_said_in_the_readers_language_and_travels() -> None:
    error = refused("a + 规模")

    with translation.override("en"):
        assert str(error) == "a number and a text cannot be added."
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (str(other), other.place, other.pointed()) == (str(error), error.place, error.pointed())


@pytest.mark.parametrize(
    "text",
    [
        *("(" * 2000, "-" * 2000, "非 " * 1000, "not " * 500, "abs(" * 500, "if(p," * 400, "{" * 2000, '"' * 1999),
        *("1+" * 1000, "a" * 2000, "9" * 2000, "a." * 1000, "+1" * 999, " " * 2000, "a=" * 1000, "(" * 99 + "-" * 99),
    ],
)
def test_piles_of_anything_are_refused_at_once(text: str) -> None:
    before = time.process_time()
    refused(text)
    assert time.process_time() - before < 0.5


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from([*NAMES, *FUNCTIONS, *'()+-*/=<>{},"“”@.1且非']), max_size=30).map(" ".join)
)
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str) -> None:
    error = None
    try:
        evaluate(parse(text, NAMES), VALUES)
    except ExpressionError as found:
        error = found

    if error is not None:
        assert 0 <= error.place <= len(text)
        assert str(error)
        assert "^" in error.pointed()


# ── arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_arithmetic_is_numbers_over_any_names() -> None:
    assert arithmetic("代码 / b@children * 100", shifts=("children",)) == Operation(
        "*", Operation("/", Name("代码"), Name("b", "children")), NumberLiteral(Decimal(100))
    )


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1e4",
            "1_000",
            "0x10",
            "0X_f",
            "0b101",
            "0o17",
            "1.5e-3",
            "1E+2",
            ".5e1",
            "5.e1",
            "1_0.2_5",
            "00",
            "0.1",
            "007.5",
        ),
        *("12345678901234567890123", "0.33333333333333333333333"),
    ],
)
def test_numbers_of_formulas_stored_before_are_what_python_made_of_them(text: str) -> None:
    found = evaluate_number(arithmetic(f"a * ({text}-b)"), {"a": Decimal(1), "b": Decimal(0)})

    assert found == CONTEXT.plus(Decimal(str(ast.literal_eval(text))))


@pytest.mark.parametrize("text", ["1e4", "1_000", "0x10", "1.5e-3"])
def test_nobody_writes_such_numbers_any_more(text: str) -> None:
    for read in (lambda: arithmetic(f"a + {text}", is_new=True), lambda: parse(f"a + {text}", NAMES)):
        with pytest.raises(ExpressionError, match="不是这里的数"):
            read()


@pytest.mark.parametrize("text", ["007", "1e", "1__0", "1_", "0x", "1e999", "1a", "1.2.3"])
def test_what_python_took_for_no_number_is_none(text: str) -> None:
    with pytest.raises(ExpressionError):
        arithmetic(f"a + {text}")


@pytest.mark.parametrize("text", ["a > b", "a = b", "p and q", "非 p", "min(a, b)", '"a"', "{}", "a.b", "True", "a, b"])
def test_arithmetic_is_nothing_else(text: str) -> None:
    with pytest.raises(ExpressionError, match="这里的算式只用"):
        arithmetic(text)


# ── whatever is written ─────────────────────────────────────────────────────────────────────────────────────────────

NUMBERS = st.decimals(min_value=0, max_value=10**9, places=3).map(NumberLiteral)
MARKED = st.text(st.sampled_from('"“”＂甲') | st.characters(exclude_categories=["Cs"]), max_size=6)


def _operations(signs: str, left: st.SearchStrategy[Node], right: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(Operation, st.sampled_from(signs.split()), left, right)


def _arithmetic(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return _operations("+ - * /", inner, inner) | st.builds(Prefix, st.just("-"), inner)


ARITHMETIC = st.recursive(NUMBERS | st.sampled_from(["a", "b", "c"]).map(Name), _arithmetic, max_leaves=12)
TEXT = MARKED.map(Constant) | st.just(Name("规模"))
DAY = st.dates().map(Constant) | st.just(Name("今天"))
SETS = st.lists(MARKED, min_size=1, max_size=3, unique=True).map(lambda some: TextSet(tuple(some))) | st.just(
    Name("资质")
)
COMPARED = (
    _operations("= != < <= > >=", ARITHMETIC, ARITHMETIC)
    | _operations("= !=", TEXT, TEXT)
    | _operations("< =", DAY, DAY)
    | _operations("in", TEXT, SETS)
    | st.builds(lambda node: Call("known", (node,)), ARITHMETIC | TEXT | DAY)
)


def _truths(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return (
        _operations("and or = !=", inner, inner)
        | st.builds(Prefix, st.just("not"), inner)
        | st.builds(lambda *branches: Call("if", branches), inner, inner, inner)
        | st.builds(lambda *some: Call("coalesce", some), inner, inner)
    )


TRUTHS = st.recursive(COMPARED | st.booleans().map(Constant) | st.sampled_from("pq").map(Name), _truths, max_leaves=8)
NODES = ARITHMETIC | TRUTHS
GIVEN = st.fixed_dictionaries(
    {
        **{name: st.none() | st.decimals(min_value=-1000, max_value=1000, places=2) for name in "abc"},
        **{name: st.none() | st.booleans() for name in "pq"},
        "规模": st.none() | MARKED,
        "今天": st.none() | st.dates(),
        "资质": st.none() | st.frozensets(MARKED),
    }
)


@given(NODES, GIVEN)
@settings(max_examples=400)
def test_what_is_spelled_is_read_as_the_same(node: Node, given_values: dict[str, Value | None]) -> None:
    again = parse(spell(node), NAMES)

    assert again == node
    assert evaluate(again, given_values) == evaluate(node, given_values)
    with translation.override("en"):
        assert parse(spell(node), NAMES) == node


@given(ARITHMETIC, st.lists(st.decimals(min_value=-1000, max_value=1000, places=2), min_size=3, max_size=3))
def test_arithmetic_is_what_decimal_makes_of_it(node: Node, numbers: list[Decimal]) -> None:
    values = dict(zip("abc", numbers, strict=True))
    try:
        expected = _by_decimal(node, values)
    except ArithmeticError:  # a division by zero
        expected = None

    assert evaluate(node, values) == expected


def _by_decimal(node: Node, values: dict[str, Decimal]) -> Decimal:
    match node:
        case NumberLiteral(number):
            return number
        case Prefix(_sign, operand):
            return -_by_decimal(operand, values)
        case Operation(sign, one, other):
            left, right = _by_decimal(one, values), _by_decimal(other, values)
            return {"+": left.__add__, "-": left.__sub__, "*": left.__mul__, "/": left.__truediv__}[sign](right)
    assert isinstance(node, Name)
    return values[node.code]


@given(ARITHMETIC, st.data())
def test_the_reach_holds_the_value(node: Node, data: st.DataObject) -> None:
    small = st.decimals(min_value=-100, max_value=100, places=1)
    three = {name: sorted(data.draw(st.lists(small, min_size=3, max_size=3))) for name in "abc"}
    found = reach(node, {name: (low, high) for name, (low, _middle, high) in three.items()})
    assume(found is not None)
    assert found is not None
    middle = evaluate(node, {name: middle for name, (_low, middle, _high) in three.items()})

    assert isinstance(middle, Decimal)
    assert found[0] <= middle <= found[1]


def _divides(node: Node) -> bool:
    match node:
        case Operation(sign, left, right):
            return sign == "/" or _divides(left) or _divides(right)
        case Prefix(_sign, operand):
            return _divides(operand)
        case Call(_function, arguments):
            return any(map(_divides, arguments))
    return False


@given(NODES, GIVEN)
@settings(max_examples=400)
def test_there_is_a_reason_exactly_where_a_value_is_unknown(node: Node, given_values: dict[str, Value | None]) -> None:
    found, why = evaluate(node, given_values), why_unknown(node, given_values)

    assert all(given_values[name] is None for name in why)
    if found is not None:
        assert why == ()
    elif not _divides(node):  # what divides by zero has no name to blame
        assert why


def test_every_function_is_documented() -> None:
    """``docs/packs.md`` is what those who write expressions read."""
    told = (Path(xingke.__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")

    assert [name for name in FUNCTIONS if f"`{name}(" not in told] == []
