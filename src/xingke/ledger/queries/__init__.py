"""The ledger: the reads that writes and other rooms ask; those of lists and pages stand by what they are about."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Answer, Refused
from xingke.ledger import rules
from xingke.ledger.models import EventVersion, Evidence, Observation, State, Version
from xingke.ledger.tables import TABLES, Kind
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.registry.rules import Scope

OBSERVATION = "observation"


def as_of(seq: int | None) -> Q:
    """The filter for the versions in force as of a number; None: now."""
    if seq is None:
        return Q(seq_to__isnull=True)
    return Q(seq_from__lte=seq) & (Q(seq_to__isnull=True) | Q(seq_to__gt=seq))


def current_subjects(kind: Kind, records: set[UUID]) -> dict[UUID, Version]:
    """The current versions of the subjects of a kind, by record key, without place and holder; one query for 500 keys."""
    found: dict[UUID, Version] = {}
    wanted = list(records)
    for start in range(0, len(wanted), 500):
        rows = kind.subject._default_manager.filter(record__in=wanted[start : start + 500], seq_to__isnull=True)
        found |= {row.record: row for row in rows}
    return found


def histories_of(kind: Kind, records: Sequence[UUID]) -> dict[Version, list[EventVersion]]:
    """The subjects of some events of a kind, each with all its current events. Three queries for 500 records."""
    wanted = list(dict.fromkeys(records))
    subjects: set[UUID] = set()
    events = kind.event._default_manager.filter(seq_to__isnull=True)
    for start in range(0, len(wanted), 500):
        subjects |= set(events.filter(record__in=wanted[start : start + 500]).values_list("subject", flat=True))
    heads, keys = current_subjects(kind, subjects), sorted(subjects)
    found: dict[Version, list[EventVersion]] = {heads[key]: [] for key in keys if key in heads}
    for start in range(0, len(keys), 500):
        for event in events.filter(subject__in=keys[start : start + 500]).select_related("region").order_by("step"):
            found[heads[event.subject]].append(event)
    return found


def is_named(kind: Kind, fields: Mapping[str, str]) -> bool:
    """Whether a holder may have several of the sort some columns speak of, each with a name of its own."""
    lasting = kind.names.lasting
    found = registry.term(kind.field_list(lasting), fields.get(lasting, "")) if lasting else None
    return not lasting or (found is not None and found.named)


def levels_of(kind: Kind, fields: Mapping[str, str]) -> tuple[str, ...]:
    """The levels that what some columns speak of can be of; empty: any, or its kind has none."""
    lasting = kind.names.lasting
    found = registry.term(kind.field_list(lasting), fields.get(lasting, "")) if lasting else None
    return found.levels if found is not None else ()


def usual_last_day(kind: Kind, fields: Mapping[str, str], event: str, on: date) -> date | None:
    """The day until which an event's certificate holds by its title's term in the packs in force; None without one."""
    lasting = kind.names.lasting
    found = registry.term(kind.field_list(lasting), fields.get(lasting, "")) if lasting else None
    return rules.last_day(kind.names, event, on, found.valid_years) if found is not None else None


def state_with(subject: Any | None, event: Version) -> str:
    """The state of an event along with its subject: where that is void, nothing of it stands."""
    return State.VOID if subject is not None and subject.state == State.VOID else event.state


def readable(allowed: Scope) -> Q:
    """The filter of the versions somebody may read in a scope: a superior only what was confirmed once.

    The one place where that is said; ``covers`` says it of a row that is loaded.
    """
    inside = registry.in_scope(allowed)
    if allowed.is_all_home:
        return inside
    finished = Q(confirmed_at__isnull=False) | Q(entered_by__in=allowed.colleagues)
    return inside & (finished | registry.in_scope(allowed.at_home))


def covers(allowed: Scope, row: Version) -> bool:
    """Whether somebody may read a version, loaded with its region, in a scope; see ``readable``."""
    if row.organisation_id in allowed.organisations:
        return True
    is_finished = row.confirmed_at is not None or row.entered_by_id in allowed.colleagues
    return allowed.covers(row.region.path) and (is_finished or allowed.is_home(row.region.path))


def shows_finished(allowed: Scope, row: Version) -> bool:
    """Whether of a record somebody may read they see a version, too: nobody is before whom a draft is hidden as a superior.

    Whoever is nobody's superior sees those that lie elsewhere as they are: the record may have been corrected to next door.
    """
    if row.confirmed_at is not None or covers(allowed, row):
        return True
    return allowed.is_all_home and not allowed.covers(row.region.path)


def authors(model: type[Version], rows: Iterable[Version]) -> dict[UUID, frozenset[int]]:
    """Who wrote what current versions of a table say, by record: everybody who changed it since it was last confirmed.

    What only follows from its neighbours (its order, its effect) makes nobody an author. At most one query per 500.
    """
    found = {row.record: frozenset({row.entered_by_id}) for row in rows}
    rewritten = [row.record for row in rows if row.version > 1]
    for start in range(0, len(rewritten), 500):
        earlier = model._default_manager.filter(record__in=rewritten[start : start + 500]).order_by("record", "version")
        for record, group in groupby(earlier, key=lambda row: row.record):
            wrote: frozenset[int] = frozenset()
            before: Version | None = None
            for version in group:
                if before is None or version.content() != before.content():
                    standing = frozenset() if before is None or before.state == State.CONFIRMED else wrote
                    wrote = standing | {version.entered_by_id}
                before = version
            found[record] = wrote
    return found


def may_change_at_once(kind: str, row: Version, user: User, regions: Iterable[Region]) -> Answer:
    """Whether somebody's change of a record is written at once, or only proposed. regions: where it is, and will be."""
    confirming = registry.scope(user, Permission.RECORD_CONFIRM)
    return rules.may_change_at_once(
        state=row.state,
        four_eyes=kind in TABLES and TABLES[kind].names.four_eyes,
        may_confirm=all(confirming.covers(region.path) for region in regions),
    )


def may_withdraw(user: User, evidence: Evidence, row: Version) -> Answer:
    """Whether somebody who may write there may take evidence of a record back. row: the record's current version."""
    may_confirm = registry.scope(user, Permission.RECORD_CONFIRM).covers(row.region.path)
    return rules.may_withdraw_evidence(state=row.state, may_confirm=may_confirm, is_own=evidence.added_by_id == user.pk)


def models_of(kind: str) -> tuple[type[Version], ...]:
    """The tables that hold a kind's records: things and their events, or reported figures alone; none for no kind."""
    if kind == OBSERVATION:
        return (Observation,)
    return (TABLES[kind].subject, TABLES[kind].event) if kind in TABLES else ()


def region_of(kind: str, record: UUID) -> Region:
    """Where a record is now. Raises Refused where there is none of the kind with that key."""
    return standing(kind, record).region


def standing(kind: str, record: UUID) -> Version:
    """The current version of a record, with its region. Raises Refused where there is none of the kind with that key."""
    for model in models_of(kind):
        row = model._default_manager.filter(record=record, seq_to__isnull=True).select_related("region").first()
        if row is not None:
            return row
    raise Refused(_("台账中没有这条记录。"))


def evidence_digests(kind: str, record: UUID) -> set[str]:
    """The digests of the files a record has. One query."""
    found = Evidence.objects.filter(kind=kind, record=record, withdrawal__isnull=True)
    return set(found.values_list("attachment__digest", flat=True))


def stands(model: type[Version], record: UUID) -> bool:
    """Whether a record key is taken. One query."""
    return model._default_manager.filter(record=record).exists()
