"""What a step files: a bounded template, checked against the kind of record when its pack is loaded, filled when the step is taken."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

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


def template_faults(template: RecordTemplate, asked: Mapping[str, FormField]) -> Iterator[str]:
    """What a template cannot file, and what it names that nobody asks for."""
    kind = KINDS.get(template.kind)
    if kind is None:
        yield f"kind {template.kind!r} is not known; known: {', '.join(KINDS)}"
        return
    types = {**CASE_NAMES, **{name: each.type for name, each in asked.items()}}
    table = asked.get(template.each)
    if table is not None and table.type is FieldType.TABLE:
        types |= {column.name: column.type for column in table.columns}
    elif template.each:
        yield f"each: {template.each!r} is no table of a form of this flow"
    if template.event not in kind.effects:
        yield f"event {template.event!r} does not happen to a {kind.code}; what does: {', '.join(kind.effects)}"
    yield from _one(template.on, "on", {FieldType.DAY}, types)
    yield from _whose(template, kind, types)
    yield from _fields(template, kind, types, asked)
    yield from _measures(template, kind, types)


def _whose(template: RecordTemplate, kind: RecordKind, types: Mapping[str, FieldType]) -> Iterator[str]:
    if template.organisation:
        yield from _one(template.organisation, "organisation", {FieldType.ORGANISATION}, types)
    elif kind.needs_holder:
        yield f"organisation: a {kind.code} is always somebody's"
    if template.person:
        if not kind.names_persons:
            yield f"person: a {kind.code} names none"
        yield from _one(template.person, "person", {FieldType.PERSON}, types)


def _fields(
    template: RecordTemplate, kind: RecordKind, types: Mapping[str, FieldType], asked: Mapping[str, FormField]
) -> Iterator[str]:
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
            yield f"fields: a {kind.code} has no {name!r}; it has {', '.join([*kind.fields, *details])}"
    optional = {term.name for term in kind.terms if term.is_optional} | {
        each.name for each in kind.details if each.is_optional
    }
    for name in [*kind.fields, *details]:
        if name not in template.fields and name not in optional and name != "name":
            yield f"fields: a {kind.code} must say {name!r}"


def _term(
    text: str, name: str, wanted: str, types: Mapping[str, FieldType], asked: Mapping[str, FormField]
) -> Iterator[str]:
    place = _PLACE.fullmatch(text)
    if place is None:  # a code of the list: the ledger refuses one it does not know
        if _PLACE.search(text):
            yield f"fields {name}: expected a code of {wanted!r} or one {{name}}, found {text!r}"
        return
    faults = list(_one(text, name, {FieldType.TERM}, types))
    yield from faults
    if not faults and place[1] in asked and asked[place[1]].list != wanted:
        yield f"fields {name}: {place[1]!r} is of the list {asked[place[1]].list!r}; expected {wanted!r}"


def _measures(template: RecordTemplate, kind: RecordKind, types: Mapping[str, FieldType]) -> Iterator[str]:
    for name in template.unsaid:
        if name not in template.measures:
            yield f"unsaid: {name!r} is no measure of the template; it has {', '.join(template.measures) or 'none'}"
    for name, text in template.measures.items():
        if name not in kind.measures:
            yield f"measures: a {kind.code} has no {name!r}; it has {', '.join(kind.measures) or 'none'}"
        else:
            yield from _one(text, name, _OF_MEASURE[kind.measures[name]], types)


def _one(text: str, name: str, wanted: Set[FieldType], types: Mapping[str, FieldType]) -> Iterator[str]:
    """A value that is one ``{name}`` and nothing else."""
    if _PLACE.fullmatch(text) is None:
        yield f"{name}: expected one {{name}}, found {text!r}"
    else:
        yield from _places(text, name, wanted, types)


def _places(text: str, name: str, wanted: Set[FieldType], types: Mapping[str, FieldType]) -> Iterator[str]:
    for place in _PLACE.findall(text):
        if place not in types:
            yield f"{name}: nobody asks for {place!r}"
        elif types[place] not in wanted:
            kinds = " or ".join(sorted(each.value for each in wanted))
            yield f"{name}: {place!r} is of the type {types[place].value}; expected {kinds}"


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
