"""What a kind of record is made of, as plain data. Everything that handles records is derived from it.

Knows no Django: rules, packs and definitions ask it; ``ledger.tables`` makes its tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from xingke.base.quantities import Unit
from xingke.base.sayings import Saying, say

NOT_BEGUN = say("之前没有开始，不能结束。")
OPENS, CLOSES, NEITHER = 1, -1, 0
"""What an event does to whether something is held, runs or is in office."""


class Identity(StrEnum):
    """What two records of a kind share when they speak of one thing. Form, import and every other way in ask the same."""

    NUMBER = "number"  # its own number where both have one, else as BY_NAME
    NAME = "name"  # its terms, its holder (or region), its name and the document it stands in
    NAME_AND_DAY = "name and day"  # of one name there are many, on different days
    RENEWED = "renewed"  # one title of one holder, whatever its level or certificate: the next certificate renews it


class Number(StrEnum):
    """What a kind's number is the number of."""

    PATENT = "patent"  # the application number: one patent, with a check character
    OWN = "own"  # a certificate, a project, a contract: one thing
    DOCUMENT = "document"  # an official document, which may speak of several things


@dataclass(frozen=True)
class Term:
    """A field whose values come from a vocabulary list; definitions may ask about it, and every event repeats it.

    length: of the longest code. is_optional: may be left empty, and then it tells no two records apart.
    """

    name: str
    word: Saying
    list: str
    length: int = 40
    is_optional: bool = False


MONEY = (Unit(code="万元", kind="money", factor=Decimal(10_000)), Unit(code="元", kind="money"))


@dataclass(frozen=True)
class Measure:
    """An amount its events say: money in 分, counts × 10⁻⁴. Definitions may add it up.

    units: the largest that leaves no fraction aside is said. part_of: the measure it is part of and never more than.
    is_never_negative: the database refuses less than nothing. is_rough: the word it came with (余, 近) is kept.
    is_further: asked for apart from what everybody says.
    """

    name: str
    word: Saying
    units: tuple[Unit, ...] = MONEY
    part_of: str = ""
    is_never_negative: bool = True
    is_rough: bool = False
    is_further: bool = False

    @property
    def kind(self) -> str:
        """The kind of quantity it is."""
        return self.units[-1].kind

    @property
    def word_in_base(self) -> Saying:
        """What it is called where it is said in its smallest unit: 金额（元）, 人次."""
        return say("%(measure)s（元）", measure=self.word) if self.kind == "money" else self.word


class DetailType(StrEnum):
    """What a detail is: it decides how it is kept, asked for, read from a cell and said."""

    TEXT = "text"
    DAY = "day"
    AMOUNT = "amount"  # of money, in 分
    COUNT = "count"  # × 10⁻⁴
    PERCENT = "percent"  # × 10⁻⁴ of one hundredth
    FLAG = "flag"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Detail:
    """What a record says besides its terms: its name, its number, a counterpart, a deadline.

    length: of a text, at most. is_optional: may be left empty. unit: of a count.
    """

    name: str
    word: Saying
    length: int = 0
    is_optional: bool = False
    type: DetailType = DetailType.TEXT
    unit: str = ""

    @property
    def units(self) -> tuple[Unit, ...]:
        """What a number is said in, the largest that leaves no fraction aside first; none of what is no number."""
        if self.type is DetailType.AMOUNT:
            return MONEY
        if self.type is DetailType.PERCENT:
            return (Unit(code="%", kind="percent"),)
        return (Unit(code=self.unit, kind="count"),) if self.type is DetailType.COUNT else ()

    @property
    def nothing(self) -> str | None:
        """What is kept where it says nothing."""
        return "" if self.type is DetailType.TEXT else None


def is_said(value: object) -> bool:
    """Whether a column says anything: no and zero do."""
    return value is not None and value != ""


@dataclass(frozen=True)
class EventType:
    """Something that happens to a record.

    effect: what it does to being held. place: among others of the same day, the lower first. certifies: it gives a
    certificate with a number and a last day of its own. departs: after it, it is somebody else's or elsewhere. arrives:
    somebody else takes it over, or it comes to another region; the event names who has it from then on. changes_hands:
    of an arrival, whether it is another's from then on.
    """

    code: str
    effect: int = NEITHER
    place: int = 0
    certifies: bool = False
    departs: bool = False
    arrives: bool = False
    changes_hands: bool = False


@dataclass(frozen=True)
class Running:
    """How it is said that something of a kind is held or runs, and what its events do to that."""

    opens: Saying
    closes: Saying
    neither: Saying
    on: Saying
    off: Saying
    since: Saying
    over: Saying
    waiting: Saying
    then: Saying


