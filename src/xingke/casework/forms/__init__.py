"""A form of a flow as a page asks it: its inputs by their names on the page, what stands in them, and what is wrong with each.

The page works without scripts: what depends on other answers is asked once these are sent, and everything typed comes back.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict

from xingke.accounts import actions as accounts
from xingke.accounts.actions import StoredFile
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.uploads import HeldFile, files_held, files_sent
from xingke.base.labels import Label
from xingke.casework.rules.answers import NO_WORDS, YES_WORDS, AnswersRead, FormFault, Typed
from xingke.casework.rules.forms import NUMBERS, PREFILLS, CaseForm, FieldType, FormField, FormPage
from xingke.casework.rules.shown_answers import AnswerWords, AskedColumn, in_words, retyped
from xingke.registry import queries as registry
from xingke.registry.forms.choosing import Chooser, organisation_chooser, person_chooser, region_chooser

PREFIX = "a-"  # before the name of every answer, so that none is taken for a field of the page
MOST_ROWS = 2001  # one more than any table may have: too many is said, not cut off
SHORT_LIST = 4  # terms that are shown side by side


@dataclass(frozen=True)
class AskedField:
    """An input. name, id: on the page. value: a text, of several terms a list. options: value and label. source: where what stands in it
    was filled in from. said: of what nobody types, the words. is_sealed: it was answered before, and may be left empty."""

    asked: FormField
    name: str
    value: Any = ""
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    source: str = ""
    said: str = ""
    unit: str = ""
    held: Sequence[HeldFile] = ()
    rows: Sequence[Sequence["AskedField"]] = ()
    is_required: bool = False
    is_sealed: bool = False
    chooser: Mapping[str, Any] | None = (
        None  # the widget of the component ``chooser``, where it finds whom or what is meant
    )

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def kind(self) -> str:
        """Which input it is: a word for the template."""
        if self.asked.locked or self.asked.computed:
            return "said"
        if self.asked.type is FieldType.TERM:
            return "few" if len(self.options) <= SHORT_LIST else "one"
        return _KINDS.get(self.asked.type, "text")

    @property
    def is_numeric(self) -> bool:
        return self.asked.type in NUMBERS


_KINDS: Mapping[FieldType, str] = {
    FieldType.LONG_TEXT: "long",
    FieldType.DAY: "day",
    FieldType.FLAG: "flag",
    FieldType.TERMS: "several",
    FieldType.FILE: "file",
    FieldType.TABLE: "table",
    FieldType.ORGANISATION: "named",
    FieldType.PERSON: "named",
    FieldType.REGION: "named",
    **dict.fromkeys(NUMBERS, "number"),
}


@dataclass(frozen=True)
class AskedPage:
    """Some inputs that belong together."""

    page: FormPage
    fields: tuple[AskedField, ...]


@dataclass(frozen=True)
class AskedForm:
    """A form as its page asks it. problems: the id of an input and what is wrong there. asks: whether something depends on answers."""

    form: CaseForm
    pages: tuple[AskedPage, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    asks: bool = field(default=False)


# ── what came from a page ───────────────────────────────────────────────────────────────────────────────────────────


def chooser_of(type_: FieldType, reader: User | None) -> Chooser | None:
    """What finds organisations, persons or regions for somebody who may see the like; None for anything else, and for anybody else."""
    if reader is None:
        return None
    if type_ is FieldType.REGION:
        return region_chooser()
    if type_ is FieldType.ORGANISATION and registry.has(reader, Permission.ORGANISATION_READ):
        return organisation_chooser(reader)
    if type_ is FieldType.PERSON and registry.has(reader, Permission.PERSON_READ):
        return person_chooser(reader)
    return None


def typed_in(form: CaseForm, sent: QueryDict, reader: User | None = None) -> dict[str, Any]:
    """What was typed, as rules read it, and picked; files apart. reader: None for somebody without an account."""
    fields = [each for each in form.fields if each.type is not FieldType.FILE]
    return {each.name: _typed(each, PREFIX + each.name, sent, reader) for each in fields}


def _typed(each: FormField, name: str, sent: QueryDict, reader: User | None) -> Any:
    if (chooser := chooser_of(each.type, reader)) is not None:
        return chooser.value_from_datadict(sent, {}, name)
    if each.type is FieldType.TERMS:
        return sent.getlist(name)
    if each.type is not FieldType.TABLE:
        return sent.get(name, "")
    written = sent.get(f"{name}-rows", "")
    count = min(int(written), MOST_ROWS) if written.isdecimal() and len(written) < 5 else 0
    return [
        {column.name: _typed(column, f"{name}-{row}-{column.name}", sent, reader) for column in each.columns}
        for row in range(count)
    ]


def files_in(form: CaseForm, request: HttpRequest) -> dict[str, list[StoredFile]]:
    """The files that came for each field, their bytes kept. Raises Refused, naming the file, for one that may not be kept."""
    found: dict[str, list[StoredFile]] = {}
    for each in form.fields:
        if each.type is FieldType.FILE:
            name = PREFIX + each.name
            sent = files_sent(request, field=name, slips=f"{name}-held")
            found[each.name] = [accounts.store_file(name=file.name, data=file.data) for file in sent]
    return found


def held_in(form: CaseForm, request: HttpRequest) -> dict[str, list[HeldFile]]:
    """For a form that is shown again: the files that came for each field."""
    named = {each.name: PREFIX + each.name for each in form.fields if each.type is FieldType.FILE}
    return {name: files_held(request, field=sent, slips=f"{sent}-held") for name, sent in named.items()}


def widget_of(chooser: Chooser, name: str, value: str, *, is_wrong: bool = False, label: str = "") -> dict[str, Any]:
    """What the component ``chooser`` takes of one on a page. label: what it is read out as where it has no label of its own."""
    marks = {"aria-invalid": "true", "aria-describedby": f"id_{name}_error"} if is_wrong else {}
    marks |= {"aria-label": label} if label else {}
    widget: dict[str, Any] = chooser.get_context(name, value, {"id": f"id_{name}", **marks})["widget"]
    return widget


# ── what a page asks ────────────────────────────────────────────────────────────────────────────────────────────────


def asked_form(
    form: CaseForm,
    typed: Typed,
    read: AnswersRead,
    *,
    words: AnswerWords,
    language: str,
    held: Mapping[str, Sequence[HeldFile]] | None = None,
    sealed: Collection[str] = (),
    is_judged: bool = False,
    reader: User | None = None,
) -> AskedForm:
    """A form as its page asks it. read: what was typed, read; is_judged: whether it says what is wrong with it. sealed: what was answered
    before and is personal. reader: who looks organisations and persons up; None for nobody."""
    drawn = _Drawing(form, typed, read, words, language, held or {}, read.faults if is_judged else (), sealed, reader)
    pages = tuple(AskedPage(page, fields) for page in form.pages if (fields := tuple(drawn.fields(page.field))))
    problems = tuple(_problems(form, read.faults, language)) if is_judged else ()
    asks = any(each.shown_when or each.required_when or each.computed for each in form.fields)
    return AskedForm(form, pages, problems, asks)


def _problems(form: CaseForm, faults: Sequence[FormFault], language: str) -> Iterator[tuple[str, str]]:
    for fault in faults:
        asked = form.named.get(fault.field)
        label = asked.label.in_language(language) if asked is not None else ""
        where = f"id_{PREFIX}{fault.field}" if asked is not None else "asked"
        if asked is not None and fault.row:
            column = next((each for each in asked.columns if each.name == fault.column), None)
            where = f"{where}-{fault.row - 1}-{fault.column}"
            label = f"{label} {fault.row}" + (f" {column.label.in_language(language)}" if column else "")
        yield where, f"{label}：{fault.says}" if label else str(fault.says)


class _Drawing:
    """The inputs of one page being drawn."""

    def __init__(
        self,
        form: CaseForm,
        typed: Typed,
        read: AnswersRead,
        words: AnswerWords,
        language: str,
        held: Mapping[str, Sequence[HeldFile]],
        faults: Sequence[FormFault],
        sealed: Collection[str],
        reader: User | None,
    ) -> None:
        self.form, self.typed, self.read, self.words = form, typed, read, words
        self.language, self.held, self.faults, self.sealed = language, held, faults, sealed
        self.reader = reader

    def fields(self, asked: Sequence[FormField]) -> Iterator[AskedField]:
        """Those that are asked, given what was answered."""
        for each in asked:
            if each.name in self.read.shown:
                yield self._field(each)

    def _field(self, each: FormField) -> AskedField:
        name, value = PREFIX + each.name, self.read.values.get(each.name)
        source = str(PREFILLS[each.prefill]) if each.name in self.read.prefilled else ""
        standing, errors = (
            self._standing(each, self.typed.get(each.name), value),
            self._said_of(self.faults, each.name),
        )
        return AskedField(
            each,
            name,
            value=standing,
            errors=errors,
            warnings=self._said_of(self.read.warnings, each.name),
            options=self._options(each),
            source=source,
            said=str(in_words(each, value, self.words)),
            unit=self._unit(each),
            held=self.held.get(each.name, ()),
            rows=list(self._rows(each)) if each.type is FieldType.TABLE else (),
            is_required=each.required or bool(each.required_when),
            is_sealed=each.name in self.sealed,
            chooser=self._chooser(each, name, standing, is_wrong=bool(errors)),
        )

    def _rows(self, table: FormField) -> Iterator[list[AskedField]]:
        typed = list(self.typed.get(table.name) or [])
        least = max(table.rows[0], 1)
        for number, row in enumerate([*typed, *({} for _one in range(least - len(typed)))]):
            yield [self._cell(table, number, column, row.get(column.name) or "") for column in table.columns]

    def _cell(self, table: FormField, row: int, column: FormField, value: Any) -> AskedField:
        name, errors = (
            f"{PREFIX}{table.name}-{row}-{column.name}",
            self._said_of(self.faults, table.name, row + 1, column.name),
        )
        label = column.label.in_language(self.language)
        return AskedField(
            column,
            name,
            value=value,
            errors=errors,
            options=self._options(column),
            unit=self._unit(column),
            is_required=column.required,
            chooser=self._chooser(column, name, value, is_wrong=bool(errors), label=label),
        )

    def _chooser(
        self, each: FormField, name: str, value: Any, *, is_wrong: bool, label: str = ""
    ) -> Mapping[str, Any] | None:
        chooser = chooser_of(each.type, self.reader)
        return widget_of(chooser, name, value, is_wrong=is_wrong, label=label) if chooser is not None else None

    def _standing(self, each: FormField, typed: Any, value: Any) -> Any:
        """What stands in an input: what was typed, or where nothing was, what is known."""
        if each.type is FieldType.FLAG and typed in YES_WORDS | NO_WORDS:
            return "true" if typed in YES_WORDS else "false"
        if typed or value is None or each.type in (FieldType.FILE, FieldType.TABLE):
            return typed or ""
        if each.type in (FieldType.ORGANISATION, FieldType.PERSON, FieldType.REGION):
            return self._label(self.words.called(each, value))
        return retyped(each, value)

    def _options(self, each: FormField) -> tuple[tuple[str, str], ...]:
        if each.type not in (FieldType.TERM, FieldType.TERMS):
            return ()
        return tuple((code, term.label.in_language(self.language)) for code, term in registry.terms(each.list).items())

    def _unit(self, each: FormField) -> str:
        code = AskedColumn(each).unit
        return self._label(self.words.unit(code)) if code else ""

    def _label(self, words: str | Label) -> str:
        return words.in_language(self.language) if isinstance(words, Label) else words

    @staticmethod
    def _said_of(faults: Sequence[FormFault], name: str, row: int = 0, column: str = "") -> tuple[str, ...]:
        return tuple(
            str(fault.says) for fault in faults if (fault.field, fault.row, fault.column) == (name, row, column)
        )
