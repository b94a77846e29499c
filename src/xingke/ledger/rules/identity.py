"""What tells one record from another of its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xingke.base.codes import (
    normalise_code,
)
from xingke.ledger.kinds.record_kind import Identity, RecordKind


@dataclass(frozen=True, slots=True)
class Thing:
    """What tells a record from the others of its kind: see ``Identity``. holder: the organisation, or the region. further: what
    a kind is told by besides."""

    terms: tuple[str, ...]
    holder: object
    name: str
    number: str
    first: date | None
    person: object = None  # whom it is about, where that is said
    further: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        kind: RecordKind,
        fields: Mapping[str, str],
        *,
        holder: object,
        first: date | None,
        person: object = None,
        is_named: bool = True,
    ) -> "Thing":
        """The thing some columns speak of. is_named: of a title, whether one holder may have several, each with its name."""
        is_renewed = kind.identity is Identity.RENEWED
        names = (kind.lasting,) if is_renewed else kind.telling
        return cls(
            terms=tuple(fields.get(name, "") for name in names),
            holder=holder,
            name="" if is_renewed and not is_named else fields.get("name", "").strip(),
            number="" if is_renewed else normalise_code(fields.get("number", "")),
            first=first if kind.identity is Identity.NAME_AND_DAY else None,
            person=person,
            further=tuple(fields.get(name, "").strip() for name in kind.told_by),
        )

    @property
    def named(self) -> tuple[object, ...]:
        """What names it without its number."""
        return (self.terms, self.holder, self.name, self.further, self.first)

    def key(self, kind: RecordKind) -> object:
        """What no two rows of one file may share."""
        return self.number if self.number and kind.identity is Identity.NUMBER else (*self.named, self.number)


def same_thing(kind: RecordKind, one: Thing, other: Thing) -> bool:
    """Whether two records of one kind speak of the same thing. A number or a person only one of them says does not part them."""
    if one.person and other.person and one.person != other.person:
        return False
    if one.number and other.number and (kind.identity is Identity.NUMBER or one.number != other.number):
        return one.number == other.number
    return one.named == other.named
