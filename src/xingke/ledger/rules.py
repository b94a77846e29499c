"""The ledger's rules, without a database: histories of titles and patents, reported figures, stated names."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import takewhile
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from pydantic import ConfigDict

from xingke.base.codes import (
    credit_code_faults,
    has_credit_form,
    is_copied_right,
    is_patent_number,
    normalise_code,
    normalise_patent_number,
)
from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.periods import Period
from xingke.base.refusals import YES, Answer, Refused, no
from xingke.base.sayings import NOTHING, Saying, Value, say
from xingke.ledger.kinds.record_kind import CLOSES, NEITHER, OPENS, Identity, RecordKind


class Happens(Protocol):
    """What happened on a day; until: the last day on which what it opens or renews holds, None where that has no end."""

    @property
    def event(self) -> str: ...

    @property
    def on(self) -> date: ...

    @property
    def until(self) -> date | None: ...


H = TypeVar("H", bound=Happens)


@dataclass(frozen=True)
class Happening:
    """One event of a history before it is filed: what, when, and any key of the caller's. until: see ``Happens``."""

    event: str
    on: date
    key: object = None
    until: date | None = None


class Step(NamedTuple, Generic[H]):
    """An event in its place: the order within the history (from 1) and its effect on being held (+1, 0, −1).

    lapses_on: the first day on which, by its own term, what it opened or renewed is no longer held; None where something
    else ended or renewed it first, or it has no term. origin: of a certificate, whether it was applied for: "applied", or
    "announced" where no application is held.
    """

    happening: H
    step: int
    effect: int
    lapses_on: date | None = None
    origin: str = ""


def may_receive(*, event: Value, region: str, holder: str, is_inside: bool) -> Answer:
    """Whether an organisation may take something over in a region: it is named, and lies there. holder: empty for none."""
    if not holder:
        return no(say("“%(event)s”要写明接收单位：请选定“%(region)s”接收的那家单位。", event=event, region=region))
    if not is_inside:
        return no(
            say(
                "“%(event)s”的接收单位要在“%(region)s”，“%(name)s”不在；请选定接收的那家单位，或先更正它的区划。",
                event=event,
                region=region,
                name=holder,
            )
        )
    return YES


def effects(kind: RecordKind, history: Iterable[H], *, said: Callable[[str], Value] = str) -> list[Step[H]]:
    """Order the events of one history and say what each does.

    Whether something is held is the running sum of the effects, always 0 or 1: a second 认定 while held opens nothing, and
    重新认定 opens only what had lapsed. What has a term ends by itself when that is over. said: how an event is called.
    Raises Refused naming the event for one its kind does not know, and for one that closes what was never held.
    """
    ordered = _ordered(kind, history)
    found = _worked_out(kind, ordered)
    if len(found) < len(ordered):
        wrong = ordered[len(found)]
        if wrong.event in kind.closing:
            why = kind.unheld
            raise Refused(say("%(day)s 的“%(event)s”%(why)s", day=str(wrong.on), event=said(wrong.event), why=why))
        raise Refused(say("没有名为“%(event)s”的事件。", event=wrong.event))
    return [Step(each, number, *told) for number, (each, told) in enumerate(zip(ordered, found, strict=True), 1)]


def _worked_out(kind: RecordKind, ordered: Sequence[Happens]) -> list[tuple[int, date | None, str]]:
    """Effect, day of lapse and origin of each, up to the first that cannot be."""
    events = tuple([each.event for each in ordered])
    if all(each.until is None for each in ordered):
        told: Sequence[int] = _effects_of(kind, events)
        lapses: list[date | None] = [None] * len(told)
    else:
        told, lapses = _effects_with_terms(kind, ordered)
    return list(zip(told, lapses, _origins(kind, events), strict=False))


