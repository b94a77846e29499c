"""Meetings: calling one, its agenda, who was there, what was decided, its minutes. What was decided is one act, each case a part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from xingke.accounts import actions as accounts
from xingke.accounts.actions import StoredFile
from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.casework import queries
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.models import (
    AgendaItem,
    AgendaPaper,
    AgendaWithdrawal,
    Case,
    CaseStep,
    Decision,
    Meeting,
    MeetingDuty,
    MeetingPerson,
)
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import PREPARES, possible_through, require_home, steps_through
from xingke.casework.queries.meetings import people_of
from xingke.casework.rules.flows import Through
from xingke.casework.rules.meetings import LONGEST_NAME, MeetingVerdict, Presence, lawful, quorum
from xingke.registry import queries as registry
from xingke.registry.models import Region

MOST_WORDS = 2000
KINDS = "meeting_kind"  # the list of terms


@dataclass(frozen=True)
class CaseRefused:
    """A case of a common act that was left out, and why; the others went on."""

    case: Case
    why: Saying


@dataclass(frozen=True, kw_only=True)
class NewMeeting:
    """A meeting to be called. quorum: see ``rules.meetings.quorum``. key: the same from one page, so that a second press calls none."""

    kind: str
    region: Region
    on: date
    place: str = ""
    quorum: str = "1/2"
    key: UUID = field(default_factory=new_key)


def call_meeting(*, new: NewMeeting, by: User, now: datetime) -> Meeting:
    """Call a meeting; it gets the next number of its kind in the year. Raises Refused."""
    require_home(by, new.region, *PREPARES)
    if registry.term(KINDS, new.kind) is None:
        raise Refused(say("没有“%(kind)s”这一种会议，请从列表里选。", kind=new.kind[:40]))
    quorum(new.quorum)
    with act(by=by, now=now, code="meeting.called", kind="meeting", target=str(new.key)) as done:
        done.lock()
        said = {"region": new.region, "kind": new.kind, "on": new.on, "place": new.place.strip(), "called_by": by}
        if there := pressed_before(Meeting, new.key, **said):
            done.nothing()
            return there
        year = new.on.year
        same = Meeting.objects.filter(region=new.region, kind=new.kind, year=year)
        meeting = Meeting.objects.create(
            key=new.key,
            region=new.region,
            kind=new.kind,
            year=year,
            number=(same.aggregate(last=Max("number"))["last"] or 0) + 1,
            on=new.on,
            place=new.place.strip(),
            quorum=new.quorum.strip(),
            is_fictional=new.region.is_fictional,
            seq=done.seq,
            called_at=now,
            called_by=by,
        )
        done.says(meeting_kind=new.kind, number=_number(meeting), on=new.on.isoformat())
    return meeting


@dataclass(frozen=True, kw_only=True)
class CaseForAgenda:
    """A case to be put on an agenda, with what lies before the meeting. corrects: what an earlier meeting decided of it and was wrong."""

    case: Case
    summary: str = ""
    files: Sequence[StoredFile] = ()
    corrects: Decision | None = None


@dataclass(frozen=True)
class AgendaPut:
    """The items that were put on an agenda, and the cases that were not."""

    items: Sequence[AgendaItem]
    refused: Sequence[CaseRefused]


def put_on_agenda(*, meeting: Meeting, cases: Sequence[CaseForAgenda], by: User, now: datetime) -> AgendaPut:
    """Put cases at the end of an agenda. What is on it already stays; each that cannot be put is told. Raises Refused for all of them."""
    require_home(by, meeting.region, *PREPARES)
    with act(by=by, now=now, code="meeting.agenda-put", kind="meeting", target=str(meeting.key)) as done:
        done.lock()
        meeting = Meeting.objects.select_related("region").get(pk=meeting.pk)
        if meeting.closed_at is not None:
            raise Refused(say("会议已经办结，不能再改议程。"))
        items, refused, new = [], [], 0
        for each in cases:
            there = AgendaItem.objects.filter(meeting=meeting, case=each.case, is_open=True).first()
            try:
                items.append(there or _put(meeting, each, by, done))
                new += there is None
            except Refused as why:
                refused.append(CaseRefused(each.case, why.saying))
        if not new:
            done.nothing()
        else:
            done.says(
                count=new, number=_number(meeting), cases=_names(item.case for item in items), not_done=len(refused)
            )
    return AgendaPut(items, refused)


def _number(meeting: Meeting) -> str:
    return f"{meeting.year}-{meeting.number}"


def _names(cases: Any) -> list[str]:
    return [str(case) for case in cases][:50]


def _put(meeting: Meeting, wanted: CaseForAgenda, by: User, done: Act) -> AgendaItem:
    """Everything that can be refused is asked before anything is written."""
    case = wanted.case
    if case.region_id != meeting.region_id or not queries.cases_seen(by).filter(pk=case.pk).exists():
        raise Refused(say("这件事不在“%(region)s”办，不能上这次会。", region=meeting.region.name))
    if len(wanted.summary) > 500:
        raise Refused(say("提要最多500字。"))
    other = AgendaItem.objects.filter(case=case, is_open=True).select_related("meeting").first()
    if other is not None:
        raise Refused(say("已经在%(day)s的会议议程里。", day=other.meeting.on.isoformat()))
    if wanted.corrects is not None:
        if wanted.corrects.item.case_id != case.pk or wanted.corrects.item.meeting_id == meeting.pk:
            raise Refused(say("要更正的须是以前的会议对这件事的决定。"))
    else:
        newest = CaseStep.objects.get(case=case, seq_to__isnull=True)
        flow = queries.definitions_of(case).flow
        where = flow.steps.get(newest.stands)
        if newest.ended or where is None or not steps_through(where, Through.MEETING, dict(flow.steps)):
            raise Refused(say("还没有走到要上会的一步，或者已经办过了。"))
        if not possible_through([newest], Through.MEETING):
            raise Refused(say("按填写的内容，这件事不由会议决定。"))
    last = meeting.items.aggregate(last=Max("place"))["last"] or 0
    item = AgendaItem.objects.create(
        meeting=meeting,
        case=case,
        place=last + 1,
        summary=wanted.summary.strip(),
        corrects=wanted.corrects,
        put_at=done.now,
        put_by=by,
    )
    for file in wanted.files:
        kept = accounts.keep_attachment(file=file, by=by, now=done.now)
        AgendaPaper.objects.create(item=item, attachment=kept)
    return item


def take_off(*, item: AgendaItem, by: User, now: datetime) -> None:
    """Take a case off an agenda; a second press does nothing. Raises Refused once it was decided."""
    require_home(by, item.meeting.region, *PREPARES)
    with act(by=by, now=now, code="meeting.agenda-off", kind="meeting", target=str(item.meeting.key)) as done:
        done.lock()
        item.refresh_from_db()
        if item.taken_off_at is not None:
            done.nothing()
            return
        if not item.is_open:
            raise Refused(say("这一项已经记下决定，不能撤下。"))
        item.is_open, item.taken_off_at, item.taken_off_by = False, now, by
        item.save(update_fields=["is_open", "taken_off_at", "taken_off_by"])
        done.says(cases=[str(item.case)], number=_number(item.meeting))


@dataclass(frozen=True)
class PersonThere:
    """Somebody who was asked to a meeting: whether they were there."""

    name: str
    presence: Presence = Presence.PRESENT
    user: User | None = None


def hold_meeting(
    *, meeting: Meeting, people: Sequence[PersonThere], due: int, seen: int, by: User, now: datetime
) -> Meeting:
    """Record who was there. due: how many belong to the meeting. seen: the number of the record whoever writes has seen; 0 for none.

    It may be recorded anew until the first decision; the earlier record ends. Raises Refused where too few were there.
    """
    require_home(by, meeting.region, *PREPARES)
    names = [each.name.strip() for each in people]
    if not all(names) or len(set(names)) != len(names):
        raise Refused(say("每个参会的人写一次，姓名不能空。"))
    if any(len(name) > LONGEST_NAME for name in names):
        raise Refused(say("一个姓名最多%(most)s个字，请用顿号隔开。", most=LONGEST_NAME))
    present = sum(each.presence is Presence.PRESENT for each in people)
    with act(by=by, now=now, code="meeting.held", kind="meeting", target=str(meeting.key)) as done:
        done.lock()
        meeting = Meeting.objects.select_related("region").get(pk=meeting.pk)
        before = people_of(meeting)
        if meeting.held_at is not None and _same(before, people) and meeting.due == due:
            done.nothing()
            return meeting
        if (before[0].seq_from if before else 0) != seen:
            raise Refused(say("另一人已经记下了到会情况，请刷新后再看。"))
        if meeting.closed_at is not None or Decision.objects.filter(item__meeting=meeting).exists():
            raise Refused(say("已经记下决定，到会情况不能再改。"))
        if meeting.on > timezone.localtime(now).date():
            raise Refused(say("会议在%(day)s开，还没有到。", day=meeting.on.isoformat()))
        lawful(quorum(meeting.quorum), due=due, present=present).or_refuse()
        meeting.people.filter(seq_to__isnull=True).update(seq_to=done.seq)
        MeetingPerson.objects.bulk_create(
            MeetingPerson(meeting=meeting, name=name, user=each.user, presence=each.presence, seq_from=done.seq)
            for name, each in zip(names, people, strict=True)
        )
        meeting.held_at, meeting.held_by, meeting.due = now, by, due
        meeting.save(update_fields=["held_at", "held_by", "due"])
        done.says(number=_number(meeting), present=present, due=due)
    return meeting


def _same(before: Sequence[MeetingPerson], people: Sequence[PersonThere]) -> bool:
    return [(each.name, each.presence, each.user_id) for each in before] == [
        (each.name.strip(), each.presence.value, each.user.pk if each.user else None) for each in people
    ]


@dataclass(frozen=True, kw_only=True)
class DutyWanted:
    """What somebody is charged with by a decision."""

    text: str
    due: date
    responsible: User


@dataclass(frozen=True, kw_only=True)
class ItemDecision:
    """What is to be recorded of one item. step: the one that is taken; typed, files: what its form asks; seen: the last step of the case whoever
    records has seen. words: the opinion, or why it was put off. withdrawn: the names of those who left for it."""

    item: AgendaItem
    verdict: MeetingVerdict
    step: str = ""
    typed: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[StoredFile] = ()
    assignee: User | None = None
    seen: int = 0
    words: str = ""
    withdrawn: Sequence[str] = ()
    duties: Sequence[DutyWanted] = ()


@dataclass(frozen=True)
class DecisionsTaken:
    """What was recorded, and the cases of which nothing was, each with why."""

    decisions: Sequence[Decision]
    refused: Sequence[CaseRefused]


def decide(*, meeting: Meeting, decisions: Sequence[ItemDecision], by: User, now: datetime) -> DecisionsTaken:
    """Record what a meeting decided: one act, in which each case is a part that stands or falls alone.

    Each step is taken as of the day of the meeting by whoever records it, who must be one that may take it. A decision that was recorded by the same
    person with the same words is given back. Raises Refused for all where the meeting was not held or is closed.
    """
    require_home(by, meeting.region, CasePermission.DECIDE)
    with act(by=by, now=now, code="meeting.decided", kind="meeting", target=str(meeting.key)) as done:
        done.lock()
        meeting = Meeting.objects.select_related("region").get(pk=meeting.pk)
        if meeting.held_at is None:
            raise Refused(say("请先记下到会情况，再记决定。"))
        if meeting.closed_at is not None:
            raise Refused(say("会议已经办结；决定有误的，由以后的会议更正。"))
        people = {each.name: each for each in people_of(meeting)}
        taken, refused, new = [], [], 0
        for each in decisions:
            item = AgendaItem.objects.select_related("case__region", "case__organisation", "case__person").get(
                pk=each.item.pk
            )
            there = Decision.objects.filter(item=item).select_related("step").first()
            try:
                if there is not None:
                    taken.append(_again(there, each, by))
                    continue
                taken.append(_decide(meeting, item, each, people, done))
                new += 1
            except Refused as why:
                refused.append(CaseRefused(item.case, why.saying))
        if not new:
            done.nothing()
        else:
            decided = _names(each.item.case for each in taken)
            done.says(count=new, number=_number(meeting), cases=decided, not_done=len(refused))
    return DecisionsTaken(taken, refused)


def _again(there: Decision, wanted: ItemDecision, by: User) -> Decision:
    """What a second press recorded the first time; Refused where it is something else, or somebody else's."""
    same = (there.verdict, there.words, there.decided_by_id) == (wanted.verdict, wanted.words.strip(), by.pk)
    if same and (there.step.step if there.step is not None else "") == wanted.step:
        return there
    raise Refused(say("这一项已经记下决定；有误的，由以后的会议更正。"))


