"""Working a form: what somebody typed becomes answers, or faults that say what to do. Pure; the caller looks keys up."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from xingke.base.expressions import Node, Type, Value, evaluate, parse
from xingke.base.periods import Period
from xingke.base.quantities import Quantity, Unit, unit_of
from xingke.base.sayings import Saying, say
from xingke.casework.rules.formats import FORMATS
from xingke.casework.rules.forms import KEYS, NUMBERS, CaseForm, FieldType, FormField, expression_types
from xingke.intake.rules.days import written_day

LONG, SHORT = 5_000, 200  # characters of a text that says no other length
YES_WORDS, NO_WORDS = (
    frozenset({"是", "有", "true", "yes", "on", "1", "√"}),
    frozenset({"否", "无", "false", "no", "0", "×"}),
)
NOTHING_SAID = frozenset({"", "-", "—", "——", "/", "无此项"})
_SCALE = Decimal(10_000)

Typed = Mapping[str, Any]
"""What came from a page: texts, lists of texts, and for a table a list of rows of texts."""


class Lookup(Protocol):
    """What only the database knows."""

    def find(self, asked: FormField, text: str) -> str | Saying:
        """The key of a term, organisation, person or region that a text names, or why there is none."""
        ...


@dataclass(frozen=True)
class FormFault:
    """What is wrong with an answer. column: within a table, in the row ``row``, from 1."""

    field: str
    says: Saying
    row: int = 0
    column: str = ""


@dataclass(frozen=True)
class AnswersRead:
    """What a form was answered with.

    values: as they are kept, by name, of the fields that are shown; what was not answered is missing. personal: what must not be
    kept among them. faults: what refuses; warnings: what only asks to look again. changed: fields that were filled in and
    say something else now.
    """

    values: Mapping[str, Any]
    personal: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[FormFault, ...] = ()
    warnings: tuple[FormFault, ...] = ()
    changed: frozenset[str] = frozenset()


def read_answers(
    form: CaseForm, typed: Typed, *, lookup: Lookup, today: date, known: Mapping[str, Any] | None = None
) -> AnswersRead:
    """Read what somebody typed into a form, whatever it is: never an exception, every fault at once.

    known: what is known already, by the names of ``prefill``; it answers where nothing was typed, and always where it is locked.
    """
    reading = _Reading(form, typed, lookup, today, known or {})
    return reading.whole()


class _Reading:
    def __init__(self, form: CaseForm, typed: Typed, lookup: Lookup, today: date, known: Mapping[str, Any]) -> None:
        self.form, self.typed, self.lookup, self.today, self.known = form, typed, lookup, today, known
        self.types = expression_types(form.fields)
        self.faults: list[FormFault] = []
        self.values: dict[str, Any] = {}
        self.changed: set[str] = set()

    def whole(self) -> AnswersRead:
        for each in self.form.fields:
            if not each.computed and (value := self._answer(each)) is not None:
                self.values[each.name] = value
        self._compute()
        hidden = self._hidden()
        for name in hidden:
            self.values.pop(name, None)
        self._require(hidden)
        warnings = self._check()
        faults = tuple(fault for fault in self.faults if fault.field not in hidden)
        personal = {
            each.name: self.values.pop(each.name)
            for each in self.form.fields
            if each.personal and each.name in self.values
        }
        return AnswersRead(self.values, personal, faults, warnings, frozenset(self.changed))

    def _answer(self, each: FormField) -> Any:
        there = self.known.get(each.prefill) if each.prefill else None
        if each.locked:
            return there
        raw = self.typed.get(each.name)
        if raw is None and there is not None:
            return there
        value = self._read(each, raw)
        if there is not None and value != there:
            self.changed.add(each.name)
        return value

    def _read(self, each: FormField, raw: Any) -> Any:
        if each.type is FieldType.TABLE:
            return self._table(each, raw)
        if each.type in (FieldType.TERMS, FieldType.FILE):
            return self._several(each, raw)
        return self._one(each, raw, lambda said: self.faults.append(FormFault(each.name, said)))

    def _one(self, each: FormField, raw: Any, refuse: Any) -> Any:
        text = _text(raw)
        if text in NOTHING_SAID:
            return None
        found = read_one(each, text, lookup=self.lookup, today=self.today)
        if isinstance(found, Saying):
            refuse(found)
            return None
        return found

    def _several(self, each: FormField, raw: Any) -> list[str] | None:
        texts = [_text(one) for one in (raw if isinstance(raw, list | tuple) else [raw])]
        found: list[str] = []
        for text in dict.fromkeys(text for text in texts if text):
            key = self.lookup.find(each, text) if each.type is FieldType.TERMS else text
            if isinstance(key, Saying):
                self.faults.append(FormFault(each.name, key))
            else:
                found.append(key)
        return found or None

    def _table(self, table: FormField, raw: Any) -> list[dict[str, Any]] | None:
        rows = raw if isinstance(raw, list | tuple) else []
        typed = [
            row
            for row in rows
            if isinstance(row, Mapping) and any(_text(cell) not in NOTHING_SAID for cell in row.values())
        ]
        least, most = table.rows
        if len(typed) > most:
            self.faults.append(
                FormFault(table.name, say("最多%(most)s行，现有%(there)s行。", most=most, there=len(typed)))
            )
            return None
        if len(typed) < least:
            self.faults.append(
                FormFault(table.name, say("至少要%(least)s行，现有%(there)s行。", least=least, there=len(typed)))
            )
        return [self._row(table, number, row) for number, row in enumerate(typed, 1)] or None

    def _row(self, table: FormField, number: int, typed: Mapping[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for column in table.columns:
            place = FormFault(table.name, say("没有填写。"), number, column.name)
            if column.computed:
                continue
            before = len(self.faults)
            value = self._one(
                column,
                typed.get(column.name),
                lambda said, at=column.name: self.faults.append(FormFault(table.name, said, number, at)),
            )
            if value is not None:
                row[column.name] = value
            elif column.required and len(self.faults) == before:
                self.faults.append(place)
        types = expression_types(table.columns)
        for column in table.columns:
            if (
                column.computed
                and (found := _kept(column, _worked(column.computed, types, expressed_answers(table.columns, row))))
                is not None
            ):
                row[column.name] = found
        return row

    # ── what depends on other answers ────────────────────────────────────────────────────────────────────────────

    def _compute(self) -> None:
        """Once for each, in the order in which one rests on another: circles were refused when the form was loaded."""
        left = [each for each in self.form.fields if each.computed]
        for _time in range(len(left)):
            for each in left:
                found = _kept(each, _worked(each.computed, self.types, self._known()))
                if found is not None:
                    self.values[each.name] = found

    def _known(self) -> dict[str, Value | None]:
        return expressed_answers(self.form.fields, self.values)

    def _hidden(self) -> frozenset[str]:
        """The fields that are not asked: their condition does not hold, or is not known. What rests on a hidden one is worked
        out again without it, until nothing changes."""
        hidden: frozenset[str] = frozenset()
        for _time in range(len(self.form.fields) + 1):
            shown = {name: value for name, value in self.values.items() if name not in hidden}
            known = expressed_answers(self.form.fields, shown)
            now = frozenset(
                each.name
                for each in self.form.fields
                if each.shown_when and _worked(each.shown_when, self.types, known) is not True
            )
            if now == hidden:
                break
            hidden = now
        return hidden

    def _require(self, hidden: frozenset[str]) -> None:
        faulty = {fault.field for fault in self.faults}
        for each in self.form.fields:
            if each.name in self.values or each.name in hidden or each.name in faulty or each.computed:
                continue
            if each.required or (each.required_when and _worked(each.required_when, self.types, self._known()) is True):
                self.faults.append(FormFault(each.name, say("没有填写。")))

    def _check(self) -> tuple[FormFault, ...]:
        warnings: list[FormFault] = []
        for check in self.form.check:
            if _worked(check.rule, self.types, self._known()) is False:
                (warnings if check.warns else self.faults).append(
                    FormFault(next(iter(check.fields), ""), Saying("%(says)s", {"says": check.says}))
                )
        return tuple(warnings)


def read_one(each: FormField, text: str, *, lookup: Lookup, today: date) -> Any:
    """One answer as it is kept, or a saying what is wrong with it."""
    if each.type in NUMBERS:
        return _number(each, text)
    if each.type is FieldType.DAY:
        return _day(each, text, today)
    if each.type in KEYS or each.type is FieldType.TERM:
        return lookup.find(each, text)
    if each.type is FieldType.FLAG:
        return _flag(text)
    if each.type is FieldType.PERIOD:
        return _period(text)
    return _words(each, text)


def _number(each: FormField, text: str) -> int | Saying:
    usual = unit(each)
    written = "".join(unicodedata.normalize("NFKC", text).split())
    split = next((at for at in range(len(written), 0, -1) if written[at - 1].isdecimal()), 0)
    said = written[split:].replace("圆", "元")
    own = usual
    if split and said and said != usual.code:
        found = unit_of(said, [_base(each)], usual.kind)
        if found is None:
            return say("“%(text)s”的单位不是%(unit)s。", text=text[:60], unit=usual.code)
        own = found
    try:
        scaled = Quantity.read(written[:split] or written, own).scaled
    except ValueError:
        return say("“%(text)s”不是可以精确保存的数字，请只写数，单位是%(unit)s。", text=text[:60], unit=usual.code)
    amount = Decimal(scaled) / usual.scale / usual.factor
    if each.least and amount < Decimal(each.least):
        return say("不能小于%(least)s%(unit)s。", least=each.least, unit=usual.code)
    if each.most and amount > Decimal(each.most):
        return say("不能大于%(most)s%(unit)s。", most=each.most, unit=usual.code)
    return scaled


def unit(each: FormField) -> Unit:
    """The unit in which a number is asked for."""
    if each.type is FieldType.PERCENT:
        return Unit(code="%", kind="percent")
    if each.type is FieldType.AMOUNT:
        return Unit(code=each.unit, kind="money", factor=Decimal(10_000 if each.unit == "万元" else 1))
    return Unit(code=each.unit, kind="count")


def _base(each: FormField) -> str:
    return "元" if each.type is FieldType.AMOUNT else unit(each).code


def _day(each: FormField, text: str, today: date) -> str | Saying:
    try:
        day = written_day(text)
    except ValueError:
        return say("“%(text)s”不是一个日子，请写成 2026-03-05。", text=text[:60])
    least, most = (
        today if bound == "today" else date.fromisoformat(bound) if bound else None for bound in (each.least, each.most)
    )
    if least is not None and day < least:
        return say("不能早于%(day)s。", day=least.isoformat())
    if most is not None and day > most:
        return say("不能晚于%(day)s。", day=most.isoformat())
    return day.isoformat()


def _flag(text: str) -> bool | Saying:
    word = text.lower()
    if word in YES_WORDS:
        return True
    return False if word in NO_WORDS else say("“%(text)s”请写成“是”或“否”。", text=text[:60])


def _period(text: str) -> str | Saying:
    try:
        return Period.written(text).code
    except ValueError:
        return say("“%(text)s”不是时期，请写成 2025、2025-H1 或 2025-03。", text=text[:60])


def _words(each: FormField, text: str) -> str | Saying:
    most = each.length or (LONG if each.type is FieldType.LONG_TEXT else SHORT)
    if len(text) > most:
        return say("最多%(most)s字，现有%(there)s字。", most=most, there=len(text))
    if each.format:
        known = FORMATS[each.format]
        tidy = known.tidy(unicodedata.normalize("NFKC", text))
        return tidy if known.holds(tidy) else known.wrong.filled(text=text[:60])
    return text


def _text(raw: Any) -> str:
    """What was typed, without blanks around it and characters that nobody sees."""
    if not isinstance(raw, str):
        return ""
    kept = "".join(sign for sign in raw if sign in "\n\t" or unicodedata.category(sign)[0] != "C")
    return kept.strip()


# ── expressions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1024)
def _parsed(text: str, types: tuple[tuple[str, Type], ...]) -> Node:
    return parse(text, dict(types))


def _worked(text: str, types: Mapping[str, Type], known: Mapping[str, Value | None]) -> Value | None:
    return evaluate(_parsed(text, tuple(types.items())), known)


def expressed_answers(fields: Sequence[FormField], values: Mapping[str, Any]) -> dict[str, Value | None]:
    """Answers as expressions know them; what is not known as None. The sum of a column is that of the rows that say it."""
    return dict(_each_expressed(fields, values))


def _each_expressed(fields: Sequence[FormField], values: Mapping[str, Any]) -> Iterator[tuple[str, Value | None]]:
    for each in fields:
        value = values.get(each.name)
        if each.type is FieldType.TABLE:
            rows = value or []
            yield f"{each.name}.rows", Decimal(len(rows))
            for column in each.columns:
                if column.type in NUMBERS:
                    said = [expressed(column, row[column.name]) for row in rows if column.name in row]
                    yield (
                        f"{each.name}.{column.name}",
                        sum((one for one in said if isinstance(one, Decimal)), Decimal(0)),
                    )
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


def _kept(each: FormField, value: Value | None) -> Any:
    """A computed value as it is kept, rounded half up to what the database keeps."""
    if isinstance(value, Decimal):
        asked = unit(each)
        scaled = (value * asked.scale * asked.factor).to_integral_value(rounding="ROUND_HALF_UP")
        return int(scaled) if abs(scaled) < 2**63 else None
    return value.isoformat() if isinstance(value, date) else value


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────────────


def canonical(values: Mapping[str, Any]) -> str:
    """Answers as one text that is the same wherever they are: JSON with sorted keys."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def answers_digest(form_hash: str, values: Mapping[str, Any], before: str = "") -> str:
    """SHA-256 over the form, the answers and the digest of the step before: what was seen is what is decided."""
    return hashlib.sha256(f"{before}\n{form_hash}\n{canonical(values)}".encode()).hexdigest()


def listed_facts(form: CaseForm, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept apart too, typed, for lists: by name, as it is kept."""
    return {each.name: values[each.name] for each in form.fields if each.listed and each.name in values}
