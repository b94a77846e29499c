"""Freezing figures: a number that was said keeps what it was said from."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from xingke.accounts.models import User
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.indicators.models import Figure
from xingke.indicators.queries import Reader, Value, indicator
from xingke.indicators.rules import Aspect, Indicator
from xingke.registry import queries as registry
from xingke.registry.models import Region


@dataclass(frozen=True, kw_only=True)
class Said:
    """A figure as it can be said now: its text, its exact value, and the parts it was read from.

    text is None where the figure is unknown; ``why`` then says so in a sentence.
    """

    indicator: Indicator
    region: Region
    period: Period
    aspect: Aspect
    text: str | None
    value: str
    route: str
    count: int
    parts: tuple[dict[str, Any], ...]  # JSON: see ``_part``
    digest: str
    why: str = ""


def read_figure(reader: Reader, code: str, region: Region, period: Period, aspect: Aspect) -> Said:
    """Work out a figure and its evidence at the reader's number. Raises LookupError for an unknown indicator."""
    asked = reader.indicator(code, region=region)
    now = reader.value(asked, region, period)
    text: str | None
    if aspect == "level":
        text, exact, values = (now.text if now.is_known else None), now.amount, [now]
        told = None
    elif aspect == "growth":
        growth = reader.growth(asked, region, period)
        text, exact = (growth.text if growth.amount is not None else None), growth.amount
        values, told = [growth.now, growth.base], growth.observation
    else:
        rank = reader.rank(asked, region, period)
        text, exact = (rank.text if rank.place else None), Decimal(rank.place) if rank.place else None
        values, told = list(rank.values), rank.observation
    if text is None or exact is None:
        return Said(
            indicator=asked, region=region, period=period, aspect=aspect, text=None, value="", route="", count=0,
            parts=(), digest="", why=_why(asked, now, aspect),
        )  # fmt: skip
    if told is not None:  # the growth or rank itself was reported: that row is the evidence
        values = [
            Value(
                indicator=asked,
                region=region,
                period=period,
                status="known",
                amount=exact,
                route="observation",
                count=1,
                observation=told,
            )
        ]
    parts = tuple(_part(reader, leaf) for value in values for leaf in reader.leaves(value))
    return Said(
        indicator=asked, region=region, period=period, aspect=aspect, text=text, value=f"{exact.normalize():f}",
        route="observation" if told is not None else now.route, count=sum(part["count"] for part in parts),
        parts=parts, digest=_digest(parts),
    )  # fmt: skip


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


def _digest(parts: tuple[dict[str, Any], ...]) -> str:
    """One part's digest is the figure's own; several are hashed together with where they come from."""
    if len(parts) == 1:
        return str(parts[0]["digest"])
    lines = [[part["indicator"], part["region"], part["period"], part["digest"]] for part in parts]
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


def _why(asked: Indicator, now: Value, aspect: Aspect) -> str:
    label = asked.label.zh
    if now.status == "ambiguous":
        return f"“{label}”有 {len(now.rivals)} 个不同的上报数，须先选定采用哪一个。"
    if now.status == "partial" and now.covered:
        return f"“{label}”{now.covered.of} 个下级区划中只有 {now.covered.known} 个已知。"
    if not now.is_known:
        missing = "、".join(indicator(code).label.zh for code in now.missing)
        return f"“{label}”没有{now.period.label()}的数据{f'（缺{missing}）' if missing else ''}。"
    if aspect == "growth":
        return f"“{label}”没有{now.period.year_before.label()}的同期数，不能计算同比。"
    return f"“{label}”同级区划的数据不全，不能排位。"


@transaction.atomic
def freeze(*, said: Said, by: User, now: datetime, seq: int) -> Figure:
    """Keep a figure that was read at ``seq``: get the one already frozen from the same evidence, or create it.

    Raises ValueError for an unknown figure.
    """
    if said.text is None:
        raise ValueError(f"an unknown figure cannot be frozen: {said.why}")
    definition = registry.definition("indicator", said.indicator.code, region=said.region)
    figure, _created = Figure.objects.get_or_create(
        indicator=said.indicator.code, definition=definition.hash, region=said.region, period=said.period.code,
        aspect=said.aspect, digest=said.digest, text=said.text,
        defaults={
            "definition_version": said.indicator.version, "seq": seq, "value": said.value, "route": said.route,
            "count": said.count, "parts": list(said.parts), "is_fictional": said.region.is_fictional,
            "frozen_at": now, "frozen_by": by,
        },
    )  # fmt: skip
    return figure


def read_at() -> tuple[Reader, int]:
    """A reader of the ledger as it stands, and the number it stands at."""
    seq = current_seq()
    return Reader(seq=seq), seq
