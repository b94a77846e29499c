"""Cases: the reads, scope included."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
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
from xingke.casework.queries.standing import PublicityStanding, publicity_standing
from xingke.casework.queries.substitutes import stood_in_for
from xingke.casework.rules.answers import expressed_answers
from xingke.casework.rules.clocks import CaseClock, Deadline, case_clock, deadline
from xingke.casework.rules.conditions import asked_words
from xingke.casework.rules.flow_checks import fields_asked
from xingke.casework.rules.flows import CaseEnd, Flow, FlowStep, Through
from xingke.casework.rules.forms import CaseForm, FieldType, FormField, expression_types
from xingke.casework.rules.stepping import CaseState, ChildCase, Outsider, StepTaken, Taker, standing
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Person, Region
from xingke.registry.queries import people
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

    @property
    def hidden(self) -> frozenset[str]:
        """What steps ask that say who sees them."""
        hiding = [step for step in self.flow.step if step.form and step.seen_by]
        return frozenset(each.name for step in hiding for each in self.forms[step.form].value.fields)

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
    return definitions_pinned(case.flow_hash, case.forms)


def definitions_pinned(flow_hash: str, forms: Mapping[str, str]) -> CaseDefinitions:
    """A flow with its forms, each by its hash. Raises LookupError where one is gone."""
    flow = _with_hash("flow", flow_hash)
    return CaseDefinitions(flow.value, flow.hash, {code: _with_hash("form", form) for code, form in forms.items()})


@lru_cache(maxsize=1024)
def _with_hash(kind: str, body_hash: str) -> registry.Loaded:
    """A definition by its hash, which is never another."""
    return registry.definition_with_hash(kind, body_hash)


def flow_with_hash(flow_hash: str) -> Flow | None:
    """A flow by its hash; None where it is gone."""
    try:
        found: Flow = _with_hash("flow", flow_hash).value
    except LookupError:
        return None
    return found


@dataclass(frozen=True)
class CaseRead:
    """A case with everything that is needed to say what may come next. steps: oldest first."""

    case: Case
    definitions: CaseDefinitions
    steps: Sequence[CaseStep]
    parties: Sequence[CaseParty]
    children: Sequence[ChildCase] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)  # the newest answer to each question
    publicity: PublicityStanding = field(default_factory=PublicityStanding)

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
        return self.state_with("", {})

    def state_with(self, form: str, said: Mapping[str, Any]) -> CaseState:
        """The same as it will be known once a form is answered so: a condition may ask about it. What no form asked yet is unknown."""
        asked = self.definitions.asked
        steps = [(step.form, step.answers) for step in self.steps]
        if form:
            steps.append((form, said))
        answers = newest_answers(steps)
        filled_in = {code for code, _said in steps}
        open_still = [
            each
            for code, loaded in self.definitions.forms.items()
            if code not in filled_in
            for each in loaded.value.fields
        ]
        answered = {each.name for code in filled_in if code for each in self.definitions.forms[code].value.fields}
        unknown = expression_types(each for each in open_still if each.name not in answered)
        return CaseState(
            flow=self.flow,
            taken=[taken(step) for step in self.steps],
            children=self.children,
            types=expression_types(asked.values()),
            known=expressed_answers(list(asked.values()), answers, unknown),
            days=days_in(asked, answers),
            words=asked_words(asked.values()),
            assignee=self.last.assignee_id if self.steps else None,
            publicity_until=self.publicity.until,
            objections_open=self.publicity.objections_open,
        )


def prefills(region: Region, organisation: Organisation | None, case: Case | None = None) -> dict[str, str]:
    """What forms can be filled in with, by the names of ``rules.forms.PREFILLS``; what is not known is missing."""
    known = {"region.name": region.name}
    if organisation is not None:
        known |= {"organisation.name": organisation.name, "organisation.credit_code": organisation.credit_code or ""}
    if case is not None:
        known |= {"case.title": case.title, "case.number": case.number}
    return {name: value for name, value in known.items() if value}


def taken(step: CaseStep) -> StepTaken:
    """A step as rules know it."""
    return StepTaken(
        number=step.number,
        step=step.step,
        by=step.taken_by_id or step.vouched_by_id,
        at=step.taken_at,
        on=step.on,
        kind=step.kind,
        corrects=step.corrects or 0,
        in_place_of=step.in_place_of_id,
    )


def days_in(asked: Mapping[str, FormField], answers: Mapping[str, Any]) -> dict[str, date]:
    """The days among answers."""
    days = {name: answers.get(name) for name, each in asked.items() if each.type is FieldType.DAY}
    return {name: date.fromisoformat(day) for name, day in days.items() if day}


def case_read(case: Case, *, now: datetime | None = None) -> CaseRead:
    """A case as it stands, at a moment or now. As many queries for a long way as for a short one."""
    steps = list(case.steps.select_related("taken_by", "assignee", "vouched_by", "in_place_of").order_by("number"))
    parties = list(case.parties.filter(seq_to__isnull=True))
    children = _children(case, now or timezone.localtime())
    answers = newest_answers((step.form, step.answers) for step in steps)
    definitions = definitions_of(case)
    is_published = any(step.through is Through.PUBLICITY for step in definitions.flow.step)
    publicity = publicity_standing(case) if is_published else PublicityStanding()
    return CaseRead(case, definitions, steps, parties, children, answers, publicity)


def newest_answers(steps: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """The answer that was given last to each question: a form that is filled in again replaces what it said before.

    steps: the form of each step, empty for none, with its answers, oldest first.
    """
    answers: dict[str, Any] = {}
    asked_by: dict[str, set[str]] = {}
    for form, said in steps:
        if form:
            for name in asked_by.get(form, set()) - set(said):
                answers.pop(name, None)
            asked_by[form] = set(said)
        answers |= said
    return answers


def fact_columns(type_: FieldType, value: Any) -> dict[str, Any]:
    """A listed answer as the columns of a fact keep it."""
    columns: dict[str, Any] = {"text": "", "number": None, "day": None}
    if value is None:
        return columns
    if type_ is FieldType.DAY:
        return columns | {"day": date.fromisoformat(value)}
    if isinstance(value, int):  # flags among them
        return columns | {"number": int(value)}
    return columns | {"text": str(value)[:200]}


def said_of(step: CaseStep) -> dict[str, Any]:
    """Everything a step says, as its digest covers it; what only some say is left out where it is not said, as it was before."""
    outside = {"link": str(step.link), "outsider": step.outsider, "vouched": step.vouched_by_id} if step.link else {}
    place = {"in_place_of": step.in_place_of_id} if step.in_place_of_id is not None else {}
    return {
        **outside,
        **place,
        "number": step.number,
        "step": step.step,
        "on": step.on.isoformat(),
        "kind": step.kind,
        "by": step.taken_by_id,
        "at": step.taken_at.astimezone(UTC).isoformat(),
        "opinion": step.opinion,
        "assignee": step.assignee_id,
        "form": step.form_hash,
        "answers": step.answers,
        "prefilled": step.prefilled,
        "corrects": step.corrects,
    }


def _children(case: Case, now: datetime) -> list[ChildCase]:
    """The cases below that count: of each flow those which its last step opened, or which nobody's step did."""
    rows = CaseStep.objects.filter(case__parent=case, seq_to__isnull=True).select_related("case").order_by("case_id")
    last: dict[str, int] = {}
    for row in rows:
        last[row.flow] = max(last.get(row.flow, 0), row.case.parent_step or 0)
    return [
        ChildCase(
            flow=row.flow,
            ended=CaseEnd(row.ended) if row.ended else None,
            is_late=row.due is not None and row.due < now and not row.ended,
        )
        for row in rows
        if row.case.parent_step in (None, last[row.flow])
    ]


