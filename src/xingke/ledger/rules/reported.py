"""Reported figures: names as stated, their real period, and which of several is the one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from pydantic import ConfigDict

from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.periods import Period
from xingke.base.sayings import say

MEASURES = ("level", "cumulative", "increment", "growth", "share", "rank", "completion", "target")
CONFIDENCES = ("stated", "inferred", "ambiguous")
APPROXIMATIONS = ("余", "多", "近", "不足", "超", "约", "以上", "达上", "以内")


@dataclass(frozen=True, kw_only=True)
class StatedName:
    """Which indicator a name in somebody's report means, for one way of measuring."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    written: str
    measure: str
    indicator: str
    unit: str = ""
    aspect: str = "level"
    note: str = ""
    version: int = 1

    @property
    def key(self) -> str:
        return "|".join((self.written, self.measure, self.unit))


def measures_are_known(catalogue: Catalogue) -> Iterator[Issue]:
    """A stated name says one of the known measures."""
    for entry in catalogue.of("name"):
        if entry.value.measure not in MEASURES:
            yield Issue(entry.file, entry.place, f"measure is {entry.value.measure!r}; known: {', '.join(MEASURES)}")


NAMES: DefinitionKind[StatedName] = DefinitionKind("name", "names.toml", StatedName, (measures_are_known,), say("叫法"))


@dataclass(frozen=True)
class RealPeriod:
    """The period a figure really speaks of, against the one its document states.

    period: None when the document's year was damaged beyond one reading. confidence: stated (as written), inferred
    (somebody read it from the contents) or ambiguous (several readings).
    """

    period: Period | None
    confidence: str


def real_period(stated: Period, *, stated_year: str, real_year: str) -> RealPeriod:
    """Shift a stated period to its real year.

    stated_year, real_year: as annotated, e.g. ``2019`` and ``2018 (place inferred)``; ``2015/2016 (inferred…)`` has two
    readings and gives none. Source: a document whose stated year is evidence, not truth.
    """
    written, _bracket, remark = real_year.partition("(")
    years = written.replace("likely", "").strip()
    inferred = "likely" in real_year or "inferred" in remark.replace("place inferred", "")
    if "/" in years:
        return RealPeriod(None, "ambiguous")
    if not years or years == stated_year.strip():
        return RealPeriod(stated, "inferred" if inferred else "stated")
    shift = Period.parse(stated_year).first.year - Period.parse(years).first.year
    return RealPeriod(stated.years_before(shift), "inferred")


@dataclass(frozen=True)
class Reported:
    """One accepted or waiting observation, as the choice between several needs it."""

    key: object
    scaled: int
    accepted: bool | None


def chosen(reported: Sequence[Reported]) -> Reported | None:
    """The observation that counts among those of one indicator, region and period; None if a person must choose.

    One a person accepted wins; set-aside ones are out; several that say the same agree.
    """
    accepted = [each for each in reported if each.accepted]
    if accepted:
        return accepted[0]
    open_ones = [each for each in reported if each.accepted is None]
    return open_ones[0] if open_ones and len({each.scaled for each in open_ones}) == 1 else None


class Told(NamedTuple):
    """A reported figure that may answer: what is said of it, without who entered it when."""

    indicator: str
    aspect: str
    region_id: int
    real_period: str
    value: int
    value_max: int | None
    unit: str
    kind: str
    decimals: int
    approximation: str
    accepted: bool | None
    record: UUID
    version: int
    name: str
    as_written: str
    document: str
    place: str
    happened_on: date
    source: str
    source_place: str
