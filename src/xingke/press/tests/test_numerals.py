"""Which numerals a reader takes for a quantity, written out."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xingke.press import numerals
from xingke.press.numerals import NumeralKind
from xingke.press.tests.cast import SHORT, chip
from xingke.press.tree import DocumentTree, Paragraph

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
    ("百亿级产业", ["百亿级"]),
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
    ("位居全省首位", ["位居全省首位"]),
    ("全市唯一", ["全市唯一"]),
    ("表36家", ["36家"]),
    ("110家企业", ["110家"]),
    ("٣٦", ["٣٦"]),
    ("其中2024年新增12家", ["12家"]),
    ("12月新增12家", ["12家"]),
    ("新增⑯家、¹²项、Ⅻ件、㊱户", ["⑯家", "¹²项", "Ⅻ件", "㊱户"]),
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
    ("产值RMB12 亿元", ["12 亿元"]),
    ("入选TOP10、NO1", ["10", "1"]),
    ("编号A1200", ["1200"]),
    ("全省第一，列全国第二", ["全省第一", "列全国第二"]),
    ("跃居前十。", ["居前十"]),
    ("入围十强，获评百强县", ["十强", "百强"]),
    ("十几家企业、十余个平台", ["十几家", "十余个"]),
    ("服务近万人，逾万人参与", ["近万人", "逾万人"]),
    ("产值过百亿、破千，用户上万", ["过百亿", "破千", "上万"]),
    ("达到万亿级", ["万亿级"]),
    ("半数以上企业成倍增长，双倍投入", ["半数", "成倍", "双倍"]),
    ("费用减半，五折优惠", ["减半", "五折"]),
    ("产值达2024年亿元。", ["2024年", "亿元"]),
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


def test_a_name_that_begins_with_a_date_excuses_all_its_numerals() -> None:
    name = "6月21日，青溪县科创园二期投入使用"

    assert [each.text for each in numerals.find(f"{name}；新增8家。")] == ["二期", "8家"]
    assert [each.text for each in numerals.find(f"{name}；新增8家。", terms=[name])] == ["8家"]


def test_a_name_with_a_word_for_a_quantity_is_a_name() -> None:
    assert [each.text for each in numerals.find("倍增科技公司产值倍增", terms=["倍增科技公司"])] == ["倍增"]


MISSED_BEFORE = [
    # the rest of the word must parse: 表36 and A36 are no names here, （2048） and （36） no years and no list numbers
    ("培训农民代表36位", ["36位"]),
    ("出表88元", ["88元"]),
    ("落实奖补资金（2048）万元", ["2048"]),
    ("新认定：（36）企业已授牌", ["36"]),
    ("新认定。（6）企业已授牌", ["6"]),
    ("R36亩、X99亩、GDP36位", ["36亩", "99亩", "36位"]),
    ("ISO36家，GB36项，5G36个", ["36家", "36项", "36个"]),
    ("附件36家，图36项", ["36家", "36项"]),
    ("1、2、3家", ["1", "2", "3家"]),
    ("科技进步奖（2024）家", ["2024"]),
    ("周三场、其三项、“六乡镇”行动", ["三场", "三项", "六乡镇"]),
    ("PM2.5万人、G20家、V1.5亿元、www.a.cn/36家", ["2.5万人", "20家", "1.5亿元", "36家"]),
    ("电话36部，电话：36万元", ["36部", "36万元"]),
    # ordinals that count, and those beyond any sense
    ("全县第三十六家高新技术企业", ["全县第三十六家"]),
    ("第一个、第五项、第三条生产线", ["第一个", "第五项", "第三条"]),
    ("科普活动增至第99次", ["第99次"]),
    ("第九十九批、第99期培训班、连续第五年", ["第九十九批", "第99期", "第五年"]),
    ("举办三届、十八大企业", ["三届", "十八"]),
    # multiples, shares and places in words
    ("研发投入翻倍，产值倍增，利润双倍", ["翻倍", "倍增", "双倍"]),
    ("零增长", ["零"]),
    ("十有八九，大半，对半，五五开", ["十", "八九", "大半", "对半", "五五"]),
    ("增速全省倒数第一，排名垫底", ["全省倒数第一", "垫底"]),
    ("登上榜首，夺冠，获亚军，居末位，倒一", ["榜首", "夺冠", "亚军", "居末位", "倒一"]),
    ("占半壁江山，翻了几番，投诉归零", ["半壁", "翻了几番", "零"]),
    ("俩企业，仨项目", ["俩企业", "仨项"]),
    ("我省首家，国内唯一", ["我省首家", "国内唯一"]),
    ("培训农民万人次，投入千万，招引百亿", ["万人次", "千万", "百亿"]),
    # whatever is counted, listed as a unit or not
    ("覆盖六乡镇、九企业、两县三区", ["六乡镇", "九企业", "两县", "三"]),
    ("一企业获奖，引进一家企业、一名博士", ["一企业", "一家", "一名"]),
    ("获一项一等奖", ["一项"]),
    ("五院所、七学校、四博士", ["五", "七学校", "四"]),
    ("入围百强县、列入七强", ["百强", "七强"]),
    # a word only by accident: 五 + 行政村, 两 + 高校
    ("覆盖五行政村", ["五"]),
    ("引进两高校、百科技企业、三农户", ["两高校", "百", "三"]),
    ("百出口企业、七律师、四新药、十分社", ["百", "七", "四", "十"]),
    # traditional and formal
    ("三十六項、三個平台、兩萬戶", ["三十六項", "三個", "兩萬戶"]),
    ("三拾陸項、弍项、伍项、叁佰家", ["三拾陸項", "弍项", "伍项", "叁佰家"]),
    ("卅六家、廿项、〡〢项", ["卅六家", "廿项", "〡〢项"]),
    # blanks of any kind
    ("36\u2002家、三十六\u2009家、三\u3000家、3\u3164家", ["36\u2002家", "三十六\u2009家", "三\u3000家", "3\u3164家"]),
    # what only looks like a digit
    ("XXXVI家、III项、增至III。", ["XXXVI家", "III项", "III"]),
    ("lO家、IO项、Зб项", ["lO家", "IO项", "Зб项"]),
    ("⚅家、🀇家、🂡家、🁣家、🎲家", ["⚅家", "🀇家", "🂡家", "🁣家", "🎲家"]),
    ("𝍷家、𝍣家、⠼⠉家、正正正家、丨丨家", ["𝍷家", "𝍣家", "⠼⠉家", "正正正家", "丨丨家"]),
    ("⑶家、㊱户、½、💯", ["⑶家", "㊱户", "½", "💯"]),
    ("\ue036家、=家企业", ["\ue036家", "=家"]),
    ("thirty-six家、trente家", ["thirty-six家", "trente家"]),
    ("삼십家、λς家、☰项、—家企业", ["삼십家", "λς家", "☰项", "—家"]),
]

HONEST = [
    "联系电话：0936-4421234、13893612345",
    "传真：（0936）4421234，邮编：734500",
    "邮箱：kjj2024@126.com，网址：https://www.gansu36.gov.cn/a/36.html",
    "拨打12345政务服务便民热线",
    "附件：1.任务分解表 2.工作台账",
    "主要任务：（1）抓项目；（2）抓服务。",
    "见附件3。",
    "表1 全市企业情况",
    "依据《科学技术进步法》第三十六条规定",
    "甘科计〔2024〕5号、甘政办发〔2023〕126号文件",
    "第六批专精特新“小巨人”企业、第三届中国创新挑战赛",
    "第七次全国人口普查、第二次会议",
    "县委十五届六次全会",
    "学习贯彻党的二十大精神",
    "2024 年 5 月 31 日、2024.5.31、二〇二四年六月三十日、二○二四年",
    "21世纪、上世纪八十年代、90年代",
    "“5·30”全国科技工作者日",
    "省科技进步二等奖、三级医院、省市县三级联动、二期工程",
    "近三年、前三季度、前5个月",
    "每万人口高价值发明专利、万元GDP能耗、件/万人",
    "“六个一”工程、“三高四新”战略",
    "第一产业、第三方评估、第一责任人、第一完成单位",
    "第一，抓项目。第二，抓服务。",
    "XG-500型播种机、4A级景区、V2.0",
    "高新技术企业倍增计划、单项冠军企业、末位淘汰、摆在首位",
    "民乐县三江化工有限公司、三一重工",
    "联系人：张三丰",
    "一企三策、一县一业、一家一户、同一个、每一家、统一标准",
    "Ⅲ类水质、II期临床、III级响应",
    "零距离服务、近零排放、零的突破",
    "队伍建设、大陆、收拾",
    "周一至周五9时30分",
    "三农工作、两会精神、五金机电、四化同步、十分必要",
    "二、2024年工作打算",
    "十九届三中、四中、六中全会精神",
    "“一核两带三区”布局、“三区”人才、三级孵化体系",
    "三国演义里的一家家、一件件",
]


@pytest.mark.parametrize("text, expected", MISSED_BEFORE)
def test_an_exemption_holds_only_where_the_rest_parses(text: str, expected: list[str]) -> None:
    assert [numeral.text for numeral in numerals.find(text)] == expected


@pytest.mark.parametrize("text", HONEST)
def test_what_an_honest_summary_says_beside_its_figures_is_no_quantity(text: str) -> None:
    assert numerals.find(text) == []


def test_letters_between_a_numeral_and_its_unit_that_nobody_sees_are_part_of_it() -> None:
    (found,) = numerals.find("新增三\u200b\u00ad十\u0301六\u2060家。")

    assert (found.start, found.end) == (2, 10)
    assert found.text == "三\u200b\u00ad十\u0301六\u2060家"


ALPHABET = (
    "0123456789.,%·项家个名万亿年月日第一二三十百千（）()〔〕、。，：；—～- \u3000\u200b\u0301AXIlO增长至倍半翻前居全省首位"
    "附件表图号批次期级届条是会分之几余多近ⅢⅫ⑶①½⚅🀇項個萬拾陸農“”三农有限公司电话@www."
)
texts = st.text(alphabet=ALPHABET, max_size=40)


@given(texts)
def test_numerals_are_in_order_inside_the_text_and_never_overlap(text: str) -> None:
    at = 0
    for numeral in numerals.find(text):
        assert at <= numeral.start < numeral.end <= len(text)
        assert text[numeral.start : numeral.end] == numeral.text
        at = numeral.end


@given(texts, texts)
def test_what_stands_in_another_paragraph_changes_nothing(one: str, other: str) -> None:
    apart = [each.text for text in (one, other) for each in numerals.find(text)]

    assert [each.text for each in numerals.find(f"{one}。\n{other}")] == apart


@given(number=st.integers(min_value=0, max_value=10**9), unit=st.sampled_from(["家", "项", "万元", "件", "人次", "%"]))
def test_no_number_with_a_unit_escapes(number: int, unit: str) -> None:
    assert [each.text for each in numerals.find(f"全县共有{number}{unit}。")] == [f"{number}{unit}"]


@given(
    before=st.sampled_from(
        ["代表", "出表", "GDP", "附件", "（一）", "第二批", "十四五", "2024年", "2024年5月", "近", "，", "图", "X"]
    ),
    number=st.sampled_from(["36", "３６", "三十六", "卅六", "٣٦", "③⑥", "叁拾陆"]),
    blank=st.sampled_from(["", " ", "\u2009", "\u3000", "\u200b"]),
    unit=st.sampled_from(["家", "項", "个", "人次", "亿元", "倍"]),
)
def test_no_word_before_a_number_with_a_unit_excuses_it(before: str, number: str, blank: str, unit: str) -> None:
    text = f"{before}{number}{blank}{unit}"

    covered = {at for each in numerals.find(text) for at in range(each.start, each.end)}

    assert covered >= {at for at in range(len(before), len(before) + len(number)) if not text[at].isspace()}


# --- the time it takes

HOSTILE = [
    *("三", "一二三", "万", "第", "（", "百分之", "1", "1,", "1.", "1,1,1", "前三", "年月日", "2024年", "2024", "1月", "一月", "居", "居第"),
    *("全省", "〔2024〕", "（1）", "1、", "附件1", "表", "表1", "A", "AB1", "X", "XIV", "l", "lO", "a@", "a.", "http://", "电话：", "电话：1"),
    *("0936-4421234、", "“", "“三高四新”", "“三", "一一", "一人一", "三届", "届三次", "二十大", "点", "三点", "分之", "翻两", "三余", "1-"),
    *("1~1", "1至", "第三", "第三条第三款", "三、", "。（1）", "（一）", "⑶", "Ⅲ", "⚅", "□", "two", "twenty-", "有限公司", "三江", "队伍"),
    *("陆拾", "\u200b", "3\u200b", "公元", "近", "数", "几", "联系人：", "GB1-", "T/", "周一", "十分", "正", "丨", "—", " ", "\u3000", " 三", "\n"),
]  # fmt: skip


def seconds(text: str) -> float:
    """The least processor time of two searches."""

    def once() -> float:
        start = time.process_time()
        numerals.find(text)
        return time.process_time() - start

    return min(once() for _ in range(2))


@pytest.mark.parametrize("seed", HOSTILE)
def test_the_time_grows_with_the_length_alone(seed: str) -> None:
    short, long = (seed * (size // len(seed) + 1) for size in (2_000, 16_000))

    assert seconds(long) < 20 * seconds(short) + 0.05


def test_mixed_hostile_texts_take_no_longer() -> None:
    mixed = random.Random(8)
    text = "".join(mixed.choice(HOSTILE) for _ in range(8_000))

    assert seconds(text) < 20 * seconds(text[: len(text) // 8]) + 0.05


def test_a_clean_tree_has_no_unbound_numeral() -> None:
    assert numerals.unbound(SHORT) == []


def test_an_unbound_numeral_and_a_touched_figure_are_named_with_their_surroundings() -> None:
    blocks = (Paragraph(inlines=("申报近", chip(1, "36项", "甲"), "，立项6项。")),)
    document = DocumentTree(id="x", title="总结", issuer="局", date="2024年1月1日", blocks=blocks)

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
        *("約{}", "第{}", "居前{}", "≥{}", "l{}", "Ⅲ{}", "三\u2009{}", "百分之{}", "每{}", "大概{}"),
        *("{}左右", "{} 以上", "{}以内", "{}以下", "{}大关", "{}之多", "{}有余"),
    ],
)
def test_a_word_that_makes_a_figure_more_or_less_belongs_to_it(around: str) -> None:
    before, after = around.split("{}")

    assert numerals.touching((before, chip(1, "36项", "甲"), after))


@pytest.mark.parametrize(
    "around",
    [
        "达到{}",
        "实现技术突破{}",
        "申报{}，以上企业",
        "截至年底，{}",
        "突破瓶颈，立项{}",
        "{}。左右协同",
        "目前{}",
        "提前{}",
        "ABC {}",
    ],
)
def test_other_words_may_stand_right_at_a_figure(around: str) -> None:
    before, after = around.split("{}")

    assert not numerals.touching((before, chip(1, "36项", "甲"), after))


@pytest.mark.parametrize("around", ["约 {}", "-{}", "负{}", "{} 余"])
def test_blanks_part_nothing_from_a_figure_and_a_sign_belongs_to_it(around: str) -> None:
    before, after = around.split("{}")

    assert numerals.touching((before, chip(1, "36项", "甲"), after))
