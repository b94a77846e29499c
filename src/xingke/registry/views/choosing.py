"""What is found while somebody writes whom or which organisation they mean, as a part of the page they write in."""

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xingke.accounts.permissions import Permission
from xingke.registry import queries
from xingke.registry.forms.choosing import picked_name, shown
from xingke.registry.queries import choosing
from xingke.registry.queries.choosing import Match

FIELD = re.compile(r"[a-z][a-z0-9_-]{0,120}")  # what the field may be called


@require_safe
def organisation_matches(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    queries.require_page(user, Permission.ORGANISATION_READ)
    regions = queries.regions_by_code([code]) if (code := request.GET.get("region", "")) else {}
    if code and not regions:
        raise Http404
    return _matches(request, lambda text: choosing.organisations(user, text, within=regions.get(code)))


@require_safe
def person_matches(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    queries.require_page(user, Permission.PERSON_READ)
    but = request.GET.get("but", "")
    return _matches(request, lambda text: choosing.persons(user, text, but=but))


@require_safe
def region_matches(request: HttpRequest) -> HttpResponse:
    queries.reader(request.user)
    return _matches(request, choosing.regions)


def _matches(request: HttpRequest, find: Callable[[str], list[Match]]) -> HttpResponse:
    name = request.GET.get("for", "")
    picked = request.GET.get("picked", picked_name(name))
    if not FIELD.fullmatch(name) or not FIELD.fullmatch(picked):
        raise Http404
    text = request.GET.get(name, "").strip()
    return render(request, "components/chooser_matches.html", shown(name, text, find(text)) | {"picked_name": picked})
