"""Meetings: the reads, scope included."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.base.labels import Label
from xingke.casework import queries
from xingke.casework.models import AgendaItem, AgendaPaper, Case, CaseStep, Decision, Meeting, MeetingPerson
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import possible_through, regions_of_bureau, steps_through, waiting_for
from xingke.casework.queries.lists import sees_at_home
from xingke.casework.rules.flows import FlowStep, Through
from xingke.casework.rules.forms import CaseForm
from xingke.registry.models import Region

MOST = 200  # cases that are offered at once


def meetings_seen(user: User) -> QuerySet[Meeting]:
    """The meetings somebody may see: those of their own bureau."""
    return Meeting.objects.filter(regions_of_bureau(user, CasePermission.READ))


def item_counts(meetings: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many items stand on some agendas, and how many of them are open, by the id of the meeting. One query."""
    rows = AgendaItem.objects.filter(meeting__in=meetings, taken_off_at__isnull=True).order_by().values("meeting")
    counted = rows.annotate(items=Count("pk"), still=Count("pk", filter=Q(is_open=True)))
    return {each["meeting"]: (each["items"], each["still"]) for each in counted}


def meeting_for(user: User, key: UUID) -> Meeting:
    """A meeting somebody may see, or 404."""
    found = meetings_seen(user).select_related("region", "called_by", "held_by", "closed_by").filter(key=key).first()
    if found is None:
        raise Http404
    return found


def people_of(meeting: Meeting) -> list[MeetingPerson]:
    """Who was there, as it is recorded now."""
    return list(meeting.people.filter(seq_to__isnull=True).select_related("user").order_by("pk"))


@dataclass(frozen=True)
class AgendaRead:
    """An item of an agenda with what is needed to show and decide it.

    stands: the newest step of its case; choices: the steps a meeting may take; decided: the one that was taken. is_hidden: something was
    decided that its reader does not see; amends: what it corrects, as far as its reader sees it.
    """

    item: AgendaItem
    stands: CaseStep
    where: FlowStep | None
    choices: Sequence[FlowStep]
    decided: FlowStep | None = None
    is_hidden: bool = False
    amends: Decision | None = None

    @property
    def decision(self) -> Decision | None:
        """What was decided; None while nothing was, and where its reader does not see it."""
        found: Decision | None = getattr(self.item, "decision", None)
        return None if self.is_hidden else found


def agenda(user: User, meeting: Meeting) -> list[AgendaRead]:
    """The items on an agenda in their order, those that were taken off left out, as far as somebody sees them who sees the meeting. As
    many queries for many as for few."""
    items = list(
        meeting.items.filter(taken_off_at__isnull=True)
        .select_related("case__organisation", "case__region", "decision__step", "decision__decided_by", "put_by")
        .select_related("corrects__item__meeting", "corrects__item__case__region", "corrects__step")
        .prefetch_related(
            Prefetch("papers", AgendaPaper.objects.select_related("attachment")),
            "withdrawals__person",
            "decision__duties__responsible",
            "decision__corrected_by__meeting",
        )
    )
    newest = CaseStep.objects.filter(case__in=[item.case_id for item in items], seq_to__isnull=True)
    by_case = {step.case_id: step for step in newest}
    return [_item_read(user, item, by_case[item.case_id]) for item in items]


def _item_read(user: User, item: AgendaItem, stands: CaseStep) -> AgendaRead:
    flow = queries.flow_with_hash(item.case.flow_hash)
    where = flow.steps.get(stands.stands) if flow is not None else None
    choices = steps_through(where, Through.MEETING, dict(flow.steps)) if flow is not None and where is not None else []
    decision: Decision | None = getattr(item, "decision", None)
    decided = _step_decided(item.case, decision)
    hides = decided is not None and not _sees(user, item.case, decided, decision)
    before = item.corrects
    amended = _step_decided(before.item.case, before) if before is not None else None
    sees_before = amended is None or before is None or _sees(user, before.item.case, amended, before)
    return AgendaRead(item, stands, where, choices, None if hides else decided, hides, before if sees_before else None)


