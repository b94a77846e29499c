"""The ledger's rules, without a database: histories of titles and patents, reported figures, stated names."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import takewhile
from typing import Generic, NamedTuple, Protocol, TypeVar

from pydantic import ConfigDict

from xingke.base.codes import is_patent_number, normalise_code, normalise_patent_number
from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.periods import Period
from xingke.base.refusals import YES, Answer, Refused, no
from xingke.base.sayings import NOTHING, Saying, Value, say
from xingke.ledger.kind_names import NOT_BEGUN, KindNames, Number

# What an event does to whether the title or patent is held: opens it, closes it, or neither.
# 重新认定 opens only what had lapsed: see ``effects``.
OPENS = {"recognised", "re_recognised", "moved_in", "granted", "received", "approved", "appointed"}
CLOSES = {"expired", "revoked", "moved_out", "lapsed", "transferred", "accepted", "terminated", "ended"}
NEITHER = {
    "applied", "recommended", "renamed", "checked",  # titles, projects
    "won", "arrived", "disbursed", "paid", "credited", "lent",  # layers of money
    "signed", "registered",  # contracts
    "nominated", "shortlisted", "awarded", "held", "happened",
}  # fmt: skip

# On one day a move leaves before it arrives; a renewal follows an expiry.
_SAME_DAY = {event: place for place, event in enumerate(
    ("applied", "recommended", "expired", "moved_out", "transferred", "recognised", "granted", "re_recognised",
     "moved_in", "received", "renamed", "lapsed", "revoked")
)}  # fmt: skip


class Happens(Protocol):
    """What happened on a day."""

    @property
    def event(self) -> str: ...

    @property
    def on(self) -> date: ...


H = TypeVar("H", bound=Happens)


@dataclass(frozen=True)
class Happening:
    """One event of a history before it is filed: what, when, and any key of the caller's."""

    event: str
    on: date
    key: object = None


class Step(NamedTuple, Generic[H]):
    """An event in its place: the order within the history (from 1) and its effect on being held (+1, 0, −1)."""

    happening: H
    step: int
    effect: int


def effects(history: Iterable[H], *, unheld: Saying = NOT_BEGUN, said: Callable[[str], Value] = str) -> list[Step[H]]:
    """Order the events of one history and say what each does.

    Whether something is held is the running sum of the effects, always 0 or 1: a second 认定 while held opens nothing.
    unheld: why its kind cannot lose what it has not. said: how an event is called. Raises Refused naming the event for
    an unknown one, and for one that closes what is not held.
    """
    ordered = _ordered(history)
    found = _effects_of(tuple([each.event for each in ordered]))
    if len(found) < len(ordered):
        wrong = ordered[len(found)]
        if wrong.event in CLOSES:
            raise Refused(say("%(day)s 的“%(event)s”%(why)s", day=str(wrong.on), event=said(wrong.event), why=unheld))
        raise Refused(say("没有名为“%(event)s”的事件。", event=wrong.event))
    return [Step(each, number, effect) for number, (each, effect) in enumerate(zip(ordered, found, strict=True), 1)]


def first_day(state: str, events: Iterable[tuple[str, date]]) -> date | None:
    """The day of a title or patent in a state, from those of its events: the first; of a confirmed one the first confirmed."""
    counting = {"confirmed"} if state == "confirmed" else {"confirmed", "draft"}
    return min((on for each, on in events if each in counting), default=None)


def is_possible(history: Iterable[Happens]) -> bool:
    """Whether a history can have happened so."""
    found = list(history)
    events = tuple([each.event for each in found])
    if not CLOSES.isdisjoint(events):  # else the order does not matter
        events = tuple([each.event for each in _ordered(found)])
    return len(_effects_of(events)) == len(events)


def _ordered(history: Iterable[H]) -> list[H]:
    return sorted(history, key=lambda each: (each.on, _SAME_DAY.get(each.event, 0)))


@lru_cache(4096)  # thousands of histories run alike
def _effects_of(events: tuple[str, ...]) -> tuple[int, ...]:
    """What each of the events does, in their order, up to the first that cannot be."""
    held = False
    found: list[int] = []
    for event in events:
        if event in OPENS:
            effect = 0 if held else 1
        elif event in CLOSES and held:
            effect = -1
        elif event in NEITHER:
            effect = 0
        else:
            break
        held = held if effect == 0 else effect == 1
        found.append(effect)
    return tuple(found)


