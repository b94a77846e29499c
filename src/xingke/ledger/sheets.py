"""Sheets: how a spreadsheet of records is read, as data of a pack; and which of a file's columns is what.

One row is one record with what has happened to it: a column for each thing that is known, one for the day of each event.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import ConfigDict, Field

from xingke.base.definitions import Catalogue, DefinitionKind, Entry, Issue
from xingke.base.labels import Label
from xingke.base.press.cells import letters
from xingke.base.quantities import Unit, multiplied, unit_of
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.ledger import headers, kinds
from xingke.ledger.headers import plain
from xingke.ledger.kinds import KINDS
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry

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
class Column:
    """One thing a row may say.

    headers: what the column may be called; the first is the template's. to: where it goes (region, organisation,
    credit_code, or a column of the record); else event: its day; with measure: its amount. unit: of a measure where the
    header names none; units: the base units it may be given in, money in 元. repeats: the event may happen again, so
    another day is another event and no correction. main: the event a list of this form is about. also: of an amount,
    further events of which it is the amount where they have none of their own. values: further ways to write a code.
    beside: headers of another column that are this one where a file has that other under another header, too.
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
    beside: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    example: str = ""

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
class Question:
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
    column: tuple[Column, ...]
    given: Mapping[str, str] = field(default_factory=dict)
    amounts: tuple[str, ...] = ()
    ask: tuple[Question, ...] = ()
    version: int = 1
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", kinds.current(self.kind))
        object.__setattr__(self, "code", kinds.current(self.code))

    @property
    def key(self) -> str:
        return self.code

    @property
    def events(self) -> tuple[Column, ...]:
        """The columns that hold the day of an event."""
        return tuple(each for each in self.column if each.event and not each.measure)

    @property
    def main(self) -> Column | None:
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


def _columns_are_told_apart(entry: Entry[SheetForm], catalogue: Catalogue) -> Iterator[Issue]:
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


def _events_are_of_the_form(entry: Entry[SheetForm]) -> Iterator[Issue]:
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


def _unit_wanted(kind: str, column: Column) -> str:
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


def _values_are_known(entry: Entry[SheetForm], catalogue: Catalogue) -> Iterator[Issue]:
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
    "sheet", "sheets.toml", SheetForm, (columns_are_known,), meaning=kinds.meant("kind"), key_today=kinds.current
)


# What any table of records may say of a row besides, and what such a column may be called.
MARKS = (
    Column(
        headers=("另一笔", "另一人", "另一次", "另一项", "另一件", "是否另一笔", "是否另一人", "另一笔（是/否）"),
        to="another",
    ),
    Column(headers=("更正", "是否更正", "更正原记录"), to="correction"),
    Column(headers=("确认无误", "编号无误", "代码无误", "已核对无误"), to="sure"),
    Column(headers=("理由", "确认理由", "确认无误理由", "核对依据"), to="reason"),
)
PERSON = Column(
    headers=(
        "姓名",
        "专家姓名",
        "特派员姓名",
        "科技特派员姓名",
        "人才姓名",
        "人员姓名",
        "科技副总姓名",
        "特派员",
        "专家",
    ),
    to="person",
)


