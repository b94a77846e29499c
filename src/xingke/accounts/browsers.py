"""Where somebody comes from: the address of a request, and browsers in which an account signed in before.

A browser keeps a signed cookie that names, by digests, the accounts that signed in there. It opens nothing: who guesses
passwords elsewhere only cannot shut its owner out.
"""

import ipaddress
import logging
import secrets
from functools import cache

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

log = logging.getLogger("xingke.sign-in")
COOKIE = "xingke_browser"
_SALT = "xingke.browser"
_AGE = 180 * 24 * 3600  # seconds
_MOST = 6  # accounts that one browser remembers


def address_of(request: HttpRequest) -> str | None:
    """The address of whoever asks: as the outermost of our own proxies saw it, else that of the connection.

    What stands further left in X-Forwarded-For may have been written by anybody.
    """
    direct = _address(request.META.get("REMOTE_ADDR", ""))
    if not settings.PROXIES and "HTTP_X_FORWARDED_FOR" in request.META:
        _warn_of_proxy()
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.PROXIES and len(hops) >= settings.PROXIES:
        return _address(hops[-settings.PROXIES]) or direct
    return direct


@cache
def _warn_of_proxy() -> None:
    """Once: whoever signs in from behind a proxy that nobody told us of shares its address with everybody else."""
    log.warning("X-Forwarded-For came, but XINGKE_PROXIES is not set", extra={"event": "proxy-untold"})


def _address(text: str) -> str | None:
    text = text.strip()
    if text.startswith("["):  # [2001:db8::1]:443
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # 192.0.2.1:443
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def mark_of(username: str) -> str:
    """How a browser's cookie names an account."""
    return salted_hmac(_SALT, username, algorithm="sha256").hexdigest()[:20]


def last_account(request: HttpRequest) -> str:
    """The mark of the account that signed in last in this browser; "" where none is known."""
    return next(iter(_known(request)), "")


def known_browser(request: HttpRequest, username: str) -> str:
    """The secret this browser shares with an account that signed in there; "" where it did not."""
    return _known(request).get(mark_of(username), "")


def remember(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Let the browser know that the account signed in there."""
    known, mark = _known(request), mark_of(username)
    kept = {mark: known.get(mark) or secrets.token_urlsafe(16), **{key: known[key] for key in known if key != mark}}
    value = signing.dumps(list(kept.items())[:_MOST], salt=_SALT)
    response.set_cookie(COOKIE, value, max_age=_AGE, httponly=True, samesite="Lax", secure=settings.HTTPS)


def _known(request: HttpRequest) -> dict[str, str]:
    """Marks of accounts with their secrets, the last one first; nothing for a cookie that is not ours or too old."""
    try:
        return dict(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_AGE))
    except (signing.BadSignature, ValueError, TypeError):
        return {}
