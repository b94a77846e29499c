"""Meetings: the list, the page, calling one, its agenda, who was there, what was decided, its minutes."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.accounts.rules import SUFFIXES
from xingke.accounts.uploads import file_response
from xingke.base.blobs import Damaged
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day
from xingke.casework import lists
from xingke.casework.actions import meetings as actions
from xingke.casework.actions.meetings import CaseForAgenda, CaseRefused, NewMeeting, PersonThere
from xingke.casework.deciding import DecideRow, alike, decisions_typed, rows_to_decide
from xingke.casework.forms.common import HoldForm, MeetingForm, MinutesForm, term_choices
from xingke.casework.lists.common import begin_meeting, meeting_name, meeting_tag
from xingke.casework.models import Meeting
from xingke.casework.permissions import CasePermission
from xingke.casework.places import places
from xingke.casework.queries import meetings as reads
from xingke.casework.queries.common import PREPARES, bureau_page, colleague_called, colleagues, is_at_home
from xingke.casework.rules.meetings import Presence
from xingke.registry import queries as registry
from xingke.registry.forms.choosing import LOOKS_UP
from xingke.registry.listing import DeclaredList, ListRequest, list_response


def language() -> str:
    """The reader's language."""
    return get_language() or "zh-hans"


def crumbs(*labels: str, meeting: Meeting | None = None) -> list[dict[str, str]]:
    found = [{"label": pgettext("several", "会议"), "url": reverse("casework:meeting-list")}]
    if meeting is not None:
        found.append({"label": meeting_name(meeting), "url": reverse("casework:meeting", args=[meeting.key])})
    return [*found, *({"label": label} for label in labels)]


def common_list(
    request: HttpRequest,
    declared: DeclaredList,
    begin: Callable[[ListRequest], tuple[str, str] | None],
    *,
    template: str = "casework/common_list.html",
    **more: Any,
) -> HttpResponse:
    """The page of a list that stands in the row of what several cases share. begin: where the reader makes a beginning."""
    where = declared.url_name.removeprefix("casework:")
    return list_response(
        request,
        declared,
        template=template,
        context=lambda asked: {"places": places(asked.reader, where), "begin": begin(asked), **more},
    )


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    return common_list(request, lists.MEETINGS, begin_meeting)