def _effects_with_terms(kind: RecordKind, ordered: Sequence[Happens]) -> tuple[list[int], list[date | None]]:
    """The same of a history in which something ends by its own term."""
    found: list[int] = []
    lapses: list[date | None] = [None] * len(ordered)
    holder, until, has_lapsed = -1, None, False  # holder: the event that what is held goes back to; -1 while nothing is
    for place, each in enumerate(ordered):
        effect = kind.effects.get(each.event)
        if holder >= 0 and until is not None and _is_over(until, each, effect):
            lapses[holder], holder, has_lapsed = _lapse(until, ordered[holder]), -1, True
        if effect == OPENS:
            found.append(0 if holder >= 0 else 1)
            holder, until = place, each.until or (until if each.event not in kind.certifying else None)
        elif effect == CLOSES:
            if holder < 0 and not has_lapsed:
                break
            found.append(-1 if holder >= 0 else 0)  # what ended by itself is not ended again
            holder = -1
        elif effect == NEITHER:
            found.append(0)
        else:
            break
    if holder >= 0 and until is not None:
        lapses[holder] = _lapse(until, ordered[holder])
    return found, lapses


def _is_over(until: date, then: Happens, effect: int | None) -> bool:
    """Whether what held until a day had ended by itself when something happened; the day after, a renewal is in time."""
    gone = (then.on - until).days
    return gone > 1 or (gone == 1 and effect not in (OPENS, CLOSES))


def _lapse(until: date, opened: Happens) -> date:
    return max(until + timedelta(days=1), opened.on)


def _origins(kind: RecordKind, events: Sequence[str]) -> list[str]:
    """Of each certificate whether an application is held since the one before."""
    found, is_asked = [], False
    for event in events:
        found.append(("applied" if is_asked else "announced") if event in kind.certifying else "")
        is_asked = event == "applied" or (is_asked and event not in kind.certifying)
    return found


def last_day(kind: RecordKind, event: str, on: date, valid_years: int | None) -> date | None:
    """The day until which a certificate of that day holds by its title's term; None for no certificate or no term.

    Three years from 2021-11-15 end with 2024-11-14. Source: 国科发火〔2016〕32号 第十二条.
    """
    if event not in kind.certifying or not valid_years:
        return None
    return months_later(on, valid_years * 12) - timedelta(days=1)


def first_day(state: str, events: Iterable[tuple[str, date]]) -> date | None:
    """The day of a title or patent in a state, from those of its events: the first; of a confirmed one the first confirmed."""
    counting = {"confirmed"} if state == "confirmed" else {"confirmed", "draft"}
    return min((on for each, on in events if each in counting), default=None)


RENEWED_WITHIN = 12
"""Months after its end in which a title's next certificate still renews it: lists are often announced after the old
certificates ended. Local custom, no rule names a number [parameter]."""


def held_until(kind: RecordKind, history: Sequence[Happens], on: date) -> date | None:
    """The last day a title was held before a day: the day before for one still held; None if it never was."""
    steps = [step for step in effects(kind, history) if step.happening.on < on]
    level, last = 0, None
    for step in steps:
        level += step.effect
        if step.effect < 0:
            last = step.happening.on
        if step.lapses_on is not None and step.lapses_on <= on - timedelta(days=1):
            level, last = level - 1, step.lapses_on - timedelta(days=1)
    return on - timedelta(days=1) if level else last


def is_open(kind: RecordKind, history: Sequence[Happens], on: date) -> bool:
    """Whether a title is held on a day, or was asked for and not yet decided."""
    held = held_until(kind, history, on + timedelta(days=1))
    if held is not None:
        return held >= on
    return not any(each.event in kind.certifying for each in history)


def renewal_of(kind: RecordKind, history: Sequence[Happens], on: date, event: str) -> str:
    """What a certificate of that day is: 重新认定 of a title that was held until then or shortly before, else as it says."""
    earlier = [each for each in history if each.on < on]
    last = held_until(kind, earlier, on) if earlier else None
    if last is None:
        return event
    months = (on.year - last.year) * 12 + on.month - last.month
    return "re_recognised" if months <= RENEWED_WITHIN else event


def certificate(kind: RecordKind, state: str, events: Iterable[tuple[str, str, date, str]]) -> str:
    """The number of the certificate a title stands by now, from its events as (state, event, day, number): that of the
    last that gave one, as far as it counts (see ``first_day``); "" where that one says no number."""
    counting = {"confirmed"} if state == "confirmed" else {"confirmed", "draft"}
    given = [(on, number) for each, event, on, number in events if each in counting and event in kind.certifying]
    return max(given, default=(date.min, ""), key=lambda each: each[0])[1]