def _decide(
    meeting: Meeting, item: AgendaItem, wanted: ItemDecision, people: Mapping[str, MeetingPerson], done: Act
) -> Decision:
    """Everything that can be refused is asked before anything is written; the step itself is asked last."""
    if item.meeting_id != meeting.pk or not item.is_open:
        raise Refused(say("这件事不在这次会议的议程里。"))
    left = _withdrawn(meeting, wanted, people, done.account)
    words = wanted.words.strip()
    if len(words) > MOST_WORDS:
        raise Refused(say("意见最多%(most)s字，现有%(there)s字。", most=MOST_WORDS, there=len(words)))
    if wanted.verdict is not MeetingVerdict.STEP and not words:
        raise Refused(say("请写明缓议或更正的理由。"))
    if (wanted.verdict is MeetingVerdict.AMENDED) is (item.corrects_id is None):
        raise Refused(say("更正前次决定的议题记“更正”，别的议题不记。"))
    _refuse_duties(meeting, wanted.duties)
    step = _step(meeting, item.case, wanted, words, done) if wanted.verdict is MeetingVerdict.STEP else None
    decision = Decision.objects.create(
        item=item,
        verdict=wanted.verdict,
        step=step,
        words=words,
        seq=done.seq,
        decided_at=done.now,
        decided_by=done.account,
    )
    AgendaItem.objects.filter(pk=item.pk).update(is_open=False)
    AgendaWithdrawal.objects.bulk_create(AgendaWithdrawal(item=item, person=person) for person in left)
    MeetingDuty.objects.bulk_create(
        MeetingDuty(decision=decision, text=each.text.strip(), due=each.due, responsible=each.responsible)
        for each in wanted.duties
    )
    return decision


