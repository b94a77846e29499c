"""Reading a figure: everything it would be frozen with, and what speaks against saying it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.base.sayings import NOTHING, Saying, plain, say
from xingke.indicators.queries import added, aspects
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Value
from xingke.indicators.rules import EvidenceRow, Indicator
from xingke.registry import queries as registry
from xingke.registry.models import Region


@dataclass(frozen=True, kw_only=True)
class EvidenceMismatch:
    """A value that is not what the records behind it add up to: the counting and the evidence are worked out apart."""

    value: Value
    counted: Saying
    behind: Saying


class Unproved(Refused):
    """A figure whose value is not what its evidence adds up to; kind: of the records."""

    def __init__(self, found: EvidenceMismatch) -> None:
        self.kind = found.value.indicator.of
        super().__init__(
            say(
                "“%(name)s”（%(region)s%(period)s）算得 %(counted)s，而证据合计为 %(behind)s，两者不符，不能写进文稿。"
                "列文件已经重建过，仍然不符；请运行 xingke check 查明原因，修复后再写。",
                name=found.value.indicator.label,
                region=found.value.region.name,
                period=found.value.period,
                counted=found.counted,
                behind=found.behind,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Said:
    """A figure as it can be said now: its text, its exact value, and the parts it was read from.

    text is None where the figure cannot be said; ``why`` then says what is missing, and nothing where nothing is.
    told: the row where the growth or rank itself was reported. disagreements: none but where something is damaged.
    """

    indicator: Indicator
    region: Region
    period: Period
    aspect: str
    text: str | None
    value: str
    route: str
    count: int
    parts: tuple[dict[str, Any], ...]  # JSON: see ``_part``
    digest: str
    why: Saying = NOTHING
    told: EvidenceRow | None = None
    disagreements: tuple[EvidenceMismatch, ...] = ()


def read_figure(reader: Reader, code: str, region: Region, period: Period, aspect: str) -> Said:
    """Work out a figure and its evidence at the reader's number. Raises LookupError for an unknown indicator."""
    asked = reader.indicator(code, region=region)
    found = aspects.read(reader, asked, region, period, aspect)
    if found.text is None or found.amount is None:
        return Said(
            indicator=asked,
            region=region,
            period=period,
            aspect=aspect,
            text=None,
            value="",
            route="",
            count=0,
            parts=(),
            digest="",
            why=found.why,
        )
    values: Sequence[Value] = found.values
    if found.told is not None:  # the growth or rank itself was reported: that row is the evidence
        values = [
            Value(
                indicator=asked,
                region=region,
                period=period,
                status="known",
                amount=found.amount,
                route="observation",
                count=1,
                observation=found.told,
            )
        ]
    leaves = [leaf for value in values for leaf in reader.leaves(value)]
    parts = tuple(_part(reader, leaf) for leaf in leaves)
    return Said(
        indicator=asked,
        region=region,
        period=period,
        aspect=aspect,
        text=found.text,
        value=f"{found.amount.normalize():f}",
        route=_route(values, region, period),
        parts=parts,
        count=sum(part["count"] for part in parts),
        digest=_digest(parts),
        told=reader.evidence(leaves[0])[0] if found.told is not None else None,
        disagreements=tuple(wrong for leaf in leaves for wrong in _disagreements(reader, leaf)),
    )


def _route(values: Sequence[Value], region: Region, period: Period) -> str:
    """How the figure is known: by the value of its own place and period, else by the first it was read from."""
    own = [value for value in values if (value.region, value.period) == (region, period)]
    return (own or values)[0].route


def _part(reader: Reader, leaf: Value) -> dict[str, Any]:
    sealed = reader.sealed(leaf)
    return {
        "indicator": leaf.indicator.code,
        "definition": registry.definition("indicator", leaf.indicator.code, region=leaf.region).hash,
        "region": leaf.region.code,
        "period": leaf.period.code,
        "route": leaf.route,
        "amount": f"{leaf.amount:f}" if leaf.amount is not None else "",
        "count": sealed.count,
        "digest": sealed.digest,
    }


def _disagreements(reader: Reader, leaf: Value) -> Iterator[EvidenceMismatch]:
    """What was counted, held against the sum of the evidence. A reported figure is its own evidence."""
    if leaf.route != "records":
        return
    sealed = reader.sealed(leaf)
    behind = added(leaf.indicator, sealed.total, reader.units)
    if leaf.amount != behind:
        yield EvidenceMismatch(value=leaf, counted=plain(f"{leaf.amount:f}"), behind=plain(f"{behind:f}"))
    elif leaf.indicator.nature == "flow" and leaf.count != sealed.count:
        yield EvidenceMismatch(value=leaf, counted=_records(leaf.count), behind=_records(sealed.count))


def _records(count: int) -> Saying:
    return say("%(n)s 条记录", n=count)


def _digest(parts: tuple[dict[str, Any], ...]) -> str:
    """One part's digest is the figure's own; several are hashed together with where they come from."""
    if len(parts) == 1:
        return str(parts[0]["digest"])
    lines = [[part["indicator"], part["region"], part["period"], part["digest"]] for part in parts]
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()
