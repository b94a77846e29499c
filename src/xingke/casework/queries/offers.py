"""What somebody may begin, and what they may do next with a case they see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from xingke.accounts.models import User
from xingke.accounts.permissions import PERMISSIONS
from xingke.base.labels import Label
from xingke.base.refusals import Answer
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.seen import CaseSeen
from xingke.casework.rules.flows import OPENER, PARTY, CaseSubject, Flow, FlowStep
from xingke.casework.rules.stepping import RESERVED_WORDS, may_take, offered
from xingke.registry import queries as registry
from xingke.registry.models import Grant, Organisation, Person, Region
from xingke.registry.queries.calendars import work_calendar


@dataclass(frozen=True)
class StepOffered:
    """A step that somebody may take, or could, were it not for what ``answer`` says. step: None for one that every flow has."""

    code: str
    label: Label
    answer: Answer
    step: FlowStep | None


def steps_offered(seen: CaseSeen, *, now: datetime) -> list[StepOffered]:
    """The steps that may follow and are theirs, in the order of the flow; what every flow has comes last."""
    calendar = work_calendar(seen.read.case.region)
    found = offered(seen.read.state, seen.taker, now=timezone.localtime(now), calendar=calendar)
    return [_offered(seen, code, answer) for code, answer in found]


def step_offered(seen: CaseSeen, code: str, *, now: datetime) -> StepOffered:
    """One step, whether or not it may be taken now."""
    calendar = work_calendar(seen.read.case.region)
    answer = may_take(seen.read.state, code, seen.taker, now=timezone.localtime(now), calendar=calendar)
    return _offered(seen, code, answer)


def _offered(seen: CaseSeen, code: str, answer: Answer) -> StepOffered:
    step = seen.read.flow.steps.get(code)
    return StepOffered(code, step.label if step is not None else RESERVED_WORDS[code], answer, step)


def handlers(region: Region) -> list[User]:
    """The accounts to whom a case of a region can be given: those of its bureau who see its cases. By name."""
    above = [region.pk]
    while region.parent is not None:
        region = region.parent
        above.append(region.pk)
    grants = Grant.objects.filter(
        registry.FOR_A_REGION, region__in=above, revoked_at__isnull=True, user__is_active=True
    )
    users = {grant.user_id: grant.user for grant in grants.select_related("user")}
    registry.remember_grants(users.values())
    home = Region.objects.get(pk=above[0])
    found = [user for user in users.values() if registry.scope(user, CasePermission.READ).is_home(home.path)]
    return sorted(found, key=lambda user: (user.name, user.username))


@dataclass(frozen=True)
class FlowToOpen:
    """A flow somebody may open a case of: for which organisations of theirs, or in which regions they work for."""

    flow: Flow
    regions: Sequence[Region]
    organisations: Sequence[Organisation]
    persons: Sequence[Person] = ()

    @property
    def is_own(self) -> bool:
        """Whether somebody opens it for a firm of theirs: it is one of those."""
        return bool(self.organisations) and not self.regions

    @property
    def is_of_organisation(self) -> bool:
        """Whether its cases are an organisation's, which has to be named."""
        return self.flow.about is CaseSubject.ORGANISATION

    @property
    def is_of_person(self) -> bool:
        """Whether its cases are a person's, who has to be named."""
        return self.flow.about is CaseSubject.PERSON


def flows_to_open(user: User) -> list[FlowToOpen]:
    """The flows of which somebody may open a case, by their words; those that stand below others are opened there."""
    found = (_to_open(user, loaded.value) for loaded in registry.catalogue("flow").values() if not loaded.value.below)
    return sorted((each for each in found if each is not None), key=lambda each: each.flow.label.zh)


def flow_to_open(user: User, code: str) -> FlowToOpen | None:
    """One of them; None where somebody may not open a case of it."""
    loaded = registry.catalogue("flow").get(code)
    return _to_open(user, loaded.value) if loaded is not None and not loaded.value.below else None


def is_of_applicant(user: User, flow: str) -> bool:
    """Whether somebody may apply in a flow for a firm of theirs, or in their own name."""
    found = flow_to_open(user, flow)
    return found is not None and bool(found.organisations or found.persons)


def _to_open(user: User, flow: Flow) -> FlowToOpen | None:
    by = set(flow.first.by)
    organisations: list[Organisation] = []
    persons: list[Person] = []
    if flow.owner and f"{PARTY}{flow.owner}" in by:
        own = registry.scope(user, CasePermission.APPLY)
        if flow.about is CaseSubject.PERSON:
            persons = [each for each in registry.own_persons(user) if each.pk in own.persons]
        else:
            organisations = [each for each in registry.own_organisations(user) if each.pk in own.organisations]
    asked = [each.permission for each in PERMISSIONS if each.permission.value in by]
    if OPENER in by:
        asked.append(CasePermission.HANDLE)
    scopes = [registry.scope(user, each) for each in asked]
    regions = [each for each in registry.own_regions(user) if any(scope.is_home(each.path) for scope in scopes)]
    if persons and not regions:
        return FlowToOpen(flow, registry.own_name_regions(user)[:1], (), persons)
    return FlowToOpen(flow, regions, organisations) if organisations or regions else None
