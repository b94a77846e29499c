"""Forms as sheets: one to be filled in by many, and what came back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.labels import Label
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.casework.queries.lookups import AsReader
from xingke.casework.queries.offers import FlowToOpen
from xingke.casework.rules.conditions import asked_words, expression_words
from xingke.casework.rules.flows import FlowStep
from xingke.casework.rules.forms import NUMBERS, CaseForm, FieldType, FormField
from xingke.casework.rules.sheets import SheetEntry, entries, header_key
from xingke.casework.rules.shown_answers import AskedColumn, columns
from xingke.intake.rules.lines import is_no_record
from xingke.press.sheets import read_sheet
from xingke.press.xlsx_writer import Column, Form, Page
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Person, Region

ROWS = 500  # empty rows of a sheet that are formatted and offer their choices


@dataclass(frozen=True)
class BesideColumn:
    """A column that is none of the form's: whose the new case is. name: ``organisation``, ``person`` or ``region``."""

    name: str
    label: str
    how: str
    choices: Sequence[str] = ()


def choices_of(asked: FormField) -> Sequence[Label]:
    """The words of the terms that a field chooses among."""
    return [term.label for term in registry.terms(asked.list).values()]


def asked_columns(form: CaseForm, *, audiences: Collection[str]) -> list[AskedColumn]:
    """What is typed into a sheet of a form: what is worked out, brought along, personal or a file is not."""
    return [each for each in columns(form, audiences=audiences) if not _is_left_out(each.asked)]


def sheet_of(
    form: CaseForm, *, audiences: Collection[str], beside: Sequence[BesideColumn] = ()
) -> tuple[list[Column], Page]:
    """A sheet in which many answer a form: its columns, and the page that says how each is filled in. beside: columns before them."""
    asked = asked_columns(form, audiences=audiences)
    named = asked_words(form.fields)
    guide = [
        (_("列名"), _("必填"), _("怎样填")),
        *((each.label, _("必填"), each.how) for each in beside),
        *((heading(each), _must(each.asked, named), _how(each)) for each in asked),
    ]
    if any(each.table for each in asked):
        guide.append((_("一份表单几行的"), "", _("一行写一条；其余各列只在第一行写。")))
    others = [Column(label=each.label, form=Form.TEXT, choices=each.choices) for each in beside]
    made = [Column(label=heading(each), form=_cells(each.asked), choices=_words_of(each.asked)) for each in asked]
    return [*others, *made], Page(name=_("填写说明"), rows=guide)


def _is_left_out(asked: FormField) -> bool:
    return bool(asked.computed) or asked.locked


def heading(column: AskedColumn) -> str:
    """What a column of a sheet is called, with its table and unit: 预算：金额（万元）."""
    language = get_language() or "zh"
    label = column.label.in_language(language)
    if column.table is not None:
        label = _("%(table)s：%(column)s") % {"table": column.table.label.in_language(language), "column": label}
    return f"{label}（{column.unit}）" if column.unit else label


def _cells(asked: FormField) -> Form:
    return Form.NUMBER if asked.type in NUMBERS else Form.DAY if asked.type is FieldType.DAY else Form.TEXT


def _words_of(asked: FormField) -> list[str]:
    """What a cell may say, where that is a list: several terms are written, not chosen."""
    if asked.type is FieldType.FLAG:
        return [_("是"), _("否")]
    language = get_language() or "zh"
    return [each.in_language(language) for each in choices_of(asked)] if asked.type is FieldType.TERM else []


def _must(asked: FormField, named: dict[str, Label]) -> str:
    if asked.required and not asked.shown_when:
        return _("必填")
    condition = asked.required_when or (asked.shown_when if asked.required else "")
    return str(expression_words(condition, named)) if condition else ""


def _how(column: AskedColumn) -> str:
    return _("；").join(_hints(column.asked)) or _("文本")


def _hints(asked: FormField) -> Iterator[str]:
    language = get_language() or "zh"
    if asked.hint is not None:
        yield asked.hint.in_language(language)
    if asked.type is FieldType.TERMS:
        yield _("可以写几项，用顿号隔开：%(known)s") % {
            "known": _("、").join(each.in_language(language) for each in choices_of(asked))
        }
    elif _words_of(asked):
        yield _("从下拉中选")
    elif asked.type is FieldType.DAY:
        yield _("日期，如 %(day)s") % {"day": date(2026, 3, 5).isoformat()}
    elif asked.type in NUMBERS:
        yield _("只填数字")
    if asked.once:
        yield _("一个号只用一次")


# ── what came back ──────────────────────────────────────────────────────────────────────────────────────────────────


def beside_columns(known: FlowToOpen) -> list[BesideColumn]:
    """What a sheet asks of whose each new case is: nothing where there is nothing to choose."""
    found = []
    if known.is_of_organisation and (known.regions or len(known.organisations) > 1):
        found.append(BesideColumn("organisation", _("单位"), _("名录里的全称，或统一社会信用代码")))
    if known.is_of_person and not known.persons:
        found.append(BesideColumn("person", _("人员"), _("姓名；有几个同名的，写成“姓名（工作单位）”")))
    if len(known.regions) > 1:
        found.append(BesideColumn("region", _("区划"), _("从下拉中选"), [each.name for each in known.regions]))
    return found


