"""Four eyes: who enters does not confirm, and what is confirmed is only proposed to be changed."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.cast import NOW, Cast, file, meanwhile, void
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.ledger import actions
from xingke.ledger.models import PaymentEvent, Proposal, Recognition, RecognitionEvent, State
from xingke.ledger.queries import as_of
from xingke.ledger.tables import TABLES
from xingke.registry import actions as registry

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def _title(cast: Cast) -> RecognitionEvent:
    file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    return RecognitionEvent.objects.get()


def _payment(cast: Cast, *, by: Any, confirmed: bool = False, confirmed_by: Any = None) -> UUID:
    history = actions.NewHistory(
        fields={"purpose": "reward", "level": "province", "name": "研发奖补", "number": ""},
        region=cast.county,
        organisation=cast.firm,
        is_fictional=True,
        events=[actions.NewEvent(event="won", on=date(2025, 3, 1), region=cast.county, measures={"amount": 100})],
    )
    actions.file_histories(
        kind="payment",
        histories=[history],
        by=by,
        now=NOW,
        source="test",
        confirmed=confirmed,
        confirmed_by=confirmed_by,
    )
    return history.key


def _propose(event: RecognitionEvent, day: date, *, by: Any, version: int = 1) -> Proposal:
    return actions.propose_correction(
        kind="recognition",
        record=event.record,
        version=version,
        changes={"happened_on": day},
        reason="证书日期录错",
        by=by,
        now=NOW,
    )


# ── Confirming ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_money_and_titles_need_four_eyes() -> None:
    assert [code for code, kind in TABLES.items() if kind.names.four_eyes] == [
        "recognition",
        "project",
        "payment",
        "contract",
    ]


def test_one_account_files_no_confirmed_money(cast: Cast) -> None:
    for second in (None, cast.statistician):
        with pytest.raises(Refused, match="不能是同一个账号"):
            _payment(cast, by=cast.statistician, confirmed=True, confirmed_by=second)
    with pytest.raises(Refused, match=r"record\.confirm"):
        _payment(cast, by=cast.statistician, confirmed=True, confirmed_by=cast.officer)
    assert not PaymentEvent.objects.exists()

    _payment(cast, by=cast.statistician, confirmed=True, confirmed_by=cast.director)
    event = PaymentEvent.objects.get()
    assert (event.state, event.entered_by, event.confirmed_by) == (State.CONFIRMED, cast.statistician, cast.director)


def test_everybody_who_wrote_a_draft_is_its_author(cast: Cast) -> None:
    """A later correction by another does not make the first writer a stranger to it."""
    key = _payment(cast, by=cast.statistician)
    actions.correct_subject(
        kind="payment", record=key, version=1, changes={"level": "city"}, reason="级别录错", by=cast.officer, now=NOW
    )
    event = PaymentEvent.objects.get(seq_to__isnull=True)

    with pytest.raises(Refused, match="登记人以外的人"):
        actions.confirm_event(kind="payment", record=event.record, version=event.version, by=cast.statistician, now=NOW)
    actions.confirm_event(kind="payment", record=event.record, version=event.version, by=cast.director, now=NOW)


def test_what_is_checked_still_stands_when_it_is_written(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the counter sees what was written by who held it: no check comes before."""
    _payment(cast, by=cast.statistician)
    event = PaymentEvent.objects.get()

    def confirmed() -> None:
        actions.confirm_event(kind="payment", record=event.record, version=1, by=cast.director, now=NOW)

    meanwhile(monkeypatch, confirmed)
    with pytest.raises(Refused, match="不是最新版本"):
        actions.correct_event(
            kind="payment",
            record=event.record,
            version=1,
            changes={"happened_on": date(2024, 3, 1)},
            reason="改日期",
            by=cast.statistician,
            now=NOW,
        )


def test_who_entered_it_does_not_confirm_it_and_another_does(cast: Cast, signed_in: SignIn) -> None:
    _payment(cast, by=cast.statistician)
    event = PaymentEvent.objects.get()
    page = signed_in("statistician").get(f"/records/payment/{event.record}/")
    assert not page.context["rights"].confirm and "要由登记人以外的人确认" in page.content.decode()

    signed_in("statistician").post(f"/records/payment/{event.record}/confirm/", {"version": "1"})
    assert PaymentEvent.objects.get().state == State.DRAFT
    signed_in("director").post(f"/records/payment/{event.record}/confirm/", {"version": "1"})

    assert PaymentEvent.objects.get(seq_to__isnull=True).confirmed_by == cast.director


