"""The numbers of a report's own words, and which of them a stated figure is: 近 belongs to the number it touches.

Knows no Django. Arabic, full-width and Chinese numerals, 万 and 亿, 百分之 and 成, ranges; what stands before a number, in it
(20余项, 1万多人次) or behind its unit (20项以上) makes that number an approximation and no other.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from xingke.base.quantities import Quantity, Unit
from xingke.base.sayings import NOTHING, Saying, say

DIFFERS = say(
    "原文写的是 %(written)s，与数值 %(value)s 不一致；请改正其中一个，原文里另有这个数的，请把那句话一起抄上。"
)
ONE_END = say("原文写的是 %(written)s，是一个区间，数值却只有 %(value)s；请把两头分别填在数值和数值上限里。")
TWICE = say("原文里有几个 %(value)s，有的带“%(words)s”，有的不带；请只抄说这个数的半句。")
DOWNWARDS = say("原文说的是下降 %(written)s，数值 %(value)s 却不是负数；请在数值前加负号。")
NO_AMOUNT = say("原文写的是 %(written)s，没有说出确数，不能记成 %(value)s；请改填有确数的原文，或不登记这个数。")

SHOWN = 6  # numbers of a text that are named where none is the stated one

_DIGITS = {
    each: at
    for at, pair in enumerate(("〇零", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for each in pair
}
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "亿": 100_000_000}
_SIMPLE = str.maketrans(
    "項個億萬餘約達場戶臺兩數幾來過將開內負減升貳參陸", "项个亿万余约达场户台两数几来过将开内负减升贰叁陆"
)

_A = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_C, _S = "".join(_DIGITS), "".join(_SCALES)
_NUMBER = rf"(?:{_A})(?:[{_S}]+(?:{_A})(?=[{_S}]))*[{_S}]*|[{_C}{_S}]+(?:点[{_C}]+)?"
_IN = r"余(?![热量额下缺姚杭干江])|多(?!渠道|方[式位面]|元[化投]|措并|层次|部门|维|样化|形式)|几(?![乎何])|来(?![自源到的京华])|\+"
_TO = r"\s*(?:[-—–~～]+|至|到)\s*"
_TIME = "年|个月|月|日|号|天|时|季度|届|周|世纪|岁"
_UNITS = {"人(次)": "人次", "百分点": "个百分点", "个点": "个百分点", "小时": "个小时", "工作日": "个工作日"}
_TENTHS = r"成(?![果交功员立为长本套效就品绩分])"

# what stands before a number → the word it is kept with; the longer first
_BEFORE = (
    ("以内", "不超过|不多于|不高于|不大于|小于等于|至多|最多|≤|<="),
    ("以上", "不少于|不低于|不小于|大于等于|至少|最少|起码|≥|>="),
    ("不足", "不足|不到|不满|未达|未到|低于|少于|小于|<"),
    ("近", "(?<![最附贴靠临邻亲就走相远])近|将近|接近|逼近|近乎|几近"),
    ("超", "超过|超出|突破|高于|多于|大于|不止|逾|>|(?<![赶反追])超|(?<![突打])破"),
    ("约", "大概|估计|差不多|[≈~]|(?<![签预合节特条公契邀相续违履婚制纽简失爽解立毁应赴定订盟租规])约|大约"),
)
_STANDS_BEFORE = re.compile(
    "(?:"
    + "|".join(f"(?P<w{at}>{words})" for at, (_word, words) in enumerate(_BEFORE))
    + r")[了有为达占计]?(?:人民币|[¥$])?\s*$"
)
_BREAKS_THROUGH = re.compile(
    r"\s*[^，。；、,;]{0,6}(?:关键|核心|技术|瓶颈|难题|难点|卡脖子)"
)  # 突破20项关键技术: exactly 20
_AFTER = (
    ("以上", r"(?:\(含\)|及|或)?(?:以上|之上)"),
    ("以内", r"(?:\(含\)|及|或)?(?:以内|之内|以下(?!简称))"),
    ("约", "左右(?![岸翼两])|上下(?![游级联班])|前后(?![端])"),
    ("余", "有余|出头|开外"),
)
_STANDS_AFTER = re.compile(
    r"\s*(?:" + "|".join(f"(?P<w{at}>{words})" for at, (_word, words) in enumerate(_AFTER)) + ")"
)
_MAY_SIGN = re.compile(r"(?:^|[\s，。；、：:,;(\u4e00-\u9fff])$")
_TRAILING = re.compile(r"([余多])(?=$|[\s，。；、！)）,;])")
_WITHIN = {"余": "余", "多": "多", "几": "多", "来": "约", "+": "以上"}
_MORE, _LESS = frozenset(("余", "多", "超", "以上")), frozenset(("近", "不足", "以内"))
_DOWN = re.compile(r"(?:下降|降低|减少|回落|下滑|下跌|负增长|缩减|降|减)了?(?:近|超过?|约|逾)?\s*$")
_REACHES = re.compile("(?<![以路线会之向])上$|(?<![通经])过$")  # 上百家, 过亿元
_FIRST = re.compile("首位|榜首|之首|唯一")


@dataclass(frozen=True, kw_only=True)
class StatedNumber:
    """A number of a text. unit: without 万 and 亿, empty where none is known; kind: of that unit, ``time`` for 年, 月 …

    number: in that unit; None where it is none (数十家). most: the other end of a range. word: what makes it an
    approximation. scaled: it came with 万 or 亿. decimals: as written.
    """

    text: str
    number: Decimal | None
    most: Decimal | None = None
    unit: str = ""
    kind: str = ""
    word: str = ""
    decimals: int = 0
    scaled: int = 1
    is_place: bool = False
    is_down: bool = False
    is_negative: bool = False


@dataclass(frozen=True)
class FigureWords:
    """A stated figure in its own words: the word it comes with, and to how many decimals.

    problem: why figure and words do not agree. is_silent: the words hold no number at all.
    """

    word: str = ""
    decimals: int = 0
    problem: Saying = NOTHING
    is_silent: bool = False


def read(
    as_written: str,
    *,
    value: Quantity,
    most: Quantity | None = None,
    units: Mapping[str, Unit],
    is_change: bool = False,
) -> FigureWords:
    """Find a stated figure in the words it was taken from. is_change: it says how much something grew.

    A number counts that is the stated one in the stated unit, or in none, or in another way of writing it
    (0.51亿元, 5100万元); where several are, those with the stated unit. Signs are not compared: 下降 is a word.
    """
    found = list(numerals(as_written, units))
    if not found:
        return FigureWords(decimals=value.decimals, is_silent=True)
    shown = _shown(value, most)
    same = [each for each in found if _is(each, value, most, units)]
    if not same:
        written = tuple(dict.fromkeys(each.text for each in found))[:SHOWN]
        return FigureWords(problem=_why(found, value, units).filled(value=shown, written=written))
    best = [each for each in same if each.unit == _core(value.unit.code)] or same
    words = dict.fromkeys(each.word for each in best)
    if len(words) > 1:
        return FigureWords(problem=TWICE.filled(value=shown, words=tuple(filter(None, words))))
    first = best[0]
    if value.scaled > 0 and (first.is_negative or (is_change and first.is_down)):
        return FigureWords(problem=DOWNWARDS.filled(value=shown, written=first.text))
    alike = not first.kind or first.scaled == _scale(value.unit.code)
    return FigureWords(first.word, first.decimals if alike else value.decimals)


def _why(found: list[StatedNumber], value: Quantity, units: Mapping[str, Unit]) -> Saying:
    if all(each.number is None for each in found):
        return NO_AMOUNT
    ends = (each for each in found if each.most is not None)
    return (
        ONE_END
        if any(_equals(each, end, value, units) for each in ends for end in (each.number, each.most))
        else DIFFERS
    )


def _shown(value: Quantity, most: Quantity | None) -> str:
    return f"{value.stated:f}—{most}" if most is not None else str(value)


def _is(each: StatedNumber, value: Quantity, most: Quantity | None, units: Mapping[str, Unit]) -> bool:
    if most is None or most.scaled == value.scaled:
        return each.most is None and _equals(each, each.number, value, units)
    return _equals(each, each.number, value, units) and _equals(each, each.most, most, units)


def _equals(each: StatedNumber, number: Decimal | None, stated: Quantity, units: Mapping[str, Unit]) -> bool:
    """Whether a number, with the unit it stands with, is the stated amount."""
    kind, amount = stated.unit.kind, abs(stated.amount)
    if number is None or (each.is_place and kind != "rank"):
        return False
    if not each.kind:
        return amount == number or (each.scaled == 1 and abs(stated.stated) == number)
    if each.kind != kind and {each.kind, kind} not in ({"count", "rank"}, {"count", "rate"}):
        return False
    factor = units[each.unit].factor if each.unit in units else Decimal(1)
    return amount == number * factor


_AMONG = re.compile("全(?:国|省|市|县|区|州|盟|旗)")


def among(as_written: str, place: int, units: Mapping[str, Unit]) -> str:
    """Among whom a reported place is, in its own words: of 全市第1、全省第5 the fifth is 全省's; empty where nobody said.

    Words behind the number say it only where they are the only ones: 第2位（全市）.
    """
    plain = unicodedata.normalize("NFKC", as_written).translate(_SIMPLE)
    for each in numerals(as_written, units):
        if each.number == place and each.kind in ("rank", "") and (at := plain.find(each.text)) >= 0:
            before = _AMONG.findall(plain[:at])
            if before:
                return str(before[-1])
    every = set(_AMONG.findall(plain))
    return str(every.pop()) if len(every) == 1 else ""


# ── reading a text ──────────────────────────────────────────────────────────────────────────────────────────────────


def numerals(text: str, units: Mapping[str, Unit]) -> Iterator[StatedNumber]:
    """The numbers of a text, in order."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIMPLE)
    kinds = {_core(code): unit.kind for code, unit in units.items()}
    for found in _pattern(frozenset(kinds)).finditer(plain):
        each = _numeral(found, plain, kinds)
        if each.word or not re.fullmatch("[百千万亿]", found["n1"] or ""):  # 万家灯火 is no number, 近万家 is
            yield each
    if first := _FIRST.search(plain):
        yield StatedNumber(text=first[0], number=Decimal(1), kind="rank", is_place=True)


