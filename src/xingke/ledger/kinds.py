"""The record kinds whose events indicators count, and the tables that hold them."""

from dataclasses import dataclass

from xingke.ledger import models
from xingke.ledger.kind_names import KIND_NAMES
from xingke.ledger.models import EventVersion, Version


@dataclass(frozen=True)
class Kind:
    """One kind: ``subject`` is the thing with a history, ``event`` what happened to it."""

    code: str
    subject: type[Version]
    event: type[EventVersion]

    @property
    def repeated(self) -> tuple[str, ...]:
        """The fields of the subject its events repeat: those a definition may ask about."""
        return tuple(KIND_NAMES[self.code].fields)

    @property
    def event_list(self) -> str:
        """The vocabulary list of its events."""
        return KIND_NAMES[self.code].events

    @property
    def measures(self) -> tuple[str, ...]:
        """The integer columns of its events that a definition may add up."""
        return tuple(KIND_NAMES[self.code].measures)

    def field_list(self, name: str) -> str:
        """The vocabulary list a field's values come from."""
        return KIND_NAMES[self.code].fields[name]


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
