"""Cases: the reads, scope included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from xingke.accounts.models import User
from xingke.accounts.permissions import PERMISSIONS
from xingke.base.workdays import Pause
from xingke.casework.models import Case, CaseParty, CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.rules.answers import expressed_answers
from xingke.casework.rules.clocks import CaseClock, Deadline, case_clock, deadline
from xingke.casework.rules.flow_checks import fields_asked
from xingke.casework.rules.flows import CaseEnd, Flow, FlowStep
from xingke.casework.rules.forms import CaseForm, FieldType, FormField, expression_types
from xingke.casework.rules.stepping import CaseState, ChildCase, StepTaken, Taker, standing
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region
from xingke.registry.queries.calendars import work_calendar


@dataclass(frozen=True)
class CaseDefinitions:
    """What a case runs by: its flow and the forms of its steps as they were when it was opened."""

    flow: Flow
    hash: str
    forms: Mapping[str, registry.Loaded]

    @property
    def asked(self) -> Mapping[str, FormField]:
        """Everything its forms ask, by name."""
        return fields_asked(self.flow, {code: loaded.value for code, loaded in self.forms.items()})

    def form(self, step: FlowStep) -> CaseForm | None:
        """What a step asks; None for nothing."""
        return self.forms[step.form].value if step.form else None


def definitions_for(flow: str, region: Region) -> CaseDefinitions:
    """What a case that is opened now runs by. Raises LookupError where there is no such flow."""
    found = registry.definition("flow", flow, region=region)
    codes = dict.fromkeys(step.form for step in found.value.step if step.form)
    return CaseDefinitions(
        found.value, found.hash, {code: registry.definition("form", code, region=region) for code in codes}
    )


def definitions_of(case: Case) -> CaseDefinitions:
    """What a case runs by. Raises LookupError where its flow is gone."""
    flow = _with_hash("flow", case.flow_hash)
    forms = {code: _with_hash("form", form) for code, form in case.forms.items()}
    return CaseDefinitions(flow.value, flow.hash, forms)


@lru_cache(maxsize=1024)
def _with_hash(kind: str, body_hash: str) -> registry.Loaded:
    """A definition by its hash, which is never another."""
    return registry.definition_with_hash(kind, body_hash)


@dataclass(frozen=True)
class CaseRead:
    """A case with everything that is needed to say what may come next. steps: oldest first."""

    case: Case
    definitions: CaseDefinitions
    steps: Sequence[CaseStep]
    parties: Sequence[CaseParty]
    children: Sequence[ChildCase] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)  # the newest answer to each question

    @property
    def flow(self) -> Flow:
        return self.definitions.flow

    @property
    def last(self) -> CaseStep:
        """The step that was taken last."""
        return self.steps[-1]

    @property
    def state(self) -> CaseState:
        """The same as rules know it."""
        asked = self.definitions.asked
        return CaseState(
            flow=self.flow,
            taken=[taken(step) for step in self.steps],
            children=self.children,
            types=expression_types(asked.values()),
            known=expressed_answers(list(asked.values()), self.answers),
            days=days_in(asked, self.answers),
            assignee=self.last.assignee_id if self.steps else None,
        )


def prefills(region: Region, organisation: Organisation | None, case: Case | None = None) -> dict[str, str]:
    """What forms can be filled in with, by the names of ``rules.forms.PREFILLS``; what is not known is missing."""
    known = {"region.name": region.name}
    if organisation is not None:
        known |= {"organisation.name": organisation.name, "organisation.credit_code": organisation.credit_code or ""}
    if case is not None:
        known |= {"case.title": case.title, "case.number": case.number}
    return {name: value for name, value in known.items() if value}


def with_answers(state: CaseState, asked: Mapping[str, FormField], answers: Mapping[str, Any]) -> CaseState:
    """A case as it will be known with what is answered now: a condition may ask about it."""
    return replace(state, known=expressed_answers(list(asked.values()), answers), days=days_in(asked, answers))


def taken(step: CaseStep) -> StepTaken:
    """A step as rules know it."""
    return StepTaken(
        number=step.number,
        step=step.step,
        by=step.taken_by_id,
        at=step.taken_at,
        on=step.on,
        kind=step.kind,
        corrects=step.corrects or 0,
    )


def days_in(asked: Mapping[str, FormField], answers: Mapping[str, Any]) -> dict[str, date]:
    """The days among answers."""
    days = {name: answers.get(name) for name, each in asked.items() if each.type is FieldType.DAY}
    return {name: date.fromisoformat(day) for name, day in days.items() if day}


def case_read(case: Case, *, now: datetime | None = None) -> CaseRead:
    """A case as it stands, at a moment or now. As many queries for a long way as for a short one."""
    steps = list(case.steps.select_related("taken_by", "assignee").order_by("number"))
    parties = list(case.parties.filter(seq_to__isnull=True))
    children = _children(case, now or timezone.localtime())
    return CaseRead(case, definitions_of(case), steps, parties, children, newest_answers(steps))


def newest_answers(steps: Sequence[CaseStep]) -> dict[str, Any]:
    """The answer that was given last to each question: a form that is filled in again replaces what it said before."""
    answers: dict[str, Any] = {}
    asked_by: dict[str, set[str]] = {}
    for step in steps:
        if step.form:
            for name in asked_by.get(step.form, set()) - set(step.answers):
                answers.pop(name, None)
            asked_by[step.form] = set(step.answers)
        answers |= step.answers
    return answers


def _children(case: Case, now: datetime) -> list[ChildCase]:
    rows = CaseStep.objects.filter(case__parent=case, seq_to__isnull=True).order_by("case_id")
    return [
        ChildCase(
            flow=row.flow,
            ended=CaseEnd(row.ended) if row.ended else None,
            is_late=row.due is not None and row.due < now and not row.ended,
        )
        for row in rows
    ]


# ── who sees what, and who may do what ──────────────────────────────────────────────────────────────────────────────


def cases_seen(user: User) -> QuerySet[Case]:
    """The cases somebody may see: of the regions and organisations they may read, and those in which they have a part."""
    own = Q(opened_by=user) | Q(parties__user=user, parties__seq_to__isnull=True)
    own |= Q(steps__assignee=user, steps__seq_to__isnull=True)
    allowed = registry.scope(user, CasePermission.READ).at_home  # business under way is not before superiors
    return Case.objects.filter(registry.in_scope(allowed) | Q(pk__in=Case.objects.filter(own).values("pk")))


def case_for(user: User, key: UUID) -> CaseRead:
    """A case somebody may see, or 404."""
    case = cases_seen(user).select_related("region", "organisation__region", "person", "parent").filter(key=key).first()
    if case is None:
        raise Http404
    return case_read(case)


def taker_at(
    user: User | None,
    flow: Flow,
    *,
    region: Region,
    organisation: Organisation | None,
    parties: Sequence[CaseParty] = (),
) -> Taker:
    """What somebody may do where a case lies and what they are to it; None is the job child.

    A permission counts where somebody is one of the bureau of the region; its superiors look on. A party that is an organisation
    is everybody who may apply for it.
    """
    if user is None:
        return Taker(user=None)
    named = {name for step in flow.step for name in step.by} | {flow.managed_by}
    asked = [each.permission for each in PERMISSIONS if each.permission.value in named]
    held = frozenset(each.value for each in asked if registry.scope(user, each).is_home(region.path))
    own = registry.scope(user, CasePermission.APPLY).organisations
    roles = {each.role for each in parties if each.user_id == user.pk or each.organisation_id in own}
    if not parties and organisation is not None and organisation.pk in own:  # it is about to be opened
        roles |= {flow.owner} - {""}
    return Taker(user=user.pk, permissions=held, roles=frozenset(roles))


def deadline_after(
    step: FlowStep, *, on: date, at: datetime, days: Mapping[str, date], region: Region, pauses: Sequence[Pause] = ()
) -> Deadline | None:
    """Until when something must follow a step; None where nothing is due."""
    if step.due is None:
        return None
    return deadline(step.due, on=on, at=at, days=days, calendar=work_calendar(region), pauses=pauses)


def clock_of(read: CaseRead, *, today: date) -> CaseClock | None:
    """How the clock of a case stands on a day; None before it started."""
    state = read.state
    return case_clock(read.flow, state.taken, today=today, days=state.days, calendar=work_calendar(read.case.region))


def stands_at(read: CaseRead) -> FlowStep:
    """The step at which a case stands."""
    found = standing(read.flow, [taken(step) for step in read.steps])
    assert found is not None  # a case has its first step from the act on that opened it
    return found
