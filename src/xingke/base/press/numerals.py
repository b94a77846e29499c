"""Finding every numeral that a reader would take for a quantity, so that none can stand in a document unproved.

Arabic and full-width digits, Chinese numerals with a unit or in 百分之 / 成 / 倍 / 番, ranks. Exempt are dates and periods,
the numbers of headings, lists and documents, ordinals that only name (第二批, 第三产业) and named terms (十四五, 一带一路).
When in doubt a numeral counts: a false alarm costs a word in the list of terms, a miss lets a figure stand unproved.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from xingke.base.press.tree import Chip, Document, Heading, Inline, Notice, Paragraph, masked, plain


class NumeralKind(StrEnum):
    """How the numeral is written."""

    ARABIC = "arabic"
    CHINESE = "chinese"
    SHARE = "share"  # 百分之十, 三成, 两倍, 翻一番, 三分之二
    RANK = "rank"  # 第2位, 前三, 首位, 全市唯一


@dataclass(frozen=True, kw_only=True)
class Numeral:
    """One numeral; text[start:end] of the searched text, with its range, scale, percent sign and unit."""

    start: int
    end: int
    text: str
    kind: NumeralKind


_TERMS = """
    一带一路 十三五 十四五 十五五 十二五 十一五 三农 三下乡 三区三州 三支一扶 三区人才 双百 百人计划
    千人计划 万人计划 千人行动 百千万 一二三产业 三次产业 三产融合 三位一体 四位一体 五位一体 一体两翼
    四个全面 两个维护 两个确立 四个意识 四个自信 两个毫不动摇 两个务必 三个代表 三个务必 三个区分开来 四个坚持
    四个着力 八项规定 三严三实 三会一课 两学一做 三重一大 四不两直 六个必须 四个革命一个合作 两个一百年
    第一个百年 第二个百年 百年未有 百年奋斗 建党百年 一百周年 五大发展理念 四个面向 三个面向 四抢一创 四大家
    两个健康 两个清零 一国两制 一手抓 一条龙 一把手 一家人 一家之言 一家亲 一人一档 一人得 三年行动 五年规划
    五年计划 十年规划 三年计划 十年树木 百家争鸣 百家姓 千家万户 千方百计 万家灯火 百花齐放 三五成群 三三两两
    四通八达 五湖四海 七十二变 一成不变 十成十 三元锂 三元材料 三元催化 三元正极 三元区 三元里 五家渠 三台县
    五台县 五台山 九台区 六盘水 一次性 一次能源 二次能源 二次电池 一次电池 二次创业 二次开发 三次元
    科技创新40条 科技40条 科技创新20条 科技10条 双创20条 人才30条 5G 4G 6G 3D 2D 4K
    8K 4A级 5A级 12345热线 12396热线 工业4.0 工业互联网2.0 863计划 973计划 1号文件
    一号文件 中央一号文件 三新 两新 四新 三品一标 四上企业 规上 一网通办 最多跑一次 一次办好 一次办成 一件事
    百年大计 百年大业 百折不挠 一波三折 百里挑一 高效办成一件事 一个声音 一个中国 三个一批 四个一批 两个健全 四级三层 三级三类
