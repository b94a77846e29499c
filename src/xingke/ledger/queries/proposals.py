"""Corrections that were proposed: the reads."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.ledger.models import Proposal
from xingke.ledger.queries import current_subjects, models_of
from xingke.ledger.queries.records import RecordPage, record_page
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry
from xingke.registry.rules import Scope


def _open_to(allowed: Scope) -> Q:
    """The proposals that lie before somebody in a scope: nobody's superior reads what is only proposed."""
    return registry.in_scope(allowed.at_home, organisation="") | (
        registry.in_scope(allowed, organisation="") & Q(proposed_by__in=allowed.colleagues)
    )


def proposals_of(shown: RecordPage, user: User) -> list[Proposal]:
    """The changes proposed of a record, newest first; before a superior only what became of the record. One query."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    if not allowed.is_all_home and not allowed.is_home(shown.current.region.path):
        return []
    found = Proposal.objects.filter(kind=shown.kind, record=shown.current.record)
    return list(found.select_related("proposed_by", "decided_by", "region"))


def proposal_to_decide(user: User, kind: str, record: UUID, pk: int) -> Proposal:
    """A proposed change for whoever may accept or withdraw it, or 404."""
    record_page(user, kind, record)
    found = Proposal.objects.filter(pk=pk, kind=kind, record=record).select_related("region").first()
    confirming = registry.scope(user, Permission.RECORD_CONFIRM)
    may_confirm_there = found is not None and Proposal.objects.filter(_open_to(confirming), pk=found.pk).exists()
    if found is None or not (may_confirm_there or found.proposed_by_id == user.pk):
        raise Http404
    return found


def proposals_listed(user: User, *, outcome: str = "", mine: bool = False) -> QuerySet[Proposal]:
    """The proposed changes that wait for, or were decided by, whoever may confirm, or those somebody proposed themselves.

    404 for whoever may neither enter nor confirm records.
    """
    confirming = registry.scope(user, Permission.RECORD_CONFIRM)
    if not confirming:
        registry.require_page(user, Permission.RECORD_ENTER)
    own = Q(proposed_by=user.pk)
    found = Proposal.objects.filter(own if mine else _open_to(confirming) | own)
    if outcome in Proposal.Outcome.values:
        found = found.filter(outcome=outcome)
    return found.select_related("region", "proposed_by", "decided_by").order_by("-seq")


def proposals_waiting(user: User) -> int:
    """How many proposed changes wait for whoever may accept them; their own do not. One query."""
    allowed = registry.scope(user, Permission.RECORD_CONFIRM)
    if not allowed:
        return 0
    waiting = Proposal.objects.filter(_open_to(allowed), outcome=Proposal.Outcome.OPEN)
    return waiting.exclude(proposed_by=user.pk).count()


def proposed(proposals: Iterable[Proposal]) -> list[tuple[Proposal, Any, Any]]:
    """Proposals with the version each was made of and its subject, in the same order. Two queries per kind and sort."""
    asked = list(proposals)
    found: dict[int, tuple[Proposal, Any, Any]] = {}
    for (code, is_event), group in groupby(
        sorted(asked, key=lambda each: (each.kind, each.is_event)), key=lambda each: (each.kind, each.is_event)
    ):
        own, model = list(group), models_of(code)[int(is_event)]
        rows = model._default_manager.filter(record__in=[each.record for each in own]).select_related("region")
        versions = {(row.record, row.version): row for row in rows}
        keys = {getattr(row, "subject", row.record) for row in versions.values()}
        subjects = (
            current_subjects(TABLES[code], keys) if code in TABLES else {row.record: row for row in versions.values()}
        )
        for each in own:
            row = versions[each.record, each.version]
            found[each.pk] = (each, row, subjects[getattr(row, "subject", row.record)])
    return [found[each.pk] for each in asked]
