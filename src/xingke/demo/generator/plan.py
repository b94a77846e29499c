"""What a plan is: firms, titles, patents and the other histories, all of them plain frozen data."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

Measures = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True)
class Event:
    """Something that happened in a history, and in which region (six-digit code) it counts.

    measures: the kind's own columns as the ledger keeps them: ``amount`` in 分, ``people`` and ``materials`` × 10⁻⁴,
    ``approximation`` the word the count came with. firm: who takes it over, where it changes hands.
    """

    kind: str
    on: date
    region: str
    measures: Measures = ()
    firm: UUID | None = None

    def measure(self, name: str) -> int:
        """One measure as an integer; 0 where the event has none."""
        return next((value for known, value in self.measures if known == name and isinstance(value, int)), 0)


@dataclass(frozen=True)
class Firm:
    """A firm. region: where it is at the end of the plan; zone: a reporting zone's code; industry: GB/T 4754 division."""

    key: UUID
    name: str
    uscc: str
    region: str
    zone: str | None
    founded_on: date
    industry: str


@dataclass(frozen=True)
class Title:
    """A firm's title with its whole history, in order. number: of the latest certificate, empty if none was given."""

    key: UUID
    firm: UUID
    kind: str
    level: str
    number: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Invention:
    """A patent or application with its history, in order. firm: the first holder within the plan; its events name others. form: invention,
    utility_model, design or pct. A patent bought from outside begins with its ``received``."""

    key: UUID
    firm: UUID
    number: str
    form: str
    name: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class History:
    """Anything else with a history: a project, a sum of money, a contract, an award, an appointment, an activity, a
    milestone, a matter. kind: the record kind; firm: whose it is, None for the bureau's own; fields: the kind's own columns; tie:
    what it belongs to (a payment names its project's number), kept as the place in its source."""

    kind: str
    key: UUID
    firm: UUID | None
    fields: tuple[tuple[str, str], ...]
    events: tuple[Event, ...]
    tie: str = ""

    def value(self, name: str) -> str:
        """One of its columns; empty where it has none of that name."""
        return next((value for known, value in self.fields if known == name), "")


@dataclass(frozen=True)
class Plan:
    """All of it, in a fixed order: firms by region, then titles, patents and other histories as they came up."""

    seed: int
    firms: tuple[Firm, ...]
    titles: tuple[Title, ...]
    patents: tuple[Invention, ...]
    histories: tuple[History, ...] = ()

    def of(self, kind: str) -> tuple[History, ...]:
        """The histories of one record kind."""
        return tuple(each for each in self.histories if each.kind == kind)

    def digest(self) -> str:
        """SHA-256 over every field of every row: two plans with one digest are the same plan."""
        sha = hashlib.sha256()
        for line in self._lines():
            sha.update(line.encode() + b"\n")
        return sha.hexdigest()

    def _lines(self) -> Iterator[str]:
        for firm in self.firms:
            born = str(firm.founded_on)
            yield "|".join((str(firm.key), firm.name, firm.uscc, firm.region, firm.zone or "", born, firm.industry))
        for title in self.titles:
            told = _told(title.events)
            yield "|".join((str(title.key), str(title.firm), title.kind, title.level, title.number, told))
        for patent in self.patents:
            told = _told(patent.events)
            yield "|".join((str(patent.key), str(patent.firm), patent.number, patent.form, patent.name, told))
        for each in self.histories:
            columns = ",".join(f"{name}={value}" for name, value in each.fields)
            yield "|".join((each.kind, str(each.key), str(each.firm), columns, each.tie, _told(each.events)))


def _told(events: Sequence[Event]) -> str:
    return " ".join(
        f"{event.kind}@{event.on}@{event.region}"
        + "".join(f"@{name}={value}" for name, value in event.measures)
        + (f"@{event.firm}" if event.firm else "")
        for event in events
    )