"""
TERMS = frozenset(_TERMS.split())

_DIGIT = r"0-9０-９"
_CHINESE = "〇零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億廿卅"
_ORDER = rf"(?:[{_DIGIT}]+|[〇零一二三四五六七八九十百]+)"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])"
_TO = r"(?:—+|–|-|~|～|－|至|到|、)"
_YEAR = r"(?:(?:19|20)[0-9]{2}|二[〇零0○]{1}[〇零一二三四五六七八九]{2}|一九[〇零一二三四五六七八九]{2})"
_CMONTH = r"(?:十[一二]|[一二三四五六七八九十])"
_CDAY = r"(?:三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_END = rf"(?![{_DIGIT}])"
_START = rf"(?<![{_DIGIT}.．])"

_STOP = r"(?=[\s，。；、：！,;:!）)”]|$)"
_NO_YEAR = (  # 2024年亿元: what is counted is no year
    r"(?![ \u3000\xa0]*(?:[百千万亿]+(?:美?元|人次?|家|户|件|项)?|家|项|件|名|人次|台套|个百分点|[%％])(?:[余多]|以上|左右)?"
    rf"(?:{_STOP}|同比|增长))"
)

_DATES = (
    rf"{_START}{_YEAR}年?{_TO}{_YEAR}年度?{_NO_YEAR}",  # 2021—2023年
    rf"{_START}{_YEAR}年度?{_NO_YEAR}(?:{_TO}{_MONTH}月(?:{_DAY}日)?)?",
    rf"{_START}{_YEAR}[-./]{_MONTH}[-./]{_DAY}{_END}",
    rf"{_START}{_MONTH}(?:月(?:{_DAY}日)?)?{_TO}{_MONTH}月(?:份|{_DAY}日|底|末|初)?",  # 1—6月, 3月5日至4月1日
    rf"{_START}{_MONTH}月{_DAY}日?{_TO}{_DAY}[日号]",
    rf"{_START}{_MONTH}月(?:份|{_DAY}[日号])?",
    rf"{_CMONTH}月{_CDAY}[日号]",
    rf"(?<!个){_CMONTH}月(?:份|底|末|初|中旬|上旬|下旬)?",
    rf"{_START}[1-4]{_TO}[1-4]季度|{_START}[1-4]季度|第?[一二三四1-4](?:、[一二三四1-4])*季度|前[两二三23]个?季度",
    rf"(?:前|后|近)(?:{_MONTH}|{_CMONTH})个月",
    rf"(?:上午|下午|晚上|晚|凌晨|中午){_START}[0-2]?[0-9](?:[:：][0-5][0-9]|[时点](?:[0-5]?[0-9]分)?)",
)
_DOCUMENT_NUMBERS = (
    r"[〔\[【（(](?:19|20)[0-9]{2}[〕\]】）)](?:第?[0-9]+号)?",
    rf"第{_ORDER}号",
    r"(?:GB/?T?|ISO|IEC|DB|QB|HJ|JJF|JJG|T/)(?:[/A-Z]*)[  ]?[0-9]+(?:[.\-—:][0-9]+)*",
)
_COUNTED = (  # behind a bracket these make a quantity of what looks like a list number: （36）家企业
    r"[ \u3000\xa0]*(?:[万亿]|余|多家|个(?!人|别|体|性)|家(?!庭|电|具|政|校|国)|项(?!目)|件|名(?!单|称|优|牌|录)|人次|人(?![才员口民工力大事文物社])|"
    r"户(?!籍|外)|元(?!器|宇|素|旦)|台(?!账|湾|风)|[%％])"
)
_LISTS = (
    rf"^\s*[（(]?{_ORDER}[）)](?!{_COUNTED})",
    r"^\s*[一二三四五六七八九十]+[、.．]",
    rf"^\s*[{_DIGIT}]{{1,2}}(?:[.．](?![{_DIGIT}])|、)",
    rf"(?<=[。；：;:，])[（(]{_ORDER}[）)](?!{_COUNTED})",
    rf"(?:附件|附表|附图|图|表|专栏)[{_DIGIT}一二三四五六七八九十]{{1,2}}(?![{_DIGIT}.．%％万亿千百余多个家项件人名])",
    r"[一二三四五六七八九十]+是(?!个)",
)
_ORDINALS = (
    "批|届|章|节|条|款|阶段|产业|方|季度|代|轮|次|期|年度?|周|卷|版|部分|梯队|课堂|书记|责任人?|时间|线|"
    "生产力|资源|动力|要务|现场|步|师|医院|中学|小学|人民医院|实验室|研究所|研究院|车间|工程|方阵"
)
_COUNTING = r"(?i:RMB|CNY|USD|EUR|HKD|JPY|GBP|TOP|NO)"  # letters in front of quantities, not of names
_NO_UNIT = r"(?![ \u3000\xa0]*[万亿千百余多]*(?:%|％|‰|[个家项件人名次元台套份户篇]))"
_NAMES = (
    rf"第{_ORDER}(?:个?(?:{_ORDINALS}))",
    r"(?<![一二三四五六七八九十])[一二三四五六七八九十]+(?:届|中全会)(?:[一二三四五六七八九十]+(?:中全会|次(?:全会|会议|全体会议)))?",
    r"(?:二十|十[一二三四五六七八九])大",
    r"[一二三四五六七八九十]+世纪(?:[一二三四五六七八九]十年代)?",
    rf"[{_CHINESE}][^\W\d_][{_CHINESE}](?:策|档|议|品|码|库|案|表|卡|图|清|岗|书|证|网|业|校|特|景)",  # 一企一策
    r"[一二三四五六七八九]期(?=工程|项目|建设)",
    r"[三四五六七八九]个方面",
    r"(?:这是|这|那|每|同|某|任何|另|下|上|再|进|逐|是|又|唯|统|万)一[个项次件场家名位种]",
    r"第[一二三四五六七八九十]+[个项件家条座]",
    r"每[十百千万]+(?:人|名|户|家|元)",
    r"近[一二两三四五六七八九十]+年",
    r"一(?:个个|项项|件件|家家|次次|户户)",
    rf"(?<![A-Za-z])(?!{_COUNTING}(?![A-Za-z]))[A-Za-z]+-?[0-9]{{1,3}}(?:\.[0-9]+)*(?!\.?[0-9]){_NO_UNIT}",
)

_UNIT = (
    r"(?:个百分点|百分点|个工作日|个小时|人次|场次|车次|批次|台套|台（套）|台\(套\)|人（次）|人\(次\)|平方公里|平方米|立方米|公里|公斤|千克|"
    r"千瓦时|千瓦|兆瓦|小时|分钟|万元|亿元|美元|欧元|个月|个|家|名|项|件|次|批|位|人|户|场|条|份|种|类|款|台|套|辆|座|所|支|期|轮|篇|册|幅|块|"
    r"亩|吨|米|元|天|年|月|周|岁|度|瓦|村|组|队|对|双|届|处|例|起|片|只|头|株|棵|张|本|节|堂|班|宗|笔|单|箱|瓶|倍|成|番|级|门|部|"
    r"厘米|毫米|克|升|亿|万|%|％|‰)"
)
_CUNIT = (
    r"(?:个百分点|百分点|个工作日|小时|分钟|人次|场次|批次|台套|平方公里|平方米|公里|万元|亿元|美元|个月|个|家|名|项|件|次|批|位|人|户|场|条|份|"
    r"种|类|款|台|套|辆|座|所|支|轮|篇|册|幅|块|亩|吨|天|年|周年|周|岁|村|组|队|届|处|例|起|片|只|头|株|棵|张|本|节|堂|班|宗|笔|单|箱|瓶|"
    r"间|门(?!县|峡|湾|关)|元(?!化|结构|论))"
)
_ONE_UNIT = r"(?:个百分点|个工作日|小时|分钟|人次|场次|批次|万元|亿元|个月|个|家|名|项|件|次|位|户|场|份|台|所|座|人(?!民|才|员|口|大|事|心|们))"
_NOT_SCALE = r"(?!业|家|众|能|一|无|人计划)"
_ABOUT = r"近|逾|破|(?<![赶])超|(?<!通)(?<!经)过|(?<![以路线会之百])上|(?<![人总参指倍函户件次个家多少])数|不足"
_NOT_COUNTED = r"[千百万]*(?:业|家[灯争]|众|能|物|象|一|无|里|人计划|人工程|年|分|差|难|险|题|姓|花|般|倍|金|古|事|元(?:GDP|地区|产值|工业))"
_NUMBER = rf"[{_DIGIT}]+(?:[,，][{_DIGIT}]{{3}})*(?:[.．·][{_DIGIT}]+)?(?:[%％‰])?"
_BLANK = r"[ \u3000\xa0]*"
_SCALE = r"[余多几来]?[十百千万亿]*[余多几来]?"

_FOUND: tuple[tuple[NumeralKind, str], ...] = (
    (NumeralKind.RANK, rf"(?:居|列|排名?|位居|位列|名列)[^，。；、\ufffc]{{0,8}}?第{_ORDER}[位名]?"),
    (NumeralKind.RANK, rf"第{_ORDER}[位名]"),
    (NumeralKind.RANK, r"(?:居|列|占据?|跃居|稳居)[^，。；、\ufffc]{0,8}?(?:首位|榜首|之首|第一)"),
    (NumeralKind.RANK, rf"前[{_DIGIT}]+(?:[位名强%％])?|前[二三四五六七八九十百]+[位名强]"),
    (
        NumeralKind.RANK,
        r"(?:进入?|跻身|居|列|排|位[居列]|全[国省市县区州])[^，。；、\ufffc]{0,4}?前[二三四五六七八九十]+",
    ),
    (NumeralKind.RANK, rf"(?<![目以此之先年月])前[二三四五六七八九十百]+(?={_STOP}|行列|之列)"),
    (NumeralKind.RANK, r"[十百千]强(?![化劲度大调弱力制身军])"),
    (NumeralKind.RANK, rf"全[国省市县区州球](?:首[个家批位]|唯一|第{_ORDER})"),
    (NumeralKind.SHARE, rf"百分之[{_CHINESE}点{_DIGIT}.]+|百分百|千分之[{_CHINESE}点{_DIGIT}]+|[{_CHINESE}]+个百分点"),
    (NumeralKind.SHARE, rf"[{_CHINESE}]+分之[{_CHINESE}]+"),
    (NumeralKind.SHARE, rf"翻(?:了)?(?:[一二两三四五六七八九十{_DIGIT}]+)?番"),
    (NumeralKind.SHARE, r"[一二两三四五六七八九十]+成(?![为功果立员熟本分效长绩都就人品])(?:[一二三四五六七八九半])?"),
    (NumeralKind.SHARE, rf"[{_CHINESE}]+(?:点[{_CHINESE}]+)?[余多]?倍|[成双]倍|一半|过半(?!年)|半数|减半|对折|[¼½¾⅓⅔]"),
    (NumeralKind.SHARE, r"(?<![波转曲])[一二三四五六七八九]折(?![叠腾线射旧合返桥页])"),
    (
        NumeralKind.ARABIC,
        rf"{_NUMBER}{_SCALE}(?:{_UNIT}(?=[~～—–－-][{_DIGIT}]))?(?:(?:[~～—–－-]+|至){_NUMBER}{_SCALE})?{_UNIT}?",
    ),
    (NumeralKind.CHINESE, rf"[一二两三四五六七八九十百千万几数][{_CHINESE}几]*亿(?!万)[余多]?(?:{_CUNIT}|元)?"),
    (
        NumeralKind.CHINESE,
        rf"(?:[一二两三四五六七八九十百千几数][{_CHINESE}几]*[万千百十]|[壹贰叁肆伍陆柒捌玖拾佰仟][{_CHINESE}]*)[余多]?{_BLANK}(?:{_CUNIT}|元)",
    ),
    (NumeralKind.CHINESE, rf"(?:[几数上近][十百千万]|成[百千]上千|[十百千](?=[余多])){_SCALE}{_CUNIT}"),
    (
        NumeralKind.CHINESE,
        rf"(?:一(?={_BLANK}{_ONE_UNIT})|[二两三四五六七八九十百千][{_CHINESE}]*|一[{_CHINESE}]+)[余多]?{_BLANK}{_CUNIT}",
    ),
    (NumeralKind.CHINESE, rf"(?:[一二三四五六七八九]?十[几余]|[百千万]余)(?!下|缺)(?:{_CUNIT}|元)?"),
    (NumeralKind.CHINESE, rf"(?:{_ABOUT})[百千万]+亿?(?!{_NOT_COUNTED})(?:[余多]?(?:{_CUNIT}|元))?"),
    (  # 三十六: a number without a unit
        NumeralKind.CHINESE,
        rf"(?!万一(?![{_CHINESE}]))(?=[{_CHINESE}]*[十百千万亿])(?=[{_CHINESE}]*[一二两三四五六七八九])[{_CHINESE}]{{2,}}[余多]?",
    ),
)


@lru_cache(maxsize=64)
def _exempt_pattern(terms: frozenset[str]) -> re.Pattern[str]:
    named = "|".join(re.escape(term) for term in sorted(terms | TERMS, key=lambda term: (-len(term), term)))
    # A numeric term is a name only as a whole: "110" does not excuse "1100".
    bounded = rf"(?:(?<![{_DIGIT}.．])(?:{named})(?![{_DIGIT}]))"
    return re.compile("|".join([*_DATES, *_DOCUMENT_NUMBERS, *_LISTS, bounded, *_NAMES]), re.MULTILINE)


_FOUND_PATTERN = re.compile("|".join(f"(?P<k{at}>{pattern})" for at, (_, pattern) in enumerate(_FOUND)))
_UNSEEN = frozenset({"Cf", "Mn", "Me"})  # zero-width characters and marks, which a reader does not notice


def find(text: str, *, terms: Collection[str] = ()) -> list[Numeral]:
    """The numerals of a text in order; terms: further names whose digits are not quantities. Offsets are of the given text."""
    seen = [at for at, char in enumerate(text) if unicodedata.category(char) not in _UNSEEN]
    if len(seen) < len(text):
        spans = (
            (each, seen[each.start], seen[each.end - 1] + 1)
            for each in find("".join(text[at] for at in seen), terms=terms)
        )
        return [replace(each, start=start, end=end, text=text[start:end]) for each, start, end in spans]
    found: list[Numeral] = []
    at = 0
    exempt = list(_exempt_spans(text, frozenset(terms)))
    for start, end in [*exempt, (len(text), len(text))]:
        found.extend(_search(text, at, start))
        at = max(at, end)
    return found


def _exempt_spans(text: str, terms: frozenset[str]) -> Iterable[tuple[int, int]]:
    return (match.span() for match in _exempt_pattern(terms).finditer(text))


def _search(text: str, start: int, end: int) -> Iterable[Numeral]:
    at = start
    while at < end and (match := _FOUND_PATTERN.search(text, at, end)):
        kind = _FOUND[int((match.lastgroup or "k0")[1:])][0]
        yield from _stray_digits(text, at, match.start())
        yield Numeral(start=match.start(), end=match.end(), text=match[0], kind=kind)
        at = match.end()
    yield from _stray_digits(text, at, end)


def _stray_digits(text: str, start: int, end: int) -> Iterable[Numeral]:
    """Digits of other scripts, circled, raised and roman ones, which no pattern above names."""
    for is_digit, run in groupby(range(start, end), lambda at: _is_digit(text[at])):
        if is_digit:
            places = list(run)
            low, high = places[0], places[-1] + 1
            yield Numeral(start=low, end=high, text=text[low:high], kind=NumeralKind.ARABIC)


def _is_digit(char: str) -> bool:
    """Whether a character is a number and no ideograph: ٣ ² ⑯ Ⅻ."""
    return char.isnumeric() and not char.isalpha() and char != "〇"


def loose(inlines: Sequence[Inline], *, terms: Collection[str] = ()) -> list[Numeral]:
    """The numerals of a passage that no figure covers and no name holds; offsets are of its plain text."""
    return find(masked(inlines, names=True), terms=terms)


_TOUCHING = re.compile(rf"[{_DIGIT}{_CHINESE}.．%％‰余多近超约逾]")
_SIGNS = re.compile(r"[-−－负]")
_WORDS_BEFORE = re.compile(
    r"(?:超过|超出|(?<!技术)(?<!重大)(?<!成果)突破|逼近|跌破|不到|不足|不止|将近|接近|[高低大小多少]于|[高多]达|至[少多]|最[少多]|近乎|几乎)了?$"
)
_WORDS_AFTER = re.compile(r"(?:左右|上下|[以之]上|以[下内外]|之[内多]|大关|开外|出头|有余|不到)")


def touches(hidden: str, start: int, end: int) -> bool:
    """Whether a typed digit, sign or approximation word touches the figure at hidden[start:end] of a masked text.

    Blanks between them part nothing.
    """
    before, after = hidden[:start].rstrip(), hidden[end:].lstrip()
    return bool(
        _TOUCHING.search(before[-1:] + after[:1])
        or _SIGNS.search(before[-1:])
        or _WORDS_BEFORE.search(before[-6:])
        or _WORDS_AFTER.match(after)
    )


def touching(inlines: Sequence[Inline]) -> list[str]:
    """The figures of a passage that a typed digit or approximation word touches: 余, 近, 超 belong to the figure itself."""
    whole, hidden = plain(inlines), masked(inlines)
    at, found = 0, []
    for part in inlines:
        size = len(part) if isinstance(part, str) else len(part.text)
        if isinstance(part, Chip) and touches(hidden, at, at + size):
            found.append(whole[max(at - 2, 0) : at + size + 2])
        at += size
    return found


def unbound(document: Document, *, terms: Collection[str] = ()) -> list[str]:
    """What would fail the rule "no unbound numeral" in a tree, each with its surroundings; empty when all is well."""
    found: list[str] = []
    for block in document.blocks:
        if isinstance(block, Heading | Notice):
            passages: list[tuple[Inline, ...]] = [(block.text,)]
        elif isinstance(block, Paragraph):
            passages = [block.inlines]
        else:
            passages = [(head,) for head in block.header] + [cell for row in block.rows for cell in row]
        for inlines in passages:
            text = plain(inlines)
            found += [text[max(each.start - 6, 0) : each.end + 6] for each in loose(inlines, terms=terms)]
            found += touching(inlines)
    return found + [document.title[each.start : each.end] for each in find(document.title, terms=terms)]
