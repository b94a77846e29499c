"""Freezing figures: a number that was said keeps what it was said from."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from xingke.accounts.models import User
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.base.sayings import NOTHING, Saying
from xingke.indicators import aspects
from xingke.indicators.models import Figure
from xingke.indicators.reader import Reader
from xingke.indicators.rules import Indicator
from xingke.indicators.values import Value
from xingke.registry import queries as registry
from xingke.registry.models import Region


@dataclass(frozen=True, kw_only=True)
class Said:
    """A figure as it can be said now: its text, its exact value, and the parts it was read from.

    text is None where the figure cannot be said; ``why`` then says what is missing, and nothing where nothing is.
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


def read_figure(reader: Reader, code: str, region: Region, period: Period, aspect: str) -> Said:
    """Work out a figure and its evidence at the reader's number. Raises LookupError for an unknown indicator."""
    asked = reader.indicator(code, region=region)
    found = aspects.read(reader, asked, region, period, aspect)
    if found.text is None or found.amount is None:
        return Said(
            indicator=asked, region=region, period=period, aspect=aspect, text=None, value="", route="", count=0,
            parts=(), digest="", why=found.why,
        )  # fmt: skip
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
    parts = tuple(_part(reader, leaf) for value in values for leaf in reader.leaves(value))
    return Said(
        indicator=asked, region=region, period=period, aspect=aspect, text=found.text,
        value=f"{found.amount.normalize():f}", route=_route(values, region, period), parts=parts,
        count=sum(part["count"] for part in parts), digest=_digest(parts),
    )  # fmt: skip


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


def _digest(parts: tuple[dict[str, Any], ...]) -> str:
    """One part's digest is the figure's own; several are hashed together with where they come from."""
    if len(parts) == 1:
        return str(parts[0]["digest"])
    lines = [[part["indicator"], part["region"], part["period"], part["digest"]] for part in parts]
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


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
