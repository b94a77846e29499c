"""One value for a script: exact, with how it is known; what is unknown says why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches

from django.utils.translation import gettext as _

from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.base.quantities import round_half_up
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.indicators import wording
from xingke.indicators.queries import indicators
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Growth, Rank, Value
from xingke.indicators.rules import Indicator
from xingke.ledger.words import Words, measured
from xingke.registry import queries as registry
from xingke.registry.models import Region

# how a value is known → what scripts call it
SOURCES = {"records": "records", "observation": "observed", "children": "children", "formula": "formula"}


@dataclass(frozen=True, kw_only=True)
class ToldValue:
    """A value as scripts read it.

    value: exact decimal text in ``unit``, without rounding, zeros at its end or an exponent; a ratio that never ends has
    28 digits. shown: as pages print it. growth: percent or percentage points (growth_unit), rounded as pages show it.
    source: records, observed, children (added up) or formula. records: how many stand behind it. why: why there is none.
    """

    indicator: str
    region: str
    period: str
    value: str | None
    unit: str
    shown: str
    approximation: str | None
    growth: str | None
    growth_unit: str | None
    rank: int | None
    of: int | None
    as_of: Mapping[str, str | int]
    source: str | None
    records: int
    why: str | None

    def as_json(self) -> dict[str, object]:
        """The same as plain data."""
        return asdict(self)


def indicator_called(text: str, *, region: Region) -> Indicator:
    """An indicator by its code or its Chinese name, as it holds in a region. Raises Refused naming the nearest ones."""
    known = indicators()
    wanted = text.strip()
    code = wanted if wanted in known else next((each.code for each in known.values() if each.label.zh == wanted), "")
    if not code:
        by_name = {each.label.zh: each.code for each in known.values()}
        near = [
            *get_close_matches(wanted, known, 3),
            *(by_name[each] for each in get_close_matches(wanted, by_name, 3)),
        ]
        if near:
            raise Refused(say("没有代码为“%(code)s”的指标；是不是：%(near)s？", code=wanted, near=tuple(near)))
        raise Refused(say("没有代码为“%(code)s”的指标；代码见“指标”页导出的表。", code=wanted))
    found: Indicator = registry.definition("indicator", code, region=region).value
    return found


def period_called(text: str) -> Period:
    """A period as people write it. Raises Refused with the forms there are."""
    try:
        return Period.written(text)
    except ValueError:
        raise Refused(
            say(
                "“%(text)s”不是可用的时期；可写 2024、2024-H1、2024-Q3、2024-06、2024-01..2024-08、2024-06-30，"
                "或 2024年、2024年上半年、2024年第三季度、2024年8月、2024年1-8月。",
                text=text.strip(),
            )
        ) from None


def told_value(asked: Indicator, region: Region, period: Period, *, now: datetime) -> ToldValue:
    """What confirmed records and accepted reported figures say of an indicator, as of the ledger's number now."""
    seq = current_seq()
    reader = Reader()
    growth, rank = reader.growth(asked, region, period), reader.rank(asked, region, period)
    value, words = growth.now, Words()
    grown = _growth(growth)
    is_ranked = value.is_known and rank.place is not None
    return ToldValue(
        indicator=asked.code,
        region=region.code,
        period=period.code,
        value=_exact(value),
        unit=asked.unit,
        shown=measured(*wording.amount_words(value, words)) if value.is_known else "",
        approximation=value.rough_word or None,
        growth=grown,
        growth_unit=growth.kind if grown is not None else None,
        rank=rank.place if is_ranked else None,
        of=_among(rank) if is_ranked else None,
        as_of={"at": now.isoformat(timespec="seconds"), "ledger": seq},
        source=SOURCES[value.route] if value.is_known else None,
        records=value.count if value.is_known else 0,
        why=None if value.is_known else _why(value, words),
    )


def _exact(value: Value) -> str | None:
    return plainly(value.amount) if value.is_known and value.amount is not None else None


def plainly(amount: Decimal) -> str:
    """Every digit of an amount, without zeros at its end, an exponent or a negative zero."""
    return f"{amount.normalize():f}" if amount else "0"


def _growth(growth: Growth) -> str | None:
    """A growth as pages round it; None for an unknown one."""
    if growth.amount is None or not growth.now.is_known:
        return None
    places = growth.observation.decimals if growth.observation else 2 if growth.kind == "points" else 1
    return f"{round_half_up(growth.amount, places) + 0:f}"


def _among(rank: Rank) -> int | None:
    return rank.of or None  # a reported place does not say among how many


def _why(value: Value, words: Words) -> str:
    if value.status != "partial" or value.covered is None:
        return wording.why_unknown(value, words)
    return _("%(of)s 个下级区划中有 %(known)s 个已知，不能合计；已知部分合计 %(part)s。") % {
        "of": value.covered.of,
        "known": value.covered.known,
        "part": measured(wording.part_words(value), words.unit_after(value.indicator.unit)),
    }


def in_one_line(told: ToldValue, asked: Indicator, region: Region, period: Period) -> str:
    """The same in one line: 高新技术企业数（青溪县，2024年）：135家，同比 8.0%，第 1 位（共 8 个）；记录 135 条."""
    head = _("%(name)s（%(region)s，%(period)s）：") % {
        "name": asked.label.in_language(wording.language()),
        "region": region.name,
        "period": period.label(wording.language()),
    }
    if told.value is None:
        return head + _("未知。%(why)s") % {"why": told.why}
    parts = [told.shown]
    if told.growth is not None:
        unit = _("个百分点") if told.growth_unit == "points" else "%"
        parts.append(
            _("同比 %(growth)s") % {"growth": f"{'' if told.growth.startswith('-') else '+'}{told.growth}{unit}"}
        )
    if told.rank is not None:
        among = _("（共 %(of)s 个）") % {"of": told.of} if told.of else ""
        parts.append(_("第 %(place)s 位%(among)s") % {"place": told.rank, "among": among})
    source = _("%(how)s，%(count)s 条记录") % {"how": _SAID[str(told.source)], "count": told.records}
    return (
        head
        + _("，").join(parts)
        + _("（%(source)s，台账序号 %(seq)s）") % {"source": source, "seq": told.as_of["ledger"]}
    )


_SAID = {code: wording.ROUTES[route] for route, code in SOURCES.items()}
