"""The peer of a page that is asked for over the network: a bare view behind the same middlewares, a small template."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from bench.bare_list import _engine

ROWS = range(8)  # as many as the workbench lists records


def bare_page(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and eight lines."""
    template = _engine().get_template("bench/bare_page.html")
    return HttpResponse(template.render({"user": request.user, "rows": ROWS}, request))


urlpatterns = [path("bare/", bare_page), path("", include("xingke.config.urls"))]
