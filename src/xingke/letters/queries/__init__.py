"""Letters: the reads, scope included."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from xingke.accounts.models import User
from xingke.base.refusals import Answer
from xingke.casework import queries
from xingke.casework.models import Case, CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import CaseRead
from xingke.casework.queries.common import regions_of_bureau, steps_through, waiting_for
from xingke.casework.queries.many import case_reads
from xingke.casework.queries.seen import case_seen
from xingke.casework.rules.flows import ASSIGNEE, CLOCK, OPENER, Flow, FlowStep, Through
from xingke.casework.rules.stepping import is_theirs, may_take, standing
from xingke.letters.models import CaseLetter
from xingke.letters.rules.papers import code_typed, number_typed
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.registry.queries.calendars import work_calendar

MOST = 50  # letters of one act: nobody else writes meanwhile


def template_for(case: Case, step: str) -> registry.Loaded | None:
    """The letter that is issued with a step of a case, as it holds where the case lies; None where there is none."""
    for code, loaded in registry.catalogue("letter").items():
        if loaded.value.flow == case.flow and step in loaded.value.steps:
            found = registry.definition("letter", code, region=case.region)
            return found if step in found.value.steps else None
    return None


def letters_seen(user: User) -> QuerySet[CaseLetter]:
    """The letters somebody may see in a list: of cases they see, issued with steps that all who see the case see."""
    own = Q(is_for_all=True) | Q(issued_by=user)
    found = CaseLetter.objects.filter(own, case__in=queries.cases_seen(user)).defer("paper", "tree")
    return found.select_related("case", "region", "issued_by")


def letter_for(user: User, key: UUID) -> CaseLetter:
    """A letter of a case somebody sees, issued with a step they see; or 404."""
    found = CaseLetter.objects.select_related("case", "issued_by").filter(key=key).first()
    if found is None or found not in letters_of(user, queries.case_for(user, found.case.key)):
        raise Http404
    return found


def letters_of(user: User, read: CaseRead) -> list[CaseLetter]:
    """The letters of a case as far as somebody sees the steps they were issued with, the newest first."""
    steps = {step.pk for step in case_seen(user, read).steps}
    rows = CaseLetter.objects.filter(case=read.case).defer("paper", "tree").order_by("-pk")
    return [row for row in rows if row.step_id in steps]


def letter_checked(number: str, code: str) -> CaseLetter | None:
    """The letter whose number and check code somebody read off a paper; None where no letter has both."""
    found = CaseLetter.objects.filter(check_code=code_typed(code)).first() if code_typed(code) else None
    return found if found is not None and number_typed(found.number) == number_typed(number) else None


# ── what waits for a letter ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class LetterOffered:
    """Cases that somebody may write to with one step: how many, and of how many nothing else can become."""

    flow: Flow
    step: FlowStep
    count: int = 0
    is_only: int = 0


@dataclass(frozen=True)
class CaseToWrite:
    """A case to which a letter may be written. answer: whether by this reader, now."""

    read: CaseRead
    answer: Answer


def offered(user: User) -> list[LetterOffered]:
    """The steps by a letter that cases of somebody's own bureau stand before, as far as such a step is theirs."""
    found: dict[tuple[str, str], LetterOffered] = {}
    for flow, stands, region, count in _places(user):
        held = queries.taker_at(user, flow, region=region, organisation=None).permissions | {OPENER, ASSIGNEE}
        only = count if all(each.through is Through.LETTER for each in _following(flow, stands)) else 0
        for step in steps_through(flow.steps[stands], Through.LETTER, dict(flow.steps)):
            if held & set(step.by):
                old = found.get((flow.code, step.code), LetterOffered(flow, step))
                found[flow.code, step.code] = LetterOffered(flow, step, old.count + count, old.is_only + only)
    return list(found.values())


def _following(flow: Flow, stands: str) -> list[FlowStep]:
    return [step for code in flow.steps[stands].next if set((step := flow.steps[code]).by) != {CLOCK}]


def _waiting(user: User) -> QuerySet[CaseStep]:
    return waiting_for(
        Through.LETTER, regions_of_bureau(user, CasePermission.READ) & Q(case__in=queries.cases_seen(user))
    )


def _places(user: User) -> list[tuple[Flow, str, Region, int]]:
    """Where they stand, by flow, step and region, and how many."""
    rows = list(
        _waiting(user).order_by().values_list("case__flow_hash", "stands", "region").annotate(count=Count("pk"))
    )
    regions = registry.regions_by_id(region for _hash, _stands, region, _count in rows)
    found = ((queries.flow_with_hash(hash_), stands, regions[region], count) for hash_, stands, region, count in rows)
    return [(flow, stands, region, count) for flow, stands, region, count in found if flow is not None]


def cases_to_write(user: User, flow: str, step: str, only: Iterable[UUID] = ()) -> list[CaseToWrite]:
    """The cases that stand before a step by a letter and are somebody's to write to, the longest waiting first; only: some of them."""
    before = {stands for each, stands, _region, _count in _places(user) if step in each.steps[stands].next}
    rows = _waiting(user).filter(flow=flow, stands__in=before)
    if wanted := list(only):
        rows = rows.filter(case__key__in=wanted)
    pks = list(rows.order_by("taken_at", "pk").values_list("case", flat=True)[:MOST])
    reads = case_reads(Case.objects.filter(pk__in=pks).select_related("region", "organisation__region", "person"))
    found = (may_write(user, reads[pk], step, now=timezone.now()) for pk in pks)
    return [each for each in found if each is not None]


def cases_chosen(user: User, keys: Iterable[UUID]) -> list[Case]:
    """Of the cases that were ticked those somebody sees, wherever they stand by now."""
    found = queries.cases_seen(user).filter(key__in=list(keys))
    return list(found.select_related("region", "organisation__region", "person").order_by("pk"))


def may_write(user: User, read: CaseRead, step: str, *, now: datetime) -> CaseToWrite | None:
    """Whether somebody may issue the letter of a step now; None where the step is not theirs, or no letter is issued with it."""
    if template_for(read.case, step) is None:
        return None
    case = read.case
    taker = queries.taker_at(
        user, read.flow, region=case.region, organisation=case.organisation, person=case.person, parties=read.parties
    )
    if not is_theirs(read.state, step, taker):
        return None
    calendar, local = work_calendar(case.region), timezone.localtime(now)
    return CaseToWrite(read, may_take(read.state, step, taker, now=local, calendar=calendar, through=Through.LETTER))


def letters_to_write(user: User, read: CaseRead, *, now: datetime) -> list[tuple[FlowStep, CaseToWrite]]:
    """The steps by a letter that may follow in a case and are somebody's."""
    where = standing(read.flow, read.state.taken)
    if where is None or where.ends or case_seen(user, read).stands is None:
        return []
    steps = steps_through(where, Through.LETTER, dict(read.flow.steps)) if where.code in read.flow.steps else []
    found = [(step, may_write(user, read, step.code, now=now)) for step in steps]
    return [(step, each) for step, each in found if each is not None]
