"""The files that prove records: the reads."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from django.db.models import Count
from django.http import Http404

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.ledger.models import Evidence
from xingke.ledger.queries import covers
from xingke.ledger.queries.records import RecordPage, record_page
from xingke.registry import queries as registry


def _keys_of(user: User, shown: RecordPage) -> list[UUID]:
    """The keys whose evidence a record's page shows: its own, its subject's, and those of a subject's events that the
    reader may read."""
    own = [shown.current.record, *([shown.subject.record] if shown.subject is not None else [])]
    if shown.is_event:
        return own
    allowed = registry.scope(user, Permission.RECORD_READ)
    return [*own, *(event.record for event in shown.history if covers(allowed, event))]


def evidence_of(user: User, shown: RecordPage) -> list[Evidence]:
    """The files that prove a record, or what it happened to, withdrawn ones among them. One query."""
    found = Evidence.objects.filter(kind=shown.kind, record__in=_keys_of(user, shown))
    return list(found.select_related("attachment", "added_by", "withdrawal__withdrawn_by"))


def evidence_for(user: User, kind: str, record: UUID, pk: int, *permissions: StrEnum) -> Evidence:
    """One file of a record for whoever has one of the permissions there, or 404.

    A withdrawn one is left to those who may confirm the record, or audit it.
    """
    shown = record_page(user, kind, record)
    found = Evidence.objects.filter(pk=pk, kind=kind, record__in=_keys_of(user, shown))
    evidence = found.select_related("attachment", "withdrawal").first()
    if getattr(evidence, "withdrawal", None) is not None:
        permissions = (Permission.RECORD_CONFIRM, Permission.AUDIT_READ)
    allowed = [registry.scope(user, each) for each in permissions]
    if evidence is None or not any(covers(each, version) for each in allowed for version in shown.versions):
        raise Http404
    return evidence


def evidence_counts(records: Iterable[UUID]) -> dict[UUID, int]:
    """How many files prove each of some hundreds of records; those without are absent. One query."""
    found = Evidence.objects.filter(record__in=set(records), withdrawal__isnull=True).order_by()
    return dict(found.values_list("record").annotate(number=Count("pk")))
