"""Handing over: the lists, one with its volumes, making one of what is ticked, signing for it, giving it back."""

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
from xingke.archive import lists, queries
from xingke.archive.actions import handing
from xingke.archive.actions.handing import NewHandOver
from xingke.archive.forms import VolumesHandedForm, VolumesReceivedForm
from xingke.archive.models import ArchiveHandOver
from xingke.archive.permissions import ArchivePermission
from xingke.archive.views.volumes import crumbs_to, listed
from xingke.base.refusals import Refused
from xingke.press.exports import About, table_response, wants_file
from xingke.registry import queries as registry


@require_safe
def hand_over_list(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.HAND_OVERS)


@require_POST
def hand_over_new(request: HttpRequest) -> HttpResponse:
    """Hand the ticked volumes (``row``: their keys) over; asked for to whom and when where that is not said yet."""
    user = registry.reader(request.user)
    queries.require_archive_page(user, ArchivePermission.KEEP)
    try:
        keys = [UUID(each) for each in request.POST.getlist("row")[: handing.MOST + 1]]
    except ValueError:
        raise Http404 from None
    volumes = queries.volumes_chosen(user, keys)
    form = VolumesHandedForm(request.POST if "to" in request.POST else None)
    if form.is_valid():
        try:
            made = handing.hand_over(new=NewHandOver(volumes=volumes, **form.cleaned_data), by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("archive:hand-over", made.key)
    back = f"{reverse('archive:finding-list')}?kind={lists.VOLUME}&state=closed"
    crumbs = crumbs_to((_("移交清单"), reverse("archive:hand-over-list")), (_("移交案卷"), ""))
    context = {
        "form": form,
        "title": _("移交案卷"),
        "act": _("移交 %(n)d 卷") % {"n": len(volumes)},
        "back": back,
        "crumbs": crumbs,
        "volumes": volumes,
        "rows": [str(each.key) for each in volumes],
        "is_fictional": any(each.is_fictional for each in volumes),
    }
    return render(request, "archive/archive_form.html", context)


@require_safe
def hand_over(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.hand_over_for(user, key)
    if wants_file(request):
        return _as_file(request, shown)
    return _page(request, user, shown)


def _page(
    request: HttpRequest, user: User, shown: ArchiveHandOver, form: VolumesReceivedForm | None = None
) -> HttpResponse:
    may = queries.is_at_home(user, ArchivePermission.RECEIVE, shown.region) and shown.is_waiting
    context = {
        "shown": shown,
        "rows": _rows(shown),
        "may_receive": may and shown.handed_by_id != user.pk,
        "is_own": shown.is_waiting and shown.handed_by_id == user.pk,
        "form": form or VolumesReceivedForm(),
        "crumbs": crumbs_to((_("移交清单"), reverse("archive:hand-over-list")), (shown.number, "")),
        "is_fictional": shown.is_fictional,
    }
    return render(request, "archive/hand_over.html", context)


def _rows(shown: ArchiveHandOver) -> list[dict[str, Any]]:
    return [
        {
            "volume": each,
            "term": queries.term_word(each.term, each.region),
            "items": sum(item.out_at is None for item in each.items.all()),
            "files": sum(len(item.files.all()) for item in each.items.all() if item.out_at is None),
        }
        for each in queries.volumes_of(shown)
    ]


def _as_file(request: HttpRequest, shown: ArchiveHandOver) -> HttpResponse:
    header = [_("档号"), _("题名"), _("年度"), _("保管期限"), _("件数"), _("文件数"), _("清单摘要")]
    rows = [
        [
            each["volume"].number,
            each["volume"].title,
            str(each["volume"].year),
            each["term"],
            each["items"],
            each["files"],
            each["volume"].digest,
        ]
        for each in _rows(shown)
    ]
    notes = [
        (_("移交号"), shown.number),
        (_("移交人"), f"{shown.handed_by.name} {shown.on}"),
        (_("接收单位"), shown.to),
        (_("接收人"), f"{shown.received_by.name} {shown.received_on}" if shown.received_by else _("待签收")),
    ]
    return table_response(request, shown.number, header, rows, About(notes=notes, is_fictional=shown.is_fictional))


def _to_sign(request: HttpRequest, key: UUID) -> tuple[User, ArchiveHandOver]:
    """Who asks, and the list; 404 for whoever may not sign there."""
    user = registry.reader(request.user)
    shown = queries.hand_over_for(user, key)
    if not queries.is_at_home(user, ArchivePermission.RECEIVE, shown.region):
        raise Http404
    return user, shown


@require_POST
def hand_over_receive(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _to_sign(request, key)
    form = VolumesReceivedForm(request.POST)
    if form.is_valid():
        try:
            handing.receive(hand_over=shown, by=user, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已签收。"))
            return redirect("archive:hand-over", key)
    return _page(request, user, shown, form)


@require_POST
def hand_over_decline(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _to_sign(request, key)
    try:
        handing.decline(hand_over=shown, reason=request.POST.get("reason", ""), by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已退回，案卷可以另行移交。"))
    return redirect("archive:hand-over", key)
