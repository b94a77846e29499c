"""The language of an answer, sessions, passwords somebody else knows, and how much may be sent."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation

from xingke.accounts import resending
from xingke.base.waiting import impatient

SEEN = "seen"  # in the session: seconds since the epoch when it was last made longer
SLIDE = 600  # seconds after which a session that is used is made longer: not with every request, each is a write


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


class SignedIn(LoginRequiredMiddleware):
    """Whoever is not signed in is sent to sign in; what they sent is carried along, see ``resending``."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:  # type: ignore[override]
        """The sign-in page in place of the answer to a form, a bare 403 for a script, else on to the sign-in page."""
        if request.method == "POST" and request.headers.get("HX-Request"):
            return HttpResponse(status=403)  # the page it comes from stays as it is
        if (kept := resending.of_request(request)) is not None and resending.is_navigation(request):
            return resending.ask_to_sign_in(request, kept)
        return super().handle_no_permission(request, view_func)


def sliding(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A session lasts as long as after its last use, not after signing in."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        user = getattr(request, "_cached_user", None)  # request.user would read the session for pages that need none
        if user is not None and user.is_authenticated and response.status_code < 500:
            now = int(time.time())
            if abs(now - request.session.get(SEEN, 0)) >= SLIDE:
                _make_longer(request, response, now)
        return response

    return answer


def _make_longer(request: HttpRequest, response: HttpResponse, now: int) -> None:
    """Keep the session from now on; where somebody else is writing, another time will do."""
    session, was_modified = request.session, request.session.modified
    session[SEEN] = now
    if was_modified:  # it will be saved, and its cookie sent
        return
    try:
        with impatient():
            session.save()
    except (DatabaseError, UpdateError):
        pass
    else:
        response.set_cookie(
            settings.SESSION_COOKIE_NAME,
            str(session.session_key),
            max_age=settings.SESSION_COOKIE_AGE,
            path=settings.SESSION_COOKIE_PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=settings.SESSION_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    session.modified = False


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
