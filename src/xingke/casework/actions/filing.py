"""The records that a step files, in the act of the step: what is said once is entered once.

Four eyes stay two people and nobody confirms twice: what others have said is entered by the last of them who may enter, and
confirmed by whoever takes the step and may confirm. What they say themselves is a draft of theirs, or is refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from xingke.accounts.acts import Act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.models import Case, CaseStep, Filed
from xingke.casework.queries import CaseRead
from xingke.casework.rules.flows import FlowStep, RecordTemplate
from xingke.casework.rules.forms import FieldType
from xingke.casework.rules.templates import RecordFilled, filled, names_used
from xingke.ledger import actions as ledger
from xingke.ledger.kinds import KINDS
from xingke.ledger.kinds.record_kind import DetailType, Identity
from xingke.ledger.models import State
from xingke.ledger.queries.records import same_things
from xingke.ledger.tables import TABLES, Kind
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Person

ENTER, CONFIRM = Permission.RECORD_ENTER, Permission.RECORD_CONFIRM


def file_records(read: CaseRead, row: CaseStep, step: FlowStep, known: Mapping[str, Any], done: Act) -> None:
    """File what a step files. Raises Refused with what speaks against a record; then the step is not taken either."""
    values = {**case_values(read, row), **known}
    for place, template in enumerate(step.files):
        signers = _signers(read, row, template, done)
        for number, each in enumerate(filled_of(read, template, values)):
            _file(read, row, each, derived_key("case", read.case.key, row.number, place, number), signers, done)


def filled_of(read: CaseRead, template: RecordTemplate, values: Mapping[str, Any]) -> list[RecordFilled]:
    """A template of a case, filled: one record, or one for each row of its table."""
    table = read.definitions.asked.get(template.each)
    columns = [column.name for column in table.columns] if table is not None else []
    return list(filled(template, values, _words_of_terms(read, values), columns))


def _words_of_terms(read: CaseRead, values: Mapping[str, Any]) -> dict[str, str]:
    """How terms read within a text."""
    asked = [each for each in read.definitions.asked.values() if each.type is FieldType.TERM and values.get(each.name)]
    found = {each.name: registry.term(each.list, values[each.name]) for each in asked}
    return {name: term.label.zh for name, term in found.items() if term is not None}


def case_values(read: CaseRead, row: CaseStep) -> dict[str, Any]:
    """What the case says itself, see ``rules.templates.CASE_NAMES``."""
    case = read.case
    return {
        "number": case.number,
        "title": case.title,
        "organisation": str(case.organisation.key) if case.organisation else "",
        "person": str(case.person.key) if case.person else "",
        "region": case.region.code,
        "day": row.on.isoformat(),
    }


def _file(
    read: CaseRead, row: CaseStep, new: RecordFilled, key: UUID, signers: tuple[User, User | None], done: Act
) -> None:
    kind, case = TABLES[new.kind], read.case
    organisation = Organisation.objects.filter(key=new.organisation).first() if new.organisation else None
    person = Person.objects.filter(key=new.person).first() if new.person else None
    author, confirmer = signers
    fields = ledger_fields(new)
    measures = {measure.name: measure for measure in kind.names.measured}
    if missing := next((name for name in new.wanted if name not in new.measures), ""):
        raise Refused(say("“%(measure)s”没有填写，这一步登记不了台账记录。", measure=measures[missing].word))
    event = ledger.NewEvent(
        event=new.event, on=new.on, region=case.region, organisation=organisation, measures=new.measures
    )
    same = same_things(
        kind, fields=fields, region=case.region, organisation=organisation, first=new.on, key=key, person=person
    )
    source = f"case:{case.key}"
    confirmed: dict[str, Any] = {"confirmed": confirmer is not None, "confirmed_by": confirmer}
    if same and Filed.objects.filter(record=same[0].record).exclude(step__case__in=_family(case)).exists():
        raise Refused(say("另一件事项已经登记了同样的一条记录，请核对名称和编号。"))
    stands = _stands(kind, same, new)
    if stands is not None:
        record: UUID = stands.subject
        _file_nothing_twice(kind, stands, new, confirmer, done)
    elif same:
        record = same[0].record
        ledger.add_event(
            kind=new.kind, subject=record, event=event, by=author, now=done.now, source=source, **confirmed
        )
    else:
        record = key
        history = ledger.NewHistory(
            fields=fields,
            region=case.region,
            organisation=organisation,
            events=[event],
            is_fictional=case.is_fictional,
            key=key,
            person=person,
        )
        ledger.file_histories(kind=new.kind, histories=[history], by=author, now=done.now, source=source, **confirmed)
    if record == key or not Filed.objects.filter(step=row, record=record).exists():
        Filed(step=row, record=record, kind=new.kind).save(force_insert=True)


def _stands(kind: Kind, same: Sequence[Any], new: RecordFilled) -> Any | None:
    """The event that says already what would be filed, of a kind of which one name has many on different days: never one more."""
    if not same or kind.names.identity is not Identity.NAME_AND_DAY:
        return None
    alive = kind.event._default_manager.filter(subject=same[0].record, seq_to__isnull=True).exclude(state=State.VOID)
    return alive.filter(event=new.event, happened_on=new.on).order_by("step").first()


def _file_nothing_twice(kind: Kind, stands: Any, new: RecordFilled, confirmer: User | None, done: Act) -> None:
    """Let what stands in the ledger be what the step says, confirmed with it. Raises Refused where it says another number."""
    for measure in kind.names.measured:
        if measure.name in new.measures and getattr(stands, measure.name) != new.measures[measure.name]:
            raise Refused(
                say(
                    "台账里已有同一天同样的一条记录，“%(measure)s”与这里填的不同；请核对后更正台账，或退回补正。",
                    measure=measure.word,
                )
            )
    if stands.state == State.DRAFT and confirmer is not None:
        ledger.confirm_event(kind=new.kind, record=stands.record, version=stands.version, by=confirmer, now=done.now)


def _family(case: Case) -> list[int]:
    """A case and those above and below it: what they say, they say of one thing."""
    above = [case.parent_id] if case.parent_id is not None else []
    return [case.pk, *above, *case.children.values_list("pk", flat=True)]


def _signers(read: CaseRead, row: CaseStep, template: RecordTemplate, done: Act) -> tuple[User, User | None]:
    """Who enters a record, and who confirms it with this step; None where it stays a draft.

    Where none of those who said it may enter, whoever takes the step enters it, and confirms it too if they may and the kind does not
    ask for two accounts.
    Whoever takes the step confirms what others have said, and never what they say themselves.
    """
    region, taker = read.case.region, done.by
    used = names_used(template)
    said_now = used & set(row.answers)
    handled = [step for step in reversed(read.steps) if step.taken_by is not None and step.taken_by != taker]
    is_others = taker is not None and not said_now and not _said_by_taker(read, used, taker)
    said_by = (step.taken_by for step in handled if is_others and step.taken_by is not None)
    fitting = next(
        (each for each in said_by if registry.may(each, ENTER, at=region)), None
    )  # one at a time: each costs a query
    if taker is not None and fitting is not None:
        return fitting, taker if registry.may(taker, CONFIRM, at=region) else None
    if taker is not None and registry.may(taker, ENTER, at=region):
        if handled and is_others and not KINDS[template.kind].four_eyes and registry.may(taker, CONFIRM, at=region):
            return taker, taker  # said by whoever may not enter, as a commissioner: taking the step is the second look
        return taker, None
    raise Refused(say("登记的内容要由另一位有登记权限的人先填写或受理，再由您办这一步。"))


def _said_by_taker(read: CaseRead, used: frozenset[str], taker: User) -> bool:
    """Whether somebody gave one of the answers that a record is filled with, as they stand."""
    by_name: dict[str, int | None] = {}
    for step in read.steps:
        by_name |= dict.fromkeys(step.answers, step.taken_by_id or step.vouched_by_id)
    return any(by_name.get(name) == taker.pk for name in used)


def ledger_fields(new: RecordFilled) -> dict[str, Any]:
    """The columns of a record as the ledger keeps them: the details that are no texts in their own types."""
    details = {detail.name: detail for detail in KINDS[new.kind].details}
    fields = dict(new.fields)
    for name, value in new.fields.items():
        detail = details.get(name)
        if detail is not None and detail.type is DetailType.ORGANISATION:
            fields[name] = Organisation.objects.get(key=value)
        elif detail is None or detail.type is DetailType.TEXT:
            fields[name] = str(value)
    return fields