def _withdrawn(
    meeting: Meeting, wanted: ItemDecision, people: Mapping[str, MeetingPerson], by: User
) -> list[MeetingPerson]:
    """Who left for an item; without them there must still be enough, and none of them records what was decided."""
    unknown = [name for name in wanted.withdrawn if name not in people]
    if unknown:
        raise Refused(say("“%(name)s”不在参会人员里，不能记回避。", name=unknown[0][:64]))
    left = [people[name] for name in dict.fromkeys(wanted.withdrawn)]
    if any(each.user_id == by.pk for each in left):
        raise Refused(say("您在这一项回避，请由别人记下决定。"))
    present = [each for each in people.values() if each.presence == Presence.PRESENT]
    lawful(
        quorum(meeting.quorum),
        due=meeting.due or 0,
        present=len(present),
        withdrawn=sum(each in present for each in left),
    ).or_refuse()
    return left


def _refuse_duties(meeting: Meeting, duties: Sequence[DutyWanted]) -> None:
    for each in duties:
        if not each.text.strip() or len(each.text) > 500:
            raise Refused(say("交办事项写1到500字。"))
        if each.due < meeting.on:
            raise Refused(say("交办的期限%(day)s在开会以前。", day=each.due.isoformat()))
        if not registry.may(each.responsible, CasePermission.READ, at=meeting.region):
            raise Refused(say("“%(name)s”在这里没有查看事项的权限，不能接着办。", name=each.responsible.name))


