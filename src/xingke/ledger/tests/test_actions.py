"""Filing, correcting and voiding: versions, effects, audit, and who may not."""

from datetime import date

import pytest
from django.http import Http404

from tests.cast import NOW, Cast, correct, file, report, void
from xingke.accounts import counting
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused
from xingke.ledger import actions
from xingke.ledger.models import Observation, Patent, PatentEvent, Recognition, RecognitionEvent, RecordKeeping, State
from xingke.ledger.queries import keeping, observations, records
from xingke.registry.models import Region

pytestmark = pytest.mark.db


def test_a_title_is_filed_with_its_events_as_one_audited_batch(cast: Cast) -> None:
    key = file(
        "recognition",
        "甲",
        [("applied", "2024-05-01"), ("recognised", "2024-11-08")],
        firm=cast.firm,
        by=cast.statistician,
    )

    events = RecognitionEvent.objects.filter(subject=key).order_by("step")
    assert [(event.event, event.effect, event.version) for event in events] == [("applied", 0, 1), ("recognised", 1, 1)]
    entry = AuditEntry.objects.get(action="recognition.filed")
    assert (entry.count, entry.by) == (1, cast.statistician)  # one record, whatever happened to it
    assert {event.seq_from for event in events} == {entry.seq}


def test_a_correction_is_a_new_version_and_the_old_one_stays(cast: Cast) -> None:
    key = file("patent", "甲", [("granted", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    event = PatentEvent.objects.get(subject=key)

    actions.correct_event(
        kind="patent",
        record=event.record,
        version=1,
        changes={"happened_on": date(2023, 11, 8)},
        reason="证书日期录错",
        by=cast.statistician,
        now=NOW,
    )

    old, new = PatentEvent.objects.filter(record=event.record).order_by("version")
    assert (old.happened_on, old.seq_to) == (date(2024, 11, 8), new.seq_from)
    assert (new.happened_on, new.seq_to, new.reason) == (date(2023, 11, 8), None, "证书日期录错")


def test_voiding_an_event_settles_the_rest_of_its_history(cast: Cast) -> None:
    key = file(
        "recognition",
        "甲",
        [("recognised", "2020-11-08"), ("expired", "2023-05-08"), ("re_recognised", "2023-10-01")],
        firm=cast.firm,
        by=cast.statistician,
    )
    expired = RecognitionEvent.objects.get(subject=key, event="expired")

    void("recognition", expired.record, reason="并未到期", by=cast.director)

    current = RecognitionEvent.objects.filter(subject=key, seq_to__isnull=True).order_by("happened_on")
    assert [(event.event, event.state, event.effect) for event in current] == [
        ("recognised", State.CONFIRMED, 1),
        ("expired", State.VOID, -1),
        ("re_recognised", State.CONFIRMED, 0),  # it no longer reopens anything
    ]


def test_losing_what_is_not_held_is_refused_and_nothing_is_written(cast: Cast) -> None:
    before = AuditEntry.objects.count()

    with pytest.raises(Refused, match="没有有效的认定"):
        file(
            "recognition",
            "甲",
            [("applied", "2024-05-01"), ("expired", "2024-11-08")],
            firm=cast.firm,
            by=cast.statistician,
        )

    assert not Recognition.objects.exists()
    assert AuditEntry.objects.count() == before


def test_two_corrections_of_the_same_version_do_not_overwrite_each_other(cast: Cast) -> None:
    key = file("patent", "甲", [("granted", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    event = PatentEvent.objects.get(subject=key)
    correct = {
        "kind": "patent",
        "record": event.record,
        "version": 1,
        "reason": "更正",
        "by": cast.statistician,
        "now": NOW,
    }
    actions.correct_event(changes={"happened_on": date(2023, 11, 8)}, **correct)

    with pytest.raises(Refused, match="不是最新版本"):
        actions.correct_event(changes={"happened_on": date(2022, 11, 8)}, **correct)


def test_the_neighbour_may_not_touch_this_county(cast: Cast) -> None:
    key = file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    event = RecognitionEvent.objects.get(subject=key)

    with pytest.raises(Refused, match="没有在“青溪县”进行此项操作的权限"):
        actions.correct_event(
            kind="recognition",
            record=event.record,
            version=1,
            changes={"happened_on": date(2023, 1, 1)},
            reason="越权",
            by=cast.neighbour,
            now=NOW,
        )


def test_an_officer_files_drafts_but_cannot_confirm(cast: Cast) -> None:
    with pytest.raises(Refused, match=r"record\.confirm"):
        file("patent", "甲", [("granted", "2024-11-08")], firm=cast.firm, by=cast.officer)


def test_without_its_audit_row_nothing_is_saved(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_kwargs: object) -> None:
        raise RuntimeError("the audit trail is full")

    monkeypatch.setattr(counting, "record", broken)

    with pytest.raises(RuntimeError):
        file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    assert not Recognition.objects.exists()


# ── drafts, further events, subjects ────────────────────────────────────────────────────────────────────────────────


def test_an_officer_adds_a_draft_and_the_director_confirms_it(cast: Cast) -> None:
    key = file("recognition", "甲", [("applied", "2024-05-01")], firm=cast.firm, by=cast.statistician)

    event = actions.add_event(
        kind="recognition",
        subject=key,
        event=actions.NewEvent(event="recognised", on=date(2024, 11, 8), region=cast.county),
        by=cast.officer,
        now=NOW,
        source="登记",
    )
    actions.confirm_event(kind="recognition", record=event, version=1, by=cast.director, now=NOW)

    draft, confirmed = RecognitionEvent.objects.filter(record=event).order_by("version")
    assert (draft.state, draft.effect, draft.confirmed_by) == (State.DRAFT, 1, None)
    assert (confirmed.state, confirmed.effect, confirmed.confirmed_by) == (State.CONFIRMED, 1, cast.director)
    assert (confirmed.title, confirmed.organisation) == ("high_tech_enterprise", cast.firm)
    assert not RecognitionEvent.objects.filter(
        subject=key, event="applied", version=2
    ).exists()  # nothing about it changed


def test_confirming_twice_changes_nothing(cast: Cast) -> None:
    key = file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    event = RecognitionEvent.objects.get(subject=key)
    before = AuditEntry.objects.count()

    actions.confirm_event(kind="recognition", record=event.record, version=1, by=cast.director, now=NOW)

    assert RecognitionEvent.objects.get(subject=key).confirmed_by == cast.checker
    assert AuditEntry.objects.count() == before


def test_what_only_a_draft_opened_cannot_be_lost_for_sure(cast: Cast) -> None:
    key = file("recognition", "甲", [("applied", "2024-05-01")], firm=cast.firm, by=cast.statistician)
    actions.add_event(
        kind="recognition",
        subject=key,
        event=actions.NewEvent(event="recognised", on=date(2024, 11, 8), region=cast.county),
        by=cast.officer,
        now=NOW,
        source="登记",
    )
    lost = {"event": "revoked", "on": date(2025, 2, 1), "region": cast.county}
    draft = {"kind": "recognition", "subject": key, "now": NOW, "source": "登记"}

    with pytest.raises(Refused, match="没有有效的认定"):
        actions.add_event(
            event=actions.NewEvent(**lost), by=cast.statistician, confirmed=True, confirmed_by=cast.checker, **draft
        )

    actions.add_event(event=actions.NewEvent(**lost), by=cast.officer, **draft)  # as a draft it may wait with the other


def test_an_event_before_the_others_settles_what_comes_after(cast: Cast) -> None:
    key = file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)

    actions.add_event(
        kind="patent",
        subject=key,
        event=actions.NewEvent(event="applied", on=date(2022, 3, 1), region=cast.county),
        by=cast.statistician,
        now=NOW,
        source="补录",
        confirmed=True,
    )

    current = PatentEvent.objects.filter(subject=key, seq_to__isnull=True).order_by("step")
    assert [(event.event, event.step, event.effect, event.version) for event in current] == [
        ("applied", 1, 0, 1),
        ("granted", 2, 1, 2),
    ]


def test_correcting_a_subject_rewrites_what_its_events_repeat(cast: Cast) -> None:
    key = file(
        "patent", "甲", [("applied", "2022-03-01"), ("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician
    )

    actions.correct_subject(
        kind="patent",
        record=key,
        version=1,
        changes={"form": "design", "name": "乙"},
        reason="类型录错",
        by=cast.statistician,
        now=NOW,
    )

    assert [(row.version, row.form, row.name) for row in Patent.objects.filter(record=key).order_by("version")] == [
        (1, "invention", "甲"),
        (2, "design", "乙"),
    ]
    rows = PatentEvent.objects.filter(subject=key).order_by("step", "version")
    assert [(row.event, row.version, row.form) for row in rows] == [
        ("applied", 1, "invention"),
        ("applied", 2, "design"),
        ("granted", 1, "invention"),
        ("granted", 2, "design"),
    ]
    assert {row.seq_from for row in rows if row.version == 2} == {AuditEntry.objects.get(action="patent.corrected").seq}


def test_correcting_only_the_name_leaves_the_events_alone(cast: Cast) -> None:
    key = file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)

    actions.correct_subject(
        kind="patent", record=key, version=1, changes={"name": "乙"}, reason="笔误", by=cast.statistician, now=NOW
    )

    assert PatentEvent.objects.get(subject=key).version == 1


@pytest.mark.parametrize("reason", ["", "   "])
def test_no_correction_without_a_reason(cast: Cast, reason: str) -> None:
    key = file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    event = PatentEvent.objects.get(subject=key)
    common = {"record": event.record, "version": 1, "reason": reason, "by": cast.statistician, "now": NOW}

    with pytest.raises(Refused, match="请写明更正或作废的原因"):
        actions.correct_event(kind="patent", changes={"happened_on": date(2024, 5, 7)}, **common)
    with pytest.raises(Refused, match="请写明更正或作废的原因"):
        actions.void_event(kind="patent", **common)
    assert PatentEvent.objects.get(subject=key).version == 1


def test_a_void_event_is_neither_corrected_nor_confirmed(cast: Cast) -> None:
    key = file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    record = PatentEvent.objects.get(subject=key).record
    actions.void_event(kind="patent", record=record, version=1, reason="误录", by=cast.director, now=NOW)

    with pytest.raises(Refused, match="已作废的记录不能更正"):
        actions.correct_event(
            kind="patent",
            record=record,
            version=2,
            changes={"happened_on": date(2024, 5, 7)},
            reason="改",
            by=cast.officer,
            now=NOW,
        )
    with pytest.raises(Refused, match="已作废"):
        actions.confirm_event(kind="patent", record=record, version=2, by=cast.director, now=NOW)


def test_the_same_patent_number_twice_refuses_the_whole_batch(cast: Cast) -> None:
    file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician, number="202410000001.X")

    with pytest.raises(Refused, match="与台账中已有的记录重复"):
        file("patent", "乙", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician, number="202410000001.X")
    assert Patent.objects.count() == PatentEvent.objects.count() == 1


def test_moving_an_event_needs_the_right_in_both_places(cast: Cast) -> None:
    key = file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    event = RecognitionEvent.objects.get(subject=key)

    with pytest.raises(Refused, match="没有在“云渡县”"):
        actions.correct_event(
            kind="recognition",
            record=event.record,
            version=1,
            changes={"region": cast.sibling},
            reason="属地更正",
            by=cast.officer,
            now=NOW,
        )


def test_moving_a_reported_figure_needs_the_right_in_both_places(cast: Cast) -> None:
    key = report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician)

    with pytest.raises(Refused, match="没有在“云渡县”"):
        actions.correct_observation(
            record=key, version=1, changes={"region": cast.sibling}, reason="属地更正", by=cast.officer, now=NOW
        )


# ── reported figures ────────────────────────────────────────────────────────────────────────────────────────────────


def test_choosing_a_figure_sets_the_others_aside(cast: Cast) -> None:
    low = report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician, document="T1")
    high = report(cast.county, "2024", "地区生产总值", "470", "亿元", by=cast.statistician, document="T2")
    other = report(cast.county, "2023", "地区生产总值", "440", "亿元", by=cast.statistician, document="T2")
    assert [len(choice.rows) for choice in observations.open_choices(cast.director)] == [2]

    actions.choose_observation(record=high, version=1, reason="以公报为准", by=cast.director, now=NOW)

    verdicts = {row.record: (row.accepted, row.version) for row in Observation.objects.filter(seq_to__isnull=True)}
    assert verdicts == {high: (True, 2), low: (False, 2), other: (None, 1)}
    assert observations.open_choices(cast.director) == []
    assert AuditEntry.objects.get(action="observation.chosen").reason == "以公报为准"


def test_another_choice_later_turns_it_round(cast: Cast) -> None:
    low = report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician, document="T1")
    high = report(cast.county, "2024", "地区生产总值", "470", "亿元", by=cast.statistician, document="T2")
    actions.choose_observation(record=high, version=1, reason="以公报为准", by=cast.director, now=NOW)

    actions.choose_observation(record=low, version=2, reason="公报更正", by=cast.director, now=NOW)

    verdicts = {row.record: row.accepted for row in Observation.objects.filter(seq_to__isnull=True)}
    assert verdicts == {high: False, low: True}


def test_choosing_needs_a_reason_and_something_to_choose(cast: Cast) -> None:
    known = report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician)
    unmapped = report(cast.county, "2024", "走访企业数", "12", "家", by=cast.statistician)

    with pytest.raises(Refused, match="请写明为什么采用这个数"):
        actions.choose_observation(record=known, version=1, reason=" ", by=cast.director, now=NOW)
    with pytest.raises(Refused, match="还没有对应的指标"):
        actions.choose_observation(record=unmapped, version=1, reason="看过原件", by=cast.director, now=NOW)


def test_a_corrected_figure_keeps_its_first_version(cast: Cast) -> None:
    key = report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician)

    actions.correct_observation(
        record=key,
        version=1,
        changes={"value": 470_000_000_000_0, "as_written": "470亿元"},
        reason="公报修订",
        by=cast.statistician,
        now=NOW,
    )

    old, new = Observation.objects.filter(record=key).order_by("version")
    assert (old.as_written, old.seq_to) == ("468.3亿元", new.seq_from)
    assert (new.as_written, new.reason, new.entered_by) == ("470亿元", "公报修订", cast.statistician)


