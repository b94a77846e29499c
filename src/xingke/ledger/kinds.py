"""The record kinds whose events indicators count, and the tables that hold them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import CharField

from xingke.ledger import models
from xingke.ledger.kind_names import KIND_NAMES, KindNames
from xingke.ledger.models import EventVersion, Version

_EVERY_EVENT = {column.name for column in EventVersion._meta.local_fields} | {"id"}


@dataclass(frozen=True)
class Kind:
    """One kind: ``subject`` is the thing with a history, ``event`` what happened to it."""

    code: str
    subject: type[Version]
    event: type[EventVersion]

    @property
    def names(self) -> KindNames:
        """What it is made of, as plain data."""
        return KIND_NAMES[self.code]

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
        return self.names.events

    @property
    def measures(self) -> tuple[str, ...]:
        """The integer columns of its events that a definition may add up."""
        return tuple(self.names.measures)

    @cached_property
    def details(self) -> tuple[str, ...]:
        """The other columns of the subject that are its own: its name, its number, and what its kind adds."""
        own = [column.name for column in self.subject._meta.concrete_fields if column.model is self.subject]
        common = {column.name for column in Version._meta.local_fields} | {"id"}
        return ("name", "number", *(name for name in own if name not in {*common, *self.repeated, "name", "number"}))

    @cached_property
    def event_details(self) -> dict[str, Any]:
        """The columns of its events that only some of them have, with what the others hold."""
        own = (column for column in self.event._meta.concrete_fields if column.name not in _EVERY_EVENT)
        return {column.name: column.get_default() for column in own if column.name not in self.repeated}

    def column(self, name: str) -> "CharField[str, str]":
        """A column of the subject."""
        found = self.subject._meta.get_field(name)
        assert isinstance(found, CharField)  # every column a kind adds to its subject is text
        return found

    def column_word(self, name: str) -> str:
        """What a column of the subject is called."""
        return str(self.column(name).verbose_name)

    def field_list(self, name: str) -> str:
        """The vocabulary list a field's values come from."""
        return self.names.fields.get(name) or self.names.event_fields[name]


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("recognition", models.Recognition, models.RecognitionEvent),
        Kind("patent", models.Patent, models.PatentEvent),
        Kind("project", models.Project, models.ProjectEvent),
        Kind("payment", models.Payment, models.PaymentEvent),
        Kind("contract", models.Contract, models.ContractEvent),
        Kind("award", models.Award, models.AwardEvent),
        Kind("appointment", models.Appointment, models.AppointmentEvent),
        Kind("activity", models.Activity, models.ActivityEvent),
        Kind("milestone", models.Milestone, models.MilestoneEvent),
    )
}


def kind_of(row: Version) -> Kind:
    """The kind a record or event with a history is of. Raises KeyError for a reported figure."""
    return KINDS[str(row._meta.model_name).removesuffix("event")]
