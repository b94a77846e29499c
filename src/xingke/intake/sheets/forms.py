"""Forms of spreadsheet, as data of a pack: how a table of records is read.

One row is one record with what has happened to it: a column for each thing that is known, one for the day of each event.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import ConfigDict, Field

from xingke.base.definitions import Catalogue, DefinitionEntry, DefinitionKind, Issue
from xingke.base.labels import Label
from xingke.base.quantities import multiplied
from xingke.base.sayings import say
from xingke.intake.rules.headers import plain
from xingke.ledger import kinds
from xingke.ledger.kinds import KINDS
from xingke.ledger.tables import TABLES

STRICT = ConfigDict(extra="forbid")
OBSERVATION = "observation"
# What a reported figure's row says; see the import of reported figures.
FIGURE_COLUMNS = (
    "figure",
    "document",
    "level",
    "region",
    "region_code",
    "stated_year",
    "real_year",
    "period",
    "indicator",
    "measure",
    "value",
    "value_max",
    "unit",
    "basis",
    "part",
    "as_written",
    "note",
)
COMMON = ("region", "region_code", "organisation", "credit_code")
# What our own files say beside the cells that are read: rows handed back, templates, lists of records.
OWN_COLUMNS = ("行号", "问题和办法", "提示", "台账状态", "其他经过", "虚构", "记录编号")
ROW_NUMBER, PROBLEMS, HINT, STATE, FURTHER, INVENTED, RECORD = OWN_COLUMNS


@dataclass(frozen=True, kw_only=True)
class FormColumn:
    """One thing a row may say.

    headers: what the column may be called; the first is the template's. to: where it goes (region, organisation,
    credit_code, or a column of the record); else event: its day; with measure: its amount. unit: of a measure where the
    header names none; units: the base units it may be given in, money in 元. repeats: the event may happen again, so
    another day is another event and no correction. main: the event a list of this form is about. also: of an amount,
    further events of which it is the amount where they have none of their own. values: further ways to write a code.
    beside: headers of another column that are this one where a file has that other under another header, too. fractions: of a count
    that need not be whole, as hours and 亩.
    """

    __pydantic_config__ = STRICT

    headers: Annotated[tuple[str, ...], Field(min_length=1)]
    to: str = ""
    event: str = ""
    measure: str = ""
    unit: str = ""
    units: tuple[str, ...] = ()
    required: bool = False
    repeats: bool = False
    main: bool = False
    also: tuple[str, ...] = ()
    fractions: bool = False
    beside: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    example: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether its measure is one of which there are no halves."""
        return self.quantity == "count" and not self.fractions

    @property
    def role(self) -> str:
        """What it is, as one word: ``name``, ``granted``, ``approved amount``."""
        return self.to or f"{self.event} {self.measure}".strip()

    @property
    def bases(self) -> tuple[str, ...]:
        """The units of a measure that may stand in a header or a cell, multiplied or not; the usual one first."""
        return self.units or ((multiplied(self.unit)[1],) if self.unit else ("元",))

    @property
    def quantity(self) -> str:
        """The kind of quantity a measure is, as units have it."""
        return "money" if self.bases == ("元",) else "percent" if self.bases == ("%",) else "count"

    @property
    def is_measured(self) -> bool:
        """Whether its cells are numbers in a unit: the measures of events, and details that are numbers."""
        return bool(self.measure or self.unit or self.units)


@dataclass(frozen=True, kw_only=True)
class HeaderQuestion:
    """A header that may mean two things. role: the one it must not be taken for unasked. meanings: what it may be."""

    __pydantic_config__ = STRICT

    headers: Annotated[tuple[str, ...], Field(min_length=1)]
    role: str
    meanings: Annotated[tuple[str, ...], Field(min_length=2)]


@dataclass(frozen=True, kw_only=True)
class SheetForm:
    """A form of spreadsheet. kind: of the records it holds. given: what every row means without saying it.

    amounts: what an amount is called that does not say of which event: of the one the file has the day of.
    ask: headers that are never guessed.
    """

    __pydantic_config__ = STRICT

    code: str
    kind: str
    label: Label
    column: tuple[FormColumn, ...]
    given: Mapping[str, str] = field(default_factory=dict)
    amounts: tuple[str, ...] = ()
    ask: tuple[HeaderQuestion, ...] = ()
    version: int = 1
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", kinds.current(self.kind))
        object.__setattr__(self, "code", kinds.current(self.code))

    @property
    def key(self) -> str:
        return self.code

    @property
    def events(self) -> tuple[FormColumn, ...]:
        """The columns that hold the day of an event."""
        return tuple(each for each in self.column if each.event and not each.measure)

    @property
    def main(self) -> FormColumn | None:
        """The column of the event a list of this form is about."""
        return next((each for each in self.column if each.main), None)

    def called(self, role: str) -> str:
        """What the template calls a column."""
        return next((each.headers[0] for each in self.column if each.role == role), role)


def columns_are_known(catalogue: Catalogue) -> Iterator[Issue]:
    """Every column goes somewhere its kind of record has, and no two are the same or share a header."""
    for entry in catalogue.of("sheet"):
        form: SheetForm = entry.value
        if form.kind != OBSERVATION and form.kind not in TABLES:
            yield Issue(entry.file, entry.place, f"kind is {form.kind!r}; known: {', '.join([*TABLES, OBSERVATION])}")
            continue
        yield from _columns_are_told_apart(entry, catalogue)
        yield from _events_are_of_the_form(entry)
        yield from _values_are_known(entry, catalogue)