def test_an_officers_figure_answers_when_the_director_has_confirmed_it_and_no_more_when_it_is_void(cast: Cast) -> None:
    asked = {"indicators": ["gdp"], "regions": [cast.county.pk], "periods": ["2024"]}
    key = report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.officer)
    assert observations.reported(**asked) == []

    actions.confirm_observation(record=key, version=1, by=cast.director, now=NOW)
    assert [row.as_written for row in observations.reported(**asked)] == ["468.3亿元"]

    with pytest.raises(Refused, match=r"record\.confirm"):
        actions.void_observation(record=key, version=2, reason="错报", by=cast.officer, now=NOW)
    actions.void_observation(record=key, version=2, reason="错报", by=cast.director, now=NOW)
    assert observations.reported(**asked) == []


# ── record keeping ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_record_keeping_is_declared_once_and_a_new_day_replaces_it(cast: Cast) -> None:
    declare = {"region": cast.county, "kind": "patent", "by": cast.director, "now": NOW}
    first = actions.declare_record_keeping(since=date(2023, 1, 1), **declare)
    assert actions.declare_record_keeping(since=date(2023, 1, 1), **declare) == first

    second = actions.declare_record_keeping(since=date(2024, 1, 1), **declare)

    assert RecordKeeping.objects.get(seq_to__isnull=True) == second
    first.refresh_from_db()
    assert first.seq_to == second.seq_from
    assert not keeping.is_record_keeping(cast.county, "patent", date(2023, 5, 1), date(2023, 12, 31))
    assert keeping.is_record_keeping(cast.county, "patent", date(2023, 5, 1), date(2023, 12, 31), seq=first.seq_from)
    assert not keeping.is_record_keeping(cast.county, "recognition", date(2024, 5, 1), date(2024, 12, 31))