def test_a_neighbouring_event_makes_nobody_an_author(cast: Cast) -> None:
    """An earlier event entered by another moves this one's place; who entered it still may not confirm it."""
    key = _payment(cast, by=cast.statistician)
    first = PaymentEvent.objects.get()
    actions.add_event(
        kind="payment",
        subject=key,
        event=actions.NewEvent(event="arrived", on=date(2025, 1, 1), region=cast.county),
        by=cast.officer,
        now=NOW,
        source="补录",
    )
    moved = PaymentEvent.objects.get(record=first.record, seq_to__isnull=True)
    assert (moved.version, moved.entered_by) == (2, cast.statistician)

    with pytest.raises(Refused, match="不能是同一个账号"):
        actions.confirm_event(kind="payment", record=first.record, version=2, by=cast.statistician, now=NOW)
    actions.confirm_event(kind="payment", record=first.record, version=2, by=cast.director, now=NOW)


def test_what_follows_from_a_draft_leaves_who_signed_and_the_confirmed_day_as_they_were(cast: Cast) -> None:
    title = _title(cast)
    actions.add_event(
        kind="recognition",
        subject=title.subject,
        by=cast.officer,
        now=NOW,
        source="补录",
        event=actions.NewEvent(event="recognised", on=date(2021, 11, 8), region=cast.county),
    )
    draft = RecognitionEvent.objects.get(state=State.DRAFT)

    moved, head = (
        model.objects.get(seq_to__isnull=True, state=State.CONFIRMED) for model in (RecognitionEvent, Recognition)
    )
    assert (moved.version, moved.step, moved.entered_by, moved.confirmed_by) == (2, 2, cast.statistician, cast.checker)
    assert (head.version, head.happened_on) == (1, date(2024, 11, 8))

    actions.confirm_events(records={"recognition": [draft.record]}, by=cast.director, now=NOW)
    head = Recognition.objects.get(seq_to__isnull=True)
    assert (head.happened_on, head.entered_by) == (date(2021, 11, 8), cast.statistician)


def test_voiding_the_last_event_frees_its_number(cast: Cast) -> None:
    event = _title(cast)

    void("recognition", event.record, by=cast.director)

    head = Recognition.objects.get(seq_to__isnull=True)
    assert (head.state, head.entered_by, head.confirmed_by) == (State.VOID, cast.director, cast.checker)


# ── Proposing ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["officer", "statistician"])
def test_what_is_confirmed_cannot_be_corrected_by_one(cast: Cast, who: str) -> None:
    event = _title(cast)

    with pytest.raises(Refused, match="改动要先提出"):
        actions.correct_event(
            kind="recognition",
            record=event.record,
            version=1,
            changes={"happened_on": date(2023, 1, 1)},
            reason="改",
            by=cast.users[who],
            now=NOW,
        )
    with pytest.raises(Refused, match="改动要先提出"):
        actions.correct_subject(
            kind="recognition",
            record=event.subject,
            version=1,
            changes={"number": "GR9"},
            reason="改",
            by=cast.users[who],
            now=NOW,
        )


def test_until_it_is_accepted_the_confirmed_version_counts(cast: Cast) -> None:
    event = _title(cast)

    proposal = _propose(event, date(2023, 11, 8), by=cast.officer)
    assert [row.happened_on for row in RecognitionEvent.objects.filter(as_of(None))] == [date(2024, 11, 8)]
    before = current_seq()
    actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)

    new = RecognitionEvent.objects.get(seq_to__isnull=True)
    assert (new.happened_on, new.state, new.version) == (date(2023, 11, 8), State.CONFIRMED, 2)
    assert (new.entered_by, new.confirmed_by, new.reason) == (cast.officer, cast.director, "证书日期录错")
    assert [row.happened_on for row in RecognitionEvent.objects.filter(as_of(before))] == [date(2024, 11, 8)]
    assert list(AuditEntry.objects.order_by("-seq").values_list("action", flat=True)[:2]) == [
        "recognition.correction-accepted",
        "recognition.correction-proposed",
    ]


