"""What ``xingke check`` looks at in cases: that each stands where its steps lead, and that nothing of a step was changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby, islice, pairwise
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from xingke.accounts import queries as accounts
from xingke.base.checks import SHOWN, Check, CheckResult
from xingke.casework import queries
from xingke.casework.actions.matters import event_key, event_keys, matter_key
from xingke.casework.models import (
    AgendaItem,
    Case,
    CaseCall,
    CaseStep,
    Decision,
    Filed,
    Meeting,
    Publicity,
    PublicityItem,
    Substitution,
)
from xingke.casework.rules.answers import said_once, step_digest
from xingke.casework.rules.flows import Through
from xingke.casework.rules.forms import FormField
from xingke.casework.rules.matters import matter_events
from xingke.casework.rules.meetings import Presence, lawful, quorum
from xingke.casework.rules.publicity import last_day, publicity_rule
from xingke.casework.rules.stepping import ending, standing
from xingke.ledger.kinds.matter import KIND as MATTER
from xingke.ledger.models import EventVersion, MatterEvent, State
from xingke.ledger.tables import TABLES
from xingke.registry.queries.calendars import work_calendar

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
    case_says = (case.flow, case.region_id, case.parent_id is not None)
    if any((step.flow, step.region_id, step.is_below) != case_says for step in steps):
        yield "列表按步骤筛选的业务、区划或上下级，与事项不符"
    try:
        definitions = queries.definitions_of(case)
    except LookupError:
        yield "办理流程的定义不在了"
        return
    flow = definitions.flow
    answers = queries.newest_answers((step.form, step.answers) for step in steps)
    yield from _facts_that_differ(case, answers, definitions.asked)
    yield from _said_once_that_differs(case, answers, definitions.asked)
    way = [queries.taken(step) for step in steps]
    where, end = standing(flow, way), ending(flow, way)
    if where is None or (where.code, end or "") != (steps[-1].stands, steps[-1].ended):
        yield "现在到哪一步，与办过的步骤不符"


def _facts_that_differ(case: Case, answers: Mapping[str, Any], asked: Mapping[str, FormField]) -> Iterator[str]:
    """What lists show is what the forms were answered with."""
    for fact in case.facts.filter(seq_to__isnull=True):
        columns = queries.fact_columns(asked[fact.name].type, answers.get(fact.name)) if fact.name in asked else {}
        if not columns or any(getattr(fact, name) != value for name, value in columns.items()):
            yield f"列出的“{fact.name}”与填写的不符"


def _said_once_that_differs(case: Case, answers: Mapping[str, Any], asked: Mapping[str, FormField]) -> Iterator[str]:
    """What no other case may say is what the forms were answered with."""
    said = {each.key for each in said_once(asked.values(), answers)}
    if said != set(case.said_once.filter(seq_to__isnull=True).values_list("name", "value")):
        yield "只用一次的内容与填写的不符"


def _lost_records() -> Iterator[str]:
    rows = Filed.objects.order_by("kind", "pk").iterator(chunk_size=AT_ONCE)
    for kind, of_kind in groupby(rows, key=lambda each: each.kind):
        while filed := list(islice(of_kind, AT_ONCE)):
            found = TABLES[kind].subject._default_manager.filter(record__in=[row.record for row in filed])
            known = set(found.values_list("record", flat=True))
            yield from (
                f"步骤 {row.step_id} 登记的记录 {row.record} 不在台账里" for row in filed if row.record not in known
            )


def matters() -> Iterator[CheckResult]:
    """The 办件 of each case in the ledger says what its steps say: nothing is missing that a step has filed, nothing stands beside it."""
    wrong: list[str] = []
    count = 0
    rows = Case.objects.filter(steps__filed__kind=MATTER.code).distinct().order_by("pk")
    cases = rows.select_related("region").prefetch_related("steps__filed").iterator(chunk_size=AT_ONCE)
    while some := list(islice(cases, AT_ONCE)):
        count += len(some)
        records = {matter_key(case.key): case for case in some}
        events: dict[int, list[EventVersion]] = {}
        for event in MatterEvent.objects.filter(subject__in=records, seq_to__isnull=True):
            events.setdefault(records[event.subject].pk, []).append(event)
        wrong += [f"事项 {case}：{why}" for case in some for why in _matter_faults(case, events.get(case.pk, []))]
    if count or wrong:
        yield CheckResult(f"办件记录：{count} 件，{len(wrong)} 处与办理步骤不符", tuple(wrong[:SHOWN]))


def _matter_faults(case: Case, stands: Sequence[EventVersion]) -> Iterator[str]:
    steps = sorted(case.steps.all(), key=lambda step: step.number)
    try:
        definitions = queries.definitions_of(case)
    except LookupError:
        return  # said by ``cases``
    answers = queries.newest_answers((step.form, step.answers) for step in steps)
    happened = matter_events(
        definitions.flow,
        [queries.taken(step) for step in steps],
        days=queries.days_in(definitions.asked, answers),
        calendar=work_calendar(case.region),
    )
    wanted = {event_key(case.key, each): each for each in happened}
    filed = max(step.number for step in steps if any(each.kind == MATTER.code for each in step.filed.all()))
    known = {event.record for event in stands}
    if missing := [each for key, each in wanted.items() if key not in known and each.number <= filed]:
        yield f"台账里缺第 {missing[0].number} 步的“{missing[0].event}”"
    ours = event_keys(case.key, (step.number for step in steps))
    beside = [each for each in stands if each.record in ours and each.record not in wanted and each.state != State.VOID]
    if beside:
        yield f"台账里多出“{beside[0].event}”，没有步骤这样说"


def common_acts() -> Iterator[CheckResult]:
    """What meetings and publicity did to cases is what their steps say, and no step of theirs was taken without them."""
    wrong = [*_decisions(), *_shown(), *_without_their_act(), *_of_calls()]
    count = Meeting.objects.count() + Publicity.objects.count() + CaseCall.objects.count()
    if count or wrong:
        yield CheckResult(f"批次、会议和公示：{count} 次，{len(wrong)} 处不对", tuple(wrong[:SHOWN]))


def _decisions() -> Iterator[str]:
    found = Decision.objects.select_related("item__meeting", "item__case", "step").order_by("pk")
    for decision in found.prefetch_related("item__withdrawals").iterator(chunk_size=AT_ONCE):
        item, step = decision.item, decision.step
        name = f"会议 {item.meeting.year}-{item.meeting.number} 的“{item.case}”"
        if step is not None and (step.case_id, step.seq_from) != (item.case_id, decision.seq):
            yield f"{name}：决定和办的一步不是同一次"
        if step is not None and _through(item.case.flow_hash, step.step) is not Through.MEETING:
            yield f"{name}：办的一步不由会议办"
    for item in AgendaItem.objects.filter(is_open=True).exclude(decision=None).select_related("case"):
        yield f"议题“{item.case}”：已有决定，仍列为待决定"
    for meeting in Meeting.objects.filter(held_at__isnull=False).order_by("pk"):
        present = meeting.people.filter(seq_to__isnull=True, presence=Presence.PRESENT).count()
        if not lawful(quorum(meeting.quorum), due=meeting.due or 0, present=present).allowed:
            yield f"会议 {meeting.year}-{meeting.number}：到会人数不够"


def _shown() -> Iterator[str]:
    rows = PublicityItem.objects.select_related("publicity__region", "case", "step").order_by("publicity", "pk")
    for item in rows.iterator(chunk_size=AT_ONCE):
        publicity, name = item.publicity, f"公示“{item.publicity.title}”的“{item.case}”"
        if (item.step.case_id, item.step.seq_from) != (item.case_id, publicity.seq):
            yield f"{name}：公示和办的一步不是同一次"
        flow = queries.flow_with_hash(item.case.flow_hash)
        step = flow.steps.get(item.step.step) if flow is not None else None
        rule = publicity_rule(flow, step) if flow is not None and step is not None else None
        if rule is None:
            continue
        calendar = work_calendar(publicity.region)
        if publicity.until < last_day(rule, begun=publicity.since, calendar=calendar):
            yield f"{name}：公示的天数不够"


def _without_their_act() -> Iterator[str]:
    """Steps that only a meeting or a publicity takes, and that stand in the book of none."""
    places = CaseStep.objects.order_by().values_list("case__flow_hash", "step").distinct()
    for flow_hash, code in places:
        through = _through(flow_hash, code)
        if through not in (Through.MEETING, Through.PUBLICITY):
            continue
        missing = {"decision": None} if through is Through.MEETING else {"publicity_item": None}
        alone = CaseStep.objects.filter(case__flow_hash=flow_hash, step=code, **missing).select_related("case")
        word = "会议" if through is Through.MEETING else "公示"
        yield from (f"事项 {step.case}：第 {step.number} 步没有{word}的记录" for step in alone.order_by("pk"))


def _of_calls() -> Iterator[str]:
    other = ~Q(flow_hash=F("call__flow_hash")) | ~Q(region=F("call__region"))
    for case in Case.objects.filter(other, call__isnull=False).select_related("call").order_by("pk"):
        yield f"事项 {case}：不按申报批次“{case.call}”的流程办"


def _through(flow_hash: str, code: str) -> Through | None:
    flow = queries.flow_with_hash(flow_hash)
    step = flow.steps.get(code) if flow is not None else None
    return step.through if step is not None else None


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


def in_place() -> Iterator[CheckResult]:
    """Whoever took a step in somebody's place was named their substitute for that day."""
    rows = CaseStep.objects.filter(in_place_of__isnull=False).select_related("case", "taken_by", "in_place_of")
    wrong, count = [], 0
    for row in rows.order_by("pk").iterator(chunk_size=AT_ONCE):
        count += 1
        day = timezone.localtime(row.taken_at).date()
        named = Substitution.objects.filter(
            Q(ended_at__isnull=True) | Q(ended_at__gte=row.taken_at),
            user=row.in_place_of,
            substitute=row.taken_by,
            since__lte=day,
            until__gte=day,
            seq__lt=row.seq_from,
        )
        if not named.exists():
            wrong.append(f"事项 {row.case} 第 {row.number} 步：{row.taken_by} 那天没有指定为代 {row.in_place_of}")
    if count:
        yield CheckResult(f"代办的步骤：{count} 步，{len(wrong)} 处不对", tuple(wrong[:SHOWN]))


PATIENCE = timedelta(hours=1)
CHECKS = (
    Check(code="cases", find=cases, order=65),
    Check(code="matters", find=matters, order=65),
    Check(code="common-acts", find=common_acts, order=66),
    Check(code="late-steps", find=late_steps, order=67),
    Check(code="substitutes", find=in_place, order=68),
)
