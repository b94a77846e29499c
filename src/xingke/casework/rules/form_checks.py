"""What is wrong with a form, said when its pack is loaded: every mistake at once."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal, InvalidOperation

from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.expressions import ExpressionError, Type, names, parse
from xingke.base.sayings import say
from xingke.casework.rules.formats import FORMATS
from xingke.casework.rules.forms import ANY_ROWS, NUMBERS, PREFILLS, CaseForm, FieldType, FormField, expression_types

MOST_LISTED = 8
LONGEST_LISTED = 200  # characters of a text that lists show
MOST_ROWS = 2000
RESERVED_NAMES = frozenset({"number", "title", "organisation", "person", "region", "day", "opinion", "step", "case"})
"""Names that a case says itself; a form may ask for ``title``, ``organisation`` and ``person``, which then are the case's."""
_OFFERED = frozenset({"title", "organisation", "person"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TEXTS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})
_UNLISTED = frozenset({FieldType.TABLE, FieldType.FILE, FieldType.LONG_TEXT, FieldType.TERMS})
_OUTSIDE = frozenset({FieldType.TABLE, FieldType.FILE, FieldType.TERMS})
_COMPUTED: Mapping[FieldType, Type] = {
    **dict.fromkeys(NUMBERS, Type.NUMBER),
    FieldType.FLAG: Type.TRUTH,
    FieldType.DAY: Type.DAY,
    FieldType.TEXT: Type.TEXT,
}


def forms_hold(catalogue: Catalogue) -> Iterator[Issue]:
    """Every field is named once, its type has what it needs, and every expression can be worked out."""
    lists = {term.list for term in catalogue.values("term")}
    for entry in catalogue.of("form"):
        for place, text in _faults(entry.value, lists):
            yield Issue(entry.file, f"{entry.place}{f' {place}' if place else ''}", text)


FORMS: DefinitionKind[CaseForm] = DefinitionKind(
    "form", "forms.toml", CaseForm, (forms_hold,), say("表单"), is_regional=True
)

Fault = tuple[str, str]  # the field, and what is wrong


def _faults(form: CaseForm, lists: Set[str]) -> Iterator[Fault]:
    if form.page and form.field:
        yield "", "has pages and fields beside them; put the fields on pages"
    if not form.fields:
        yield "", "asks nothing"
    yield from _twice(form.fields)
    types = expression_types(form.fields)
    personal = frozenset(each.name for each in form.fields if each.personal)
    for each in form.fields:
        yield from ((each.name, text) for text in _field(each, types, lists))
        yield from ((each.name, text) for text in _tells(each, types, personal))
        yield from ((f"{each.name}.{where}", text) for where, text in _columns(each, lists))
    if (listed := sum(each.listed for each in form.fields)) > MOST_LISTED:
        yield "", f"{listed} fields are listed; {MOST_LISTED} at most"
    for number, check in enumerate(form.check, 1):
        place = f"check {number}"
        yield from ((place, text) for text in _expression("rule", check.rule, types, Type.TRUTH))
        yield from ((place, f"fields names no field: {name!r}") for name in check.fields if name not in form.named)
    yield from _circles(form.fields, types)


def _twice(fields: Sequence[FormField]) -> Iterator[Fault]:
    found = [each.name for each in fields]
    yield from ((name, "stands twice") for name in sorted({name for name in found if found.count(name) > 1}))


def _field(each: FormField, types: Mapping[str, Type], lists: Set[str]) -> Iterator[str]:
    yield from _shape(each, lists)
    yield from _bounds(each)
    yield from _conditions(each, types)
    if each.personal and (each.type not in _TEXTS or each.listed or each.computed):
        yield "personal: only a text is, and it is neither listed nor computed"
    if each.listed and each.type in _UNLISTED:
        yield f"listed: a {each.type.value} cannot be"
    elif each.listed and each.length > LONGEST_LISTED:
        yield f"listed: a text of {each.length} characters cannot be; {LONGEST_LISTED} at most"
    if each.prefill and each.type not in _TEXTS:
        yield f"prefill: what is filled in is a text, which a {each.type.value} is not"
    if each.prefill and each.prefill not in PREFILLS:
        yield f"prefill is {each.prefill!r}; known: {', '.join(PREFILLS)}"
    if each.locked and not each.prefill:
        yield "locked: nothing is filled in, so nobody could answer"


def _shape(each: FormField, lists: Set[str]) -> Iterator[str]:
    """What its type needs, and what no other has."""
    if not _NAME.fullmatch(each.name) or (each.name in RESERVED_NAMES and each.name not in _OFFERED):
        taken = ", ".join(sorted(RESERVED_NAMES - _OFFERED))
        yield f"name must be small letters, digits and _, at most 40, and none a case has itself: {taken}"
    elif not _may_be_named(each.name):
        yield f"name {each.name!r} is a word of expressions, which could not name the field"
    if (each.type in (FieldType.TERM, FieldType.TERMS)) != bool(each.list):
        yield "list: a term is of one, and nothing else is"
    elif each.list and lists and each.list not in lists:
        yield f"list {each.list!r} is not known"
    if each.type is FieldType.AMOUNT and each.unit not in ("元", "万元"):
        yield f"unit is {each.unit!r}; expected 元 or 万元"
    if each.type is FieldType.COUNT and not each.unit:
        yield "unit: a count has one"
    if each.unit and each.type not in (FieldType.AMOUNT, FieldType.COUNT):
        yield f"unit: a {each.type.value} has none"
    yield from _format(each)
    yield from _once(each)
    if bool(each.columns) != (each.type is FieldType.TABLE):
        yield "columns: a table has them, and nothing else has"


