"""Where a row belongs: said by its own cells, by a merged cell, or by a line above it; never lost and then guessed."""

from collections.abc import Sequence

import pytest

from tests.cast import NOW, Cast
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.intake.actions import Outcome, import_table
from xingke.intake.checking import sheet_form
from xingke.intake.reading import header_words, read_table
from xingke.intake.rows.incoming import Options
from xingke.ledger.models import Payment, Recognition
from xingke.press.tests.books import book, data

HEADER = ["序号", "企业名称", "证书编号", "发证日期"]
OTHER = ["序号", "所属县区", "企业名称", "证书编号", "发证日期"]


def firm(name: str, number: int) -> list[str | float | None]:
    return [str(number), name, f"GR2024330000{number:02}", "2024-11-08"]


def bring(
    file: bytes, cast: Cast, kind: str = "high_tech_list", *, by: User | None = None, region: str = "990121"
) -> Outcome:
    """A county's officer, or somebody else, files it, the county being the usual place and unknown firms entered."""
    form = sheet_form(kind)
    table = read_table(file, name="名单.xlsx", words=header_words(form))
    options = Options(region=region, new_organisations=True)
    return import_table(form=form, table=table, file_name="名单.xlsx", by=by or cast.officer, now=NOW, options=options)


def wrong(outcome: Outcome) -> dict[int, str]:
    return {row.number: str(row.problems[0]) for row in outcome.left}


def places() -> Sequence[str]:
    return sorted(Recognition.objects.values_list("region__name", flat=True))


def test_rows_below_the_line_of_a_county_belong_to_it(cast: Cast) -> None:
    rows = data(
        HEADER,
        ["一、青溪县（1家）"],
        firm("青溪县甲技术有限公司", 1),
        ["二、云渡县（2家）"],
        firm("云渡县乙技术有限公司", 2),
        firm("云渡县丙技术有限公司", 3),
        ["合计：3家"],
    )

    outcome = bring(book(rows), cast)

    assert wrong(outcome) == {
        5: "区划 列为“云渡县”：不在您的授权范围内。",
        6: "区划 列为“云渡县”：不在您的授权范围内。",
    }
    assert places() == ["青溪县"]
    assert list(map(str, outcome.table.notes)) == [
        "以工作表“表一”第 1 行为表头",
        "第 7 行是合计，没有作为数据读入",
        "第 2 行“青溪县”作为下面没有写明区划的行的区划",
        "第 4 行“云渡县”作为下面没有写明区划的行的区划",
    ]


def test_a_merged_county_is_that_of_all_its_rows(cast: Cast) -> None:
    rows = data(
        OTHER,
        ["1", "青溪县", *firm("青溪县甲技术有限公司", 1)[1:]],
        ["2", "云渡县", *firm("云渡县乙技术有限公司", 2)[1:]],
        ["3", None, *firm("云渡县丙技术有限公司", 3)[1:]],
    )

    outcome = bring(book(rows + '<mergeCells><mergeCell ref="B3:B4"/></mergeCells>'), cast)

    assert sorted(wrong(outcome)) == [3, 4]
    assert places() == ["青溪县"]


def test_a_place_left_out_below_another_county_is_not_taken_for_the_usual_one(cast: Cast) -> None:
    rows = data(
        OTHER,
        ["1", None, *firm("青溪县甲技术有限公司", 1)[1:]],
        ["2", "云渡县", *firm("云渡县乙技术有限公司", 2)[1:]],
        ["3", None, *firm("云渡县丙技术有限公司", 3)[1:]],
        ["4", "青溪县", *firm("青溪县丁技术有限公司", 4)[1:]],
        ["5", None, *firm("青溪县戊技术有限公司", 5)[1:]],
    )

    outcome = bring(book(rows), cast)

    assert wrong(outcome) == {
        3: "所属县区 列为“云渡县”：不在您的授权范围内。",
        4: "所属县区 列为“”：区划空着，而上面的行写的是“云渡县”；请补上这一行的区划。",
    }
    assert places() == ["青溪县"] * 3


@pytest.mark.parametrize("line", ["市直单位", "高新区", "某某镇", "其他"])
def test_below_a_line_nobody_understands_nothing_is_filed(cast: Cast, line: str) -> None:
    rows = data(HEADER, firm("青溪县甲技术有限公司", 1), [line], firm("青溪县乙技术有限公司", 2))

    outcome = bring(book(rows), cast)

    assert list(wrong(outcome)) == [4]
    assert f"区划 列为“{line}”" in wrong(outcome)[4]
    assert outcome.counts["new"] == 1


