"""The list of persons."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xingke.accounts.permissions import Permission
from xingke.registry import queries
from xingke.registry.listing import (
    DeclaredList,
    EmptyList,
    ListColumn,
    ListedCell,
    ListRequest,
    RegionFilter,
    SearchFilter,
)
from xingke.registry.models import Person
from xingke.registry.queries import people


class PersonRow(NamedTuple):
    """Somebody, where they work, and as what."""

    of: Person
    employer: str
    post: str


def _people(asked: ListRequest) -> QuerySet[Person]:
    return people.people_listed(asked.reader, search=asked["q"])


def _with_work(asked: ListRequest, found: Sequence[Person]) -> list[PersonRow]:
    prefetch_related_objects(found, "employments")
    return [PersonRow(each, *people.work_of(each)) for each in found]


def _nothing(asked: ListRequest) -> EmptyList:
    may_enter = queries.has(asked.reader, Permission.PERSON_EDIT)
    begin = (reverse("registry:person-new"), _("登记人员")) if may_enter else None
    text = _("专家、特派员、科技副总和联系人登记在这里，各项业务都从这里选人。")
    return EmptyList(title=_("还没有登记人员"), text=text, begin=begin)


PEOPLE = DeclaredList(
    code="people",
    title=pgettext_lazy("several", "人员"),
    caption=gettext_lazy("人员清单"),
    lead=gettext_lazy("专家、特派员、科技副总和联系人；联系方式和证件号码加密保存，谁看过都有记录。"),
    url_name="registry:person-list",
    permission=Permission.PERSON_READ,
    rows=_people,
    load=_with_work,
    order="name",
    is_fictional=lambda row: row.of.is_fictional,
    filters=(
        SearchFilter(label=pgettext_lazy("several", "人员"), placeholder=gettext_lazy("姓名或工作单位")),
        RegionFilter(),
    ),
    columns=(
        ListColumn(
            code="name",
            label=gettext_lazy("姓名"),
            sort="name_key",
            is_indexed=True,
            is_wide=True,
            cell=lambda row: ListedCell(row.of.name, reverse("registry:person", args=[row.of.key])),
        ),
        ListColumn(code="employer", label=gettext_lazy("工作单位"), is_wide=True, cell=lambda row: row.employer),
        ListColumn(code="post", label=gettext_lazy("职务职称"), cell=lambda row: row.post),
        ListColumn(
            code="region",
            label=gettext_lazy("区划"),
            sort="region__path",
            is_whole=True,
            cell=lambda row: row.of.region.name if row.of.region else "",
        ),
    ),
    empty=_nothing,
)