def _step(meeting: Meeting, case: Case, wanted: ItemDecision, words: str, done: Act) -> CaseStep:
    last = CaseStep.objects.get(case=case, seq_to__isnull=True)
    if last.on > meeting.on:
        raise Refused(say("这件事的上一步在%(day)s办，在开会以后。", day=last.on.isoformat()))
    as_wanted = StepWanted(
        step=wanted.step,
        typed=wanted.typed,
        files=wanted.files,
        opinion=words,
        assignee=wanted.assignee,
        through=Through.MEETING,
        on=meeting.on,
    )
    return take_step(case=case, wanted=as_wanted, seen=wanted.seen or last.number, by=done.account, now=done.now)


def close_meeting(*, meeting: Meeting, minutes_number: str, by: User, now: datetime) -> Meeting:
    """Close a meeting with the number of its minutes. Raises Refused while an item is undecided; a second press does nothing."""
    require_home(by, meeting.region, *PREPARES)
    number = minutes_number.strip()
    if not number or len(number) > 64:
        raise Refused(say("请填纪要号，最多64字，例如“局长办公会议纪要〔2026〕3号”。"))
    with act(by=by, now=now, code="meeting.closed", kind="meeting", target=str(meeting.key)) as done:
        done.lock()
        meeting = Meeting.objects.select_related("region").get(pk=meeting.pk)
        if meeting.closed_at is not None and meeting.minutes_number == number:
            done.nothing()
            return meeting
        if meeting.closed_at is not None:
            raise Refused(say("会议已经以“%(number)s”办结。", number=meeting.minutes_number))
        if meeting.held_at is None:
            raise Refused(say("请先记下到会情况，再记决定。"))
        if left := meeting.items.filter(is_open=True).count():
            raise Refused(say("还有%(count)s项没有记下决定；没有议到的，请记缓议或从议程撤下。", count=left))
        if Meeting.objects.filter(region=meeting.region, minutes_number=number).exists():
            raise Refused(say("纪要号“%(number)s”已经用在另一次会议上。", number=number))
        meeting.minutes_number, meeting.closed_at, meeting.closed_by = number, now, by
        meeting.save(update_fields=["minutes_number", "closed_at", "closed_by"])
        done.says(number=_number(meeting), minutes=number)
    return meeting
