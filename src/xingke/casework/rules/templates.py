"""What a step files: a bounded template, checked against the kind of record when its pack is loaded, filled when the step is taken."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from xingke.base.sayings import Saying, say
from xingke.casework.rules.flows import RecordTemplate
from xingke.casework.rules.forms import FieldType, FormField
from xingke.ledger.kinds import KINDS
from xingke.ledger.kinds.record_kind import DetailType, RecordKind

_PLACE = re.compile(r"\{(\w+)\}")

CASE_NAMES: Mapping[str, FieldType] = {
    "number": FieldType.TEXT,
    "title": FieldType.TEXT,
    "organisation": FieldType.ORGANISATION,
    "person": FieldType.PERSON,
    "region": FieldType.REGION,
    "day": FieldType.DAY,
}
"""What a case itself says; a form that asks for something of the same name says it instead."""

_WORDS = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.TERM, FieldType.DAY, FieldType.PERIOD}
_OF_DETAIL: Mapping[DetailType, Set[FieldType]] = {
    DetailType.TEXT: _WORDS,
    DetailType.DAY: {FieldType.DAY},
    DetailType.AMOUNT: {FieldType.AMOUNT},
    DetailType.COUNT: {FieldType.COUNT},
    DetailType.PERCENT: {FieldType.PERCENT},
    DetailType.FLAG: {FieldType.FLAG},
    DetailType.ORGANISATION: {FieldType.ORGANISATION},
}
_OF_MEASURE = {"money": {FieldType.AMOUNT}, "count": {FieldType.COUNT}, "percent": {FieldType.PERCENT}}


@dataclass(frozen=True)
class RecordFilled:
    """A record as a step files it: values by name as forms keep them (amounts in 分, counts × 10⁻⁴, days as dates)."""

    kind: str
    event: str
    on: date
    organisation: str
    person: str
    fields: Mapping[str, Any]
    measures: Mapping[str, int]
    wanted: tuple[str, ...] = ()  # the measures it must say
    said: frozenset[str] = frozenset()  # the fields and measures the template speaks of, answered or not


def template_faults(template: RecordTemplate, asked: Mapping[str, FormField]) -> Iterator[Saying]:
    """What a template cannot file, and what it names that nobody asks for."""
    kind = KINDS.get(template.kind)
    if kind is None:
        yield say("kind：没有“%(kind)s”这类记录；可以是：%(known)s", kind=template.kind, known=tuple(KINDS))
        return
    types = {**CASE_NAMES, **{name: each.type for name, each in asked.items()}}
    table = asked.get(template.each)
    if table is not None and table.type is FieldType.TABLE:
        types |= {column.name: column.type for column in table.columns}
    elif template.each:
        yield say("each：“%(each)s”不是这个流程的表单里的表格", each=template.each)
    if template.event not in kind.effects:
        yield say(
            "event：%(code)s 没有“%(event)s”这个事件；可以是：%(known)s",
            event=template.event,
            code=kind.code,
            known=tuple(kind.effects),
        )
    yield from _one(template.on, "on", {FieldType.DAY}, types)
    yield from _whose(template, kind, types)
    yield from _fields(template, kind, types, asked)
    yield from _measures(template, kind, types)


def _whose(template: RecordTemplate, kind: RecordKind, types: Mapping[str, FieldType]) -> Iterator[Saying]:
    if template.organisation:
        yield from _one(template.organisation, "organisation", {FieldType.ORGANISATION}, types)
    elif kind.needs_holder:
        yield say("organisation：%(code)s 一定要写是哪家单位的", code=kind.code)
    if template.person:
        if not kind.names_persons:
            yield say("person：%(code)s 不写人员", code=kind.code)
        yield from _one(template.person, "person", {FieldType.PERSON}, types)


def _fields(
    template: RecordTemplate, kind: RecordKind, types: Mapping[str, FieldType], asked: Mapping[str, FormField]
) -> Iterator[Saying]:
    details = {detail.name: detail for detail in kind.details}
    for name, text in template.fields.items():
        if name in kind.fields:
            yield from _term(text, name, kind.fields[name], types, asked)
        elif name in details:
            detail = details[name]
            wanted = _OF_DETAIL[detail.type]
            mixes = detail.type is DetailType.TEXT
            yield from (_places(text, name, wanted, types) if mixes else _one(text, name, wanted, types))
        else:
            yield say(
                "fields：%(code)s 没有“%(name)s”；可以是：%(known)s",
                code=kind.code,
                name=name,
                known=(*kind.fields, *details),
            )
    optional = {term.name for term in kind.terms if term.is_optional} | {
        each.name for each in kind.details if each.is_optional
    }
    for name in [*kind.fields, *details]:
        if name not in template.fields and name not in optional and name != "name":
            yield say("fields：%(code)s 一定要写“%(name)s”", code=kind.code, name=name)


def _term(
    text: str, name: str, wanted: str, types: Mapping[str, FieldType], asked: Mapping[str, FormField]
) -> Iterator[Saying]:
    place = _PLACE.fullmatch(text)
    if place is None:  # a code of the list: the ledger refuses one it does not know
        if _PLACE.search(text):
            yield say(
                "fields 的 %(name)s 写的是“%(text)s”；要写代码表“%(wanted)s”里的代码，或一个 {name}",
                name=name,
                wanted=wanted,
                text=text,
            )
        return
    faults = list(_one(text, name, {FieldType.TERM}, types))
    yield from faults
    if not faults and place[1] in asked and asked[place[1]].list != wanted:
        yield say(
            "fields 的 %(name)s：“%(place)s”出自代码表“%(list)s”，要出自“%(wanted)s”",
            name=name,
            place=place[1],
            list=asked[place[1]].list,
            wanted=wanted,
        )


def _measures(template: RecordTemplate, kind: RecordKind, types: Mapping[str, FieldType]) -> Iterator[Saying]:
    for name in template.unsaid:
        if name not in template.measures:
            yield say(
                "unsaid：“%(name)s”不是这里的数量；可以是：%(measures)s",
                name=name,
                measures=tuple(template.measures) or say("无"),
            )
    for name, text in template.measures.items():
        if name not in kind.measures:
            yield say(
                "measures：%(code)s 没有“%(name)s”；可以是：%(measures)s",
                code=kind.code,
                name=name,
                measures=tuple(kind.measures) or say("无"),
            )
        else:
            yield from _one(text, name, _OF_MEASURE[kind.measures[name]], types)


def _one(text: str, name: str, wanted: Set[FieldType], types: Mapping[str, FieldType]) -> Iterator[Saying]:
    """A value that is one ``{name}`` and nothing else."""
    if _PLACE.fullmatch(text) is None:
        yield say("%(name)s 写的是“%(text)s”；只能是一个 {name}", name=name, text=text)
    else:
        yield from _places(text, name, wanted, types)


def _places(text: str, name: str, wanted: Set[FieldType], types: Mapping[str, FieldType]) -> Iterator[Saying]:
    for place in _PLACE.findall(text):
        if place not in types:
            yield say("%(name)s：没有哪张表单问“%(place)s”", name=name, place=place)
        elif types[place] not in wanted:
            kinds = tuple(sorted(each.value for each in wanted))
            yield say(
                "%(name)s：“%(place)s”是 %(value)s 类的栏；这里要 %(kinds)s 类的",
                name=name,
                place=place,
                value=types[place].value,
                kinds=kinds,
            )


def names_used(template: RecordTemplate) -> frozenset[str]:
    """What a template fills in, by name."""
    texts = [
        template.on,
        template.organisation,
        template.person,
        *template.fields.values(),
        *template.measures.values(),
    ]
    return frozenset(name for text in texts for name in _PLACE.findall(text)) | ({template.each} - {""})


def filled(
    template: RecordTemplate, values: Mapping[str, Any], words: Mapping[str, str], columns: Iterable[str] = ()
) -> list[RecordFilled]:
    """The records of a template: one, or one for each row of its table. columns: of that table; a cell left empty is empty.

    values: what forms and case say, by name, as forms keep it, a table as a list of rows. words: how a value reads within a text,
    where that is not as it is kept (the word of a code). Nothing is said of what was not answered.
    """
    rows: list[Mapping[str, Any]] = [{}]
    if template.each:
        rows = list(values.get(template.each) or [])
    return [_filled(template, {**values, **dict.fromkeys(columns), **row}, words) for row in rows]


def _filled(template: RecordTemplate, values: Mapping[str, Any], words: Mapping[str, str]) -> RecordFilled:
    fields = {name: _value(text, values, words) for name, text in template.fields.items()}
    measures = {name: _value(text, values, words) for name, text in template.measures.items()}
    day = _value(template.on, values, words)
    return RecordFilled(
        kind=template.kind,
        event=template.event,
        on=day if isinstance(day, date) else date.fromisoformat(day),
        organisation=_value(template.organisation, values, words) or "",
        person=_value(template.person, values, words) or "",
        fields={name: value for name, value in fields.items() if value not in (None, "")},
        measures={name: value for name, value in measures.items() if value is not None},
        wanted=tuple(name for name in template.measures if name not in template.unsaid),
        said=frozenset((*template.fields, *template.measures)),
    )


def _value(text: str, values: Mapping[str, Any], words: Mapping[str, str]) -> Any:
    """One ``{name}`` is the value itself, whatever it is; within a text it is its words."""
    if place := _PLACE.fullmatch(text):
        return values.get(place[1])
    return _PLACE.sub(lambda found: words.get(found[1], str(values.get(found[1]) or "")), text)
