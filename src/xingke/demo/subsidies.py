"""Invented applications for the R&D post-subsidy, as far as the bureau got with each: from the call to a publicity that still runs.

None of them is paid: a publicity takes five working days, and nothing here is dated back.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from xingke.accounts import actions as accounts
from xingke.accounts.actions import StoredFile
from xingke.accounts.models import User
from xingke.base.keys import derived_key
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.actions.calls import NewCall, make_call
from xingke.casework.actions.meetings import (
    CaseForAgenda,
    ItemDecision,
    NewMeeting,
    PersonThere,
    call_meeting,
    decide,
    hold_meeting,
    put_on_agenda,
)
from xingke.casework.actions.publicity import CaseShown, NewPublicity, open_publicity
from xingke.casework.models import Case, CaseCall
from xingke.casework.rules.calls import CallQuota
from xingke.casework.rules.meetings import MeetingVerdict
from xingke.funds.actions import NewAllotment, NewCommitment, NewPool, allot, commit, open_pool
from xingke.funds.rules import AllotmentKind
from xingke.press.xlsx_writer import Column, write_workbook
from xingke.registry.models import Organisation, Region

FLOW = "rnd_post_subsidy"
APPLIED = (  # 研发费用 of the year and of the year before in 万元, and how far the case got
    ("1200", "980", "announced"),
    ("860.5", "790", "announced"),
    ("432", "510.2", "announced"),
    ("2150", "1600", "checked"),
    ("318.75", "0", "checked"),
    ("96", "88", "to_amend"),
    ("705", "640", "applied"),
    ("1480.2", "1475", "applied"),
    ("267", "301", "applied"),
)
BUDGET = 300 * 1_000_000  # 分
LEADERS = ("局长", "分管副局长", "规划科科长")


def _table(now: datetime) -> StoredFile:
    """The table every application comes with: invented, and saying so."""
    rows = [("本年度加计扣除研发费用", "虚构"), ("上一年度加计扣除研发费用", "虚构")]
    data = write_workbook(
        name="A107012（虚构样例）", columns=[Column(label="项目"), Column(label="金额")], rows=rows, made_at=now
    )
    return accounts.store_file(name="A107012 研发费用加计扣除优惠明细表（虚构样例）.xlsx", data=data)


def ask_for_subsidies(*, region: Region, now: datetime, say: Callable[[str], object]) -> None:
    """Call for applications, and lead those that come as far as ``APPLIED`` says, once: what stands already stays as it is."""
    if not Case.objects.filter(flow=FLOW).exists():
        table = _table(now)  # before any act, in which no file is written
        with transaction.atomic():
            _ask(region, table, now, say)


def _ask(region: Region, table: StoredFile, now: datetime, say: Callable[[str], object]) -> None:
    officer, head, director, firm_user = (
        User.objects.get(username=name) for name in ("officer", "head", "director", "enterprise")
    )
    call = _call(region, director, now)
    mine = firm_user.grants.get(organisation__isnull=False).organisation
    assert mine is not None
    others = Organisation.objects.filter(region=region, is_fictional=True).exclude(credit_code="").exclude(pk=mine.pk)
    firms = [mine, *others.order_by("pk")[: len(APPLIED) - 1]]
    cases: dict[str, list[tuple[Case, str]]] = {}
    for number, (firm, (base, before, end)) in enumerate(zip(firms, APPLIED, strict=False)):
        by = firm_user if firm == mine else officer
        case = _apply(call, firm, number, base, before, table, by=by, now=now)
        if end == "to_amend":
            wanted = StepWanted(step="to_amend", opinion="A107012 缺盖章页，请补上")
            take_step(case=case, wanted=wanted, seen=1, by=officer, now=now)
        elif end != "applied":
            _check(case, base, before, by=head, now=now)
        cases.setdefault(end, []).append((case, base))
    settled = [case for case, _base in cases.get("announced", [])]
    if settled:
        _settle(region, settled, officer, director, now)
        _show(region, settled, officer, now)
        _commit(region, settled, officer, now)
    told = "，".join(f"{len(some)} 件到 {end}" for end, some in cases.items())
    say(f"研发投入后补助：{told}")


def _call(region: Region, by: User, now: datetime) -> CaseCall:
    today = timezone.localdate(now)
    new = NewCall(
        region=region,
        flow=FLOW,
        title=f"{today.year}年研发投入后补助申报（虚构）",
        document_number=f"青科〔{today.year}〕6号",
        published_on=today,
        since=today,
        until=today + timedelta(days=30),
        asked="上一年度有加计扣除研发费用、按期报送研发统计报表的企业可以申报。",
        most=50,
        budget=BUDGET,
        quotas=[CallQuota("organisation", 1)],
        key=derived_key("demo call", FLOW),
    )
    return make_call(new=new, by=by, now=now)


def _apply(
    call: CaseCall,
    firm: Organisation,
    number: int,
    base: str,
    before: str,
    table: StoredFile,
    *,
    by: User,
    now: datetime,
) -> Case:
    typed = {
        "tax_year": str(timezone.localdate(now).year - 1),
        "contact": "财务部主管",
        "base": base,
        "base_before": before,
        "tax_return": [table.digest],
        "reported": "true",
        "listed_dishonest": "false",
        "paid_elsewhere": "false",
    }
    new = NewCase(flow=FLOW, region=call.region, organisation=firm, call=call, key=derived_key("demo subsidy", number))
    return open_case(new=new, first=StepWanted(step="applied", typed=typed, files=[table]), by=by, now=now)


def _check(case: Case, base: str, before: str, *, by: User, now: datetime) -> None:
    clauses = {f"clause_{name}": "true" for name in ("registered", "reported", "honest", "once")}
    typed = {**clauses, "verified_base": base, "verified_before": before}
    wanted = StepWanted(step="checked", typed=typed, opinion="逐条核对，材料齐全")
    take_step(case=case, wanted=wanted, seen=1, by=by, now=now)


def _settle(region: Region, cases: Sequence[Case], officer: User, director: User, now: datetime) -> None:
    """The director's office decides as it was worked out."""
    new = NewMeeting(
        kind="director_office",
        region=region,
        on=timezone.localdate(now),
        place="三楼会议室",
        key=derived_key("demo meeting", FLOW),
    )
    meeting = call_meeting(new=new, by=officer, now=now)
    items = put_on_agenda(
        meeting=meeting, cases=[CaseForAgenda(case=case) for case in cases], by=officer, now=now
    ).items
    meeting = hold_meeting(
        meeting=meeting, people=[PersonThere(name) for name in LEADERS], due=len(LEADERS), seen=0, by=officer, now=now
    )
    decisions = [
        ItemDecision(
            item=item,
            verdict=MeetingVerdict.STEP,
            step="settled",
            typed={"granted": _proposed(item.case)},
            seen=2,
            words="同意按条款测算的数额补助",
        )
        for item in items
    ]
    decide(meeting=meeting, decisions=decisions, by=director, now=now)


