"""Aspects of a figure: how each is read from values, and how it is said. One entry of ``ASPECTS`` makes one aspect.

What is read can always be read again at the same ledger number, so every aspect can be frozen, verified and explained.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import takewhile

from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.base.quantities import format_number
from xingke.base.sayings import NOTHING, Saying, say
from xingke.indicators import rules
from xingke.indicators.queries import indicator
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Growth, Value, said
from xingke.indicators.rules import Indicator
from xingke.indicators.rules.aspect_names import ASPECT_NAMES, split
from xingke.indicators.rules.identities import is_part
from xingke.ledger.rules import Told
from xingke.registry import queries as registry
from xingke.registry.models import Region

LOOKED_BACK = 10  # like periods before, in which a record high is looked for
EARLIER_NEEDED = 4  # of them known without a gap before one is claimed: five years with the present one
EARLIER_NEEDED_ONCE = 3  # for figures frozen when three were enough: they recompute by what they were frozen with
IN_MULTIPLES = 200  # percent of growth from which 倍 is said: below, reports write percents (增长130.2%)


@dataclass(frozen=True, kw_only=True)
class AspectReading:
    """What an aspect says, and from which values; text is None where it says nothing.

    told: the row where the aspect itself was reported. why: what is missing; empty where nothing is missing and the
    thing is simply not so (no record high, no growth in multiples).
    """

    text: str | None = None
    amount: Decimal | None = None
    values: tuple[Value, ...] = ()
    told: Told | None = None
    why: Saying = NOTHING


NOT_SO = AspectReading()


@dataclass(frozen=True)
class Question:
    """One indicator, place and period, and the other indicator where the aspect needs one."""

    reader: Reader
    asked: Indicator
    region: Region
    period: Period
    other: Indicator | None = None

    @cached_property
    def now(self) -> Value:
        return self.reader.value(self.asked, self.region, self.period)

    @cached_property
    def growth(self) -> Growth:
        return self.reader.growth(self.asked, self.region, self.period)

    def value(self, asked: Indicator, period: Period) -> Value:
        return self.reader.value(asked, self.region, period)


@dataclass(frozen=True, kw_only=True)
class Aspect:
    """How an aspect is read; periods: what else it looks at than the period and the like one a year before.

    compares: it holds the period against the like one a year before, which a longer one overlaps.
    """

    read: Callable[[Question], AspectReading]
    compares: bool = False
    periods: Callable[[Question], Sequence[Period]] = lambda _question: ()


def read(reader: Reader, asked: Indicator, region: Region, period: Period, aspect: str) -> AspectReading:
    """One aspect of an indicator. Raises LookupError for an unknown aspect or other indicator."""
    code, other = split(aspect)
    question = Question(reader, asked, region, period, reader.indicator(other, region=region) if other else None)
    if asked.nature not in ASPECT_NAMES[code].natures:
        return AspectReading(why=say("“%(name)s”无从说起：这类指标不适用。", name=label(asked, aspect, region=region)))
    if ASPECTS[code].compares and period.length > 12:
        return AspectReading(why=say("%(period)s超过一年，与上年同期重叠，不能相比。", period=period))
    found = ASPECTS[code].read(question)
    beyond = () if found.told else tuple(value for value in found.values if value.is_beyond)
    return AspectReading(why=_beyond(beyond[0])) if beyond else found


def read_together(reader: Reader, wanted: Sequence[tuple[str, str]], region: Region, period: Period) -> None:
    """Fetch in a few passes what many (indicator, aspect) pairs will be read from, and seal the evidence behind them."""
    questions = []
    for code, aspect in wanted:
        name, other = split(aspect)
        asked = [reader.indicator(each, region=region) for each in (code, other) if each]
        questions.append((ASPECTS[name], Question(reader, asked[0], region, period, *asked[1:])))
    usual = {each.code: each for _aspect, question in questions for each in (question.asked, question.other) if each}
    near = [period, period.year_before]
    reader.values(list(usual.values()), reader.peers(region, period), near)
    further: dict[tuple[Period, ...], dict[str, Indicator]] = {}
    for how, question in questions:
        if periods := tuple(how.periods(question)):
            further.setdefault(periods, {})[question.asked.code] = question.asked
    for periods, some in further.items():
        reader.values(list(some.values()), [region], periods)
    readings = [read(reader, reader.indicator(code, region=region), region, period, aspect) for code, aspect in wanted]
    spoken = [reading for reading in readings if reading.text is not None and reading.told is None]
    reader.seal(leaf for reading in spoken for value in reading.values for leaf in reader.leaves(value))


# ── each aspect ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _level(question: Question) -> AspectReading:
    return _said(question.now)


def _before(question: Question) -> AspectReading:
    return _said(question.value(question.asked, question.period.year_before))


def _said(value: Value) -> AspectReading:
    if not value.is_known:
        return AspectReading(why=why_unknown(value))
    if value.indicator.net and value.amount is not None and value.amount < 0:
        return AspectReading(
            why=say("“%(name)s”%(period)s为负数，不能说成净增。", name=value.indicator.label, period=value.period)
        )
    return AspectReading(text=value.text, amount=value.amount, values=(value,))


def _growth(question: Question) -> AspectReading:
    growth = question.growth
    if growth.amount is None:
        return AspectReading(why=_no_growth(question))
    values = (growth.now, growth.base)
    return AspectReading(text=growth.text, amount=growth.amount, values=values, told=growth.observation)


def _no_growth(question: Question) -> Saying:
    now, base = question.growth.now, question.growth.base
    name = question.asked.label
    if not now.is_known:
        return why_unknown(now)
    if question.asked.growth == "none":
        return say("“%(name)s”按定义不计算同比。", name=name)
    if base.is_known:
        if problem := _unlike(now, base) or _exact(now, base)[1]:
            return problem
        return say("“%(name)s”%(period)s为零，不能计算同比。", name=name, period=base.period)
    return say("“%(name)s”没有%(period)s的同期数，不能计算同比。", name=name, period=base.period)


def _times(question: Question) -> AspectReading:
    growth = question.growth
    if growth.amount is None:
        return AspectReading(why=_no_growth(question))
    if growth.kind != "percent" or growth.observation is not None or growth.amount < IN_MULTIPLES:
        return NOT_SO
    text = f"增长{format_number(growth.amount / 100, 1)}倍"
    return AspectReading(text=text, amount=growth.amount, values=(growth.now, growth.base))


def _rank(question: Question) -> AspectReading:
    rank = question.reader.rank(question.asked, question.region, question.period)
    if not rank.place:
        if not question.now.is_known:
            return AspectReading(why=why_unknown(question.now))
        if all(value.is_known for value in rank.values) and (problem := _exact(*rank.values)[1]):
            return AspectReading(why=problem)
        if all(value.is_known for value in rank.values) and len(rank.values) > 1:
            return AspectReading(why=say("“%(name)s”为零，或者各地都一样，不排位次。", name=question.asked.label))
        return AspectReading(why=say("“%(name)s”同级区划的数据不全，不能排位。", name=question.asked.label))
    if not rank.word:
        return AspectReading(why=say("“%(name)s”上报的位次没有说明在哪个范围内，不能写。", name=question.asked.label))
    return AspectReading(text=rank.text, amount=Decimal(rank.place), values=rank.values, told=rank.observation)


def _net(question: Question) -> AspectReading:
    now, base = question.growth.now, question.growth.base
    amounts, problem = _exact(now, base)
    if problem := problem or _unlike(now, base):
        return AspectReading(why=problem)
    change = amounts[0] - amounts[1]
    size, unit = rules.visible(abs(change), question.asked.unit, question.asked.decimals)
    then = "上年" if question.period.is_year else "上年同期"
    if Decimal(size):
        more, less = ("增加", "减少") if question.asked.nature == "flow" else ("净增", "净减")
        text = f"比{then}{more if change > 0 else less}{rules.in_a_sentence(size, unit)}{unit}"
    else:
        text = f"与{then}持平"
    return AspectReading(text=text, amount=change, values=(now, base))


def _since_kept(question: Question) -> Sequence[Period]:
    """From the month records are kept from until the end of the period; nothing where that is not longer."""
    first = question.reader.kept_from(question.region, question.asked.of)
    if first is None or question.period.is_day or first >= question.period.first:
        return ()
    return (Period(first, question.period.last),)


def _total(question: Question) -> AspectReading:
    for period in _since_kept(question):
        found = _said(question.value(question.asked, period))
        if found.text is None or period.first.year == question.period.first.year:
            return found
        (value,) = found.values
        text = said(value.said_number, rules.turns_word(value.unit), value.approximation)
        return replace(found, text=f"{text}（{since_words(period)}）")
    return AspectReading(
        why=say("“%(name)s”没有%(period)s以前的台账记录，不能累计。", name=question.asked.label, period=question.period)
    )


def _share(question: Question) -> AspectReading:
    assert question.other is not None  # checked where the aspect is written
    part, whole = question.now, question.value(question.other, question.period)
    share, problem = _share_of(part, whole)
    if share is None:
        return AspectReading(why=problem)
    return AspectReading(text=f"{format_number(share, 1)}%", amount=share, values=(part, whole))


def _share_growth(question: Question) -> AspectReading:
    assert question.other is not None  # checked where the aspect is written
    values = tuple(
        question.value(each, period)
        for period in (question.period, question.period.year_before)
        for each in (question.asked, question.other)
    )
    (now, why_now), (base, why_then) = _share_of(*values[:2]), _share_of(*values[2:])
    if now is None or base is None:
        return AspectReading(why=why_now or why_then)
    if problem := _unlike(values[0], values[2]) or _unlike(values[1], values[3]):
        return AspectReading(why=problem)
    return AspectReading(
        text=rules.growth_text(now - base, kind="points", decimals=1), amount=now - base, values=values
    )


def _share_of(part: Value, whole: Value) -> tuple[Decimal | None, Saying]:
    """A part in percent of its whole, or why it cannot be said."""
    names = {"part": part.indicator.label, "whole": whole.indicator.label}
    identities = [each.value for each in registry.catalogue("identity").values()]
    if not is_part(part.indicator, whole.indicator, identities):
        return None, say("“%(part)s”不是“%(whole)s”的一部分，不能说占比。", **names)
    amounts, problem = _exact(part, whole)
    if problem:
        return None, problem
    if part.indicator.unit != whole.indicator.unit:
        return None, say("“%(part)s”占“%(whole)s”的比重：两者单位不同，不能计算。", **names)
    if amounts[1] <= 0:
        return None, say("“%(whole)s”%(period)s为零，不能计算比重。", **names, period=whole.period)
    if not 0 <= amounts[0] <= amounts[1]:
        return None, say("“%(part)s”占“%(whole)s”的比重：部分大于整体，请核对两个数。", **names)
    return amounts[0] / amounts[1] * 100, NOTHING


def _like_periods(question: Question) -> Sequence[Period]:
    return tuple(question.period.years_before(years) for years in range(1, LOOKED_BACK + 1))


def _high(question: Question) -> AspectReading:
    """Above every earlier like period that is known, with the last ones known without a gap.

    Says since when: the first of those without a gap. Older known ones may not be above it either.
    """
    if not question.now.is_known:
        return AspectReading(why=why_unknown(question.now))
    earlier = question.reader.values([question.asked], [question.region], _like_periods(question))
    known = [value for value in earlier if value.is_known]
    unbroken = list(takewhile(lambda value: value.is_known, earlier))
    needed = EARLIER_NEEDED_ONCE if question.reader.is_recomputing else EARLIER_NEEDED
    if question.asked.direction != "up" or len(unbroken) < needed:
        return NOT_SO
    values = (question.now, *known)
    amounts = [value.amount for value in values if value.amount is not None]
    if any(value.is_rough for value in values) or amounts[0] <= max(amounts[1:]):
        return NOT_SO
    return AspectReading(text=f"创{unbroken[-1].period.first.year}年以来新高", amount=amounts[0], values=values)


ASPECTS: Mapping[str, Aspect] = {
    "level": Aspect(read=_level),
    "growth": Aspect(read=_growth, compares=True),
    "times": Aspect(read=_times, compares=True),
    "rank": Aspect(read=_rank),
    "before": Aspect(read=_before, compares=True),
    "net": Aspect(read=_net, compares=True),
    "total": Aspect(read=_total, periods=_since_kept),
    "share": Aspect(read=_share),
    "share_growth": Aspect(read=_share_growth, compares=True),
    "high": Aspect(read=_high, compares=True, periods=_like_periods),
}


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def since_words(period: Period) -> str:
    """Since when a total counts: 2019年以来, 2019年7月以来."""
    month = "" if period.first.month == 1 else f"{period.first.month}月"
    return f"{period.first.year}年{month}以来"


def called(asked: Indicator, aspect: str, *, language: str = "zh", region: Region | None = None) -> str:
    """What a figure is called: the indicator, and which aspect of it: 发明专利拥有量（同比）."""
    return label(asked, aspect, region=region).in_language(language)


def label(asked: Indicator, aspect: str, *, region: Region | None = None) -> Label:
    """What a figure is called, in both languages."""
    code, other = split(aspect)
    of = indicator(other, region=region).label if other else None
    about = Label(ASPECT_NAMES[code].called("zh", of), ASPECT_NAMES[code].called("en", of))
    if not about.zh:
        return asked.label
    return Label(f"{asked.label.zh}（{about.zh}）", f"{asked.label.en} ({about.en})")


def why_unknown(value: Value) -> Saying:
    """Why a value cannot be said, in a sentence for the list of gaps."""
    name, period = value.indicator.label, value.period
    if value.status == "ambiguous":
        return say("“%(name)s”有 %(count)s 个不同的上报数，须先选定采用哪一个。", name=name, count=len(value.rivals))
    if value.status == "partial" and value.covered:
        known, of = value.covered.known, value.covered.of
        return say("“%(name)s”%(of)s 个下级区划中只有 %(known)s 个已知。", name=name, of=of, known=known)
    if value.missing:
        missing = tuple(indicator(code).label for code in value.missing)
        return say("“%(name)s”没有%(period)s的数据（缺%(missing)s）。", name=name, period=period, missing=missing)
    return say("“%(name)s”没有%(period)s的数据。", name=name, period=period)


def _unlike(now: Value, base: Value) -> Saying:
    """Why two values cannot be compared that are not known in the same way; nothing where they are."""
    if now.route == base.route:
        return NOTHING
    return say(
        "“%(name)s”%(base)s与%(period)s的数来源不同（台账、上报或合计），不能相比。",
        name=now.indicator.label,
        base=base.period,
        period=now.period,
    )


def _beyond(value: Value) -> Saying:
    """Why a rate beyond what it can be at most is not said."""
    return say(
        "“%(name)s”%(period)s为 %(text)s，分子不全在分母之内，不能说成比率。",
        name=value.indicator.label,
        period=value.period,
        text=value.text,
    )


def _exact(*values: Value) -> tuple[Sequence[Decimal], Saying]:
    """The amounts of some values to reckon with; where one is unknown or an approximation, none and why."""
    for value in values:
        if value.amount is None:
            return (), why_unknown(value)
        if value.is_rough:
            name, period = value.indicator.label, value.period
            return (), say(
                "“%(name)s”%(period)s是约数（%(text)s），不能据以计算。", name=name, period=period, text=value.text
            )
    return [value.amount for value in values if value.amount is not None], NOTHING
