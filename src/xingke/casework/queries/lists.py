"""Many cases: the list of those somebody sees, the ones below another, those of one firm."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Value, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import PERMISSIONS, Permission
from xingke.casework.models import Case, CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import CaseDefinitions, cases_seen, waiting
from xingke.casework.queries.seen import is_seen
from xingke.casework.rules.flows import Flow, FlowStep
from xingke.casework.rules.forms import CaseForm, FormField
from xingke.ledger.queries.caching import kept_beside
from xingke.registry import queries as registry
from xingke.registry.models import Person, Region

OPEN, ENDED = "open", "ended"
TODO, DONE, OPENED, SOON, LATE = "todo", "done", "opened", "soon", "late"
OWN = (TODO, SOON, LATE, DONE, OPENED)  # what the workbench counts, each one press from its list
TASKS = (TODO, SOON, LATE, DONE)  # of these no case is hidden below another
MANY = 1000  # of which a list says that there are more than 999
MOST = 20  # of the cases that a page shows beside another


def state_choices() -> list[tuple[str, str]]:
    """By what a list can be narrowed."""
    return [
        (TODO, _("待我办")),
        (DONE, _("我办过的")),
        (OPENED, _("我发起的")),
        (SOON, _("快到期")),
        (LATE, _("已超期")),
        (OPEN, _("在办")),
        (ENDED, _("已办结")),
    ]


NARROWED: Mapping[str, Callable[[User, datetime], Q]] = {
    TODO: lambda user, _now: waiting.waits_for(user),
    DONE: lambda user, _now: Q(case__in=CaseStep.objects.filter(taken_by=user).values("case")),
    OPENED: lambda user, _now: Q(case__opened_by=user),
    SOON: lambda user, now: waiting.due_soon(user, now),
    LATE: lambda user, now: waiting.overdue(user, now),
    OPEN: lambda _user, _now: Q(ended=""),
    ENDED: lambda _user, _now: ~Q(ended=""),
}


def cases_listed(user: User, *, search: str = "", flow: str = "", state: str = "") -> QuerySet[CaseStep]:
    """Where the cases somebody sees stand: those that are due first. Each is the newest step of its case."""
    found = CaseStep.objects.filter(_of_cases_seen(user), seq_to__isnull=True)
    if not search and state not in TASKS:
        found = found.filter(is_below=False)
    if flow:
        found = found.filter(flow=flow)
    if search:
        named = Q(case__title__icontains=search) | Q(case__number__istartswith=search)
        found = found.filter(named | Q(case__organisation__name__icontains=search))
    if state in NARROWED:
        found = found.filter(NARROWED[state](user, timezone.now()))
    rows = found.select_related("case__organisation", "case__region", "assignee", "case__opened_by")
    return rows.defer("answers", "prefilled")


def load_persons(steps: Iterable[CaseStep]) -> None:
    """Give cases the persons whose they are. One query, none where they are all of organisations."""
    cases = [step.case for step in steps if step.case.person_id is not None]
    prefetch_related_objects(cases, Prefetch("person", Person.objects.select_related("region", "merged_into__region")))


def _of_cases_seen(user: User) -> Q:
    """The same as ``cases_seen``, of steps: those of a bureau are found by their own region, without looking at every case."""
    allowed = registry.scope(user, CasePermission.READ).at_home
    if allowed.organisations or allowed.persons:
        return Q(case__in=cases_seen(user))
    return registry.in_scope(allowed, organisation="")


def own_counts(user: User, *, most: int | None = None) -> dict[str, int]:
    """How many cases there are of each that is somebody's own, by state; as of the hour: what is late now may be late since a moment ago.

    most: where it is enough to know that there are so many. One query.
    """

    def counted(state: str) -> QuerySet[Any, Any]:
        listed = cases_listed(user, state=state).order_by().select_related(None)
        if most is not None:
            listed = CaseStep.objects.filter(pk__in=listed.values("pk")[:most]).order_by()
        return listed.values(own=Value(state)).annotate(n=Count("pk"))

    def ask() -> dict[str, int]:
        first, *others = (counted(state) for state in OWN)
        found = {row["own"]: row["n"] for row in first.union(*others, all=True)}
        return {state: found.get(state, 0) for state in OWN}

    return kept_beside(user, f"cases:{timezone.localtime():%Y%m%d%H}:{most}", ask)


def whose_name(user: User, case: Case) -> str:
    """The name of whose case it is: the organisation, or a person somebody may see or who they are."""
    if case.organisation is not None:
        return case.organisation.name
    if case.person is None:
        return ""
    who = case.person.merged_into or case.person
    seen = registry.scope(user, Permission.PERSON_READ)
    is_seen_there = who.region is not None and seen.covers(who.region.path)
    return who.name if is_seen_there or who in registry.own_persons(user) else ""


def listed_fields(user: User, flow: str) -> list[FormField]:
    """What the forms of a flow mark for lists, by its newest version, as far as somebody may see it in some case by what they may do:
    rows cannot ask for each case what its reader is to it. Nothing where there is no such flow."""
    return [each for each in fields_asked_of(user, flow) if each.listed]


def fields_asked_of(user: User, flow: str) -> list[FormField]:
    """All that the forms of a flow ask and keep among their answers, likewise."""
    loaded = registry.catalogue("flow").get(flow)
    if loaded is None:
        return []
    found = _asked(loaded.value, lambda step: registry.definition("form", step.form).value)
    held = {each.permission.value for each in PERMISSIONS if registry.has(user, each.permission)}
    return [each for each, needed in found.values() if all(is_seen(names, held) for names in needed)]


def fields_read(user: User, definitions: CaseDefinitions, region: Region) -> list[FormField]:
    """Of what the forms of a case ask, what somebody reads of it in lists, by the definitions it runs by: a newer flow that hides less opens
    nothing of what was said under an older one."""
    found = _asked(definitions.flow, definitions.form)
    return [each for each, needed in found.values() if all(sees_at_home(user, names, region) for names in needed)]


def fields_for_all(definitions: CaseDefinitions) -> list[FormField]:
    """Of what the forms of a case mark for lists, what everybody sees who sees the case."""
    found = _asked(definitions.flow, definitions.form).values()
    return [each for each, needed in found if each.listed and not needed]


def _asked(
    flow: Flow, form_of: Callable[[FlowStep], CaseForm | None]
) -> dict[str, tuple[FormField, list[Sequence[str]]]]:
    """The fields by name, those that are listed as the form says that lists them, with every ``seen_by`` of theirs and of the steps that
    ask them, also where another form asks for one: the newest answer is the one that is kept."""
    found: dict[str, FormField] = {}
    needed: dict[str, list[Sequence[str]]] = {}
    for step in flow.step:
        form = form_of(step) if step.form else None
        for each in form.fields if form is not None else ():
            if each.name not in found or (each.listed and not found[each.name].listed):
                found[each.name] = each
            needed.setdefault(each.name, []).extend(names for names in (each.seen_by, step.seen_by) if names)
    return {name: (each, needed[name]) for name, each in found.items()}


def flows_seen(user: User) -> list[Flow]:
    """The flows there are, by their words."""
    flows: list[Flow] = [loaded.value for loaded in registry.catalogue("flow").values()]
    return sorted(flows, key=lambda each: each.label.zh)


def sees_standing(user: User, seen_by: Sequence[str], step: CaseStep) -> bool:
    """Whether somebody sees where a case stands, by what they may do at home where it lies; parties see it on its own page."""
    return sees_at_home(user, seen_by, step.case.region) or step.taken_by_id == user.pk


def sees_at_home(user: User, seen_by: Sequence[str], region: Region) -> bool:
    """Whether somebody sees what says ``seen_by`` by what they may do at home in a region."""
    if not seen_by:
        return True
    asked = [each.permission for each in PERMISSIONS if each.permission.value in seen_by]
    return is_seen(seen_by, [each.value for each in asked if registry.scope(user, each).is_home(region.path)])


def steps_taken(user: User, *, since: datetime) -> int:
    """How many steps somebody took since a moment."""
    return CaseStep.objects.filter(taken_by=user, taken_at__gte=since).count()


def children_of(user: User, case: Case) -> QuerySet[CaseStep]:
    """Where the cases below one stand that somebody sees, the first opened first."""
    return _newest(cases_seen(user).filter(parent=case)).order_by("case_id")


def of_same_organisation(user: User, case: Case) -> QuerySet[CaseStep]:
    """Where other cases of the same organisation stand that somebody sees, the newest first."""
    mine = cases_seen(user).filter(organisation=case.organisation, parent__isnull=True).exclude(pk=case.pk)
    return _newest(mine if case.organisation is not None else mine.none()).order_by("-case_id")[:MOST]


def _newest(cases: QuerySet[Case]) -> QuerySet[CaseStep]:
    found = CaseStep.objects.filter(seq_to__isnull=True, case__in=cases)
    return found.select_related("case__organisation", "case__region", "assignee", "case__opened_by")