# ── who sees what, and who may do what ──────────────────────────────────────────────────────────────────────────────


def owner_shown(user: User, case: Case) -> tuple[Person, bool] | None:
    """Whose case it is, where that is a person whom somebody may see or who they are, and whether they may open their page."""
    if case.person is None:
        return None
    seen = people.person_shown(user, case.person.pk)
    own = next((each for each in registry.own_persons(user) if people.known_as(case.person) == each.key), None)
    who = seen or own
    return (who, seen is not None) if who is not None else None


def cases_seen(user: User) -> QuerySet[Case]:
    """The cases somebody may see: those of their bureau's regions, and those in which an organisation of theirs has a part.

    Business under way is not before superiors, and who opened or was assigned one sees it as long as they are of the bureau or
    the organisation. Who acts in their own name sees those in which they have a part.
    """
    seen = registry.in_scope(registry.scope(user, CasePermission.READ).at_home)
    if (parties := _parties_of(user)) is not None:
        seen |= Q(pk__in=parties.values("case"))
    return Case.objects.filter(seen)


def cases_of_parties(user: User) -> list[UUID]:
    """The keys of the cases somebody sees because an organisation of theirs, or they themselves, have a part in them. One query."""
    parties = _parties_of(user)
    if parties is None:
        return []
    return list(Case.objects.filter(pk__in=parties.values("case")).values_list("key", flat=True))


