"""Notices: the writes. Telling is part of an act; reading takes no number, it changes nothing anybody counts."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from xingke.accounts.acts import Actor, act
from xingke.accounts.models import User
from xingke.base.noticing import NOTICE_KINDS
from xingke.notices.models import Notice
from xingke.registry.models import Region


def notify(
    *,
    to: Iterable[User],
    kind: str,
    about: str,
    key: str,
    region: Region | None,
    now: datetime,
    by: User | Actor | None,
) -> int:
    """Tell accounts that something happened; returns how many are told that were not yet. Works in the database only.

    Called within the act that does it, it has that act's number, and nobody is told of one thing twice in one act. Closed
    accounts are told nothing. It grants nothing: the page of ``key`` asks who may see it. Raises LookupError for a kind no room
    announced.
    """
    known = NOTICE_KINDS[kind]
    users = {user.pk: user for user in to if user.is_active}
    if not users:
        return 0
    with act(by=by, now=now, code="notice.given", kind=about, target=key) as done:
        same = Notice.objects.filter(user__in=users, kind=known.code, about=about, key=key, seq=done.seq)
        told = set(same.values_list("user_id", flat=True))
        fresh = [user for pk, user in users.items() if pk not in told]
        Notice.objects.bulk_create(
            Notice(
                user=user,
                kind=known.code,
                about=about,
                key=key,
                region=region,
                seq=done.seq,
                made_at=now,
                made_by=done.by,
            )
            for user in fresh
        )
        done.says(count=len(fresh))
    return len(fresh)


@transaction.atomic
def read_notices(*, notices: Iterable[Notice], by: User, now: datetime) -> int:
    """Keep that somebody read some of their own notices; returns how many they had not. Others' are left as they are."""
    rows = Notice.objects.filter(pk__in=[each.pk for each in notices], user=by, read_at__isnull=True)
    return rows.update(read_at=now)


@transaction.atomic
def read_all(*, upto: int, by: User, now: datetime) -> int:
    """The same of all of them up to the newest one the page showed: what came meanwhile was not seen."""
    return Notice.objects.filter(user=by, pk__lte=upto, read_at__isnull=True).update(read_at=now)
