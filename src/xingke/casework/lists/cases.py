"""The list of cases: where each stands, whose it is, until when the next step must follow; of one business what its forms say too."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.addresses import key_address
from xingke.casework import showing
from xingke.casework.models import CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import definitions_of, lists
from xingke.casework.queries.facts import facts_said
from xingke.casework.queries.kept import answers_of
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.conditions import expressed
from xingke.casework.rules.flows import GOOD_ENDS, CaseEnd, Flow
from xingke.casework.rules.forms import NUMBERS, FieldType, FormField
from xingke.casework.rules.shown_answers import AskedColumn, in_words, sheet_columns
from xingke.casework.sheets import heading
from xingke.ledger.queries.caching import kept_beside
from xingke.registry.listing import (
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    RegionFilter,
    SearchFilter,
)

URGENT = {lists.TODO, lists.SOON, lists.LATE, lists.OPEN}  # shown in the order in which they are due


class SaidInForms:
    """All that the forms of some cases say, as far as their reader reads it in lists: read at once, when a column first asks for it."""

    def __init__(self, reader: User, steps: Sequence[CaseStep]) -> None:
        self.reader, self.steps = reader, steps

    def value(self, row: "CaseRow", asked: AskedColumn) -> Any:
        """An answer as it is kept, of a table a list of those of its rows; None for nothing, and for what was asked as something else."""
        asked_there, answers = self._said[row.at.case_id]
        own = asked.table or asked.asked
        if own.name not in answers or (known := asked_there.get(own.name)) is None or known.type is not own.type:
            return None
        if asked.table is None:
            return answers[own.name]
        return [each.get(asked.asked.name) for each in answers[own.name]]

    def words_of(self, asked: FormField, value: Any) -> str:
        """One answer in words."""
        return str(in_words(asked, value, self._words))

    @cached_property
    def _said(self) -> dict[int, tuple[Mapping[str, FormField], Mapping[str, Any]]]:
        found = answers_of([step.case_id for step in self.steps])
        said: dict[int, tuple[Mapping[str, FormField], Mapping[str, Any]]] = {}
        for step in self.steps:
            definitions = definitions_of(step.case)
            read = {each.name for each in lists.fields_read(self.reader, definitions, step.case.region)}
            answers = {name: value for name, value in found.get(step.case_id, {}).items() if name in read}
            said[step.case_id] = definitions.asked, answers
        return said

    @cached_property
    def _words(self) -> CaseWords:
        said = ((asked[name], value) for asked, answers in self._said.values() for name, value in answers.items())
        return CaseWords(self.reader, said)


class CaseRow(NamedTuple):
    """A case of the list: its newest step, its flow, whether the reader sees where it stands, and what its forms say: facts, what is marked
    for lists, in words; said: all the rest."""

    at: CaseStep
    flow: Flow
    is_hidden: bool
    facts: dict[str, str]
    whose: str
    said: SaidInForms


def _rows(asked: ListRequest) -> QuerySet[CaseStep]:
    return lists.cases_listed(asked.reader, search=asked["q"], flow=asked["flow"], state=asked["state"])


def _count(asked: ListRequest) -> int:
    """How many cases a list has; kept until something is filed, but what is searched for, which is asked once."""

    def ask() -> int:
        return _rows(asked).filter(asked.narrow).order_by().count()

    if asked["q"]:
        return ask()
    wanted = asked.address(sort="", columns="")
    return kept_beside(asked.reader, f"cases counted:{timezone.localtime():%Y%m%d%H}:{wanted}", ask)


def _load(asked: ListRequest, found: Sequence[CaseStep]) -> list[CaseRow]:
    """The flows of a page's cases, and of one business the facts that are asked for: two queries, four for their words, and one where any is a
    person's."""
    lists.load_persons(found)
    names = {each.name for each in _listed_fields(asked)}
    facts_of_cases = facts_said(asked.reader, [step.case for step in found], names) if names else {}
    facts = {case: {field.name: words for field, words in each} for case, each in facts_of_cases.items()}
    rows, said = [], SaidInForms(asked.reader, found)
    for step in found:
        flow = definitions_of(step.case).flow
        known = flow.steps.get(step.stands)
        hidden = known is not None and not lists.sees_standing(asked.reader, known.seen_by, step)
        whose = lists.whose_name(asked.reader, step.case)
        rows.append(CaseRow(step, flow, hidden, facts.get(step.case_id, {}), whose, said))
    return rows


def _listed_fields(asked: ListRequest) -> list[FormField]:
    """What the forms of the business chosen mark for lists, as far as the reader may see it."""
    return [each for each in _fields(asked) if each.listed]


def _fields(asked: ListRequest) -> list[FormField]:
    """All that the forms of the business chosen ask, likewise."""
    if "fields" not in asked.kept:
        asked.kept["fields"] = lists.fields_asked_of(asked.reader, asked["flow"]) if asked["flow"] else []
    found: list[FormField] = asked.kept["fields"]
    return found


def _further(asked: ListRequest) -> list[ListColumn]:
    """What is marked for lists is shown; everything else the forms ask is there to be chosen, and stands in the file of everything."""
    return [
        *_shown_facts(asked),
        *(_said_column(each) for each in sheet_columns(_fields(asked)) if not each.asked.listed),
    ]


