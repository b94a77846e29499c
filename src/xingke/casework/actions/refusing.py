"""What speaks against a case or a step before it is written: where it lies, what its form was answered with, who is named."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.casework import queries
from xingke.casework.actions.wanting import AnswersRefused, NewCase, StepWanted
from xingke.casework.models import Case, Filed
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import CaseRead
from xingke.casework.queries.calls import LEFT, refuse_over_quota
from xingke.casework.queries.kept import said_elsewhere
from xingke.casework.queries.lookups import AsReader
from xingke.casework.queries.seen import is_seen, seen_by
from xingke.casework.rules.answers import AnswersRead, FormFault, fault_of, read_answers, said_once
from xingke.casework.rules.conditions import broken, named_in
from xingke.casework.rules.flows import REOPEN, TRANSFER, CaseSubject, Flow, FlowStep
from xingke.casework.rules.forms import CaseForm, FieldType
from xingke.casework.rules.stepping import RESERVED_WORDS, CaseState, Outsider
from xingke.ledger.kinds.matter import KIND as MATTER
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.registry.queries import people

LONGEST_OPINION = 2000


def refuse_unseen(read: CaseRead, form: CaseForm | None, by: User | Outsider | None) -> None:
    """Whoever does not see all of a form that was answered would wipe out what they do not see."""
    if form is None or by is None or not any(step.form == form.code for step in read.steps):
        return
    hidden = [each for each in form.fields if each.seen_by]
    if hidden and not all(is_seen(each.seen_by, seen_by(by, read).audiences) for each in hidden):
        raise Refused(say("这张表单里有您看不到的内容，请由看得到的人填。"))


def refuse_misplaced(new: NewCase, flow: Flow, by: User | None) -> None:
    """A case lies where whose it is lies, and stands only below a case that is open, there, and whose flow it names."""
    organisation, parent = new.organisation, new.parent
    if flow.about is CaseSubject.PERSON and new.person is None and parent is None:
        raise Refused(say("“%(flow)s”要写明是谁的。", flow=flow.label))
    if new.person is not None and by is not None and parent is None and not people.may_name(by, new.person):
        raise Refused(say("没有登记过这个人，或者您不能查看。"))
    if flow.about is CaseSubject.ORGANISATION and organisation is None:
        raise Refused(say("“%(flow)s”要写明是哪家单位的。", flow=flow.label))
    if organisation is not None:
        low, high = new.region.range
        visible = by is None or registry.organisations_visible_to(by).filter(pk=organisation.pk).exists()
        if not visible or not low <= organisation.region.path < high:
            raise Refused(say("这家单位不在“%(region)s”的名录里。", region=new.region.name))
    if parent is None:
        return
    seen = by is None or queries.cases_seen(by).filter(pk=parent.pk).exists()
    if not seen or parent.flow not in flow.below or parent.region_id != new.region.pk:
        raise Refused(say("“%(flow)s”不能办在这件事下面。", flow=flow.label))
    if parent.steps.filter(seq_to__isnull=True).exclude(ended="").exists():
        raise Refused(say("上面那件事已经办结了。"))


def refuse_reserved(read: CaseRead, wanted: StepWanted, by: User | None) -> None:
    """What cannot be done yet, or not any more, with a step that every flow has."""
    if wanted.step == REOPEN and Filed.objects.filter(step__case=read.case).exclude(kind=MATTER.code).exists():
        raise Refused(say("这件事已经登记了台账记录，不能重新办理；请在台账里更正或作废那条记录。"))
    if wanted.step == REOPEN:
        _refuse_to_say_again(read, by)
    if wanted.step == REOPEN and read.last.ended in LEFT:  # it gave its place back, and wants one again
        refuse_over_quota(read.case.call, read.definitions, read.steps[0].answers, read.case.organisation)


def answered(
    form: CaseForm | None,
    step: FlowStep,
    wanted: StepWanted,
    *,
    by: User | None,
    region: Region,
    now: datetime,
    known: Mapping[str, str],
    sealed: Mapping[str, str] | None = None,
) -> AnswersRead:
    """What the form of a step was answered with; nothing where it asks nothing. known: see ``queries.prefills``; sealed: what is
    personal and was answered before, which stands where nothing is typed."""
    opinion = wanted.opinion.strip()
    if (step.reason or wanted.step in RESERVED_WORDS) and not opinion:
        raise Refused(say("请写明意见或理由。"))
    if len(opinion) > LONGEST_OPINION:
        raise Refused(say("意见最多%(most)s字，现有%(there)s字。", most=LONGEST_OPINION, there=len(opinion)))
    _refuse_assignee(step, wanted, region)
    if form is None:
        return AnswersRead({})
    typed = {**wanted.typed, **{name: value for name, value in (sealed or {}).items() if not wanted.typed.get(name)}}
    read = read_answers(form, typed, lookup=AsReader(by, region), today=now.date(), known=known)
    handed_in = {file.digest for file in wanted.files}
    for each in form.fields:
        if each.type is FieldType.FILE and not set(read.values.get(each.name, ())) <= handed_in:
            raise Refused(say("“%(field)s”里有没有上传的文件，请重新上传。", field=each.label))
    if read.faults:
        raise AnswersRefused(read)
    return read


def refuse_between(read: CaseRead, form: CaseForm | None, answers: AnswersRead, told: CaseState) -> None:
    """What the answers of this form must not say beside those of other steps. told: the case as it would be known with them."""
    if form is None:
        return
    asked = [check for check in read.flow.check if not named_in(check, told.types).isdisjoint(form.named)]
    faults = [
        fault_of(check, [name for name in check.fields if name in answers.shown])
        for check in broken(asked, told.types, told.known)
    ]
    if faults:
        raise AnswersRefused(replace(answers, faults=tuple(faults)))


def refuse_said_elsewhere(
    form: CaseForm | None, answers: AnswersRead, *, case: Case | None, is_fictional: bool, by: User | Outsider | None
) -> None:
    """What another case says already, or another row of the same form, and no two may say. Within the act, under its lock."""
    said = said_once(form.fields if form is not None else (), answers.values)
    if not said:
        return
    but = case.pk if case is not None else None
    keys = [each.key for each in said]
    elsewhere = said_elsewhere(set(keys), but=but, is_fictional=is_fictional)
    faults = []
    for number, each in enumerate(said):
        if (other := elsewhere.get(each.key)) is not None:
            faults.append(FormFault(each.field, _said_in(each.value, other, by), each.row, each.column))
        elif each.key in keys[:number]:
            twice = say("“%(value)s”在这张表里写了两次，一个号只能用一次。", value=each.value)
            faults.append(FormFault(each.field, twice, each.row, each.column))
    if faults:
        raise AnswersRefused(replace(answers, faults=tuple(faults)))


def _refuse_to_say_again(read: CaseRead, by: User | None) -> None:
    """A case that ended otherwise than well gave back what is said once; reopened, it would say it again."""
    said = set(read.case.said_once.filter(seq_to__isnull=True).values_list("name", "value"))
    found = said_elsewhere(said, but=read.case.pk, is_fictional=read.case.is_fictional) if said else {}
    for (_name, value), other in found.items():
        raise Refused(_said_in(value, other, by))


def _said_in(value: str, other: Case, by: User | Outsider | None) -> Saying:
    """That another case says it: which one, only to whoever sees it."""
    if isinstance(by, User) and queries.cases_seen(by).filter(pk=other.pk).exists():
        called = f"{other.title} {other.number}".strip()
        return say("“%(value)s”已经用在“%(case)s”上，一个号只能用一次。", value=value, case=called)
    return say(
        "“%(value)s”已经用在另一件您不能查看的事项上，一个号只能用一次；请核对号码，或者问受理的科技局。", value=value
    )


def _refuse_assignee(step: FlowStep, wanted: StepWanted, region: Region) -> None:
    """Somebody must be named where a case is handed on, and it must be somebody who sees it."""
    hands_on = wanted.step == TRANSFER or (bool(step.assigns) and wanted.step not in RESERVED_WORDS)
    if hands_on and wanted.assignee is None:
        raise Refused(say("请指定由谁接着办。"))
    if wanted.assignee is not None and not hands_on:
        raise Refused(say("“%(step)s”不指定由谁接着办。", step=step.label))
    if wanted.assignee is not None and not registry.may(wanted.assignee, CasePermission.READ, at=region):
        raise Refused(say("“%(name)s”在这里没有查看事项的权限，不能接着办。", name=wanted.assignee.name))
