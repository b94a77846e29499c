"""The site as granian runs it: Django's WSGI application, and one log line per request.

The line has method, path (without the query, which may hold what somebody searched for), status, milliseconds (of a
streamed answer: until its last byte was handed over), account name and bytes. Static files are left out.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, get_path_info
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.encoding import escape_uri_path

from xingke.config import logs

LONGEST_PATH = 300
_USER = "xingke.user"
log = logging.getLogger("xingke.request")


class Site(WSGIHandler):
    """Django, with a log line when an answer has been handed over."""

    def __call__(  # type: ignore[override]  # the stubs promise a response; WSGI asks for its bytes
        self, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        """Answer a request; the line is written when the answer is complete, of a streamed one when the server closes it."""
        if environ.get("PATH_INFO", "").startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            return super().__call__(environ, start_response)
        started = time.perf_counter()
        path = logs.hidden(
            escape_uri_path(get_path_info(environ))[:LONGEST_PATH]
        )  # now: Django writes another one into environ
        told: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            told.append(status)
            return start_response(status, headers, exc_info)

        answer = super().__call__(environ, start)
        if isinstance(answer, HttpResponse):  # complete already; a server may drop it unread, as for HEAD
            _write(environ, path, told[0], started, len(answer.content))
            return answer
        return _Counted(answer, lambda sent: _write(environ, path, told[0], started, sent))

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Django's answer; keeps who asked, if a view looked at that."""
        response = super().get_response(request)
        user = getattr(request, "_cached_user", None)  # request.user would read the session for pages that need none
        request.META[_USER] = user.get_username() if user is not None else ""  # META is the environ of the request
        return response


class _Counted:
    """An answer's bytes, counted on their way; ``done`` is told how many when the server closes it."""

    def __init__(self, answer: Iterable[bytes], done: Callable[[int], None]) -> None:
        self.answer, self.done, self.sent = answer, done, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.answer:
            self.sent += len(piece)
            yield piece

    def close(self) -> None:
        if hasattr(self.answer, "close"):
            self.answer.close()
        done, self.done = self.done, lambda _sent: None  # a server may close twice
        done(self.sent)


def _write(environ: dict[str, Any], path: str, status: str, started: float, sent: int) -> None:
    told = {
        "method": environ["REQUEST_METHOD"],
        "path": path,
        "status": int(status.split(" ", 1)[0]),
        "ms": round((time.perf_counter() - started) * 1000),
        "user": environ.get(_USER, ""),
        "bytes": sent,
    }
    log.info("%(method)s %(path)s %(status)s %(ms)s ms %(user)s %(bytes)s bytes", told, extra=told)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xingke.config.settings")
django.setup(set_prefix=False)
logs.apply()
application = Site()
