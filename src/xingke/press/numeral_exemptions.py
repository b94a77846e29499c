"""Where a numeral is no quantity: dates, ordinals that only name, numbers of lists, documents and lines, words and names.

A construct excuses a numeral only where it is complete: a boundary before it, its own noun behind it, the whole numeral
in it, and no unit after it. Every pattern is bounded, and is tried once for a numeral.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from itertools import islice

from xingke.press.numeral_signs import CHINESE, LISTED, PLAIN_CHINESE, made_plain, runs
from xingke.press.numeral_words import COUNTED_NOUN, PARTED, SURE_UNIT, TERMS, WORDS

_HAN = "\u3400-\u9fff"
_WORD = rf"(?:(?![{CHINESE}])[{_HAN}])"  # an ideograph that is no numeral
_STOP = r"(?=[\s，。；、：！？,;!?)\]”’》」\"']|$)"
_OPENS = r"(?<![^\s，。；、：！？,;!?(\[“‘《「\"'\ufffc])"  # a line or clause begins here
_UNIT_BEHIND = re.compile(rf"[\s)\]”’]{{0,2}}[余多几约近来]?[十百千万亿]{{0,2}}{SURE_UNIT}")
_SPLITS = re.compile(rf"(?:分之|之[{CHINESE}])")  # 十分之一 holds no 十分
_REST = re.compile(rf"[0-9][0-9]|[{CHINESE}][{CHINESE}]")

# ── dates ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_TO = r" ?(?:—{1,2}|-{1,2}|~|至|到|、) ?"
_MONTH = r"(?:1[0-2]|0?[1-9])(?![0-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
_YEAR = r"(?:(?:19|20)[0-9]{2}(?![0-9]))"
_Y, _M = r" ?年", r" ?月"
_CYEAR = r"(?:二[〇零○Oo0][〇零○Oo0一二三四五六七八九]{2}|一九[〇零○Oo0一二三四五六七八九]{2})"
_CMONTH = r"(?:十[一二]|[一二三四五六七八九十])"
_CDAY = r"(?:三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_HOUR = r"(?:2[0-4]|1?[0-9]|二十[一二三四]?|十[一二三四五六七八九]?|[一二三四五六七八九])"
_MINUTE = r"(?:[0-5]?[0-9]|[一二三四五]?十[一二三四五六七八九]?)"
_COUNTED = (  # 2024年亿元: what is counted is no date
    r"(?![ )\]]{0,2}(?:[百千万亿]{0,2}(?:美?元|人次|人|家|户|件|项|名|台套|辆|吨|亩)|个百分点|[%‰])[余多]?(?:以上|左右)?"
    rf"(?:{_STOP}|同比|增长|企业|单位))"
)
_DATES = tuple(
    rf"(?<![A-Za-z.]){each}{_COUNTED}"
    for each in (
        rf"{_YEAR}(?:{_Y})?{_TO}{_YEAR}(?:{_Y}度?| ?学年)",  # 2021—2023年
        rf"{_YEAR}{_Y}(?: ?{_MONTH}{_M}(?:份| ?{_DAY} ?[日号])?)(?:{_TO}(?:{_YEAR}{_Y} ?)?{_MONTH}{_M}(?: ?{_DAY} ?[日号])?)?",
        rf"{_YEAR}{_Y}(?: ?{_MONTH}{_TO}{_MONTH}{_M}(?:份)?)",
        rf"{_YEAR}{_Y}度?(?! ?[0-9]{{1,2}}{_M})",
        rf"{_YEAR}([-./]){_MONTH}\1{_DAY}",
        rf"{_MONTH}(?:{_M}(?: ?{_DAY} ?[日号])?)?{_TO}{_MONTH}{_M}(?:份| ?{_DAY} ?[日号]|底|末|初)?",  # 1—6月, 3月5日至4月1日
        rf"{_MONTH}{_M} ?{_DAY} ?日?{_TO}{_DAY} ?[日号]",
        rf"{_MONTH}{_M}(?:份| ?{_DAY} ?[日号])?",
        (
            rf"(?:(?<=[于在月])|(?<=日[、和至到—-])|(?<=晚上到)|{_OPENS})(?<![限达])(?:{_DAY}|{_CDAY}(?![{CHINESE}])) ?日(?:{_TO}(?:{_DAY}|{_CDAY}) ?日)?"
            rf"(?={_STOP}|[至到—-]|上午|下午|晚|凌晨|夜|举行|召开|在|起|前|发布|公布|开幕)"
        ),
        rf"(?<![用历长达]){_HOUR} ?(?:时(?![间长段效代空速期])|点钟|点半|点整)(?:{_MINUTE} ?分(?![之钟]))?",
        r"(?:1[0-8][0-9]{2})(?![0-9])年(?![限级])",
        r"(?:(?<=公元)|(?<=公元前))[0-9]{1,4}年",
        rf"[1-4](?:{_TO}[1-4])?季度",
        rf"{_CYEAR}{_Y}度?(?: ?{_CMONTH}{_M}(?:份| ?{_CDAY} ?[日号])?)?",
        rf"{_CMONTH}{_M}(?: ?{_CDAY} ?[日号]|份|底|末|初|中旬|上旬|下旬)?",
        r"[一二三四](?:(?:[、至]|—{1,2})[一二三四]){0,3}季度",
        r"(?:(?<=前)|(?<=第))[两二三23]个?季度",
        rf"(?<=[前后近])(?:{_MONTH}|{_CMONTH}) ?个月",
        r"(?:(?<=上午)|(?<=下午)|(?<=晚上)|(?<=晚)|(?<=凌晨)|(?<=中午)|(?<=日)|(?<=日 ))[0-2]?[0-9](?:：[0-5][0-9]|[时点](?:[0-5]?[0-9]分)?)",
        r"(?:[1-9]0|[二三四五六七八九]十)年代",
        r"(?:[12]?[0-9]|二?十?[一二三四五六七八九]|二?十)世纪(?:(?:[1-9]0|[二三四五六七八九]十)年代)?",
        r"(?<=近)[一二两三四五六七八九十]年(?![级轻])",
    )
)

# ── ordinals that only name ─────────────────────────────────────────────────────────────────────────────────────────

_ONE_TO_9 = "[一二三四五六七八九]"
_TEN = rf"(?:10|[1-9]|十|{_ONE_TO_9})(?![0-9{CHINESE}])"
_THIRTY = rf"(?:30|[12]?[0-9]|三十|二?十{_ONE_TO_9}?|{_ONE_TO_9})(?![0-9{CHINESE}])"
_MEETING = (
    r"(?:全国|全省|全市|全县|全区|代表大会|党代会|党员|工业革命|产业革命|科技革命|技术革命|国共合作|全体|全会|会议|"
    r"常务|常委|主席团|联席|理事|会员|党组|工作会|调度会|例会|(?:土壤|经济|人口|农业|污染源)?普查)"
)
_BEHIND_THE_MARK = tuple(
    rf"(?:(?<=第)|(?<=第 )){each}"
    for each in (
        rf"{_THIRTY} ?(?:批(?!量)|届|章|节|版|卷|编)",
        rf"{_TEN} ?(?:款|部分|轮|代(?![表价])|阶段|梯队|课堂|步|方阵)",
        r"[0-9]{2,3}届(?=广交会|中国进出口)",
        rf"{_THIRTY} ?次(?={_MEETING})",
        rf"{_THIRTY} ?期(?=工程|项目|建设|培训|班|简报|专报|讲座|课程|沙龙|论坛)",
        r"[一二三四五1-5]个?(?:五年规划|五年计划|百年奋斗目标|百年|五年)",
        r"(?<!连续第)[一二三四五]年度?(?![级轻])",
        rf"{_TEN}周(?![年岁])",
        r"[一二三]产业",
        r"[一二三四]方(?![米向式面])",
        r"(?:(?<=[\n。；：！？“( ]第)|(?<=^第))(?:十[一二三四五]?|[一二三四五六七八九])(?=[，,、：是要])",
        r"一(?:大?要务|书记|责任|时间|线|生产力|资源|动力|现场)",
        rf"[{PLAIN_CHINESE[:13]}]{{1,5}}(?:人民医院|医院|中学|小学|中心小学|幼儿园|高级中学|研究所|研究院|设计院|实验室|车间|工程局|建筑公司|师(?![傅生资]))",
        rf"(?:[0-9]{{1,8}}|[{CHINESE}]{{1,7}}) ?号(?![码召])",
        rf"(?<=[》)法例定则程见办]第)(?:[0-9]{{1,3}}|[{PLAIN_CHINESE}]{{1,5}})条(?:第[{PLAIN_CHINESE}]{{1,3}}[款项]){{0,2}}",
        rf"(?:[0-9]{{1,3}}|[{PLAIN_CHINESE}]{{1,5}})条(?:第[{PLAIN_CHINESE}]{{1,3}}[款项]){{0,2}}(?=规定|之规定|[和、]第)",
    )
)
_ORDINALS = (
    *_BEHIND_THE_MARK,
    rf"{_THIRTY}届(?={_TEN}中(?:全会|、)|{_TEN}次|全国|省|市|县|区|人大|政协|党代会|全会|中央|人民代表大会|常委会|委员会)",
    rf"{_TEN}中(?=全会|、{_TEN}中)",
    rf"(?:(?<=届)|(?<=届人大)|(?<=届政协)|(?<=大会)|(?<=委员会)|(?<=会)){_TEN}次(?=全会|会议|全体)",
    (
        rf"(?:(?:(?<=党的)|(?<=中共)|(?<=贯彻)|(?<=学习)|(?<=落实)|(?<=迎接)|(?<=喜迎)|(?<=深入))(?:二十|十{_ONE_TO_9})大(?![{_HAN}]?[类项个家企产])|"
        rf"(?:二十|十{_ONE_TO_9})大(?=以来|[精报召代部提擘胜新宣学]|和|会议|战略|关于|期间|{_STOP}))"
    ),
    (
        r"(?:(?<=[省市县区州乡镇])[二两三四五]级|[一二三四五]级(?=医院|医疗|学院|响应|公路|建造|技工|标准|资质|学科|指标|市场|科目|保护|"
        rf"防护|以上|教授|巡视|调研|主任|警|残疾|风险|预警|联动|联创|管理|网络|体系|书记|平台|节点|目录|分类|等保|甲等|联网|{_WORD}{{1,4}}(?:体系|网络|机制)))"
    ),
    r"[一二三特]等(?:奖|功|舱|品|座)",
    rf"{_ONE_TO_9}期(?=工程|项目|建设|改造|扩建|投产|规划|技改|厂房|用地|标准厂房)",
    rf"{_OPENS}(?:十[一二三四五]?|{_ONE_TO_9})[是要来则看靠抓](?![否项个])",
)

# ── numbers of documents, tables and lines ──────────────────────────────────────────────────────────────────────────

_SMALL = rf"(?:[1-9][0-9]?|{_ONE_TO_9}|二?十{_ONE_TO_9}?)"
_REFERRED = rf"(?={_STOP}|所[示列]|[中列和与至及](?![{_HAN}]?[家个项名件万亿]))"
_NUMBERS = (
    (
        rf"(?:(?<=附件)|(?<=附表)|(?<=附图)|(?<=专栏)|(?<=附件 )|(?<=附表 )|(?<=附图 )|(?<=专栏 ))"
        rf"{_SMALL}(?:[-.~至、和][1-9][0-9]?)?(?![0-9.]){_REFERRED}"
    ),
    (
        rf"(?:(?<=[\s，。；、：！？(“见如据与及从由按][图表])|(?<=^[图表])|(?<=[\s，。；、：！？(“见如据与及从由按][图表] )|(?<=^[图表] ))"
        rf"{_SMALL}(?:[-.][1-9][0-9]?)?(?![0-9.]){_REFERRED}"
    ),
    r"(?:(?<=附件：)|(?<=附件： )|(?<=附：)|(?<=附： ))1[.、](?![0-9])",
    rf"(?:(?<=^)|(?<=^ )){LISTED}",
    r"(?<=[路街巷])[0-9]{1,4}号(?:院|附?[0-9]{1,3}号)?",
    r"[0-9]{1,4}号(?:楼|线|馆|厅|文件|公告|令|机组|车间|厂房|井|泵站)",
)

# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_NAMES = (
    r"(?<=[这那每同某另下上再逐是又唯统万])一[个项次件场家名位种]",
    r"(?<=任何)一[个项次件场家名位种]",
    rf"(?<=每)[十百千万亿]{{1,2}}(?:人|名|户|家|元|亩|吨|平方)(?![{CHINESE}])",
    rf"一{_WORD}一(?![{CHINESE}等级流般批期类线体直定代]){_WORD}",  # 一村一品
    rf"一(?P<again>{_WORD})(?P=again)",  # 一家家
    r"(?<=数以)[十百千万亿]{1,2}计",
    rf"一{_WORD}[二两三四五六七八九十百千](?:策|档|码|品|业|岗|责|证|网|特|景|卡|图|表)",
    r"[三四五六七八九]个方面",
    (  # the unit of a column
        rf"(?<![{_HAN}0-9] )(?<![{_HAN}0-9])[万亿](?:元|人次|人|户|家|件|份|册|株|只|场次|公里|吨|亩|名|千瓦时|度|立方米|平方米)"
        rf"(?:(?=/)|{_STOP})"
    ),
    (
        r"(?<![近逾破超过上数几余多0-9])[万亿]元(?=(?:以上|以下)的?(?:项目|企业|产业|投资|重大|重点|工业|设备|产品|[村镇户大])"
        r"|级|GDP|地区|产值|工业|生产总值|增加值|企业|项目|村|镇|园区|俱乐部)"
    ),
    (
        rf"(?<![^\s，。；、：“(省市县区镇乡和与及由向对给])[一二三四五六七八九十百千万亿](?!{SURE_UNIT}|{COUNTED_NOUN}){_WORD}{{1,10}}?"
        r"(?:有限责任公司|有限公司|股份公司|集团公司|专业合作社|合作联社)"
    ),
    rf"(?<=[{_HAN}])[二三四五六七八九十][中小](?={_STOP}|师生|校园|等)",  # 民乐二中
    r"万人(?=有效|高价值|口高价值|口?发明专利)",
    rf"(?<=[进润惠暖走入])万家(?={_STOP}|活动|行动|工程)",
)


@cache  # long patterns, which most programs never need
def _date() -> re.Pattern[str]:
    return re.compile("|".join(_DATES))


@cache
def _other() -> re.Pattern[str]:
    return re.compile("|".join([*_ORDINALS, *_NUMBERS, *_NAMES]), re.MULTILINE)


# ── what does not begin with its numeral ────────────────────────────────────────────────────────────────────────────

_PHONE = (
    r"(?:1[0-9]{10}|400[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}|(?:[(]?0[0-9]{2,3}[)]?[-— ]{0,2})?[1-9][0-9]{6,7}(?:[-转][0-9]{1,6})?"
    r"|11[0-9]|12[02]|12[0-9]{3}|96[0-9]{3,4})(?![0-9])"
)
_LETTER = "A-Za-z"
_SLOGAN = (
    rf"{_WORD}{{0,2}}(?:工程|行动|计划|战略|活动|机制|体系|模式|目标|要求|方针|格局|布局|政策|任务|改革|工作|抓手)"
)
_MEMBER = COUNTED_NOUN.replace("|区(?!别|分|块)", "")
_PHRASES = (
    r"https?：/{2}[!-~：]{1,300}|(?<![A-Za-z0-9])www\.[!-~]{1,200}",
    r"(?<![A-Za-z0-9._+-])[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,30}){1,4}",
    (
        rf"(?:电话|手机|手机号码?|号码|传真|热线|座机|联系方式)(?:\([{_HAN}]{{1,6}}\))?(?:号码)?[：为是 ]{{0,2}}(?:{_PHONE})"
        rf"(?:[、，,/; ；]{{1,2}}(?:{_PHONE})){{0,4}}"
    ),
    r"(?<![0-9.])0[0-9]{2,3}[-—]{1,2}[1-9][0-9]{6,7}(?:转[0-9]{1,6})?(?![0-9])",
    r"(?:联系人|电话|手机|联系方式)[^0-9\n]{0,12}1[3-9][0-9]{9}(?![0-9])",
    r"(?:邮编|邮政编码)[：为是 ]{0,2}[0-9]{6}(?![0-9])",
    r"(?<![0-9])1(?:2[0-9]{3}|[12][0-9])(?=[政务服便民投诉举报咨询]{0,12}(?:热线|平台))",
    r"(?:统一社会信用代码|信用代码|专利号|申请号|证书编号|登记号|批准文号|备案号)[：为是 ]{0,2}[A-Z]{0,3}[0-9A-Z.\-—]{6,30}(?![0-9A-Z])",
    rf"(?<![金款额费])(?:\[(?:19|20)[0-9]{{2}}\]|(?<=[{_HAN}])\((?:19|20)[0-9]{{2}}\)) ?第? ?[0-9]{{1,5}} ?号",
    (  # “三高四新”战略, “六个一”工程; not “六乡镇”行动
        rf"“(?:{_WORD}|[A-Za-z]|(?<![{CHINESE}])[一二两三四五六七八九十百千万双](?![{CHINESE}]|{COUNTED_NOUN}|(?!个一){SURE_UNIT})){{2,10}}”"
        rf"{_SLOGAN}"
    ),
    rf"“(?:[一二两三四五六七八九十百千万](?![{CHINESE}]|{_MEMBER}){_WORD}{{1,3}}){{2,5}}”{_SLOGAN}",  # “一核两带三区”布局
    r"(?<![A-Za-z0-9])[Vv][0-9]{1,2}\.[0-9]{1,2}(?![0-9])",
    r"[\[(](?:19|20)[0-9]{2}[\])](?=》)",
    (
        rf"(?<![{_LETTER}])(?:GB|ISO|IEC|IEEE|DB|QB|HJ|JJF|JJG|YY|NY|HG|JB|DL|SJ|TB|CJ|LY|WS|YB|YD|T/[A-Z]{{2,8}})(?:[0-9]{{2}})?(?:/T)? ?"
        r"(?:[0-9]{3,6}|[0-9]{1,6}(?:\.[0-9]{1,3})?(?=[-—：]))(?:[.\-—：][0-9]{1,5}){0,3}(?![0-9])"
    ),
    (
        rf"(?<![{_LETTER}0-9])[A-Z][{_LETTER}]{{0,5}}[-—]?[0-9]{{1,4}}(?:\.[0-9]{{1,2}})?[A-Z]{{0,2}}"
        r"(?=型(?!企)|系列|号机|高速|国道|省道|标准|认证|卫星|发动机|机器人|芯片|实验室|治理|浓度|监测|纸|战斗机|客机|飞机|无人机|直升机|火箭|基因|抗体|细胞|菌株|合金|钢|树脂|电池|电机|轴承|机床|汽车|处理器|混凝土)"
    ),
    r"[“\"](?:1[0-2]|0?[1-9])[·.](?:3[01]|[12][0-9]|0?[1-9])[”\"]",
    rf"(?:联系人|经办人|负责人|审核人|填表人|签发人|作者|记者|通讯员)： ?(?:{_WORD}[{_HAN}]{{1,2}}|万{_WORD}{{1,2}}){_STOP}",
)


@cache
def _within() -> re.Pattern[str]:
    return re.compile("|".join(_PHRASES), re.MULTILINE)


# ── numbers of a list ───────────────────────────────────────────────────────────────────────────────────────────────

_QUANTITY_BEHIND = rf"(?! ?(?:[0-9]{{1,6}}|[{CHINESE}]{{1,6}})(?:[余多几]?{SURE_UNIT}|、))"
_LIST_NUMBER = re.compile(
    rf"(?:(?:^ ?|(?<=[。；：，、;,”)]) ?|(?<= ))(?:\((?P<round>[0-9]{{1,2}})\)|\((?P<bracket>[一二三四五六七八九十]{{1,3}})\)"
    rf"|(?P<dot>[0-9]{{1,2}})(?:[.](?![0-9])|、|\)))|(?:^ ?|(?<=[。；：]) ?)(?P<han>[一二三四五六七八九十]{{1,3}})[、.]){_QUANTITY_BEHIND}"
)
_MOST_LISTED = 30
_TENS, _ONES = ("", "十", "二十", "三十"), ("", *"一二三四五六七八九")
_VALUES = {f"{ten}{one}": 10 * tens + ones for tens, ten in enumerate(_TENS) for ones, one in enumerate(_ONES)}


def _list_numbers(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for line in text.split("\n"):
        yield from ((at + start, at + end) for start, end in _listed(line))
        at += len(line) + 1


def _listed(line: str) -> Iterator[tuple[int, int]]:
    """Numbers at the head of a line, and in it those that go on from there or from 1: （36）企业 alone is in no list."""
    rows: dict[str, list[tuple[int, tuple[int, int]]]] = {}
    for match in _LIST_NUMBER.finditer(line):
        style = match.lastgroup or ""
        value = _VALUES.get(match[style]) or int(match[style] if match[style].isascii() else 0)
        row = rows.setdefault(style, [])
        if row and value == row[-1][0] + 1:
            row.append((value, match.span(style)))
            continue
        yield from _row(line, style, row)
        row[:] = [(value, match.span(style))] if 0 < value <= _MOST_LISTED else []
    for style, row in rows.items():
        yield from _row(line, style, row)


def _row(line: str, style: str, row: list[tuple[int, tuple[int, int]]]) -> Iterator[tuple[int, int]]:
    if not row:
        return
    is_head = row[0][1][0] < 4 and not line[: row[0][1][0]].strip(" (")
    if is_head or style == "han" or (row[0][0] == 1 and len(row) > 1):
        yield from (span for _value, span in row)


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


_LONGEST = 400  # of a name; a longer one excuses nothing beyond


class _Lexicon:
    """Words and names, found by their numerals."""

    def __init__(self, names: Collection[str], *, by_any: bool) -> None:
        """by_any: found by each of their numerals, else by the first alone."""
        self._words: set[str] = set()
        self._shapes: dict[str, set[tuple[int, int]]] = {}  # numeral → (signs before it, length of the word)
        for name in names:
            word = made_plain(name[:_LONGEST]).text.strip()
            for found in islice(runs().finditer(word), None if by_any else 1):
                self._words.add(word)
                self._shapes.setdefault(found[0], set()).add((found.start(), len(word)))

    def end(self, text: str, start: int, run: str) -> int | None:
        """Where the longest word ends whose numeral stands at ``start``; None: there is none."""
        places = ((start - before, start - before + size) for before, size in self._shapes.get(run, ()))
        fits = (
            end
            for first, end in places
            if first >= 0 and end <= len(text) and text[first:end] in self._words and _is_word(text, first, end)
        )
        return max(fits, default=None)


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether a word stands there by itself: no part of a longer Latin word, no ordinal, no fraction, no 三农户 (3 × 农户)."""
    before, behind = text[start - 1 : start] if start else "", text[end : end + 1]
    if before == "第" or (text[start].isascii() and before.isascii() and before.isalnum()):
        return False
    if text[end - 1].isascii() and text[end - 1].isalpha() and behind.isascii() and behind.isalpha():
        return False
    is_parted = end - start == 2 and text[start] in CHINESE and behind and behind in PARTED.get(text[end - 1], "")
    return not (is_parted or _SPLITS.match(text, end))


