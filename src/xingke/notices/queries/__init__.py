"""Notices: the reads. Everybody sees their own, and nobody anybody else's."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.base.noticing import NOTICE_KINDS, NoticeKind
from xingke.notices.models import Notice

MOST = 99  # more unread ones are not counted: the mark in the header is no statistic


# Every page asks this: writing the sentence anew each time would take ten times as long as answering it.
_UNREAD = 'SELECT COUNT(*) FROM (SELECT 1 FROM "notices_notice" WHERE "user_id" = %s AND "read_at" IS NULL LIMIT %s) AS "unread"'


def unread_count(user: User) -> int:
    """How many notices somebody has not read, up to one more than ``MOST``. One query of a partial index."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [user.pk, MOST + 1])
        count: int = cursor.fetchone()[0]
    return count


def notices_of(user: User, *, unread_only: bool = False) -> QuerySet[Notice]:
    """Somebody's notices, those not read yet first, then the newest."""
    is_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    found = Notice.objects.filter(user=user).annotate(is_read=is_read).select_related("region")
    return (found.filter(read_at__isnull=True) if unread_only else found).order_by("is_read", "-pk")


def notice_for(user: User, pk: int) -> Notice:
    """One's own notice, or 404."""
    found = Notice.objects.filter(user=user, pk=pk).first()
    if found is None:
        raise Http404
    return found


def kind_of(code: str) -> NoticeKind | None:
    """A kind by its code; None where the room that told of it is gone."""
    return {kind.code: kind for kind in NOTICE_KINDS}.get(code)


@dataclass(frozen=True)
class ShownNotice:
    """A notice as its list shows it; word: its kind in words. leads: whether it still leads anywhere."""

    notice: Notice
    word: str
    leads: bool


def shown(rows: Iterable[Notice]) -> Iterator[ShownNotice]:
    """Notices in words. No query."""
    for row in rows:
        kind = kind_of(row.kind)
        yield ShownNotice(row, str(kind.word) if kind else row.kind, kind is not None)


def told_since(kind: str, moment: datetime) -> set[tuple[int, str, str]]:
    """Who was told of a kind from a moment on, and of what: account, about, key. One query."""
    rows = Notice.objects.filter(kind=kind, made_at__gte=moment).order_by()
    return set(rows.values_list("user_id", "about", "key"))
