"""Working groups and joint meetings: the list, the page as of a day, a change of members by document, duties."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.casework import lists
from xingke.casework.actions import groups as actions
from xingke.casework.actions.groups import ByDocument, NewGroup
from xingke.casework.forms.posts import DutyForm, GroupChangeForm, GroupForm, MembersForm, seat_words
from xingke.casework.lists.posts import begin_group
from xingke.casework.models import GroupMember, WorkingGroup
from xingke.casework.queries import groups as reads
from xingke.casework.queries.common import PREPARES, bureau_page, is_at_home
from xingke.casework.rules.groups import KIND_WORDS, POST_WORDS, GroupKind, GroupPost
from xingke.casework.views.meetings import common_list, form_page
from xingke.registry import queries as registry
from xingke.registry.listing import day_or_none


def crumbs(*labels: str, group: WorkingGroup | None = None) -> list[dict[str, str]]:
    found = [{"label": _("工作专班"), "url": reverse("casework:group-list")}]
    if group is not None:
        found.append({"label": group.name, "url": reverse("casework:group", args=[group.key])})
    return [*found, *({"label": label} for label in labels)]


@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    return common_list(request, lists.GROUPS, begin_group)


@require_http_methods(["GET", "POST"])
def group_new(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    form = GroupForm(bureau_page(user, *PREPARES), request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = actions.set_up_group(
                new=NewGroup(
                    region=form.region,
                    kind=GroupKind(typed["kind"]),
                    name=typed["name"],
                    first=_document(form),
                    key=typed["key"],
                ),
                by=user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已设立“%(name)s”。") % {"name": made.name})
            return redirect("casework:group", made.key)
    return form_page(
        request,
        form,
        title=_("设立专班"),
        act=_("设立"),
        crumbs=crumbs(_("设立专班")),
        back=reverse("casework:group-list"),
        lead=_("照文件写：谁牵头，有哪些成员。列入专班不带来查看和办理的权限。"),
    )


def _document(form: MembersForm) -> ByDocument:
    typed = form.cleaned_data
    return ByDocument(document_number=typed["document_number"], on=typed["on"], seats=form.seats())


@require_safe
def group(request: HttpRequest, key: UUID) -> HttpResponse:
    """``on``: as of which day its members are shown; today where none is given."""
    user = registry.reader(request.user)
    return _page(request, user, reads.group_for(user, key))


def _page(request: HttpRequest, user: User, shown: WorkingGroup, duty: DutyForm | None = None) -> HttpResponse:
    on = day_or_none(request.GET.get("on", "")) or timezone.localdate()
    words = POST_WORDS[GroupKind(shown.kind)]
    members = [(row, str(words[GroupPost(row.post)])) for row in reads.members_on(shown, on)]
    context = {
        "crumbs": crumbs(shown.name),
        "shown": shown,
        "kind": str(KIND_WORDS[GroupKind(shown.kind)]),
        "filters": [{"kind": "day", "name": "on", "label": _("哪一天的成员"), "value": on.isoformat()}],
        "today": timezone.localdate(),
        "members": members,
        "member_table": {
            "columns": [{"label": _("岗位")}, {"label": _("姓名或单位")}, {"label": _("凭哪个文件"), "class": "told"}],
            "count": len(members),
            "empty_title": _("这一天还没有成员"),
        },
        "changes": [
            {"row": row, "came": _named(came), "left": _named(left)} for row, came, left in reads.changes_of(shown)
        ],
        "duties": list(shown.duties.select_related("done_by").order_by("done_on", "due", "pk")),
        "duty_table": {
            "columns": [
                {"label": _("任务")},
                {"label": _("由谁办"), "class": "told"},
                {"label": _("办到哪一天"), "class": "nowrap told"},
                {"label": _("办理")},
            ],
        },
        "duty": duty or DutyForm(),
        "duty_open": duty is not None,
        "may_write": is_at_home(user, shown.region, *PREPARES),
        "is_fictional": shown.is_fictional,
    }
    return render(request, "casework/group.html", context)


def _named(rows: list[GroupMember]) -> str:
    return _("、").join(seat_words(row) for row in rows)


def _mine(request: HttpRequest, key: UUID) -> tuple[User, WorkingGroup]:
    """The reader and a group they keep, or 404."""
    user = registry.reader(request.user)
    found = reads.group_for(user, key)
    if not is_at_home(user, found.region, *PREPARES):
        raise Http404
    return user, found


@require_http_methods(["GET", "POST"])
def group_change(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _mine(request, key)
    last: Any = shown.changes.order_by("-pk").first()
    initial = {
        **MembersForm.filled(reads.members_now(shown)),
        "seen": last.pk if last else 0,
        "on": timezone.localdate(),
    }
    form = GroupChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            actions.change_members(group=shown, wanted=_document(form), seen=seen, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("人员变动已记下。"))
            return redirect("casework:group", shown.key)
    return form_page(
        request,
        form,
        title=_("人员变动"),
        act=_("记下"),
        kicker=shown.name,
        crumbs=crumbs(_("人员变动"), group=shown),
        back=reverse("casework:group", args=[shown.key]),
        lead=_("把成员改成文件里的样子；原来的留着，可以查任何一天的成员。"),
        is_fictional=shown.is_fictional,
    )


@require_POST
def duty_new(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _mine(request, key)
    form = DutyForm(request.POST)
    if form.is_valid():
        try:
            actions.charge(group=shown, **form.cleaned_data, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("任务已记下。"))
            return redirect("casework:group", shown.key)
    return _page(request, user, shown, form)


@require_POST
def duty_done(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    user, shown = _mine(request, key)
    try:
        actions.duty_done(duty=reads.duty_of(shown, pk), by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已记为办完。"))
    return redirect("casework:group", shown.key)
