"""Notices: the list, the page with who received it, sending one, signing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day, moment
from xingke.casework import lists
from xingke.casework.actions import notices as actions
from xingke.casework.actions.notices import NewNotice
from xingke.casework.forms.common import NoticeForm, ReceiptForm
from xingke.casework.lists.common import begin_notice
from xingke.casework.models import CaseNotice
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import notices as reads
from xingke.casework.queries.common import PREPARES, bureau_page, is_at_home
from xingke.casework.views.meetings import common_list, form_page
from xingke.registry import queries as registry


def crumbs(*labels: str) -> list[dict[str, str]]:
    return [{"label": _("通知"), "url": reverse("casework:notice-list")}, *({"label": label} for label in labels)]


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    return common_list(request, lists.NOTICES, begin_notice)


@require_safe
def notice(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    return _page(request, user, reads.notice_for(user, key))


def _page(request: HttpRequest, user: User, shown: CaseNotice, *, wrong: int = 0, form: Any = None) -> HttpResponse:
    is_own = is_at_home(user, shown.region, CasePermission.READ)
    mine = list(reads.own_receipts(user).filter(notice=shown).select_related("organisation", "user"))
    receipts = reads.receipts_of(shown) if is_own else []
    until = shown.answer_until
    context = {
        "crumbs": crumbs(shown.title),
        "shown": shown,
        "facts": [
            {"label": _("文号"), "value": shown.document_number},
            {
                "label": _("发出"),
                "value": f"{shown.sent_by} · {moment(shown.sent_at)}" if is_own else moment(shown.sent_at),
            },
            {"label": _("回执截止"), "value": day(until) if until else _("只要签收")},
        ],
        "mine": [(each, form if each.pk == wrong else ReceiptForm(prefix=str(each.pk))) for each in mine],
        "asks": until is not None,
        "is_own": is_own,
        "receipts": receipts,
        "missing": sum(each.seen_at is None for each in receipts),
        "table": {
            "columns": [{"label": _("发给")}, {"label": _("签收")}, {"label": _("回复")}],
            "count": len(receipts),
        },
        "is_fictional": shown.is_fictional,
    }
    return render(request, "casework/notice.html", context)


@require_http_methods(["GET", "POST"])
def notice_new(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    regions = bureau_page(user, *PREPARES)
    form = NoticeForm(user, regions, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = _send(user, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("通知已发出。"))
            return redirect("casework:notice", sent.key)
    return form_page(
        request,
        form,
        title=_("发通知"),
        act=_("发出"),
        crumbs=crumbs(_("发通知")),
        back=reverse("casework:notice-list"),
        lead=_("收到的人在系统里签收；谁没有签收，一看就知道。"),
    )


def _send(user: User, form: NoticeForm) -> CaseNotice:
    typed = form.cleaned_data
    lines = [line.strip() for line in typed["to"].splitlines() if line.strip()]
    if typed["one"] is not None:
        lines.insert(0, str(typed["one"].key))
    organisations, users = reads.addressed(user, form.region, lines)
    new = NewNotice(
        region=form.region,
        title=typed["title"],
        text=typed["text"],
        organisations=organisations,
        users=users,
        document_number=typed["document_number"],
        answer_until=typed["answer_until"],
        key=typed["key"],
    )
    return actions.send_notice(new=new, by=user, now=timezone.now())


@require_POST
def notice_sign(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    user = registry.reader(request.user)
    shown = reads.notice_for(user, key)
    receipt = reads.own_receipt(user, shown, pk)
    form = ReceiptForm(request.POST, prefix=str(pk))
    if form.is_valid():
        try:
            actions.sign_notice(receipt=receipt, answer=form.cleaned_data["answer"], by=user, now=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("已签收。"))
            return redirect("casework:notice", shown.key)
    return _page(request, user, shown, wrong=pk, form=form)
