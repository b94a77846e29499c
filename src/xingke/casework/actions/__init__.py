"""Cases: opening one and taking its steps. Each is one act: the step, the records it files, one number, one row of the trail."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from xingke.accounts.acts import Act, Actor, act
from xingke.accounts.models import User
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.base.troubles import trouble_of
from xingke.casework import queries
from xingke.casework.actions import parties
from xingke.casework.actions.correcting import correct_records, step_to_correct
from xingke.casework.actions.filing import file_records
from xingke.casework.actions.keeping import keep_facts, keep_files, keep_said_once, next_number
from xingke.casework.actions.matters import file_matter
from xingke.casework.actions.personal import case_keys, keep_personal
from xingke.casework.actions.refusing import (
    answered,
    refuse_between,
    refuse_misplaced,
    refuse_reserved,
    refuse_said_elsewhere,
    refuse_unseen,
)
from xingke.casework.actions.wanting import AnswersRefused as AnswersRefused
from xingke.casework.actions.wanting import NewCase as NewCase
from xingke.casework.actions.wanting import StepWanted as StepWanted
from xingke.casework.models import Case, CaseStep
from xingke.casework.queries import CaseDefinitions, CaseRead
from xingke.casework.queries.calls import definitions_for_new, refuse_outside, refuse_over_quota
from xingke.casework.queries.lookups import AsReader
from xingke.casework.queries.personal import answered_before
from xingke.casework.queries.seen import names_seen_by
from xingke.casework.rules.answers import AnswersRead, read_answers, step_digest
from xingke.casework.rules.clocks import Deadline
from xingke.casework.rules.flows import (
    CORRECT,
    REOPEN,
    TERMINATE,
    TRANSFER,
    CaseEnd,
    FlowStep,
)
from xingke.casework.rules.forms import CaseForm, FieldType, FormField
from xingke.casework.rules.stepping import (
    RESERVED_WORDS,
    CaseState,
    Outsider,
    StepTaken,
    Taker,
    ending,
    in_place_of,
    is_theirs,
    may_take,
    standing,
)
from xingke.casework.telling import told_of
from xingke.notices.actions import notify
from xingke.registry import queries as registry
from xingke.registry.models import Person
from xingke.registry.queries.calendars import work_calendar

STILL = (CORRECT, TRANSFER)  # what moves nothing keeps what was due
log = logging.getLogger("xingke.casework")


def open_case(*, new: NewCase, first: StepWanted | None = None, by: User | None, now: datetime) -> Case:
    """Open a case with its first step. by: None is the job child. Raises Refused, AnswersRefused with every fault."""
    if (there := _opened(new, by)) is not None:
        return there
    definitions = definitions_for_new(new.flow, new.region, new.call)
    flow = definitions.flow
    refuse_misplaced(new, flow, by)
    wanted = first or StepWanted(step=flow.first.code)
    taker = queries.taker_at(
        by, flow, region=new.region, organisation=new.organisation, person=new.person, is_given=False
    )
    local = timezone.localtime(now)
    refuse_outside(new.call, local.date())
    state = CaseState(flow=flow, taken=())
    may_take(state, wanted.step, taker, now=local, calendar=work_calendar(new.region)).or_refuse()
    known = queries.prefills(new.region, new.organisation)
    form = definitions.form(flow.first)
    answers = answered(form, flow.first, wanted, by=by, region=new.region, now=local, known=known)
    asked = [form] if form is not None else []
    with (
        case_keys(new.key, asked, wanted.typed) as keys,
        act(by=by, now=now, code="case.opened", kind="case", target=flow.code) as done,
    ):
        done.lock()
        if (there := _opened(new, by)) is not None:  # pressed twice at once
            done.nothing()
            return there
        refuse_over_quota(new.call, definitions, answers.values, new.organisation)
        is_fictional = new.is_fictional or new.region.is_fictional
        refuse_said_elsewhere(form, answers, case=None, is_fictional=is_fictional, by=by)
        case = Case(
            key=new.key,
            flow=flow.code,
            flow_hash=definitions.hash,
            forms={code: loaded.hash for code, loaded in definitions.forms.items()},
            number=next_number(flow.number, flow.code, new.region, local, done),
            title=str(answers.values.get("title") or new.title or flow.label.zh)[:200],
            region=new.region,
            organisation=new.organisation,
            person=new.person,
            parent=new.parent,
            parent_step=new.parent_step,
            call=new.call,
            is_fictional=is_fictional,
            opened_at=now,
            opened_by=by,
            seq=done.seq,
        )
        case.save()
        parties.name_owner(case, flow, done)
        read = CaseRead(case, definitions, [], [])
        _write(read, flow.first, wanted, answers, done, form=form, taker=taker, local=local, keys=keys)
        done.target = str(case.key)
        done.says(flow=flow.code, number=case.number)
    return case


def _opened(new: NewCase, by: User | None) -> Case | None:
    """The case that a first press opened; Refused where the key is that of another."""
    said = {each: getattr(new, each) for each in ("flow", "region", "organisation", "person", "call")}
    return pressed_before(Case, new.key, opened_by=by, **said)


def take_step(*, case: Case, wanted: StepWanted, seen: int, by: User | Outsider | None, now: datetime) -> CaseStep:
    """Take a step of a case. seen: the number of the last step whoever takes it has seen. by: None is the job child.

    What was taken already by the same person as the step after ``seen`` is given back: a second press does nothing. Raises Refused
    where somebody else took one meanwhile, or a rule says no; AnswersRefused with every fault of a form.
    """
    local = timezone.localtime(now)
    user = None if isinstance(by, Outsider) else by
    actor = Actor(link=str(by.link)) if isinstance(by, Outsider) else by
    asked = _forms_asked(queries.definitions_of(case), wanted.step)
    with (
        case_keys(case.key, asked, wanted.typed) as keys,
        act(by=actor, now=now, code=f"case.{_act_of(wanted.step)}", kind="case", target=str(case.key)) as done,
    ):
        done.lock()
        read = queries.case_read(case, now=now)
        if again := _pressed_again(read, wanted, seen, by):
            done.nothing()
            return again
        taker = queries.taker_at(
            by,
            read.flow,
            region=case.region,
            organisation=case.organisation,
            parties=read.parties,
            also=names_seen_by(read.definitions),
            on=local.date(),
            is_given=read.last.assignee_id is not None,
        )
        if not is_theirs(read.state, wanted.step, taker):  # before anything is said of answers
            may_take(read.state, wanted.step, taker, now=local, calendar=work_calendar(case.region)).or_refuse()
        step = read.flow.steps.get(wanted.step) or queries.stands_at(read)
        form = _form_of(read, wanted, user)
        refuse_unseen(read, form, by)
        known = queries.prefills(case.region, case.organisation, case)
        answers = answered(
            form,
            step,
            wanted,
            by=user,
            region=case.region,
            now=local,
            known=known,
            sealed=answered_before(read, form, keys),
        )
        told = read.state_with(form.code if form is not None else "", answers.values)
        calendar = work_calendar(case.region)
        may_take(told, wanted.step, taker, now=local, calendar=calendar, through=wanted.through).or_refuse()
        refuse_between(read, form, answers, told)
        refuse_said_elsewhere(form, answers, case=case, is_fictional=case.is_fictional, by=by)
        refuse_reserved(read, wanted, user)
        written = _write(read, step, wanted, answers, done, form=form, taker=taker, local=local, keys=keys)
        done.says(step=wanted.step, flow=case.flow, number=case.number)
    return written


def _forms_asked(definitions: CaseDefinitions, step: str) -> list[CaseForm]:
    """What a step may ask: its own form; of a correction that of any step."""
    if step == CORRECT:
        return [loaded.value for loaded in definitions.forms.values()]
    own = definitions.flow.steps.get(step)
    form = definitions.form(own) if own is not None else None
    return [form] if form is not None else []


def _form_of(read: CaseRead, wanted: StepWanted, by: User | None) -> CaseForm | None:
    """What a step asks: its own form, or that of the step it corrects."""
    if wanted.step == CORRECT:
        corrected = step_to_correct(read, wanted.corrects, by.pk if by is not None else None)
        form: CaseForm = read.definitions.forms[corrected.form].value
        return form
    own = read.flow.steps.get(wanted.step)
    return read.definitions.form(own) if own is not None else None


def _act_of(step: str) -> str:
    return step if step in RESERVED_WORDS else "step-taken"


def _pressed_again(read: CaseRead, wanted: StepWanted, seen: int, by: User | Outsider | None) -> CaseStep | None:
    """The step that a second press of the same button took the first time; Refused where another came between."""
    if read.last.number == seen:
        return None
    last, link = read.last, by.link if isinstance(by, Outsider) else None
    user = None if isinstance(by, Outsider) else by
    mine = user.pk if user is not None else None
    same = last.number == seen + 1 and last.step == wanted.step and (last.taken_by_id, last.link) == (mine, link)
    same = same and last.opinion == wanted.opinion.strip() and (last.corrects or 0) == wanted.corrects
    same = same and (wanted.assignee is None or wanted.assignee.pk == last.assignee_id)
    if same and _answers_again(read, last, wanted, user) == last.answers:
        return last
    raise Refused(say("在您打开页面之后，这件事已经往前走了，请刷新后再看。"))


def _answers_again(read: CaseRead, last: CaseStep, wanted: StepWanted, by: User | None) -> Mapping[str, Any]:
    """What was typed this time, as it would be kept."""
    if not last.form:
        return {}
    form = read.definitions.forms[last.form].value
    known = queries.prefills(read.case.region, read.case.organisation, read.case)
    again = read_answers(form, wanted.typed, lookup=AsReader(by, read.case.region), today=last.on, known=known)
    return again.values


def _write(
    read: CaseRead,
    step: FlowStep,
    wanted: StepWanted,
    answers: AnswersRead,
    done: Act,
    *,
    form: CaseForm | None = None,
    taker: Taker,
    local: datetime,
    keys: Sequence[bytes] = (),
) -> CaseStep:
    """The row of a step, the facts and records it files, and the end of the row before."""
    case, flow = read.case, read.flow
    is_own = wanted.step not in RESERVED_WORDS
    said = [(each.form, each.answers) for each in read.steps]
    known = queries.newest_answers([*said, (form.code, answers.values)] if form is not None else said)
    days = queries.days_in(read.definitions.asked, known)
    on = _done_on(read, step, wanted, days, taker, local) if is_own else local.date()
    if on > local.date():
        raise Refused(say("“%(step)s”的日期是%(day)s，还没有到。", step=step.label, day=on.isoformat()))
    number = len(read.steps) + 1
    way = [queries.taken(each) for each in read.steps]
    now = StepTaken(
        number=number, step=wanted.step, by=taker.user, at=local, on=on, kind=step.kind, corrects=wanted.corrects
    )
    way.append(now)
    where = standing(flow, way)
    assert where is not None
    due = _due(read, where, wanted, on, local, days)
    form_hash = read.definitions.forms[form.code].hash if form is not None else ""
    case.steps.filter(seq_to__isnull=True).update(seq_to=done.seq)
    ended: CaseEnd | None = ending(flow, way)
    row = CaseStep(
        case=case,
        number=number,
        step=wanted.step,
        stands=where.code,
        seq_from=done.seq,
        on=on,
        kind=step.kind if is_own else "",
        opinion=wanted.opinion.strip(),
        form=form.code if form is not None else "",
        form_hash=form_hash,
        answers=dict(answers.values),
        prefilled=sorted(answers.prefilled),
        corrects=wanted.corrects or None,
        late=where.late if due is not None else "",
        due=_moment(due, local),
        is_guessed=bool(due and due.guessed) or (wanted.step in STILL and read.last.is_guessed),
        assignee=None if ended else (wanted.assignee or (read.last.assignee if read.steps else None)),
        ended=ended.value if ended else "",
        flow=flow.code,
        region=case.region,
        is_below=case.parent_id is not None,
        taken_at=done.now,
        taken_by=done.by,
        **_outside(taker),
        in_place_of_id=in_place_of(read.state, wanted.step, taker) if taker.stands_in else None,
    )
    row.digest = step_digest(queries.said_of(row), read.last.digest if read.steps else "")
    row.save()
    if is_own and step.assigns and wanted.assignee is not None:
        parties.name(case, step.assigns, done, user=wanted.assignee)
    _retitle(case, known)
    if form is not None:
        parties.name_parties(case, flow, form, answers.values, done)
        keep_facts(case, form, answers.values, done)
        keep_said_once(case, read.definitions.asked.values(), known, done)
        keep_files(row, form, answers.values, wanted.files, done)
        keep_personal(row, answers.personal, keys)
    if is_own:
        file_records(read, row, step, known, done)
        _open_below(read, row, step, known, done, local)
    file_matter(read, row, known, done)
    if wanted.step == CORRECT:
        correct_records(read, row, row.opinion, done)
    for kind, users in told_of(read, row):
        notify(to=users, kind=kind, about="case", key=str(case.key), region=case.region, now=done.now, by=done.by)
    if ended and (read.children or step.opens):
        _end_below(case.children.all(), done, local)
    return row


def _outside(taker: Taker) -> dict[str, Any]:
    """Who took a step without an account, as its row says it."""
    who = taker.outsider
    return {"link": who.link, "outsider": who.name, "vouched_by_id": who.vouched_by} if who is not None else {}


def _retitle(case: Case, known: Mapping[str, Any]) -> None:
    """A case is called what its forms call it now."""
    title = str(known.get("title") or "")[:200]
    if title and case.title != title:
        case.title = title
        case.save(update_fields=["title"])


def _done_on(
    read: CaseRead, step: FlowStep, wanted: StepWanted, days: Mapping[str, date], taker: Taker, local: datetime
) -> date:
    """The day on which a step was done: as its form says, that of the common act, or today; what the clock takes was due on the last
    day there was."""
    if step.on in days:
        return days[step.on]
    if wanted.on is not None and step.through is not None:
        return wanted.on
    due = read.last.due if read.steps else None
    return timezone.localtime(due).date() if taker.is_clock and due is not None else local.date()


def _open_below(
    read: CaseRead, row: CaseStep, step: FlowStep, known: Mapping[str, Any], done: Act, local: datetime
) -> None:
    """The cases that a step opens below: one, or one for each row of a table or each of several terms. Those that it opened when it
    was taken before are ended: what they spoke of is replaced."""
    for spawned in step.opens:
        _end_below(read.case.children.filter(flow=spawned.flow), done, local)
        entries = list(known.get(spawned.each) or []) if spawned.each else [""]
        asked = read.definitions.asked.get(spawned.each)
        for entry in entries:
            new = NewCase(
                flow=spawned.flow,
                region=read.case.region,
                person=_person_in(entry, asked),
                parent=read.case,
                parent_step=row.number,
                title=_words_of(entry, asked) or read.case.title,
                is_fictional=read.case.is_fictional,
            )
            open_case(new=new, by=done.by, now=done.now)


def _end_below(below: QuerySet[Case], done: Act, local: datetime) -> None:
    """End what is still open of some cases, because the one above went on without them."""
    for case in below.filter(steps__seq_to__isnull=True, steps__ended="").select_related("region").order_by("pk"):
        read = queries.case_read(case, now=done.now)
        wanted = StepWanted(step=TERMINATE, opinion=str(say("上面的事项不再等它。")))
        where = queries.stands_at(read)
        _write(read, where, wanted, AnswersRead({}), done, taker=Taker(user=None), local=local)


def _person_in(entry: Any, asked: FormField | None) -> Person | None:
    """The person a row names first."""
    columns = asked.columns if asked is not None and isinstance(entry, Mapping) else ()
    key = next((entry[each.name] for each in columns if each.type is FieldType.PERSON and each.name in entry), None)
    return Person.objects.filter(key=key).first() if key else None


def _words_of(entry: Any, asked: FormField | None) -> str:
    """What a case below is called: the first words of its row, or its term."""
    if isinstance(entry, str):
        found = registry.term(asked.list, entry) if asked is not None and asked.list else None
        return found.label.zh if found is not None else entry
    texts = (entry.get(each.name) for each in (asked.columns if asked else ()) if each.type is FieldType.TEXT)
    return next((text for text in texts if text), "")


def take_what_is_late(*, now: datetime) -> int:
    """Take the steps that follow by themselves where nothing else did in time. Returns how many; each is an act of its own.

    One that cannot be taken is told in the log and holds up no other. Raises what says that the database does not serve now.
    """
    rows = CaseStep.objects.filter(seq_to__isnull=True, due__lt=now).exclude(late="").select_related("case__region")
    count = 0
    for row in rows.order_by("due", "pk"):
        try:
            take_step(case=row.case, wanted=StepWanted(step=row.late), seen=row.number, by=None, now=now)
        except Exception as error:  # whatever is wrong with one case, the others are due too
            if trouble_of(error) is not None:  # nobody's case: the database is away, busy or full
                raise
            log.exception("the step %s of case %s is due and was not taken", row.late, row.case.key)
        else:
            count += 1
    return count


def _due(
    read: CaseRead, where: FlowStep, wanted: StepWanted, on: Any, local: datetime, days: Mapping[str, Any]
) -> Deadline | None:
    """Until when something must follow; what moved nothing keeps what was due."""
    if wanted.step in STILL:
        kept = timezone.localtime(read.last.due) if read.last.due is not None else None
        return Deadline(kept.date(), kept) if kept is not None else None
    start = local.date() if wanted.step == REOPEN else on
    try:
        return queries.deadline_after(where, on=start, at=local, days=days, region=read.case.region)
    except (ValueError, OverflowError) as error:
        raise Refused(say("从%(day)s起算，期限超出了日历的范围。", day=start.isoformat())) from error


def _moment(due: Deadline | None, local: datetime) -> datetime | None:
    """The last moment of a deadline: that of a day is its end, in the time of the bureau."""
    if due is None:
        return None
    return due.at or datetime.combine(due.day, time(23, 59, 59), local.tzinfo)
