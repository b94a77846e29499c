"""The job child and the list of jobs, as whoever runs the site sees them."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.cast import Cast
from xingke.accounts import actions
from xingke.accounts.models import Job
from xingke.config import jobs as job_child
from xingke.config.command import main
from xingke.intake.actions.handing_over import PREPARE

pytestmark = pytest.mark.db


def test_the_child_waits_while_the_database_is_away_and_goes_on_by_itself() -> None:
    """Longer from time to time, up to half a minute; afterwards it looks twice a second again."""
    outage = [OperationalError("gone")] * 8
    slept: list[float] = []

    def do_next() -> None:
        if outage:
            raise outage.pop()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 10:
            raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        patch.object(job_child, "_take_late_steps"),
        patch.object(job_child, "_keep_index_up"),
        patch.object(job_child, "_check_documents"),
        patch.object(job_child, "_do_rounds"),
        patch.object(job_child, "_let_go"),
    ):
        job_child.work(do_next=do_next, sleep=sleep)

    assert slept == [1, 2, 4, 8, 16, 30, 30, 30, 0.5, 0.5]


def test_the_list_of_jobs_says_how_far_only_those_are_that_run(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    for state in (Job.State.DONE, Job.State.RUNNING):
        job = actions.ask_for_job(kind=PREPARE, payload={}, by=cast.officer, now=timezone.now() - timedelta(minutes=1))
        Job.objects.filter(pk=job.pk).update(
            state=state, heartbeat=timezone.now(), done=7, total=40_000, said="正在登记。"
        )

    assert main(["jobs"]) == 0

    running, done = [line for line in capsys.readouterr().out.splitlines() if "officer" in line]
    assert "7/40000" in running and "40000" not in done and "正在登记" not in done


def test_the_child_does_the_rounds_now_and_then_and_survives_one_that_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[object] = []

    def do_rounds(*, now: object) -> None:
        raise ZeroDivisionError

    def send_due(*, now: object) -> None:
        sent.append(now)

    monkeypatch.setattr("xingke.notices.actions.rounds.do_rounds", do_rounds)
    monkeypatch.setattr("xingke.notices.actions.messages.send_due", send_due)
    monkeypatch.setattr(job_child, "_next_round", 0.0)

    job_child._do_rounds()
    job_child._do_rounds()  # too early

    assert len(sent) == 1
    assert "do_rounds failed" in caplog.text
