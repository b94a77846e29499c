"""Changes that need another person: proposing, accepting and declining them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import queries, rules
from xingke.ledger.actions.corrections import rewrite_subject, write_void
from xingke.ledger.actions.settling import altered, history_of, settle
from xingke.ledger.actions.versions import as_seen, confirmation, may_rewrite, standing, trimmed, write_next_version
from xingke.ledger.models import EventVersion, Observation, Proposal, State, Version
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry


def propose_correction(
    *, kind: str, record: UUID, version: int, changes: Mapping[str, Any], reason: str, by: User, now: datetime
) -> Proposal:
    """Propose a correction of what is confirmed; until another accepts it, nothing changes.

    Raises Refused as ``correct_event`` does, and while another proposal for the record is open.
    """
    with act(by=by, now=now, code=f"{kind}.correction-proposed", kind=kind, target=str(record), reason=reason) as done:
        done.lock()
        model = next((each for each in queries.models_of(kind) if queries.stands(each, record)), None)
        if model is None:
            raise Refused(_("台账中没有这条记录。"))
        row = as_seen(model, record, version)
        may_rewrite(row, reason=reason, by=by, regions=[row.region, changes.get("region", row.region)])
        return _propose(kind, row, changes, done=done)


def propose_void(*, kind: str, record: UUID, version: int, reason: str, by: User, now: datetime) -> Proposal:
    """Propose to void a confirmed event or reported figure; until another accepts it, it counts on.

    Whoever may enter records there proposes it, or who may confirm them. Raises Refused as ``propose_correction`` does.
    """
    with act(by=by, now=now, code=f"{kind}.void-proposed", kind=kind, target=str(record), reason=reason) as done:
        done.lock()
        row = as_seen(queries.models_of(kind)[-1], record, version)
        may_confirm = registry.scope(by, Permission.RECORD_CONFIRM).covers(row.region.path)
        may_rewrite(row, reason=reason, by=by, regions=[row.region], voiding=may_confirm)
        return _propose(kind, row, {"state": State.VOID}, done=done)


def _propose(kind: str, row: Version, changes: Mapping[str, Any], *, done: Act) -> Proposal:
    if isinstance(row, EventVersion):
        known = TABLES[kind]
        altered(known, history_of(known, row.subject), {row.record: changes})  # what cannot be is not proposed
    if Proposal.objects.filter(kind=kind, record=row.record, outcome=Proposal.Outcome.OPEN).exists():
        raise Refused(_("这条记录已有一项改动建议在等待确认，请先等它有结果。"))
    plain = {name: _as_json(value) for name, value in changes.items()}
    proposal = Proposal.objects.create(
        kind=kind,
        record=row.record,
        is_event=isinstance(row, EventVersion),
        version=row.version,
        region=row.region,
        changes=plain,
        reason=done.reason.strip()[:500],
        seq=done.seq,
        proposed_at=done.now,
        proposed_by=done.account,
    )
    done.detail |= {} if proposal.is_void else plain
    return proposal


def _as_json(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def accept_proposal(*, proposal: Proposal, by: User, now: datetime) -> None:
    """Write a proposed change: entered by who proposed it, confirmed by who accepts it.

    Raises Refused for one's own proposal, for one that is decided, and if the record says something else by now.
    """
    model = queries.models_of(proposal.kind)[int(proposal.is_event)]
    with _deciding(proposal, Proposal.Outcome.ACCEPTED, by=by, now=now) as done:
        done.lock()
        proposal = Proposal.objects.select_related("proposed_by").get(pk=proposal.pk)
        rules.may_decide(
            outcome=proposal.outcome, proposed_by=proposal.proposed_by_id, by=by.pk, accepting=True
        ).or_refuse()
        row = standing(model, proposal.record)
        changes = proposal.changes_of(model)
        for region in {row.region, changes.get("region", row.region)}:
            registry.require(by, Permission.RECORD_CONFIRM, at=region)
        seen = model._default_manager.get(record=proposal.record, version=proposal.version)
        if row.state != State.CONFIRMED or row.content() != seen.content():
            raise Refused(_("这条记录在建议提出之后又有改动，请不采纳，并请提出人按现在的内容重新提出。"))
        _write(proposal, row, changes, done)
        _decide(proposal, Proposal.Outcome.ACCEPTED, done=done)


def _write(proposal: Proposal, row: Version, changes: Mapping[str, Any], done: Act) -> None:
    """Write what was proposed, by who proposed it."""
    signed = {
        **confirmation(done.account, done.now),
        "entered_by": proposal.proposed_by,
        "entered_at": proposal.proposed_at,
    }
    if isinstance(row, Observation):
        write_next_version(row, {**signed, **changes}, done=done, reason=proposal.reason)
    elif not isinstance(row, EventVersion):
        rewrite_subject(TABLES[proposal.kind], row, changes, signed=signed, done=done, reason=proposal.reason)
    elif proposal.is_void:
        write_void(TABLES[proposal.kind], row, {**signed, **changes}, done=done, reason=proposal.reason)
    else:
        wanted = {row.record: {**changes, **signed}}
        settle(TABLES[proposal.kind], row.subject, changed=wanted, done=done, reason=proposal.reason)


def _deciding(proposal: Proposal, outcome: str, *, by: User, now: datetime) -> AbstractContextManager[Act]:
    code = f"{proposal.kind}.{proposal.act}-{outcome}"
    return act(by=by, now=now, code=code, kind=proposal.kind, target=str(proposal.record))


def decline_proposal(*, proposal: Proposal, answer: str, by: User, now: datetime) -> None:
    """Decline a proposed change and say why; who proposed it withdraws it so, without an answer."""
    is_own = proposal.proposed_by_id == by.pk
    outcome = Proposal.Outcome.WITHDRAWN if is_own else Proposal.Outcome.DECLINED
    with _deciding(proposal, outcome, by=by, now=now) as done:
        done.lock()
        proposal = Proposal.objects.get(pk=proposal.pk)
        rules.may_decide(
            outcome=proposal.outcome, proposed_by=proposal.proposed_by_id, by=by.pk, accepting=False
        ).or_refuse()
        if not is_own:
            registry.require(by, Permission.RECORD_CONFIRM, at=proposal.region)
            if not trimmed(answer):
                raise Refused(_("请写明不采纳的原因，提出人会看到。"))
        _decide(proposal, outcome, done=done, answer=answer)


def _decide(proposal: Proposal, outcome: str, *, done: Act, answer: str = "") -> None:
    proposal.outcome, proposal.answer = outcome, trimmed(answer)
    proposal.decided_at, proposal.decided_by = done.now, done.account
    proposal.save(update_fields=["outcome", "answer", "decided_at", "decided_by"])
    done.says(reason=proposal.answer, proposal=proposal.seq)