def _proposed(case: Case) -> str:
    """What the clauses came to, in 万元."""
    return f"{case.steps.get(step='checked').answers['proposed'] / 1_000_000:.4f}"


def _show(region: Region, cases: Sequence[Case], by: User, now: datetime) -> None:
    today = timezone.localdate(now)
    new = NewPublicity(
        region=region,
        flow=FLOW,
        step="announced",
        title=f"{today.year}年研发投入后补助拟补助名单公示（虚构）",
        contact="规划科 0000-0000000",
        since=today,
        amount="granted",
        key=derived_key("demo publicity", FLOW),
    )
    open_publicity(new=new, cases=[CaseShown(case=case, seen=3) for case in cases], by=by, now=now)


def _commit(region: Region, cases: Sequence[Case], by: User, now: datetime) -> None:
    """The money of the year, and what was decided of it; paid once the publicity is over."""
    today = timezone.localdate(now)
    pool = open_pool(
        new=NewPool(
            code="RND",
            name="县级科技发展专项（虚构）",
            region=region,
            year=today.year,
            level="county",
            purpose="rnd_subsidy",
            key=derived_key("demo pool", FLOW),
        ),
        by=by,
        now=now,
    )
    given = NewAllotment(
        kind=AllotmentKind.GIVEN,
        amount=BUDGET,
        document=f"青财教〔{today.year}〕12号",
        on=today,
        key=derived_key("demo allotment", FLOW),
    )
    allot(pool=pool, new=given, by=by, now=now)
    for case in cases:
        granted = case.steps.get(step="settled").answers["granted"]
        new = NewCommitment(
            case=case,
            shares={pool: granted},
            decided=granted,
            thing=f"研发投入后补助 {today.year - 1}",
            key=derived_key("demo commitment", str(case.key)),
        )
        commit(new=new, by=by, now=now)
