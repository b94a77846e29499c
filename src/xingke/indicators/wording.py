"""How values and definitions are said on a page, in the reader's language. Documents have their own words: see rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import dateformat
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from xingke.base import expressions
from xingke.base.periods import Period
from xingke.base.quantities import format_number, round_half_up
from xingke.base.templatetags.xk import number as written
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators.models import Figure
from xingke.indicators.queries import indicators
from xingke.indicators.queries.values import Growth, Rank, Value
from xingke.indicators.rules import Example, ExampleEvent, Indicator, sum_word, turns_word
from xingke.indicators.rules.identities import IndicatorIdentity
from xingke.ledger.rules import Told
from xingke.ledger.tables import TABLES
from xingke.ledger.words import Words, approximated, field_word, kind_word, measured

GROUPS = {
    "firms": gettext_lazy("科技企业"),
    "carriers": gettext_lazy("创新平台与载体"),
    "patents": gettext_lazy("知识产权"),
    "economy": gettext_lazy("投入与产出"),
    "projects": gettext_lazy("科技项目"),
    "market": gettext_lazy("成果转化与合作"),
    "people": gettext_lazy("人才与培训"),
    "outreach": gettext_lazy("服务与科普"),
    "services": gettext_lazy("办件"),
}
NATURES = {
    "flow": gettext_lazy("期间数：数报告期内发生的事"),
    "stock": gettext_lazy("期末数：数报告期最后一天仍然有效的"),
    "ratio": gettext_lazy("比率：由其他指标按公式计算"),
    "observed": gettext_lazy("上报数：由有关单位报送，本系统不计数"),
}
ROUTES = {
    "records": gettext_lazy("台账计数"),
    "observation": gettext_lazy("上报数"),
    "children": gettext_lazy("下级合计"),
    "formula": gettext_lazy("公式计算"),
}
AMONG = {"全国": gettext_lazy("全国"), "全省": gettext_lazy("全省"), "全市": gettext_lazy("全市")}
DIRECTIONS = {
    "up": gettext_lazy("越大越好"),
    "down": gettext_lazy("越小越好"),
    "none": gettext_lazy("不分好坏，不排位次"),
}
OVER_TIME = {
    "sum": gettext_lazy("各期相加"),
    "last": gettext_lazy("取期末一天，各期不相加"),
    "none": gettext_lazy("各期不相加，按整个报告期重新计算"),
}
OVER_REGIONS = {
    "sum": gettext_lazy("下级都有数时相加；缺一个就不合计，只说明有几个已知"),
    "none": gettext_lazy("不相加"),
}
GROWTHS = {
    "percent": gettext_lazy("与上年同期相比的百分比"),
    "points": gettext_lazy("与上年同期相差的百分点"),
    "none": gettext_lazy("不计算"),
}


def language() -> str:
    """The reader's language."""
    return get_language() or "zh-hans"


@dataclass(frozen=True)
class PlainNumber:
    """A number as it is to be printed, trailing zeros included: components print it and leave it alone."""

    text: str

    def __str__(self) -> str:
        return self.text


def group_word(code: str) -> str:
    """A group of indicators in words; a pack's own group as it is written."""
    return str(GROUPS.get(code, code))


def route_word(route: str) -> str:
    """How a value is known, in two or three words."""
    return str(ROUTES.get(route, ""))


def amount_words(value: Value, words: Words) -> tuple[PlainNumber, str]:
    """A value's number with thousands separated and its approximation (``220余``, ``近50``), and the unit after it."""
    if value.amount is None:
        return PlainNumber("—"), ""
    number = "—".join(written(end, len(end.partition(".")[2])) for end in value.bounds)
    number, after = approximated(number, value.approximation)
    return PlainNumber(number), f"{words.unit_after(value.unit)}{after}"


def part_words(value: Value) -> PlainNumber:
    """The sum of the parts that are known, where not all are."""
    decimals = value.indicator.decimals
    number = written(format_number(value.known_part or Decimal(0), decimals), decimals)
    return PlainNumber("".join(approximated(number, value.rough)))


@dataclass(frozen=True)
class GrowthWords:
    """A growth as a card shows it: ``+13.5%``; direction up, down or flat; judgement good, bad or none."""

    text: str = ""
    direction: str = ""
    judgement: str = ""


def change(growth: Growth | None) -> GrowthWords:
    """A growth in figures; an empty one where it is unknown. Judged only where the definition says which way is good."""
    if growth is None or growth.amount is None:
        return GrowthWords()
    places = 2 if growth.kind == "points" else 1
    if growth.observation is not None:
        places = growth.observation.decimals
    rounded = round_half_up(growth.amount, places)
    text = _signed(rounded, places, growth.kind)
    if growth.observation is not None:
        text = "".join(approximated(text, growth.observation.approximation))
    if not rounded:
        return GrowthWords(text, "flat")
    wanted = growth.now.indicator.direction
    if wanted == "none":
        return GrowthWords(text, "up" if rounded > 0 else "down")
    good = (rounded > 0) == (wanted == "up")
    return GrowthWords(text, "up" if rounded > 0 else "down", "good" if good else "bad")


