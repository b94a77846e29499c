"""The lists of working groups and of who stands in for whom."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.permissions import Permission
from xingke.casework.models import Substitution, WorkingGroup
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import groups, substitutes
from xingke.casework.queries.common import PREPARES, home_regions
from xingke.casework.rules.groups import KIND_WORDS, GroupKind
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


class GroupRow(NamedTuple):
    """A group, how many belong to it, how much it has to do still, and until when the first of that."""

    of: WorkingGroup
    members: int
    left: int
    due: date | None


def begin_group(asked: ListRequest) -> tuple[str, str] | None:
    """Where the reader sets one up."""
    may = home_regions(asked.reader, *PREPARES)
    return (reverse("casework:group-new"), _("设立专班")) if may else None


def _groups(asked: ListRequest, found: Sequence[WorkingGroup]) -> list[GroupRow]:
    counts = groups.counts_of([each.pk for each in found])
    return [GroupRow(each, *counts.get(each.pk, (0, 0, None))) for each in found]


def _due(row: GroupRow) -> ListedCell:
    if row.due is None:
        return ListedCell()
    late = row.due < timezone.localdate()
    return ListedCell(row.due.isoformat(), state="overdue" if late else "")


GROUPS = DeclaredList(
    code="groups",
    title=gettext_lazy("工作专班"),
    lead=gettext_lazy("专班和联席会议：谁牵头、有谁，凭哪个文件；要办什么、办到哪天。列入专班不带来权限。"),
    url_name="casework:group-list",
    permission=CasePermission.READ,
    of_bureau=True,
    rows=lambda asked: groups.groups_seen(asked.reader),
    load=_groups,
    order="-made",
    is_fictional=lambda row: row.of.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("名称或成员"),
            narrow=lambda text: Q(name__icontains=text) | Q(pk__in=groups.with_member(text)),
        ),
        ChoiceFilter(
            name="kind",
            label=gettext_lazy("类型"),
            options=lambda asked: [(each.value, str(KIND_WORDS[each])) for each in GroupKind],
            narrow=lambda code: Q(kind=code),
        ),
        RegionFilter(),
    ),
    columns=(
        ListColumn(
            code="name",
            label=gettext_lazy("名称"),
            sort="name",
            is_wide=True,
            cell=lambda row: ListedCell(row.of.name, reverse("casework:group", args=[row.of.key]), row.of.region.name),
            file=(
                FileColumn(label=gettext_lazy("名称"), value=lambda row: row.of.name),
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row.of.region.name),
            ),
        ),
        ListColumn(
            code="kind",
            label=gettext_lazy("类型"),
            is_whole=True,
            is_told=True,
            cell=lambda row: str(KIND_WORDS[GroupKind(row.of.kind)]),
        ),
        ListColumn(code="members", label=gettext_lazy("成员"), is_numeric=True, cell=lambda row: row.members),
        ListColumn(code="left", label=gettext_lazy("没办完的任务"), is_numeric=True, cell=lambda row: row.left),
        ListColumn(code="due", label=gettext_lazy("最早到期"), is_whole=True, is_told=True, cell=_due),
        ListColumn(
            code="made",
            label=gettext_lazy("设立日期"),
            sort="pk",
            is_indexed=True,
            is_optional=True,
            is_whole=True,
            cell=lambda row: timezone.localtime(row.of.made_at).date(),
        ),
    ),
    empty=lambda asked: EmptyList(
        title=_("还没有工作专班"),
        text=_("专班和联席会议的成员按文件进出，任务写明办到哪一天。"),
        begin=begin_group(asked),
    ),
)


# ── substitutes ─────────────────────────────────────────────────────────────────────────────────────────────────────


class SubstitutionRow(NamedTuple):
    """A substitution, where it stands, and what the reader may do to it, as HTML."""

    of: Substitution
    state: ListedCell
    acts: str


def begin_substitution(asked: ListRequest) -> tuple[str, str] | None:
    """Where the reader names one."""
    may = substitutes.to_be_named_for(asked.reader)
    return (reverse("casework:substitute-new"), _("指定 AB 岗")) if may else None


def _substitutions(asked: ListRequest, found: Sequence[Substitution]) -> list[SubstitutionRow]:
    named, today = {each.pk for each in substitutes.to_be_named_for(asked.reader)}, timezone.localdate()
    return [SubstitutionRow(each, _stands(each, today), _acts(asked, each, named, today)) for each in found]


def _is_over(row: Substitution, today: date) -> bool:
    return row.ended_at is not None or row.until < today


def _acts(asked: ListRequest, row: Substitution, named: Collection[int], today: date) -> str:
    if _is_over(row, today) or row.user_id not in named:
        return ""
    return render_to_string("casework/substitute_acts.html", {"row": row}, request=asked.request)


def _stands(row: Substitution, today: date) -> ListedCell:
    if _is_over(row, today):
        sub = _("%(name)s提前结束") % {"name": row.ended_by.name} if row.ended_by else ""
        return ListedCell(_("已结束"), state="void", sub=sub)
    if row.since > today:
        return ListedCell(_("还没开始"), state="unpublished")
    return ListedCell(_("正在代"), state="confirmed")


def _of_state(code: str) -> Q:
    today = timezone.localdate()
    return {
        "now": substitutes.standing_on(today),
        "planned": Q(ended_at__isnull=True, since__gt=today),
        "over": Q(ended_at__isnull=False) | Q(until__lt=today),
    }.get(code, Q())


SUBSTITUTES = DeclaredList(
    code="substitutes",
    title=gettext_lazy("AB 岗"),
    lead=gettext_lazy("谁不在的时候由谁代。代的人只能办自己权限以内的事；到期自动结束。"),
    url_name="casework:substitute-list",
    permission=CasePermission.READ,
    or_permissions=(Permission.GRANT_MANAGE,),
    of_bureau=True,
    rows=lambda asked: substitutes.substitutions_seen(asked.reader),
    load=_substitutions,
    order="-named",
    filters=(
        SearchFilter(
            label=gettext_lazy("姓名"),
            narrow=lambda text: Q(user__name__icontains=text) | Q(substitute__name__icontains=text),
        ),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=lambda asked: [("now", _("正在代")), ("planned", _("还没开始")), ("over", _("已结束"))],
            narrow=_of_state,
        ),
    ),
    columns=(
        ListColumn(
            code="user",
            label=gettext_lazy("谁的工作"),
            is_wide=True,
            cell=lambda row: ListedCell(row.of.user.name, sub=row.of.reason),
            file=(
                FileColumn(label=gettext_lazy("谁的工作"), value=lambda row: row.of.user.name),
                FileColumn(label=gettext_lazy("事由"), value=lambda row: row.of.reason),
            ),
        ),
        ListColumn(
            code="substitute",
            label=gettext_lazy("由谁代"),
            is_wide=True,
            is_told=True,
            cell=lambda row: row.of.substitute.name,
        ),
        ListColumn(
            code="days",
            label=gettext_lazy("从哪天到哪天"),
            sort="since",
            is_whole=True,
            cell=lambda row: f"{row.of.since} — {row.of.until}",
            file=(
                FileColumn(label=gettext_lazy("开始日期"), value=lambda row: row.of.since),
                FileColumn(label=gettext_lazy("截止日期"), value=lambda row: row.of.until),
            ),
        ),
        ListColumn(code="state", label=gettext_lazy("状态"), is_whole=True, cell=lambda row: row.state),
        ListColumn(
            code="named",
            label=gettext_lazy("指定日期"),
            sort="pk",
            is_indexed=True,
            is_optional=True,
            is_whole=True,
            cell=lambda row: timezone.localtime(row.of.made_at).date(),
        ),
        ListColumn(code="acts", label=gettext_lazy("操作"), is_whole=True, is_filed=False, cell=lambda row: row.acts),
    ),
    empty=lambda asked: EmptyList(
        title=_("还没有指定过 AB 岗"),
        text=_("出差、休假以前指定由谁代，交您办的事项这几天也等着他办。"),
        begin=begin_substitution(asked),
    ),
)
