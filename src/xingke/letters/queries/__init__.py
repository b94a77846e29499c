"""Letters: the reads, scope included."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
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
from xingke.registry.queries.calendars import work_calendar

MOST = 100  # letters of one act: nobody else writes meanwhile


def template_for(case: Case, step: str) -> registry.Loaded | None:
    """The letter that is issued with a step of a case, as it holds where the case lies; None where there is none."""
    for code, loaded in registry.catalogue("letter").items():
        if loaded.value.flow == case.flow and step in loaded.value.steps:
            return registry.definition("letter", code, region=case.region)
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
    """Cases that somebody may write to with one step. is_only: of how many nothing else can become."""

    flow: Flow
    step: FlowStep
    rows: Sequence[CaseStep] = field(default_factory=list)
    is_only: int = 0


@dataclass(frozen=True)
class CaseToWrite:
    """A case to which a letter may be written. answer: whether by this reader, now."""

    read: CaseRead
    answer: Answer


def offered(user: User) -> list[LetterOffered]:
    """The steps by a letter that cases of somebody's own bureau stand before, as far as such a step is theirs."""
    found: dict[tuple[str, str], LetterOffered] = {}
    held: dict[tuple[int, str], frozenset[str]] = {}
    for row in _waiting(user):
        flow = queries.flow_with_hash(row.case.flow_hash)
        assert flow is not None  # by it the row was found
        at = row.region_id, flow.code
        if at not in held:
            held[at] = queries.taker_at(user, flow, region=row.region, organisation=None).permissions
        only = all(each.through is Through.LETTER for each in _following(flow, row.stands))
        for step in steps_through(flow.steps[row.stands], Through.LETTER, dict(flow.steps)):
            if held[at] & set(step.by) or {OPENER, ASSIGNEE} & set(step.by):
                old = found.get((flow.code, step.code), LetterOffered(flow, step))
                found[flow.code, step.code] = LetterOffered(flow, step, [*old.rows, row], old.is_only + only)
    return list(found.values())


def _following(flow: Flow, stands: str) -> list[FlowStep]:
    return [step for code in flow.steps[stands].next if set((step := flow.steps[code]).by) != {CLOCK}]


def _waiting(user: User) -> Iterable[CaseStep]:
    where = regions_of_bureau(user, CasePermission.READ) & Q(case__in=queries.cases_seen(user))
    return waiting_for(Through.LETTER, where).select_related("case", "region").order_by("taken_at", "pk")[: 10 * MOST]


def cases_to_write(user: User, flow: str, step: str, only: Iterable[UUID] = ()) -> list[CaseToWrite]:
    """The cases that stand before a step by a letter and are somebody's to write to, the longest waiting first; only: some of them."""
    wanted = set(only)
    for each in offered(user):
        if (each.flow.code, each.step.code) == (flow, step):
            rows = [row for row in each.rows if not wanted or row.case.key in wanted][:MOST]
            cases = Case.objects.filter(pk__in=[row.case_id for row in rows])
            reads = case_reads(cases.select_related("region", "organisation__region", "person"))
            found = [may_write(user, reads[row.case_id], step, now=timezone.now()) for row in rows]
            return [each for each in found if each is not None]
    return []


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
