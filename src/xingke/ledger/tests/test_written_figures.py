"""The words a figure was taken from: which number of them it is, and what makes that number an approximation."""

from decimal import Decimal

import pytest

from xingke.base.quantities import Quantity, Unit
from xingke.ledger.rules import written_figures
from xingke.ledger.rules.written_figures import FigureWords

MONEY = {"元": 1, "万元": 10_000, "亿元": 100_000_000}
COUNTS = {"人次": 1, "万人次": 10_000, "份": 1, "万份": 10_000, "项": 1, "家": 1, "个": 1, "名": 1, "件": 1}
UNITS = {
    **{code: Unit(code=code, kind="money", factor=Decimal(factor)) for code, factor in MONEY.items()},
    **{code: Unit(code=code, kind="count", factor=Decimal(factor)) for code, factor in COUNTS.items()},
    "%": Unit(code="%", kind="percent"), "个百分点": Unit(code="个百分点", kind="points"),
    "位": Unit(code="位", kind="rank"), "件/万人": Unit(code="件/万人", kind="rate"),
}  # fmt: skip


def read(as_written: str, value: str, unit: str, most: str = "", *, is_change: bool = False) -> FigureWords:
    return written_figures.read(
        as_written, value=Quantity.read(value, UNITS[unit]), most=Quantity.read(most, UNITS[unit]) if most else None,
        units=UNITS, is_change=is_change,
    )  # fmt: skip


EXACT = [
    ("超越农业等转化成果20项", "20", "项"), ("多渠道投入0.50亿元", "0.50", "亿元"), ("签约合作项目6项", "6", "项"),
    ("其余20项", "20", "项"), ("规模以上企业20家", "20", "家"), ("20家规模以上企业", "20", "家"), ("近3年转化20项", "20", "项"),
    ("5亿元以上企业20家", "20", "家"), ("最近20家", "20", "家"), ("20项上下游产品", "20", "项"), ("突破20项关键技术", "20", "项"),
    ("达到20项", "20", "项"), ("近20家企业实施20项", "20", "项"), ("2001件发明专利", "2001", "件"), ("１２０人次", "120", "人次"),
    ("两个", "2", "个"), ("三百二十家", "320", "家"), ("1亿2000万元", "1.2", "亿元"), ("0.51亿元", "5100", "万元"), ("三成", "30", "%"),
    ("百分之十三点五", "13.5", "%"), ("居全省第5位", "5", "位"), ("第一", "1", "位"), ("前八", "8", "位"), ("9.4件", "9.4", "件/万人"),
    ("约定20项任务", "20", "项"), ("节约20万元", "20", "万元"), ("近五年培育20家", "20", "家"), ("靠近20家", "20", "家"),
    ("年产值2000万元以上企业20家", "20", "家"), ("新增专利20件，同比增长20%", "20", "件"), ("20余家（22家）", "22", "家"),
    ("一带一路合作1项", "1", "项"), ("16.02", "16.02", "%"),
]  # fmt: skip


@pytest.mark.parametrize("as_written, value, unit", EXACT)
def test_a_word_elsewhere_makes_no_approximation(as_written: str, value: str, unit: str) -> None:
    found = read(as_written, value, unit)

    assert (found.word, str(found.problem), found.is_silent) == ("", "", False)


ROUGH = [
    ("转化成果20余项", "20", "项", "余"), ("20多项", "20", "项", "多"), ("十几家", "10", "家", "多"), ("近50名", "50", "名", "近"),
    ("将近50名", "50", "名", "近"), ("近百家", "100", "家", "近"), ("百余家", "100", "家", "余"), ("上百家", "100", "家", "以上"),
    ("超过20项", "20", "项", "超"), ("逾2亿元", "2", "亿元", "超"), ("突破20亿元", "20", "亿元", "超"), ("不低于20项", "20", "项", "以上"),
    ("20项以上", "20", "项", "以上"), ("达500人次以上", "500", "人次", "以上"), ("20项左右", "20", "项", "约"), ("约占31%", "31", "%", "约"),
    ("不足20家", "20", "家", "不足"), ("不超过20项", "20", "项", "以内"), ("20项以内", "20", "项", "以内"), ("签约约6项", "6", "项", "约"),
    ("1万余人次", "1", "万人次", "余"), ("1万余人次", "10000", "人次", "余"), ("10多万份", "10", "万份", "多"), ("20 余 项", "20", "项", "余"),
    ("500多人（次）", "500", "人次", "多"), ("20亿元（含）以上", "20", "亿元", "以上"), ("约20余项", "20", "项", "约"),
    ("超20余项", "20", "项", "超"), ("≥20家", "20", "家", "以上"), ("＞20家", "20", "家", "超"), ("差不多20家", "20", "家", "约"),
    ("过百家", "100", "家", "以上"), ("三亿多元", "3", "亿元", "多"), ("十来家", "10", "家", "约"), ("增长两成多", "20", "%", "多"),
    ("1.5倍以上", "150", "%", "以上"), ("20+", "20", "家", "以上"),
]  # fmt: skip


