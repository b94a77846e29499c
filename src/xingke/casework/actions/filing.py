"""The records that a step files, in the act of the step: what is said once is entered once.

What was entered by one and is confirmed by another keeps its four eyes: of a step somebody takes who may confirm, the record is
entered by whoever last took a step and may enter, and confirmed by them. Where that is nobody else it is a draft of theirs.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from xingke.accounts.acts import Act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.models import CaseStep, Filed
from xingke.casework.queries import CaseRead
from xingke.casework.rules.flows import FlowStep, RecordTemplate
from xingke.casework.rules.templates import RecordFilled, filled
from xingke.ledger import actions as ledger
from xingke.ledger.kinds import KINDS
from xingke.ledger.kinds.record_kind import DetailType
from xingke.ledger.queries.records import same_things
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Person


def file_records(read: CaseRead, row: CaseStep, step: FlowStep, known: Mapping[str, Any], done: Act) -> None:
    """File what a step files. Raises Refused with what speaks against a record; then the step is not taken either."""
    for template in step.files:
        for number, each in enumerate(filled(template, {**_said_by(read, row), **known}, {})):
            _file(read, row, template, each, number, done)


def _said_by(read: CaseRead, row: CaseStep) -> dict[str, Any]:
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


def _file(read: CaseRead, row: CaseStep, template: RecordTemplate, new: RecordFilled, number: int, done: Act) -> None:
    kind, case = TABLES[new.kind], read.case
    organisation = Organisation.objects.filter(key=new.organisation).first() if new.organisation else None
    person = Person.objects.filter(key=new.person).first() if new.person else None
    author, confirmer = _signers(read, done)
    fields = _fields(new)
    key = derived_key("case", case.key, row.number, template.kind, template.event, number)
    event = ledger.NewEvent(
        event=new.event, on=new.on, region=case.region, organisation=organisation, measures=new.measures
    )
    same = same_things(
        kind, fields=fields, region=case.region, organisation=organisation, first=new.on, key=key, person=person
    )
    source = f"case:{case.key}"
    confirmed: dict[str, Any] = {"confirmed": confirmer is not None, "confirmed_by": confirmer}
    if same:
        record: UUID = same[0].record
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
    Filed(step=row, kind=new.kind, record=record).save()


def _signers(read: CaseRead, done: Act) -> tuple[User, User | None]:
    """Who enters a record, and who confirms it with this step; None where it stays a draft."""
    region = read.case.region
    earlier = [step.taken_by for step in reversed(read.steps) if step.taken_by is not None and step.taken_by != done.by]
    author = next((each for each in earlier if registry.may(each, Permission.RECORD_ENTER, at=region)), None)
    if done.by is not None and author is not None and registry.may(done.by, Permission.RECORD_CONFIRM, at=region):
        return author, done.by
    if done.by is not None and registry.may(done.by, Permission.RECORD_ENTER, at=region):
        return done.by, None
    if author is not None:
        return author, None
    raise Refused(say("这一步要登记台账记录，但经手的人都没有登记的权限；请先由科室人员受理。"))


def _fields(new: RecordFilled) -> dict[str, Any]:
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