def natural_key(kind: KindNames, *, terms: Sequence[str], holder: object, number: str, name: str) -> tuple[object, ...]:
    """What two records of one kind share when they speak of the same thing.

    Its own number, where there is one; else its terms, its holder (the organisation, or the region where there is
    none), its name and the document it stands in.
    """
    if number and kind.number is not Number.DOCUMENT:
        return (normalise_code(number),)
    return (*terms, holder, name.strip(), normalise_code(number))


@dataclass(frozen=True)
class ReadNumber:
    """A number as the ledger keeps it, and what speaks against it: nothing, or a sentence to be checked by a person."""

    kept: str
    doubt: Saying = NOTHING


def patent_number(written: str, *, digit: str) -> ReadNumber:
    """An application number: 201710601862.3. digit: the one its form has in the year's place 5; "" for no such number.

    A failing check is a doubt, never a refusal: numbers with a wrong check character have been given out. Raises
    Refused if it has not the form of one.
    """
    if not digit:
        return ReadNumber(written.strip())
    try:
        kept = normalise_patent_number(written)
    except ValueError:
        raise Refused(
            say(
                "“%(number)s”不是专利申请号：应为 8 或 12 位数字加一位校验位，如 202310123456.7。",
                number=written.strip(),
            )
        ) from None
    if not is_patent_number(kept):
        return ReadNumber(kept, say("申请号 %(number)s 的校验位不对，请对照受理通知书或证书核对。", number=kept))
    place = 5 if len(kept) == 14 else 3
    if kept[place - 1] != digit:
        doubt = say("申请号 %(number)s 的第 %(place)s 位与所选的专利类型不符，请核对。", number=kept, place=place)
        return ReadNumber(kept, doubt)
    return ReadNumber(kept)


SELF_CONFIRMED = say("这类记录要由登记人以外的人确认，登记人和确认人不能是同一个账号。")


def may_confirm(*, state: str, by: int, four_eyes: bool = False, authors: Collection[int] = ()) -> Answer:
    """Whether a record may be confirmed now. authors: who wrote what it says; of a kind with four eyes none of them."""
    if state == "void":
        return no(say("已作废的记录不能确认，请另行登记。"))
    if state == "confirmed":
        return no(say("该记录已经确认，无需重复操作。"))
    return no(SELF_CONFIRMED) if four_eyes and by in authors else YES


def may_file_confirmed(*, four_eyes: bool, entered_by: int, confirmed_by: int) -> Answer:
    """Whether a record may be filed as confirmed at once: of a kind with four eyes only by two accounts."""
    return no(SELF_CONFIRMED) if four_eyes and entered_by == confirmed_by else YES


def may_change_at_once(*, state: str, four_eyes: bool, may_confirm: bool) -> Answer:
    """Whether a change is written at once, or only proposed: what is confirmed says something new only when confirmed anew.

    By who changes it, if they may confirm it there; of a kind with four eyes always by another.
    """
    if state != "confirmed":
        return YES
    if four_eyes:
        return no(say("这条记录已由两人登记和确认，改动要先提出、由别人确认后才生效。"))
    return YES if may_confirm else no(say("这条记录已经确认，您没有确认的权限，改动要先提出、由别人确认后才生效。"))


def may_withdraw_evidence(*, state: str, may_confirm: bool, is_own: bool) -> Answer:
    """Whether who may write there may take back what proves a record: once it is confirmed, only a second account."""
    if state == "draft":
        return YES
    if not may_confirm:
        return no(say("这条记录已经确认，它的佐证要由有权确认记录的人撤下。"))
    return no(say("自己上传的佐证，在记录确认之后要由别人撤下。")) if is_own else YES


def may_decide(*, outcome: str, proposed_by: int, by: int, accepting: bool) -> Answer:
    """Whether a proposed change may be accepted, or declined (by its proposer: withdrawn)."""
    if outcome != "open":
        return no(say("这项改动建议已有结果，无需重复操作。"))
    return no(say("自己提出的改动要由别人确认，不能自己采纳。")) if accepting and proposed_by == by else YES


def may_correct(*, state: str, is_current: bool) -> Answer:
    """Whether a version may be followed by a corrected one."""
    if not is_current:
        return no(say("这不是最新版本：该记录在您打开页面之后已被更正，请刷新后再改。"))
    if state == "void":
        return no(say("已作废的记录不能更正，请另行登记。"))
    return YES


MEASURES = ("level", "cumulative", "increment", "growth", "share", "rank", "completion", "target")
CONFIDENCES = ("stated", "inferred", "ambiguous")
APPROXIMATIONS = ("余", "多", "近", "超", "约", "以上", "达上")


