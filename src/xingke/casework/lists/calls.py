"""The list of calls."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xingke.casework.models import CaseCall
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import calls as reads
from xingke.casework.queries.common import home_regions
from xingke.casework.rules.calls import CallState, call_state
from xingke.casework.rules.flows import Flow
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


class CallRow(NamedTuple):
    """A call and the flow its cases run by."""

    of: CaseCall
    flow: Flow


def call_tag(call: CaseCall) -> tuple[str, str]:
    """The tag of where a call stands today."""
    return {
        CallState.PLANNED: ("unpublished", _("未开始")),
        CallState.OPEN: ("public", _("受理中")),
        CallState.OVER: ("confirmed", _("已截止")),
    }[call_state(since=call.since, until=call.until, today=timezone.localdate())]


def begin_call(asked: ListRequest) -> tuple[str, str] | None:
    """Where the reader makes one."""
    may = home_regions(asked.reader, CasePermission.MANAGE)
    return (reverse("casework:call-flows"), _("发布申报批次")) if may else None


def _of_state(code: str) -> Q:
    today = timezone.localdate()
    return {
        CallState.PLANNED.value: Q(since__gt=today),
        CallState.OPEN.value: Q(since__lte=today, until__gte=today),
        CallState.OVER.value: Q(until__lt=today),
    }.get(code, Q())


def _state(row: CallRow) -> ListedCell:
    code, words = call_tag(row.of)
    return ListedCell(words, state=code)


def _loaded(asked: ListRequest, found: Sequence[CaseCall]) -> list[CallRow]:
    return [CallRow(each, reads.definitions_of_call(each).flow) for each in found]


CALLS = DeclaredList(
    code="calls",
    title=gettext_lazy("申报"),
    caption=gettext_lazy("申报批次"),
    lead=gettext_lazy("正在受理什么、到哪天为止、要求什么。"),
    url_name="casework:call-list",
    permission=CasePermission.READ,
    rows=lambda asked: reads.calls_listed(asked.reader, today=timezone.localdate()),
    load=_loaded,
    order="days",
    leading=3,
    is_fictional=lambda row: row.of.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("名称或文号"),
            narrow=lambda text: Q(title__icontains=text) | Q(document_number__icontains=text),
        ),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=lambda asked: [
                (CallState.OPEN.value, _("受理中")),
                (CallState.PLANNED.value, _("未开始")),
                (CallState.OVER.value, _("已截止")),
            ],
            narrow=_of_state,
        ),
        ChoiceFilter(
            name="flow",
            label=gettext_lazy("业务"),
            options=lambda asked: [
                (each.code, each.label.in_language(get_language() or "zh")) for each in reads.flows_called(asked.reader)
            ],
            narrow=lambda code: Q(flow=code),
        ),
        RegionFilter(),
        DayFilter(name="until", label=gettext_lazy("截止"), path="until"),
    ),
    columns=(
        ListColumn(
            code="title",
            label=gettext_lazy("申报批次"),
            sort="title",
            is_wide=True,
            cell=lambda row: ListedCell(
                row.of.title, reverse("casework:call", args=[row.of.key]), row.of.document_number
            ),
            file=(
                FileColumn(label=gettext_lazy("申报批次"), value=lambda row: row.of.title),
                FileColumn(label=gettext_lazy("文号"), value=lambda row: row.of.document_number),
            ),
        ),
        ListColumn(
            code="flow",
            label=gettext_lazy("业务"),
            cell=lambda row: row.flow.label.in_language(get_language() or "zh"),
        ),
        ListColumn(
            code="days",
            label=gettext_lazy("受理时间"),
            sort="turn",
            is_whole=True,
            is_told=True,
            cell=lambda row: f"{row.of.since} – {row.of.until}",
            file=(
                FileColumn(label=gettext_lazy("开始申报"), value=lambda row: row.of.since),
                FileColumn(label=gettext_lazy("截止申报"), value=lambda row: row.of.until),
            ),
        ),
        ListColumn(
            code="region",
            label=gettext_lazy("区划"),
            sort="region__path",
            is_whole=True,
            cell=lambda row: row.of.region.name,
        ),
        ListColumn(code="state", label=gettext_lazy("状态"), is_whole=True, cell=_state),
        ListColumn(
            code="published",
            label=gettext_lazy("发布日期"),
            sort="published_on",
            is_optional=True,
            is_whole=True,
            cell=lambda row: row.of.published_on,
        ),
    ),
    empty=lambda asked: EmptyList(
        title=_("还没有申报批次"), text=_("本区划和上级发布的申报批次列在这里。"), begin=begin_call(asked)
    ),
)