def test_who_proposes_twice_is_named_twice(cast: Cast) -> None:
    event = _title(cast)

    for version, day in enumerate((date(2023, 11, 8), date(2023, 11, 9)), 1):
        proposal = _propose(event, day, by=cast.officer, version=version)
        actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)

    rows = RecognitionEvent.objects.filter(version__gt=1)
    assert {(row.entered_by, row.confirmed_by) for row in rows} == {(cast.officer, cast.director)}


def test_a_corrected_level_is_repeated_by_its_events_when_it_is_accepted(cast: Cast) -> None:
    event = _title(cast)
    proposal = actions.propose_correction(
        kind="recognition",
        record=event.subject,
        version=1,
        changes={"level": "province"},
        reason="级别录错",
        by=cast.officer,
        now=NOW,
    )

    actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)

    new = RecognitionEvent.objects.get(seq_to__isnull=True)
    assert (new.level, new.entered_by, new.confirmed_by) == ("province", cast.officer, cast.director)


def test_a_region_is_proposed_and_accepted_like_any_column(cast: Cast) -> None:
    event = _title(cast)
    proposal = actions.propose_correction(
        kind="recognition",
        record=event.record,
        version=1,
        changes={"region": cast.sibling},
        reason="属地",
        by=cast.statistician,
        now=NOW,
    )

    with pytest.raises(Refused, match="没有在“云渡县”"):
        actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)
    actions.accept_proposal(proposal=proposal, by=cast.checker, now=NOW)

    assert RecognitionEvent.objects.get(seq_to__isnull=True).region == cast.sibling


def test_nobody_accepts_their_own_and_nothing_is_decided_twice(cast: Cast) -> None:
    proposal = _propose(_title(cast), date(2023, 11, 8), by=cast.statistician)

    with pytest.raises(Refused, match="不能自己采纳"):
        actions.accept_proposal(proposal=proposal, by=cast.statistician, now=NOW)
    with pytest.raises(Refused, match="请写明不采纳的原因"):
        actions.decline_proposal(proposal=proposal, answer=" ", by=cast.director, now=NOW)
    actions.decline_proposal(proposal=proposal, answer="证书无误", by=cast.director, now=NOW)
    with pytest.raises(Refused, match="已有结果"):
        actions.accept_proposal(proposal=proposal, by=cast.checker, now=NOW)

    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.answer, proposal.decided_by) == ("declined", "证书无误", cast.director)
    assert RecognitionEvent.objects.get().version == 1


def test_declining_without_a_reason_comes_back_with_what_was_typed(cast: Cast, signed_in: SignIn) -> None:
    proposal = _propose(_title(cast), date(2023, 11, 8), by=cast.officer)
    url = f"/records/recognition/{proposal.record}/proposals/{proposal.pk}/"

    page = signed_in("director").post(url, {"verdict": "decline", "answer": "  "})

    returned = page.context["returned"]
    assert (page.status_code, returned.field, returned.typed) == (200, f"answer-{proposal.pk}", "  ")
    assert f'href="#answer-{proposal.pk}"' in page.content.decode()


def test_of_one_record_one_proposal_waits_and_what_cannot_be_is_not_proposed(cast: Cast) -> None:
    event = _title(cast)
    with pytest.raises(Refused, match="“取消”之前没有有效的认定"):
        actions.propose_correction(
            kind="recognition",
            record=event.record,
            version=1,
            changes={"event": "revoked"},
            reason="改",
            by=cast.officer,
            now=NOW,
        )
    first = _propose(event, date(2023, 11, 8), by=cast.officer)

    with pytest.raises(Refused, match="已有一项改动建议"):
        _propose(event, date(2022, 11, 8), by=cast.statistician)
    actions.decline_proposal(proposal=first, answer="", by=cast.officer, now=NOW)  # withdrawn
    _propose(event, date(2022, 11, 8), by=cast.statistician)

    assert sorted(Proposal.objects.values_list("outcome", flat=True)) == ["open", "withdrawn"]