@dataclass(frozen=True, kw_only=True)
class StatedName:
    """Which indicator a name in somebody's report means, for one way of measuring."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    written: str
    measure: str
    indicator: str
    unit: str = ""
    aspect: str = "level"
    note: str = ""
    version: int = 1

    @property
    def key(self) -> str:
        return "|".join((self.written, self.measure, self.unit))


def measures_are_known(catalogue: Catalogue) -> Iterator[Issue]:
    """A stated name says one of the known measures."""
    for entry in catalogue.of("name"):
        if entry.value.measure not in MEASURES:
            yield Issue(entry.file, entry.place, f"measure is {entry.value.measure!r}; known: {', '.join(MEASURES)}")


NAMES: DefinitionKind[StatedName] = DefinitionKind("name", "names.toml", StatedName, (measures_are_known,))


@dataclass(frozen=True)
class RealPeriod:
    """The period a figure really speaks of, against the one its document states.

    period: None when the document's year was damaged beyond one reading. confidence: stated (as written), inferred
    (somebody read it from the contents) or ambiguous (several readings).
    """

    period: Period | None
    confidence: str


def real_period(stated: Period, *, stated_year: str, real_year: str) -> RealPeriod:
    """Shift a stated period to its real year.

    stated_year, real_year: as annotated, e.g. ``2019`` and ``2018 (place inferred)``; ``2015/2016 (inferred…)`` has two
    readings and gives none. Source: a document whose stated year is evidence, not truth.
    """
    written, _bracket, remark = real_year.partition("(")
    years = written.replace("likely", "").strip()
    inferred = "likely" in real_year or "inferred" in remark.replace("place inferred", "")
    if "/" in years:
        return RealPeriod(None, "ambiguous")
    if not years or years == stated_year.strip():
        return RealPeriod(stated, "inferred" if inferred else "stated")
    shift = Period.parse(stated_year).first.year - Period.parse(years).first.year
    return RealPeriod(stated.years_before(shift), "inferred")


def approximation(as_written: str) -> str:
    """The word that makes a written figure approximate (余, 多, 近 …); empty when there is none."""
    return next((word for word in APPROXIMATIONS if word in as_written), "")


@dataclass(frozen=True)
class Reported:
    """One accepted or waiting observation, as the choice between several needs it."""

    key: object
    scaled: int
    accepted: bool | None


def chosen(reported: Sequence[Reported]) -> Reported | None:
    """The observation that counts among those of one indicator, region and period; None if a person must choose.

    One a person accepted wins; set-aside ones are out; several that say the same agree.
    """
    accepted = [each for each in reported if each.accepted]
    if accepted:
        return accepted[0]
    open_ones = [each for each in reported if each.accepted is None]
    return open_ones[0] if open_ones and len({each.scaled for each in open_ones}) == 1 else None


_DAY = re.compile(
    r"(?P<year>\d{4})(?: ?(?P<mark>[-/.]) ?(?P<month>\d{1,2}) ?(?P=mark) ?(?P<day>\d{1,2})\.?"
    r"| ?年 ?(?P<month_>\d{1,2}) ?月 ?(?P<day_>\d{1,2})(?: ?[日号])?|(?P<month__>\d\d)(?P<day__>\d\d))"
)
_WEEKDAY = re.compile(r"[(,]?(?:星期|周|礼拜)([一二三四五六日天])\)?")
_TIME = re.compile(
    r"(?P<before>上午|下午|晚上|中午|凌晨|早上|am|pm)?(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})?分?(?:[:]?(?P<second>\d{1,2})(?:[.,]\d+)?秒?)?"
    r"|(?P<minute_>\d\d)(?P<second_>\d\d))(?P<after>am|pm)?(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)?"
)
_ZONE_NAMES = re.compile(r"\[[a-z/_]+\]$|\((?:中国标准时间|chinastandardtime|cst)\)$")
_CHINESE_DAY = re.compile(
    r"([〇零○oO一二三四五六七八九]{4})年([元正一二三四五六七八九十]{1,3})月([初一二三四五六七八九十廿]{1,3})[日号]"
)
_CHINESE_DIGITS = {**{digit: at for at, digit in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0, "o": 0, "O": 0}
_HERE = timezone(timedelta(hours=8))  # in which days are counted


def written_day(text: str) -> date:
    """A day as people and systems write it: 2024-03-05, 2024/3/5, 2024年3月5日, 20240305, 二〇二四年三月五日, full width as well.

    A time of day behind it does not matter, but with a zone the day is the one in China. A day of the week has to be
    the right one. Raises ValueError for anything else, a month alone and a year of two digits among it: no day is
    guessed.
    """
    words = " ".join(unicodedata.normalize("NFKC", text).split()).lower()
    if found := _CHINESE_DAY.fullmatch(words.replace(" ", "")):
        year = int("".join(str(_CHINESE_DIGITS[digit]) for digit in found[1]))
        return date(year, _chinese_number(found[2]), _chinese_number(found[3]))
    found = _DAY.match(words)
    rest = words[found.end() :] if found else ""
    if found is None or (rest[:1].isdigit() and found[0][-1].isdigit() and not found["day__"]):
        raise ValueError(f"{text!r} is no day")
    day = date(
        int(found["year"]), int(found["month"] or found["month_"] or found["month__"]),
        int(found["day"] or found["day_"] or found["day__"]),
    )  # fmt: skip
    rest = rest.replace(" ", "")
    if named := _WEEKDAY.match(rest):
        if "一二三四五六日".index(named[1].replace("天", "日")) != day.weekday():
            raise ValueError(f"{text!r} is another day of the week")
        rest = rest[named.end() :]
    return _with_time(day, rest.removeprefix("t").removeprefix(","), text) if rest else day


def _with_time(day: date, rest: str, text: str) -> date:
    """The day here of a day and a time, whose zone may be another."""
    found = _TIME.fullmatch(_ZONE_NAMES.sub("", rest))
    if found is None:
        raise ValueError(f"{text!r} is no day")
    half, hour = found["before"] or found["after"] or "", int(found["hour"])
    if hour < 12 and half in ("下午", "晚上", "pm"):
        hour += 12
    elif hour == 12 and half in ("上午", "凌晨", "am"):
        hour = 0
    minute, second = found["minute"] or found["minute_"] or 0, found["second"] or found["second_"] or 0
    moment = datetime(day.year, day.month, day.day, hour, int(minute), int(second))
    zone = found["zone"]
    if not zone:
        return moment.date()
    away = timedelta() if zone in ("z", "utc", "gmt") else timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return moment.replace(tzinfo=timezone(-away if zone.startswith("-") else away)).astimezone(_HERE).date()


def _chinese_number(text: str) -> int:
    """A number up to 99 as days and months are written: 三, 十二, 二十, 廿三, 初五, 元."""
    plain = text.replace("元", "一").replace("正", "一").removeprefix("初").replace("廿", "二十")
    tens, is_ten, ones = plain.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        raise ValueError(f"{text!r} is no number")
    return 10 * (_CHINESE_DIGITS[tens] if tens else 1) * bool(is_ten) + (_CHINESE_DIGITS[ones] if ones else 0)


EMPTY_MARKS = frozenset({"", "-", "--", "—", "——", "－", "/", "／", "\\", "无", "N/A", "n/a", "NA"})
"""What people write into a cell that has nothing to say."""
_TOTAL = re.compile(
    r"(?:本页|本表|本栏|以上|全部|各[\u4e00-\u9fff]{1,4}|全?[\u4e00-\u9fff]{0,6}[省市县区州旗镇乡盟])?"
    r"(?:合计|总计|小计|共计|累计|总合计|总数|total|subtotal|grandtotal)"
    r"(?:[(\[][^)\]]{0,12}[)\]])?[:：]?(?P<how>[\d.,;。、；零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整家项件人个份次笔名户金额共计:%()人民币]*)"
)
_COUNT_LINE = re.compile(r"(?:总)?共计?\d+[家项件人个份次笔名户][。.]?")
_NAMES = re.compile(r"名称|单位|企业|公司|权人|申请人|姓名|方$|项目|合同|标题|name")
_NO_NAMES = re.compile(r"计量单位|金额|数量|编号|代码|日期|时间|类型|类别")
_FOOTERS = (
    *("注:", "注：", "备注:", "备注：", "填表", "制表", "审核", "填报", "联系人", "联系电话", "说明:", "说明："),
    *(
        "负责人",
        "单位负责人",
        "分管领导",
        "经办人",
        "复核",
        "打印",
        "导出",
        "数据来源",
        "统计时间",
        "以下空白",
        "（盖章）",
        "(盖章)",
    ),
)
_PAGE = re.compile(r"第\d+页.*|[-—－–]+\d+[-—－–]+|\d+/\d+页?")
_NUMBERED = ("甲", "乙", "丙", "丁", "戊")
EXAMPLE = "示例行，导入时跳过"


def is_no_record(cells: Sequence[str], header: Sequence[str]) -> str:
    """Why a row of a table is no record: ``total``, ``footer``, ``header`` or ``example``; empty for one that may be."""
    filled = [text for text in cells if text]
    if _is_total(cells, header):
        return "total"
    if EXAMPLE in filled:
        return "example"
    if _is_footer(filled):
        return "footer"
    if tuple(cells) == tuple(header) or _is_numbering(cells):
        return "header"
    repeats = [text == name for text, name in zip(cells, header, strict=False) if text]
    return "header" if len(repeats) > 1 and all(repeats) else ""


def _is_footer(filled: Sequence[str]) -> bool:
    """Whether what a row says is no more than who filled the table in, when, or on which page."""
    if not filled:
        return False
    signed = sum(text.startswith(_FOOTERS) and (text[-1] in ":：" or ":" in text or "：" in text) for text in filled)
    is_page = len(filled) == 1 and _PAGE.fullmatch("".join(filled[0].split())) is not None
    return is_page or (len(filled) <= 2 and filled[0].startswith(_FOOTERS)) or 2 * signed >= len(filled) > 0


def _is_numbering(cells: Sequence[str]) -> bool:
    """Whether a row counts the columns: 1 2 3 4, or 甲 乙 1 2."""
    filled = [text.strip("()（） ") for text in cells if text]
    words = len(list(takewhile(lambda text: text in _NUMBERED, filled)))
    numbers = [str(number) for number in range(1, len(filled) - words + 1)]
    return len(filled) > 2 and filled == [*_NUMBERED[:words], *numbers]


def _is_total(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row adds others up: it says so in one of its first two cells, or anywhere if it names nothing else."""
    filled = [(at, text) for at, text in enumerate(cells) if text]
    totals = {at for at, text in filled[:_TOTAL_AMONG] if _says_total(text)}
    if not totals:
        return False
    if any(at in totals and "".join(text.split()).rstrip(":：") in _TOTALS for at, text in filled[:2]):
        return True
    if filled[0][0] in totals and not any(looks_like_firm(text) for _at, text in filled):
        return True
    return not any(
        at not in totals and at < len(header) and _NAMES.search(header[at]) and not _NO_NAMES.search(header[at])
        and not text.replace(".", "").replace(",", "").isdigit()
        for at, text in filled
    )  # fmt: skip


