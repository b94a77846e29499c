"""The ledger: the reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, F, Max, Min, Q, QuerySet, Sum, Value
from django.http import Http404
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.codes import normalise_code
from xingke.base.periods import EARLIEST_YEAR, LATEST_YEAR, Period
from xingke.base.quantities import Quantity, Unit
from xingke.base.refusals import Answer, Refused
from xingke.ledger import rules
from xingke.ledger.kinds import KINDS, Kind
from xingke.ledger.models import (
    EventVersion,
    Evidence,
    ImportBatch,
    ImportChunk,
    Observation,
    Proposal,
    RecordKeeping,
    State,
    Version,
)  # fmt: skip
from xingke.ledger.rules import Reported, chosen, may_confirm, may_correct, natural_key
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region
from xingke.registry.rules import Scope

OBSERVATION = "observation"


def as_of(seq: int | None) -> Q:
    """The filter for the versions in force as of a number; None: now."""
    if seq is None:
        return Q(seq_to__isnull=True)
    return Q(seq_from__lte=seq) & (Q(seq_to__isnull=True) | Q(seq_to__gt=seq))


@dataclass(frozen=True)
class TimelineEntry:
    """One event on an organisation's page."""

    kind: str
    on: date
    event: EventVersion
    subject: Version


def timeline(organisation: Organisation, *, limit: int = 200) -> list[TimelineEntry]:
    """What happened to an organisation, newest first; two queries per kind."""
    entries: list[TimelineEntry] = []
    for kind in KINDS.values():
        events = list(
            kind.event._default_manager.filter(organisation=organisation, seq_to__isnull=True)
            .exclude(state=State.VOID)
            .select_related("region")
            .order_by("-happened_on", "-step")[:limit]
        )
        subjects = current_subjects(kind, {event.subject for event in events})
        entries += [
            TimelineEntry(kind.code, event.happened_on, event, subjects[event.subject])
            for event in events
            if event.subject in subjects
        ]
    return sorted(entries, key=lambda entry: (entry.on, entry.event.step), reverse=True)[:limit]


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


@dataclass(frozen=True)
class RecordPage:
    """One record with all its versions, newest first; where it has a history also its events, oldest first."""

    kind: str
    is_event: bool
    current: Any  # the model of its kind
    versions: Sequence[Any]
    subject: Any | None
    history: Sequence[EventVersion]

    @property
    def alive(self) -> list[EventVersion]:
        """The events that are not void, nor the subject with them, oldest first."""
        return [event for event in self.history if state_with(self.subject, event) != State.VOID]


def state_with(subject: Any | None, event: Version) -> str:
    """The state of an event along with its subject: where that is void, nothing of it stands."""
    return State.VOID if subject is not None and subject.state == State.VOID else event.state


def record_page(user: User, kind: str, record: UUID) -> RecordPage:
    """A record by kind and key, or 404 for whoever may not read it. Event keys and subject keys both answer.

    Whoever may read one version sees them all: a figure frozen here may rest on a record since corrected to next door.
    """
    allowed = registry.scope(user, Permission.RECORD_READ)
    for model in models_of(kind):
        is_event = issubclass(model, EventVersion)
        versions = list(
            model._default_manager.filter(record=record)
            .select_related("region", "zone", "organisation", "entered_by", "confirmed_by")
            .order_by("-version")
        )
        if not any(covers(allowed, version) for version in versions):
            continue
        subject_key = getattr(versions[0], "subject", record)
        history: list[EventVersion] = []
        subject = None
        if kind in KINDS:
            history = list(
                KINDS[kind]
                .event._default_manager.filter(subject=subject_key, seq_to__isnull=True)
                .select_related("region", "organisation")
                .order_by("step")
            )
            subject = current_subjects(KINDS[kind], {subject_key}).get(subject_key)
        return RecordPage(kind, is_event, versions[0], versions, subject, history)
    raise Http404


def held_since(shown: RecordPage, *, on: date) -> date | None:
    """Since when a subject has been held or running, counting confirmed events up to a day; None if it is not held."""
    since: date | None = None
    for event in shown.history:
        if event.state == State.CONFIRMED and event.happened_on <= on and event.effect:
            since = event.happened_on if event.effect > 0 else None
    return since


