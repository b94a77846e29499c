"""What ``xingke check`` looks at in cases: that each stands where its steps lead, and that nothing of a step was changed."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import groupby, islice, pairwise

from django.utils import timezone

from xingke.accounts import queries as accounts
from xingke.base.checks import SHOWN, Check, CheckResult
from xingke.casework import queries
from xingke.casework.models import Case, CaseStep, Filed
from xingke.casework.rules.answers import step_digest
from xingke.casework.rules.forms import FormField
from xingke.casework.rules.stepping import ending, standing
from xingke.ledger.tables import TABLES

AT_ONCE = 500


def cases() -> Iterator[CheckResult]:
    """Steps follow one another without a gap, their digests are those of their answers, and what they filed is there."""
    wrong: list[str] = []
    rows = CaseStep.objects.order_by("case_id", "number").iterator(chunk_size=2000)
    count = 0
    for case_id, steps in groupby(rows, key=lambda row: row.case_id):
        count += 1
        case = Case.objects.get(pk=case_id)
        wrong += [f"事项 {case.number or case.key}：{why}" for why in _faults(case, list(steps))]
    empty = Case.objects.filter(steps=None).count()
    wrong += [f"有 {empty} 件事项没有任何步骤"] if empty else []
    wrong += list(_lost_records())
    if count or wrong:
        yield CheckResult(f"办理事项：{count} 件，{len(wrong)} 处不对", tuple(wrong[:SHOWN]))


def _faults(case: Case, steps: list[CaseStep]) -> Iterator[str]:
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        yield "步骤的序号断了"
    if any(step.seq_to != after.seq_from for step, after in pairwise(steps)) or steps[-1].seq_to is not None:
        yield "步骤的起止不相连"
    before = ""
    for step in steps:
        if step.digest != step_digest(queries.said_of(step), before):
            yield f"第 {step.number} 步的内容与摘要不符"
        before = step.digest
    try:
        definitions = queries.definitions_of(case)
    except LookupError:
        yield "办理流程的定义不在了"
        return
    flow = definitions.flow
    yield from _facts_that_differ(case, steps, definitions.asked)
    way = [queries.taken(step) for step in steps]
    where, end = standing(flow, way), ending(flow, way)
    if where is None or (where.code, end or "") != (steps[-1].stands, steps[-1].ended):
        yield "现在到哪一步，与办过的步骤不符"


def _facts_that_differ(case: Case, steps: list[CaseStep], asked: Mapping[str, FormField]) -> Iterator[str]:
    """What lists show is what the forms were answered with."""
    answers = queries.newest_answers((step.form, step.answers) for step in steps)
    for fact in case.facts.filter(seq_to__isnull=True):
        columns = queries.fact_columns(asked[fact.name].type, answers.get(fact.name)) if fact.name in asked else {}
        if not columns or any(getattr(fact, name) != value for name, value in columns.items()):
            yield f"列出的“{fact.name}”与填写的不符"


def _lost_records() -> Iterator[str]:
    rows = Filed.objects.order_by("kind", "pk").iterator(chunk_size=AT_ONCE)
    for kind, of_kind in groupby(rows, key=lambda each: each.kind):
        while filed := list(islice(of_kind, AT_ONCE)):
            found = TABLES[kind].subject._default_manager.filter(record__in=[row.record for row in filed])
            known = set(found.values_list("record", flat=True))
            yield from (
                f"步骤 {row.step_id} 登记的记录 {row.record} 不在台账里" for row in filed if row.record not in known
            )


def late_steps() -> Iterator[CheckResult]:
    """What follows by itself has followed. While the child that takes it is at work, nothing is due for an hour."""
    now = timezone.now()
    due = CaseStep.objects.filter(seq_to__isnull=True, due__lt=now).exclude(late="").select_related("case")
    count = due.count()
    if not count:
        return
    is_served = accounts.has_job_child(now)
    long_due = due.filter(due__lt=now - PATIENCE).order_by("due", "pk") if is_served else due.none()
    problems = [
        f"事项 {row.case}：{timezone.localtime(row.due):%Y-%m-%d %H:%M} 到期，系统没有办成“{row.late}”；请看服务日志"
        for row in long_due[:SHOWN]
        if row.due is not None
    ]
    when = "任务进程每两分钟办一次" if is_served else "服务没有运行，启动后补办"
    yield CheckResult(f"到期由系统办的步骤：{count} 步等着（{when}）", tuple(problems))


PATIENCE = timedelta(hours=1)
CHECKS = (Check(code="cases", find=cases, order=65), Check(code="late-steps", find=late_steps, order=66))
