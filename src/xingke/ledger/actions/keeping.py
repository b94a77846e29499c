"""Declaring that records are complete from a day on."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from xingke.accounts.actions import lock_ledger, record_audit, take_seq
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import RecordKeeping
from xingke.registry import queries as registry
from xingke.registry.models import Region


@transaction.atomic
def declare_record_keeping(*, region: Region, kind: str, since: date, by: User, now: datetime) -> RecordKeeping:
    """Declare that the region's records of a kind are complete from ``since`` on: from there, records answer."""
    lock_ledger()
    registry.require(by, Permission.RECORD_CONFIRM, region=region)
    if kind not in KINDS:
        raise Refused(_("没有名为“%(kind)s”的台账类别。") % {"kind": kind})
    current = RecordKeeping.objects.filter(region=region, kind=kind, seq_to__isnull=True).first()
    if current is not None and current.since == since:
        return current
    seq = take_seq()
    if current is not None:
        current.seq_to = seq
        current.save(update_fields=["seq_to"])
    declared = RecordKeeping.objects.create(
        region=region, kind=kind, since=since, seq_from=seq, declared_at=now, declared_by=by
    )
    record_audit(
        seq=seq, by=by, action="record-keeping.declared", target_kind="region", target=region.code, now=now,
        detail={"kind": kind, "since": since.isoformat()},
    )  # fmt: skip
    return declared


@transaction.atomic
def declare_kinds(*, region: Region, kinds: Sequence[str], since: date, by: User, now: datetime) -> None:
    """Declare several kinds at once, or none: see ``declare_record_keeping``."""
    for kind in kinds:
        declare_record_keeping(region=region, kind=kind, since=since, by=by, now=now)