def is_possible(kind: RecordKind, history: Iterable[Happens]) -> bool:
    """Whether a history can have happened so."""
    found = list(history)
    if not kind.closing.isdisjoint([each.event for each in found]):  # else the order does not matter
        found = _ordered(kind, found)
    return len(_worked_out(kind, found)) == len(found)


def out_of_order(
    kind: RecordKind, history: Iterable[Happens], *, is_one_round: bool = False, said: Callable[[str], Value] = str
) -> Saying:
    """Why the days of a history cannot all be right: an event before one that always comes first; empty if they can.

    Only the first of each counts. is_one_round: the history is of one round, as a new record is; what has rounds is
    judged only so, for a title that is held is applied for again: then nothing that comes after may be left behind.
    """
    if kind.has_rounds and not is_one_round:
        return NOTHING
    first: dict[str, date] = {}
    last: dict[str, date] = {}
    for each in history:
        first[each.event] = min(each.on, first.get(each.event, each.on))
        last[each.event] = max(each.on, last.get(each.event, each.on))
    for before, after in kind.order:
        if before not in first or after not in first:
            continue
        later = [last[other] for each, other in kind.order if each == before and other in last]
        if (max(later) if kind.has_rounds else first[after]) < first[before]:
            return say(
                "%(after)s（%(later)s）早于%(before)s（%(earlier)s），不可能；请核对这两个日期。",
                after=said(after),
                later=str(first[after]),
                before=said(before),
                earlier=str(first[before]),
            )
    return NOTHING


def _ordered(kind: RecordKind, history: Iterable[H]) -> list[H]:
    return sorted(history, key=lambda each: (each.on, kind.places.get(each.event, 0)))


@lru_cache(4096)  # thousands of histories run alike
def _effects_of(kind: RecordKind, events: tuple[str, ...]) -> tuple[int, ...]:
    """What each of the events does, in their order, up to the first that cannot be."""
    held = False
    found: list[int] = []
    for event in events:
        does = kind.effects.get(event)
        if does == OPENS:
            effect = 0 if held else 1
        elif does == CLOSES and held:
            effect = -1
        elif does == NEITHER:
            effect = 0
        else:
            break
        held = held if effect == 0 else effect == 1
        found.append(effect)
    return tuple(found)


def exceeding(kind: RecordKind, measures: Mapping[str, Any]) -> tuple[tuple[str, ...], str] | None:
    """The measures that are more, together, than what they are parts of, and that other; None where all is well.

    Parts of one whole exclude each other: of the heads at a training some are farmers and others officials.
    """
    for whole in dict.fromkeys(kind.parts.values()):
        parts = tuple(name for name, of in kind.parts.items() if of == whole and measures.get(name) is not None)
        most = measures.get(whole)
        if most is None or sum(measures[name] for name in parts) <= most:
            continue
        return next(((name,) for name in parts if measures[name] > most), parts), whole
    return None


MORE_THAN_WHOLE = say("“%(part)s”不能多于“%(whole)s”，请核对。")


def number_year(number: str) -> int | None:
    """The year in which an application number was given out: 202310123456.6, 85100001.X; None for another number."""
    digits = number.partition(".")[0]
    if not digits.isdecimal() or len(digits) not in (8, 12):
        return None
    return int(digits[:4]) if len(digits) == 12 else 1900 + int(digits[:2]) + (100 if digits[:2] < "85" else 0)


BEFORE_NUMBER = say("%(event)s（%(day)s）早于申请号表示的年份 %(year)s，不可能；请核对日期和申请号。")
AFTER_NUMBER = say("%(event)s（%(day)s）晚于申请号表示的年份 %(year)s，请对照受理通知书或证书核对日期和申请号。")
DIVIDED = say("%(event)s（%(day)s）早于申请号表示的年份 %(year)s，只有分案等少数申请才会这样，请核对日期和申请号。")


def against_number(
    number: str, history: Iterable[Happens], *, said: Callable[[str], Value] = str
) -> tuple[Saying, Saying]:
    """What of a patent's days cannot be with its number, and what hardly can: empty where they agree.

    A number says the year it was given out in: that of the application, but of a divided application, which keeps the day of
    the first. Source: 《专利申请号标准》（ZC 0006—2003）.
    """
    year, wrong, doubt = number_year(number), NOTHING, NOTHING
    if year is None:
        return wrong, doubt
    for each in history:
        told = {"event": said(each.event), "day": str(each.on), "year": str(year)}
        if each.event == "applied" and each.on.year > year:
            doubt = doubt or AFTER_NUMBER.filled(**told)
        elif each.event == "applied" and each.on.year < year:
            doubt = doubt or DIVIDED.filled(**told)
        elif each.on.year < year:
            wrong = wrong or BEFORE_NUMBER.filled(**told)
    return wrong, doubt