@dataclass(frozen=True, kw_only=True, eq=False)
class RecordKind:
    """One kind of record: a thing with a history, and what happens to it.

    word, table_word, event_word: what a record, its table and the table of its events are called. model, event_model: the
    names of the classes of the two. formerly: codes it had before, the first one first: definitions, addresses, files and
    the trail may name it by one. terms, details: what a record says, in the order of its columns. event_list: the vocabulary list of its
    events. named_by: the term that is its name where none is given. number: whose number it is. identity: see
    ``Identity``. told_by: details that tell two apart besides the name. is_holder_told: whether whose it is tells two apart; where
    not, it is one thing in its region, whoever holds it. needs_holder: always an organisation's. names_persons: a list of it may name
    whom it is about. lasting: the term that says how long what opens it lasts; its events then have the columns ``until``, ``certificate``,
    ``lapses_on`` and ``origin``. order: pairs of events of which the first of the one is never before the first of the
    other. has_rounds: its events come in rounds (a title is applied for again), so their order says something only within
    one. four_eyes: somebody other than who entered it must confirm it, and every change of what is confirmed, its voiding
    too. unheld: why an event cannot end what was never held. running: None where of being held nothing is said.
    """

    code: str
    model: str
    word: Saying
    table_word: Saying
    event_word: Saying
    terms: tuple[Term, ...]
    details: tuple[Detail, ...]
    event_list: str
    happens: tuple[EventType, ...]
    measured: tuple[Measure, ...] = ()
    named_by: str = ""
    number: Number = Number.DOCUMENT
    identity: Identity = Identity.NAME
    told_by: tuple[str, ...] = ()
    is_holder_told: bool = True
    needs_holder: bool = False
    names_persons: bool = False
    lasting: str = ""
    order: tuple[tuple[str, str], ...] = ()
    has_rounds: bool = False
    four_eyes: bool = False
    unheld: Saying = NOT_BEGUN
    running: Running | None = None
    event_model: str = ""
    formerly: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # the order of the record's own columns, where it is not terms, then details

    @property
    def events_model(self) -> str:
        """The name of the class of its events' table."""
        return self.event_model or f"{self.model}Event"

    @cached_property
    def fields(self) -> Mapping[str, str]:
        """What a definition's ``where`` may ask about → the vocabulary list its values come from."""
        return {term.name: term.list for term in self.terms}

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """The terms that tell two records apart: those that none may leave empty."""
        return tuple(term.name for term in self.terms if not term.is_optional)

    @cached_property
    def event_fields(self) -> Mapping[str, str]:
        """What a ``where`` may ask of its events besides, which their history says."""
        return {"origin": "title_origin"} if self.lasting else {}

    @cached_property
    def measures(self) -> Mapping[str, str]:
        """What a definition may add up → the kind of quantity."""
        return {measure.name: measure.kind for measure in self.measured}

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """A measure that is part of another and never more → that other."""
        return {measure.name: measure.part_of for measure in self.measured if measure.part_of}

    @cached_property
    def rough(self) -> str:
        """The measure whose word of approximation its events keep; empty for none."""
        return next((measure.name for measure in self.measured if measure.is_rough), "")

    @cached_property
    def effects(self) -> Mapping[str, int]:
        """What each of its events does."""
        return {event.code: event.effect for event in self.happens}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Which event of a day comes first."""
        return {event.code: event.place for event in self.happens}

    @cached_property
    def opening(self) -> frozenset[str]:
        """The events that open it."""
        return frozenset(event.code for event in self.happens if event.effect == OPENS)

    @cached_property
    def closing(self) -> frozenset[str]:
        """The events that close it."""
        return frozenset(event.code for event in self.happens if event.effect == CLOSES)

    @cached_property
    def certifying(self) -> tuple[str, ...]:
        """The events that give a certificate."""
        return tuple(event.code for event in self.happens if event.certifies)

    @cached_property
    def departures(self) -> frozenset[str]:
        """The events after which it is somebody else's, or elsewhere."""
        return frozenset(event.code for event in self.happens if event.departs)

    @cached_property
    def arrivals(self) -> Mapping[str, bool]:
        """The events by which somebody else takes it over, or it comes to another region, each with whether it changes hands."""
        return {event.code: event.changes_hands for event in self.happens if event.arrives}

    def detail(self, name: str) -> Detail:
        """One of its details. Raises KeyError."""
        found = {detail.name: detail for detail in self.details}
        return found[name]

    def measure(self, name: str) -> Measure:
        """One of its measures. Raises KeyError."""
        found = {measure.name: measure for measure in self.measured}
        return found[name]


LEVEL = Term("level", say("级别"), "level", length=12)
