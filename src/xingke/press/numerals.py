"""Finding every numeral that a reader would take for a quantity, so that none can stand in a document unproved.

Every digit, Chinese numeral and sign for a number counts unless it stands in a construct that is complete (see
``numeral_exemptions``): a date, an ordinal that only names, the number of a list or a document, a word, a name. Words that
say a quantity without a numeral (翻倍, 垫底, 全市唯一) count too, and letters that pass for digits in front of a unit.
When in doubt a numeral counts: a false alarm costs a word in the list of words, a miss lets a figure stand unproved.
The time it takes grows with the length of the text alone.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from xingke.press.numeral_exemptions import Exemptions
from xingke.press.numeral_signs import CHINESE, DIGITS, LISTED, ROMAN, made_plain, runs
from xingke.press.numeral_words import COUNTED_NOUN, SURE_UNIT, TERMS
from xingke.press.tree import Aside, Chip, DocumentTree, Heading, Inline, Paragraph, TextLine, masked, plain

__all__ = ["TERMS", "Numeral", "NumeralKind", "find", "loose", "touches", "touching", "unbound"]


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


_ARABIC, _CHINESE, _SHARE, _RANK = NumeralKind.ARABIC, NumeralKind.CHINESE, NumeralKind.SHARE, NumeralKind.RANK
_FAR = 16  # signs before a numeral that may belong to it

_A = rf"[{DIGITS}]++(?:[.,·][{DIGITS}]++)*+"
_H = rf"[{CHINESE}○伍陆肆参拾]++"
_SCALE = r"[余多几来]?+[十百千万亿]*+[余多几来]?+"
_UNIT = (
    r"(?:个百分点|百分点|个工作日|个小时|人次|场次|车次|架次|批次|台套|台\(套\)|人\(次\)|平方公里|平方米|立方米|公里|公斤|千克|公顷|"
    r"千瓦时|千瓦|兆瓦|小时|分钟|万元|亿元|美元|欧元|个月|个|家|名|项|件|次|批|位|人|户|场|条|份|种|类|款|台|套|辆|座|所|支|期|轮|篇|册|幅|块|"
    r"亩|吨|[kcdm]?m[23]|米|元|天|周年|年|月|周|岁|度|瓦|乡镇|镇|乡|县|村|街道|社区|企业|单位|部门|学校|高校|院校|医院|园区|平台|机构|基地|"
    r"组|队|对|双|届|处|例|起|片|只|头|株|棵|张|本|节|堂|班|宗|笔|单|箱|瓶|倍|成|番|折|级|门|部|间|强|半(?![导岛年径])|"
    r"厘米|毫米|克|升|亿|万|[%‰])"
)
_NUMBER = re.compile(
    rf"(?P<share>百分之 ?(?:{_A}|{_H}(?:点{_H})?)|千分之 ?(?:{_A}|{_H})|百分百|{_H}分之 ?(?:{_A}|{_H}(?:点{_H})?)"
    rf"|{_H}(?:点{_H})?[余多]?(?:个百分点|倍|成|番|折))"
    rf"|(?P<arabic>{_A}(?: ?[%‰])?{_SCALE})|(?P<chinese>(?:{_H})(?:点{_H})?[余多几来]?+{_SCALE})|(?P<sign>[{ROMAN}]++|{LISTED})"
)
_BEHIND = re.compile(rf" ?{_UNIT}")
_RANGE = re.compile(rf" ?(?:[~—-]{{1,2}}|至) ?(?=[{DIGITS}])")
_ABOUT = r"近|逾|破|(?<![赶])超|(?<![通经])过|(?<![以路线会之百])上|(?<![人总参指倍函户件次个家多少])数|几|不足|成"
_BEFORE = re.compile(
    r"(?:(?P<rank>(?:(?:位居|位列|名列|居|列|排名?|占据?|第|跃|稳|进入?|跻身|全[国省市县区州球])[^，。；、\n\ufffc]{0,8}?)?(?:倒数)?第 ?|"
    r"(?:(?:进入?|跻身|居|列|排|位[居列]|全[国省市县区州])[^，。；、\n\ufffc]{0,4}?)?(?<![目以此之先年月])前 ?)"
    rf"|(?P<share>翻了?)|(?P<about>{_ABOUT}))\Z"
)
_AFTER_RANK = re.compile(r" ?[位名强%]")

# 一 makes so many other words that it counts only before these, or as a place or a share
_ONE = re.compile(
    rf"一 ?(?:个百分点|个工作日|小时|分钟|人次|场次|批次|万元|亿元|个月|个|家|名|项|件|次|位|户|场|份|台|所|座|人(?![民才员口大事心们])|倍|"
    rf"成(?![为功果立员熟本分效长绩都就人品不])|折(?![叠腾线射旧合返桥页])|半|分之|"
    rf"条(?=生产线|产线|铁路|公路)|辆|亩|吨|株|幢|栋|枚|艘|公里|公斤|千克|平方|立方|{COUNTED_NOUN})"
)
_CLASSES = re.compile("[级类型期度代章卷档标区象相]")  # Ⅲ类水质, II期临床


def _english() -> str:
    ones = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    tens = "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen"
    return "|".join(sorted(f"{ones} {tens}".split(), key=len, reverse=True))


_PLACE = r"(?:(?:位居|位列|名列|居|列|占据?|跃居|稳居|排|升至|处于|位于)[^，。；、\n\ufffc]{0,8}?)"
_ROMAN_ALONE = (
    r"(?<![A-Za-z0-9-])(?!X{2,15}(?![IVX]))(?:X{1,3}(?:IX|IV|V?I{1,3}|V)|X{2,3}|IX|IV|VI{1,3}|I{2,3})"
    r"(?![A-Za-z0-9级类型期度代章卷档标区象相-]|设计|系统)"
)
# what may stand right before a unit and is no number: ideographs, Latin letters, punctuation, a figure
_KNOWN = r"\u3400-\u9fffA-Za-z0-9\s，。；、：！？()《》〈〉“”‘’\"'「」『』\[\]{}—~/·.,;!?%‰+×*&#@_|=<>$￥¥…\ufffc□ー─━-"
_LETTERS = "[lIiOoSsBZzGgqQDb|]"
_WORDS: tuple[tuple[NumeralKind, str], ...] = (
    (
        _RANK,
        rf"{_PLACE}(?:首位|之首)|{_PLACE}?(?:榜首|魁首|鳌头)|居首(?!位)|(?<!色)列首(?!位)|垫底|倒数(?!第|计时)|末名|末席|头名|头筹",
    ),
    (
        _RANK,
        r"(?:名列|位列|居于?|排在)末(?:位|尾|席)?|末位(?!淘汰)|夺魁|夺冠|摘冠|称冠|问鼎|登顶|折桂|倒一(?![个种])|榜眼|探花",
    ),
    (_RANK, r"(?<!单项)(?<!隐形)(?:冠军(?!企业|产品|培育)|亚军|季军)|首屈一指|之冠"),
    (
        _RANK,
        r"(?:[全我本][国省市县区州球]|(?<=[^\u3400-\u9fff])[国省市县区州]|[国省市县区]内|全球|世界)(?:首[个家批位台套例]|唯一)",
    ),
    (
        _SHARE,
        r"翻了?[几数]?番|翻倍|翻了倍|[成双数几整]倍(?!感)|加倍(?=[，。；、！\s]|$|增长)|倍[余多](?!少)|[近逾超过]倍|倍于|减半|腰斩",
    ),
    (_SHARE, r"(?<!信心)(?<!干劲)(?<!动力)倍增(?!计划|行动|工程|方案|器|培育)"),
    (_SHARE, r"过半(?!年)|半数|[大小近]半(?![年个天夜径])|双位数|对半|各半|半壁|参半|对折|折半|半成(?!品)"),
    (_ARABIC, rf"(?i:(?<![A-Za-z-])(?:{_english()})(?:[ -](?:{_english()}|one)){{0,3}})(?![A-Za-z])(?: ?{SURE_UNIT})?"),
    # letters that pass for digits, and signs of other scripts, in front of a unit
    (
        _ARABIC,
        rf"(?<![A-Za-z0-9])(?:[IVXLCDM]{{1,15}}|(?!x{{1,15}}[^ivlcdm])[ivxlcdm]{{1,15}}|{_LETTERS}{{1,6}}) ?(?:{SURE_UNIT}|[年天岁])",
    ),
    (
        _ARABIC,
        r"(?<![A-Za-z0-9])(?!x+[^a-z])[A-Z]?[a-z]{2,12} ?(?=[家项件名户]|个(?![人体性]))" + SURE_UNIT,
    ),  # trente-six家, sanshiliu家
    (_ARABIC, _ROMAN_ALONE),
    (_ARABIC, rf"(?:丨{{1,5}}|(?<!堂)正{{2,8}}) ?{SURE_UNIT}|(?<!堂)正{{3,8}}"),  # tallies
    (_ARABIC, rf"(?<![—=-])[—ー─━=-] ?(?:(?=[\u3400-\u9fff]){SURE_UNIT})(?=[\u3400-\u9fff])"),
    (_ARABIC, rf"[^{_KNOWN}]{{1,4}} ?(?=[\u3400-\u9fff]){SURE_UNIT}"),
)


@cache  # a long pattern, which most programs never need
def _words_pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<k{at}>{pattern})" for at, (_kind, pattern) in enumerate(_WORDS)))


def find(text: str, *, terms: Collection[str] = ()) -> list[Numeral]:
    """The numerals of a text in order; terms: further names whose digits are not quantities. Offsets are of the given text."""
    made = made_plain(text)
    found: list[Numeral] = []
    named = frozenset(terms)
    for start, end, kind in _joined([*_numbers(made.text, named), *_words(made.text, named)]):
        first, last = made.span(start, end)
        found.append(Numeral(start=first, end=last, text=text[first:last], kind=kind))
    return found


_Span = tuple[int, int, NumeralKind]


def _joined(spans: list[_Span]) -> Iterator[_Span]:
    """Spans in order; those that overlap are one."""
    last: _Span | None = None
    for start, end, kind in sorted(spans, key=lambda span: span[:2]):
        if last is not None and start < last[1]:
            last = (last[0], max(last[1], end), last[2])
            continue
        if last is not None:
            yield last
        last = (start, end, kind)
    if last is not None:
        yield last


def _words(text: str, terms: frozenset[str]) -> Iterator[_Span]:
    named = [match.span() for name in _with_words(terms) for match in re.finditer(re.escape(name), text)]
    for match in _words_pattern().finditer(text):
        if not any(start <= match.start() and match.end() <= end for start, end in named):
            yield match.start(), match.end(), _WORDS[int((match.lastgroup or "k0")[1:])][0]


@lru_cache(maxsize=64)
def _with_words(terms: frozenset[str]) -> tuple[str, ...]:
    """The names that hold a word for a quantity: 倍增科技公司."""
    plain_names = (made_plain(term).text for term in terms)
    return tuple(sorted(name for name in plain_names if _words_pattern().search(name)))


def _numbers(text: str, terms: frozenset[str]) -> Iterator[_Span]:
    """Every numeral that nothing excuses, with what belongs to it."""
    exemptions = Exemptions(text, terms)
    at = 0
    for run in runs().finditer(text):
        if run.start() < at:
            continue
        excused = exemptions.end(run)
        if excused is not None:
            at = max(excused, run.end())
            continue
        found = _quantity(text, run, at)
        if found is not None:
            at = found[1]
            yield found


def _quantity(text: str, run: re.Match[str], low: int) -> _Span | None:
    """A numeral with the words before and the unit behind it; None: a 一 that counts nothing, a sign that names a class."""
    start = run.start()
    before = _BEFORE.search(text[max(low, start - _FAR) : start])
    if before is not None and before["about"] and text[start] not in "十百千万亿":
        before = None
    if run["sign"] and _CLASSES.match(text, run.end()):
        return None
    if run[0] == "一" and not _is_one(text, start, before):
        return None
    match = _NUMBER.match(text, start)
    end, kind = (match.end(), _KINDS[match.lastgroup or ""]) if match else (run.end(), _CHINESE)
    if before is not None and before["rank"]:
        tail = _AFTER_RANK.match(text, end) or _BEHIND.match(text, end)
        return start - len(before[0]), tail.end() if tail else end, _RANK
    if before is not None and (before["share"] or before["about"]):
        start -= len(before[0])
        kind = _SHARE if before["share"] else kind
    return start, _end(text, end, kind), kind


def _is_one(text: str, start: int, before: re.Match[str] | None) -> bool:
    """Whether a 一 counts: in a place or a share (第一, 翻一番), or before what can be counted; 前一直 and 统一标准 do not."""
    if text[max(start - 2, 0) : start] == "分之" or (before is not None and not before[0].endswith("前")):
        return True
    return _ONE.match(text, start) is not None and text[max(start - 1, 0) : start] not in tuple("统同唯单专划归合逐")


_KINDS = {"share": _SHARE, "arabic": _ARABIC, "chinese": _CHINESE, "sign": _ARABIC}


def _end(text: str, end: int, kind: NumeralKind) -> int:
    """Where a numeral ends with its unit, and with the other end of its range."""
    if unit := _BEHIND.match(text, end):
        end = unit.end()
    if kind is _ARABIC and (to := _RANGE.match(text, end)) and (other := _NUMBER.match(text, to.end())):
        unit = _BEHIND.match(text, other.end())
        return unit.end() if unit else other.end()
    return end


def loose(inlines: Sequence[Inline], *, terms: Collection[str] = ()) -> list[Numeral]:
    """The numerals of a passage that no figure covers and no name holds; offsets are of its plain text."""
    return find(masked(inlines, names=True), terms=terms)


_TOUCHING = re.compile(rf"[{DIGITS}{CHINESE}{ROMAN}{LISTED}伍陆肆参拾.%‰余多近超约逾○]")
_STICKS = re.compile(r"(?:[-负+±≥≤><≈~第每]|(?:^|[，。；、居列入进省市县区国])前|分之|零下|(?<![A-Za-z])[lI|OoSZ])\Z")
_NEAR = 64
_WORDS_BEFORE = re.compile(
    r"(?:超过|超出|(?<!技术)(?<!重大)(?<!成果)突破|逼近|跌破|不到|不足|不止|将近|接近|[高低大小多少]于|[高多]达|至[少多]|最[少多]"
    r"|近乎|几乎|不及|未[达满]|不满|大概|大致|估计|不下)了?$"
)
_WORDS_AFTER = re.compile(r"(?:左右|上下|[以之]上|以[下内外]|之[内多]|大关|开外|出头|有余|不到)")


def touches(hidden: str, start: int, end: int) -> bool:
    """Whether a typed digit, sign or approximation word touches the figure at hidden[start:end] of a masked text.

    Blanks between them part nothing.
    """
    before = made_plain(hidden[max(start - _NEAR, 0) : start]).text.rstrip()
    after = made_plain(hidden[end : end + _NEAR]).text.lstrip()
    return bool(
        _TOUCHING.search(before[-1:] + after[:1])
        or _STICKS.search(before[-3:])
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


def unbound(document: DocumentTree, *, terms: Collection[str] = ()) -> list[str]:
    """What would fail the rule "no unbound numeral" in a tree, each with its surroundings; empty when all is well."""
    found: list[str] = []
    for block in document.blocks:
        if isinstance(block, Heading | Aside | TextLine):
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
