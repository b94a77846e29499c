"""When too many wrong passwords close the door, and to whom: what django-axes is told, and what the trail is.

Five failures of one account from one address close it for that address; a browser in which the account signed in before
counts its own failures only. Many failures of one account from wherever they come slow strangers down, and shut nobody out.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from xingke.accounts import actions, queries
from xingke.accounts.browsers import known_browser
from xingke.accounts.models import User

log = logging.getLogger("xingke.sign-in")

Credentials = dict[str, Any] | None  # axes' own shape


def parameters(request: HttpRequest, credentials: Credentials = None) -> list[list[str]]:
    """By what failures are counted together; a known browser stands in the place of the browser's kind."""
    is_known = bool(known_browser(request, get_client_username(request, credentials) or ""))
    return [["username", "user_agent"]] if is_known else [["username", "ip_address"]]


class Handler(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    """Axes' own handler, with known browsers, slowing and the audit trail."""

    def is_locked(self, request: Any, credentials: Credentials = None) -> bool:
        """Whether a password is not even looked at now."""
        _name_browser(request, credentials)
        if super().is_locked(request, credentials):
            return True
        request.is_slowed = _is_slowed(request, credentials)
        return bool(request.is_slowed)

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        """Count a failure; the log and, within bounds, the trail say whose it was."""
        if request is None:
            return
        _name_browser(request, credentials)
        was_refused = request.axes_locked_out
        super().user_login_failed(sender, credentials, request, **kwargs)
        account = User.objects.filter(username=get_client_username(request, credentials) or "").first()
        address = request.axes_ip_address or ""
        told = {"event": "sign-in-refused", "account": account.username if account else "", "address": address}
        said = "locked out" if request.axes_locked_out else "wrong password"
        log.warning("sign-in refused: %s from %s (%s)", told["account"] or "no such account", address, said, extra=told)
        if not was_refused:
            actions.record_refusal(
                account=account,
                address=address,
                now=request.axes_attempt_time,
                failures=request.axes_failures_since_start or 1,
                is_locked=request.axes_locked_out,
            )

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Forget the failures that were counted against whoever came in."""
        _name_browser(request, {"username": user.get_username()})
        super().user_logged_in(sender, request, user, **kwargs)

    def get_user_attempts(self, request: Any, credentials: Credentials = None) -> list[Any]:
        """Without those from after now: they are of before the clock was set back."""
        latest = _latest(request)
        return [each.filter(attempt_time__lte=latest) for each in super().get_user_attempts(request, credentials)]

    def clean_expired_user_attempts(self, request: Any = None, credentials: Credentials = None) -> int:
        """Before old failures are forgotten the trail is told how many there were after the first."""
        actions.record_forgotten_refusals(now=getattr(request, "axes_attempt_time", None) or timezone.now())
        AccessAttempt.objects.filter(attempt_time__gt=_latest(request)).delete()
        return int(super().clean_expired_user_attempts(request, credentials))


def _name_browser(request: Any, credentials: Credentials) -> None:
    """A known browser is told from all others by its secret; axes keeps it where it keeps the browser's kind."""
    if secret := known_browser(request, get_client_username(request, credentials) or ""):
        request.axes_user_agent = f"known browser {secret}"


def _latest(request: Any) -> datetime:
    moment: datetime = getattr(request, "axes_attempt_time", None) or timezone.now()
    return moment + timedelta(minutes=1)


def _is_slowed(request: Any, credentials: Credentials) -> bool:
    """Whether a stranger has to wait: many failed at this account, and somebody just did."""
    username = get_client_username(request, credentials) or ""
    if known_browser(request, username):
        return False
    now = request.axes_attempt_time
    recent: QuerySet[AccessAttempt] = queries.recent_failures(now).filter(username=username)
    found = recent.aggregate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    return (found["count"] or 0) >= queries.SLOW_FROM and now - found["last"] < queries.SLOW_PAUSE
