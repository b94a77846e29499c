"""What a change of the ledger would do to values and to frozen figures: read before, and read again as if it stood."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xingke.base import expressions
from xingke.base.periods import Period
from xingke.indicators.models import Figure
from xingke.indicators.queries import indicators
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Value
from xingke.indicators.rules import Indicator
from xingke.registry.models import Region

Part = tuple[str, str, str]  # indicator code, region code, period code


@dataclass(frozen=True)
class Effect:
    """A value that would be another one."""

    before: Value
    after: Value


def touched_by(kinds: Iterable[str]) -> list[Indicator]:
    """The indicators that count records of some kinds, and the ratios of those."""
    wanted, known = set(kinds), indicators()
    counting = {code for code, each in known.items() if each.counts_records and each.of in wanted}
    return [
        each
        for code, each in known.items()
        if code in counting
        or (each.formula and counting & set(expressions.names(expressions.arithmetic(each.formula))))
    ]


def effects(before: Sequence[Value], after: Sequence[Value]) -> list[Effect]:
    """The values that differ, of two readings of the same."""
    return [Effect(old, new) for old, new in zip(before, after, strict=True) if _said(old) != _said(new)]


def _said(value: Value) -> tuple[object, ...]:
    return value.status, value.amount, value.known_part, value.covered


def parts_of(figures: Iterable[Figure], kinds: Iterable[str], regions: Sequence[Region]) -> set[Part]:
    """The parts of figures that records of some kinds and regions can change."""
    codes, known = {each.code for each in touched_by(kinds)}, indicators()
    return {
        (part["indicator"], part["region"], part["period"])
        for figure in figures
        for part in figure.parts
        if part["route"] == "records"
        and part["indicator"] in codes & known.keys()
        and any(_holds(part["region"], region) for region in regions)
    }


def _holds(code: str, region: Region) -> bool:
    """Whether a region lies in the one of a code."""
    return region.code.startswith(code.rstrip("0")) or code == region.code


def digests(parts: Iterable[Part]) -> Mapping[Part, str]:
    """The evidence behind each part as it stands now. One engine pass per record kind."""
    reader, known = Reader(), indicators()
    wanted = sorted(parts)
    regions = {each.code: each for each in Region.objects.filter(code__in={part[1] for part in wanted}, valid_to=None)}
    leaves: dict[Part, Value] = {}
    for period in dict.fromkeys(part[2] for part in wanted):
        mine = [part for part in wanted if part[2] == period and part[1] in regions]
        asked = [known[code] for code in dict.fromkeys(part[0] for part in mine)]
        places = [regions[code] for code in dict.fromkeys(part[1] for part in mine)]
        reader.values(asked, places, [Period.parse(period)])
        leaves |= {part: reader.value(known[part[0]], regions[part[1]], Period.parse(period)) for part in mine}
    of_records = {part: leaf for part, leaf in leaves.items() if leaf.route == "records"}
    reader.seal(of_records.values())
    return {part: reader.sealed(leaf).digest for part, leaf in of_records.items()}
