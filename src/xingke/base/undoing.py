"""What speaks against taking back an act: base declares the list, rooms that build on records fill it in ``AppConfig.ready()``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from xingke.base.register import Register
from xingke.base.sayings import Saying


@dataclass(frozen=True, kw_only=True)
class FiledByAct:
    """What an act filed in the ledger. seq: its number; kind: of its records; records: all that it filed, their events too; regions:
    where they lie; is_counted: something of it is confirmed, so that indicators count it. reader: whose act it is, and who is told
    what came in between: nothing is named that they may not see."""

    reader: Any  # the accounts room's user
    seq: int
    kind: str
    records: frozenset[UUID]
    regions: Sequence[Any]  # the registry's regions
    is_counted: bool


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """What may have come in between. find: what it was, as the end of a sentence that says why the act stays; None for nothing."""

    code: str
    find: Callable[[FiledByAct], Saying | None]


OBSTACLES: Register[Obstacle] = Register("obstacle to taking back an act")


def obstacle(filed: FiledByAct) -> Saying | None:
    """The first thing that speaks against it; None where nothing does."""
    return next((found for each in OBSTACLES if (found := each.find(filed)) is not None), None)
