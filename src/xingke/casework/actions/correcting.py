"""Correcting what a step answered, and in the same act the records that were filled with it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from xingke.accounts.acts import Act
from xingke.base.keys import derived_key
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.actions.filing import case_values, filled_of, ledger_fields
from xingke.casework.models import CaseStep, Filed
from xingke.casework.queries import CaseRead, newest_answers
from xingke.casework.queries.seen import first_of
from xingke.casework.rules.templates import RecordFilled
from xingke.ledger import actions as ledger
from xingke.ledger.kinds.matter import KIND as MATTER
from xingke.ledger.models import EventVersion, Version
from xingke.ledger.queries import may_change_at_once
from xingke.ledger.tables import TABLES
from xingke.registry.models import Organisation


def step_to_correct(read: CaseRead, number: int, by: int | None) -> CaseStep:
    """The step whose answers are to be corrected. Raises Refused where there is nothing to correct, or they are one's own."""
    found = next((step for step in read.steps if step.number == number), None)
    if found is None or not found.form:
        raise Refused(say("这一步没有填表单，没有可以更正的内容。"))
    last = next(step for step in reversed(read.steps) if step.form == found.form)
    if last.number != number:
        raise Refused(say("这张表单后来又填过，请更正最新的那一次（第%(n)s步）。", n=last.number))
    first = read.flow.steps.get(first_of(read, found).step)
    if first is not None and first.through is not None:
        raise Refused(say("“%(step)s”的内容不在这里更正：由下一次会议、公示或拨付办。", step=first.label))
    if by is not None and by in (found.taken_by_id, found.vouched_by_id):
        raise Refused(say("更正须由填写人以外的人办。"))
    return found


def correct_records(read: CaseRead, corrected: CaseStep, reason: str, done: Act) -> None:
    """Let the records that a case filed say what they would have said had the corrected answers been given then.

    corrected: the correction. What was answered anew after a record was filed does not change it.

    What takes two people is proposed, and changes once another accepts it. Raises Refused where a record cannot be corrected so: then
    nothing is.
    """
    origin = first_of(read, corrected)
    for row in read.steps:
        step = read.flow.steps.get(row.step)
        if step is None or not step.files or row.number < origin.number:
            continue
        known = _known_at(read, row, corrected)
        own = set(Filed.objects.filter(step=row).exclude(kind=MATTER.code).values_list("record", flat=True))
        wanted = dict(_wanted(read, row, known))
        if wanted.keys() != own:
            raise Refused(say("“%(step)s”登记的记录不止出自这件事，或者条数变了，请在台账里更正。", step=step.label))
        for key, new in wanted.items():
            _correct(new, key, reason, done)


def _known_at(read: CaseRead, row: CaseStep, corrected: CaseStep) -> dict[str, Any]:
    """What was known when a step was taken, had the corrected answers, and those corrected before, been given where they belong."""
    answers = {step.number: step.answers for step in read.steps if not step.corrects}
    for each in (*(step for step in read.steps if step.corrects), corrected):
        answers[first_of(read, each).number] = each.answers
    own = (step for step in read.steps if not step.corrects and step.number <= row.number)
    return newest_answers((step.form, answers[step.number]) for step in own)


def _wanted(read: CaseRead, row: CaseStep, known: Mapping[str, Any]) -> Iterator[tuple[UUID, RecordFilled]]:
    """What a step would file now, by the keys of the records it filed."""
    values = {**case_values(read, row), **known}
    for place, template in enumerate(read.flow.steps[row.step].files):
        for number, each in enumerate(filled_of(read, template, values)):
            yield derived_key("case", read.case.key, row.number, place, number), each


def _correct(new: RecordFilled, record: UUID, reason: str, done: Act) -> None:
    kind = TABLES[new.kind]
    subject = kind.subject._default_manager.get(record=record, seq_to__isnull=True)
    events = kind.event._default_manager.filter(subject=record, seq_to__isnull=True, event=new.event)
    event: EventVersion | None = events.order_by("step").first()
    if event is None:
        raise Refused(say("台账里已经没有这一步登记的那条记录，请在台账里核对。"))
    if missing := next((name for name in new.wanted if name not in new.measures), ""):
        word = next(measure.word for measure in kind.names.measured if measure.name == missing)
        raise Refused(say("“%(measure)s”没有填写，登记的台账记录不能这样更正。", measure=word))
    details = {each.name: each.nothing for each in kind.names.details if each.name in new.said}
    wanted = {**details, **ledger_fields(new)}
    fields = {name: value for name, value in wanted.items() if getattr(subject, name) != value}
    organisation = Organisation.objects.filter(key=new.organisation).first() if new.organisation else None
    unsaid = {name: None for name in kind.measures if name in new.said}
    said = {**unsaid, **new.measures, "happened_on": new.on, "organisation": organisation}
    changes = {name: value for name, value in said.items() if getattr(event, name) != value}
    if fields:
        _change(ledger.correct_subject, new.kind, subject, fields, reason, done)
        event = events.order_by("step").first() or event
    if changes:
        _change(ledger.correct_event, new.kind, event, changes, reason, done)


def _change(
    correct: Callable[..., object], kind: str, row: Version, changes: Mapping[str, Any], reason: str, done: Act
) -> None:
    """Correct a record at once, or propose it where another has to accept it."""
    at_once = may_change_at_once(kind, row, done.account, [row.region]).allowed
    do = correct if at_once else ledger.propose_correction
    do(
        kind=kind,
        record=row.record,
        version=row.version,
        changes=changes,
        reason=reason,
        by=done.account,
        now=done.now,
    )