_TOTALS = frozenset({"合计", "总计", "小计", "累计", "共计"})
_TOTAL_AMONG = 8  # filled cells, among which a row says that it is a total


def _says_total(text: str) -> bool:
    if len(text) > 40 or not _MAY_TOTAL.search(text):
        return False
    words = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    return bool(_TOTAL.fullmatch(words) or _COUNT_LINE.fullmatch(words))


_MAY_TOTAL = re.compile(r"计|共|总|total", re.IGNORECASE)
_NUMBERING = re.compile(
    r"^(?:[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．:：]+|[(（]?[一二三四五六七八九十]{1,3}[)）]?\s+)\s*"
)
_COUNTED_BEHIND = re.compile(
    r"\s*(?:[(（\[]\s*(?:共|计|合计)?\s*\d+\s*[家项件人个份次笔名户]?\s*[)）\]]|共?\s*\d+\s*[家项件人个份次笔名户])\s*$"
)
_COUNT = re.compile(r"(?:共|计)?\d+(?:\.\d+)?[家项件人个份次笔名户]?")
_SERIAL = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?")
_FIRM = re.compile(
    r"(?:公司|厂|合作社|大学|学院|学校|中学|小学|研究[所院]|设计院|医院|科学院|农场|集团|事务所|银行|店|合伙|合伙企业|商行|经营部|协会|学会|基金会)"
    r"(?:[(（][^)）]*[)）])?$"
)
_GROUP_LENGTH = 24


def group_line(cells: Sequence[str], header: Sequence[str]) -> str:
    """What a line between the rows says of those below it (云渡县, 省级): its one text, without number and count.

    Empty for what may be a record: with more than a text and a count, in a table of fewer than three columns, or the
    name of an organisation.
    """
    filled = [text.strip() for text in cells if text]
    if not 1 <= len(filled) <= 3 or sum(map(bool, header)) < _GROUP_COLUMNS:
        return ""
    if len(filled) > 1 and _SERIAL.fullmatch(filled[0]):
        filled = filled[1:]
    text, *rest = filled
    if len(rest) > 1 or not all(_COUNT.fullmatch(unicodedata.normalize("NFKC", each)) for each in rest):
        return ""
    text = _COUNTED_BEHIND.sub("", _NUMBERING.sub("", text)).strip().rstrip(":：")
    is_name = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    return "" if not is_name or len(text) > _GROUP_LENGTH or looks_like_firm(text) or text in EMPTY_MARKS else text


_GROUP_COLUMNS = 3


def looks_like_firm(text: str) -> bool:
    """Whether a text ends as the name of an organisation does."""
    return bool(_FIRM.search(text))