def test_what_changed_meanwhile_is_not_written_over(cast: Cast) -> None:
    """The title itself is corrected while its only event is voided: one proposal each, the second comes too late."""
    event = _title(cast)
    renaming = actions.propose_correction(
        kind="recognition",
        record=event.subject,
        version=1,
        changes={"level": "province"},
        reason="级别录错",
        by=cast.officer,
        now=NOW,
    )
    void("recognition", event.record, by=cast.statistician)

    with pytest.raises(Refused, match="又有改动"):
        actions.accept_proposal(proposal=renaming, by=cast.director, now=NOW)
    actions.decline_proposal(proposal=renaming, answer="已作废", by=cast.director, now=NOW)


def test_another_event_in_its_history_does_not_make_a_proposal_stale(cast: Cast) -> None:
    event = _title(cast)
    proposal = _propose(event, date(2024, 11, 9), by=cast.officer)
    actions.add_event(
        kind="recognition",
        subject=event.subject,
        by=cast.officer,
        now=NOW,
        source="补录",
        event=actions.NewEvent(event="applied", on=date(2024, 5, 1), region=cast.county),
    )
    assert RecognitionEvent.objects.get(record=event.record, seq_to__isnull=True).version == 2

    actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)

    assert RecognitionEvent.objects.get(record=event.record, seq_to__isnull=True).happened_on == date(2024, 11, 9)


# ── Voiding ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _propose_void(event: RecognitionEvent, *, by: Any) -> Proposal:
    return actions.propose_void(
        kind="recognition", record=event.record, version=event.version, reason="误录", by=by, now=NOW
    )


def test_what_is_confirmed_is_not_voided_by_one(cast: Cast) -> None:
    event = _title(cast)

    for who in (cast.director, cast.statistician):
        with pytest.raises(Refused, match="改动要先提出"):
            actions.void_event(kind="recognition", record=event.record, version=1, reason="误录", by=who, now=NOW)
    with pytest.raises(Refused, match=r"record\.enter"):
        _propose_void(event, by=cast.reviewer)

    assert RecognitionEvent.objects.get().state == State.CONFIRMED and not Proposal.objects.exists()


def test_a_draft_is_voided_by_one(cast: Cast) -> None:
    _payment(cast, by=cast.statistician)
    event = PaymentEvent.objects.get()

    actions.void_event(kind="payment", record=event.record, version=1, reason="误录", by=cast.director, now=NOW)

    assert PaymentEvent.objects.get(seq_to__isnull=True).state == State.VOID


def test_until_another_accepts_it_the_record_counts_on(cast: Cast) -> None:
    event = _title(cast)
    proposal = _propose_void(event, by=cast.officer)
    confirmed = RecognitionEvent.objects.get(as_of(None))
    assert (confirmed.version, confirmed.state) == (1, State.CONFIRMED)

    with pytest.raises(Refused, match=r"record\.confirm"):
        actions.accept_proposal(proposal=proposal, by=cast.reviewer, now=NOW)
    actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)

    gone = RecognitionEvent.objects.get(seq_to__isnull=True)
    assert (gone.version, gone.state, gone.reason) == (2, State.VOID, "误录")
    assert (gone.entered_by, gone.confirmed_by) == (cast.officer, cast.director)
    assert list(AuditEntry.objects.order_by("-seq").values_list("action", flat=True)[:2]) == [
        "recognition.void-accepted",
        "recognition.void-proposed",
    ]


def test_nobody_voids_alone_and_declining_leaves_the_record_as_it_was(cast: Cast) -> None:
    event = _title(cast)
    proposal = _propose_void(event, by=cast.director)

    with pytest.raises(Refused, match="不能自己采纳"):
        actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)
    actions.decline_proposal(proposal=proposal, answer="证书有效", by=cast.checker, now=NOW)

    assert RecognitionEvent.objects.get().version == 1


def test_a_title_comes_back_to_count_only_when_another_accepts_that_its_end_is_void(cast: Cast) -> None:
    file(
        "recognition",
        "甲",
        [("recognised", "2021-11-08"), ("revoked", "2023-02-01")],
        firm=cast.firm,
        by=cast.statistician,
    )
    end = RecognitionEvent.objects.get(event="revoked")

    def held() -> int:
        rows = RecognitionEvent.objects.filter(as_of(None), state=State.CONFIRMED)
        return sum(rows.values_list("effect", flat=True))

    proposal = _propose_void(end, by=cast.statistician)
    assert held() == 0
    actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)

    assert held() == 1


