"""Sheets: how a spreadsheet of records is read, as data of a pack; and which of a file's columns is what.

One row is one record with what has happened to it: a column for each thing that is known, one for the day of each event.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import ConfigDict, Field

from xingke.base.definitions import Catalogue, DefinitionKind, Entry, Issue
from xingke.base.labels import Label
from xingke.base.quantities import Unit
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.ledger.kind_names import KIND_NAMES
from xingke.ledger.kinds import KINDS

STRICT = ConfigDict(extra="forbid")
OBSERVATION = "observation"
# What a reported figure's row says; see the import of reported figures.
FIGURE_COLUMNS = (
    "figure", "document", "level", "region", "region_code", "stated_year", "real_year", "period", "indicator",
    "measure", "value", "value_max", "unit", "basis", "part", "as_written", "note",
)  # fmt: skip
COMMON = ("region", "region_code", "organisation", "credit_code")
# What our own files say beside the cells that are read: rows handed back, templates, lists of records.
OWN_COLUMNS = ("行号", "问题和办法", "提示", "台账状态", "其他经过", "虚构", "记录编号")
ROW_NUMBER, PROBLEMS, HINT, STATE, FURTHER, INVENTED, RECORD = OWN_COLUMNS


@dataclass(frozen=True, kw_only=True)
class Column:
    """One thing a row may say.

    headers: what the column may be called; the first is the template's. to: where it goes (region, organisation,
    credit_code, or a column of the record); else event: its day; with measure: its amount. unit: of a measure where the
    header names none. repeats: the event may happen again, so another day is another event and no correction.
    values: further ways to write a code.
    """

    __pydantic_config__ = STRICT

    headers: Annotated[tuple[str, ...], Field(min_length=1)]
    to: str = ""
    event: str = ""
    measure: str = ""
    unit: str = ""
    required: bool = False
    repeats: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    example: str = ""

    @property
    def role(self) -> str:
        """What it is, as one word: ``name``, ``granted``, ``approved amount``."""
        return self.to or f"{self.event} {self.measure}".strip()


@dataclass(frozen=True, kw_only=True)
class SheetForm:
    """A form of spreadsheet. kind: of the records it holds. given: what every row means without saying it."""

    __pydantic_config__ = STRICT

    code: str
    kind: str
    label: Label
    column: tuple[Column, ...]
    given: Mapping[str, str] = field(default_factory=dict)
    version: int = 1
    source: str = ""

    @property
    def key(self) -> str:
        return self.code

    @property
    def events(self) -> tuple[Column, ...]:
        """The columns that hold the day of an event."""
        return tuple(each for each in self.column if each.event and not each.measure)


def columns_are_known(catalogue: Catalogue) -> Iterator[Issue]:
    """Every column goes somewhere its kind of record has, and no two are the same or share a header."""
    for entry in catalogue.of("sheet"):
        form: SheetForm = entry.value
        if form.kind != OBSERVATION and form.kind not in KINDS:
            yield Issue(entry.file, entry.place, f"kind is {form.kind!r}; known: {', '.join([*KINDS, OBSERVATION])}")
            continue
        roles: dict[str, int] = {}
        headers: dict[str, int] = {}
        for number, column in enumerate(form.column, 1):
            place = f"{entry.place} column {number} ({column.headers[0]})"
            if column.role not in _roles(form.kind, catalogue):
                yield Issue(entry.file, place, f"a {form.kind} has no {column.role!r}")
            if roles.setdefault(column.role, number) != number:
                yield Issue(entry.file, place, f"is {column.role!r} like column {roles[column.role]}")
            for header in column.headers:
                if headers.setdefault(plain(header), number) != number:
                    yield Issue(entry.file, place, f"header {header!r} is that of column {headers[plain(header)]} too")
        yield from _values_are_known(entry, catalogue)


def _roles(kind: str, catalogue: Catalogue) -> set[str]:
    if kind == OBSERVATION:
        return set(FIGURE_COLUMNS)
    names = KIND_NAMES[kind]
    events = {term.code for term in catalogue.values("term") if term.list == names.events}
    amounts = {f"{event} {measure}" for event in events for measure in names.measures}
    return {*COMMON, *names.fields, *KINDS[kind].details, *events, *amounts}


def _values_are_known(entry: Entry[SheetForm], catalogue: Catalogue) -> Iterator[Issue]:
    form = entry.value
    fields = KIND_NAMES[form.kind].fields if form.kind in KIND_NAMES else {}
    units = {term.code for term in catalogue.values("term") if term.list == "unit"}
    said = [(column.to, code) for column in form.column for code in column.values.values()] + list(form.given.items())
    for name, code in said:
        known = {term.code for term in catalogue.values("term") if term.list == fields.get(name)}
        if code not in known:
            yield Issue(entry.file, entry.place, f"{name} is said to be {code!r}; known: {', '.join(sorted(known))}")
    for column in form.column:
        if column.unit and column.unit not in units:
            yield Issue(entry.file, entry.place, f"unit {column.unit!r} of {column.headers[0]!r} is unknown")


SHEETS: DefinitionKind[SheetForm] = DefinitionKind("sheet", "sheets.toml", SheetForm, (columns_are_known,))


# ── a file's columns ────────────────────────────────────────────────────────────────────────────────────────────────

_BLANK = re.compile(r"\s+")
_BRACKET = re.compile(r"(.+?)[(\[](.*?)[)\]]")
_MARKS = re.compile(r"^[*※#]+|[*※:：]+$|[(\[]必填[)\]]|[(\[]选填[)\]]")


def plain(text: str) -> str:
    """A header as headers are compared: half width, small letters, without blanks and marks of what is required."""
    return _MARKS.sub("", _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower())


@dataclass(frozen=True)
class Taken:
    """A column of a file that was recognised. unit: of a measure, else None."""

    place: int
    header: str
    column: Column
    unit: Unit | None = None


@dataclass(frozen=True)
class Understood:
    """A file's columns as they were understood."""

    header: tuple[str, ...]
    taken: Mapping[str, Taken]  # by role

    @property
    def unused(self) -> list[tuple[int, str]]:
        """The columns that are not read, as (place, header); those that only our own files have are none of them."""
        used = {each.place for each in self.taken.values()}
        return [
            (place, name)
            for place, name in enumerate(self.header)
            if name and place not in used and name not in OWN_COLUMNS
        ]