@pytest.mark.parametrize("as_written, value, unit, word", ROUGH)
def test_a_word_that_touches_its_number_does(as_written: str, value: str, unit: str, word: str) -> None:
    found = read(as_written, value, unit)

    assert (found.word, str(found.problem)) == (word, "")


RANGES = [
    ("30—50名", "30", "50", "名", ""), ("3000～5000万元", "3000", "5000", "万元", ""), ("5至10万人次", "5", "10", "万人次", ""),
    ("1亿-2亿元", "1", "2", "亿元", ""), ("30—50余名", "30", "50", "名", "余"),
]  # fmt: skip


@pytest.mark.parametrize("as_written, value, most, unit, word", RANGES)
def test_a_range_has_both_its_ends(as_written: str, value: str, most: str, unit: str, word: str) -> None:
    found = read(as_written, value, unit, most)

    assert (found.word, str(found.problem)) == (word, "")


WRONG = [
    ("0.15亿元", "0.51", "亿元", "", "原文写的是 0.15亿元，与数值 0.51亿元 不一致；请改正其中一个，原文里另有这个数的，请把那句话一起抄上。"),
    ("30—50名", "30", "名", "", "原文写的是 30—50名，是一个区间，数值却只有 30名；请把两头分别填在数值和数值上限里。"),
    ("约5项", "5", "项", "8", "原文写的是 5项，与数值 5—8项 不一致；请改正其中一个，原文里另有这个数的，请把那句话一起抄上。"),
    ("实施20项，超20项", "20", "项", "", "原文里有几个 20项，有的带“超”，有的不带；请只抄说这个数的半句。"),
    ("数十家", "50", "家", "", "原文写的是 数十家，没有说出确数，不能记成 50家；请改填有确数的原文，或不登记这个数。"),
    ("20万元", "20", "项", "", "原文写的是 20万元，与数值 20项 不一致；请改正其中一个，原文里另有这个数的，请把那句话一起抄上。"),
    ("第20位", "20", "家", "", "原文写的是 第20位，与数值 20家 不一致；请改正其中一个，原文里另有这个数的，请把那句话一起抄上。"),
]  # fmt: skip


@pytest.mark.parametrize("as_written, value, unit, most, problem", WRONG)
def test_a_value_that_its_words_do_not_say_is_refused(
    as_written: str, value: str, unit: str, most: str, problem: str
) -> None:
    assert str(read(as_written, value, unit, most).problem) == problem


def test_a_fall_is_no_rise() -> None:
    fell = read("下降5%", "5", "%", is_change=True)

    assert str(fell.problem) == "原文说的是下降 5%，数值 5% 却不是负数；请在数值前加负号。"
    assert not read("下降5%", "-5", "%", is_change=True).problem
    assert not read("0.8个百分点", "-0.8", "个百分点").problem  # the verb was not copied


def test_words_without_a_number_say_nothing_against_it() -> None:
    assert read("亿元", "1", "亿元").is_silent


@pytest.mark.parametrize("as_written, value, unit, decimals", [
    ("13.50%", "13.5", "%", 2), ("0.50亿元", "0.5", "亿元", 2), ("249.3亿元", "249.30", "亿元", 1), ("0.51亿元", "5100", "万元", 0),
])  # fmt: skip
def test_a_number_keeps_the_decimals_of_its_words(as_written: str, value: str, unit: str, decimals: int) -> None:
    assert read(as_written, value, unit).decimals == decimals


def test_what_was_written_before_is_read_in_a_moment() -> None:
    """No pattern runs away on a long text: see the guards of the spreadsheets."""
    assert read("近" * 60 + "1" * 60, "5", "项").problem


AMONG = [
    ("居全市第2位", 2, "全市"), ("全市第1、全省第5", 5, "全省"), ("全市第1、全省第5", 1, "全市"), ("在全市八个县区中，居第2位", 2, "全市"),
    ("第2位（全市）", 2, "全市"), ("第2位", 2, ""), ("居全国首位", 1, "全国"),
]  # fmt: skip


@pytest.mark.parametrize("as_written, place, word", AMONG)
def test_a_place_is_among_those_its_own_words_name(as_written: str, place: int, word: str) -> None:
    assert written_figures.among(as_written, place, UNITS) == word
