"""Addresses under which another program reads somebody's calendar: opening and ending one."""

import secrets
from datetime import datetime

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.notices.models import CalendarFeed
from xingke.notices.rules.feeds import token_digest


def open_feed(*, by: User, now: datetime) -> str:
    """Open a feed of one's own calendar; returns its token, which is kept nowhere. The one there was ends."""
    token = secrets.token_urlsafe(32)
    with act(by=by, now=now, code="calendar.feed-opened", kind="account", target=by.username) as done:
        done.lock()
        _end(by, now)
        CalendarFeed.objects.create(user=by, digest=token_digest(token), made_at=now, made_by=by)
    return token


def end_feed(*, by: User, now: datetime) -> None:
    """End one's own feed; nothing where there is none."""
    with act(by=by, now=now, code="calendar.feed-ended", kind="account", target=by.username) as done:
        done.lock()
        if not _end(by, now):
            done.nothing()


def _end(user: User, now: datetime) -> int:
    return CalendarFeed.objects.filter(user=user, ended_at__isnull=True).update(ended_at=now, ended_by=user)
