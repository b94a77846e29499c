"""The language of an answer, passwords somebody else knows, and how much may be sent."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation


def language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Chinese unless somebody chose otherwise (a cookie); the browser's own wishes do not count: official pages are
    Chinese first."""
    known = {code for code, _name in settings.LANGUAGES}

    def answer(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        with translation.override(chosen if chosen in known else settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return response

    return answer


def own_password(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever signs in with a password that somebody else chose changes it before anything else."""
    open_to_all = {"accounts:password", "accounts:sign-out", "accounts:language", "portal:health"}

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, *_view: object) -> HttpResponse | None:
        asked = request.resolver_match.view_name if request.resolver_match else ""
        if asked not in open_to_all and getattr(request.user, "must_change_password", False):
            return redirect("accounts:password")
        return None

    answer.process_view = process_view  # type: ignore[attr-defined]  # how Django asks a middleware before the view
    return answer


def bounded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """What says that it is too long is refused before any of it is read, let alone written to a file.

    Stands after the middleware that knows who asks: strangers may send what a form holds, no files. A request without
    a length is read as an empty one.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size <= settings.FORM_LIMIT or (size <= settings.UPLOAD_LIMIT and request.user.is_authenticated):
            return get_response(request)
        return render(request, "413.html", status=413)

    return answer
