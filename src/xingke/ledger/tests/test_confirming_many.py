"""Confirming many drafts at once: all that can be, with one number, and the others with their reasons."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.ledger import actions
from xingke.ledger.models import Patent, PatentEvent, PaymentEvent, State
from xingke.registry.models import Region

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def _drafts(cast: Cast, kind: str, count: int, *, by: Any, region: Region | None = None, tag: str = "") -> list[UUID]:
    where = region or cast.county
    fields = {"patent": {"form": "invention"}, "payment": {"purpose": "reward", "level": "province"}}[kind]
    events = {"patent": ("applied", "granted"), "payment": ("won",)}[kind]
    histories = [
        actions.NewHistory(
            fields={**fields, "name": f"{tag}{number}", "number": f"{kind}{tag}{number}"},
            region=where,
            organisation=None,
            is_fictional=True,
            events=[actions.NewEvent(event=event, on=date(2025, 3, 1), region=where) for event in events],
        )
        for number in range(count)
    ]
    actions.file_histories(kind=kind, histories=histories, by=by, now=NOW, source="test")
    model = {"patent": PatentEvent, "payment": PaymentEvent}[kind]
    return list(model.objects.filter(subject__in=[each.key for each in histories]).values_list("record", flat=True))


def test_all_that_can_be_are_confirmed_with_one_number_and_one_audit_row(cast: Cast) -> None:
    patents = _drafts(cast, "patent", 3, by=cast.officer)
    own = _drafts(cast, "payment", 1, by=cast.statistician, tag="自")
    others = _drafts(cast, "payment", 2, by=cast.officer)
    before = current_seq()

    plan = actions.confirm_events(
        records={"patent": patents, "payment": [*own, *others]}, by=cast.statistician, now=NOW
    )

    assert plan.count == 8 and current_seq() == before + 1
    assert [(each.record, each.reason[:11]) for each in plan.left] == [(own[0], "这类记录要由登记人以外")]
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.count, entry.detail["left"]) == ("records.confirmed", 8, 1)
    now = PatentEvent.objects.filter(seq_to__isnull=True)
    assert {(row.state, row.confirmed_by, row.version) for row in now} == {(State.CONFIRMED, cast.statistician, 2)}
    assert {row.state for row in Patent.objects.filter(seq_to__isnull=True)} == {State.CONFIRMED}
    assert [row.effect for row in now.order_by("subject", "step")] == [0, 1] * 3
    assert PaymentEvent.objects.get(record=own[0]).state == State.DRAFT


def test_what_is_not_there_not_theirs_or_not_possible_is_left(cast: Cast) -> None:
    (here, granted) = _drafts(cast, "patent", 1, by=cast.officer)
    (away, _away) = _drafts(cast, "patent", 1, by=cast.neighbour, region=cast.sibling, tag="邻")
    subject = PatentEvent.objects.get(record=here).subject
    lapsed = actions.add_event(
        kind="patent",
        subject=subject,
        event=actions.NewEvent(event="lapsed", on=date(2025, 4, 1), region=cast.county),
        by=cast.officer,
        now=NOW,
        source="test",
    )
    nowhere = UUID(int=7)

    plan = actions.plan_confirmation(records={"patent": [lapsed, away, nowhere]}, by=cast.director, now=NOW)
    whole = actions.plan_confirmation(records={"patent": [here, granted, lapsed]}, by=cast.director, now=NOW)

    reasons = {each.record: each.reason for each in plan.left}
    assert plan.count == 0 and set(reasons) == {lapsed, away, nowhere}
    assert "之前没有授权" in reasons[lapsed] and "云渡县" in reasons[away] and "没有这条" in reasons[nowhere]
    assert (whole.count, whole.left) == (3, [])
    with pytest.raises(Refused, match="没有可以确认的记录"):
        actions.confirm_events(records={"patent": [lapsed]}, by=cast.director, now=NOW)


def test_confirming_again_changes_nothing(cast: Cast) -> None:
    records = {"patent": _drafts(cast, "patent", 2, by=cast.officer)}
    actions.confirm_events(records=records, by=cast.director, now=NOW)
    seq = current_seq()

    with pytest.raises(Refused):
        actions.confirm_events(records=records, by=cast.director, now=NOW)

    assert current_seq() == seq and PatentEvent.objects.filter(version=3).count() == 0


def test_more_records_cost_no_more_questions_each(cast: Cast) -> None:
    def cost(count: int, tag: str) -> int:
        keys = _drafts(cast, "patent", count, by=cast.officer, tag=tag)
        with CaptureQueriesContext(connection) as asked:
            actions.confirm_events(records={"patent": keys}, by=cast.director, now=NOW)
        return len(asked)

    few, many = cost(2, "a"), cost(120, "b")

    assert many <= few + 12  # rows are written some dozens at a time


# ── On the page ───────────────────────────────────────────────────────────────────────────────────────────────────


def _hidden(page: Any) -> dict[str, str]:
    form = page.xpath("//form[@id='records-bulk' or .//button[@name='sure']]")[0]
    return {each.get("name"): each.get("value") for each in form.xpath(".//input[@type='hidden']")}


def test_the_director_confirms_all_that_match_after_seeing_what_that_means(cast: Cast, signed_in: SignIn) -> None:
    _drafts(cast, "patent", 30, by=cast.officer)
    _drafts(cast, "payment", 1, by=cast.officer)
    browser = signed_in("director")
    listed = browser.get("/records/?state=draft&kind=patent")
    assert "确认全部 60 条" in listed.content.decode()
    choice = _hidden(html.fromstring(listed.content.decode()))

    review = browser.post("/records/confirm/", {**choice, "all": "1"})
    _drafts(cast, "patent", 1, by=cast.officer, tag="后来")  # came after the director had looked
    assert "确认 60 条" in review.content.decode()
    done = browser.post("/records/confirm/", {**choice, "all": "1", "sure": "1"}, follow=True)

    assert "已确认 60 条" in done.content.decode()
    assert PatentEvent.objects.filter(seq_to__isnull=True, state=State.DRAFT).count() == 2
    assert PaymentEvent.objects.get().state == State.DRAFT


def test_ticked_rows_are_confirmed_and_what_cannot_be_says_why(cast: Cast, signed_in: SignIn) -> None:
    (own,) = _drafts(cast, "payment", 1, by=cast.statistician)
    (other,) = _drafts(cast, "payment", 1, by=cast.officer, tag="乙")
    ticked = {"row": [f"payment:{own}", f"payment:{other}", "gossip:x", f"gossip:{own}"], "until": current_seq()}
    browser = signed_in("statistician")

    review = browser.post("/records/confirm/", ticked).content.decode()
    browser.post("/records/confirm/", {**ticked, "sure": "1"})

    assert "确认 1 条" in review and "其中 1 条不能确认" in review and "登记人以外的人确认" in review
    assert PaymentEvent.objects.get(record=other, seq_to__isnull=True).state == State.CONFIRMED
    assert PaymentEvent.objects.get(record=own).state == State.DRAFT


@pytest.mark.parametrize("what", ["its event", "its subject"])
def test_what_was_corrected_after_it_was_seen_is_not_confirmed_unseen(cast: Cast, signed_in: SignIn, what: str) -> None:
    (moved,) = _drafts(cast, "payment", 1, by=cast.officer)
    (stayed,) = _drafts(cast, "payment", 1, by=cast.officer, tag="乙")
    browser = signed_in("director")
    page = html.fromstring(browser.get("/records/?state=draft").content.decode())
    ticked: dict[str, Any] = {**_hidden(page), "row": page.xpath("//input[@name='row']/@value")}
    row = PaymentEvent.objects.get(record=moved)
    common: dict[str, Any] = {"kind": "payment", "version": 1, "reason": "数字有误", "by": cast.officer, "now": NOW}
    if what == "its event":
        actions.correct_event(record=moved, changes={"amount": 100_000_000_00}, **common)
    else:
        actions.correct_subject(record=row.subject, changes={"name": "另一笔"}, **common)

    review = browser.post("/records/confirm/", ticked).content.decode()
    again = _hidden(html.fromstring(review))
    browser.post("/records/confirm/", {**ticked, "until": again["until"], "sure": "1"})

    assert "刚刚被他人更正" in review and "确认 1 条" in review
    assert PaymentEvent.objects.get(record=moved, seq_to__isnull=True).state == State.DRAFT
    assert PaymentEvent.objects.get(record=stayed, seq_to__isnull=True).state == State.CONFIRMED


def test_nothing_ticked_is_said_and_nobody_else_finds_it(cast: Cast, signed_in: SignIn) -> None:
    (own,) = _drafts(cast, "payment", 1, by=cast.statistician)

    assert "没有选定任何记录" in signed_in("director").post("/records/confirm/", {}, follow=True).content.decode()
    for who in ("officer", "enterprise", "stranger", "auditor"):
        assert signed_in(who).post("/records/confirm/", {"row": f"payment:{own}", "sure": "1"}).status_code == 404
    for who, url in (("officer", "/records/?state=draft"), ("director", "/records/")):
        assert reverse("ledger:records-confirm") not in signed_in(who).get(url).content.decode()
