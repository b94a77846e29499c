"""The peer of the list page: what a Django developer writes in ten minutes, with Django's own template settings."""

from functools import cache
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import DjangoTemplates
from django.urls import include, path

from xingke.ledger.models import Patent, PatentEvent
from xingke.registry.models import Region

PAGE_SIZE = 50


@cache
def _engine() -> DjangoTemplates:
    processors = ("request", "auth", "messages")
    modules = {"request": "template", "auth": "contrib.auth", "messages": "contrib.messages"}
    return DjangoTemplates(
        {
            "NAME": "bare",
            "DIRS": [Path(__file__).parent / "templates"],
            "APP_DIRS": False,
            "OPTIONS": {
                "context_processors": [f"django.{modules[each]}.context_processors.{each}" for each in processors]
            },
        }
    )


def bare_list(request: HttpRequest) -> HttpResponse:
    """The patent events of one county, newest first, fifty a page: a count, the rows with their joins, their patents."""
    region = Region.objects.get(code=request.GET["region"])
    found = (
        PatentEvent.objects.filter(region=region, seq_to__isnull=True)
        .select_related("organisation", "region")
        .order_by("-happened_on", "-pk")
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    events = list(page.object_list)
    patents = Patent.objects.filter(record__in={event.subject for event in events}, seq_to__isnull=True)
    by_key = {patent.record: patent for patent in patents}
    rows: list[dict[str, Any]] = [{"event": event, "subject": by_key[event.subject]} for event in events]
    template = _engine().get_template("bench/bare_list.html")
    return HttpResponse(template.render({"rows": rows, "page": page}, request))


urlpatterns = [path("bare/", bare_list), path("", include("xingke.config.urls"))]
