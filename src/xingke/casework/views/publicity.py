"""Publicity: what the bureau shows, what is said against it, and what everybody sees."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.models import User
from xingke.base.caching import for_everybody
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day
from xingke.casework import lists
from xingke.casework.actions import publicity as actions
from xingke.casework.actions.publicity import CaseShown, NewObjection, NewPublicity
from xingke.casework.deciding import answers_typed, asked_for, asks_elsewhere
from xingke.casework.forms.common import AnswerForm, ObjectionForm, PublicityForm
from xingke.casework.lists.common import publicity_tag
from xingke.casework.models import CaseStep, Publicity, PublicityItem
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import publicity as reads
from xingke.casework.queries.common import PREPARES, bureau_page, is_at_home
from xingke.casework.queries.publicity import Offered
from xingke.casework.rules.publicity import ObjectionEnd
from xingke.casework.views.meetings import common_list, form_page, language
from xingke.registry import queries as registry
from xingke.registry.models import Region

OPENS = (CasePermission.HANDLE, CasePermission.DECIDE)


def crumbs(*labels: str, publicity: Publicity | None = None) -> list[dict[str, str]]:
    found = [{"label": _("公示"), "url": reverse("casework:publicity-list")}]
    if publicity is not None:
        found.append({"label": publicity.title, "url": reverse("casework:publicity", args=[publicity.key])})
    return [*found, *({"label": label} for label in labels)]


@require_safe
def publicity_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    regions = bureau_page(user, CasePermission.READ)
    may_open = registry.has(user, CasePermission.HANDLE) or registry.has(user, CasePermission.DECIDE)
    offered = reads.offered(user, regions) if may_open else []
    return common_list(
        request,
        lists.PUBLICITY,
        lambda asked: None,
        template="casework/publicity_list.html",
        offered=[(each, each.words(language()), _address(each)) for each in offered],
    )


def _address(each: Offered) -> str:
    return reverse("casework:publicity-new", args=[each.region.code, each.flow.code, each.step.code])


@require_http_methods(["GET", "POST"])
def publicity_new(request: HttpRequest, region: str, flow: str, step: str) -> HttpResponse:
    """The cases of one kind that wait to be shown, to be ticked, with what everybody reads of them."""
    user = registry.reader(request.user)
    home = next((each for each in bureau_page(user, *OPENS) if each.code == region), None)
    offered = reads.offered_for(user, home, flow, step) if home is not None else None
    if home is None or offered is None:
        raise Http404
    waiting = reads.cases_to_publish(user, home, flow, step)
    form = PublicityForm(offered.amounts(language()), [home], request.POST or None, initial={"title": offered.title()})
    why: dict[int, str] = {}
    if request.method == "POST" and form.is_valid():
        ticked = [each for each in waiting if str(each.case.key) in request.POST.getlist("case")]
        try:
            told = _open(request, user, home, offered, form, ticked)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            why = {each.case.pk: str(each.why) for each in told.refused}
            if told.publicity is not None:
                done = _("已公示 %(n)s 件，到%(day)s为止。")
                said = done % {"n": len(ticked) - len(why), "day": day(told.publicity.until)}
                messages.success(request, said)
                if not why:
                    return redirect("casework:publicity", told.publicity.key)
                waiting = [each for each in waiting if each.case.pk in why]
                again = request.POST.copy()
                again["key"] = str(new_key())  # what is sent next is another publicity
                form.data = again
    typed: Any = request.POST if request.method == "POST" else {}
    chosen = typed.getlist("case") if typed else [str(each.case.key) for each in waiting]
    context = {
        "crumbs": crumbs(_("开始公示")),
        "form": form,
        "kicker": offered.words(language()),
        "rows": [_row(each, offered, typed, user, chosen, why) for each in waiting],
        "refused": len(why),
        "table": {
            "columns": [{"label": _("选")}, {"label": _("事项")}, {"label": _("填写")}],
            "count": len(waiting),
            "empty_title": _("没有等着公示的事项"),
        },
        "is_fictional": any(each.case.is_fictional for each in waiting),
    }
    return render(request, "casework/publicity_new.html", context)


def _row(
    each: CaseStep, offered: Offered, typed: Any, user: User, chosen: list[str], why: dict[int, str]
) -> dict[str, Any]:
    return {
        "step": each,
        "is_chosen": str(each.case.key) in chosen,
        "asked": asked_for(each.case, offered.step, each.case.pk, typed, user, language()),
        "is_elsewhere": asks_elsewhere(each.case, offered.step),
        "why": why.get(each.case.pk, ""),
    }


def _open(
    request: HttpRequest, user: User, region: Region, offered: Offered, form: PublicityForm, ticked: list[CaseStep]
) -> actions.PublicityOpened:
    typed = form.cleaned_data
    new = NewPublicity(
        region=region,
        flow=offered.flow.code,
        step=offered.step.code,
        title=typed["title"],
        contact=typed["contact"],
        since=typed["since"],
        until=typed["until"],
        text=typed["text"],
        published_in=typed["published_in"],
        amount=typed["amount"],
        key=typed["key"],
    )
    shown = [
        CaseShown(
            case=each.case,
            typed=answers_typed(each.case, offered.step, each.case.pk, request.POST, user),
            seen=_number(request.POST.get(f"seen-{each.case.pk}", "")),
        )
        for each in ticked
    ]
    return actions.open_publicity(new=new, cases=shown, by=user, now=timezone.now())


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


@require_safe
def publicity(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = reads.publicity_for(user, key)
    objections = reads.objections_of(shown)
    open_count = sum(each.answered_at is None for each in objections)
    code, words = publicity_tag(shown, open_count)
    items = reads.items_of(shown)
    is_public = timezone.localdate() <= shown.until
    context = {
        "crumbs": crumbs(shown.title),
        "shown": shown,
        "state": code,
        "state_words": words,
        "items": items,
        "objections": objections,
        "open_count": open_count,
        "may_object": is_at_home(user, shown.region, *PREPARES),
        "public_url": reverse("casework:public-publicity", args=[shown.key]) if is_public else "",
        "facts": [
            {
                "label": _("起止"),
                "value": _("%(since)s至%(until)s") % {"since": day(shown.since), "until": day(shown.until)},
            },
            {"label": _("发布在"), "value": shown.published_in},
            {"label": _("受理异议"), "value": shown.contact},
            {"label": _("登记"), "value": str(shown.opened_by)},
        ],
        "table": {
            "columns": [
                {"label": _("序号"), "numeric": True},
                {"label": _("事项")},
                {"label": _("单位")},
                *([{"label": _("金额"), "numeric": True}] if shown.amount else []),
            ],
            "count": len(items),
        },
        "objection_table": {
            "columns": [
                {"label": _("收到"), "class": "nowrap"},
                {"label": _("异议人")},
                {"label": _("异议内容")},
                {"label": _("答复")},
                {"label": _("结果")},
            ],
            "count": len(objections),
            "empty_title": _("没有收到异议"),
        },
        "is_fictional": shown.is_fictional,
    }
    return render(request, "casework/publicity.html", context)


def _named(item: PublicityItem) -> str:
    """A case of a publicity as it is chosen from others of one title."""
    return " · ".join(filter(None, [f"{item.place}. {item.title}", item.number, item.holder]))


@require_http_methods(["GET", "POST"])
def objection_new(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = reads.publicity_for(user, key)
    if not is_at_home(user, shown.region, *PREPARES):
        raise Http404
    items = {str(each.pk): each for each in reads.items_of(shown)}
    choices = [(pk, _named(each)) for pk, each in items.items()]
    form = ObjectionForm(choices, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        new = NewObjection(content=typed["content"], on=typed["on"], who=typed["who"], item=items.get(typed["about"]))
        try:
            actions.record_objection(publicity=shown, new=new, by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("异议已登记；答复以前，这些事项不能往下办。"))
            return redirect("casework:publicity", shown.key)
    return form_page(
        request,
        form,
        title=_("登记异议"),
        act=_("登记"),
        kicker=shown.title,
        crumbs=crumbs(_("登记异议"), publicity=shown),
        back=reverse("casework:publicity", args=[shown.key]),
        is_fictional=shown.is_fictional,
    )


@require_http_methods(["GET", "POST"])
def objection_answer(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    user = registry.reader(request.user)
    found = reads.objection_for(user, key, pk)
    shown = found.publicity
    if not is_at_home(user, shown.region, *PREPARES):
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.answer_objection(
                objection=found, end=ObjectionEnd(typed["end"]), answer=typed["answer"], by=user, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已答复。"))
            return redirect("casework:publicity", shown.key)
    return form_page(
        request,
        form,
        title=_("答复异议"),
        act=_("答复"),
        kicker=shown.title,
        lead=found.content,
        crumbs=crumbs(_("答复异议"), publicity=shown),
        back=reverse("casework:publicity", args=[shown.key]),
        is_fictional=shown.is_fictional,
    )


# ── what everybody sees ─────────────────────────────────────────────────────────────────────────────────────────────


@for_everybody
@require_safe
def public_publicity_list(request: HttpRequest) -> HttpResponse:
    found = list(reads.public_now(timezone.localdate())[:200])
    context = {
        "crumbs": [{"label": _("科技工作公开"), "url": "/"}, {"label": _("公示")}],
        "rows": found,
        "table": {
            "columns": [{"label": _("公示")}, {"label": _("区划")}, {"label": _("截止"), "class": "nowrap told"}],
            "count": len(found),
            "empty_title": _("现在没有正在公示的事项"),
            "empty_text": _("公示期满的不再列出。"),
        },
        "is_public": True,
        "is_fictional": any(each.is_fictional for each in found),
    }
    return render(request, "casework/public_publicity_list.html", context)


@for_everybody
@require_safe
def public_publicity(request: HttpRequest, key: UUID) -> HttpResponse:
    """What is under publicity now: titles, numbers, organisations, amounts that may be shown; nothing of anybody."""
    shown = reads.public_publicity(key, timezone.localdate())
    items = list(shown.items.all())
    context = {
        "crumbs": [
            {"label": _("科技工作公开"), "url": "/"},
            {"label": _("公示"), "url": reverse("casework:public-publicity-list")},
            {"label": shown.title},
        ],
        "shown": shown,
        "items": items,
        "table": {
            "columns": [
                {"label": _("序号"), "numeric": True},
                {"label": _("名称")},
                {"label": _("单位")},
                *([{"label": _("金额"), "numeric": True}] if shown.amount else []),
            ],
            "count": len(items),
        },
        "is_public": True,
        "is_fictional": shown.is_fictional,
    }
    return render(request, "casework/public_publicity.html", context)
