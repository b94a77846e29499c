"""Answers as they are read, not typed: the view of a step, the columns of a sheet, and what stands in a field that is shown again."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.base.sayings import Saying, plain, say
from xingke.casework.rules.conditions import expressed, expressed_answers, unit, worked
from xingke.casework.rules.forms import KEYS, NUMBERS, CaseForm, FieldType, FormField, FormPage, expression_types

_NAMED = KEYS | {FieldType.TERM}


class AnswerWords(Protocol):
    """What only the database knows."""

    def called(self, asked: FormField, key: str) -> str | Label:
        """What people call a term, organisation, person, region or file that an answer keeps the key of."""
        ...

    def unit(self, code: str) -> str | Label:
        """What people call a unit."""
        ...


@dataclass(frozen=True)
class ShownAnswer:
    """An answer in words. words: empty where nothing was answered. rows: of a table, the cells by its columns."""

    asked: FormField
    words: Saying
    rows: tuple[tuple[Saying, ...], ...] = ()


@dataclass(frozen=True)
class ShownPage:
    """The answers of one page, in its order."""

    page: FormPage
    answers: tuple[ShownAnswer, ...]


@dataclass(frozen=True)
class AskedColumn:
    """A column of a sheet: a field of a form, or a column of one of its tables."""

    asked: FormField
    table: FormField | None = None

    @property
    def name(self) -> str:
        """``asked_amount``, or ``budget.amount``."""
        return f"{self.table.name}.{self.asked.name}" if self.table else self.asked.name

    @property
    def label(self) -> Label:
        return self.asked.label

    @property
    def unit(self) -> str:
        """万元, 人次, %; empty for what is no number."""
        return unit(self.asked).code if self.asked.type in NUMBERS else ""


def show(
    form: CaseForm, values: Mapping[str, Any], words: AnswerWords, *, audiences: Collection[str] = ()
) -> tuple[ShownPage, ...]:
    """Answers in words, page by page; pages of which nothing is seen are left out.

    values: as they were kept; what is personal is shown only where the caller adds it. audiences: who looks, by the names in
    ``seen_by``. A question that was asked but not answered is shown without words.
    """
    known, types = expressed_answers(form.fields, values), expression_types(form.fields)

    def is_shown(each: FormField) -> bool:
        if not _is_seen(each, audiences) or (each.personal and each.name not in values):
            return False
        return each.name in values or not each.shown_when or worked(each.shown_when, types, known) is True

    pages = (
        ShownPage(page, tuple(_shown(each, values.get(each.name), words) for each in page.field if is_shown(each)))
        for page in form.pages
    )
    return tuple(page for page in pages if page.answers)


def _is_seen(each: FormField, audiences: Collection[str]) -> bool:
    return not each.seen_by or any(audience in each.seen_by for audience in audiences)


def _shown(each: FormField, value: Any, words: AnswerWords) -> ShownAnswer:
    if each.type is not FieldType.TABLE:
        return ShownAnswer(each, in_words(each, value, words))
    rows = tuple(tuple(in_words(column, row.get(column.name), words) for column in each.columns) for row in value or ())
    return ShownAnswer(each, say("共%(count)s行", count=len(rows)) if rows else plain(""), rows)


def in_words(each: FormField, value: Any, words: AnswerWords) -> Saying:
    """One answer in words, a number with its unit; empty for none."""
    if value is None:
        return plain("")
    match each.type:
        case FieldType.FLAG:
            return say("是") if value else say("否")
        case FieldType.PERIOD:
            return _filled(Period.parse(value))
        case FieldType.TERMS | FieldType.FILE:
            return _filled(tuple(words.called(each, key) for key in value))
        case _ if each.type in _NAMED:
            return _filled(words.called(each, value))
        case _ if each.type in NUMBERS:
            return say("%(number)s%(unit)s", number=number_text(each, value), unit=words.unit(unit(each).code))
        case _:
            return plain(value)


def _filled(value: str | Label | Period | tuple[str | Label, ...]) -> Saying:
    return Saying("%(value)s", {"value": value})


def number_text(each: FormField, scaled: int) -> str:
    """A number that was kept, in the unit it is asked in and as exact as it is: 12_500_000 分 in 万元 are ``12.5``."""
    amount = expressed(each, scaled)
    assert isinstance(amount, Decimal)  # by its type
    return f"{amount.normalize():f}"


def retyped(each: FormField, value: Any) -> Any:
    """An answer as it would be typed again, which is read as the same: a text, of several a list, of a table a list of rows.

    What is kept by its key is typed as its key.
    """
    if each.type is FieldType.TABLE:
        named = {column.name: column for column in each.columns}
        return [{name: retyped(named[name], cell) for name, cell in row.items()} for row in value]
    if each.type in NUMBERS:
        return number_text(each, value)
    if each.type is FieldType.FLAG:
        return "true" if value else "false"
    return value


def columns(form: CaseForm, *, audiences: Collection[str] = ()) -> Iterator[AskedColumn]:
    """The columns of a sheet of a form, as far as somebody sees it."""
    return sheet_columns(each for each in form.fields if _is_seen(each, audiences))


def sheet_columns(fields: Iterable[FormField]) -> Iterator[AskedColumn]:
    """The columns of a sheet, in the order of the fields; what is personal and files stand in none, and a table gives one for each of its
    own."""
    for each in fields:
        if each.type is FieldType.FILE or each.personal:
            continue
        if each.type is FieldType.TABLE:
            yield from (AskedColumn(column, each) for column in each.columns)
        else:
            yield AskedColumn(each)