def test_what_others_rest_on_is_not_proposed_to_be_void(cast: Cast) -> None:
    file(
        "recognition",
        "甲",
        [("recognised", "2021-11-08"), ("revoked", "2023-02-01")],
        firm=cast.firm,
        by=cast.statistician,
    )

    with pytest.raises(Refused, match="之前没有有效的认定"):
        _propose_void(RecognitionEvent.objects.get(event="recognised"), by=cast.officer)


def test_a_record_waits_for_one_answer_to_correct_it_or_to_void_it(cast: Cast) -> None:
    event = _title(cast)
    correction = _propose(event, date(2023, 11, 8), by=cast.officer)
    with pytest.raises(Refused, match="已有一项改动建议"):
        _propose_void(event, by=cast.statistician)
    actions.decline_proposal(proposal=correction, answer="", by=cast.officer, now=NOW)

    _propose_void(event, by=cast.statistician)
    with pytest.raises(Refused, match="已有一项改动建议"):
        _propose(event, date(2023, 11, 8), by=cast.officer)


def test_two_events_proposed_to_be_void_are_weighed_one_after_the_other(cast: Cast) -> None:
    """Each leaves the other standing; with the last event its title goes."""
    file(
        "recognition",
        "甲",
        [("recognised", "2021-11-08"), ("renamed", "2022-02-01")],
        firm=cast.firm,
        by=cast.statistician,
    )
    first, second = RecognitionEvent.objects.order_by("step")
    proposals = [_propose_void(event, by=cast.officer) for event in (first, second)]

    for proposal in proposals:
        actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)

    assert set(RecognitionEvent.objects.filter(seq_to__isnull=True).values_list("state", flat=True)) == {State.VOID}
    assert Recognition.objects.get(seq_to__isnull=True).state == State.VOID


def test_what_came_to_rest_on_it_meanwhile_keeps_it_from_being_void(cast: Cast) -> None:
    event = _title(cast)
    proposal = _propose_void(event, by=cast.officer)
    actions.add_event(
        kind="recognition",
        subject=event.subject,
        by=cast.officer,
        now=NOW,
        source="登记",
        event=actions.NewEvent(event="revoked", on=date(2025, 2, 1), region=cast.county),
    )

    with pytest.raises(Refused, match="“取消”之前没有有效的认定"):
        actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)
    assert RecognitionEvent.objects.get(record=event.record, seq_to__isnull=True).state == State.CONFIRMED