def is_held(shown: RecordPage, *, on: date) -> bool:
    """Whether a subject is held or runs on a day."""
    return held_since(shown, on=on) is not None


def covers(allowed: Scope, row: Version) -> bool:
    """Whether a record, loaded with its region, lies in a scope."""
    return allowed.covers(row.region.path) or row.organisation_id in allowed.organisations


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


@dataclass(frozen=True)
class Rights:
    """What somebody may do to a record now: what the page offers, not what the actions check again.

    why_not: why somebody who may confirm records may not confirm this one. is_proposed: a change is only proposed.
    """

    add: bool = False
    attach: bool = False
    correct: bool = False
    is_proposed: bool = False
    confirm: bool = False
    why_not: str = ""
    void: bool = False
    choose: bool = False


def rights(user: User, shown: RecordPage) -> Rights:
    """What the reader of a record's page may do. What has a history is confirmed and voided by its events."""
    row = shown.current
    may = {
        permission: registry.scope(user, permission).covers(row.region.path)
        for permission in (Permission.RECORD_ENTER, Permission.RECORD_CONFIRM, Permission.OBSERVATION_CHOOSE)
    }
    is_whole = shown.is_event or shown.kind == OBSERVATION
    confirmable = _may_confirm(user, shown) if is_whole and may[Permission.RECORD_CONFIRM] else None
    correctable = may_correct(state=row.state, is_current=True).allowed
    return Rights(
        add=may[Permission.RECORD_ENTER] and bool(shown.alive),
        attach=may[Permission.RECORD_ENTER],
        correct=may[Permission.RECORD_ENTER] and correctable,
        is_proposed=not changed_at_once(user, shown),
        confirm=confirmable is not None and confirmable.allowed,
        why_not=str(confirmable.reason) if confirmable is not None and row.state == State.DRAFT else "",
        void=correctable and _may_void(user, shown),
        choose=may[Permission.OBSERVATION_CHOOSE] and shown.kind == OBSERVATION and choice_of(row) is not None,
    )


def _may_confirm(user: User, shown: RecordPage) -> Answer:
    row = shown.current
    state = state_with(shown.subject, row)
    if state != State.DRAFT or shown.kind not in KINDS or not KINDS[shown.kind].names.four_eyes:
        return may_confirm(state=state, by=user.pk)
    wrote = authors(type(row), [row])[row.record]
    if shown.subject is not None and shown.subject.state == State.DRAFT:
        wrote |= authors(type(shown.subject), [shown.subject])[shown.subject.record]
    return may_confirm(state=row.state, by=user.pk, four_eyes=True, authors=wrote)


def _may_void(user: User, shown: RecordPage) -> bool:
    """Whether somebody may void a record, or where it is only proposed, propose to; a history is voided by its events."""
    region, wanted = shown.current.region, [Permission.RECORD_CONFIRM]
    if not changed_at_once(user, shown):
        wanted.append(Permission.RECORD_ENTER)
    is_whole = shown.is_event or shown.kind == OBSERVATION
    return is_whole and any(registry.scope(user, each).covers(region.path) for each in wanted)


def may_change_at_once(kind: str, row: Version, user: User, regions: Iterable[Region]) -> Answer:
    """Whether somebody's change of a record is written at once, or only proposed. regions: where it is, and will be."""
    confirming = registry.scope(user, Permission.RECORD_CONFIRM)
    return rules.may_change_at_once(
        state=row.state, four_eyes=kind in KINDS and KINDS[kind].names.four_eyes,
        may_confirm=all(confirming.covers(region.path) for region in regions),
    )  # fmt: skip


def changed_at_once(user: User, shown: RecordPage) -> bool:
    """Whether a change the reader makes of a record is written at once where it stays, or only proposed."""
    return may_change_at_once(shown.kind, shown.current, user, [shown.current.region]).allowed


def proposals_of(shown: RecordPage) -> list[Proposal]:
    """The changes proposed of a record, newest first. One query."""
    found = Proposal.objects.filter(kind=shown.kind, record=shown.current.record)
    return list(found.select_related("proposed_by", "decided_by", "region"))


