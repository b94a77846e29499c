"""Files that prove a record: attaching and withdrawing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from xingke.accounts import actions as accounts
from xingke.accounts.actions import StoredFile
from xingke.accounts.acts import act
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


def stored(files: Sequence[NewFile]) -> list[StoredFile]:
    """Keep the bytes of files, before the act they belong to. Raises Refused, naming the file, for one that may not be kept."""
    return [accounts.store_file(name=file.name, data=file.data) for file in files]


def attach_evidence(
    *, kind: str, record: UUID, files: Sequence[NewFile], by: User, now: datetime, caption: str = ""
) -> int:
    """Attach files to a record. What the record has already is not attached again.

    Returns how many were attached. Raises Refused as ``stored``; then none is.
    """
    registry.require(by, Permission.RECORD_ENTER, at=queries.region_of(kind, record))
    return attach_stored(kind=kind, record=record, files=stored(files), by=by, now=now, caption=caption)


def attach_stored(
    *, kind: str, record: UUID, files: Sequence[StoredFile], by: User, now: datetime, caption: str = ""
) -> int:
    """The same with files whose bytes are kept already."""
    with act(by=by, now=now, code="evidence.attached", kind=kind, target=str(record)) as done:
        done.lock()
        registry.require(by, Permission.RECORD_ENTER, at=queries.region_of(kind, record))
        known = queries.evidence_digests(kind, record)
        fresh = {file.digest: file for file in files if file.digest not in known}
        if not fresh:
            done.nothing()
            return 0
        kept = [accounts.keep_attachment(file=file, by=by, now=now) for file in fresh.values()]
        Evidence.objects.bulk_create(
            Evidence(
                kind=kind,
                record=record,
                attachment=each,
                caption=trimmed(caption, 200),
                seq=done.seq,
                added_at=now,
                added_by=by,
            )
            for each in kept
        )
        done.says(count=len(kept), files={each.digest: each.name for each in kept})
    return len(kept)


def withdraw_evidence(*, evidence: Evidence, reason: str, by: User, now: datetime) -> None:
    """Say that a file is no evidence of a record any more, and why. Raises Refused without a reason.

    What proves a record that is confirmed is withdrawn by another than who attached it, who may confirm.
    """
    reason = trimmed(reason)
    target = str(evidence.record)
    with act(by=by, now=now, code="evidence.withdrawn", kind=evidence.kind, target=target, reason=reason) as done:
        done.lock()
        row = queries.standing(evidence.kind, evidence.record)
        if row.state == State.DRAFT:
            registry.require(by, Permission.RECORD_ENTER, at=row.region)
        queries.may_withdraw(by, evidence, row).or_refuse()
        if not reason:
            raise Refused(_("请写明撤下这份佐证的原因，它会与佐证一起保存。"))
        if EvidenceWithdrawal.objects.filter(evidence=evidence).exists():
            raise Refused(_("这份佐证已经撤下，无需重复操作。"))
        EvidenceWithdrawal.objects.create(
            evidence=evidence, reason=reason, seq=done.seq, withdrawn_at=now, withdrawn_by=by
        )
        done.says(digest=evidence.attachment.digest, name=evidence.attachment.name)