def _parties_of(user: User) -> QuerySet[CaseParty] | None:
    """The parts that somebody has in cases by an organisation or in their own name; None for whoever acts for neither."""
    allowed = registry.scope(user, CasePermission.READ)
    if not (allowed.organisations or allowed.persons):
        return None
    mine = Q(organisation__in=allowed.organisations) | Q(person__in=allowed.persons)
    return CaseParty.objects.filter(mine, seq_to__isnull=True)


def case_for(user: User, key: UUID) -> CaseRead:
    """A case somebody may see, or 404."""
    case = cases_seen(user).select_related("region", "organisation__region", "person", "parent").filter(key=key).first()
    if case is None:
        raise Http404
    return case_read(case)


def taker_at(
    user: User | Outsider | None,
    flow: Flow,
    *,
    region: Region,
    organisation: Organisation | None,
    person: Person | None = None,
    parties: Sequence[CaseParty] = (),
    also: Iterable[str] = (),
    on: date | None = None,
    is_given: bool = True,
) -> Taker:
    """What somebody may do where a case lies and what they are to it; None is the job child. also: further permissions to ask for.
    An outsider is the one party their link names, and nothing else. on: the day, today where none is given.
    is_given: whether the case was given to somebody; for whom somebody stands in matters only there.

    A permission counts where somebody is one of the bureau of the region; its superiors look on. A party that is an organisation
    is everybody who may apply for it.
    """
    if isinstance(user, Outsider):
        return Taker(user=None, roles=frozenset({user.role}), outsider=user)
    if user is None:
        return Taker(user=None)
    named = {name for step in flow.step for name in step.by} | {flow.managed_by, *also}
    asked = [each.permission for each in PERMISSIONS if each.permission.value in named]
    held = frozenset(each.value for each in asked if registry.scope(user, each).is_home(region.path))
    own = registry.scope(user, CasePermission.APPLY)
    reads = registry.scope(user, CasePermission.READ).is_home(region.path)
    roles = {
        each.role
        for each in parties
        if each.organisation_id in own.organisations
        or each.person_id in own.persons
        or (reads and each.user_id == user.pk)
    }
    is_own = organisation is not None and organisation.pk in own.organisations
    is_own = is_own or (person is not None and person.pk in own.persons)
    if not parties and is_own:  # it is about to be opened
        roles |= {flow.owner} - {""}
    stands_in = stood_in_for(user, on or timezone.localdate()) if reads and is_given else frozenset()
    return Taker(
        user=user.pk, permissions=held, roles=frozenset(roles), is_here=bool(roles) or reads, stands_in=stands_in
    )


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
