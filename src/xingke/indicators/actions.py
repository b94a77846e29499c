"""Freezing figures: a number that was said keeps what it was said from, and is not said where the two disagree."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import transaction

from xingke.accounts.models import User
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.indicators import columns
from xingke.indicators.columns.engine import RULES
from xingke.indicators.models import Figure
from xingke.indicators.queries.figures import Said, Unproved
from xingke.indicators.queries.reader import Reader
from xingke.registry import queries as registry


def planned(*, said: Said, by: User, now: datetime, seq: int) -> Figure:
    """The figure that was read at ``seq``: the one already frozen from the same evidence, or one that is not saved yet.

    Raises ValueError for an unknown figure, Unproved for one that is not what its evidence adds up to.
    """
    if said.text is None:
        raise ValueError(f"an unknown figure cannot be frozen: {said.why}")
    if said.disagreements:
        raise Unproved(said.disagreements[0])
    definition = registry.definition("indicator", said.indicator.code, region=said.region)
    figure = Figure(
        indicator=said.indicator.code,
        definition=definition.hash,
        region=said.region,
        period=said.period.code,
        aspect=said.aspect,
        digest=said.digest,
        text=said.text,
        definition_version=said.indicator.version,
        seq=seq,
        rules=RULES,
        value=said.value,
        route=said.route,
        count=said.count,
        parts=list(said.parts),
        is_fictional=said.region.is_fictional,
        frozen_at=now,
        frozen_by=by,
    )
    return _frozen(figure) or figure


def _frozen(figure: Figure) -> Figure | None:
    """The same figure, if it is frozen already."""
    return Figure.objects.filter(
        indicator=figure.indicator,
        definition=figure.definition,
        region=figure.region,
        period=figure.period,
        aspect=figure.aspect,
        digest=figure.digest,
        text=figure.text,
    ).first()


def keep(figures: Iterable[Figure]) -> int:
    """Freeze planned figures, inside the act that says them. Returns how many are new.

    Raises Overtaken where somebody froze one of them meanwhile: then it has another key.
    """
    fresh = [figure for figure in figures if figure._state.adding]
    if any(_frozen(figure) for figure in fresh):
        raise Overtaken
    Figure.objects.bulk_create(fresh)
    return len(fresh)


@transaction.atomic
def freeze(*, said: Said, by: User, now: datetime, seq: int) -> Figure:
    """Keep one figure. Raises as ``planned``."""
    figure = planned(said=said, by=by, now=now, seq=seq)
    keep([figure])
    return figure


class Overtaken(Exception):
    """Somebody wrote what was about to be written, between reading and writing."""


Act = TypeVar("Act", bound=Callable[..., Any])
TRIES = 4


def reading_anew(act: Act) -> Act:
    """An act that says figures: where one is not what its evidence adds up to, the columns are made anew and it is done
    once more; only then is it refused. Where somebody overtook it, it is done again too."""

    @wraps(act)
    def done(*args: Any, **asked: Any) -> Any:
        renewed = False
        for attempt in range(TRIES):
            try:
                return act(*args, **asked)
            except Unproved as error:
                if renewed:
                    raise
                columns.renew([error.kind])
                renewed = True
            except Overtaken:
                if attempt == TRIES - 1:
                    raise Refused(say("台账正在不断变动，没有保存；请稍后再试。")) from None
        return act(*args, **asked)

    return cast(Act, done)


def read_at() -> tuple[Reader, int]:
    """A reader of the ledger as it stands, and the number it stands at."""
    seq = current_seq()
    return Reader(seq=seq), seq