LATER_THAN_TERM = say("有效期至 %(until)s 比这项资质的有效年限（至 %(usual)s）长，请对照证书核对。")


def later_than_term(until: date | None, usual: date | None) -> Saying:
    """What speaks against the last day of a certificate that holds much longer than its title's term; empty for nothing."""
    if until is None or usual is None or until <= months_later(usual, 1):
        return NOTHING
    return LATER_THAN_TERM.filled(until=str(until), usual=str(usual))


WITH_ITSELF = say("“%(name)s”既是卖方又是买方，不可能；请核对。")


def with_itself(holder: str, counterpart: str) -> Saying:
    """That both sides of a contract are one; empty where they are not."""
    names = ["".join(unicodedata.normalize("NFKC", name).split()) for name in (holder, counterpart)]
    return WITH_ITSELF.filled(name=counterpart) if names[0] and names[0] == names[1] else NOTHING


@dataclass(frozen=True, slots=True)
class Thing:
    """What tells a record from the others of its kind: see ``Identity``. holder: the organisation, or the region."""

    terms: tuple[str, ...]
    holder: object
    name: str
    number: str
    first: date | None

    @classmethod
    def of(
        cls, kind: RecordKind, fields: Mapping[str, str], *, holder: object, first: date | None, is_named: bool = True
    ) -> "Thing":
        """The thing some columns speak of. is_named: of a title, whether one holder may have several, each with its name."""
        is_renewed = kind.identity is Identity.RENEWED
        names = (kind.lasting,) if is_renewed else kind.telling
        return cls(
            terms=tuple(fields.get(name, "") for name in names),
            holder=holder,
            name="" if is_renewed and not is_named else fields.get("name", "").strip(),
            number="" if is_renewed else normalise_code(fields.get("number", "")),
            first=first if kind.identity is Identity.NAME_AND_DAY else None,
        )

    @property
    def named(self) -> tuple[object, ...]:
        """What names it without its number."""
        return (self.terms, self.holder, self.name, self.first)

    def key(self, kind: RecordKind) -> object:
        """What no two rows of one file may share."""
        return self.number if self.number and kind.identity is Identity.NUMBER else (*self.named, self.number)


def same_thing(kind: RecordKind, one: Thing, other: Thing) -> bool:
    """Whether two records of one kind speak of the same thing. A number that only one of them has does not part them."""
    if one.number and other.number and (kind.identity is Identity.NUMBER or one.number != other.number):
        return one.number == other.number
    return one.named == other.named


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
                "“%(number)s”不是专利申请号：应为 8 或 12 位数字加一位校验位，如 202310123456.6。",
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


_CHECKED_PLACES = {17: say("第 17 位（主体标识码的校验位）"), 18: say("第 18 位（校验位）")}


def credit_code(written: str) -> ReadNumber:
    """A 统一社会信用代码 as it is kept, and which of its check characters does not hold. Raises Refused if it is none."""
    kept = normalise_code(written)
    if not has_credit_form(kept):
        if len(kept) != 18:
            raise Refused(say("统一社会信用代码应为 18 位，这里是 %(count)s 位。", count=len(kept)))
        raise Refused(say("统一社会信用代码应为 18 位数字和大写字母，不含 I、O、S、V、Z。"))
    if is_copied_right(kept):
        return ReadNumber(kept)
    faults = tuple(_CHECKED_PLACES[place] for place in credit_code_faults(kept))
    return ReadNumber(
        kept, say("统一社会信用代码 %(code)s 的%(places)s不对，请对照营业执照核对。", code=kept, places=faults)
    )


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
APPROXIMATIONS = ("余", "多", "近", "不足", "超", "约", "以上", "达上", "以内")


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