RECEIVER = Column(  # who has from then on what was taken over, where a list names its former holder, too
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


def columns_besides(kind: str) -> tuple[Column, ...]:
    """What the tables of a kind may say of a row beside what their forms name."""
    if kind == OBSERVATION:
        return ()
    persons = (PERSON,) if KINDS[kind].names_persons else ()
    return (*MARKS, *persons, *((RECEIVER,) if KINDS[kind].arrivals else ()))


# ── a file's columns ────────────────────────────────────────────────────────────────────────────────────────────────

UNKNOWN_UNIT = say(
    "“%(header)s”一列写明的“%(mark)s”不是这一列能用的单位；请换算成%(known)s之一，列名写成“%(example)s”。"
)
TWO_UNITS = say("“%(header)s”一列写了两种单位，请只留一种，如“%(example)s”。")
TWO_COLUMNS = say("“%(one)s”和“%(other)s”两列是同一项内容，请只保留一列。")
TWO_AMOUNTS = say(
    "“%(one)s”和“%(other)s”两列都是这一项的数量，不知道该用哪一列；应当相加的请合计成一列，否则请只保留一列。"
)
UNREAD_AMOUNT = say(
    "“%(header)s”像是数量，没有读入，而“%(event)s”没有数量列，会按没有数量登记；就是它的，请把列名改成“%(name)s”，不是的请删去这一列。"
)
OTHER_MARK = say(
    "“%(header)s”比“%(known)s”多出“%(mark)s”，可能是另一项内容；就是“%(known)s”的，请把列名改成“%(example)s”，不是的请删去这一列。"
)


@dataclass(frozen=True)
class Taken:
    """A column of a file that was recognised.

    unit: of a measure, None where neither the header says it nor the form. is_unit_said: the file itself names it.
    """

    place: int
    header: str
    column: Column
    unit: Unit | None = None
    is_unit_said: bool = False


@dataclass(frozen=True)
class Understood:
    """A file's columns as they were understood. doubts: what speaks against a column that was left aside, by place."""

    header: tuple[str, ...]
    taken: Mapping[str, Taken]  # by role
    doubts: Mapping[int, Saying] = field(default_factory=dict)
    notes: Sequence[Saying] = ()
    measured: frozenset[str] = frozenset()  # what the amounts of the form are called

    @property
    def unused(self) -> list[tuple[int, str]]:
        """The columns that are not read, as (place, header); those that only our own files have are none of them."""
        used = {each.place for each in self.taken.values()}
        return [
            (place, name)
            for place, name in enumerate(self.header)
            if name and place not in used and name not in OWN_COLUMNS
        ]

    @property
    def unused_amounts(self) -> list[tuple[int, str]]:
        """Those of them that seem to hold amounts."""
        return [(place, name) for place, name in self.unused if headers.is_amount_like(name, self.measured)]

    @property
    def columns(self) -> list[dict[str, str | None]]:
        """What each column that is read is taken for, in the order of the file."""
        return [
            {"header": each.header, "as": role, "unit": each.unit.code if each.unit else None}
            for role, each in sorted(self.taken.items(), key=lambda item: item[1].place)
        ]

    @property
    def remarks(self) -> list[Saying]:
        """What somebody should know of how the columns were understood."""
        lost = [
            _LOST.filled(column=letters(place), header=name)
            for place, name in self.unused_amounts
            if place not in self.doubts
        ]
        return [*self.notes, *(_ASIDE.filled(why=why) for why in self.doubts.values()), *lost]


_LOST = say("%(column)s 列“%(header)s”像是数量，但这种表格没有这一项，没有读入")
_ASIDE = say("没有读入的列：%(why)s")


@dataclass(frozen=True)
class _Meant:
    """What one header means. name: the known one in it; mark: what stands there besides that nobody knows."""

    place: int
    header: str
    name: str
    column: Column
    unit: Unit | None
    mark: str

    def doubt(self) -> Saying:
        """Why it is not read, and what to do."""
        name = self.name
        if not self.column.is_measured:
            return OTHER_MARK.filled(header=self.header, known=name, mark=self.mark, example=name)
        base = self.column.bases[0]
        known = tuple(
            f"{times}{base}" for times in (("", "千", "万", "亿") if base == "元" else ("", "百", "千", "万"))
        )
        example = f"{name}（{'万元' if base == '元' else base}）"
        if unit_of(self.mark, self.column.bases, self.column.quantity):
            return TWO_UNITS.filled(header=self.header, example=example)
        if headers.is_unit_like(self.mark) or self.mark in registry.units():
            return UNKNOWN_UNIT.filled(header=self.header, mark=self.mark, known=known, example=example)
        return OTHER_MARK.filled(header=self.header, known=name, mark=self.mark, example=example)


def understand(
    form: SheetForm, header: Sequence[str], units: Mapping[str, Unit], above: Sequence[str] = ()
) -> Understood:
    """Say which column of a file is what.

    above: the lines above the header, which may name a unit for amounts that name none. Raises Refused for a column
    that is missing, doubled, or may be another than it seems.
    """
    meant = _meanings(form, header)
    taken = _clean(meant, units)
    doubts = _doubts(meant, taken)
    _place_amounts(form, header, taken)
    _refuse_questions(form, header, taken)
    taken, notes = _with_unit_above(taken, headers.units_above(above))
    _refuse_missing(form, taken)
    measured = frozenset(plain(name) for column in form.column if column.is_measured for name in column.headers)
    found = Understood(tuple(header), taken, doubts, notes, measured)
    _refuse_unread_amounts(form, found)
    _refuse_parts_alone(form, found)
    return found


def roles_in(form: SheetForm, header: Sequence[str]) -> dict[str, str]:
    """What a file certainly has: by role, its header."""
    return {each.column.role: each.header for each in _meanings(form, header) if not each.mark}


def _meanings(form: SheetForm, header: Sequence[str]) -> list[_Meant]:
    columns = (*columns_besides(form.kind), *form.column)
    written = {plain(name): name for column in columns for name in column.headers}
    by_header = {plain(name): column for column in columns for name in column.headers}
    measured = {name for name, column in by_header.items() if column.is_measured}
    found = []
    for place, name in enumerate(header):
        known = headers.named(name, by_header, measured)
        if known is not None:
            column = by_header[known[0]]
            found.append(
                _Meant(
                    place, name, written[known[0]], column, *_judged(form, column, headers.parts(known[1]), by_header)
                )
            )
    return list(_set_beside(form, found))


def _judged(
    form: SheetForm, column: Column, words: Sequence[str], by_header: Mapping[str, Column]
) -> tuple[Unit | None, str]:
    """The unit that stands behind a name, and the first word there that is neither a unit nor known to change nothing."""
    found: Unit | None = None
    for word in words:
        unit = unit_of(word, column.bases, column.quantity) if column.is_measured else None
        if unit is not None and (found is None or found.factor == unit.factor):
            found = unit
        elif unit is not None or not (by_header.get(word) is column or _is_value(form, column, word)):
            return found, word
    return found, ""


def _is_value(form: SheetForm, column: Column, word: str) -> bool:
    """Whether a word is something the cells of a column may say: 级别（国家级/省级）."""
    names = KINDS.get(form.kind)
    if names is None or column.to not in names.fields:
        return False
    terms = registry.terms(names.fields[column.to]).values()
    return word in {plain(each) for each in (*column.values, *(term.label.zh for term in terms))}


def _clean(meant: Sequence[_Meant], units: Mapping[str, Unit]) -> dict[str, Taken]:
    """The columns of which nothing is doubtful, by role."""
    taken: dict[str, Taken] = {}
    for each in meant:
        if each.mark:
            continue
        before = taken.get(each.column.role)
        if before is not None:
            doubled = TWO_AMOUNTS if each.column.is_measured else TWO_COLUMNS
            raise Refused(doubled.filled(one=before.header, other=each.header))
        usual = units.get(each.column.unit) if each.column.is_measured else None
        taken[each.column.role] = Taken(
            each.place, each.header, each.column, each.unit or usual, is_unit_said=each.unit is not None
        )
    return taken


def _set_beside(form: SheetForm, meant: Sequence[_Meant]) -> Iterator[_Meant]:
    """What each column is: of two that would be one, the one by whose header another may go is that other.

    主办单位 alone is whose the event is; where a list names 承办单位 too, it is who called for it.
    """
    others = {plain(name): column for column in form.column for name in column.beside}
    roles = Counter(each.column.role for each in meant if not each.mark)
    for each in meant:
        other = others.get(plain(each.name))
        yield replace(each, column=other) if other is not None and roles[each.column.role] > 1 else each


def _doubts(meant: Sequence[_Meant], taken: Mapping[str, Taken]) -> dict[int, Saying]:
    """Why columns are left aside whose names say more than is known. Raises Refused where nothing stands in their place."""
    doubtful = [each for each in meant if each.mark]
    for each in doubtful:
        if each.column.role not in taken:
            raise Refused(each.doubt())
    return {each.place: each.doubt() for each in doubtful}


def _place_amounts(form: SheetForm, header: Sequence[str], taken: dict[str, Taken]) -> None:
    """Give every amount to an event whose day the file has. Raises Refused for one that has none, or might have several."""
    _place_unnamed(form, header, taken)
    for role, each in list(taken.items()):
        if not each.column.measure:
            continue
        for event in each.column.also:
            own = next((c for c in form.column if c.role == f"{event} {each.column.measure}"), None)
            if own is not None and event in taken and own.role not in taken:
                taken[own.role] = replace(each, column=own)
        if each.column.event not in taken:
            del taken[role]
            if not any(other.place == each.place for other in taken.values()):
                days = tuple(form.called(event) for event in (each.column.event, *each.column.also))
                raise Refused(_NO_DAY.filled(amount=each.header, days=days))


_NO_DAY = say("“%(amount)s”没有对应的日期列，不知道是哪一天的；请补充“%(days)s”一列，或删去“%(amount)s”这一列。")
_WHICH = say("“%(amount)s”没有写明是哪一笔，文件里有 %(days)s；请把列名写成%(names)s之一，或删去这一列。")


def _place_unnamed(form: SheetForm, header: Sequence[str], taken: dict[str, Taken]) -> None:
    """An amount that does not say of which event is that of the only one there is."""
    money = [column for column in form.column if column.measure and column.quantity == "money"]
    if not form.amounts or not money:
        return
    owners = [column for column in money if column.event in taken]
    for each in _meanings(replace(form, column=(replace(money[0], headers=form.amounts),)), header):
        if not each.column.measure:  # what is said of a row besides
            continue
        if not owners:
            raise Refused(_NO_DAY.filled(amount=each.header, days=tuple(form.called(c.event) for c in money)))
        if len(owners) > 1 or owners[0].role in taken:
            days = tuple(taken[column.event].header for column in owners)
            names = tuple(column.headers[0] for column in money)
            raise Refused(_WHICH.filled(amount=each.header, days=days, names=names))
        if each.mark:
            raise Refused(replace(each, column=owners[0]).doubt())
        taken[owners[0].role] = Taken(each.place, each.header, owners[0], each.unit, is_unit_said=each.unit is not None)


def _refuse_unread_amounts(form: SheetForm, found: Understood) -> None:
    """Raise Refused where a column that is not read seems to hold the amounts of events that would be filed without any."""
    measured = KINDS[form.kind].measured if form.kind in KINDS else ()
    asked_for = {each.name for each in measured if not each.part_of and not each.is_further}
    wanted: dict[str, list[Column]] = {}
    for column in form.column:
        if column.measure in asked_for:
            wanted.setdefault(column.measure, []).append(column)
    for columns in wanted.values():
        owners = [column for column in columns if column.event in found.taken]
        if not owners or any(column.role in found.taken for column in columns):
            continue
        column = owners[0]
        for place, name in found.unused_amounts:
            if place not in found.doubts and headers.may_count(name, column.bases, column.quantity):
                unit = "万元" if column.quantity == "money" else column.bases[0]
                event = found.taken[column.event].header
                told = {"header": name, "event": event, "name": f"{column.headers[0]}（{unit}）"}
                raise Refused(UNREAD_AMOUNT.filled(**told))


PART_ALONE = say(
    "“%(part)s”只是“%(whole)s”中的一部分，文件里没有“%(whole)s”一列，会按没有数量登记；请补上这一列，“%(part)s”就是全部的，请把列名改成“%(whole)s”。"
)


def _refuse_parts_alone(form: SheetForm, found: Understood) -> None:
    """Raise Refused where a file says a class of the people who came and not how many came."""
    measured = KINDS[form.kind].measured if form.kind in KINDS else ()
    further = {each.name: each.part_of for each in measured if each.part_of and each.is_further}
    for each in found.taken.values():
        whole = f"{each.column.event} {further.get(each.column.measure, '')}"
        if each.column.measure in further and whole not in found.taken:
            raise Refused(PART_ALONE.filled(part=each.header, whole=form.called(whole)))


def _refuse_questions(form: SheetForm, header: Sequence[str], taken: Mapping[str, Taken]) -> None:
    for question in form.ask:
        names = {plain(name) for name in question.headers}
        for name in header:
            found = headers.named(name, names, ())
            if found is not None and question.role not in taken:
                raise Refused(
                    say(
                        "“%(header)s”可能是%(meanings)s，不能猜；请把列名改成其中一个，或删去这一列。",
                        header=name,
                        meanings=question.meanings,
                    )
                )


def _with_unit_above(taken: Mapping[str, Taken], said: Sequence[str]) -> tuple[dict[str, Taken], list[Saying]]:
    """The unit that stands above the header or under the rows, for amounts that name none. Raises Refused for several."""
    found = dict(taken)
    notes: list[Saying] = []
    for role, each in taken.items():
        if not each.column.is_measured or each.is_unit_said:
            continue
        meant = {unit.factor: unit for word in said if (unit := unit_of(word, each.column.bases, each.column.quantity))}
        if len(meant) > 1 and each.unit is not None:  # else its cells are refused that name none
            units = tuple(unit.code for unit in meant.values())
            raise Refused(SEVERAL_UNITS.filled(header=each.header, units=units))
        if len(meant) == 1:
            (unit,) = meant.values()
            found[role] = replace(each, unit=unit, is_unit_said=True)
            notes.append(_ABOVE.filled(unit=unit.code, header=each.header))
    return found, notes


_ABOVE = say("表格上方或下方写明单位是“%(unit)s”，“%(header)s”按此读入")
SEVERAL_UNITS = say("表格上方和下方写了几种单位（%(units)s），“%(header)s”一列没有写明是哪一种；请把单位写在列名里。")


def _refuse_missing(form: SheetForm, taken: Mapping[str, Taken]) -> None:
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