@require_http_methods(["GET", "POST"])
def meeting_new(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    regions = bureau_page(user, *PREPARES)
    form = MeetingForm(term_choices(actions.KINDS, language()), regions, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        new = NewMeeting(
            kind=typed["kind"],
            region=form.region,
            on=typed["on"],
            place=typed["place"],
            quorum=typed["quorum"],
            key=typed["key"],
        )
        try:
            meeting = actions.call_meeting(new=new, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已召集%(name)s，请把要议的事项列入议程。") % {"name": meeting_name(meeting)})
            return redirect("casework:meeting", meeting.key)
    return form_page(
        request,
        form,
        title=_("召集会议"),
        act=_("召集"),
        crumbs=crumbs(_("召集会议")),
        back=reverse("casework:meeting-list"),
        lead=_("编号按会议类型和年度自动排。"),
    )


def form_page(request: HttpRequest, form: forms.Form, **words: Any) -> HttpResponse:
    """A page that asks one form."""
    return render(request, "casework/common_form.html", {"form": form, **words})


def _prepares(user: User, meeting: Meeting) -> bool:
    return is_at_home(user, meeting.region, *PREPARES)


@require_safe
def meeting(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    return _page(request, user, reads.meeting_for(user, key))


def _page(request: HttpRequest, user: User, shown: Meeting, minutes: MinutesForm | None = None) -> HttpResponse:
    items, people = reads.agenda(user, shown), reads.people_of(shown)
    code, words = meeting_tag(shown)
    is_open, prepares = shown.closed_at is None, _prepares(user, shown)
    undecided = sum(each.item.is_open for each in items)
    decisions = [each.decision for each in items if each.decision is not None]
    groups = [(Presence.PRESENT, _("出席")), (Presence.ABSENT, _("请假")), (Presence.LISTENING, _("列席"))]
    comma = _("、")
    context = {
        "crumbs": crumbs(meeting_name(shown)),
        "shown": shown,
        "title": meeting_name(shown),
        "state": code,
        "state_words": words,
        "items": items,
        "table": {
            "columns": [
                {"label": _("序号"), "numeric": True},
                {"label": _("议题")},
                {"label": _("决定")},
                *([{"label": _("操作")}] if is_open and prepares and undecided else []),
            ],
            "count": len(items),
            "empty_title": _("议程还是空的"),
            "empty_text": _("请把要上会的事项列入议程。"),
        },
        "facts": [
            {"label": _("日期"), "value": day(shown.on)},
            {"label": _("地点"), "value": shown.place},
            {"label": _("召集人"), "value": str(shown.called_by)},
            {"label": _("纪要号"), "value": shown.minutes_number},
            *([{"label": _("应到"), "value": _("%(n)s人") % {"n": shown.due}}] if shown.due else []),
            *(
                {"label": label, "value": comma.join(there)}
                for presence, label in groups
                if (there := [each.name for each in people if each.presence == presence])
            ),
        ],
        "duty_table": {
            "columns": [{"label": _("交办事项")}, {"label": _("由谁办")}, {"label": _("办到哪一天"), "class": "told"}],
        },
        "duties": [duty for decision in decisions for duty in decision.duties.all()],
        "may_put": is_open and prepares,
        "may_take_off": is_open and prepares and undecided > 0,
        "may_hold": is_open and prepares and not decisions and shown.on <= timezone.localdate(),
        "may_decide": is_open
        and shown.held_at is not None
        and undecided > 0
        and is_at_home(user, shown.region, CasePermission.DECIDE),
        "may_close": is_open and prepares and shown.held_at is not None,
        "undecided": undecided,
        "minutes": minutes or MinutesForm(),
        "minutes_open": minutes is not None,
        "is_fictional": shown.is_fictional,
    }
    return render(request, "casework/meeting.html", context)


@require_http_methods(["GET", "POST"])
def agenda_put(request: HttpRequest, key: UUID) -> HttpResponse:
    """The cases that wait for a meeting, to be ticked; papers of one case are handed over where it is the only one ticked."""
    user = registry.reader(request.user)
    shown = reads.meeting_for(user, key)
    if not _prepares(user, shown):
        raise Http404
    waiting = reads.cases_to_put(user, shown.region)
    earlier = {each.pk: each for each in reads.decisions_to_correct(user, shown)[:50]}
    refused: list[CaseRefused] = []
    problem = ""
    if request.method == "POST":
        ticked = [each.case for each in waiting if str(each.case.key) in request.POST.getlist("case")]
        wrong = next((each for pk, each in earlier.items() if str(pk) == request.POST.get("corrects")), None)
        try:
            files = request.FILES.getlist("files")
            if not ticked and wrong is None:
                raise Refused(_("请先在事项前面打钩。"))
            if files and len(ticked) > 1:
                raise Refused(_("材料要分件上传：只选一件，再选它的材料。"))
            kept = [accounts.store_file(name=file.name or "", data=file.read()) for file in files]
            wanted = [
                CaseForAgenda(case=case, summary=request.POST.get(f"summary-{case.pk}", ""), files=kept)
                for case in ticked
            ]
            wanted += [CaseForAgenda(case=wrong.item.case, corrects=wrong)] if wrong is not None else []
            told = actions.put_on_agenda(meeting=shown, cases=wanted, by=user, now=timezone.now())
        except Refused as refusal:
            problem = str(refusal)
        else:
            if not told.refused:
                messages.success(request, _("已列入议程 %(n)s 项。") % {"n": len(told.items)})
                return redirect("casework:meeting", shown.key)
            refused = list(told.refused)
            waiting = reads.cases_to_put(user, shown.region)
    back = set(request.POST.getlist("case"))  # what was ticked stays ticked, and what was typed stays there
    context = {
        "crumbs": crumbs(_("列入议程"), meeting=shown),
        "shown": shown,
        "title": meeting_name(shown),
        "waiting": [
            (each, where, str(each.case.key) in back, request.POST.get(f"summary-{each.case.pk}", "")[:500])
            for each in waiting
            if (where := reads.stands_at(each)) is not None
        ],
        "earlier": [
            (pk, f"{meeting_name(each.item.meeting)} · {each.item.case}", str(pk) == request.POST.get("corrects"))
            for pk, each in earlier.items()
        ],
        "suffixes": SUFFIXES,
        "refused": refused,
        "problem": problem,
        "table": {
            "columns": [{"label": _("选")}, {"label": _("事项")}, {"label": _("现在到")}, {"label": _("提要")}],
            "count": len(waiting),
            "empty_title": _("没有等着上会的事项"),
            "empty_text": _("走到要由会议决定的一步的事项列在这里。"),
        },
        "is_fictional": shown.is_fictional,
    }
    return render(request, "casework/agenda_put.html", context)


@require_POST
def agenda_off(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    user = registry.reader(request.user)
    shown = reads.meeting_for(user, key)
    item = reads.item_of(shown, pk)
    if not _prepares(user, shown):
        raise Http404
    try:
        actions.take_off(item=item, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已从议程撤下。"))
    return redirect("casework:meeting", shown.key)


@require_http_methods(["GET", "POST"])
def meeting_hold(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = reads.meeting_for(user, key)
    if not _prepares(user, shown):
        raise Http404
    people = reads.people_of(shown)
    by_presence = {
        each.value: "、".join(person.name for person in people if person.presence == each) for each in Presence
    }
    seen = people[0].seq_from if people else 0
    form = HoldForm(request.POST or None, initial={"due": shown.due, "seen": seen, **by_presence})
    if request.method == "POST" and form.is_valid():
        there = [PersonThere(name, presence, colleague_called(name, shown.region)) for name, presence in form.named()]
        typed = form.cleaned_data
        try:
            actions.hold_meeting(
                meeting=shown, people=there, due=typed["due"], seen=typed["seen"], by=user, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("到会情况已记下。"))
            return redirect("casework:meeting", shown.key)
    return form_page(
        request,
        form,
        title=_("记到会情况"),
        act=_("记下"),
        kicker=meeting_name(shown),
        crumbs=crumbs(_("记到会情况"), meeting=shown),
        back=reverse("casework:meeting", args=[shown.key]),
        lead=_("记下第一个决定以前可以改；以后不再改。"),
        is_fictional=shown.is_fictional,
    )


@require_http_methods(["GET", "POST"])
def meeting_decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """What was decided of each item; those that cannot be recorded are told at their place, the others stand."""
    user = registry.reader(request.user)
    shown = reads.meeting_for(user, key)
    if not is_at_home(user, shown.region, CasePermission.DECIDE):
        raise Http404
    people = colleagues(shown.region)
    problem, why = "", {}
    if request.method == "POST" and LOOKS_UP not in request.POST:
        try:
            wanted = decisions_typed(reads.agenda(user, shown), request.POST, people, user)
            if not wanted:
                raise Refused(_("还没有选任何一项的决定。"))
            told = actions.decide(meeting=shown, decisions=wanted, by=user, now=timezone.now())
        except Refused as refusal:
            problem = str(refusal)
        else:
            if told.decisions:
                messages.success(request, _("已记下 %(n)s 项决定。") % {"n": len(told.decisions)})
            if not told.refused:
                return redirect("casework:meeting", shown.key)
            why = {each.case.pk: str(each.why) for each in told.refused}
    typed: Mapping[str, Any] = request.POST if request.method == "POST" else {}
    agenda = reads.agenda(user, shown)
    rows: list[DecideRow] = rows_to_decide(agenda, reads.people_of(shown), typed, why, reader=user, language=language())
    context = {
        "crumbs": crumbs(_("记决定"), meeting=shown),
        "shown": shown,
        "title": meeting_name(shown),
        "rows": rows,
        "alike": alike(agenda, language()),
        "alike_words": typed.get("words-all", ""),
        "people": [(each.username, each.name) for each in people],
        "problem": problem,
        "refused": len(why),
        "is_fictional": shown.is_fictional,
    }
    return render(request, "casework/meeting_decide.html", context)


@require_POST
def meeting_close(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = reads.meeting_for(user, key)
    if not _prepares(user, shown):
        raise Http404
    form = MinutesForm(request.POST)
    if form.is_valid():
        try:
            actions.close_meeting(
                meeting=shown, minutes_number=form.cleaned_data["minutes_number"], by=user, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error("minutes_number", str(refusal))
        else:
            messages.success(request, _("会议已办结。"))
            return redirect("casework:meeting", shown.key)
    return _page(request, user, shown, minutes=form)


@require_safe
def agenda_paper(request: HttpRequest, key: UUID, pk: int, name: str) -> HttpResponse:
    user = registry.reader(request.user)
    found = reads.paper_for(user, key, pk).attachment
    if found.name != name:
        raise Http404
    try:
        return file_response(found)
    except Damaged:
        messages.error(request, _("“%(name)s”的文件丢失或损坏，请系统管理员从备份恢复。") % {"name": name})
        return redirect("casework:meeting", key)