def proposal_to_decide(user: User, kind: str, record: UUID, pk: int) -> Proposal:
    """A proposed change for whoever may accept or withdraw it, or 404."""
    record_page(user, kind, record)
    found = Proposal.objects.filter(pk=pk, kind=kind, record=record).select_related("region").first()
    may_confirm_there = found and registry.scope(user, Permission.RECORD_CONFIRM).covers(found.region.path)
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
    found = Proposal.objects.filter(own if mine else registry.in_scope(confirming, organisation="") | own)
    if outcome in Proposal.Outcome.values:
        found = found.filter(outcome=outcome)
    return found.select_related("region", "proposed_by", "decided_by").order_by("-seq")


def proposals_waiting(user: User) -> int:
    """How many proposed changes wait for whoever may accept them; their own do not. One query."""
    allowed = registry.scope(user, Permission.RECORD_CONFIRM)
    if not allowed:
        return 0
    waiting = Proposal.objects.filter(registry.in_scope(allowed, organisation=""), outcome=Proposal.Outcome.OPEN)
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
            current_subjects(KINDS[code], keys) if code in KINDS else {row.record: row for row in versions.values()}
        )
        for each in own:
            row = versions[each.record, each.version]
            found[each.pk] = (each, row, subjects[getattr(row, "subject", row.record)])
    return [found[each.pk] for each in asked]


def models_of(kind: str) -> tuple[type[Version], ...]:
    """The tables that hold a kind's records: things and their events, or reported figures alone; none for no kind."""
    if kind == OBSERVATION:
        return (Observation,)
    return (KINDS[kind].subject, KINDS[kind].event) if kind in KINDS else ()


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


def may_withdraw(user: User, evidence: Evidence, row: Version) -> Answer:
    """Whether somebody who may write there may take evidence of a record back. row: the record's current version."""
    may_confirm = registry.scope(user, Permission.RECORD_CONFIRM).covers(row.region.path)
    return rules.may_withdraw_evidence(state=row.state, may_confirm=may_confirm, is_own=evidence.added_by_id == user.pk)


def evidence_for(user: User, kind: str, record: UUID, pk: int, *permissions: Permission) -> Evidence:
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


def evidence_digests(kind: str, record: UUID) -> set[str]:
    """The digests of the files a record has. One query."""
    found = Evidence.objects.filter(kind=kind, record=record, withdrawal__isnull=True)
    return set(found.values_list("attachment__digest", flat=True))


def evidence_counts(records: Iterable[UUID]) -> dict[UUID, int]:
    """How many files prove each of some hundreds of records; those without are absent. One query."""
    found = Evidence.objects.filter(record__in=set(records), withdrawal__isnull=True).order_by()
    return dict(found.values_list("record").annotate(number=Count("pk")))


def record_to_change(user: User, kind: str, record: UUID, permission: Permission) -> RecordPage:
    """A record somebody has the permission to change, or 404."""
    shown = record_page(user, kind, record)
    if not registry.scope(user, permission).covers(shown.current.region.path):
        raise Http404
    return shown


def record_to_add_to(user: User, kind: str, record: UUID) -> RecordPage:
    """A record with a history to which somebody may add an event, or 404; to what is void nothing is added."""
    shown = record_to_change(user, kind, record, Permission.RECORD_ENTER)
    if not shown.alive:
        raise Http404
    return shown


def record_to_void(user: User, kind: str, record: UUID) -> RecordPage:
    """An event or reported figure somebody may void, or propose to, or 404."""
    shown = record_page(user, kind, record)
    if not _may_void(user, shown):
        raise Http404
    return shown


def kind_to_enter(user: User, code: str) -> Kind:
    """A kind somebody may file records of somewhere, or 404."""
    registry.require_page(user, Permission.RECORD_ENTER)
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def stands(model: type[Version], record: UUID) -> bool:
    """Whether a record key is taken. One query."""
    return model._default_manager.filter(record=record).exists()