def _signed(rounded: Decimal, places: int, kind: str) -> str:
    unit = _("个百分点") if kind == "points" else "%"
    size = written(f"{abs(rounded):f}", places)
    return f"{'+' if rounded > 0 else '−'}{size}{unit}" if rounded else _("持平")


def spoken_change(figure: Figure, asked: Indicator) -> str:
    """The growth a document speaks: in Chinese as it stands there, else in figures."""
    if language().startswith("zh"):
        return figure.text
    places = 2 if asked.growth == "points" else 1
    return _signed(round_half_up(Decimal(figure.value), places), places, asked.growth)


@dataclass(frozen=True)
class TwoGrowths:
    """A growth that was worked out from two values, and the one somebody reported."""

    computed: str
    reported: str
    agree: bool


def two_growths(growth: Growth) -> TwoGrowths | None:
    """Both growths where both exist."""
    row = growth.reported
    if row is None or growth.amount is None:
        return None
    return TwoGrowths(change(growth).text, Words().amount(row), growth.agrees)


def plain_number(amount: Decimal) -> str:
    """An exact amount with thousands separated, without zeros at its end; six decimals are enough."""
    exact = round_half_up(amount, 6).normalize()
    return written(exact, max(0, -int(exact.as_tuple().exponent)))


def total_words(value: Value, words: Words) -> str:
    """What was counted since the records begin: 自2023年1月起累计120家。"""
    first = value.period.first
    month = period_words(Period.months(first.year, first.month, first.year, first.month))
    number, unit = amount_words(value, words)
    if value.unit == "家" and first.year < value.period.last.year:
        unit = words.unit_after(turns_word(value.unit))
    return _("自%(month)s起累计%(figure)s。") % {"month": month, "figure": measured(number, unit)}


def sum_words(value: Value, parts: Sequence[Value]) -> PlainNumber:
    """What the parts of a value add up to."""
    total = sum((part.amount for part in parts if part.amount is not None), Decimal(0))
    number = written(format_number(total, value.indicator.decimals), value.indicator.decimals)
    return PlainNumber("".join(approximated(number, sum_word(part.rough_word for part in parts))))


def running_words(today: date) -> str:
    """The year under way as a page says it: until which day."""
    return _("%(year)d年（截至%(day)s）") % {"year": today.year, "day": dateformat.format(today, _("n月j日"))}


def rank_words(rank: Rank | None) -> str:
    """A place in words; empty where it is unknown."""
    if rank is None or rank.place is None:
        return ""
    words = {"among": AMONG.get(rank.word, rank.word), "place": rank.place, "of": rank.of}
    if not rank.of:
        return _("%(among)s第 %(place)s 位（上报）") % words
    if rank.is_shared:
        return _("%(among)s并列第 %(place)s 位（共 %(of)s 个）") % words
    return _("%(among)s第 %(place)s 位（共 %(of)s 个）") % words


def why_unknown(value: Value, words: Words) -> str:
    """Why there is no number, in one sentence; empty where there is one."""
    match value.status:
        case "ambiguous":
            return _("有 %(count)s 个不同的上报数，等待选定。") % {"count": len(value.rivals)}
        case "unknown" if value.missing:
            return _("缺少：%(names)s。") % {"names": names(value.missing, words)}
        case "unknown" if value.covered is not None:
            return _("%(count)s 个下级区划都没有数。") % {"count": value.covered.of}
        case "unknown":
            return _("没有台账记录，也没有上报数。")
    return ""


def names(codes: Sequence[str], words: Words) -> str:
    """Indicators by their names, one after the other."""
    return _("、").join(words.indicator(code) for code in codes)


def observed_words(row: Told) -> str:
    """A reported figure and where it stands."""
    return _("%(figure)s（%(place)s）") % {"figure": Words().amount(row), "place": place_words(row)}


def place_words(row: Told) -> str:
    """The document a reported figure stands in, and the place in it."""
    return _("文件 %(document)s，%(place)s") % {"document": row.document, "place": row.place}


# ── definitions ─────────────────────────────────────────────────────────────────────────────────────────────────────


def definition_facts(asked: Indicator, digest: str, words: Words) -> list[dict[str, Any]]:
    """A definition in words, as rows of a definition_list."""
    facts: list[dict[str, Any]] = [
        {"label": _("含义"), "value": asked.meaning.in_language(language())},
        {"label": _("性质"), "value": NATURES[asked.nature]},
    ]
    if asked.of:
        facts.append({"label": _("数什么"), "value": what_is_counted(asked, words)})
    if asked.formula:
        facts.append({"label": _("公式"), "value": formula_words(asked.formula, words)})
    facts += [
        {
            "label": _("计量单位"),
            "value": words.unit(asked.unit),
            "note": _("保留 %(n)s 位小数") % {"n": asked.decimals} if asked.decimals else "",
        },
        {"label": _("时间汇总"), "value": OVER_TIME[asked.over_time]},
        {
            "label": _("区划汇总"),
            "value": _("下级都有台账时合在一起重新数，不相加") if asked.distinct else OVER_REGIONS[asked.over_regions],
        },
        {"label": _("同比"), "value": GROWTHS[asked.growth]},
        {"label": _("方向"), "value": DIRECTIONS[asked.direction]},
        {"label": _("依据"), "value": asked.source},
        {
            "label": pgettext("one", "版本"),
            "value": _("第 %(n)s 版") % {"n": asked.version},
            "note": _("定义摘要 %(hash)s") % {"hash": digest[:16]},
        },
    ]
    return facts


