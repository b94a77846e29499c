"""Filing, correcting and voiding: versions, effects, audit, and who may not."""

from datetime import date

import pytest

from tests.cast import NOW, Cast, file
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused
from xingke.ledger import actions
from xingke.ledger.models import Recognition, RecognitionEvent, State


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
    assert (entry.count, entry.by) == (3, cast.statistician)
    assert {event.seq_from for event in events} == {entry.seq}


def test_a_correction_is_a_new_version_and_the_old_one_stays(cast: Cast) -> None:
    key = file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    event = RecognitionEvent.objects.get(subject=key)

    actions.correct_event(
        kind="recognition", record=event.record, version=1, changes={"happened_on": date(2023, 11, 8)}, reason="证书日期录错",
        by=cast.officer, now=NOW,
    )  # fmt: skip

    old, new = RecognitionEvent.objects.filter(record=event.record).order_by("version")
    assert (old.happened_on, old.seq_to) == (date(2024, 11, 8), new.seq_from)
    assert (new.happened_on, new.seq_to, new.reason) == (date(2023, 11, 8), None, "证书日期录错")


def test_voiding_an_event_settles_the_rest_of_its_history(cast: Cast) -> None:
    key = file(
        "recognition", "甲", [("recognised", "2020-11-08"), ("expired", "2023-11-08"), ("re_recognised", "2023-12-01")],
        firm=cast.firm, by=cast.statistician,
    )  # fmt: skip
    expired = RecognitionEvent.objects.get(subject=key, event="expired")

    actions.void_event(
        kind="recognition", record=expired.record, version=1, reason="并未到期", by=cast.director, now=NOW
    )

    current = RecognitionEvent.objects.filter(subject=key, seq_to__isnull=True).order_by("happened_on")
    assert [(event.event, event.state, event.effect) for event in current] == [
        ("recognised", State.CONFIRMED, 1),
        ("expired", State.VOID, -1),
        ("re_recognised", State.CONFIRMED, 0),  # it no longer reopens anything
    ]


def test_losing_what_is_not_held_is_refused_and_nothing_is_written(cast: Cast) -> None:
    before = AuditEntry.objects.count()

    with pytest.raises(Refused, match="没有有效的认定或授权"):
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
    key = file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    event = RecognitionEvent.objects.get(subject=key)
    correct = {
        "kind": "recognition",
        "record": event.record,
        "version": 1,
        "reason": "更正",
        "by": cast.officer,
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
            kind="recognition", record=event.record, version=1, changes={"happened_on": date(2023, 1, 1)}, reason="越权",
            by=cast.neighbour, now=NOW,
        )  # fmt: skip


def test_an_officer_files_drafts_but_cannot_confirm(cast: Cast) -> None:
    with pytest.raises(Refused, match=r"record\.confirm"):
        file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.officer)


def test_without_its_audit_row_nothing_is_saved(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_kwargs: object) -> None:
        raise RuntimeError("the audit trail is full")

    monkeypatch.setattr(actions, "record_audit", broken)

    with pytest.raises(RuntimeError):
        file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    assert not Recognition.objects.exists()