def _step_decided(case: Case, decision: Decision | None) -> FlowStep | None:
    """The step by which something was decided of a case; None where it was put off, or nothing was."""
    flow = queries.flow_with_hash(case.flow_hash)
    taken = decision.step if decision is not None else None
    return flow.steps.get(taken.step) if flow is not None and taken is not None else None


def _sees(user: User, case: Case, step: FlowStep, decision: Decision | None) -> bool:
    """Whether somebody sees a step that a meeting took, as on the page of its case; whoever recorded it does."""
    return sees_at_home(user, step.seen_by, case.region) or (decision is not None and decision.decided_by_id == user.pk)


def item_of(meeting: Meeting, pk: int) -> AgendaItem:
    """An item of a meeting, or 404."""
    found = meeting.items.filter(pk=pk).select_related("meeting__region", "case").first()
    if found is None:
        raise Http404
    return found


def forms_asked(case: Case, step: FlowStep) -> CaseForm | None:
    """What a step of a case asks; None for nothing."""
    return queries.definitions_of(case).form(step)


def paper_for(user: User, meeting: UUID, pk: int) -> AgendaPaper:
    """A paper of a meeting somebody may see, or 404."""
    found = AgendaPaper.objects.filter(item__meeting=meeting_for(user, meeting), pk=pk).select_related("attachment")
    if (paper := found.first()) is None:
        raise Http404
    return paper


def waiting_for_a_meeting(where: Q) -> QuerySet[CaseStep]:
    """The newest steps of cases that stand before a step of a meeting and are on no open agenda."""
    on_one = AgendaItem.objects.filter(is_open=True).values("case")
    return waiting_for(Through.MEETING, where).exclude(case__in=on_one)


def cases_to_put(user: User, region: Region) -> list[CaseStep]:
    """The cases of a region that may be put on an agenda by somebody who sees them, the longest waiting first; 200 at most."""
    seen = queries.cases_seen(user).filter(region=region)
    waiting = waiting_for_a_meeting(Q(region=region, case__in=seen))
    rows = waiting.select_related("case__organisation").order_by("taken_at", "pk")
    return possible_through(rows[:MOST], Through.MEETING)


def count_waiting(where: Q) -> int:
    """How many cases wait for a meeting; of more than 200 those beyond are not asked whether their conditions still let one decide."""
    rows = waiting_for_a_meeting(where).select_related("case").order_by("taken_at", "pk")
    count = rows.count()
    some = rows[:MOST]
    return count - min(count, MOST) + len(possible_through(some, Through.MEETING)) if count else 0


def stands_at(newest: CaseStep) -> Label | None:
    """What the step is called at which a case stands; None where its flow is gone."""
    flow = queries.flow_with_hash(newest.case.flow_hash)
    return flow.steps[newest.stands].label if flow is not None and newest.stands in flow.steps else None


def decisions_to_correct(user: User, meeting: Meeting) -> QuerySet[Decision]:
    """What other meetings of its bureau decided, the newest first."""
    others = meetings_seen(user).filter(region=meeting.region).exclude(pk=meeting.pk)
    found = Decision.objects.filter(item__meeting__in=others)
    return found.select_related("item__meeting", "item__case", "step").order_by("-decided_at", "-pk")


def undecided(user: User) -> int:
    """The items of meetings that were held whose decision is not recorded yet, where somebody decides."""
    where = regions_of_bureau(user, CasePermission.DECIDE)
    held = Meeting.objects.filter(where, held_at__isnull=False, closed_at__isnull=True)
    return AgendaItem.objects.filter(meeting__in=held, is_open=True).count()


def without_minutes(user: User, permission: CasePermission) -> int:
    """The meetings that were held and have no number of minutes yet, where somebody has a permission."""
    where = regions_of_bureau(user, permission)
    return Meeting.objects.filter(where, held_at__isnull=False, closed_at__isnull=True).count()