@pytest.mark.parametrize("line", ["省级", "2024年第一批", "（一）重新认定", "电子信息领域"])
def test_a_line_that_says_no_place_is_said_not_to_be_used(cast: Cast, line: str) -> None:
    outcome = bring(book(data(HEADER, [line], firm("青溪县甲技术有限公司", 1))), cast)

    assert outcome.counts["new"] == 1
    assert str(outcome.table.notes[-1]).endswith("不是区划，没有用到；请核对下面各行")


def test_a_title_repeated_on_every_page_and_a_line_behind_the_rows_stop_nothing(cast: Cast) -> None:
    rows = data(
        ["2024年名单"],
        HEADER,
        firm("青溪县甲技术有限公司", 1),
        ["2024年名单"],
        HEADER,
        firm("青溪县乙技术有限公司", 2),
        ["完"],
    )

    outcome = bring(book(rows), cast)

    assert outcome.counts["new"] == 2
    assert str(outcome.table.notes[-1]) == "第 7 行“完”在数据之后，没有作为数据读入"


def test_a_firm_that_stands_over_its_rows_is_their_holder(cast: Cast) -> None:
    header = ["单位名称", "资金类别", "资金名称", "级别", "兑现日期", "兑现金额（万元）"]
    rows = data(
        header,
        [cast.firm.name],
        ["", "专利资助", "专利资助", "县级", "2024-03-05", 1.0],
        ["", "专利资助", "年度专利资助", "县级", "2024-03-05", 2.0],
    )

    outcome = bring(book(rows), cast, "payment")

    assert wrong(outcome) == {}
    assert set(Payment.objects.values_list("organisation__name", flat=True)) == {cast.firm.name}


def test_a_firm_whose_row_is_unfinished_is_refused_and_not_passed_over(cast: Cast) -> None:
    rows = data(HEADER, [None, "青溪县甲技术有限公司"], firm("青溪县乙技术有限公司", 2))

    outcome = bring(book(rows), cast)

    assert list(wrong(outcome)) == [2]


def test_a_refusal_of_the_header_says_which_row_was_taken_for_it(cast: Cast) -> None:
    with pytest.raises(Refused, match=r"没有任何日期列.*（以工作表“表一”第 2 行为表头）"):
        bring(book(data(["名单"], ["企业名称", "证书编号"], ["青溪县甲技术有限公司", "GR202433000001"])), cast)


def test_a_sheet_called_after_a_county_holds_its_rows(cast: Cast) -> None:
    file = book("<sheetData/>", more=[("云渡县", "visible", data(HEADER, firm("云渡县乙技术有限公司", 2)))])

    outcome = bring(file, cast)

    assert wrong(outcome) == {2: "区划 列为“云渡县”：不在您的授权范围内。"}
    assert "工作表的名称“云渡县”作为没有写明区划的行的区划" in list(map(str, outcome.table.notes))


@pytest.mark.parametrize(
    ("title", "filed"),
    [
        ("云渡县2024年高新技术企业名单", 0),
        ("清源市2024年高新技术企业名单", 1),
        ("青溪县转云渡县名单", 1),
        ("2024年名单", 1),
    ],
)
def test_the_county_in_the_title_is_not_overruled_by_the_usual_one(cast: Cast, title: str, filed: int) -> None:
    outcome = bring(book(data([title], HEADER, firm("青溪县乙技术有限公司", 2))), cast)

    assert outcome.counts["new"] == filed
    assert list(wrong(outcome).values()) == ["区划 列为“云渡县”：不在您的授权范围内。"] * (1 - filed)


def test_a_second_table_on_the_sheet_is_not_read_under_the_names_of_the_first(cast: Cast) -> None:
    rows = data(
        HEADER,
        firm("青溪县甲技术有限公司", 1),
        HEADER,
        ["企业名称", "发证日期", "级别"],
        ["青溪县乙技术有限公司", "2024-11-08", "省级"],
    )

    with pytest.raises(Refused, match="第 4 行又是一行表头，和第 1 行的不同"):
        bring(book(rows), cast)


@pytest.mark.parametrize("group, own", [("云渡县", "青溪县"), ("青溪县", "云渡县")])
def test_a_row_that_says_no_place_below_one_of_another_than_its_group_is_of_neither(
    cast: Cast, group: str, own: str
) -> None:
    def placed(place: str, number: int) -> list[str | float | None]:
        return [str(number), place, f"恒{number}材料有限公司", f"GR2024330000{number:02}", "2024-11-08"]

    outcome = bring(book(data(OTHER, [group], placed(own, 1), placed("", 2))), cast)

    assert wrong(outcome)[4].endswith(f"而上面的行写的是“{own}（{group}）”；请补上这一行的区划。")