def what_is_counted(asked: Indicator, words: Words) -> str:
    """Which records and events a flow or stock counts: ``资质认定记录（资质：高新技术企业），事件：认定、重新认定``."""
    kind = TABLES[asked.of]
    conditions = [
        _("%(field)s：%(values)s")
        % {
            "field": field_word(name),
            "values": _("、").join(words.term(kind.field_list(name), code) for code in asked.allows(name)),
        }
        for name in asked.where
    ]
    what = _("%(kind)s记录") % {"kind": kind_word(asked.of)}
    if conditions:
        what = _("%(what)s（%(conditions)s）") % {"what": what, "conditions": _("；").join(conditions)}
    if asked.distinct:
        return _distinct_words(asked, what, words)
    if asked.nature == "stock":
        return _("%(what)s，报告期末持有的每一项计 1") % {"what": what}
    if asked.net:
        return _("%(what)s，取得计 +1，失去计 −1") % {"what": what}
    events = _("、").join(words.event(asked.of, code) for code in asked.events)
    if asked.sum:
        said = {"what": what, "events": events, "measure": field_word(asked.sum)}
        return _("%(what)s，事件：%(events)s，%(measure)s相加") % said
    return _("%(what)s，事件：%(events)s，每件计 1") % {"what": what, "events": events}


def _distinct_words(asked: Indicator, what: str, words: Words) -> str:
    """Whom an indicator counts once."""
    once = _("同一单位只计一次") if asked.distinct == "organisation" else _("同一人只计一次")
    if asked.nature == "stock":
        return _("%(what)s，报告期末持有的，%(once)s") % {"what": what, "once": once}
    events = _("、").join(words.event(asked.of, code) for code in asked.events)
    return _("%(what)s，事件：%(events)s，%(once)s") % {"what": what, "events": events, "once": once}


def formula_words(text: str, words: Words) -> str:
    """A formula with indicators by name: ``高新技术企业认定数 ÷ 高新技术企业申报数 × 100``."""
    return expressions.spell(expressions.arithmetic(text), lambda term: words.indicator(term.code))


def identity_words(identity: IndicatorIdentity, words: Words) -> str:
    """An identity with indicators by name: ``高新技术企业数 = 上年同期高新技术企业数 + 高新技术企业净增数``."""
    return relate(identity, lambda term: term_words(term, words))


def term_words(term: expressions.Name, words: Words) -> str:
    """A term of an identity by name."""
    name = words.indicator(term.code)
    return str(SHIFTS[term.shift]) % {"name": name} if term.shift else name


def relate(identity: IndicatorIdentity, name: Callable[[expressions.Name], str]) -> str:
    """Both sides of an identity, each term as ``name`` says it."""
    left, right = (expressions.spell(side, name) for side in identity.sides)
    return f"{left} {'≤' if identity.relation == '<=' else '='} {right}"


SHIFTS = {
    "year_before": gettext_lazy("上年同期%(name)s"),
    "children": gettext_lazy("下级区划%(name)s之和"),
}


@dataclass(frozen=True)
class ExampleWords:
    """A worked example: what happened, line by line, and what comes out."""

    story: str
    lines: tuple[str, ...]
    result: str


def example_words(asked: Indicator, example: Example, words: Words) -> ExampleWords:
    """A worked example in words. Its story is the definition's own, in Chinese."""
    result = measured(example.value, words.unit_after(asked.unit))
    if example.inputs:
        known = indicators()
        lines = tuple(
            words.indicator(code) + _("：") + measured(value, words.unit_after(known[code].unit))
            for code, value in example.inputs.items()
        )
        return ExampleWords(example.story, lines, result)
    happened = sorted(example.events, key=lambda each: each.on)
    lines = tuple(" ".join(filter(None, _happened(asked.of, each, words))) for each in happened)
    return ExampleWords(example.story, lines, period_words(example.period) + _("：") + result)


def _happened(kind: str, each: ExampleEvent, words: Words) -> tuple[str, ...]:
    known = TABLES[kind]
    terms = (words.term(known.field_list(name), code) for name, code in each.terms(known.names).items())
    measures = (measured(*words.number_and_unit(name, said)) for name, said in each.measures(known.names).items())
    return (each.on.isoformat(), each.subject, words.event(kind, each.event), *terms, *measures, *each.whose.values())