def _pattern(cores: frozenset[str], _known: dict[frozenset[str], re.Pattern[str]] = {}) -> re.Pattern[str]:  # noqa: B006 - a cache
    """A number, or two of a range, each with what stands within it and its unit."""
    if cores not in _known:
        names = sorted({*cores, *_UNITS}, key=len, reverse=True)
        unit = rf"{'|'.join(map(re.escape, names))}|{_TIME}|{_TENTHS}|倍|‰"

        def part(at: str) -> str:
            return rf"(?P<n{at}>{_NUMBER})(?P<i{at}>{_IN})?(?P<s{at}>[{_S}]*)(?P<j{at}>{_IN})?\s*(?P<u{at}>{unit})?"

        _known[cores] = re.compile(
            rf"(?P<vague>(?<![人总参指函户件次个家多少])[几数][{_S}]+|成[百千]上千)\s*(?:{unit})?"
            rf"|翻了?(?P<times>[{_C}\d])?番"
            rf"|(?P<place>[第前])?(?P<share>百分之)?(?P<sign>[-−+])?{part('1')}(?:{_TO}{part('2')})?"
        )
    return _known[cores]


def _numeral(found: re.Match[str], text: str, kinds: Mapping[str, str]) -> StatedNumber:
    if found["vague"]:
        return StatedNumber(text=found[0], number=None)
    if found[0].startswith("翻"):
        times = int(_amount(found["times"] or "一"))
        return StatedNumber(text=found[0], number=Decimal((2**times - 1) * 100), unit="%", kind="percent")
    last = "2" if found["n2"] else "1"
    unit, factor = _unit(found[f"u{last}"] or "", is_share=bool(found["share"]))
    low, most, scaled = _ends(found, last, factor)
    before = text[: found.start()].rstrip()
    return StatedNumber(
        text=found[0].strip(),
        number=low,
        most=most,
        unit=unit,
        kind=_kind(unit, kinds),
        word=_word(found, text),
        decimals=len((found[f"n{last}"] or "").partition(".")[2].rstrip(_S)),
        scaled=scaled,
        is_place=bool(found["place"]),
        is_down=_DOWN.search(before) is not None,
        is_negative=found["sign"] in ("-", "−") and _MAY_SIGN.search(before) is not None,
    )


