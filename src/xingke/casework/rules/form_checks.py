"""What is wrong with a form, said when its pack is loaded: every mistake at once."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal, InvalidOperation

from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.expressions import ExpressionError, Type, names, parse
from xingke.base.sayings import Saying, say
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

Fault = tuple[str, Saying]  # the field, and what is wrong


def _faults(form: CaseForm, lists: Set[str]) -> Iterator[Fault]:
    if form.page and form.field:
        yield "", say("既有分页又有页外的栏；请把栏都写进页里")
    if not form.fields:
        yield "", say("什么也没有问")
    yield from _twice(form.fields)
    types = expression_types(form.fields)
    personal = frozenset(each.name for each in form.fields if each.personal)
    for each in form.fields:
        yield from ((each.name, text) for text in _field(each, types, lists))
        yield from ((each.name, text) for text in _tells(each, types, personal))
        yield from ((f"{each.name}.{where}", text) for where, text in _columns(each, lists))
    if (listed := sum(each.listed for each in form.fields)) > MOST_LISTED:
        yield "", say("listed：有 %(listed)s 栏，最多 %(most_listed)s 栏", listed=listed, most_listed=MOST_LISTED)
    for number, check in enumerate(form.check, 1):
        place = f"check {number}"
        yield from ((place, text) for text in _expression("rule", check.rule, types, Type.TRUTH))
        yield from (
            (place, say("fields：没有叫“%(name)s”的栏", name=name)) for name in check.fields if name not in form.named
        )
    yield from _circles(form.fields, types)


def _twice(fields: Sequence[FormField]) -> Iterator[Fault]:
    found = [each.name for each in fields]
    yield from ((name, say("写了两次")) for name in sorted({name for name in found if found.count(name) > 1}))


def _field(each: FormField, types: Mapping[str, Type], lists: Set[str]) -> Iterator[Saying]:
    yield from _shape(each, lists)
    yield from _bounds(each)
    yield from _conditions(each, types)
    if each.personal and (each.type not in _TEXTS or each.listed or each.computed):
        yield say("personal：只有文字可以，而且不能列出，也不能算出")
    if each.listed and each.type in _UNLISTED:
        yield say("listed：%(value)s 类的栏不能列出", value=each.type.value)
    elif each.listed and each.length > LONGEST_LISTED:
        yield say(
            "listed：列出的文字最多 %(longest_listed)s 字，写的是 %(length)s 字",
            length=each.length,
            longest_listed=LONGEST_LISTED,
        )
    if each.prefill and each.type not in _TEXTS:
        yield say("prefill：带入的是文字，%(value)s 类的栏不能带入", value=each.type.value)
    if each.prefill and each.prefill not in PREFILLS:
        yield say("prefill 写的是“%(prefill)s”；可以是：%(known)s", prefill=each.prefill, known=tuple(PREFILLS))
    if each.locked and not each.prefill:
        yield say("locked：没有带入什么，就没有人能填")


def _shape(each: FormField, lists: Set[str]) -> Iterator[Saying]:
    """What its type needs, and what no other has."""
    if not _NAME.fullmatch(each.name) or (each.name in RESERVED_NAMES and each.name not in _OFFERED):
        taken = ", ".join(sorted(RESERVED_NAMES - _OFFERED))
        yield say("栏名只用小写字母、数字和 _，最多 40 个，而且不能与事项自己的相同：%(taken)s", taken=taken)
    elif not _may_be_named(each.name):
        yield say("栏名“%(name)s”是算式里的词，不能作栏名", name=each.name)
    if (each.type in (FieldType.TERM, FieldType.TERMS)) != bool(each.list):
        yield say("list：term、terms 类的栏要写，别的不写")
    elif each.list and lists and each.list not in lists:
        yield say("list：没有“%(list)s”这张代码表", list=each.list)
    if each.type is FieldType.AMOUNT and each.unit not in ("元", "万元"):
        yield say("unit 写的是“%(unit)s”；只能是元或万元", unit=each.unit)
    if each.type is FieldType.COUNT and not each.unit:
        yield say("unit：数量要写单位")
    if each.unit and each.type not in (FieldType.AMOUNT, FieldType.COUNT):
        yield say("unit：%(value)s 类的栏没有单位", value=each.type.value)
    yield from _format(each)
    yield from _once(each)
    if bool(each.columns) != (each.type is FieldType.TABLE):
        yield say("columns：表格要写，别的不写")


def _format(each: FormField) -> Iterator[Saying]:
    if each.format and (each.type is not FieldType.TEXT or each.format not in FORMATS):
        yield say("format 写的是“%(format)s”；文字可以是：%(known)s", format=each.format, known=tuple(FORMATS))
    if each.format == "id_number" and not each.personal:
        yield say("format id_number：证件号码是个人信息，要写 personal")


def _once(each: FormField) -> Iterator[Saying]:
    if each.once and (each.type is not FieldType.TEXT or each.personal or each.length > LONGEST_LISTED):
        yield say(
            "once：只能是最多 %(longest_listed)s 字的文字，不能是个人信息：封存的不能比较",
            longest_listed=LONGEST_LISTED,
        )
    elif each.once and not _NAME.fullmatch(each.once):
        yield say("once：名字只用小写字母、数字和 _，最多 40 个")


def _may_be_named(name: str) -> bool:
    try:
        return set(names(parse(name, {name: Type.TEXT}))) == {name}
    except ExpressionError:
        return False


def _bounds(each: FormField) -> Iterator[Saying]:
    bounds = [_bound(each, text) for text in (each.least, each.most) if text]
    if None in bounds:
        yield say(
            "least、most 写的是“%(least)s”“%(most)s”；要写数，日期要写 2026-03-05 这样的日子或 today",
            least=each.least,
            most=each.most,
        )
    elif len(bounds) == 2 and type(bounds[0]) is type(bounds[1]) and bounds[0] > bounds[1]:  # type: ignore[operator]
        yield say("least %(least)s 大于 most %(most)s", least=each.least, most=each.most)
    if each.length < 0 or (each.length and each.type not in _TEXTS):
        yield say("length：只有文字可以写，而且不能小于零")
    if not 0 <= each.rows[0] <= each.rows[1] <= MOST_ROWS:
        yield say(
            "rows 写的是 %(rows)s 到 %(rows2)s；在 0 到 %(most_rows)s 之间，少的在前",
            rows=each.rows[0],
            rows2=each.rows[1],
            most_rows=MOST_ROWS,
        )
    if each.rows != ANY_ROWS and each.type is not FieldType.TABLE:
        yield say("rows：表格要写，别的不写")


def _bound(each: FormField, text: str) -> date | Decimal | str | None:
    try:
        if each.type is FieldType.DAY:
            return text if text == "today" else date.fromisoformat(text)
        number = Decimal(text) if each.type in NUMBERS else None
        return number if number is not None and number.is_finite() else None
    except (ValueError, InvalidOperation):
        return None


def _conditions(each: FormField, types: Mapping[str, Type]) -> Iterator[Saying]:
    for name in ("required_when", "shown_when"):
        if text := getattr(each, name):
            yield from _expression(name, text, types, Type.TRUTH)
    if each.required and each.required_when:
        yield say("required_when：已经写了一定要填")
    if each.computed:
        if each.type not in _COMPUTED:
            yield say("computed：%(value)s 类的栏不能算出", value=each.type.value)
        else:
            yield from _expression("computed", each.computed, types, _COMPUTED[each.type])
        if each.required or each.required_when or each.prefill:
            yield say("computed：算出来的没有人填，不能要求填，也不能带入")


def _expression(name: str, text: str, types: Mapping[str, Type], wanted: Type) -> Iterator[Saying]:
    try:
        parse(text, types, wanted=wanted)
    except ExpressionError as error:
        yield say("%(name)s 第 %(place)s 个字符：%(error)s", name=name, place=error.place + 1, error=error.saying)


def _tells(each: FormField, types: Mapping[str, Type], personal: Set[str]) -> Iterator[Saying]:
    """What is computed is kept among the answers, where nothing personal may be."""
    try:
        told = set(names(parse(each.computed, types))) & personal if each.computed else set()
    except ExpressionError:
        return  # said already
    yield from (say("computed：用到了“%(name)s”，那是个人信息", name=name) for name in sorted(told))


def _columns(table: FormField, lists: Set[str]) -> Iterator[Fault]:
    yield from _twice(table.columns)
    types = expression_types(table.columns)
    for column in table.columns:
        if column.type in _OUTSIDE:
            yield column.name, say("%(value)s 类的栏不能放在表格里", value=column.type.value)
        if column.name == "rows":
            yield column.name, say("算式里 rows 指有几行，列不能叫这个名字")
        if column.listed or column.personal or column.prefill or column.locked or column.seen_by:
            yield column.name, say("表格的列不能写 listed、personal、prefill、locked 和 seen_by")
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
            yield name, say("依赖它自己")


def _needed(each: FormField, types: Mapping[str, Type]) -> Iterator[str]:
    for text in (each.computed, each.shown_when):
        try:
            yield from (name.partition(".")[0] for name in (names(parse(text, types)) if text else ()))
        except ExpressionError:
            continue  # said already