def test_record_keeping_needs_a_known_kind_and_the_right_to_confirm(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有名为“gossip”的台账类别"):
        actions.declare_record_keeping(
            region=cast.county, kind="gossip", since=date(2023, 1, 1), by=cast.director, now=NOW
        )
    with pytest.raises(Refused, match=r"record\.confirm"):
        actions.declare_record_keeping(
            region=cast.county, kind="patent", since=date(2023, 1, 1), by=cast.officer, now=NOW
        )


def test_a_neighbour_cannot_end_a_title_held_here(cast: Cast) -> None:
    key = file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    expired = actions.NewEvent(event="expired", on=date(2025, 1, 1), region=cast.sibling)

    with pytest.raises(Refused, match="没有在“青溪县”进行此项操作的权限"):
        actions.add_event(kind="recognition", subject=key, event=expired, by=cast.neighbour, now=NOW, source="test")


def test_only_an_arrival_brings_a_history_elsewhere(cast: Cast) -> None:
    key = file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)

    def happens(event: str, day: str, region: Region) -> None:
        holder = cast.other_firm if event == "received" else None
        new = actions.NewEvent(event=event, on=date.fromisoformat(day), region=region, organisation=holder)
        actions.add_event(kind="patent", subject=key, event=new, by=cast.statistician, now=NOW, source="test")

    with pytest.raises(Refused, match="现在在“青溪县”"):
        happens("lapsed", "2025-01-01", cast.sibling)
    with pytest.raises(Refused, match="虚构"):
        happens("received", "2025-01-01", Region(name="真实县", path=cast.county.path, is_fictional=False))

    happens("received", "2025-01-01", cast.sibling)
    arrival = PatentEvent.objects.get(event="received")
    actions.void_event(kind="patent", record=arrival.record, version=1, reason="错录", by=cast.statistician, now=NOW)
    happens("lapsed", "2025-01-01", cast.county)  # a void arrival moved nothing


