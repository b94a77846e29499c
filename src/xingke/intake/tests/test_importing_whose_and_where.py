"""Where a row belongs and whose it is, as people write it; what is not known is refused with a way out."""

from typing import Any

import pytest

from tests.cast import Cast
from xingke.base.codes import is_credit_code
from xingke.intake.rows.incoming import Options
from xingke.intake.rows.places import names_of
from xingke.intake.tests.test_importing_histories import PATENT, bring, found, said
from xingke.ledger.models import Recognition
from xingke.registry.models import Organisation, Region

pytestmark = pytest.mark.db

FIRM = "青溪县明渠传感科技有限公司"
TITLE = {"所在地": "青溪县", "企业名称": FIRM, "证书编号": "GR202499000001", "发证日期": "2024-11-08"}
NEW = Options(region="990121", new_organisations=True)


# ── where ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "青溪县",
        "青溪县 ",
        "清源市青溪县",
        "云岭省清源市青溪县",
        "云岭清源青溪",
        "青溪",
        "云岭省青溪县",
        "清源市/青溪县",
        "云岭省 清源市 青溪县",
        "青溪县永丰镇",
        "清源市青溪县永丰镇甲村",
        "青溪县新市镇",
        "990121",
        "990121000000",
        "990121000",
        "９９０１２１",
    ],
)
def test_a_place_is_known_however_it_is_written(cast: Cast, text: str) -> None:
    outcome = bring("high_tech_list", {**TITLE, "所在地": text}, by=cast.officer, options=Options())

    assert (said(outcome), Recognition.objects.get().region) == ([], cast.county)


WRONG_PLACES = [
    ("another city above it", "澹湖市青溪县", "“青溪县”不属于“澹湖市”，请核对。"),
    ("no place", "乌有县", "没有这个区划，请填全称或六位代码。"),
    ("a town of a city that does not say which county", "清源市永丰镇", "没有这个区划，请填全称或六位代码。"),
    ("half a name", "溪县", "没有这个区划，请填全称或六位代码。"),
    ("a place of others", "清源市云渡县", "不在您的授权范围内。"),
    ("a village's code", "990121101000", "没有这个区划，请填全称或六位代码。"),
]


@pytest.mark.parametrize("story, text, remedy", WRONG_PLACES, ids=[story for story, *_ in WRONG_PLACES])
def test_a_place_that_is_none_or_contradicts_itself_is_refused(cast: Cast, story: str, text: str, remedy: str) -> None:
    outcome = bring("high_tech_list", {**TITLE, "所在地": text}, by=cast.officer, options=Options())

    assert said(outcome) == [f"所在地 列为“{text}”：{remedy}"]


NAMED = [
    ("云渡县恒生材料有限公司", "云渡县"),
    ("清源市云渡县恒生材料有限公司", "云渡县"),
    ("云岭省清源市云渡县恒生材料有限公司", "云渡县"),
    ("青溪县恒生材料有限公司", ""),
    ("清源市恒生材料有限公司", ""),
    ("云岭恒生材料有限公司", ""),
    ("清源市青溪县恒生材料有限公司", ""),
]


@pytest.mark.parametrize("name, other", NAMED)
def test_a_new_firm_whose_name_is_of_another_place_is_not_taken_for_ours_where_the_file_says_nothing(
    cast: Cast, name: str, other: str
) -> None:
    row = {each: text for each, text in TITLE.items() if each != "所在地"} | {"企业名称": name}

    outcome = bring("high_tech_list", row, by=cast.officer, options=NEW)
    said_so = bring("high_tech_list", {**row, "所在地": "青溪县"}, by=cast.officer, options=NEW, is_trial=True)

    remedy = f"名称里写的是“{other}”，表中没有写明区划；确在“青溪县”的，请补充区划一列写明，或先在名录中登记。"
    assert said(outcome) == ([f"企业名称 列为“{name}”：{remedy}"] if other else [])
    assert said(said_so) == []


def test_a_code_and_the_path_to_its_place_agree(cast: Cast) -> None:
    row = {**TITLE, "区划代码": "990121"}

    assert found(bring("high_tech_list", {**row, "所在地": "清源市青溪县"}, by=cast.officer)) == {"new": 1}
    assert said(bring("high_tech_list", {**row, "所在地": "清源市云渡县"}, by=cast.officer)) == [
        "所在地 列为“清源市云渡县”：代码 990121 是“青溪县”，名称与代码不一致。"
    ]


# ── whose ───────────────────────────────────────────────────────────────────────────────────────────────────────────

KNOWN = [
    ("a mark", f"*{FIRM}", "“*青溪县明渠传感科技有限公司”按名录中的“青溪县明渠传感科技有限公司”登记"),
    ("a number", f"1.{FIRM}", "“1.青溪县明渠传感科技有限公司”按名录中的“青溪县明渠传感科技有限公司”登记"),
    (
        "a former name",
        f"{FIRM}（原青溪县旧名有限公司）",
        "“青溪县明渠传感科技有限公司（原青溪县旧名有限公司）”按名录中的“青溪县明渠传感科技有限公司”登记",
    ),
    ("a joint holder", f"{FIRM};某某大学", "有几个单位，登记在“青溪县明渠传感科技有限公司”名下；共同的单位：某某大学"),
    (
        "a joint holder before",
        f"某某大学、{FIRM}",
        "有几个单位，登记在“青溪县明渠传感科技有限公司”名下；共同的单位：某某大学",
    ),
]


