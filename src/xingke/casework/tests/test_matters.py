"""The 办件 that a case files of itself: entered by whoever handled it, confirmed by whoever may, once, and taken back where the case goes on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry, User
from xingke.base.keys import derived_key
from xingke.base.refusals import Refused
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step, take_what_is_late
from xingke.casework.actions.matters import matter_key
from xingke.casework.checks import matters
from xingke.casework.models import Case, CaseStep, Filed
from xingke.casework.tests.flowing import FOLDER, through
from xingke.ledger import actions as ledger
from xingke.ledger.models import Matter, MatterEvent, State
from xingke.registry import actions as registry

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> Iterator[None]:
    """After each test the check finds that the ledger says what the steps say."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    yield
    assert not [problem for result in matters() for problem in result.problems]


def _ticket(cast: Cast, by: User | None = None, *, now: datetime = NOW) -> Case:
    new = NewCase(flow="ticket", region=cast.county, organisation=cast.firm)
    first = StepWanted(step="received", typed={"title": "用电贵"})
    return open_case(new=new, first=first, by=by or cast.officer, now=now)


def _item(cast: Cast, by: User, *, now: datetime = NOW) -> Case:
    new = NewCase(flow="service_item", region=cast.county, organisation=cast.firm)
    typed = {"title": "技术合同认定登记", "received_on": "2026-03-02"}
    return open_case(new=new, first=StepWanted(step="received", typed=typed), by=by, now=now)


def _take(case: Case, step: str, by: User | None, *, now: datetime = NOW, **wanted: Any) -> CaseStep:
    as_wanted = StepWanted(step=step, through=through(case.flow, step), **wanted)
    return take_step(case=case, wanted=as_wanted, seen=case.steps.count(), by=by, now=now)


def stands(case: Case) -> list[tuple[str, str, str, str]]:
    """Its 办件 as the ledger has it: each event that is not void, its state, who entered and who confirmed it."""
    rows = MatterEvent.objects.filter(subject=matter_key(case.key), seq_to__isnull=True).exclude(state=State.VOID)
    return [
        (each.event, each.state, each.entered_by.username, each.confirmed_by.username if each.confirmed_by else "")
        for each in rows.select_related("entered_by", "confirmed_by").order_by("step")
    ]


def test_an_officer_enters_it_and_whoever_decides_confirms_all_of_it(cast: Cast) -> None:
    case = _item(cast, cast.officer)
    _take(case, "accepted", cast.officer)
    assert stands(case) == [("opened", "draft", "officer", ""), ("accepted", "draft", "officer", "")]
    granted = _take(case, "granted", cast.director, now=NOW + timedelta(days=3))

    told = ["opened", "accepted", "granted", "in_time"]
    assert stands(case) == [(event, "confirmed", "officer", "director") for event in told]
    head = Matter.objects.get(record=matter_key(case.key), seq_to=None)
    assert (head.number, head.name, head.business, head.organisation, head.source) == (
        case.number,
        case.title,
        "other",
        cast.firm,
        f"case:{case.key}",
    )
    closed = MatterEvent.objects.get(subject=head.record, event="granted", seq_to=None)
    assert (closed.days_used, closed.days_allowed, closed.seq_from) == (30_000, 200_000, granted.seq_from)
    assert list(Filed.objects.filter(step__case=case).values_list("step__number", "kind", "record")) == [
        (number, "matter", head.record) for number in (1, 2, 3)
    ]


def test_what_a_step_files_of_it_is_part_of_its_act(cast: Cast) -> None:
    case = _item(cast, cast.officer)
    row = AuditEntry.objects.order_by("-seq")[0]
    assert (row.action, row.seq) == ("case.opened", case.seq)
    assert [part["action"] for part in row.detail[AuditEntry.PARTS]] == ["matter.filed", "notice.given"]


def test_what_a_firm_opens_is_entered_by_the_officer_who_takes_the_next_step(cast: Cast) -> None:
    case = _item(cast, cast.enterprise)
    assert stands(case) == []
    _take(case, "accepted", cast.officer)
    assert [each[:3] for each in stands(case)] == [("opened", "draft", "officer"), ("accepted", "draft", "officer")]


def test_who_may_enter_and_confirm_does_both(cast: Cast) -> None:
    registry.give_role(user=cast.officer, role="section_head", region=cast.county, by=None, now=NOW)
    case = _ticket(cast)
    assert [each[1:] for each in stands(case)] == [("confirmed", "officer", "officer")] * 2


def test_the_business_is_the_term_of_the_flow_where_a_pack_has_one(cast: Cast) -> None:
    new = NewCase(flow="paper", region=cast.county)
    case = open_case(new=new, first=StepWanted(step="registered", typed={"title": "函"}), by=cast.officer, now=NOW)
    assert Matter.objects.get(record=matter_key(case.key)).business == "paper"


def test_what_the_clock_ends_is_entered_by_who_handled_it_and_waits(cast: Cast) -> None:
    case = _item(cast, cast.officer)
    later = NOW + timedelta(days=30)
    assert take_what_is_late(now=later) == 1
    assert CaseStep.objects.get(case=case, seq_to=None).step == "deemed_accepted"
    assert stands(case) == [("opened", "draft", "officer", ""), ("accepted", "draft", "officer", "")]
    assert MatterEvent.objects.get(event="accepted").happened_on.isoformat() == "2026-03-02"