def understand(form: SheetForm, header: Sequence[str], units: Mapping[str, Unit]) -> Understood:
    """Say which column of a file is what. Raises Refused for one that is missing, doubled or names no unit."""
    by_header = {plain(name): column for column in form.column for name in column.headers}
    taken: dict[str, Taken] = {}
    for place, name in enumerate(header):
        found = _recognised(name, by_header, units)
        if found is None:
            continue
        column, unit = found
        before = taken.setdefault(column.role, Taken(place, name, column, unit))
        if before.place != place:
            raise Refused(say("“%(one)s”和“%(other)s”两列是同一项内容，请只保留一列。", one=before.header, other=name))
        if column.measure and unit is None:
            raise Refused(
                say("“%(name)s”一列没有写明单位，请在列名后注明，如“%(example)s（万元）”。", name=name, example=name)
            )
    missing = [
        each.headers[0]
        for each in form.column
        if each.required and each.role not in taken and each.to not in form.given
    ]
    if missing:
        raise Refused(say("缺少必需的列：%(columns)s。", columns=tuple(missing)))
    if form.events and not any(each.role in taken for each in form.events):
        known = tuple(each.headers[0] for each in form.events)
        raise Refused(say("没有任何日期列；至少要有其中一列：%(known)s。", known=known))
    return Understood(tuple(header), taken)


def _recognised(
    name: str, by_header: Mapping[str, Column], units: Mapping[str, Unit]
) -> tuple[Column, Unit | None] | None:
    """The column a header means, and the unit of a measure: ``合同金额（万元）``; brackets of other content are passed over."""
    words = plain(name)
    column = by_header.get(words)
    unit = None
    if bracketed := _BRACKET.fullmatch(words):
        unit = next((each for each in units.values() if plain(each.code) == bracketed[2].removeprefix("单位:")), None)
        column = column or by_header.get(bracketed[1])
    if column is None:
        return None
    return column, (unit or units.get(column.unit)) if column.measure else None