def why_no_sheet(step: FlowStep, form: CaseForm | None) -> Saying | None:
    """Why cases cannot be opened from a sheet; None where they can."""
    if form is None or step.reason:
        return say("这项业务开始时不填表单，或者要逐件写明理由，不能用表格一起开立。")
    wanted = next((each for each in form.fields if each.required and _only_on_page(each)), None)
    if wanted is not None:
        return say("“%(field)s”要附文件或填写个人信息，不能写在表格里；请逐件办理。", field=wanted.label)
    return None


def _only_on_page(asked: FormField) -> bool:
    return asked.type is FieldType.FILE or bool(asked.personal)


@dataclass(frozen=True)
class FilledSheet:
    """What a filled sheet says. unknown: columns that nobody knows; passed: rows that are no answers, each with why; damage: by the first row
    of an entry, what was lost of it before it came here."""

    entries: Sequence[SheetEntry]
    unknown: Sequence[str]
    passed: Sequence[Saying]
    damage: Mapping[int, Sequence[Saying]]


_NO_ANSWER = {
    "total": say("第 %(number)s 行是合计，没有读"),
    "footer": say("第 %(number)s 行是表尾的说明，没有读"),
    "header": say("第 %(number)s 行重复了表头，没有读"),
    "example": say("第 %(number)s 行是示例，没有读"),
}


def read_filled(
    data: bytes, *, name: str, form: CaseForm, audiences: Collection[str], known: FlowToOpen
) -> FilledSheet:
    """What a filled sheet says, with headers of either language: who hands a template out may read another than who sends it back.

    Raises Refused for what is no table, or none of this form.
    """
    asked: dict[str, AskedColumn] = {}
    others: dict[str, str] = {}
    for language, _word in settings.LANGUAGES:
        with translation.override(language):
            asked |= {heading(each): each for each in asked_columns(form, audiences=audiences)}
            others |= {each.label: each.name for each in beside_columns(known)}
    sheet = read_sheet(data, name=name, words=[*others, *asked])
    there = {header_key(text) for text in sheet.header}
    said = {name for text, name in others.items() if header_key(text) in there}
    if missing := next((each.label for each in beside_columns(known) if each.name not in said), ""):
        raise Refused(say("表里没有“%(column)s”一列，不知道各行是谁的；请用填表模板。", column=missing))
    ours = {header_key(text) for text in [*others, *asked]}
    if not ours & there:
        raise Refused(say("表里没有一列是这张表单的；请用填表模板。"))
    lines = [
        (number, cells, is_no_record(cells, sheet.header))
        for number, cells in zip(sheet.numbers, sheet.rows, strict=True)
    ]
    kept = [(number, cells) for number, cells, why in lines if not why]
    found = list(
        entries(sheet.header, [each for _n, each in kept], [n for n, _each in kept], columns=asked, beside=others)
    )
    starts = [entry.number for entry in found]
    damage: dict[int, list[Saying]] = {}
    for number, notes in sheet.damage.items():
        first = max((start for start in starts if start <= number), default=number)
        damage.setdefault(first, []).extend(
            say("%(cell)s %(note)s。", cell=each.cell, note=each.text) for each in notes
        )
    return FilledSheet(
        found,
        [text for text in sheet.header if text.strip() and header_key(text) not in ours],
        [_NO_ANSWER[why].filled(number=number) for number, _cells, why in lines if why],
        damage,
    )


@dataclass(frozen=True)
class EntryOf:
    """Whose an entry is, or why that is not known."""

    region: Region
    organisation: Organisation | None = None
    person: Person | None = None
    fault: Saying | None = None


def whose_entry(user: User, known: FlowToOpen, entry: SheetEntry) -> EntryOf:
    """Whose a row of a sheet is, of those somebody may open a case for."""
    regions = {each.name: each for each in known.regions} | {each.code: each for each in known.regions}
    said = entry.beside
    region = regions.get(said["region"]) if "region" in said else next(iter(known.regions), None)
    if region is None and known.regions:
        return EntryOf(known.regions[0], fault=say("“%(text)s”不是您办事的区划。", text=said["region"][:40]))
    if known.is_own:
        text = said.get("organisation", "")
        own = [each for each in known.organisations if text in ("", each.name, each.credit_code)]
        if len(own) != 1:
            return EntryOf(known.organisations[0].region, fault=say("“%(text)s”不是您的单位。", text=text[:40]))
        return EntryOf(own[0].region, own[0])
    if region is None:
        raise ValueError("neither a region nor an organisation to open a case for")
    if known.persons:
        return EntryOf(region, person=known.persons[0])
    lookup = AsReader(user, region)
    if known.is_of_organisation:
        firm = lookup.organisation_called(said["organisation"])
        return EntryOf(region, fault=firm) if isinstance(firm, Saying) else EntryOf(region, firm)
    if known.is_of_person:
        person = lookup.person_called(said["person"])
        return EntryOf(region, fault=person) if isinstance(person, Saying) else EntryOf(region, person=person)
    return EntryOf(region)