def _ends(found: re.Match[str], last: str, factor: int) -> tuple[Decimal, Decimal | None, int]:
    """The number, the other end of a range, and its scale; the first end of 3—5万 has the scale of the second."""
    high = _scaled(found[f"n{last}"], found[f"s{last}"])
    scale = int(_scale_behind(found[f"n{last}"]) * _product(found[f"s{last}"]))
    if last == "1":
        return high * factor, None, scale
    own = bool(found["s1"]) or _scale_behind(found["n1"]) > 1 or bool(found["u1"])
    low = _scaled(found["n1"], found["s1"]) * (1 if own else scale)
    return low * factor, high * factor, scale


def _scaled(number: str, scales: str) -> Decimal:
    return _amount(number) * _product(scales)


def _product(scales: str) -> int:
    found = 1
    for each in scales or "":
        found *= _SCALES[each]
    return found


def _scale_behind(number: str) -> int:
    """万 or 亿 behind Arabic digits; Chinese numerals are read as a whole."""
    tail = re.search(rf"\d([{_S}]+)$", number)
    return _product(tail[1]) if tail else 1


def _amount(number: str) -> Decimal:
    """The number itself: 1,200 · 1亿2000万 · 三百二十 · 二〇二四 · 十三点五."""
    whole, point, rest = number.partition("点")
    if point:
        return _amount(whole) + Decimal("0." + "".join(str(_DIGITS[each]) for each in rest))
    total = section = Decimal(0)
    last: Decimal | None = None
    for part in re.findall(rf"{_A}|.", number.replace(",", "") if number[:1].isdigit() else number):
        if part in _SCALES and _SCALES[part] >= 10_000:
            section = section + last if last is not None else section or Decimal(1)  # 万家, and 0亿元
            if part == "亿":
                total, section = (total + section) * _SCALES[part], Decimal(0)
            else:
                total, section = total + section * _SCALES[part], Decimal(0)
            last = None
        elif part in _SCALES:
            section += (Decimal(1) if last is None else last) * _SCALES[part]
            last = None
        else:
            digit = Decimal(_DIGITS[part]) if part in _DIGITS else Decimal(part)
            last = digit if last is None else last * 10 + digit
    return total + section + (last or 0)