EARLIEST = date(1949, 10, 1)
"""The first day something of the ledger can have happened; earlier ones are slips, 1900-01-00 of a spreadsheet among them."""
_DAY = re.compile(
    r"(?P<year>\d{4})(?: ?(?P<mark>[-/.]) ?(?P<month>\d{1,2}) ?(?P=mark) ?(?P<day>\d{1,2})\.?"
    r"| ?年 ?(?P<month_>\d{1,2}) ?月 ?(?P<day_>\d{1,2})(?: ?[日号])?|(?P<month__>\d\d)(?P<day__>\d\d))"
)
_WEEKDAY = re.compile(r"[(,]?(?:星期|周|礼拜)([一二三四五六日天])\)?")
_TIME = re.compile(
    r"(?P<before>上午|下午|晚上|中午|凌晨|早上|am|pm)?(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})?分?(?:[:]?(?P<second>\d{1,2})(?:[.,]\d+)?秒?)?"
    r"|(?P<minute_>\d\d)(?P<second_>\d\d))(?P<after>am|pm)?(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)?"
)
_HALF_DAY = re.compile(r"全天|上午|中午|下午|晚上|早上|凌晨|上下午|am|pm")
_WHILE = re.compile(
    r"((?:上午|中午|下午|晚上|早上)?\d{1,2}[:时点](?:\d{2}分?)?)[-—–~至到]+((?:上午|中午|下午|晚上|早上)?\d{1,2}[:时点](?:\d{2}分?)?)"
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
        int(found["year"]),
        int(found["month"] or found["month_"] or found["month__"]),
        int(found["day"] or found["day_"] or found["day__"]),
    )
    is_apart = rest[:1] != "t"  # 2024-03-05T09:00-05:00 has a zone, 2024-03-05 09:00-11:30 is a while
    rest = rest.replace(" ", "")
    if named := _WEEKDAY.match(rest):
        if "一二三四五六日".index(named[1].replace("天", "日")) != day.weekday():
            raise ValueError(f"{text!r} is another day of the week")
        rest = rest[named.end() :]
    rest = rest.removeprefix("t").removeprefix(",")
    if not rest or _HALF_DAY.fullmatch(rest):
        return day
    if is_apart and (found := _WHILE.fullmatch(rest)):
        first, last = (_with_time(day, each, text) for each in (found[1], found[2]))
        if first == last == day:
            return day
    return _with_time(day, rest, text)


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


_COUNTED = re.compile(r"([0-9]{1,6}|[一二两三四五六七八九十]{1,3})[场期班次件项家人名个]?")


def is_several(text: str) -> bool:
    """Whether a cell counts more than one: 3, 三场; not where it says nothing of a number."""
    words = "".join(unicodedata.normalize("NFKC", text).split())
    found = _COUNTED.fullmatch(words)
    return found is not None and found[1] not in ("0", "1", "一") and found[1].lstrip("0") not in ("", "1")


_TERM = re.compile(r"([0-9]{1,2}|[一二两三四五六七八九十])(?:周)?(年|个?月)?")
_SPAN = re.compile(r"(.{8,}?)\s*(?:至|到|[-—~]+)\s*(\d{4}.{4,})")
ENDLESS = ("长期", "长期有效", "永久", "永久有效", "不限")


def written_last_day(text: str, on: date) -> date:
    """The last day on which a certificate of a day holds, as lists say it: 三年, 3, 36个月, 2028-10-27, 2025-10-28至2028-10-27.

    A bare number is years. Raises ValueError for anything else, and for a day before ``on``.
    """
    words = unicodedata.normalize("NFKC", text).strip().removeprefix("至").removesuffix("止")
    if found := _TERM.fullmatch("".join(words.split())):
        length = _chinese_number(found[1].replace("两", "二")) if not found[1].isdecimal() else int(found[1])
        months = length if found[2] and found[2].endswith("月") else length * 12
        if not 0 < months <= 50 * 12:
            raise ValueError(f"{text!r} is no term")
        return months_later(on, months) - timedelta(days=1)
    until = written_day(found[2] if (found := _SPAN.fullmatch(words)) else words)
    if until < on:
        raise ValueError(f"{text!r} is before {on}")
    return until


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later (or earlier), or the month's last where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):  # of 31 January a month later is the end of February
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


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
        at not in totals
        and at < len(header)
        and _NAMES.search(header[at])
        and not _NO_NAMES.search(header[at])
        and not text.replace(".", "").replace(",", "").isdigit()
        for at, text in filled
    )


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
