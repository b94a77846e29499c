"""Appraising: the list, deciding of a volume on its page, destroying or sparing it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xingke.accounts.models import User
from xingke.archive import lists, queries
from xingke.archive.actions import appraising
from xingke.archive.actions.appraising import NewAppraisal
from xingke.archive.models import ArchiveVolume
from xingke.archive.permissions import ArchivePermission
from xingke.archive.views.volumes import listed, volume_page
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.registry import queries as registry


@require_safe
def appraisal_list(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.APPRAISALS)


@require_POST
def volume_appraise(request: HttpRequest, key: UUID) -> HttpResponse:
    """``term``: for how much longer it is kept; empty to have it destroyed. ``reason``; ``key``: the same from one page."""
    user = registry.reader(request.user)
    shown = queries.volume_for(user, key, ArchivePermission.KEEP)
    try:
        pressed = UUID(request.POST.get("key", ""))
    except ValueError:
        pressed = new_key()
    term = request.POST.get("term", "")
    new = NewAppraisal(volume=shown, term=term, reason=request.POST.get("reason", ""), key=pressed)
    said = _("已续存。") if term else _("已提请销毁，等另一人监销。")
    return _done(request, user, shown, lambda: appraising.appraise(new=new, by=user, now=timezone.now()), said)


@require_POST
def volume_destroy(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    found, way = queries.appraisal_for(user, key), request.POST.get("way", "")
    said = _("已销毁，目录和签名的清单留着。")

    def do() -> object:
        return appraising.destroy(appraisal=found, way=way, by=user, now=timezone.now())

    return _done(request, user, found.volume, do, said)


@require_POST
def volume_spare(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    found, reason = queries.appraisal_for(user, key), request.POST.get("reason", "")

    def do() -> object:
        return appraising.spare(appraisal=found, reason=reason, by=user, now=timezone.now())

    return _done(request, user, found.volume, do, _("没有销毁，案卷等着重新鉴定。"))


def _done(request: HttpRequest, user: User, shown: ArchiveVolume, do: Callable[[], object], said: str) -> HttpResponse:
    try:
        do()
    except Refused as refusal:
        shown = queries.volume_for(user, shown.key)
        return volume_page(request, user, shown, queries.items_of(shown), refusal=refusal)
    messages.success(request, said)
    return redirect("archive:volume", shown.key)
