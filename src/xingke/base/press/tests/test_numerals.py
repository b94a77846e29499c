"""Which numerals a reader takes for a quantity, written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xingke.base.press import numerals
from xingke.base.press.numerals import NumeralKind
from xingke.base.press.tests.cast import SHORT, chip
from xingke.base.press.tree import Document, Paragraph

QUANTITIES = [
    ("申报省级科技项目36项", ["36项"]),
    ("立项３６项", ["３６项"]),
    ("新增2~3家", ["2~3家"]),
    ("新增2—3家", ["2—3家"]),
    ("选派5至8名", ["5至8名"]),
    ("提高0.4个百分点", ["0.4个百分点"]),
    ("增长13.5%，完成4.15亿元", ["13.5%", "4.15亿元"]),
    ("服务1,234家", ["1,234家"]),
    ("培训1.2万余人次", ["1.2万余人次"]),
    ("培训500多人(次)", ["500多人(次)"]),
    ("组织10多场次", ["10多场次"]),
    ("完成率为81.25", ["81.25"]),
    ("PCT36件", ["36件"]),
    ("2024家", ["2024家"]),
    ("13月", ["13月"]),
    ("历时6个月", ["6个月"]),
    ("办理时限20个工作日", ["20个工作日"]),
    ("用时3年", ["3年"]),
    ("举办三次", ["三次"]),
    ("两批项目", ["两批"]),
    ("五万余人", ["五万余人"]),
    ("十八家企业", ["十八家"]),
    ("投入千万元", ["千万元"]),
    ("数十家企业", ["数十家"]),
    ("百亿级产业", ["百亿"]),
    ("建成一个平台", ["一个"]),
    ("新增一家", ["一家"]),
    ("占百分之十", ["百分之十"]),
    ("产值翻一番", ["翻一番"]),
    ("三成以上企业", ["三成"]),
    ("增长一倍", ["一倍"]),
    ("占三分之二", ["三分之二"]),
    ("居全市第2位", ["居全市第2位"]),
    ("第三名", ["第三名"]),
    ("排名第一", ["排名第一"]),
    ("进入全省前三", ["进入全省前三"]),
    ("前10名", ["前10名"]),
    ("位居全省首位", ["居全省首位"]),
    ("全市唯一", ["全市唯一"]),
    ("表36家", ["36家"]),
    ("110家企业", ["110家"]),
    ("٣٦", ["٣٦"]),
    ("其中2024年新增12家", ["12家"]),
    ("12月新增12家", ["12家"]),
    ("新增⑯家、¹²项、Ⅻ件、㊱户", ["⑯", "¹²", "Ⅻ", "㊱"]),
    ("新增三\u200b家", ["三\u200b家"]),
    ("（36）家企业", ["36"]),
    ("新增：（36）项", ["36"]),
    ("三 家企业", ["三 家"]),
    ("三十间教室、五门课程、六元", ["三十间", "五门", "六元"]),
    ("企业增至三十六", ["三十六"]),
    ("一百二十余", ["一百二十余"]),
    ("十四五期间新增14家", ["14家"]),
    ("产值RMB1200亿元", ["1200亿元"]),
    ("产值CNY1200", ["1200"]),
    ("产值RMB12 亿元", ["12"]),
    ("入选TOP10、NO1", ["10", "1"]),
    ("编号A1200", ["1200"]),
    ("全省第一，列全国第二", ["全省第一", "列全国第二"]),
    ("跃居前十。", ["居前十"]),
    ("入围十强，获评百强县", ["十强", "百强"]),
    ("十几家企业、十余个平台", ["十几家", "十余个"]),
    ("服务近万人，逾万人参与", ["近万人", "逾万人"]),
    ("产值过百亿、破千，用户上万", ["过百亿", "破千", "上万"]),
    ("达到万亿级", ["万亿"]),
    ("半数以上企业成倍增长，双倍投入", ["半数", "成倍", "双倍"]),
    ("费用减半，五折优惠", ["减半", "五折"]),
    ("产值达2024年亿元。", ["2024年"]),
    ("企业达2024年家，增长", ["2024年"]),
]

NAMES = [
    "十四五规划",
    "一带一路",
    "青科发〔2024〕15号",
    "2024年",
    "2024年度",
    "2024年上半年",
    "2021—2023年",
    "2021-2023年",
    "二〇二四年",
    "1—6月",
    "2024年1—6月",
    "6月30日",
    "6月底前",
    "3月5日至4月1日",
    "3月5—8日",
    "十二月",
    "一季度",
    "前三季度",
    "第三产业",
    "第二批",
    "第一书记",
    "一是抓项目",
    "三是抓服务",
    "统一部署",
    "一定",
    "万一",
    "十分重要",
    "新的一年",
    "培育一批企业",
    "这是一个重要举措",
    "进一步",
    "“一企一策”",
    "一人一档",
    "科技创新40条",
    "党的二十大精神",
    "二十届三中全会",
    "三农",
    "三下乡",
    "三会一课",
    "八项规定",
    "五位一体",
    "三个方面",
    "三年行动计划",
    "两院院士",
    "（万元）",
    "万人次",
    "每万人发明专利",
    "三亚",
    "五台山",
    "三台县",
    "5G基站",
    "A4纸",
    "ISO9001认证",
    "GB/T 9704—2012",
    "12396热线",
    "附件1",
    "一、主要工作",
    "（一）项目",
    "1.企业培育",
    "（1）企业",
    "（1）项目",
    "（二）人才",
    "二十一世纪",
    "三门县",
    "第三十八研究所",
    "千方百计",
    "三、",
    "第一，要抓落实",
    "第一时间响应",
    "全省第一批试点",
    "迈入全省第一方阵",
    "科技是第一生产力",
    "第三方机构",
    "一方面抓项目，另一方面抓人才",
    "一体化推进",
    "万众创新",
    "万物互联",
    "千家万户",
    "百年大计",
    "百折不挠",
    "成百上千",
    "目前三农工作",
    "通过百姓评议",
    "折扣",
    "半导体产业",
    "上半年",
    "逾期未报",
    "近期",
    "其余项目",
    "强化服务",
    "2024年亿元以上项目",
    "2024年家电下乡",
    "2024年人才工作",
    "2024年万元地区生产总值能耗",
    "2024年度人才",
    "PM2.5治理",
    "A4纸",
]


@pytest.mark.parametrize("text, expected", QUANTITIES)
def test_a_quantity_is_found_with_its_unit(text: str, expected: list[str]) -> None:
    found = numerals.find(text)

    assert [numeral.text for numeral in found] == expected
    assert all(text[numeral.start : numeral.end] == numeral.text for numeral in found)


@pytest.mark.parametrize("text", NAMES)
def test_dates_numbers_of_lists_and_names_are_no_quantities(text: str) -> None:
    assert numerals.find(text) == []


def test_the_kind_tells_how_the_numeral_is_written() -> None:
    found = numerals.find("36项、两批、三成、第2位")

    assert [numeral.kind for numeral in found] == [
        NumeralKind.ARABIC,
        NumeralKind.CHINESE,
        NumeralKind.SHARE,
        NumeralKind.RANK,
    ]


def test_a_bureau_may_name_its_own_terms() -> None:
    assert [each.text for each in numerals.find("“8133”工程新增8家")] == ["8133", "8家"]
    assert [each.text for each in numerals.find("“8133”工程新增8家", terms=["8133"])] == ["8家"]
    assert [each.text for each in numerals.find("81330家", terms=["8133"])] == ["81330家"]


@given(st.text(alphabet="0123456789.%项家万年月日第一二三十百（）、。—～AB 增长至", max_size=30))
def test_finding_is_ordered_and_inside_the_text(text: str) -> None:
    at = 0
    for numeral in numerals.find(text):
        assert at <= numeral.start < numeral.end <= len(text)
        assert text[numeral.start : numeral.end] == numeral.text
        at = numeral.end


@given(number=st.integers(min_value=0, max_value=10**9), unit=st.sampled_from(["家", "项", "万元", "件", "人次", "%"]))
def test_no_number_with_a_unit_escapes(number: int, unit: str) -> None:
    assert [each.text for each in numerals.find(f"全县共有{number}{unit}。")] == [f"{number}{unit}"]


def test_a_clean_tree_has_no_unbound_numeral() -> None:
    assert numerals.unbound(SHORT) == []


def test_an_unbound_numeral_and_a_touched_figure_are_named_with_their_surroundings() -> None:
    blocks = (Paragraph(inlines=("申报近", chip(1, "36项", "甲"), "，立项6项。")),)
    document = Document(id="x", title="总结", issuer="局", date="2024年1月1日", blocks=blocks)

    assert numerals.unbound(document) == ["36项，立项6项。", "报近36项，立"]


@pytest.mark.parametrize(
    "around",
    [
        *(
            "申报超过{}",
            "产值突破{}",
            "产值突破了{}",
            "不到{}",
            "不足 {}",
            "将近{}",
            "接近{}",
            "低于{}",
            "高达{}",
            "至少{}",
        ),
        *("{}左右", "{} 以上", "{}以内", "{}以下", "{}大关", "{}之多", "{}有余"),
    ],
)
def test_a_word_that_makes_a_figure_more_or_less_belongs_to_it(around: str) -> None:
    before, after = around.split("{}")

    assert numerals.touching((before, chip(1, "36项", "甲"), after))


@pytest.mark.parametrize(
    "around", ["达到{}", "实现技术突破{}", "申报{}，以上企业", "截至年底，{}", "突破瓶颈，立项{}", "{}。左右协同"]
)
def test_other_words_may_stand_right_at_a_figure(around: str) -> None:
    before, after = around.split("{}")

    assert not numerals.touching((before, chip(1, "36项", "甲"), after))


@pytest.mark.parametrize("around", ["约 {}", "-{}", "负{}", "{} 余"])
def test_blanks_part_nothing_from_a_figure_and_a_sign_belongs_to_it(around: str) -> None:
    before, after = around.split("{}")

    assert numerals.touching((before, chip(1, "36项", "甲"), after))
