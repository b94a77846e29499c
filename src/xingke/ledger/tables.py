"""The kinds of records with the tables that hold them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xingke.ledger import kinds, models
from xingke.ledger.kinds.record_kind import RecordKind
from xingke.ledger.models import EventVersion, Version

_EVERY_EVENT = {column.name for column in EventVersion._meta.local_fields} | {"id"}


@dataclass(frozen=True)
class Kind:
    """One kind: ``subject`` is the thing with a history, ``event`` what happened to it."""

    names: RecordKind
    subject: type[Version]
    event: type[EventVersion]

    @property
    def code(self) -> str:
        """What it is called in addresses, packs and the database."""
        return self.names.code

    @cached_property
    def repeated(self) -> tuple[str, ...]:
        """The fields of the subject its events repeat: those a definition may ask about."""
        return tuple(self.names.fields)

    @property
    def asked(self) -> tuple[str, ...]:
        """The columns of its events that a definition may ask about."""
        return (*self.repeated, *self.names.event_fields)

    @property
    def is_lasting(self) -> bool:
        """Whether what is opened ends by a term of its own."""
        return bool(self.names.lasting)

    @property
    def event_list(self) -> str:
        """The vocabulary list of its events."""
        return self.names.event_list

    @property
    def measures(self) -> tuple[str, ...]:
        """The integer columns of its events that a definition may add up."""
        return tuple(self.names.measures)

    @cached_property
    def details(self) -> tuple[str, ...]:
        """The other columns of the subject that are its own: its name, its number, and what its kind adds."""
        return tuple(detail.name for detail in self.names.details)

    @cached_property
    def event_details(self) -> dict[str, Any]:
        """The columns of its events that only some of them have, with what the others hold."""
        own = (column for column in self.event._meta.concrete_fields if column.name not in _EVERY_EVENT)
        return {column.name: column.get_default() for column in own if column.name not in self.repeated}

    def field_list(self, name: str) -> str:
        """The vocabulary list a field's values come from."""
        return self.names.fields.get(name) or self.names.event_fields[name]


class _Tables(Mapping[str, Kind]):
    """The tables of the kinds there are now: a room above may bring its own."""

    def __init__(self) -> None:
        self._known: dict[str, Kind] = {}

    def __getitem__(self, code: str) -> Kind:
        if code not in self._known:
            names = kinds.KINDS[code]
            subject, event = models.tables_of(names)
            self._known[code] = Kind(names, subject, event)
        return self._known[code]

    def __iter__(self) -> Iterator[str]:
        return iter(kinds.KINDS)

    def __len__(self) -> int:
        return len(kinds.KINDS)


TABLES: Mapping[str, Kind] = _Tables()


def kind_of(row: Version) -> Kind:
    """The kind a record or event with a history is of. Raises KeyError for a reported figure."""
    return TABLES[type(row).of_kind]
