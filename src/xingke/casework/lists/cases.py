"""The list of cases: where each stands, whose it is, until when the next step must follow; of one business what its forms say too."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from xingke.casework import showing
from xingke.casework.models import CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import definitions_of, lists
from xingke.casework.queries.facts import facts_said
from xingke.casework.rules.flows import CaseEnd, Flow
from xingke.casework.rules.forms import NUMBERS, FormField
from xingke.registry.listing import (
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    ListColumn,
    ListedCell,
    ListRequest,
    RegionFilter,
    SearchFilter,
)

URGENT = {lists.TODO, lists.SOON, lists.LATE, lists.OPEN}  # shown in the order in which they are due


class CaseRow(NamedTuple):
    """A case of the list: its newest step, its flow, whether the reader sees where it stands, and what its forms say."""

    at: CaseStep
    flow: Flow
    is_hidden: bool
    facts: dict[str, str]
    whose: str


def _rows(asked: ListRequest) -> QuerySet[CaseStep]:
    return lists.cases_listed(asked.reader, search=asked["q"], flow=asked["flow"], state=asked["state"])


def _load(asked: ListRequest, found: Sequence[CaseStep]) -> list[CaseRow]:
    """The flows of a page's cases, and of one business the facts that are asked for: two queries, and four for their words."""
    names = {each.name for each in _listed_fields(asked)}
    said = facts_said(asked.reader, [step.case for step in found], names) if names else {}
    facts = {case: {field.name: words for field, words in each} for case, each in said.items()}
    rows = []
    for step in found:
        flow = definitions_of(step.case).flow
        known = flow.steps.get(step.stands)
        hidden = known is not None and not lists.sees_standing(asked.reader, known.seen_by, step)
        rows.append(CaseRow(step, flow, hidden, facts.get(step.case_id, {}), lists.whose_name(asked.reader, step.case)))
    return rows


def _listed_fields(asked: ListRequest) -> list[FormField]:
    """What the forms of the business chosen mark for lists, as far as the reader may see it."""
    if "fields" not in asked.kept:
        asked.kept["fields"] = lists.listed_fields(asked.reader, asked["flow"]) if asked["flow"] else []
    found: list[FormField] = asked.kept["fields"]
    return found


def _further(asked: ListRequest) -> list[ListColumn]:
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
        reverse("casework:case", args=[case.key]),
        case.number if title == word else f"{word} {case.number}".strip(),
    )


def _stands(row: CaseRow) -> ListedCell:
    if row.at.ended:
        state = "case-good" if CaseEnd(row.at.ended) in showing.GOOD_ENDS else "case-ended"
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
