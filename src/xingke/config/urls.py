"""The root of all addresses: each room under its own name."""

from django.urls import URLPattern, URLResolver, include, path

handler500 = "xingke.base.failing.failed"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("xingke.portal.urls")),
    path("", include("xingke.accounts.urls")),
    path("", include("xingke.registry.urls")),
    path("", include("xingke.notices.urls")),
    path("", include("xingke.ledger.urls")),
    path("", include("xingke.intake.urls")),
    path("", include("xingke.casework.urls")),
    path("", include("xingke.funds.urls")),
    path("", include("xingke.letters.urls")),
    path("", include("xingke.indicators.urls")),
    path("", include("xingke.reports.urls")),
    path("", include("xingke.archive.urls")),
    path("", include("xingke.search.urls")),
]
