"""Taking back one's own act: what it filed is void again, by whoever did it, the same day, while nothing was built on it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone

from tests.cast import NOW, Cast, file, meanwhile, void
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.queries import check_audit_chain, current_seq
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.base.undoing import OBSTACLES, FiledByAct, Obstacle
from xingke.ledger import actions
from xingke.ledger.models import Patent, PatentEvent, State, Undone
from xingke.ledger.queries import as_of
from xingke.ledger.queries.undoing import act_of_record
from xingke.ledger.rules.undoing import may_undo, undisturbed
from xingke.registry import actions as registry
from xingke.registry.models import Grant

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
DAY = date(2026, 3, 2)

OF_ITSELF = [
    ("one's own filing of today", {}, ""),
    ("another's", {"is_own": False}, "只能撤销自己的操作"),
    ("a step of a case", {"is_of_case": True}, "步骤不能撤销"),
    ("a confirmation", {"is_filing": False}, "这类操作不能撤销"),
    ("yesterday's", {"today": DAY + timedelta(days=1)}, "只有当天的登记可以撤销"),
    ("the third day of three", {"today": DAY + timedelta(days=2), "days": 3}, ""),
    ("the fourth day of three", {"today": DAY + timedelta(days=3), "days": 3}, "只有3天以内"),
]


@pytest.mark.parametrize("story, given, expected", OF_ITSELF, ids=[each[0] for each in OF_ITSELF])
def test_an_act_says_of_itself_whether_it_can_be_taken_back(story: str, given: dict[str, Any], expected: str) -> None:
    usual = {"is_own": True, "is_filing": True, "is_of_case": False, "done_on": DAY, "today": DAY}
    answer = may_undo(**{**usual, **given})

    assert answer.allowed is (not expected)
    assert expected in str(answer.reason or "")


def test_what_came_in_between_is_named() -> None:
    assert undisturbed(None).allowed
    assert str(undisturbed(say("有人看过了")).reason) == "不能撤销：有人看过了。"


def filed(cast: Cast, *events: tuple[str, str], by: User | None = None, name: str = "一种采集终端") -> UUID:
    """A patent entered as a draft; its events."""
    history = actions.NewHistory(
        fields={"form": "invention", "name": name, "number": f"20231001{len(name):04}5X"},
        region=cast.county,
        organisation=cast.firm,
        is_fictional=True,
        events=[
            actions.NewEvent(event=event, on=date.fromisoformat(on), region=cast.county)
            for event, on in events or (("applied", "2023-02-14"), ("granted", "2024-03-05"))
        ],
    )
    actions.file_histories(kind="patent", histories=[history], by=by or cast.officer, now=NOW, source="test")
    return history.key


def undo(seq: int, *, by: User, days: int = 0) -> int:
    return actions.undo_act(seq=seq, by=by, now=NOW + timedelta(days=days))


def states(record: UUID) -> list[tuple[int, str]]:
    """The versions of a patent and its events, with their states."""
    rows = [*Patent.objects.filter(record=record), *PatentEvent.objects.filter(subject=record)]
    return sorted((row.version, row.state) for row in rows)


# ── what becomes of it ──────────────────────────────────────────────────────────────────────────────────────────────


def test_all_that_was_filed_is_void_and_its_versions_stay(cast: Cast) -> None:
    record = filed(cast)
    seq = current_seq()

    assert undo(seq, by=cast.officer) == 1

    assert states(record) == [(1, "draft")] * 3 + [(2, "void")] * 3
    assert Patent.objects.get(record=record, version=2).reason == "撤销登记"
    assert Patent.objects.filter(as_of(seq), record=record).get().state == State.DRAFT  # as it stood then
    entry = AuditEntry.objects.get(action="records.undone")
    assert (entry.by, entry.count, entry.detail["undone"]) == (cast.officer, 1, str(seq))
    assert Undone.objects.get().act == seq and check_audit_chain().broken_at is None


def test_the_number_is_free_again(cast: Cast) -> None:
    filed(cast)
    undo(current_seq(), by=cast.officer)

    again = filed(cast)

    assert states(again) == [(1, "draft")] * 3


def test_an_event_that_was_added_is_void_and_what_it_did_to_others_with_it(cast: Cast) -> None:
    record = filed(cast, ("applied", "2023-02-14"), by=cast.officer)
    new = actions.NewEvent(event="granted", on=date(2024, 3, 5), region=cast.county)
    actions.add_event(kind="patent", subject=record, event=new, by=cast.officer, now=NOW, source="test")

    assert undo(current_seq(), by=cast.officer) == 1

    current = PatentEvent.objects.filter(subject=record, seq_to__isnull=True).order_by("event")
    assert [(each.event, each.state) for each in current] == [("applied", "draft"), ("granted", "void")]
    assert Patent.objects.get(record=record, seq_to__isnull=True).state == State.DRAFT


def test_what_somebody_filed_and_confirmed_by_themselves_is_taken_back_too(cast: Cast) -> None:
    record = file("patent", "终端", [("granted", "2024-03-05")], firm=cast.firm, by=cast.statistician)

    undo(current_seq(), by=cast.statistician)

    head = Patent.objects.get(record=record, seq_to__isnull=True)
    assert (head.state, head.confirmed_by) == (State.VOID, cast.statistician)


# ── what it refuses ─────────────────────────────────────────────────────────────────────────────────────────────────


def _confirm(cast: Cast, record: UUID) -> None:
    event = PatentEvent.objects.filter(subject=record, seq_to__isnull=True).order_by("step")[0]
    actions.confirm_event(kind="patent", record=event.record, version=event.version, by=cast.director, now=NOW)


def _correct(cast: Cast, record: UUID) -> None:
    actions.correct_subject(
        kind="patent", record=record, version=1, changes={"name": "另一名称"}, reason="更名", by=cast.officer, now=NOW
    )


def _void(cast: Cast, record: UUID) -> None:
    event = PatentEvent.objects.filter(subject=record).order_by("-step")[0]
    void("patent", event.record, by=cast.director)


def _add(cast: Cast, record: UUID) -> None:
    new = actions.NewEvent(event="lapsed", on=date(2025, 3, 5), region=cast.county)
    actions.add_event(kind="patent", subject=record, event=new, by=cast.statistician, now=NOW, source="test")


def _prove(cast: Cast, record: UUID) -> None:
    files = [actions.NewFile(name="证书.pdf", data=b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")]
    actions.attach_evidence(kind="patent", record=record, files=files, by=cast.statistician, now=NOW)


BETWEEN: list[tuple[str, Callable[[Cast, UUID], None], str]] = [
    ("confirmed", _confirm, "director已于09:30确认了其中的记录"),
    ("corrected, be it by oneself", _correct, "officer已于09:30更正了其中的记录"),
    ("voided in part", _void, "director已于09:30作废了其中的记录"),
    ("added to", _add, "statistician已于09:30为其中的记录登记了后续事件"),
    ("proved by another", _prove, "statistician已于09:30为其中的记录上传了佐证"),
]


@pytest.mark.parametrize("story, happens, expected", BETWEEN, ids=[each[0] for each in BETWEEN])
def test_what_came_in_between_stops_it_and_nothing_is_changed(
    cast: Cast, story: str, happens: Callable[[Cast, UUID], None], expected: str
) -> None:
    record = filed(cast)
    seq = current_seq()
    happens(cast, record)
    before, now = states(record), current_seq()

    with pytest.raises(Refused, match=expected):
        undo(seq, by=cast.officer)

    assert states(record) == before and current_seq() == now and not Undone.objects.exists()


def test_what_comes_in_between_while_it_waits_stops_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    record = filed(cast)
    seq = current_seq()
    meanwhile(monkeypatch, lambda: _confirm(cast, record))

    with pytest.raises(Refused, match="确认了其中的记录"):
        undo(seq, by=cast.officer)


def test_an_upper_room_may_say_that_something_came_in_between(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    record = filed(cast)
    seq = current_seq()
    asked: list[FiledByAct] = []

    def find(of: FiledByAct) -> Any:
        asked.append(of)
        return say("它已经用掉了")

    monkeypatch.setattr(OBSTACLES, "_entries", {"test": Obstacle(code="test", find=find)})
    with pytest.raises(Refused, match="不能撤销：它已经用掉了"):
        undo(seq, by=cast.officer)
    assert record in asked[0].records and (asked[0].kind, asked[0].is_counted) == ("patent", False)


def test_another_has_no_such_act_and_next_day_is_too_late(cast: Cast) -> None:
    filed(cast)
    seq = current_seq()

    for name in ("director", "neighbour", "statistician", "auditor", "stranger"):
        with pytest.raises(Http404):
            undo(seq, by=cast.users[name])
    with pytest.raises(Refused, match="只有当天的登记可以撤销"):
        undo(seq, by=cast.officer, days=1)
    assert not Undone.objects.exists()


def test_who_may_enter_records_there_no_more_takes_nothing_back(cast: Cast) -> None:
    filed(cast)
    seq = current_seq()
    grant = Grant.objects.get(user=cast.officer, revoked_at__isnull=True)
    registry.take_role_back(grant=grant, by=cast.security, now=NOW)

    with pytest.raises(Refused, match="没有在“青溪县”进行此项操作的权限"):
        undo(seq, by=User.objects.get(pk=cast.officer.pk))


def test_what_filed_nothing_is_no_act_to_take_back(cast: Cast) -> None:
    record = filed(cast)
    _confirm(cast, record)

    with pytest.raises(Refused, match="这类操作不能撤销"):
        undo(current_seq(), by=cast.director)


def test_pressed_twice_it_is_done_once(cast: Cast) -> None:
    filed(cast)
    seq = current_seq()
    undo(seq, by=cast.officer)
    after = current_seq()

    assert undo(seq, by=cast.officer) == 0
    assert current_seq() == after


def test_two_at_once_are_one_after_the_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    filed(cast)
    seq = current_seq()
    meanwhile(monkeypatch, lambda: undo(seq, by=cast.officer))

    assert undo(seq, by=cast.officer) == 0
    assert Undone.objects.count() == 1


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────────────────


PATENT = {
    "form": "invention",
    "number": "ZL 2017 1 0601862.3",
    "name": "一种采集终端",
    "holder_search": "明渠",
    "events-0-event": "applied",
    "events-0-happened_on": "2017-07-21",
    "region": "990121",
    "events-TOTAL_FORMS": "1",
    "events-INITIAL_FORMS": "0",
}


def test_the_message_after_filing_has_the_button_and_the_page_too(cast: Cast, signed_in: SignIn) -> None:
    browser, key = signed_in("officer"), str(uuid4())
    page = browser.post("/records/patent/new/", {**PATENT, "key": key}, follow=True).content.decode()
    seq = Patent.objects.get().seq_from
    address = f"/records/acts/{seq}/undo/"
    assert page.count(f'action="{address}"') == 2  # in the message and in the head

    after = browser.post(address, follow=True)

    assert after.redirect_chain[-1][0] == f"/records/patent/{key}/"
    said = after.content.decode()
    assert "已撤销，登记的 1 条记录已作废" in said and address not in said
    assert Patent.objects.get(seq_to__isnull=True).state == State.VOID


def test_pressed_again_in_another_tab_it_says_so(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    browser.post("/records/patent/new/", {**PATENT, "key": str(uuid4())})
    address = f"/records/acts/{Patent.objects.get().seq_from}/undo/"
    browser.post(address)

    assert "这次操作已经撤销，没有重复撤销。" in browser.post(address, follow=True).content.decode()


def test_who_pressed_too_late_is_told_what_came_in_between(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    browser.post("/records/patent/new/", {**PATENT, "key": str(uuid4())})
    head = Patent.objects.get()
    event = PatentEvent.objects.get()
    actions.confirm_event(kind="patent", record=event.record, version=1, by=cast.director, now=timezone.now())

    said = browser.post(f"/records/acts/{head.seq_from}/undo/", follow=True).content.decode()

    assert "不能撤销：director已于" in said and "确认了其中的记录" in said
    assert act_of_record(cast.officer, head, now=timezone.now()) is None


@pytest.mark.parametrize("who", ["director", "neighbour", "stranger", "statistician"])
def test_others_find_no_such_address(cast: Cast, signed_in: SignIn, who: str) -> None:
    signed_in("officer").post("/records/patent/new/", {**PATENT, "key": str(uuid4())})
    head = Patent.objects.get()

    assert signed_in(who).post(f"/records/acts/{head.seq_from}/undo/").status_code == 404
    assert act_of_record(cast.users[who], head, now=timezone.now()) is None


def test_the_button_is_offered_for_ones_own_and_only_that_day(cast: Cast) -> None:
    record = filed(cast)
    head, event = Patent.objects.get(record=record), PatentEvent.objects.filter(subject=record)[0]

    assert act_of_record(cast.officer, head, now=NOW) == head.seq_from
    assert act_of_record(cast.officer, event, now=NOW) == head.seq_from
    assert act_of_record(cast.officer, head, now=NOW + timedelta(days=1)) is None
    assert act_of_record(cast.director, head, now=NOW) is None
    undo(head.seq_from, by=cast.officer)
    assert act_of_record(cast.officer, Patent.objects.get(seq_to__isnull=True), now=NOW) is None
