"""Who may see the addresses of what several cases share."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.access import EVERYBODY, Row, World
from tests.cast import NOW
from xingke.accounts import actions as accounts
from xingke.casework.actions.calls import NewCall, make_call
from xingke.casework.actions.meetings import CaseForAgenda, DutyWanted, put_on_agenda
from xingke.casework.actions.notices import NewNotice, send_notice
from xingke.casework.actions.publicity import NewObjection, record_objection
from xingke.casework.models import AgendaPaper, Case, Publicity
from xingke.casework.rules.calls import CallQuota
from xingke.casework.rules.meetings import MeetingVerdict
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import (
    PDF,
    TODAY,
    before_a_meeting,
    before_publicity,
    call,
    hold,
    put,
    record,
    settle,
    show,
)
from xingke.registry import actions as registry

BUREAU = frozenset({"officer", "director"})  # read the cases of the county as those of its bureau
ANY_BUREAU = BUREAU | {"neighbour"}
DECIDE = frozenset({"director"})


def furnish(world: World) -> Mapping[str, Any]:
    """A call, a meeting with one item decided and two open, publicity of today with an objection, cases that wait."""
    cast = world.cast
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    new = NewCall(
        region=cast.county,
        flow="rnd_subsidy",
        title="关于申报研发费用后补助的通知",
        published_on=TODAY,
        since=TODAY,
        until=timezone.localdate() + timedelta(days=30),
        document_number="青科〔2026〕5号",
        asked="上一年度享受加计扣除。",
        budget=500_000_000,
        budget_text="从科技专项资金列支",
        most=40,
        least=2,
        quotas=[CallQuota("organisation", 1)],
    )
    made = make_call(new=new, by=cast.director, now=NOW)
    cases = before_a_meeting(cast, 3)
    meeting = call(cast)
    items = put(cast, meeting, cases[:2])
    paper = accounts.store_file(name="审核意见.pdf", data=PDF)
    wanted = CaseForAgenda(case=cases[2], summary="拟补助25万元", files=[paper])
    put_on_agenda(meeting=meeting, cases=[wanted], by=cast.officer, now=NOW)
    hold(cast, meeting)
    duty = DutyWanted(text="核实附件", due=TODAY, responsible=cast.officer)
    record(cast, meeting, [settle(items[0], words="同意", withdrawn=["副局长丙"], duties=[duty])])
    record(cast, meeting, [settle(items[1], verdict=MeetingVerdict.PUT_OFF, step="", words="补充材料后再议")])
    publicity = show(cast, before_publicity(cast, 2), text="经审核并经会议审定，现予公示。").publicity
    assert publicity is not None
    # shown now, whenever the tests run
    Publicity.objects.filter(pk=publicity.pk).update(until=timezone.localdate() + timedelta(days=5))
    objection = NewObjection(content="研发人员不足", on=TODAY, who="某公司")
    recorded = record_objection(publicity=publicity, new=objection, by=cast.officer, now=NOW)
    before_publicity(cast)
    notice = NewNotice(
        region=cast.county,
        title="关于报送科技统计年报的通知",
        text="请于月底前报送。",
        organisations=[cast.firm],
        users=[cast.officer],
        answer_until=TODAY,
    )
    sent = send_notice(new=notice, by=cast.officer, now=NOW)
    return {
        "case_notice": sent,
        "receipt": sent.receipts.get(organisation=cast.firm),
        "call": made,
        "meeting": meeting,
        "agenda_item": items[1],
        "agenda_paper": AgendaPaper.objects.get(),
        "publicity": publicity,
        "objection": recorded,
        "settled_case": Case.objects.get(pk=cases[0].pk),
    }


def _meeting(world: World) -> dict[str, Any]:
    return {"key": world.meeting.key}


def _publicity(world: World) -> dict[str, Any]:
    return {"key": world.publicity.key}


ROWS = {
    "call-list": Row(ANY_BUREAU | {"enterprise", "commissioner"}),
    "call-flows": Row(DECIDE),
    "call-new": Row(DECIDE, lambda world: {"flow": "rnd_subsidy"}),
    "call": Row(BUREAU | {"enterprise", "commissioner"}, lambda world: {"key": world.call.key}),
    "meeting-list": Row(ANY_BUREAU),
    "meeting-new": Row(ANY_BUREAU),
    "meeting": Row(BUREAU, _meeting),
    "agenda-put": Row(BUREAU, _meeting),
    "agenda-off": Row(BUREAU, lambda world: {**_meeting(world), "pk": world.agenda_item.pk}, posts_only=True),
    "agenda-paper": Row(
        BUREAU,
        lambda world: {
            **_meeting(world),
            "pk": world.agenda_paper.pk,
            "name": world.agenda_paper.attachment.name,
        },
        is_page=False,
    ),
    "meeting-hold": Row(BUREAU, _meeting),
    "meeting-decide": Row(DECIDE, _meeting),
    "meeting-close": Row(BUREAU, _meeting, posts_only=True),
    "notice-list": Row(ANY_BUREAU | {"enterprise", "commissioner"}),
    "notice-new": Row(ANY_BUREAU),
    "notice": Row(BUREAU | {"enterprise"}, lambda world: {"key": world.case_notice.key}),
    "notice-sign": Row(
        frozenset({"enterprise"}),
        lambda world: {"key": world.case_notice.key, "pk": world.receipt.pk},
        posts_only=True,
    ),
    "publicity-list": Row(ANY_BUREAU),
    "publicity-new": Row(
        frozenset({"officer"}),
        lambda world: {"region": world.cast.county.code, "flow": "rnd_subsidy", "step": "announced"},
    ),
    "publicity": Row(BUREAU, _publicity),
    "objection-new": Row(BUREAU, _publicity),
    "objection-answer": Row(BUREAU, lambda world: {**_publicity(world), "pk": world.objection.pk}),
    "public-publicity-list": Row(EVERYBODY, is_public=True),
    "public-publicity": Row(EVERYBODY, _publicity, is_public=True),
}
