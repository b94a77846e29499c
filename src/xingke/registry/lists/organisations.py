"""The list of organisations."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xingke.accounts.permissions import Permission
from xingke.base import panels
from xingke.registry import queries
from xingke.registry.listing import (
    ChoiceFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    RegionFilter,
    SearchFilter,
)
from xingke.registry.models import Organisation

# ── organisations ───────────────────────────────────────────────────────────────────────────────────────────────────


class OrganisationRow(NamedTuple):
    """An organisation, and the numbers upper rooms add to it."""

    of: Organisation
    numbers: Sequence[Any]


def _organisations(asked: ListRequest) -> QuerySet[Organisation]:
    return queries.organisations_listed(asked.reader, search=asked["q"], zone=asked["zone"])


def _with_numbers(asked: ListRequest, found: Sequence[Organisation]) -> list[OrganisationRow]:
    """Panels of ``organisation-list`` give ``heads`` (texts) and ``cells`` (organisation id → one number per head)."""
    added = panels.panels("organisation-list", asked.reader, found)
    asked.kept["heads"] = [head for panel in added for head in panel.context["heads"]]
    return [
        OrganisationRow(each, [number for panel in added for number in panel.context["cells"][each.pk]])
        for each in found
    ]


def _numbers(asked: ListRequest) -> list[ListColumn]:
    if "heads" not in asked.kept:
        _with_numbers(asked, [])
    return [_number(place, head) for place, head in enumerate(asked.kept["heads"])]


def _number(place: int, head: str) -> ListColumn:
    return ListColumn(code=f"number{place}", label=head, cell=lambda row: row.numbers[place], is_numeric=True)


def _nothing(asked: ListRequest) -> EmptyList:
    may_enter = queries.has(asked.reader, Permission.ORGANISATION_EDIT)
    begin = (reverse("registry:organisation-new"), _("登记单位")) if may_enter else None
    return EmptyList(title=_("没有可以查看的单位"), text=_("本辖区还没有登记单位。"), begin=begin)


ORGANISATIONS = DeclaredList(
    code="organisations",
    title=pgettext_lazy("several", "单位"),
    caption=gettext_lazy("名录"),
    lead=gettext_lazy("登记在册的企业、院所和机构；点名称看它的资质、专利和历年记录。"),
    url_name="registry:organisation-list",
    permission=Permission.ORGANISATION_READ,
    rows=_organisations,
    load=_with_numbers,
    further=_numbers,
    order="name",
    is_fictional=lambda row: row.of.is_fictional,
    filters=(
        SearchFilter(label=gettext_lazy("单位"), placeholder=gettext_lazy("名称或统一社会信用代码")),
        RegionFilter(),
        ChoiceFilter(
            name="zone",
            label=gettext_lazy("功能区"),
            options=lambda asked: [(each.code, each.name) for each in queries.zones_within(asked.allowed)],
        ),
    ),
    columns=(
        ListColumn(
            code="name",
            label=gettext_lazy("单位"),
            sort="name_key",
            is_indexed=True,
            is_wide=True,
            cell=lambda row: ListedCell(
                row.of.name,
                reverse("registry:organisation", args=[row.of.key]),
                row.of.credit_code or _("无统一社会信用代码"),
            ),
            file=(
                FileColumn(label=gettext_lazy("名称"), value=lambda row: row.of.name),
                FileColumn(label=gettext_lazy("统一社会信用代码"), value=lambda row: row.of.credit_code),
            ),
        ),
        ListColumn(
            code="kind",
            label=gettext_lazy("类别"),
            is_optional=True,
            cell=lambda row: row.of.get_kind_display(),
        ),
        ListColumn(
            code="region",
            label=gettext_lazy("区划"),
            sort="region__path",
            is_indexed=True,
            is_whole=True,
            cell=lambda row: row.of.region.name,
            file=(
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row.of.region.name),
                FileColumn(label=gettext_lazy("区划代码"), value=lambda row: row.of.region.code),
            ),
        ),
        ListColumn(
            code="zone",
            label=gettext_lazy("功能区"),
            cell=lambda row: row.of.zone.name if row.of.zone else "",
        ),
        ListColumn(
            code="founded",
            label=gettext_lazy("成立日期"),
            sort="founded_on",
            is_whole=True,
            is_told=True,
            cell=lambda row: row.of.founded_on,
        ),
    ),
    empty=_nothing,
)
