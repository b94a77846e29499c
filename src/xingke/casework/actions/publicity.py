"""Publicity: showing cases to everybody for some days, what is said against it, and how that was answered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from xingke.accounts.actions import StoredFile
from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.actions.meetings import CaseRefused
from xingke.casework.models import Case, CaseFact, CaseStep, Objection, Publicity, PublicityItem
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import PREPARES, require_home
from xingke.casework.rules.flows import Through
from xingke.casework.rules.publicity import ObjectionEnd, amounts_shown, last_day, publicity_rule
from xingke.registry.models import Region
from xingke.registry.queries.calendars import work_calendar

MOST_WORDS = 2000
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True, kw_only=True)
class NewPublicity:
    """Publicity to be opened. step: the one that is taken by it. until: None for the day the flow says; never earlier. amount: the field of a form
    whose amounts are shown. key: the same from one page, so that a second press opens none."""

    region: Region
    flow: str
    step: str
    title: str
    contact: str
    since: date
    until: date | None = None
    text: str = ""
    published_in: str = ""
    amount: str = ""
    key: UUID = field(default_factory=new_key)


@dataclass(frozen=True, kw_only=True)
class CaseShown:
    """A case to be shown. typed, files: what the form of the step asks; seen: the last step whoever opens it has seen."""

    case: Case
    typed: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[StoredFile] = ()
    seen: int = 0


@dataclass(frozen=True)
class PublicityOpened:
    """Publicity that was opened, None where no case could be shown; and the cases that were left out."""

    publicity: Publicity | None
    refused: Sequence[CaseRefused]


def open_publicity(*, new: NewPublicity, cases: Sequence[CaseShown], by: User, now: datetime) -> PublicityOpened:
    """Show cases to everybody: one act, in which each takes its step or is left out alone. Raises Refused for all of them."""
    require_home(by, new.region, CasePermission.HANDLE, CasePermission.DECIDE)
    _refuse_texts(new, timezone.localtime(now).date())
    if not cases:
        raise Refused(say("请选至少一件要公示的事项。"))
    with act(by=by, now=now, code="publicity.opened", kind="publicity", target=str(new.key)) as done:
        done.lock()
        said = {"region": new.region, "title": new.title.strip(), "since": new.since, "opened_by": by}
        if there := pressed_before(Publicity, new.key, **said):
            done.nothing()
            return PublicityOpened(there, ())
        shown, refused, until = [], [], new.until or new.since
        for each in cases:
            try:
                last = _last_day(new, each.case)
                shown.append((each.case, _show(new, each, done)))
                until = max(until, last)
            except Refused as why:
                refused.append(CaseRefused(each.case, why.saying))
        if not shown:
            done.nothing()
            return PublicityOpened(None, refused)
        publicity = _keep(new, until, shown, done)
        done.says(
            count=len(shown),
            flow=new.flow,
            step=new.step,
            since=new.since.isoformat(),
            until=until.isoformat(),
            cases=[str(case) for case, _step in shown][:50],
            not_done=len(refused),
        )
    return PublicityOpened(publicity, refused)


def _refuse_texts(new: NewPublicity, today: date) -> None:
    """What everybody reads says who takes objections, and nobody's number of identity."""
    if not new.title.strip() or len(new.title) > 200:
        raise Refused(say("请写公示的标题，最多200字。"))
    if not new.contact.strip() or len(new.contact) > 300:
        raise Refused(say("请写由谁受理异议、怎样联系，最多300字。"))
    if any(_IDENTITY.search(text) for text in (new.title, new.text, new.contact)):
        raise Refused(say("公示里像是有身份证件号码，请删去。"))
    if new.since > today:
        raise Refused(say("公示从%(day)s起，还没有到；请在开始公示的那天登记。", day=new.since.isoformat()))
    if new.until is not None and new.until < new.since:
        raise Refused(say("公示的截止日期在开始日期以前。"))


def _last_day(new: NewPublicity, case: Case) -> date:
    """The last day of a case's publicity by its flow. Raises Refused where a shorter time was asked for, or none is known."""
    definitions = queries.definitions_of(case)
    step = definitions.flow.steps.get(new.step)
    if case.flow != new.flow or case.region_id != new.region.pk or step is None:
        raise Refused(say("一批公示只列同一个区划、同一类事项的同一步。"))
    if new.amount and new.amount not in {each.name for each in amounts_shown(definitions.asked, definitions.hidden)}:
        raise Refused(say("“%(field)s”不是可以公开的金额。", field=new.amount[:40]))
    rule = publicity_rule(definitions.flow, step)
    if rule is None and new.until is None:
        raise Refused(say("这类事项没有写明公示几天，请填截止日期。"))
    if rule is None:
        return new.until or new.since
    last = last_day(rule, begun=new.since, calendar=work_calendar(case.region))
    if new.until is not None and new.until < last:
        raise Refused(say("从%(since)s起要公示到%(until)s。", since=new.since.isoformat(), until=last.isoformat()))
    return last