@pytest.mark.parametrize("story, text, note", KNOWN, ids=[story for story, *_ in KNOWN])
@pytest.mark.parametrize("options", [Options(region="990121"), NEW], ids=["known only", "new allowed"])
def test_a_known_firm_is_known_again_and_that_is_said(
    cast: Cast, options: Options, story: str, text: str, note: str
) -> None:
    before = Organisation.objects.count()

    outcome = bring("patent", {**PATENT, "专利权人": text}, by=cast.officer, options=options)

    (row,) = outcome.checked.rows
    assert (said(outcome), [str(each) for each in row.notes]) == ([], [note])
    assert (row.content.firm, Organisation.objects.count()) == (cast.firm, before)


NOBODY = [
    ("a word that points at another cell", "同左", "没有写明是哪个单位；请在每一行填写单位全称。"),
    ("a person", "张三", "像是个人姓名，不是单位；请填单位全称，确是单位的先在名录中登记。"),
    (
        "a private person",
        "个人",
        "个人不在单位名录中，这类记录须记在单位名下；请填单位全称，没有单位的请不要导入这一行。",
    ),
    (
        "several firms counted",
        "明渠等3家企业",
        "不像一个单位的全称，没有登记为新单位；请填全称，确是单位的先在名录中登记。",
    ),
    ("a pointing word", "本公司", "不像一个单位的全称，没有登记为新单位；请填全称，确是单位的先在名录中登记。"),
    ("any word", "待定", "不像一个单位的全称，没有登记为新单位；请填全称，确是单位的先在名录中登记。"),
]


@pytest.mark.parametrize("story, text, remedy", NOBODY, ids=[story for story, *_ in NOBODY])
def test_any_text_is_not_an_organisation(cast: Cast, story: str, text: str, remedy: str) -> None:
    before = Organisation.objects.count()

    outcome = bring("patent", {**PATENT, "专利权人": text}, by=cast.officer, options=NEW)

    assert said(outcome) == [f"专利权人 列为“{text}”：{remedy}"]
    assert Organisation.objects.count() == before


def test_a_firm_that_was_renamed_is_corrected_in_the_register_first(cast: Cast) -> None:
    row = {**PATENT, "专利权人": f"青溪县新名科技有限公司（原{FIRM}）"}

    assert said(bring("patent", row, by=cast.officer, options=NEW)) == [
        f"专利权人 列为“青溪县新名科技有限公司（原{FIRM}）”：名录中没有这个单位，但有“{FIRM}”；单位更名的请先在名录中更正名称。"
    ]


def test_a_new_firm_is_entered_by_its_bare_name(cast: Cast) -> None:
    outcome = bring(
        "patent", {**PATENT, "专利权人": "2、青溪县新泉\n软件有限公司;某某大学"}, by=cast.officer, options=NEW
    )

    assert [str(note) for row in outcome.checked.rows for note in row.notes] == [
        "有几个单位，登记在“青溪县新泉软件有限公司”名下；共同的单位：某某大学"
    ]
    assert Organisation.objects.get(name="青溪县新泉软件有限公司").region == cast.county
    assert [str(note) for note in outcome.reader.remarks] == ["随本次登记录入 1 家新单位：青溪县新泉软件有限公司"]


def test_who_has_no_organisation_may_say_so_where_none_is_needed(cast: Cast) -> None:
    row = {
        "收款单位": "个人",
        "用途": "奖补",
        "级别": "县",
        "资金名称": "人才奖",
        "兑现日期": "2023-12-20",
        "兑现金额（万元）": "1",
    }

    outcome = bring("payment", row, by=cast.officer)

    assert (found(outcome), [str(note) for note in outcome.checked.rows[0].notes]) == (
        {"new": 1},
        ["“个人”不是单位，按没有单位登记"],
    )


# ── credit codes ────────────────────────────────────────────────────────────────────────────────────────────────────

CODES = [
    code
    for code in (f"91990121MA{number:07d}{check}" for number in range(99) for check in "0123456789X")
    if is_credit_code(code)
]
RIGHT, OTHER = CODES[:2]


def _coded(cast: Cast, **changes: str) -> dict[str, Any]:
    Organisation.objects.filter(pk=cast.firm.pk).update(credit_code=RIGHT)
    return {**PATENT, "专利权人": FIRM, **changes}


def test_a_firm_known_under_another_code_is_said(cast: Cast) -> None:
    row = _coded(cast, 统一社会信用代码=OTHER)

    assert said(bring("patent", row, by=cast.officer, options=NEW)) == [
        f"统一社会信用代码 列为“{OTHER}”：名录中“{FIRM}”的代码是 {RIGHT}，与此不同，请核对。"
    ]


