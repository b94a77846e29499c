"""Kinds without four eyes: what a confirmed record says was confirmed by who is named, in every version."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from tests.cast import NOW, Cast, file, report
from xingke.base.refusals import Refused
from xingke.ledger import actions
from xingke.ledger.models import Observation, Patent, PatentEvent, Proposal, State
from xingke.registry import actions as registry

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
LATER = datetime(2026, 3, 9, 1, 30, tzinfo=UTC)


def _patent(cast: Cast) -> PatentEvent:
    """Entered and confirmed by the statistician."""
    file("patent", "甲", [("applied", "2023-03-01"), ("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    return PatentEvent.objects.get(event="granted")


def _figure(cast: Cast) -> Observation:
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)
    return Observation.objects.get()


def test_who_corrects_and_may_confirm_is_named_as_who_confirmed_it(cast: Cast) -> None:
    event = _patent(cast)

    actions.correct_event(
        kind="patent",
        record=event.record,
        version=1,
        changes={"happened_on": date(2024, 5, 7)},
        reason="公告日录错",
        by=cast.checker,
        now=LATER,
    )
    actions.correct_subject(
        kind="patent",
        record=event.subject,
        version=1,
        changes={"form": "utility"},
        reason="类型录错",
        by=cast.checker,
        now=LATER,
    )

    for row in (*PatentEvent.objects.filter(seq_to__isnull=True), Patent.objects.get(seq_to__isnull=True)):
        assert (row.state, row.confirmed_by, row.confirmed_at) == (State.CONFIRMED, cast.checker, LATER)
    assert PatentEvent.objects.get(record=event.record, version=1).confirmed_by == cast.statistician


def test_a_neighbour_that_only_moves_keeps_who_confirmed_it(cast: Cast) -> None:
    events = [("received", "2023-03-01"), ("granted", "2024-05-06")]
    file("patent", "乙", events, firm=cast.firm, by=cast.statistician)

    actions.correct_event(
        kind="patent",
        record=PatentEvent.objects.get(event="granted").record,
        version=1,
        changes={"happened_on": date(2023, 2, 1)},
        reason="公告日录错",
        by=cast.checker,
        now=LATER,
    )

    moved = PatentEvent.objects.get(event="received", seq_to__isnull=True)
    assert (moved.step, moved.confirmed_by) == (2, cast.statistician)


def test_an_officer_proposes_and_who_accepts_it_is_named(cast: Cast) -> None:
    event = _patent(cast)
    changed = {"kind": "patent", "record": event.record, "version": 1, "reason": "公告日录错", "now": NOW}
    with pytest.raises(Refused, match="您没有确认的权限，改动要先提出"):
        actions.correct_event(changes={"happened_on": date(2024, 5, 7)}, by=cast.officer, **changed)
    with pytest.raises(Refused, match=r"record\.confirm|没有在"):
        actions.void_event(by=cast.officer, **changed)

    proposal = actions.propose_correction(changes={"happened_on": date(2024, 5, 7)}, by=cast.officer, **changed)
    actions.accept_proposal(proposal=proposal, by=cast.director, now=LATER)

    row = PatentEvent.objects.get(record=event.record, seq_to__isnull=True)
    assert (row.happened_on, row.entered_by, row.confirmed_by) == (date(2024, 5, 7), cast.officer, cast.director)


def test_the_right_to_confirm_is_needed_where_the_record_goes_as_well(cast: Cast) -> None:
    event = _patent(cast)
    registry.give_role(user=cast.director, role="officer", region=cast.county, by=None, now=NOW)
    registry.give_role(user=cast.director, role="officer", region=cast.sibling, by=None, now=NOW)

    with pytest.raises(Refused, match="您没有确认的权限"):
        actions.correct_event(
            kind="patent",
            record=event.record,
            version=1,
            changes={"region": cast.sibling},
            reason="属地",
            by=cast.director,
            now=NOW,
        )


def test_a_draft_stays_one_whoever_corrects_it(cast: Cast) -> None:
    event = _patent(cast)
    draft = actions.add_event(
        kind="patent",
        subject=event.subject,
        by=cast.officer,
        now=NOW,
        source="登记",
        event=actions.NewEvent(event="lapsed", on=date(2025, 5, 6), region=cast.county),
    )

    actions.correct_event(
        kind="patent",
        record=draft,
        version=1,
        changes={"happened_on": date(2025, 5, 7)},
        reason="录错",
        by=cast.statistician,
        now=NOW,
    )

    row = PatentEvent.objects.get(record=draft, seq_to__isnull=True)
    assert (row.state, row.confirmed_by) == (State.DRAFT, None)


def test_what_is_void_was_voided_by_who_is_named(cast: Cast) -> None:
    event = _patent(cast)

    actions.void_event(kind="patent", record=event.record, version=1, reason="误录", by=cast.director, now=LATER)

    row = PatentEvent.objects.get(record=event.record, seq_to__isnull=True)
    assert (row.state, row.confirmed_by, row.confirmed_at) == (State.VOID, cast.director, LATER)


# ── Reported figures ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reported_figure_is_confirmed_anew_by_who_corrects_it(cast: Cast) -> None:
    row = _figure(cast)
    correction = {"record": row.record, "version": 1, "changes": {"value": 470_00000000_00}, "reason": "公报修订"}

    with pytest.raises(Refused, match="您没有确认的权限"):
        actions.correct_observation(**correction, by=cast.officer, now=NOW)
    actions.correct_observation(**correction, by=cast.checker, now=LATER)

    now = Observation.objects.get(seq_to__isnull=True)
    assert (now.entered_by, now.confirmed_by, now.confirmed_at) == (cast.checker, cast.checker, LATER)


@pytest.mark.parametrize("act", ["correct", "void"])
def test_an_officer_proposes_to_change_a_reported_figure(cast: Cast, signed_in: SignIn, act: str) -> None:
    row = _figure(cast)
    own = f"/records/observation/{row.record}/"
    form = signed_in("officer").get(f"{own}{act}/")
    filled = {name: field.value() or "" for name, field in ((each.name, each) for each in form.context["form"])}

    signed_in("officer").post(f"{own}{act}/", {**filled, "value": "470", "as_written": "470亿元", "reason": "公报修订"})
    proposal = Proposal.objects.get()
    listed = signed_in("director").get("/proposals/?outcome=open").content.decode()
    assert "地区生产总值" in listed and Observation.objects.get().version == 1
    signed_in("director").post(f"{own}proposals/{proposal.pk}/", {"verdict": "accept"})

    now = Observation.objects.get(seq_to__isnull=True)
    assert (now.value, now.state) == {"correct": (470_00000000_00, State.CONFIRMED), "void": (row.value, State.VOID)}[
        act
    ]
    assert (now.entered_by, now.confirmed_by) == (cast.officer, cast.director)


# ── Imports ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_imports_another_value_confirms_it_or_is_turned_back(cast: Cast) -> None:
    _figure(cast)

    with pytest.raises(AssertionError, match="已经确认"):  # the row is left
        report(cast.county, "2024", "地区生产总值", "470", "亿元", by=cast.officer)
    report(cast.county, "2024", "地区生产总值", "471", "亿元", by=cast.checker)

    now = Observation.objects.get(seq_to__isnull=True)
    assert (now.value, now.confirmed_by) == (471_00000000_00, cast.checker)
