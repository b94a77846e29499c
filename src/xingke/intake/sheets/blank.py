"""Forms of spreadsheet as sheets to be filled in: their columns, what each may say, and an invented row that says so."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import DateField
from django.utils.translation import gettext as _

from xingke.intake.rules.lines import EXAMPLE
from xingke.intake.sheets.forms import HINT, OBSERVATION, FormColumn, SheetForm
from xingke.ledger.tables import TABLES
from xingke.press.xlsx_writer import Cell, Column, Form, Page
from xingke.registry import queries as registry

MONEY = "万元"  # the unit an amount is asked in where the form names none
ROWS = 500  # empty rows that are formatted and offer their choices


def heading(column: FormColumn) -> str:
    """What a column is called, with the unit of an amount: 立项金额（万元）."""
    return f"{column.headers[0]}（{column.unit or MONEY}）" if column.is_measured else column.headers[0]


def sheet_columns(form: SheetForm) -> list[Column]:
    """The form's columns as they are typed into: numbers that are names as text, days as days, codes from a list."""
    return [Column(label=heading(each), form=cell_form(form, each), choices=labels(form, each)) for each in form.column]


def cell_form(form: SheetForm, column: FormColumn) -> Form:
    """What the cells of a column are."""
    if form.kind == OBSERVATION:
        return Form.TEXT  # figures keep the decimals they were written with
    if column.is_measured:
        return Form.NUMBER
    return Form.DAY if column.event or is_day(form, column.to) else Form.TEXT


def is_day(form: SheetForm, role: str) -> bool:
    """Whether a column of the record, or of what happened to it, is a day."""
    kind = TABLES[form.kind]
    columns = [*kind.subject._meta.concrete_fields, *kind.event._meta.concrete_fields]
    return any(each.name == role and isinstance(each, DateField) for each in columns)


def labels(form: SheetForm, column: FormColumn) -> list[str]:
    """The words a column of codes takes, in the order of the vocabulary; nothing for any other."""
    if form.kind == OBSERVATION or column.to not in TABLES[form.kind].repeated:
        return []
    return [term.label.zh for term in registry.terms(TABLES[form.kind].field_list(column.to)).values()]


def template_header(form: SheetForm) -> list[Column]:
    """The columns of an empty table, and one for the words that keep its example from being read."""
    return [*sheet_columns(form), Column(label=HINT)]


def template_row(form: SheetForm) -> list[Cell]:
    """One invented row; it is never imported."""
    return [*(_example(form, each) for each in form.column), EXAMPLE]


def _example(form: SheetForm, column: FormColumn) -> Cell:
    kept = cell_form(form, column)
    if not column.example or kept is Form.TEXT:
        return column.example
    return date.fromisoformat(column.example) if kept is Form.DAY else Decimal(column.example)


def guide(form: SheetForm) -> Page:
    """The sheet that says what goes into which column."""
    return Page(name=_("填写说明"), rows=list(_guide(form)))


def _guide(form: SheetForm) -> Iterator[Sequence[str]]:
    yield (_("列名"), _("必填"), _("怎样填"), _("列名也可写作"))
    for each in form.column:
        yield (
            heading(each),
            _("必填") if each.required and each.to not in form.given else "",
            _how(form, each),
            _("、").join(each.headers[1:]),
        )
    if form.events:
        yield (_("日期"), _("必填"), _("各个日期至少填一个；没有发生的留空。"), "")
    if form.source:
        yield (_("依据"), "", form.source, "")


def _how(form: SheetForm, column: FormColumn) -> str:
    if known := labels(form, column):
        return _("从下拉中选：%(known)s") % {"known": _("、").join(known)}
    if column.is_measured:
        return _("只填数字，单位：%(unit)s；换了单位，请把列名括号里的单位一起改。") % {"unit": column.unit or MONEY}
    if cell_form(form, column) is Form.DAY:
        return _("日期，填到日，如 %(day)s") % {"day": column.example or "2024-03-05"}
    if column.to in ("number", "credit_code", "region_code"):
        return _("文本，如 %(example)s；本表已设为文本格式，末位的 0 不会丢") % {"example": column.example}
    return _("文本，如 %(example)s") % {"example": column.example} if column.example else _("文本")