_WORDS = _Lexicon(TERMS | WORDS, by_any=False)


@lru_cache(maxsize=64)
def _names(terms: frozenset[str]) -> _Lexicon:
    return _Lexicon(terms, by_any=True)


# ── all together ────────────────────────────────────────────────────────────────────────────────────────────────────


class Exemptions:
    """What is no quantity in a text made plain. terms: further names."""

    def __init__(self, text: str, terms: frozenset[str]) -> None:
        self._text = text
        self._names = _names(terms)
        within = [match.span() for match in _within().finditer(text)]
        self._spans = sorted(span for span in [*within, *_list_numbers(text)] if self._is_complete(span[1]))
        self._next = 0

    def end(self, numeral: re.Match[str]) -> int | None:
        """Where the construct ends that excuses a numeral; None: it counts. To be asked in reading order."""
        start, end = numeral.span()
        while self._next < len(self._spans) and self._spans[self._next][1] < end:
            self._next += 1
        if self._next < len(self._spans) and self._spans[self._next][0] <= start:
            return self._spans[self._next][1]
        date, other = _date().match(self._text, start), _other().match(self._text, start)
        ends = [
            other.end() if other else None,
            _WORDS.end(self._text, start, numeral[0]),
            self._names.end(self._text, start, numeral[0]),
        ]
        complete = [each for each in ends if each is not None and self._is_complete(each)]
        if date and not _REST.match(self._text, date.end() - 1):
            complete.append(date.end())
        return max(complete, default=None)

    def _is_complete(self, end: int) -> bool:
        """Whether nothing behind makes a quantity of it: no unit, and no rest of its last numeral."""
        return not (_UNIT_BEHIND.match(self._text, end) or _REST.match(self._text, end - 1))