def test_a_case_that_is_taken_up_again_is_closed_once(cast: Cast) -> None:
    case = _ticket(cast)
    _take(case, "passed_on", cast.officer, opinion="属发改局职能")
    assert [each[0] for each in stands(case)] == ["opened", "accepted", "passed_on"]
    _take(case, "reopen", cast.director, opinion="退回来了")
    assert [each[0] for each in stands(case)] == ["opened", "accepted"]
    void = MatterEvent.objects.get(event="passed_on", seq_to=None)
    assert (void.state, void.reason) == (State.VOID, "退回来了")
    _take(case, "terminate", cast.director, opinion="企业撤诉")
    assert stands(case)[2][:2] == ("terminated", "confirmed")
    assert Matter.objects.filter(seq_to=None).count() == 1


def test_a_confirmed_end_is_taken_back_too(cast: Cast) -> None:
    case = _item(cast, cast.officer)
    _take(case, "accepted", cast.officer)
    _take(case, "refused", cast.director, opinion="材料不实")
    assert [each[0] for each in stands(case)] == ["opened", "accepted", "refused", "in_time"]
    _take(case, "reopen", cast.director, opinion="复核后重办")
    assert [each[:2] for each in stands(case)] == [("opened", "confirmed"), ("accepted", "confirmed")]


REOPENABLE = """
[[flow]]
code = "plain"
label = { zh = "样例", en = "Sample" }
about = "nobody"
managed_by = "record.enter"
step = [
    { code = "came", label = { zh = "来", en = "Came" }, by = ["record.enter"], next = ["went"] },
    { code = "went", label = { zh = "去", en = "Went" }, by = ["record.enter"], ends = "done" },
]
"""


def test_who_may_not_confirm_records_takes_up_nothing_that_was_closed(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text(
        'code = "plain"\nlabel = { zh = "样例", en = "Sample" }\nsource = "test"\n', encoding="utf-8"
    )
    (tmp_path / "flows.toml").write_text(REOPENABLE, encoding="utf-8")
    registry.load_pack(folder=tmp_path, by=None, now=NOW)
    case = open_case(
        new=NewCase(flow="plain", region=cast.county), first=StepWanted(step="came"), by=cast.officer, now=NOW
    )
    _take(case, "went", cast.officer)
    with pytest.raises(Refused, match="要作废已登记的办结"):
        _take(case, "reopen", cast.officer, opinion="再看看")
    assert case.steps.count() == 2
    assert [each[0] for each in stands(case)] == ["opened", "accepted", "done"]


def test_what_was_voided_in_the_ledger_is_left_alone(cast: Cast) -> None:
    case = _ticket(cast)
    for _event in range(2):
        row = MatterEvent.objects.filter(seq_to=None).exclude(state=State.VOID).order_by("-step")[0]
        ledger.void_event(
            kind="matter", record=row.record, version=row.version, reason="重复", by=cast.statistician, now=NOW
        )
    _take(case, "passed_on", cast.officer, opinion="属发改局职能")
    assert stands(case) == []


def test_what_was_entered_beside_it_and_cannot_be_so_refuses_the_step(cast: Cast) -> None:
    case = _ticket(cast)
    done = ledger.NewEvent(event="done", on=NOW.date(), region=cast.county)
    ledger.add_event(
        kind="matter", subject=matter_key(case.key), event=done, by=cast.officer, now=NOW, source="手工登记"
    )
    with pytest.raises(Refused, match=r"办件记录登记不了.*不能办结"):
        _take(case, "passed_on", cast.officer, opinion="属发改局职能")
    assert case.steps.count() == 1


def test_a_flow_that_does_not_count_files_none(cast: Cast) -> None:
    new = NewCase(flow="rectification", region=cast.county)
    open_case(
        new=new, first=StepWanted(step="claimed", typed={"title": "x", "until": "2026-09-30"}), by=cast.officer, now=NOW
    )
    assert not Matter.objects.exists()


def test_the_check_says_what_is_missing_in_the_ledger_and_what_stands_beside_it(cast: Cast) -> None:
    case = _item(cast, cast.officer)
    _take(case, "accepted", cast.officer)
    accepted = MatterEvent.objects.filter(subject=matter_key(case.key), event="accepted")
    with transaction.atomic():
        accepted.update(seq_to=F("seq_from") + 1)
        (result,) = matters()
        assert result.problems == (f"事项 {case}：台账里缺第 2 步的“accepted”",)
        transaction.set_rollback(True)
    with transaction.atomic():
        opened = MatterEvent.objects.filter(subject=matter_key(case.key), event="opened")
        opened.update(record=derived_key("case", case.key, "matter", 1, "granted"), event="granted")
        assert [problem for result in matters() for problem in result.problems] == [
            f"事项 {case}：台账里缺第 1 步的“opened”",
            f"事项 {case}：台账里多出“granted”，没有步骤这样说",
        ]
        transaction.set_rollback(True)