def _columns_are_told_apart(entry: DefinitionEntry[SheetForm], catalogue: Catalogue) -> Iterator[Issue]:
    """Each column goes somewhere of its own, under headers that nothing else of the form is called by."""
    form = entry.value
    roles: dict[str, int] = {}
    headers: dict[str, int] = {}
    for number, column in enumerate(form.column, 1):
        place = f"{entry.place} column {number} ({column.headers[0]})"
        if column.role not in _roles(form.kind, catalogue):
            yield Issue(entry.file, place, f"a {form.kind} has no {column.role!r}")
        if form.kind in TABLES and (unit := _unit_wanted(form.kind, column)):
            yield Issue(entry.file, place, f"{column.to} is a number: say its unit, {unit}")
        if roles.setdefault(column.role, number) != number:
            yield Issue(entry.file, place, f"is {column.role!r} like column {roles[column.role]}")
        for header in column.headers:
            if headers.setdefault(plain(header), number) != number:
                yield Issue(entry.file, place, f"header {header!r} is that of column {headers[plain(header)]} too")
    for header in (*form.amounts, *(header for question in form.ask for header in question.headers)):
        if plain(header) in headers:
            yield Issue(entry.file, entry.place, f"{header!r} is the header of column {headers[plain(header)]} too")


def _events_are_of_the_form(entry: DefinitionEntry[SheetForm]) -> Iterator[Issue]:
    """One main event at most, and amounts only of events the form has a day for."""
    form = entry.value
    days = {each.event for each in form.events}
    mains = [each.headers[0] for each in form.column if each.main]
    if len(mains) > 1 or any(each.main for each in form.column if each not in form.events):
        yield Issue(entry.file, entry.place, f"main is one column with the day of an event, not {', '.join(mains)}")
    for column in form.column:
        for event in column.also:
            if not column.measure or event not in days:
                yield Issue(
                    entry.file, entry.place, f"also of {column.headers[0]!r} is {event!r}, an event without a day"
                )


def _unit_wanted(kind: str, column: FormColumn) -> str:
    """How the unit of a detail that is a number would be said, where a column does not say it or says another."""
    details = {each.name: each for each in KINDS[kind].details if each.units}
    if column.to not in details:
        return ""
    *_larger, unit = details[column.to].units
    is_right = column.is_measured and (column.quantity, column.bases[0]) == (unit.kind, unit.code)
    return "" if is_right else f'units = ["{unit.code}"]'


def _roles(kind: str, catalogue: Catalogue) -> set[str]:
    if kind == OBSERVATION:
        return set(FIGURE_COLUMNS)
    names = KINDS[kind]
    events = {term.code for term in catalogue.values("term") if term.list == names.event_list}
    amounts = {f"{event} {measure}" for event in events for measure in names.measures}
    lasting = ("until", "lasts") if names.lasting else ()  # until which day, or how long, what it is holds
    return {*COMMON, *lasting, *names.fields, *TABLES[kind].details, *events, *amounts}


def _values_are_known(entry: DefinitionEntry[SheetForm], catalogue: Catalogue) -> Iterator[Issue]:
    form = entry.value
    fields = KINDS[form.kind].fields if form.kind in KINDS else {}
    units = {term.code for term in catalogue.values("term") if term.list == "unit"}
    said = [(column.to, code) for column in form.column for code in column.values.values()] + list(form.given.items())
    for name, code in said:
        known = {term.code for term in catalogue.values("term") if term.list == fields.get(name)}
        if code not in known:
            yield Issue(entry.file, entry.place, f"{name} is said to be {code!r}; known: {', '.join(sorted(known))}")
    for column in form.column:
        for base in column.units:
            if base not in units:
                yield Issue(entry.file, entry.place, f"unit {base!r} of {column.headers[0]!r} is unknown")
        if column.unit and column.unit not in units:
            yield Issue(entry.file, entry.place, f"unit {column.unit!r} of {column.headers[0]!r} is unknown")


SHEETS: DefinitionKind[SheetForm] = DefinitionKind(
    "sheet",
    "sheets.toml",
    SheetForm,
    (columns_are_known,),
    say("表格"),
    meaning=kinds.meant("kind"),
    key_today=kinds.current,
)


# What any table of records may say of a row besides, and what such a column may be called.
MARKS = (
    FormColumn(
        headers=("另一笔", "另一人", "另一次", "另一项", "另一件", "是否另一笔", "是否另一人", "另一笔（是/否）"),
        to="another",
    ),
    FormColumn(headers=("更正", "是否更正", "更正原记录"), to="correction"),
    FormColumn(headers=("确认无误", "编号无误", "代码无误", "已核对无误"), to="sure"),
    FormColumn(headers=("理由", "确认理由", "确认无误理由", "核对依据"), to="reason"),
)
PERSON = FormColumn(
    headers=(
        "姓名",
        "专家姓名",
        "特派员姓名",
        "科技特派员姓名",
        "人才姓名",
        "人员姓名",
        "科技副总姓名",
        "特派员",
        "科技特派员",
        "服务人员",
        "专家",
    ),
    to="person",
)


RECEIVER = FormColumn(  # who has from then on what was taken over, where a list names its former holder, too
    headers=(
        "受让人",
        "受让方",
        "受让单位",
        "受让企业",
        "受让人名称",
        "受让方名称",
        "受让单位名称",
        "接收单位",
        "迁入单位",
        "迁入企业",
    ),
    to="receiver",
)


def columns_besides(kind: str) -> tuple[FormColumn, ...]:
    """What the tables of a kind may say of a row beside what their forms name."""
    if kind == OBSERVATION:
        return ()
    persons = (PERSON,) if KINDS[kind].names_persons else ()
    return (*MARKS, *persons, *((RECEIVER,) if KINDS[kind].arrivals else ()))


# ── a file's columns ────────────────────────────────────────────────────────────────────────────────────────────────
