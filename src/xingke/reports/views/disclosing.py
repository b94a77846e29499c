"""Disclosure: the page a reviewer decides on, and the steps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.base.returning import Returned
from xingke.ledger.queries.caching import ledger_stamp
from xingke.registry import queries as registry
from xingke.reports import queries, standing
from xingke.reports.actions import disclosing, handing_up
from xingke.reports.forms import small_int
from xingke.reports.models import Document
from xingke.reports.papers import paper
from xingke.reports.queries import checking
from xingke.reports.rules import disclosure
from xingke.reports.views.documents import document_page

SAID = {disclosure.ASKED, disclosure.PASSED, disclosure.REFUSED, disclosure.PUBLISHED, disclosure.RETRACTED}

ON_ITS_OWN_PAGE = {disclosure.ASKED, disclosure.RETRACTED}  # the others are decided on the review page
FIELDS = {disclosure.ASKED: "ask", disclosure.RETRACTED: "retract-opinion"}  # where a step's words are typed


@require_safe
def document_review(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    return _review_page(request, user, queries.document_for(user, key))


def _review_page(request: HttpRequest, user: User, shown: Document, returned: Returned | None = None) -> HttpResponse:
    deciding = (Permission.DOCUMENT_DISCLOSE, Permission.DOCUMENT_PUBLISH)
    if not any(queries.works_on(user, shown, each) for each in deciding):
        raise Http404
    newest = queries.newest_edition(shown.work)
    checked = checking.check(shown, ledger_stamp())
    return render(
        request,
        "reports/document_review.html",
        {
            "document": shown,
            "paper": paper(shown, checked, registry.scope(user, Permission.RECORD_READ)),
            "standing": standing.of(shown, user, is_newest=newest == shown),
            "newest": newest,
            "drifted": list(checked.drifted.values()),
            "checked": checked,
            "secrecy": queries.secrecy_words_in(shown),
            "organisations": queries.organisations_named_in(shown),
            "persons": queries.persons_named_in(shown),
            "gaps": shown.gaps,
            "returned": returned,
            "is_fictional": shown.is_fictional,
            "crumbs": [
                {"label": _("文稿"), "url": reverse("reports:document-list")},
                {"label": shown.title, "url": reverse("reports:document", args=[shown.key])},
                {"label": _("保密审查"), "url": ""},
            ],
        },
    )


@require_POST
def document_step(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.document_for(user, key)
    step, number = request.POST.get("step", ""), small_int(request.POST.get("number", ""))
    opinion = request.POST.get("opinion", "")[:1000]
    if step not in SAID or not standing.may_ever(shown, user, step):
        raise Http404
    try:
        disclosing.take_step(
            document=shown,
            step=step,
            number=-1 if number is None else number,
            opinion=opinion,
            by=user,
            now=timezone.now(),
        )
    except Refused as refused:
        page = document_page if step in ON_ITS_OWN_PAGE else _review_page
        return page(request, user, shown, Returned(FIELDS.get(step, "opinion"), opinion, str(refused)))
    messages.success(request, _done(step))
    return redirect("reports:document", key=shown.key)


def _done(step: str) -> str:
    said: dict[str, Any] = {
        disclosure.ASKED: _("已提交保密审查。"),
        disclosure.PASSED: _("审查已通过，等待公布。"),
        disclosure.REFUSED: _("已退回，理由已记下。"),
        disclosure.PUBLISHED: _("已公布，任何人都可以看。"),
        disclosure.RETRACTED: _("已撤回，公开页面只说明撤回的日期和理由。"),
    }
    return str(said[step])


@require_POST
def document_hand_up(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.document_to(user, key, Permission.DOCUMENT_PUBLISH)
    try:
        done = handing_up.hand_up(document=shown, number=_number(request), by=user, now=timezone.now())
    except Refused as refused:
        return document_page(request, user, shown, Returned("hand-up", "", str(refused)))
    messages.success(request, _("已报送“%(above)s”。") % {"above": done.to.name})
    return redirect("reports:document", key=shown.key)


@require_POST
def document_recall(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.document_to(user, key, Permission.DOCUMENT_PUBLISH)
    reason = request.POST.get("reason", "")[:1000]
    try:
        done = handing_up.recall(document=shown, number=_number(request), reason=reason, by=user, now=timezone.now())
    except Refused as refused:
        return document_page(request, user, shown, Returned("recall-reason", reason, str(refused)))
    messages.success(request, _("已撤回报送，“%(above)s”不再看到这份文稿。") % {"above": done.to.name})
    return redirect("reports:document", key=shown.key)


def _number(request: HttpRequest) -> int:
    """The number of the last act the page showed; none for what no page sends."""
    number = small_int(request.POST.get("number", ""))
    return -1 if number is None else number