def test_two_who_decide_at_once_decide_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the counter finds the proposal decided."""
    proposal = _propose_void(_title(cast), by=cast.officer)

    def declined() -> None:
        actions.decline_proposal(proposal=proposal, answer="证书有效", by=cast.checker, now=NOW)

    meanwhile(monkeypatch, declined)
    with pytest.raises(Refused, match="已有结果"):
        actions.accept_proposal(proposal=proposal, by=cast.director, now=NOW)


def test_two_who_propose_at_once_propose_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    event = _title(cast)

    def proposed() -> None:
        _propose(event, date(2023, 11, 8), by=cast.statistician)

    meanwhile(monkeypatch, proposed)
    with pytest.raises(Refused, match="已有一项改动建议"):
        _propose_void(event, by=cast.officer)


# ── On the pages ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_officer_proposes_the_director_accepts_and_the_officer_sees_it(cast: Cast, signed_in: SignIn) -> None:
    event = _title(cast)
    own = f"/records/recognition/{event.record}/"
    form = signed_in("officer").get(f"{own}correct/").content.decode()
    assert "更正先作为建议提出" in form
    asked = {"version": "1", "event": "recognised", "happened_on": "2023-11-08", "reason": "证书日期录错"}
    signed_in("officer").post(f"{own}correct/", asked)
    proposal = Proposal.objects.get()

    waiting = signed_in("director").get("/records/")
    listed = signed_in("director").get("/proposals/?outcome=open").content.decode()
    assert waiting.context["waiting"] == 1 and "证书日期录错" in listed and "2023年11月8日" in listed
    signed_in("director").post(f"{own}proposals/{proposal.pk}/", {"verdict": "accept"})

    page = signed_in("officer").get(own)
    assert [item["outcome"] for item in page.context["proposals"]] == ["已采纳"]
    assert page.context["versions"][0]["by"] == cast.officer
    assert "确认：director" in page.context["versions"][0]["note"]


def test_the_officer_proposes_to_void_and_the_director_does(cast: Cast, signed_in: SignIn) -> None:
    event = _title(cast)
    own = f"/records/recognition/{event.record}/"
    page = signed_in("officer").get(own).content.decode()
    assert "提出作废" in page and "提出更正" in page
    assert "作废先作为建议提出" in signed_in("officer").get(f"{own}void/").content.decode()
    signed_in("officer").post(f"{own}void/", {"version": "1", "reason": "证书系误录"})
    proposal = Proposal.objects.get()

    page = signed_in("officer").get(own).content.decode()
    assert "有人提出作废这条记录" in page and "提出更正" not in page  # one answer at a time
    assert "已作废" in signed_in("director").get("/proposals/?outcome=open").content.decode()
    answer = signed_in("director").post(f"{own}proposals/{proposal.pk}/", {"verdict": "accept"}, follow=True)

    assert "已采纳，记录已作废。" in answer.content.decode()
    assert RecognitionEvent.objects.get(seq_to__isnull=True).state == State.VOID


def test_a_second_press_on_an_old_page_says_that_it_waits(cast: Cast, signed_in: SignIn) -> None:
    event = _title(cast)
    own = f"/records/recognition/{event.record}/void/"
    sent = {"version": "1", "reason": "证书系误录"}
    signed_in("officer").post(own, sent)

    assert "已有一项改动建议" in signed_in("officer").post(own, sent).content.decode()
    assert Proposal.objects.count() == 1


def test_a_draft_of_another_is_no_officers_to_void(cast: Cast, signed_in: SignIn) -> None:
    _payment(cast, by=cast.statistician)
    draft = PaymentEvent.objects.get()

    assert signed_in("officer").get(f"/records/payment/{draft.record}/void/").status_code == 404
    assert "作废" in signed_in("director").get(f"/records/payment/{draft.record}/void/").content.decode()


def test_a_declined_proposal_says_why(cast: Cast, signed_in: SignIn) -> None:
    event = _title(cast)
    proposal = _propose(event, date(2023, 11, 8), by=cast.officer)
    own = f"/records/recognition/{event.record}/"

    signed_in("director").post(f"{own}proposals/{proposal.pk}/", {"verdict": "decline", "answer": "以证书为准"})

    assert "以证书为准" in signed_in("officer").get(own).content.decode()
    assert "以证书为准" in signed_in("officer").get("/proposals/?whose=mine").content.decode()


def test_another_officer_decides_nothing(cast: Cast, signed_in: SignIn) -> None:
    """Neither next door, nor in the same county without the right to confirm."""
    event = _title(cast)
    proposal = _propose(event, date(2023, 11, 8), by=cast.officer)
    registry.give_role(user=cast.neighbour, role="officer", region=cast.county, by=None, now=NOW)

    for who in ("neighbour", "enterprise", "superior", "stranger"):
        url = f"/records/recognition/{event.record}/proposals/{proposal.pk}/"
        assert signed_in(who).post(url, {"verdict": "accept"}).status_code == 404, who
    assert Proposal.objects.get().outcome == "open"


@pytest.mark.parametrize(
    "posted", [{}, {"answer": "以证书为准"}, {"verdict": "", "answer": "以证书为准"}, {"verdict": "x"}]
)
@pytest.mark.parametrize("who", ["officer", "director"])
def test_what_says_no_verdict_decides_nothing(cast: Cast, signed_in: SignIn, who: str, posted: dict[str, str]) -> None:
    event = _title(cast)
    proposal = _propose(event, date(2023, 11, 8), by=cast.officer)

    answer = signed_in(who).post(f"/records/recognition/{event.record}/proposals/{proposal.pk}/", posted)

    proposal.refresh_from_db()
    assert (answer.status_code, proposal.outcome) == (400, "open")
    assert "页面不完整，请重新打开本页。" in answer.content.decode()
