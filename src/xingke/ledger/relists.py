"""Lists of records as tables that could be handed over again: the ledger declares how, a room that reads tables fills it in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xingke.accounts.models import User
from xingke.base.register import Register
from xingke.ledger.models import Observation
from xingke.ledger.queries.events import Wanted
from xingke.press.xlsx_writer import Cell, Column


@dataclass(frozen=True, kw_only=True)
class Relisted:
    """A list as such a table: its name, columns and notes; its rows are read when they are asked for."""

    name: str
    columns: Sequence[Column]
    notes: Sequence[tuple[str, str]]
    rows: Iterator[list[Cell]]


@dataclass(frozen=True, kw_only=True)
class Relist:
    """How lists are written so. code: what ``?format=`` says. records: of a kind, those with an event that is wanted;
    figures: reported ones. None where there is no such table. begin: where a table is handed over, in words; None for who
    may not.
    """

    code: str
    records: Callable[[str, User, Wanted], Relisted | None]
    figures: Callable[[Iterable[Observation]], Relisted | None]
    begin: Callable[[Any], tuple[str, str] | None]


RELISTS: Register[Relist] = Register("way to list records again")
