"""The record kinds whose events indicators count, and the tables that hold them."""

from dataclasses import dataclass

from xingke.ledger.kind_names import FIELDS
from xingke.ledger.models import EventVersion, Patent, PatentEvent, Recognition, RecognitionEvent, Version


@dataclass(frozen=True)
class Kind:
    """One kind: ``subject`` is the thing with a history, ``event`` what happened to it."""

    code: str
    subject: type[Version]
    event: type[EventVersion]

    @property
    def repeated(self) -> tuple[str, ...]:
        """The fields of the subject its events repeat: those a definition may ask about."""
        return tuple(FIELDS[self.code][0])

    @property
    def event_list(self) -> str:
        """The vocabulary list of its events."""
        return FIELDS[self.code][1]

    def field_list(self, name: str) -> str:
        """The vocabulary list a field's values come from."""
        return FIELDS[self.code][0][name]


KINDS: dict[str, Kind] = {
    "recognition": Kind("recognition", Recognition, RecognitionEvent),
    "patent": Kind("patent", Patent, PatentEvent),
}