def _unit(written: str, *, is_share: bool) -> tuple[str, int]:
    """The unit as it is known, and how many of it one of the written ones is."""
    if is_share:
        return "%", 1
    if written == "成":
        return "%", 10
    if written == "倍":
        return "%", 100
    return _UNITS.get(written, written), 1


def _kind(unit: str, kinds: Mapping[str, str]) -> str:
    if unit in kinds:
        return kinds[unit]
    return "time" if re.fullmatch(_TIME, unit) else "percent" if unit == "%" else ""


def _core(code: str) -> str:
    """A unit without the scale before it: 万人次 → 人次."""
    return code.lstrip("十百千万亿") or code


def _scale(code: str) -> int:
    return _product(code[: len(code) - len(_core(code))])


# ── words that touch a number ───────────────────────────────────────────────────────────────────────────────────────


def _word(found: re.Match[str], text: str) -> str:
    """The word a number is an approximation by; of several that say more, or less, the first, else 约."""
    words = list(dict.fromkeys(_words(found, text)))
    if len(words) < 2 or set(words) <= _MORE or set(words) <= _LESS:
        return words[0] if words else ""
    return "约"


def _words(found: re.Match[str], text: str) -> Iterator[str]:
    before, after = text[: found.start()], text[found.end() :]
    if stands := _STANDS_BEFORE.search(before):
        is_exact = stands[0].startswith("突破") and _BREAKS_THROUGH.match(after)
        yield from () if is_exact else (_BEFORE[int((stands.lastgroup or "w0")[1:])][0],)
    elif found[0][0] in "百千万亿" and _REACHES.search(before):
        yield "以上"
    yield from (_WITHIN[found[name]] for name in ("i1", "j1", "i2", "j2") if found[name])
    if behind := _STANDS_AFTER.match(after):
        yield _AFTER[int((behind.lastgroup or "w0")[1:])][0]
    elif trailing := _TRAILING.match(after):
        yield trailing[1]