def _show(new: NewPublicity, wanted: CaseShown, done: Act) -> CaseStep:
    last = CaseStep.objects.get(case=wanted.case, seq_to__isnull=True)
    if last.on > new.since:
        raise Refused(say("这件事的上一步在%(day)s办，在公示开始以后。", day=last.on.isoformat()))
    step = StepWanted(step=new.step, typed=wanted.typed, files=wanted.files, through=Through.PUBLICITY, on=new.since)
    return take_step(case=wanted.case, wanted=step, seen=wanted.seen or last.number, by=done.account, now=done.now)


def _keep(new: NewPublicity, until: date, shown: Sequence[tuple[Case, CaseStep]], done: Act) -> Publicity:
    publicity = Publicity.objects.create(
        key=new.key,
        region=new.region,
        flow=new.flow,
        step=new.step,
        title=new.title.strip(),
        text=new.text.strip(),
        published_in=new.published_in.strip(),
        contact=new.contact.strip(),
        amount=new.amount,
        since=new.since,
        until=until,
        is_fictional=any(case.is_fictional for case, _step in shown),
        seq=done.seq,
        opened_at=done.now,
        opened_by=done.account,
    )
    facts = CaseFact.objects.filter(case__in=[case for case, _step in shown], name=new.amount, seq_to__isnull=True)
    amounts = {fact.case_id: fact.number for fact in facts} if new.amount else {}
    PublicityItem.objects.bulk_create(
        PublicityItem(
            publicity=publicity,
            step=step,
            case=case,
            place=place,
            title=case.title,
            number=case.number,
            holder=case.organisation.name if case.organisation is not None else "",
            amount=amounts.get(case.pk),
        )
        for place, (case, step) in enumerate(shown, start=1)
    )
    return publicity


@dataclass(frozen=True, kw_only=True)
class NewObjection:
    """What somebody has against a publicity, or one of its cases. who: empty where no name is under it."""

    content: str
    on: date
    who: str = ""
    item: PublicityItem | None = None


def record_objection(*, publicity: Publicity, new: NewObjection, by: User, now: datetime) -> Objection:
    """Record an objection; until it is answered the case, or all of them, go no further. A second press records none."""
    require_home(by, publicity.region, *PREPARES)
    content = new.content.strip()
    if not content or len(content) > MOST_WORDS:
        raise Refused(say("请写异议的内容，最多%(most)s字。", most=MOST_WORDS))
    if not publicity.since <= new.on <= timezone.localtime(now).date():
        raise Refused(say("收到异议的日期要在公示开始以后、今天以前（含当天）。"))
    if new.item is not None and new.item.publicity_id != publicity.pk:
        raise Refused(say("这件事不在这一批公示里。"))
    with act(by=by, now=now, code="publicity.objected", kind="publicity", target=str(publicity.key)) as done:
        done.lock()
        said = {
            "publicity": publicity,
            "item": new.item,
            "who": new.who.strip()[:120],
            "on": new.on,
            "content": content,
        }
        there = Objection.objects.filter(**said).first()
        if there is not None:
            done.nothing()
            return there
        objection = Objection.objects.create(**said, seq=done.seq, received_at=now, received_by=by)
        done.says(cases=[str(new.item.case)] if new.item is not None else [], named=bool(new.who.strip()))
    return objection


def answer_objection(*, objection: Objection, end: ObjectionEnd, answer: str, by: User, now: datetime) -> Objection:
    """Say what became of an objection; a second press does nothing. Raises Refused where another answer stands."""
    require_home(by, objection.publicity.region, *PREPARES)
    words = answer.strip()
    if not words or len(words) > MOST_WORDS:
        raise Refused(say("请写怎样核实、怎样答复，最多%(most)s字。", most=MOST_WORDS))
    with act(by=by, now=now, code="publicity.answered", kind="publicity", target=str(objection.publicity.key)) as done:
        done.lock()
        objection = Objection.objects.select_related("publicity__region").get(pk=objection.pk)
        if objection.answered_at is not None:
            if (objection.end, objection.answer, objection.answered_by_id) == (end.value, words, by.pk):
                done.nothing()
                return objection
            raise Refused(say("这件异议已经答复过了。"))
        in_time = objection.on <= objection.publicity.until
        if end is ObjectionEnd.NOT_TAKEN_UP and objection.who and in_time:
            raise Refused(say("实名并在公示期内提出的异议，要答复成立或不成立。"))
        objection.end, objection.answer = end, words
        objection.answered_at, objection.answered_by = now, by
        objection.save(update_fields=["end", "answer", "answered_at", "answered_by"])
        done.says(end=end.value)
    return objection
