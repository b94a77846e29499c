"""Declaring that records are complete from a day on."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger.models import RecordKeeping
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry
from xingke.registry.models import Region

DECLARED = "record-keeping.declared"


def declare_record_keeping(*, region: Region, kind: str, since: date, by: User, now: datetime) -> RecordKeeping:
    """Declare that the region's records of a kind are complete from ``since`` on: from there, records answer."""
    if kind not in TABLES:
        raise Refused(_("没有名为“%(kind)s”的台账类别。") % {"kind": kind})
    with act(by=by, now=now, code=DECLARED, kind="region", target=region.code) as done:
        done.lock()
        registry.require(by, Permission.RECORD_CONFIRM, at=region)
        declared = _declare(region, kind, since, done)
        if done.is_empty:
            done.nothing()
        done.detail |= {"kind": kind, "since": since.isoformat()}
    return declared


def _declare(region: Region, kind: str, since: date, done: Act) -> RecordKeeping:
    current = RecordKeeping.objects.filter(region=region, kind=kind, seq_to__isnull=True).first()
    if current is not None and current.since == since:
        return current
    if current is not None:
        current.seq_to = done.seq
        current.save(update_fields=["seq_to"])
    return RecordKeeping.objects.create(
        region=region, kind=kind, since=since, seq_from=done.seq, declared_at=done.now, declared_by=done.account
    )


def declare_kinds(*, region: Region, kinds: Sequence[str], since: date, by: User, now: datetime) -> None:
    """Declare several kinds at once, or none: see ``declare_record_keeping``."""
    with act(by=by, now=now, code=DECLARED, kind="region", target=region.code) as done:
        done.lock()
        registry.require(by, Permission.RECORD_CONFIRM, at=region)
        for kind in kinds:
            _declare(region, kind, since, done)
        if done.is_empty:
            done.nothing()
        done.says(count=len(kinds), kinds=dict.fromkeys(kinds, 1), since=since.isoformat())