def test_a_code_of_too_few_characters_says_how_many(cast: Cast) -> None:
    assert said(
        bring("patent", _coded(cast, 统一社会信用代码=RIGHT[:-1], 专利权人="青溪县新厂"), by=cast.officer, options=NEW)
    ) == [f"统一社会信用代码 列为“{RIGHT[:-1]}”：统一社会信用代码应为 18 位，这里是 17 位。"]


def test_a_typing_error_names_the_place_that_does_not_check(cast: Cast) -> None:
    wrong = RIGHT[:-1] + next(each for each in "0123456789" if each != RIGHT[-1])

    first, second = said(bring("patent", _coded(cast, 统一社会信用代码=wrong), by=cast.officer))
    assert f"统一社会信用代码 {wrong} 的第 18 位（校验位）不对，请对照营业执照核对。" in first
    assert f"名录中“{FIRM}”的代码是 {RIGHT}" in second


def test_a_firm_of_that_name_next_door_is_not_entered_a_second_time(cast: Cast) -> None:
    row = {**PATENT, "专利权人": cast.other_firm.name}

    (sentence,) = said(bring("patent", row, by=cast.statistician, options=NEW))
    assert sentence == (
        "专利权人 列为“云渡县远帆装备有限公司”：名录中已有同名单位，在“云渡县”；是同一家的请核对区划，"
        "确是另一家的请填它的统一社会信用代码。"
    )


def test_an_impossible_order_names_both_days_and_their_columns(cast: Cast) -> None:
    row = {**PATENT, "申请日": "2024-02-01", "授权公告日": "2022-03-01"}

    assert said(bring("patent", row, by=cast.officer)) == [
        "授权公告日 列为“2022-03-01”：授权公告日（2022-03-01）早于申请日（2024-02-01），不可能；请核对这两个日期。"
    ]


def test_a_later_file_adds_no_day_that_cannot_be(cast: Cast) -> None:
    bring("patent", {**PATENT, "授权公告日": ""}, by=cast.officer)

    outcome = bring("patent", {**PATENT, "申请日": "", "授权公告日": "2023-01-05"}, by=cast.officer, name="授权.csv")

    assert said(outcome) == [
        "授权公告日 列为“2023-01-05”：授权公告日（2023-01-05）早于申请日（2023-02-14），不可能；请核对这两个日期。"
    ]


def test_a_number_that_stands_twice_is_refused_even_if_its_first_row_was(cast: Cast) -> None:
    wrong = {**PATENT, "申请日": "2024-02-01", "授权公告日": "2022-03-01"}

    assert found(bring("patent", wrong, PATENT, by=cast.officer)) == {"rejected": 2}


SHORT = [
    ("肃南裕固族自治县", ("肃南裕固族自治县", "肃南")),
    ("积石山保安族东乡族撒拉族自治县", ("积石山保安族东乡族撒拉族自治县", "积石山")),
    ("广西壮族自治区", ("广西壮族自治区", "广西")),
    ("内蒙古自治区", ("内蒙古自治区", "内蒙古")),
    ("新疆维吾尔自治区", ("新疆维吾尔自治区", "新疆")),
    ("巴音郭楞蒙古自治州", ("巴音郭楞蒙古自治州", "巴音郭楞")),
    ("城区", ("城区",)),
    ("青溪县", ("青溪县", "青溪")),
]


@pytest.mark.parametrize("name, names", SHORT, ids=[name for name, _names in SHORT])
def test_a_place_is_called_by_its_short_name_too(name: str, names: tuple[str, ...]) -> None:
    assert names_of(Region(name=name)) == names


def test_a_known_firm_with_a_remark_behind_it_is_not_entered_as_another(cast: Cast) -> None:
    assert said(bring("patent", {**PATENT, "专利权人": f"{FIRM}（上海）"}, by=cast.officer, options=NEW)) == [
        f"专利权人 列为“{FIRM}（上海）”：名录中有“{FIRM}”；是同一家的请照名录的写法填，确是另一家的请先在名录中登记。"
    ]


@pytest.mark.parametrize(
    "name", ["明渠传感科技有限公司", "青溪县明渠传感科技有限责任公司", "清源市青溪县明渠传感科技有限公司"]
)
def test_a_firm_whose_name_the_register_nearly_has_is_not_entered_a_second_time(cast: Cast, name: str) -> None:
    row = {each: text for each, text in TITLE.items() if each != "所在地"} | {"企业名称": name}

    outcome = bring("high_tech_list", row, by=cast.officer, options=NEW)

    remedy = f"名录中有“{FIRM}”；是同一家的请照名录的写法填，确是另一家的请先在名录中登记。"
    assert said(outcome) == [f"企业名称 列为“{name}”：{remedy}"]


@pytest.mark.parametrize("name", ["某某科技有限公司", "原青溪县建材厂", "同上公司"])
def test_what_only_holds_the_place_of_a_name_is_not_entered(cast: Cast, name: str) -> None:
    outcome = bring("high_tech_list", {**TITLE, "企业名称": name}, by=cast.officer, options=NEW)

    assert "不像一个单位的全称" in said(outcome)[0]
