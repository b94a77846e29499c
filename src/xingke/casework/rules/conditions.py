"""What depends on other answers of a form, or of a row: what is computed, what is not asked, what must be answered. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from xingke.base.expressions import Node, Type, Value, evaluate, names, parse
from xingke.base.labels import Label
from xingke.base.quantities import INT64_MAX, Unit
from xingke.base.sayings import Saying, say
from xingke.casework.rules.forms import NUMBERS, FieldType, FormCheck, FormField, expression_types

Unknown = Collection[str]
"""What was answered but cannot be read, as expressions name it: it is unknown, not nothing."""


def unit(each: FormField) -> Unit:
    """The unit in which a number is asked for."""
    if each.type is FieldType.PERCENT:
        return Unit(code="%", kind="percent")
    if each.type is FieldType.AMOUNT:
        return Unit(code=each.unit, kind="money", factor=Decimal(10_000 if each.unit == "万元" else 1))
    return Unit(code=each.unit, kind="count")


# ── expressions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1024)
def _parsed(text: str, types: tuple[tuple[str, Type], ...]) -> Node:
    return parse(text, dict(types))


def worked(text: str, types: Mapping[str, Type], known: Mapping[str, Value | None]) -> Value | None:
    """The value of an expression of a form; None where it is not known."""
    return evaluate(_parsed(text, tuple(types.items())), known)


def expressed_answers(
    fields: Sequence[FormField], values: Mapping[str, Any], unknown: Unknown = ()
) -> dict[str, Value | None]:
    """Answers as expressions know them; what is not known as None. The sum of a column is that of the rows that say it."""
    known = dict(_each_expressed(fields, values))
    return known | dict.fromkeys(known.keys() & set(unknown))


def _each_expressed(fields: Sequence[FormField], values: Mapping[str, Any]) -> Iterator[tuple[str, Value | None]]:
    for each in fields:
        value = values.get(each.name)
        if each.type is FieldType.TABLE:
            rows = value or []
            yield f"{each.name}.rows", Decimal(len(rows))
            for column in each.columns:
                if column.type in NUMBERS:
                    whole = sum(row[column.name] for row in rows if column.name in row)
                    yield f"{each.name}.{column.name}", expressed(column, whole)
        else:
            yield each.name, None if value is None else expressed(each, value)


def expressed(each: FormField, value: Any) -> Value:
    """One answer as expressions know it: a number in the unit it is asked in, a day as a day."""
    if each.type in NUMBERS:
        asked = unit(each)
        return Decimal(value) / asked.scale / asked.factor
    if each.type is FieldType.DAY:
        return date.fromisoformat(value)
    return frozenset(value) if each.type is FieldType.TERMS else value


def kept(each: FormField, value: Value | None) -> Any:
    """A computed value as it is kept, rounded half up to what the database keeps; None where that cannot hold it."""
    if isinstance(value, Decimal):
        asked = unit(each)
        scaled = (value * asked.scale * asked.factor).to_integral_value(rounding="ROUND_HALF_UP")
        return int(scaled) if abs(scaled) <= INT64_MAX else None
    return value.isoformat() if isinstance(value, date) else value


# ── what follows from the answers ───────────────────────────────────────────────────────────────────────────────────


def settle(
    fields: Sequence[FormField], said: Mapping[str, Any], *, unknown: Unknown = ()
) -> tuple[dict[str, Any], frozenset[str]]:
    """The answers with what is computed and without what is not asked, and the names of what is not asked.

    said: what was answered, whether or not it is asked. What rests on a field that is not asked is worked out without it: again,
    until nothing changes, which it does in as many rounds as there are fields, for circles were refused when the form was loaded.
    """
    types = expression_types(fields)
    hidden: frozenset[str] = frozenset()
    values: dict[str, Any] = {}
    for _round in range(len(fields) + 2):
        asked = [each for each in fields if each.name not in hidden]
        values = _with_computed(fields, asked, said, types, unknown)
        known = expressed_answers(fields, values, unknown)
        now = frozenset(
            each.name for each in fields if each.shown_when and worked(each.shown_when, types, known) is not True
        )
        if now == hidden:
            break
        hidden = now
    return values, hidden


def _with_computed(
    fields: Sequence[FormField],
    asked: Sequence[FormField],
    said: Mapping[str, Any],
    types: Mapping[str, Type],
    unknown: Unknown,
) -> dict[str, Any]:
    """What was answered to what is asked and what is computed from it, whatever the order in which one rests on another."""
    typed = {each.name: said[each.name] for each in asked if not each.computed and each.name in said}
    computed = [each for each in asked if each.computed]
    values = typed
    for _round in computed:
        known = expressed_answers(fields, values, unknown)
        found = {each.name: kept(each, worked(each.computed, types, known)) for each in computed}
        now = typed | {name: value for name, value in found.items() if value is not None}
        if now == values:
            break
        values = now
    return values


def unanswered(fields: Sequence[FormField], values: Mapping[str, Any], *, unknown: Unknown = ()) -> Iterator[FormField]:
    """The fields that must be answered, by themselves or for what others say, and are not; hidden ones may be among them."""
    types = expression_types(fields)
    known = expressed_answers(fields, values, unknown)
    for each in fields:
        if each.name in values or each.computed:
            continue
        if each.required or (each.required_when and worked(each.required_when, types, known) is True):
            yield each


def broken(
    checks: Iterable[FormCheck], types: Mapping[str, Type], known: Mapping[str, Value | None]
) -> Iterator[FormCheck]:
    """The checks that do not hold; what is not known is no fault."""
    return (check for check in checks if worked(check.rule, types, known) is False)


def named_in(check: FormCheck, types: Mapping[str, Type]) -> frozenset[str]:
    """The fields that a check asks about; a column is its table."""
    return frozenset(name.partition(".")[0] for name in names(_parsed(check.rule, tuple(types.items()))))


_WORD = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")
_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_SPOKEN = {"and": say("且"), "or": say("或"), "not": say("非"), "true": say("是"), "false": say("否")}


def expression_words(text: str, words: Mapping[str, Label]) -> Saying:
    """An expression as a sentence says it: ``granted <= 20 and passed`` becomes 审定金额 ≤ 20 且 逐条通过. words: of what may be named."""
    for sign, shown in _SIGNS.items():
        text = text.replace(sign, shown)
    spoken: dict[str, Label | Saying] = {}

    def place(found: re.Match[str]) -> str:
        name = found[0]
        word = words.get(name) or _SPOKEN.get(name)
        if word is None:
            return name
        at = name.replace(".", "_")
        spoken[at] = word
        return f"%({at})s"

    return Saying(_WORD.sub(place, text), spoken)


def asked_words(fields: Iterable[FormField]) -> dict[str, Label]:
    """What sentences call what expressions may name: fields, and ``TABLE.COLUMN`` by the column."""
    found: dict[str, Label] = {}
    for each in fields:
        found[each.name] = each.label
        found |= {f"{each.name}.{column.name}": column.label for column in each.columns}
    return found
