"""Working a form: what somebody typed becomes answers, or faults that say what to do. Pure; the caller looks keys up."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from xingke.base.codes import normalise_code
from xingke.base.periods import Period
from xingke.base.quantities import Quantity, Unit, unit_of
from xingke.base.sayings import Saying, say
from xingke.casework.rules.conditions import broken, expressed, settle, unanswered, unit
from xingke.casework.rules.conditions import expressed_answers as expressed_answers
from xingke.casework.rules.formats import FORMATS, holds_id_number
from xingke.casework.rules.forms import KEYS, NUMBERS, CaseForm, FieldType, FormCheck, FormField, expression_types
from xingke.casework.rules.shown_answers import retyped
from xingke.intake.rules.days import written_day

LONG, SHORT = 5_000, 200  # characters of a text that says no other length
YES_WORDS, NO_WORDS = (
    frozenset({"是", "有", "true", "yes", "on", "1", "√"}),
    frozenset({"否", "无", "false", "no", "0", "×"}),
)
NOTHING_SAID = frozenset({"", "-", "—", "——", "/", "无此项"})
LOCKED_OPEN = say("这一栏由系统带入，现在还没有；请先在相应的资料里登记，再回来填。")
_FIGURE = re.compile(r"[+-]?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?")

Typed = Mapping[str, Any]
"""What came from a page: texts, lists of texts, and for a table a list of rows of texts."""


class Lookup(Protocol):
    """What only the database knows."""

    def find(self, asked: FormField, text: str) -> str | Saying:
        """The key of a term, organisation, person or region that a text names, or why there is none."""
        ...


@dataclass(frozen=True)
class FormFault:
    """What is wrong with an answer. column: within a table, in the row ``row`` as typed, from 1."""

    field: str
    says: Saying
    row: int = 0
    column: str = ""


@dataclass(frozen=True)
class AnswersRead:
    """What a form was answered with.

    values: as they are kept, by name, of the fields that are shown; what was not answered is missing. personal: what must not be
    kept among them. faults: what refuses; warnings: what only asks to look again. changed: fields that were filled in and
    say something else now; prefilled: those that still say it. shown: all fields that are asked, in order. What could not be read
    stands in ``typed`` still, from which a page is shown again.
    """

    values: Mapping[str, Any]
    personal: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[FormFault, ...] = ()
    warnings: tuple[FormFault, ...] = ()
    changed: frozenset[str] = frozenset()
    prefilled: frozenset[str] = frozenset()
    shown: tuple[str, ...] = ()


def read_answers(
    form: CaseForm, typed: Typed, *, lookup: Lookup, today: date, known: Mapping[str, Any] | None = None
) -> AnswersRead:
    """Read what somebody typed into a form, whatever it is: never an exception, every fault at once, in the order of the form.

    known: what is known already, by the names of ``prefill`` and as it would be kept; it answers where nothing was typed, and always
    where it is locked.
    """
    reading = _Reading(form.fields, typed, lookup, today, known or {})
    values, faults = reading.whole()
    refused, warnings = _checked(form, values, reading)
    stands = {name: is_same for name, is_same in reading.prefilled.items() if name not in reading.hidden}
    personal = {each.name for each in form.fields if each.personal}
    return AnswersRead(
        {name: value for name, value in values.items() if name not in personal},
        {name: value for name, value in values.items() if name in personal},
        (*faults, *refused),
        tuple(warnings),
        frozenset(name for name, is_same in stands.items() if not is_same),
        frozenset(name for name, is_same in stands.items() if is_same),
        tuple(each.name for each in form.fields if each.name not in reading.hidden),
    )


def _checked(form: CaseForm, values: Mapping[str, Any], reading: "_Reading") -> tuple[list[FormFault], list[FormFault]]:
    """What does not hold between fields: what refuses, and what only warns. It stands at the first of its fields that is shown."""
    refused: list[FormFault] = []
    warnings: list[FormFault] = []
    types = expression_types(form.fields)
    known = expressed_answers(form.fields, values, reading.unknown)
    for check in broken(form.check, types, known):
        fault = fault_of(check, [name for name in check.fields if name not in reading.hidden])
        (warnings if check.warns else refused).append(fault)
    return refused, warnings


def fault_of(check: FormCheck, places: Sequence[str]) -> FormFault:
    """A check that does not hold as it is said: at the first of some fields, or at the form as a whole."""
    return FormFault(next(iter(places), ""), Saying("%(says)s", {"says": check.says}))


class _Reading:
    """Some fields being read: those of a form, or of one row of a table.

    unknown: what was typed but cannot be read, as expressions name it. prefilled: what was known before, and whether it stands.
    """

    def __init__(
        self, fields: Sequence[FormField], typed: Typed, lookup: Lookup, today: date, known: Mapping[str, Any]
    ) -> None:
        self.fields, self.typed, self.lookup, self.today, self.known = fields, typed, lookup, today, known
        self.faults: list[FormFault] = []
        self.unknown: set[str] = set()
        self.prefilled: dict[str, bool] = {}
        self.hidden: frozenset[str] = frozenset()

    def whole(self) -> tuple[dict[str, Any], list[FormFault]]:
        """The answers, and every fault of what is asked, in the order of the fields."""
        answers = {each.name: self._answer(each) for each in self.fields if not each.computed}
        said = {name: value for name, value in answers.items() if value is not None}
        values, self.hidden = settle(self.fields, said, unknown=self.unknown)
        self._require(values)
        self._limit_computed(values)
        order = {each.name: number for number, each in enumerate(self.fields)}
        shown = [fault for fault in self.faults if fault.field not in self.hidden]
        return values, sorted(shown, key=lambda fault: order[fault.field])

    def _refuse(self, each: FormField, says: Saying) -> None:
        self.faults.append(FormFault(each.name, says))
        self.unknown.add(each.name)

    def _answer(self, each: FormField) -> Any:
        there = self.known.get(each.prefill) if each.prefill else None
        raw = self.typed.get(each.name)
        if each.locked or (there is not None and _stands(each, there, raw)):
            value = there
        else:
            value = self._read(each, raw)
        if there is not None:
            self.prefilled[each.name] = value == there
        return value

    def _read(self, each: FormField, raw: Any) -> Any:
        if each.type is FieldType.TABLE:
            return self._table(each, raw)
        if each.type in (FieldType.TERMS, FieldType.FILE):
            return self._several(each, raw)
        text = _text(raw)
        if text in NOTHING_SAID:
            return None
        found = read_one(each, text, lookup=self.lookup, today=self.today)
        if isinstance(found, Saying):
            self._refuse(each, found)
            return None
        return found

    def _several(self, each: FormField, raw: Any) -> list[str] | None:
        texts = [_text(one) for one in (raw if isinstance(raw, list | tuple) else [raw])]
        found: list[str] = []
        for text in texts:
            if text in NOTHING_SAID:
                continue
            key = self.lookup.find(each, text) if each.type is FieldType.TERMS else text
            if isinstance(key, Saying):
                self._refuse(each, key)
            else:
                found.append(key)
        return list(dict.fromkeys(found)) or None

    def _table(self, table: FormField, raw: Any) -> list[dict[str, Any]] | None:
        """The rows in which something was typed. Numbers of rows count those that are empty, too: so they stand on the page."""
        rows = list(enumerate(raw if isinstance(raw, list | tuple) else [], 1))
        typed = [(number, row) for number, row in rows if isinstance(row, Mapping) and _says_something(row)]
        least, most = table.rows
        if len(typed) > most:
            self._refuse(table, say("最多%(most)s行，现有%(there)s行。", most=most, there=len(typed)))
            self.unknown |= expression_types([table]).keys()
            return None
        if len(typed) < least:
            self._refuse(table, say("至少要%(least)s行，现有%(there)s行。", least=least, there=len(typed)))
        return [row for number, each in typed if (row := self._row(table, number, each))] or None

    def _row(self, table: FormField, number: int, typed: Mapping[str, Any]) -> dict[str, Any]:
        reading = _Reading(table.columns, typed, self.lookup, self.today, {})
        row, faults = reading.whole()
        self.faults += [FormFault(table.name, fault.says, number, fault.field) for fault in faults]
        if faults:  # a sum without this row would be wrong
            self.unknown |= expression_types([table]).keys()
        return row

    # ── what depends on other answers ────────────────────────────────────────────────────────────────────────────

    def _require(self, values: Mapping[str, Any]) -> None:
        faulty = {fault.field for fault in self.faults}
        for each in unanswered(self.fields, values, unknown=self.unknown):
            if each.name not in faulty and each.name not in self.hidden:
                self._refuse(each, LOCKED_OPEN if each.locked else say("没有填写。"))

    def _limit_computed(self, values: Mapping[str, Any]) -> None:
        for each in self.fields:
            if each.computed and each.name in values and (says := beyond(each, values[each.name], self.today)):
                self._refuse(each, says)


def _stands(each: FormField, there: Any, raw: Any) -> bool:
    """Whether what was filled in came back as it was: it is not judged anew, nobody here wrote it."""
    return raw is None or (_text(raw) if isinstance(raw, str) else raw) == retyped(each, there)


def _says_something(row: Mapping[str, Any]) -> bool:
    return any(_text(cell) not in NOTHING_SAID for cell in row.values())


def read_one(each: FormField, text: str, *, lookup: Lookup, today: date) -> Any:
    """One answer as it is kept, or a saying what is wrong with it."""
    if each.type in KEYS or each.type is FieldType.TERM:
        return lookup.find(each, text)
    if each.type is FieldType.FLAG:
        return _flag(text)
    if each.type is FieldType.PERIOD:
        return _period(text)
    if each.type in NUMBERS or each.type is FieldType.DAY:
        found = _number(each, text) if each.type in NUMBERS else _day(text)
        return found if isinstance(found, Saying) else beyond(each, found, today) or found
    return _words(each, text)


def beyond(each: FormField, value: Any, today: date) -> Saying | None:
    """What is wrong with a number or day outside of what its field allows; None for what lies within, both ends included."""
    if each.type in NUMBERS:
        amount, word = expressed(each, value), unit(each).code
        if each.least and amount < Decimal(each.least):  # type: ignore[operator]  # a number, by its type
            return say("不能小于%(least)s%(unit)s。", least=each.least, unit=word)
        if each.most and amount > Decimal(each.most):  # type: ignore[operator]
            return say("不能大于%(most)s%(unit)s。", most=each.most, unit=word)
        return None
    if each.type is not FieldType.DAY:
        return None
    least, most = (today.isoformat() if bound == "today" else bound for bound in (each.least, each.most))
    if least and value < least:
        return say("不能早于%(day)s。", day=least)
    return say("不能晚于%(day)s。", day=most) if most and value > most else None


def _number(each: FormField, text: str) -> int | Saying:
    """A number in the unit it is asked in, or with one of its own: 12.5, １２．５, 1,234.5万元, ￥100元整."""
    usual = unit(each)
    written, word = _narrow(text), _narrow(usual.code)
    if each.type is FieldType.AMOUNT:
        written = written.removeprefix("¥").replace("圆", "元").replace("元整", "元")
    whole = written.removesuffix(word)
    end = next((at for at in range(len(whole), 0, -1) if whole[at - 1].isdecimal()), 0)
    figure, said = written[:end], written[end:]
    is_usual = said in ("", word)
    if not _FIGURE.fullmatch(figure) or _is_raised(text, usual.code) or not (is_usual or any(map(str.isalpha, said))):
        return say("“%(text)s”不是可以精确保存的数字，请只写数，单位是%(unit)s。", text=text[:60], unit=usual.code)
    own = usual if is_usual else unit_of(said, ["元" if each.type is FieldType.AMOUNT else word], usual.kind)
    if own is None:
        return say("“%(text)s”的单位不是%(unit)s，请换算后再填。", text=text[:60], unit=usual.code)
    return _scaled(figure, own, text)


def _scaled(figure: str, own: Unit, text: str) -> int | Saying:
    """A figure as the database keeps it. It is neither rounded nor cut: who typed it does that."""
    places = len(str(own.scale * int(own.factor))) - 1  # both are powers of ten
    if len(figure.partition(".")[2].rstrip("0")) > places:
        return say(
            "“%(text)s”太细：以%(unit)s为单位最多%(places)s位小数，请四舍五入后再填。",
            text=text[:60],
            unit=own.code,
            places=places,
        )
    try:
        return Quantity.read(figure, own).scaled
    except ValueError:
        return say("“%(text)s”太大，存不下，请核对位数和单位。", text=text[:60])


def _narrow(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("−", "-")


def _is_raised(text: str, word: str) -> bool:
    """Whether a digit stands as ² or ③, which would be read as one more digit of the number."""
    return any(unicodedata.category(sign) == "No" for sign in text.replace(word, ""))


def _day(text: str) -> str | Saying:
    try:
        return written_day(text).isoformat()
    except ValueError:
        return say("“%(text)s”不是一个日子，请写成 2026-03-05。", text=text[:60])


def _flag(text: str) -> bool | Saying:
    word = unicodedata.normalize("NFKC", text).lower()
    if word in YES_WORDS:
        return True
    return False if word in NO_WORDS else say("“%(text)s”请写成“是”或“否”。", text=text[:60])


def _period(text: str) -> str | Saying:
    try:
        return Period.written(text).code
    except ValueError:
        return say("“%(text)s”不是时期，请写成 2025、2025-H1 或 2025-03。", text=text[:60])


def _words(each: FormField, text: str) -> str | Saying:
    if each.type is FieldType.TEXT:
        text = " ".join(text.split("\n"))
    most = each.length or (LONG if each.type is FieldType.LONG_TEXT else SHORT)
    if len(text) > most:
        return say("最多%(most)s字，现有%(there)s字。", most=most, there=len(text))
    if each.format != "id_number" and holds_id_number(text):  # what answers hold is seen, searched and kept for good
        return say("这里像是有身份证件号码，请删去；要写明是谁，写姓名，或从登记的人员里选。")
    return _formatted(each, text) if each.format else text


def _formatted(each: FormField, text: str) -> str | Saying:
    known = FORMATS[each.format]
    with suppress(ValueError):
        tidy = known.tidy(unicodedata.normalize("NFKC", text))
        if known.holds(tidy):
            return tidy
    return known.wrong.filled(text="…" if each.personal else text[:60])  # what is personal stands in no sentence


def _text(raw: Any) -> str:
    """What was typed, without blanks around it and characters that nobody sees."""
    if not isinstance(raw, str):
        return ""
    kept = "".join(sign for sign in raw if sign in "\n\t" or unicodedata.category(sign)[0] != "C")
    return kept.strip()


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────────────


def canonical(values: Mapping[str, Any]) -> str:
    """Answers as one text that is the same wherever they are: JSON with sorted keys."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def step_digest(said: Mapping[str, Any], before: str = "") -> str:
    """SHA-256 over everything a step says and the digest of the step before: what was seen is what is decided."""
    return hashlib.sha256(f"{before}\n{canonical(said)}".encode()).hexdigest()


class SaidOnce(NamedTuple):
    """What no other case of a set may say. value: as it is compared; field, row, column: where the form says it, as faults do."""

    set: str
    value: str
    field: str
    row: int = 0
    column: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What is compared."""
        return self.set, self.value


def said_once(fields: Iterable[FormField], values: Mapping[str, Any]) -> list[SaidOnce]:
    """What some answers say that is said once, in the order of the fields; a table says it row by row."""
    found = []
    for each in fields:
        if each.once and each.name in values:
            found.append(SaidOnce(each.once, _compared(values[each.name]), each.name))
        for column in each.columns:
            if column.once:
                rows = enumerate(values.get(each.name) or (), 1)
                found += [
                    SaidOnce(column.once, _compared(row[column.name]), each.name, number, column.name)
                    for number, row in rows
                    if column.name in row
                ]
    return found


def _compared(text: str) -> str:
    return normalise_code(text)[:SHORT]  # some signs become several


def listed_facts(form: CaseForm, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept apart too, typed, for lists: by name, as it is kept."""
    return {each.name: values[each.name] for each in form.fields if each.listed and each.name in values}
