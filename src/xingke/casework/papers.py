"""Forms outside of their page: on paper, and as a sheet to be filled in. What is asked comes from the form, what is shown from what its
reader sees."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.labels import Label
from xingke.casework import showing
from xingke.casework.models import CaseStep
from xingke.casework.queries.lists import whose_name
from xingke.casework.queries.personal import sealed_seen
from xingke.casework.queries.seen import CaseSeen
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.conditions import asked_words, expression_words
from xingke.casework.rules.forms import NUMBERS, CaseForm, FieldType, FormField
from xingke.casework.rules.papers import blank_paper, filled_paper
from xingke.casework.rules.shown_answers import AskedColumn, columns
from xingke.press.tree import DocumentTree
from xingke.press.xlsx_writer import Column, Form, Page
from xingke.registry import queries as registry

ROWS = 500  # empty rows of a sheet that are formatted and offer their choices


def blank_of(form: CaseForm, user: User, *, audiences: Collection[str], is_fictional: bool) -> DocumentTree:
    """A form to be filled in by hand."""
    return blank_paper(
        form,
        choices=_choices,
        words=CaseWords(user, ()),
        language=get_language() or "zh",
        audiences=audiences,
        key=str(uuid5(NAMESPACE_URL, f"form:{form.code}:{form.version}")),
        is_fictional=is_fictional,
    )


def filled_of(seen: CaseSeen, row: CaseStep, form: CaseForm, user: User) -> DocumentTree:
    """A form as a step answered it, as far as somebody sees it; what is personal stays sealed."""
    case, language = seen.read.case, get_language() or "zh"
    sealed = sealed_seen(seen).get(row.number)
    values = {**row.answers, **dict.fromkeys(sealed.fields if sealed is not None else (), _("已封存"))}
    said = [(form.named[name], value) for name, value in row.answers.items() if name in form.named]
    facts = [
        (_("业务"), seen.read.flow.label.in_language(language)),
        (_("编号"), case.number),
        (_("单位或人员"), whose_name(user, case)),
        (_("填写"), showing.taker_words(row)),
        (_("日期"), row.on.isoformat()),
    ]
    return filled_paper(
        form,
        values,
        facts=[(label, text) for label, text in facts if text],
        words=CaseWords(user, said, row.files.select_related("attachment")),
        language=language,
        audiences=seen.audiences,
        key=str(uuid5(NAMESPACE_URL, f"case:{case.key}:{row.number}")),
        is_fictional=case.is_fictional,
    )


def _choices(asked: FormField) -> Sequence[Label]:
    return [term.label for term in registry.terms(asked.list).values()]


# ── a sheet ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def sheet_of(form: CaseForm, *, audiences: Collection[str]) -> tuple[list[Column], Page]:
    """A sheet in which many answer a form: its columns, and the page that says how each is filled in. What nobody types has none."""
    asked = [each for each in columns(form, audiences=audiences) if not _is_left_out(each.asked)]
    named = asked_words(form.fields)
    guide = [
        (_("列名"), _("必填"), _("怎样填")),
        *((heading(each), _must(each.asked, named), _how(each)) for each in asked),
    ]
    if any(each.table for each in asked):
        guide.append((_("一份表单几行的"), "", _("一行写一条；其余各列只在第一行写。")))
    made = [Column(label=heading(each), form=_cells(each.asked), choices=_words_of(each.asked)) for each in asked]
    return made, Page(name=_("填写说明"), rows=guide)


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
    return [each.in_language(language) for each in _choices(asked)] if asked.type is FieldType.TERM else []


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
            "known": _("、").join(each.in_language(language) for each in _choices(asked))
        }
    elif _words_of(asked):
        yield _("从下拉中选")
    elif asked.type is FieldType.DAY:
        yield _("日期，如 %(day)s") % {"day": date(2026, 3, 5).isoformat()}
    elif asked.type in NUMBERS:
        yield _("只填数字")
    if asked.once:
        yield _("一个号只用一次")
