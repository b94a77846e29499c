"""Taking back an import: all of it by whoever filed it, and the mended file may be handed over again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from xingke.accounts.models import Job
from xingke.accounts.queries import current_seq
from xingke.base.codes import patent_check
from xingke.base.refusals import Refused
from xingke.intake import jobs
from xingke.intake.actions import ask_to_undo, file_batch, undo_batch
from xingke.intake.models import ImportBatch
from xingke.intake.tests import test_importing as figures
from xingke.intake.tests.test_importing_histories import CONFIRMED, PATENT, bring, found
from xingke.ledger import actions
from xingke.ledger.models import Observation, Patent, PatentEvent, State

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
OTHER = {**PATENT, "专利名称": "另一种示例装置", "申请号": f"202310123457.{patent_check('202310123457')}"}


def batch_of(outcome: Any) -> ImportBatch:
    assert outcome.batch is not None
    batch: ImportBatch = outcome.batch
    return batch


def test_all_that_an_import_filed_is_void_and_the_import_says_so(cast: Cast) -> None:
    batch = batch_of(bring("patent", PATENT, OTHER, by=cast.officer))

    undo_batch(batch=batch, by=cast.officer, now=NOW)

    assert set(Patent.objects.filter(seq_to__isnull=True).values_list("version", "state")) == {(2, State.VOID)}
    assert set(PatentEvent.objects.filter(seq_to__isnull=True).values_list("version", "state")) == {(2, State.VOID)}
    assert ImportBatch.objects.get(pk=batch.pk).state == ImportBatch.State.UNDONE


def test_the_same_file_and_a_mended_one_may_be_handed_over_again(cast: Cast) -> None:
    undo_batch(batch=batch_of(bring("patent", PATENT, OTHER, by=cast.officer)), by=cast.officer, now=NOW)

    again = bring("patent", {**PATENT, "专利名称": "改好的名称"}, OTHER, by=cast.officer)

    assert found(again) == {"new": 2}
    names = set(Patent.objects.filter(seq_to__isnull=True, state=State.DRAFT).values_list("name", flat=True))
    assert names == {"改好的名称", "另一种示例装置"}


def test_a_figure_that_was_taken_back_is_filed_anew_in_its_place_and_taken_back_again(cast: Cast) -> None:
    first = figures.bring(figures.csv_of({}), cast.officer)
    undo_batch(batch=batch_of(first), by=cast.officer, now=NOW)

    second = figures.bring(figures.csv_of({"value": "468.35"}), cast.officer)

    assert second.counts["new"] == 1
    row = Observation.objects.get(seq_to__isnull=True)
    assert (row.version, row.state, row.as_written) == (3, State.DRAFT, "468.35亿元")
    undo_batch(batch=batch_of(second), by=cast.officer, now=NOW)
    assert Observation.objects.get(seq_to__isnull=True).state == State.VOID


def test_a_figure_that_somebody_voided_still_does_not_come_back(cast: Cast) -> None:
    first = figures.bring(figures.csv_of({}), cast.statistician)
    row = Observation.objects.get()
    actions.void_observation(record=row.record, version=1, reason="错报", by=cast.statistician, now=NOW)

    with pytest.raises(Refused, match="statistician已于09:30作废了其中的记录"):
        undo_batch(batch=batch_of(first), by=cast.statistician, now=NOW)
    assert figures.bring(figures.csv_of({"value": "1"}), cast.statistician).counts["rejected"] == 1


def test_an_import_that_changed_what_stood_is_not_taken_back_as_a_whole(cast: Cast) -> None:
    bring("patent", PATENT, by=cast.officer)
    second = bring("patent", {**PATENT, "授权公告日": "2024-03-15"}, OTHER, by=cast.officer)
    seq = current_seq()

    with pytest.raises(Refused, match="它还改动了已有的1条记录，请逐条更正"):
        undo_batch(batch=batch_of(second), by=cast.officer, now=NOW)

    assert current_seq() == seq and batch_of(second).state == ImportBatch.State.FILED


def test_an_event_that_an_import_added_is_taken_back_and_its_record_stays(cast: Cast) -> None:
    applied = {name: value for name, value in PATENT.items() if name != "授权公告日"}
    bring("patent", applied, by=cast.officer)
    second = bring("patent", PATENT, by=cast.officer)

    undo_batch(batch=batch_of(second), by=cast.officer, now=NOW)

    rows = PatentEvent.objects.filter(seq_to__isnull=True).values_list("event", "state")
    assert dict(rows) == {"applied": "draft", "granted": "void"}
    assert Patent.objects.get(seq_to__isnull=True).state == State.DRAFT


def test_what_came_in_between_stops_all_of_it(cast: Cast) -> None:
    batch = batch_of(bring("patent", PATENT, OTHER, by=cast.officer))
    event = PatentEvent.objects.filter(event="applied")[0]
    actions.confirm_event(kind="patent", record=event.record, version=1, by=cast.director, now=NOW)

    with pytest.raises(Refused, match="director已于09:30确认了其中的记录"):
        undo_batch(batch=batch, by=cast.officer, now=NOW)
    assert not Patent.objects.filter(state=State.VOID).exists()


@pytest.mark.parametrize("who, days, expected", [("director", 0, "只能撤销自己"), ("officer", 1, "只有当天的登记")])
def test_it_is_ones_own_and_of_today(cast: Cast, who: str, days: int, expected: str) -> None:
    batch = batch_of(bring("patent", PATENT, by=cast.officer))

    with pytest.raises(Refused, match=expected):
        ask_to_undo(batch=batch, by=cast.users[who], now=NOW + timedelta(days=days))
    assert not Job.objects.exists()


def test_a_batch_that_was_taken_back_is_neither_filed_nor_taken_back_again(cast: Cast) -> None:
    batch = undo_batch(batch=batch_of(bring("patent", PATENT, by=cast.officer)), by=cast.officer, now=NOW)
    seq = current_seq()

    assert file_batch(batch=batch, by=cast.officer, now=NOW).state == ImportBatch.State.UNDONE
    assert undo_batch(batch=batch, by=cast.officer, now=NOW).state == ImportBatch.State.UNDONE
    with pytest.raises(Refused, match="已经撤销"):
        ask_to_undo(batch=batch, by=cast.officer, now=NOW)
    assert current_seq() == seq


def test_pressed_twice_it_is_one_job(cast: Cast) -> None:
    batch = batch_of(bring("patent", PATENT, by=cast.officer))

    first, second = (ask_to_undo(batch=batch, by=cast.officer, now=NOW) for _press in range(2))

    assert first == second and Job.objects.count() == 1


class _Work:
    """A job as whoever does it sees it."""

    key = 1

    def __init__(self, batch: ImportBatch, by: Any) -> None:
        self.payload, self.by = {"batch": batch.pk}, by

    def step(self, done: int, total: int, said: str) -> None:
        pass


def test_the_page_offers_it_and_the_job_does_it(cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    batch = batch_of(bring("patent", PATENT, by=cast.officer))
    browser, address = signed_in("officer"), f"/imports/{batch.pk}/undo/"
    assert f'action="{address}"' in browser.get(f"/imports/{batch.pk}/").content.decode()

    answer = browser.post(address)
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/jobs/")
    jobs.undo(_Work(batch, cast.officer))

    page = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert "已撤销" in page and address not in page
    assert signed_in("director").post(address).status_code == 404


def test_confirmed_at_once_it_is_taken_back_while_no_number_rests_on_it(cast: Cast) -> None:
    batch = batch_of(bring("patent", PATENT, by=cast.statistician, options=CONFIRMED))
    assert Patent.objects.get().state == State.CONFIRMED

    undo_batch(batch=batch, by=cast.statistician, now=NOW)

    assert Patent.objects.get(seq_to__isnull=True).state == State.VOID
