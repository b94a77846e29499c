"""Reported figures: choosing, correcting, confirming and voiding them."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import queries, rules
from xingke.ledger.actions.versions import (
    as_seen,
    changed_at_once,
    confirmation,
    may_rewrite,
    standing,
    write_next_version,
)
from xingke.ledger.models import Observation, State
from xingke.registry import queries as registry


def choose_observation(*, record: UUID, version: int, reason: str, by: User, now: datetime) -> None:
    """Say that of several reported figures this one counts; the others of its name, place and period are set aside.

    Raises Refused without a reason, or if there is nothing to choose.
    """
    with _act("observation.chosen", record, by=by, now=now, reason=reason) as done:
        done.lock()
        row = as_seen(Observation, record, version)
        registry.require(by, Permission.OBSERVATION_CHOOSE, at=row.region)
        if not reason.strip():
            raise Refused(_("请写明为什么采用这个数，它会与记录一起保存。"))
        if not row.indicator or not row.real_period:
            raise Refused(_("这个数还没有对应的指标或真实期间，不能采用。"))
        rivals = Observation.objects.filter(
            indicator=row.indicator,
            aspect=row.aspect,
            region=row.region,
            real_period=row.real_period,
            part=row.part,
            seq_to__isnull=True,
        ).exclude(state=State.VOID)
        for rival in rivals:
            verdict = rival.pk == row.pk
            if rival.accepted is not verdict:
                write_next_version(rival, {"accepted": verdict}, done=done, reason=reason)


def _act(code: str, record: UUID, *, by: User, now: datetime, reason: str = "") -> AbstractContextManager[Act]:
    return act(by=by, now=now, code=code, kind=queries.OBSERVATION, target=str(record), reason=reason)


def correct_observation(
    *, record: UUID, version: int, changes: Mapping[str, Any], reason: str, by: User, now: datetime
) -> None:
    """Write a corrected version of a reported figure. Raises as ``correct_event``."""
    with _act("observation.corrected", record, by=by, now=now, reason=reason) as done:
        done.lock()
        row = as_seen(Observation, record, version)
        regions = [row.region, changes.get("region", row.region)]
        may_rewrite(row, reason=reason, by=by, regions=regions)
        signed = changed_at_once(queries.OBSERVATION, row, by=by, now=now, regions=regions)
        write_next_version(row, {**changes, **signed}, done=done, reason=reason)
        done.detail |= {name: str(value) for name, value in changes.items()}


def confirm_observation(*, record: UUID, version: int, by: User, now: datetime) -> None:
    """Confirm a reported figure; from then on it may answer. Confirming it twice changes nothing."""
    with _act("observation.confirmed", record, by=by, now=now) as done:
        done.lock()
        row = standing(Observation, record)
        registry.require(by, Permission.RECORD_CONFIRM, at=row.region)
        if row.state == State.CONFIRMED:
            done.nothing()
            return
        row = as_seen(Observation, record, version)
        rules.may_confirm(state=row.state, by=by.pk).or_refuse()
        write_next_version(row, confirmation(by, now), done=done)


def void_observation(*, record: UUID, version: int, reason: str, by: User, now: datetime) -> None:
    """Void a reported figure: a new version that no longer answers. Raises as ``correct_event``."""
    with _act("observation.voided", record, by=by, now=now, reason=reason) as done:
        done.lock()
        row = as_seen(Observation, record, version)
        may_rewrite(row, reason=reason, by=by, regions=[row.region], voiding=True)
        signed = changed_at_once(queries.OBSERVATION, row, by=by, now=now, regions=[row.region])
        write_next_version(row, {**signed, "state": State.VOID}, done=done, reason=reason)
