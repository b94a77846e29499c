"""What somebody sent after the session had ended: kept through signing in, then shown to be sent again by one press.

The fields travel in the pages themselves, signed; nothing is kept on the server. Files are not: they are chosen again.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xingke.accounts.browsers import last_account, mark_of
from xingke.accounts.forms import SignInForm
from xingke.accounts.models import User

FIELD = "kept"
LARGEST = 700_000  # characters of the signed text: with the rest of the sign-in form less than a stranger may send
_SALT = "xingke.resend"
_AGE = 24 * 3600  # seconds
_TOKEN = "csrfmiddlewaretoken"
# Pages whose fields hold passwords, or that are pressed to leave.
_NEVER = {
    "accounts:password",
    "accounts:sign-in",
    "accounts:sign-out",
    "accounts:language",
    "registry:account-new",
    "registry:account-reset",
}
_SHOWN, _LONGEST = 30, 300  # typed values that are shown, and letters of each
_CODE = re.compile(r"[\x21-\x7e]*[A-Za-z_][\x21-\x7e]*")  # what a program wrote, not a person
_COUNTS = re.compile(r".*-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS")


@dataclass(frozen=True)
class KeptForm:
    """A form that was sent: where to, its fields, the files that went with it, and the mark of whose it was ("" unknown)."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    owner: str

    @property
    def typed(self) -> list[str]:
        """What a person would know again of it, in order."""
        found = dict.fromkeys(
            text.strip()
            for name, text in self.fields
            if not _COUNTS.fullmatch(name) and not _CODE.fullmatch(text.strip())
        )
        shown = [text if len(text) <= _LONGEST else text[:_LONGEST] + "…" for text in found if text]
        return shown[:_SHOWN]

    @property
    def chosen(self) -> dict[str, list[str]]:
        """The names of the files that have to be chosen again, by their field."""
        found: dict[str, list[str]] = {}
        for field, name in self.files:
            found.setdefault(field, []).append(name)
        return found

    def is_of(self, user: User) -> bool:
        """Whether it may be shown to somebody: to whom it was, or where nobody knows, to whoever signs in there."""
        return self.owner in ("", mark_of(user.username))

    def signed(self) -> str:
        """The text that carries it; "" where that would be too long."""
        text = signing.dumps([self.path, self.fields, self.files, self.owner], salt=_SALT, compress=True)
        return text if len(text) <= LARGEST else ""


def of_request(request: HttpRequest) -> KeptForm | None:
    """The form a request brings; None where it is none that is kept."""
    asked = request.resolver_match.view_name if request.resolver_match else ""
    if request.method != "POST" or asked in _NEVER or not request.POST:
        return None
    fields = [(name, text) for name, texts in request.POST.lists() if name != _TOKEN for text in texts]
    files = [(name, each.name or "") for name, several in request.FILES.lists() for each in several]
    return KeptForm(request.get_full_path(), tuple(fields), tuple(files), _owner(request))


def unsigned(text: str) -> KeptForm | None:
    """What a signed text carries; None for one that is not ours, or too old."""
    try:
        path, fields, files, owner = signing.loads(text, salt=_SALT, max_age=_AGE)
    except (signing.BadSignature, ValueError, TypeError, zlib.error):
        return None
    return KeptForm(path, tuple(_pairs(fields)), tuple(_pairs(files)), owner)


def _pairs(rows: Any) -> Iterator[tuple[str, str]]:  # what JSON gave
    return ((str(name), str(text)) for name, text in rows)


def _owner(request: HttpRequest) -> str:
    """Who sent it: the account that is signed in, that of the session which ended, or the last one of this browser."""
    if isinstance(request.user, User):
        return mark_of(request.user.username)
    ended = Session.objects.filter(session_key=request.COOKIES.get(settings.SESSION_COOKIE_NAME, "-")).first()
    number = SessionStore().decode(ended.session_data).get("_auth_user_id") if ended else None
    user = User.objects.filter(pk=number).first() if number else None
    return mark_of(user.username) if user else last_account(request)


def is_from_here(request: HttpRequest) -> bool:
    """Whether a page of this very site sent it: the browser says so, and no other site can make it say so."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def is_navigation(request: HttpRequest) -> bool:
    """Whether a person waits for a page, and not a script for an answer."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and not request.headers.get("HX-Request")


def ask_to_sign_in(request: HttpRequest, kept: KeptForm) -> HttpResponse:
    """The sign-in page in the place of the answer: nothing was done, and what was sent is carried along."""
    context = {"form": SignInForm(request), "kept": kept.signed(), "lost": kept}
    response = render(request, "registration/sign_in.html", context, status=403)
    response.headers["Cache-Control"] = "no-store"
    return response


def offer(request: HttpRequest, kept: KeptForm, *, status: int = 200) -> HttpResponse:
    """The page on which what was sent can be sent again by one press, with a token that holds."""
    response = render(request, "registration/resend.html", {"kept": kept}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def after_stale_token(request: HttpRequest) -> HttpResponse | None:
    """What to answer to a form of this site whose token holds no more: somebody signed in meanwhile, in another window, or
    the session ended. None for everything that may come from elsewhere, and for what belongs to somebody else."""
    if not is_from_here(request) or not is_navigation(request):
        return None
    kept = unsigned(request.POST.get(FIELD, "")) or of_request(request)
    if kept is None:
        return None
    if not request.user.is_authenticated:
        return ask_to_sign_in(request, kept)
    return offer(request, kept, status=403) if kept.is_of(request.user) else None