def same_things(
    kind: Kind, *, fields: Mapping[str, str], region: Region, organisation: Organisation | None, key: UUID
) -> list[Any]:
    """The records of a kind that speak of the same thing as one to be filed as ``key``, oldest first. One query."""
    names, holder = kind.names, organisation.pk if organisation else f"region {region.pk}"
    number, name = fields.get("number", ""), fields.get("name", "")
    terms = {each: fields[each] for each in kind.repeated}
    alike = Q(**terms, organisation=organisation, name=name.strip())
    if number:
        alike |= Q(number=number)
    found: QuerySet[Any] = kind.subject._default_manager.filter(alike, seq_to__isnull=True).exclude(state=State.VOID)
    wanted = natural_key(names, terms=list(terms.values()), holder=holder, number=number, name=name)
    return [
        row
        for row in found.exclude(record=key).select_related("region", "organisation").order_by("seq_from", "pk")[:50]
        if wanted
        == natural_key(
            names, terms=[getattr(row, each) for each in terms], holder=row.organisation_id or f"region {row.region_id}",
            number=row.number, name=row.name,
        )
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which events a list shows; empty means all."""

    kind: str = ""
    event: str = ""
    year: str = ""
    state: str = ""
    search: str = ""
    regions: Q = field(default_factory=Q)


def events_listed(user: User, wanted: Wanted) -> QuerySet[Any, tuple[str, int, date]]:
    """The events somebody may read, newest first, as (kind, id, day): small enough to count, sort and page 10^5 of them.

    404 for whoever may read none. One query when evaluated, whatever the kinds; ``entries`` loads a page of it.
    """
    allowed = registry.require_page(user, Permission.RECORD_READ)
    parts = [
        kind.event._default_manager.filter(registry.in_scope(allowed), _wanted(kind, wanted), seq_to__isnull=True)
        .annotate(kind_code=Value(kind.code, output_field=CharField()))
        .order_by()
        .values_list("kind_code", "id", "happened_on")
        for kind in ([KINDS[wanted.kind]] if wanted.kind in KINDS else KINDS.values())
    ]
    together: QuerySet[Any, Any] = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    return together.order_by("-happened_on", "-id")


def drafts_wanted(user: User, wanted: Wanted, *, until: int) -> dict[str, list[UUID]]:
    """The draft events of a list by kind, as the reader saw it: those filed after number ``until`` are not among them."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    drafts = replace(wanted, state=State.DRAFT)
    return {
        kind.code: list(
            kind.event._default_manager.filter(
                registry.in_scope(allowed), _wanted(kind, drafts), seq_to__isnull=True, seq_from__lte=until
            )
            .order_by("-happened_on", "-pk")
            .values_list("record", flat=True)
        )
        for kind in ([KINDS[wanted.kind]] if wanted.kind in KINDS else KINDS.values())
    }


def entries_of(kind: str, records: Sequence[UUID]) -> list[TimelineEntry]:
    """Current events by their keys, with their subjects, for a list of at most some hundreds. Two queries."""
    found = KINDS[kind].event._default_manager.filter(record__in=records, seq_to__isnull=True)
    return entries((kind, pk, day) for pk, day in found.values_list("pk", "happened_on"))


def _wanted(kind: Kind, wanted: Wanted) -> Q:
    condition = Q(wanted.regions)
    if wanted.event:
        condition &= Q(event=wanted.event)
    if wanted.year.isdigit() and EARLIEST_YEAR <= int(wanted.year) <= LATEST_YEAR:
        year = Period.year(int(wanted.year))
        condition &= Q(happened_on__range=(year.first, year.last))
    if wanted.state in State.values:
        condition &= Q(state=wanted.state)
    if text := wanted.search.strip():
        holders = Organisation.objects.filter(Q(name__icontains=text) | Q(credit_code=normalise_code(text)))
        number = text.upper().removeprefix("ZL").strip()
        named = kind.subject._default_manager.filter(seq_to__isnull=True)
        named = named.filter(Q(number__icontains=number) | Q(name__icontains=text))
        condition &= Q(organisation__in=holders.values("pk")) | Q(subject__in=named.values("record"))
    return condition


def entries(listed: Iterable[tuple[str, int, date]]) -> list[TimelineEntry]:
    """The events of a list's page with their subjects, in the same order. At most two queries per kind."""
    asked = list(listed)
    found: dict[tuple[str, int], TimelineEntry] = {}
    for kind in KINDS.values():
        wanted = [pk for code, pk, _on in asked if code == kind.code]
        if not wanted:
            continue
        events = list(kind.event._default_manager.filter(pk__in=wanted).select_related("region", "organisation"))
        subjects = current_subjects(kind, {event.subject for event in events})
        found |= {
            (kind.code, event.pk): TimelineEntry(kind.code, event.happened_on, event, subjects[event.subject])
            for event in events
            if event.subject in subjects
        }
    return [found[code, pk] for code, pk, _on in asked if (code, pk) in found]


def event_years(user: User) -> list[int]:
    """The years the events somebody may read lie in, newest first. One query."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    parts = [
        kind.event._default_manager.filter(registry.in_scope(allowed), seq_to__isnull=True)
        .annotate(kind_code=Value(kind.code, output_field=CharField()))  # a constant: one row for the whole kind
        .order_by()
        .values("kind_code")
        .annotate(first=Min("happened_on"), last=Max("happened_on"))
        .values_list("kind_code", "first", "last")
        for kind in KINDS.values()
    ]
    days = [(first, last) for _kind, first, last in parts[0].union(*parts[1:], all=True) if first]
    return list(range(max(last for _first, last in days).year, min(days)[0].year - 1, -1)) if days else []


def observations_listed(
    user: User, *, document: str = "", mapped: str = "", period: str = "", state: str = "", search: str = ""
) -> QuerySet[Observation]:
    """The reported figures somebody may read, by document and place. mapped: yes, no, or empty for both."""
    allowed = registry.require_page(user, Permission.RECORD_READ)
    found = Observation.objects.filter(registry.in_scope(allowed), seq_to__isnull=True).select_related("region")
    if document:
        found = found.filter(document=document)
    if mapped in ("yes", "no"):
        found = found.exclude(indicator="") if mapped == "yes" else found.filter(indicator="")
    if period:
        found = found.filter(Q(stated_period=period) | Q(real_period=period))
    if state in State.values:
        found = found.filter(state=state)
    if text := search.strip():
        found = found.filter(Q(name__icontains=text) | Q(place__icontains=text))
    return found.order_by("document", "place", "pk")


def observation_choices(user: User) -> tuple[list[str], list[str]]:
    """The documents and the periods (real, newest first) of the reported figures somebody may read. Two queries."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    found = Observation.objects.filter(registry.in_scope(allowed), seq_to__isnull=True).order_by()
    documents = sorted(found.values_list("document", flat=True).distinct())
    periods = set(found.exclude(real_period="").values_list("real_period", flat=True).distinct())
    return documents, sorted(periods, reverse=True)


@dataclass(frozen=True)
class Holding:
    """A title or patent held on a day, and since when."""

    kind: str
    subject: Any  # the model of its kind
    since: date


def _held(kind: Kind, on: date) -> QuerySet[Any]:
    return kind.event._default_manager.filter(seq_to__isnull=True, state=State.CONFIRMED, happened_on__lte=on)


def titles_held(organisation: Organisation, *, on: date) -> list[Holding]:
    """The titles in force of an organisation, oldest first. Two queries."""
    kind = KINDS["recognition"]
    running = _held(kind, on).filter(organisation=organisation).order_by().values("subject")
    since = running.annotate(held=Sum("effect"), since=Max("happened_on", filter=Q(effect=1))).filter(held__gt=0)
    days = dict(since.values_list("subject", "since"))
    subjects = current_subjects(kind, set(days))
    return sorted(
        (Holding(kind.code, subject, days[key]) for key, subject in subjects.items()), key=lambda each: each.since
    )


def patents_held(organisation: Organisation, *, on: date) -> dict[str, int]:
    """How many patents in force an organisation has, by form. One query."""
    running = _held(KINDS["patent"], on).filter(organisation=organisation).order_by().values("form")
    return {row["form"]: row["held"] for row in running.annotate(held=Sum("effect")) if row["held"] > 0}


def holding_counts(organisations: Iterable[int], *, on: date, kinds: Sequence[str]) -> dict[str, dict[int, int]]:
    """How much of some kinds organisations (by id) hold or run. One query per kind for 500 organisations."""
    wanted = list(organisations)
    found: dict[str, dict[int, int]] = {kind: {} for kind in kinds}
    for kind in (KINDS[code] for code in kinds):
        for start in range(0, len(wanted), 500):
            running = _held(kind, on).filter(organisation__in=wanted[start : start + 500]).order_by()
            found[kind.code] |= dict(
                running.values("organisation").annotate(held=Sum("effect")).values_list("organisation", "held")
            )
    return found


def money_arrived(organisation: Organisation, period: Period) -> int:
    """The money that arrived for an organisation in a period, in 分; 0 where none did. One query."""
    arrived = _held(KINDS["payment"], period.last).filter(
        organisation=organisation, event="arrived", happened_on__gte=period.first
    )
    found = arrived.aggregate(total=Sum("amount"))["total"]
    return int(found) if found is not None else 0


def observation_quantity(row: Observation) -> Quantity:
    """The stated value of an observation; its unit as loaded now, else as the row says."""
    unit = registry.units().get(row.unit) or Unit(code=row.unit, kind=row.kind)
    return Quantity(scaled=row.value, unit=unit, decimals=row.decimals)


def is_record_keeping(region: Region, kind: str, first: date, last: date, *, seq: int | None = None) -> bool:
    """Whether records answer for that region, kind and stretch of time, as declared by ``seq``."""
    return region.pk in record_keeping_regions([region.pk], kind, first, last, seq=seq)


def record_keeping_regions(
    regions: Sequence[int], kind: str, first: date, last: date, *, seq: int | None = None
) -> frozenset[int]:
    """Those of the regions (by id) whose records of a kind are complete over the stretch. One query."""
    rows = RecordKeeping.objects.filter(as_of(seq), kind=kind, since__lte=first, region__in=regions)
    return frozenset(rows.filter(Q(until__isnull=True) | Q(until__gt=last)).values_list("region_id", flat=True))


def reported(
    *, indicators: Sequence[str], regions: Sequence[int], periods: Sequence[str],
    aspects: Sequence[str] = ("level",), seq: int | None = None,
) -> list[Observation]:  # fmt: skip
    """Confirmed observations that could answer, ordered by indicator, region and period. One query."""
    return list(
        Observation.objects.filter(
            as_of(seq), state=State.CONFIRMED, indicator__in=indicators, region__in=regions, real_period__in=periods,
            aspect__in=aspects, part="",
        )
        .defer("entered_at", "confirmed_at", "reason", "note", "real_written", "source", "source_place")
        .order_by("indicator", "region_id", "real_period", "document", "place")
    )  # fmt: skip


def choose(rows: Sequence[Observation]) -> Observation | None:
    """The one that counts among rival observations; None if a person must choose."""
    verdict = chosen([Reported(row, row.value, row.accepted) for row in rows])
    return None if verdict is None else verdict.key  # type: ignore[return-value]  # the row put in above


@dataclass(frozen=True)
class Choice:
    """Several reported figures of one name, place and period that differ: a person must say which one counts."""

    indicator: str
    region: Region
    period: str
    rows: Sequence[Observation]


def rivals_of(row: Observation) -> list[Observation]:
    """The reported figures of the same indicator, place and period, this one among them. One query."""
    if not row.indicator or not row.real_period:
        return [row]
    return list(
        Observation.objects.filter(
            indicator=row.indicator, aspect=row.aspect, region=row.region, real_period=row.real_period, part=row.part,
            seq_to__isnull=True,
        )
        .exclude(state=State.VOID)
        .select_related("region")
        .order_by("document", "place")
    )  # fmt: skip


def choice_of(row: Observation) -> Choice | None:
    """The open choice a reported figure stands in; None if nobody has to choose."""
    rivals = [rival for rival in rivals_of(row) if rival.state == State.CONFIRMED]
    if row.part or len(rivals) < 2 or choose(rivals) is not None or row.pk not in {rival.pk for rival in rivals}:
        return None
    return Choice(row.indicator, row.region, row.real_period, rivals)


def open_choices(user: User) -> list[Choice]:
    """The choices that wait for whoever may make them. One query."""
    allowed = registry.scope(user, Permission.OBSERVATION_CHOOSE)
    if not allowed:
        return []
    rows = (
        Observation.objects.filter(registry.in_scope(allowed), seq_to__isnull=True, state=State.CONFIRMED, part="")
        .exclude(indicator="")
        .exclude(real_period="")
        .select_related("region")
        .order_by("indicator", "aspect", "region_id", "real_period", "document", "place")
    )
    choices = []
    for (indicator, _aspect, _region, period), group in groupby(
        rows, key=lambda row: (row.indicator, row.aspect, row.region_id, row.real_period)
    ):
        rivals = list(group)
        if len(rivals) > 1 and choose(rivals) is None:
            choices.append(Choice(indicator, rivals[0].region, period, rivals))
    return choices


def drafts_visible_to(user: User) -> int:
    """How many draft events wait for confirmation by whoever may confirm."""
    allowed = registry.scope(user, Permission.RECORD_CONFIRM)
    if not allowed:
        return 0
    return sum(
        kind.event._default_manager.filter(registry.in_scope(allowed), seq_to__isnull=True, state=State.DRAFT).count()
        for kind in KINDS.values()
    )


def import_batches(user: User) -> QuerySet[ImportBatch]:
    """The imports somebody may look into: their own, for whoever may import, the newest first."""
    registry.require_page(user, Permission.IMPORT_RUN)
    return ImportBatch.objects.filter(prepared_by=user).select_related("prepared_by", "imported_by", "file_job")


def import_batch_for(user: User, pk: int) -> ImportBatch:
    """One import, or 404."""
    found = import_batches(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def imports_to_file(user: User) -> QuerySet[ImportBatch]:
    """Somebody's imports that were checked and wait to be filed."""
    return ImportBatch.objects.filter(prepared_by=user, state=ImportBatch.State.PREPARED, ready__gt=0)


def rows_turned_back(user: User) -> int:
    """How many rows of somebody's filed imports were left with a problem. One query."""
    left = ImportChunk.objects.filter(batch__prepared_by=user, batch__state=ImportBatch.State.FILED, outcome="rejected")
    return int(left.aggregate(rows=Sum("size"))["rows"] or 0)


def is_fictional_import(batch: ImportBatch) -> bool:
    """Whether an import filed fictional records; before it is filed: whether whoever made it works in a fictional place."""
    if batch.seq is None:
        return any(region.is_fictional for region in registry.own_regions(batch.prepared_by))
    model: Any = KINDS[batch.kind].event if batch.kind in KINDS else Observation
    return bool(model.objects.filter(seq_from=batch.seq, is_fictional=True).exists())


class StagedRows(Sequence[Any]):
    """The rows of an import as a sequence to be paged: each page loads the chunks it lies in. Two queries a page."""

    def __init__(self, batch: ImportBatch, outcome: str = "") -> None:
        self._chunks = batch.chunks.filter(outcome=outcome) if outcome else batch.chunks.all()
        self._sizes = list(self._chunks.order_by("place").values_list("place", "size"))

    def __len__(self) -> int:
        return sum(size for _place, size in self._sizes)

    def __getitem__(self, wanted: Any) -> Any:
        """Pairs of outcome and [number, cells, problems]."""
        start, stop, _step = wanted.indices(len(self))
        places: dict[int, tuple[int, int]] = {}
        first = 0
        for place, size in self._sizes:
            low, high = max(start - first, 0), min(stop - first, size)
            if low < high:
                places[place] = (low, high)
            first += size
        chunks = self._chunks.filter(place__in=places).order_by("place")
        return [(chunk.outcome, row) for chunk in chunks for row in chunk.rows[slice(*places[chunk.place])]]


def latest_records(user: User, *, limit: int = 8) -> list[TimelineEntry]:
    """The records filed last in the regions somebody may read; a few queries."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    if not allowed:
        return []
    entries: list[TimelineEntry] = []
    for kind in KINDS.values():
        events = list(
            kind.event._default_manager.filter(registry.in_scope(allowed), seq_to__isnull=True)
            .exclude(state=State.VOID)
            .select_related("organisation")
            .order_by(F("seq_from").desc(), "-happened_on")[:limit]
        )
        subjects = current_subjects(kind, {event.subject for event in events})
        entries += [
            TimelineEntry(kind.code, event.happened_on, event, subjects[event.subject])
            for event in events
            if event.subject in subjects
        ]
    return sorted(entries, key=lambda entry: (entry.event.seq_from, entry.on), reverse=True)[:limit]


def keeping_declared(user: User) -> list[RecordKeeping]:
    """The declarations in force where somebody may read records, by region, then kind."""
    allowed = registry.scope(user, Permission.RECORD_READ)
    found = RecordKeeping.objects.filter(registry.in_scope(allowed, organisation=""), seq_to__isnull=True)
    return list(found.select_related("region", "declared_by").order_by("region__path", "kind"))