def _said_column(column: AskedColumn) -> ListColumn:
    return ListColumn(
        code=f"said-{column.name.replace('_', '-').replace('.', '--')}",
        label=heading(column),
        cell=lambda row: _said_words(row, column),
        file=(FileColumn(label=heading(column), value=lambda row: _said_value(row, column)),),
        is_numeric=column.asked.type in NUMBERS,
        is_optional=True,
        is_told=True,
    )


def _said_words(row: CaseRow, column: AskedColumn) -> str:
    """An answer in words; of a table a line for each of its rows."""
    value = row.said.value(row, column)
    several = value if column.table is not None and value is not None else [value]
    return "\n".join(row.said.words_of(column.asked, each) for each in several).strip("\n")


def _said_value(row: CaseRow, column: AskedColumn) -> Any:
    """The same as a file keeps it: numbers as numbers in the unit of their head, days as days."""
    if column.table is None and (column.asked.type in NUMBERS or column.asked.type is FieldType.DAY):
        value = row.said.value(row, column)
        return "" if value is None else expressed(column.asked, value)
    return _said_words(row, column)


def _shown_facts(asked: ListRequest) -> list[ListColumn]:
    language = get_language() or "zh"
    return [
        ListColumn(
            code=f"fact-{each.name.replace('_', '-')}",
            label=each.label.in_language(language),
            cell=lambda row, name=each.name: row.facts.get(name, ""),  # type: ignore[misc]  # a default binds the name
            is_numeric=each.type in NUMBERS,
            is_told=True,
        )
        for each in _listed_fields(asked)
    ]


def _named(row: CaseRow) -> ListedCell:
    case, word = row.at.case, row.flow.label.in_language(get_language() or "zh")
    title = word if case.title == row.flow.label.zh else case.title
    return ListedCell(
        title,
        key_address("casework:case", key=case.key),
        case.number if title == word else f"{word} {case.number}".strip(),
    )


def _stands(row: CaseRow) -> ListedCell:
    if row.at.ended:
        state = "case-good" if CaseEnd(row.at.ended) in GOOD_ENDS else "case-ended"
        return ListedCell(showing.end_word(row.at.ended), state=state)
    word = _("办理中") if row.is_hidden else showing.step_word(row.flow, row.at.stands)
    return ListedCell(word, sub=row.at.assignee.name if row.at.assignee and not row.is_hidden else "")


def _due(row: CaseRow) -> Any:
    if row.at.due is None or row.at.ended:
        return ""
    day = timezone.localtime(row.at.due).date()
    return ListedCell(day.isoformat(), state="overdue") if row.at.due < timezone.now() else day


CASES = DeclaredList(
    code="cases",
    title=gettext_lazy("业务"),
    caption=pgettext_lazy("several", "事项"),
    lead=gettext_lazy("每件事项从发起到办结：现在办到哪一步、由谁办、什么时候到期。"),
    url_name="casework:case-list",
    permission=CasePermission.READ,
    rows=_rows,
    load=_load,
    count=_count,
    further=_further,
    order=lambda asked: "due" if asked["state"] in URGENT else "-opened",
    is_fictional=lambda row: row.at.case.is_fictional,
    leading=3,
    filters=(
        SearchFilter(label=gettext_lazy("名称、编号或单位")),
        ChoiceFilter(name="state", label=gettext_lazy("办理情况"), options=lambda asked: lists.state_choices()),
        ChoiceFilter(
            name="flow",
            label=gettext_lazy("业务"),
            options=lambda asked: [
                (each.code, each.label.in_language(get_language() or "zh")) for each in lists.flows_seen(asked.reader)
            ],
        ),
        RegionFilter(path="region"),
        DayFilter(name="opened", label=gettext_lazy("发起"), path="case__opened_at__date"),
        DayFilter(name="due", label=gettext_lazy("到期"), path="due__date"),
    ),
    columns=(
        ListColumn(code="case", label=pgettext_lazy("several", "事项"), cell=_named, is_wide=True),
        ListColumn(code="number", label=gettext_lazy("编号"), cell=lambda row: row.at.case.number, is_optional=True),
        ListColumn(
            code="organisation",
            label=gettext_lazy("单位或人员"),
            sort="case__organisation__name_key",
            cell=lambda row: row.whose,
            is_told=True,
        ),
        ListColumn(code="stands", label=gettext_lazy("办到哪一步"), cell=_stands),
        ListColumn(code="due", label=gettext_lazy("期限"), sort="due", cell=_due, is_whole=True, is_told=True),
        ListColumn(
            code="region", label=gettext_lazy("区划"), cell=lambda row: row.at.case.region.name, is_optional=True
        ),
        ListColumn(
            code="opened",
            label=gettext_lazy("发起日期"),
            sort="case_id",
            is_indexed=True,
            cell=lambda row: timezone.localtime(row.at.case.opened_at).date(),
            is_whole=True,
            is_told=True,
        ),
        ListColumn(
            code="opener",
            label=gettext_lazy("发起人"),
            cell=lambda row: row.at.case.opened_by.name if row.at.case.opened_by else "",
            is_optional=True,
        ),
    ),
    empty=lambda asked: EmptyList(title=_("还没有事项"), text=_("您可以办理和查看的事项会列在这里。")),
)