def test_nothing_is_added_to_what_is_void(cast: Cast) -> None:
    key = file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    event = PatentEvent.objects.get()
    actions.void_event(kind="patent", record=event.record, version=1, reason="错录", by=cast.statistician, now=NOW)

    new = actions.NewEvent(event="granted", on=date(2024, 5, 7), region=cast.county)
    with pytest.raises(Refused, match="已作废"):
        actions.add_event(kind="patent", subject=key, event=new, by=cast.statistician, now=NOW, source="test")
    with pytest.raises(Http404):
        records.record_to_add_to(cast.statistician, "patent", key)


def test_a_record_keeps_the_day_of_its_first_event(cast: Cast) -> None:
    file("patent", "甲", [("granted", "2024-05-06"), ("lapsed", "2025-05-06")], firm=cast.firm, by=cast.statistician)
    event = PatentEvent.objects.get(event="granted")

    correct("patent", event.record, {"happened_on": date(2024, 5, 9)}, by=cast.officer)

    assert Patent.objects.get(seq_to__isnull=True).happened_on == date(2024, 5, 9)


def test_a_key_that_is_another_records_files_nothing(cast: Cast) -> None:
    file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    for is_event, taken in ((False, PatentEvent), (False, Patent), (True, Patent)):
        with pytest.raises(Refused, match="重新打开"):
            actions.enter(
                kind="patent",
                is_event=is_event,
                key=taken.objects.get().record,
                files=[],
                by=cast.neighbour,
                now=NOW,
                file=pytest.fail,
            )
