"""Which of a file's columns is what."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xingke.base.quantities import Unit, unit_of
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.intake.rules import headers
from xingke.intake.rules.headers import plain
from xingke.intake.sheets.forms import OWN_COLUMNS, FormColumn, SheetForm, columns_besides
from xingke.ledger.kinds import KINDS
from xingke.press.cells import letters
from xingke.registry import queries as registry

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
    column: FormColumn
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
    column: FormColumn
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
    form: SheetForm, column: FormColumn, words: Sequence[str], by_header: Mapping[str, FormColumn]
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


def _is_value(form: SheetForm, column: FormColumn, word: str) -> bool:
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
    wanted: dict[str, list[FormColumn]] = {}
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
