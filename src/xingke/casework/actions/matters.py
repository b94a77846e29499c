"""The 办件 of a case: filed by its own steps, in the act of each, so that what a bureau closed is counted like anything else.

Whoever took a step has said what follows from it, and enters it where they may enter records; what a firm or the clock said is entered by the
last who handled the case and may. Whoever takes a step and may confirm records confirms it, with what waits of this matter: it
is what the case shows them. Where nobody may enter yet, it is filed with the next step.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from xingke.accounts.acts import Act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.models import CaseStep, Filed
from xingke.casework.queries import CaseRead
from xingke.casework.rules.matters import MatterHappening, matter_events
from xingke.ledger import actions as ledger
from xingke.ledger.kinds.matter import KIND
from xingke.ledger.models import EventVersion, MatterEvent, State
from xingke.registry import queries as registry
from xingke.registry.queries.calendars import work_calendar

ENTER, CONFIRM = Permission.RECORD_ENTER, Permission.RECORD_CONFIRM
BUSINESS, OTHER = "matter_business", "other"


def file_matter(read: CaseRead, row: CaseStep, known: Mapping[str, Any], done: Act) -> None:
    """File what a step makes of the 办件 of its case. Raises Refused where the ledger says something that cannot be so."""
    if not read.flow.counts:
        return
    steps = [*read.steps, row]
    happened = matter_events(
        read.flow,
        [queries.taken(each) for each in steps],
        days=queries.days_in(read.definitions.asked, known),
        calendar=work_calendar(read.case.region),
    )
    record = matter_key(read.case.key)
    wanted = {event_key(read.case.key, each): each for each in happened}
    stands: dict[UUID, EventVersion] = {
        each.record: each for each in MatterEvent.objects.filter(subject=record, seq_to__isnull=True)
    }
    if stands and all(each.state == State.VOID for each in stands.values()):
        return  # somebody has said in the ledger that it is none
    source = f"case:{read.case.key}"
    fresh = {key: each for key, each in wanted.items() if key not in stands}
    beside = [
        each for key, each in stands.items() if key not in wanted and each.source == source and each.state != State.VOID
    ]
    ours = event_keys(read.case.key, (step.number for step in read.steps)) if beside else set()
    undone = [each for each in beside if each.record in ours]
    try:
        written = _take_back(read, row, undone, done)
        written += _enter(read, steps, fresh, bool(stands), done)
    except Refused as refusal:
        raise Refused(say("这件事的办件记录登记不了：%(why)s", why=refusal.saying)) from refusal
    if written:
        Filed(step=row, kind=KIND.code, record=record).save()


def matter_key(case: UUID) -> UUID:
    """The record of the 办件 of a case."""
    return derived_key("case", case, KIND.code)


def event_key(case: UUID, happened: MatterHappening) -> UUID:
    """An event of it: by the step it follows from, so that nothing is filed twice."""
    return derived_key("case", case, KIND.code, happened.number, happened.event)


def event_keys(case: UUID, numbers: Iterable[int]) -> set[UUID]:
    """All events that some steps of a case can have filed; what somebody entered beside them is theirs."""
    names = [each.code for each in KIND.happens]
    return {derived_key("case", case, KIND.code, number, name) for number in numbers for name in names}


def _take_back(read: CaseRead, row: CaseStep, undone: Sequence[EventVersion], done: Act) -> int:
    """The end of what is taken up again is void: it counts when it ends."""
    if undone and (row.taken_by is None or not registry.may(row.taken_by, CONFIRM, at=read.case.region)):
        raise Refused(say("重新办理要作废已登记的办结，您没有确认台账记录的权限。"))
    for each in sorted(undone, key=lambda event: -event.step):  # whether it was in time first
        assert row.taken_by is not None
        ledger.void_event(
            kind=KIND.code,
            record=each.record,
            version=each.version,
            reason=row.opinion or str(say("重新办理")),
            by=row.taken_by,
            now=done.now,
        )
    return len(undone)


def _enter(
    read: CaseRead, steps: Sequence[CaseStep], fresh: Mapping[UUID, MatterHappening], stands: bool, done: Act
) -> int:
    """Enter what has happened since; by whom, and confirmed by whom, see the module."""
    region, taker = read.case.region, done.by
    handled = _who_may_enter(steps, region) if fresh else {}
    if not handled:
        return 0
    confirmer = taker if taker is not None and registry.may(taker, CONFIRM, at=region) else None
    by_author: dict[int, list[UUID]] = {}
    authors: dict[int, User] = {}
    last = handled[max(handled)]
    for key, each in fresh.items():
        author = handled.get(each.number, last)
        authors[author.pk] = author
        by_author.setdefault(author.pk, []).append(key)
    for pk, keys in by_author.items():
        events = [_new_event(read, key, fresh[key]) for key in keys]
        _file(read, events, stands, authors[pk], confirmer, done)
        stands = True
    return len(fresh)


def _who_may_enter(steps: Sequence[CaseStep], region: Any) -> dict[int, User]:
    """Those who took the steps and may enter records, by the number of the step."""
    people = {step.taken_by.pk: step.taken_by for step in steps if step.taken_by is not None}
    allowed = {pk for pk, person in people.items() if registry.may(person, ENTER, at=region)}
    return {step.number: step.taken_by for step in steps if step.taken_by is not None and step.taken_by.pk in allowed}


def _new_event(read: CaseRead, key: UUID, happened: MatterHappening) -> ledger.NewEvent:
    return ledger.NewEvent(
        event=happened.event, on=happened.on, region=read.case.region, key=key, measures=happened.days
    )


def _file(
    read: CaseRead, events: Sequence[ledger.NewEvent], stands: bool, author: User, confirmer: User | None, done: Act
) -> None:
    """File it, or further events of it; who confirms them confirms what waits of it, too."""
    case = read.case
    key, source = matter_key(case.key), f"case:{case.key}"
    if stands:
        ledger.add_events(
            kind=KIND.code,
            subject=key,
            events=events,
            by=author,
            now=done.now,
            source=source,
            confirmed_by=confirmer,
        )
        return
    history = ledger.NewHistory(
        fields={"business": _business(case.flow), "name": case.title, "number": case.number},
        region=case.region,
        organisation=case.organisation,
        person=case.person,
        events=events,
        is_fictional=case.is_fictional,
        key=key,
    )
    ledger.file_histories(
        kind=KIND.code,
        histories=[history],
        by=author,
        now=done.now,
        source=source,
        confirmed=confirmer is not None,
        confirmed_by=confirmer,
    )


def _business(flow: str) -> str:
    """The business a flow is counted under: the term of its own code, where a pack has one."""
    return flow if registry.term(BUSINESS, flow) is not None else OTHER
