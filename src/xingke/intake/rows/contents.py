"""What a row of a record with a history says, completely, and what its record is known by again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from xingke.intake.rows.incoming import Problem, Row
from xingke.intake.rows.marks import NONE, Mark
from xingke.ledger.kinds.record_kind import Identity, Number
from xingke.ledger.rules import Thing, renewal_of
from xingke.ledger.tables import Kind
from xingke.registry.actions import NewOrganisation
from xingke.registry.models import Organisation, Person, Region
from xingke.registry.rules import listed_key


class Happened(NamedTuple):
    """An event as a row says it: measures only where the row gives them, and so its certificate and last day.

    roughly: the word people were counted with, "" for an exact number; None where the row counts none.
    """

    event: str
    on: date
    measures: Mapping[str, Any]
    repeats: bool
    roughly: str | None = None

    @property
    def columns(self) -> Mapping[str, Any]:
        """The columns of the event that the row says."""
        return self.measures if self.roughly is None else {**self.measures, "approximation": self.roughly}

    @property
    def until(self) -> date | None:
        """The last day on which what it opens holds; None where the row does not say."""
        found: date | None = self.measures.get("until")
        return found


@dataclass(slots=True, eq=False)
class Content:
    """What a row says, completely. firm: a known organisation, one to be entered, or none."""

    region: Region
    is_region_said: bool
    firm: Organisation | NewOrganisation | None
    columns: dict[str, str]  # the kind's fields and details
    happened: Sequence[Happened]
    mark: Mark = NONE
    person: UUID | None = None  # key of whom it is about
    doubts: Sequence[Problem] = ()  # what speaks against its numbers, unless somebody says that they are right


class Partly(NamedTuple):
    """What was understood of a row with problems; see ``Content``."""

    region: Region | None
    firm: Organisation | NewOrganisation | None
    columns: Mapping[str, str]
    happened: Sequence[Happened]


def person_key(region: Region, name: str) -> UUID:
    """The key of somebody a place's rows name; the name itself is not kept."""
    return listed_key(region.code, name)


def is_person(person: Person | None, key: UUID) -> bool:
    """Whether somebody is whom a row names by a key of its place and the name: entered by a list, or in the register."""
    for each in (person, person.merged_into) if person is not None else ():
        if each is not None and (
            each.key == key or (each.name and each.region is not None and person_key(each.region, each.name) == key)
        ):
            return True
    return False


def may_be_another(kind: Kind, number: str) -> bool:
    """Whether two records may say the same of everything: not where they have a number of their own, nor of titles."""
    identity = kind.names.identity
    if identity is Identity.NUMBER:
        return not number and kind.names.number is not Number.PATENT
    return identity is not Identity.RENEWED


def file_key(kind: Kind, content: Content, *, is_named: bool) -> object:
    """What no two rows of one file may share: those that are said to be one more fact share nothing."""
    mine, number = thing(kind, content, is_named=is_named), content.columns.get("number", "")
    if not may_be_another(kind, number):
        return mine.key(kind.names)
    if content.mark.another:
        return (*mine.named, content.person, number, content)
    days = frozenset((each.event, each.on) for each in content.happened if each.repeats)
    return (*mine.named, content.person, number, days)


def thing(kind: Kind, content: Content, *, is_named: bool) -> Thing:
    """What the row speaks of. is_named: see ``Thing.of``."""
    holder: object = content.region.pk
    if content.firm is not None and kind.names.is_holder_told:
        holder = content.firm.key
    first = min((each.on for each in content.happened), default=None)
    return Thing.of(kind.names, content.columns, holder=holder, first=first, is_named=is_named)


def joined(kind: Kind, first: Row, row: Row) -> bool:
    """Tell the record of an earlier row what a later one says more of it: a title's certificates, one after the other."""
    mine, theirs = first.content, row.content
    days = {each.on for each in mine.happened if each.event in kind.names.certifying}
    certificates = [each for each in theirs.happened if each.event in kind.names.certifying]
    if not kind.is_lasting or mine.columns["level"] != theirs.columns["level"]:
        return False
    if not days or not certificates or not days.isdisjoint(each.on for each in certificates):
        return False
    row.part_of = first
    mine.happened = [*_numbered(kind, mine), *_numbered(kind, theirs)]
    return True


def _numbered(kind: Kind, content: Content) -> list[Happened]:
    """The events of a row, the last certificate with the row's number."""
    number = content.columns.get("number", "")
    last = max((each.on for each in content.happened if each.event in kind.names.certifying), default=None)
    return [
        each._replace(measures={"certificate": number, **each.measures})
        if number and each.event in kind.names.certifying and each.on == last
        else each
        for each in content.happened
    ]


def put_in_order(kind: Kind, content: Content) -> None:
    """Put a title told in several rows in order: what follows a certificate renews it, and it stands by the last number."""
    if not any("certificate" in each.measures for each in content.happened):
        return
    found: list[Happened] = []
    for each in sorted(content.happened, key=lambda each: each.on):
        event = (
            renewal_of(kind.names, found, each.on, each.event) if each.event in kind.names.certifying else each.event
        )
        found.append(each._replace(event=event))
    number = next((each.measures["certificate"] for each in reversed(found) if "certificate" in each.measures), "")
    content.happened, content.columns = found, {**content.columns, "number": number}
