"""Files that prove a record: attaching and withdrawing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xingke.accounts import actions as accounts
from xingke.accounts.actions import lock_ledger, record_audit, take_seq
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import queries
from xingke.ledger.actions.versions import trimmed
from xingke.ledger.models import Evidence, EvidenceWithdrawal, State
from xingke.registry import queries as registry


@dataclass(frozen=True)
class NewFile:
    """A file handed over as evidence."""

    name: str
    data: bytes


@transaction.atomic
def attach_evidence(
    *, kind: str, record: UUID, files: Sequence[NewFile], by: User, now: datetime, caption: str = ""
) -> int:
    """Attach files to a record, with one audit row. What the record has already is not attached again.

    Returns how many were attached. Raises Refused, naming the file, for one that may not be kept; then none is.
    """
    lock_ledger()
    registry.require(by, Permission.RECORD_ENTER, region=queries.region_of(kind, record))
    known = queries.evidence_digests(kind, record)
    fresh = {digest: file for file in files if (digest := sha256(file.data).hexdigest()) not in known}
    if not fresh:
        return 0
    kept = [accounts.keep_attachment(name=file.name, data=file.data, by=by, now=now) for file in fresh.values()]
    seq = take_seq()
    Evidence.objects.bulk_create(
        Evidence(
            kind=kind, record=record, attachment=each, caption=trimmed(caption, 200), seq=seq, added_at=now, added_by=by
        )
        for each in kept
    )
    record_audit(
        seq=seq, by=by, action="evidence.attached", target_kind=kind, target=str(record), now=now, count=len(kept),
        detail={"files": {each.digest: each.name for each in kept}},
    )  # fmt: skip
    return len(kept)


@transaction.atomic
def withdraw_evidence(*, evidence: Evidence, reason: str, by: User, now: datetime) -> None:
    """Say that a file is no evidence of a record any more, and why. Raises Refused without a reason.

    What proves a record that is confirmed is withdrawn by another than who attached it, who may confirm.
    """
    seq = take_seq()
    row = queries.standing(evidence.kind, evidence.record)
    if row.state == State.DRAFT:
        registry.require(by, Permission.RECORD_ENTER, region=row.region)
    queries.may_withdraw(by, evidence, row).or_refuse()
    reason = trimmed(reason)
    if not reason:
        raise Refused(_("请写明撤下这份佐证的原因，它会与佐证一起保存。"))
    if EvidenceWithdrawal.objects.filter(evidence=evidence).exists():
        raise Refused(_("这份佐证已经撤下，无需重复操作。"))
    EvidenceWithdrawal.objects.create(evidence=evidence, reason=reason, seq=seq, withdrawn_at=now, withdrawn_by=by)
    record_audit(
        seq=seq, by=by, action="evidence.withdrawn", target_kind=evidence.kind, target=str(evidence.record), now=now,
        reason=reason, detail={"digest": evidence.attachment.digest, "name": evidence.attachment.name},
    )  # fmt: skip