def _format(each: FormField) -> Iterator[str]:
    if each.format and (each.type is not FieldType.TEXT or each.format not in FORMATS):
        yield f"format is {each.format!r}; a text may have one of {', '.join(FORMATS)}"
    if each.format == "id_number" and not each.personal:
        yield "format id_number: the number of somebody's card is personal"


def _once(each: FormField) -> Iterator[str]:
    if each.once and (each.type is not FieldType.TEXT or each.personal or each.length > LONGEST_LISTED):
        yield f"once: only a text of {LONGEST_LISTED} characters at most, and nothing personal: what is sealed is not compared"
    elif each.once and not _NAME.fullmatch(each.once):
        yield "once: the set has a name of small letters, digits and _, at most 40"


def _may_be_named(name: str) -> bool:
    try:
        return set(names(parse(name, {name: Type.TEXT}))) == {name}
    except ExpressionError:
        return False


def _bounds(each: FormField) -> Iterator[str]:
    bounds = [_bound(each, text) for text in (each.least, each.most) if text]
    if None in bounds:
        yield f"least, most: {each.least!r}, {each.most!r}; expected numbers, or for a day ISO days or 'today'"
    elif len(bounds) == 2 and type(bounds[0]) is type(bounds[1]) and bounds[0] > bounds[1]:  # type: ignore[operator]
        yield f"least {each.least} is more than most {each.most}"
    if each.length < 0 or (each.length and each.type not in _TEXTS):
        yield "length: of a text only, and no less than nothing"
    if not 0 <= each.rows[0] <= each.rows[1] <= MOST_ROWS:
        yield f"rows are {each.rows[0]} to {each.rows[1]}; expected 0 to {MOST_ROWS} at most, the fewer first"
    if each.rows != ANY_ROWS and each.type is not FieldType.TABLE:
        yield "rows: a table has them, and nothing else has"


def _bound(each: FormField, text: str) -> date | Decimal | str | None:
    try:
        if each.type is FieldType.DAY:
            return text if text == "today" else date.fromisoformat(text)
        number = Decimal(text) if each.type in NUMBERS else None
        return number if number is not None and number.is_finite() else None
    except (ValueError, InvalidOperation):
        return None


def _conditions(each: FormField, types: Mapping[str, Type]) -> Iterator[str]:
    for name in ("required_when", "shown_when"):
        if text := getattr(each, name):
            yield from _expression(name, text, types, Type.TRUTH)
    if each.required and each.required_when:
        yield "required_when: it is required always"
    if each.computed:
        if each.type not in _COMPUTED:
            yield f"computed: a {each.type.value} cannot be"
        else:
            yield from _expression("computed", each.computed, types, _COMPUTED[each.type])
        if each.required or each.required_when or each.prefill:
            yield "computed: nobody answers it, so it is neither required nor filled in"


def _expression(name: str, text: str, types: Mapping[str, Type], wanted: Type) -> Iterator[str]:
    try:
        parse(text, types, wanted=wanted)
    except ExpressionError as error:
        yield f"{name}, character {error.place + 1}: {error}"


def _tells(each: FormField, types: Mapping[str, Type], personal: Set[str]) -> Iterator[str]:
    """What is computed is kept among the answers, where nothing personal may be."""
    try:
        told = set(names(parse(each.computed, types))) & personal if each.computed else set()
    except ExpressionError:
        return  # said already
    yield from (f"computed: tells {name!r}, which is personal" for name in sorted(told))


def _columns(table: FormField, lists: Set[str]) -> Iterator[Fault]:
    yield from _twice(table.columns)
    types = expression_types(table.columns)
    for column in table.columns:
        if column.type in _OUTSIDE:
            yield column.name, f"a {column.type.value} cannot stand in a table"
        if column.name == "rows":
            yield column.name, "name is what expressions call the number of rows"
        if column.listed or column.personal or column.prefill or column.locked or column.seen_by:
            yield column.name, "a column is neither listed, personal, filled in, locked nor for some only"
        yield from (
            (column.name, text) for text in (*_shape(column, lists), *_bounds(column), *_conditions(column, types))
        )
    yield from _circles(table.columns, types)


def _circles(fields: Sequence[FormField], types: Mapping[str, Type]) -> Iterator[Fault]:
    """Fields that depend on themselves, by what they are computed from and when they are shown."""
    needs = {each.name: set(_needed(each, types)) for each in fields}
    for name in needs:
        left, seen = set(needs[name]), set[str]()
        while left:
            seen |= left
            left = {after for each in left for after in needs.get(each, ())} - seen
        if name in seen:
            yield name, "depends on itself"


def _needed(each: FormField, types: Mapping[str, Type]) -> Iterator[str]:
    for text in (each.computed, each.shown_when):
        try:
            yield from (name.partition(".")[0] for name in (names(parse(text, types)) if text else ()))
        except ExpressionError:
            continue  # said already
