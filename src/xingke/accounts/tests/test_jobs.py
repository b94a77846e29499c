"""Jobs: done in turn, begun again when a child died, ended when somebody asks, and nobody else's business."""

import errno
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from xingke.accounts import actions, queries, working
from xingke.accounts.models import Job
from xingke.base import jobs
from xingke.base.refusals import Refused
from xingke.base.sayings import say

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
Run = Callable[[jobs.Work], Mapping[str, Any]]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], None]:
    """What a job of the kind ``test`` does."""

    def does(run: Run) -> None:
        kind = jobs.JobKind(code="test", label="试验", back="portal:workbench", run=run)
        monkeypatch.setitem(jobs.KINDS._entries, "test", kind)

    does(lambda work: {"url": "/"})
    return does


def ask(cast: Cast, **payload: Any) -> Job:
    return actions.ask_for_job(kind="test", payload=payload, by=cast.officer, now=timezone.now())


def test_jobs_are_done_one_after_the_other_in_the_order_they_were_asked(
    cast: Cast, work: Callable[[Run], None]
) -> None:
    seen: list[int] = []
    work(lambda each: seen.append(each.payload["number"]) or {})
    for number in (1, 2, 3):
        ask(cast, number=number)

    while working.do_next(beating=False) is not None:
        pass

    assert seen == [1, 2, 3]
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


def test_how_far_it_is_can_be_seen(cast: Cast, work: Callable[[Run], None], signed_in: SignIn) -> None:
    browser, pages = signed_in("officer"), []

    def run(each: jobs.Work) -> Mapping[str, Any]:
        each.step(3, 7, "正在登记。")
        pages.append(browser.get(f"/jobs/{each.key}/").content.decode())
        pages.append(browser.get(f"/jobs/{each.key}/", headers={"HX-Request": "true"}).content.decode())
        return {"url": "/records/"}

    work(run)
    job = ask(cast)
    assert "正在排队" in browser.get(f"/jobs/{job.pk}/").content.decode()

    working.do_next(beating=False)

    whole, part = pages
    assert 'value="3" max="7"' in whole and "正在登记。" in whole and 'http-equiv="refresh"' in whole
    assert 'value="3" max="7"' in part and "<h1" not in part
    assert browser.get(f"/jobs/{job.pk}/").headers["Location"] == "/records/"
    assert browser.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/records/"


def test_a_job_whose_child_died_is_begun_again_but_not_for_ever(cast: Cast, work: Callable[[Run], None]) -> None:
    job = ask(cast)
    long_ago = timezone.now() - queries.STALE - timedelta(seconds=1)

    Job.objects.update(state=Job.State.RUNNING, attempts=1, heartbeat=timezone.now())
    assert working.do_next(beating=False) is None  # somebody is at it
    Job.objects.update(heartbeat=long_ago)
    working.do_next(beating=False)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)

    Job.objects.update(state=Job.State.RUNNING, attempts=working.ATTEMPTS, heartbeat=long_ago)
    assert working.do_next(beating=False) is None
    job.refresh_from_db()
    assert job.state == "failed" and "多次中断" in str(job.error)


def test_who_lost_a_job_to_another_child_says_no_more_about_it(cast: Cast, work: Callable[[Run], None]) -> None:
    def run(each: jobs.Work) -> Mapping[str, Any]:
        Job.objects.update(attempts=2)  # another child took it meanwhile
        each.step(1, 2, "正在登记。")
        return {}

    work(run)
    job = ask(cast)

    working.do_next(beating=False)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.done) == ("running", 2, 0)


@pytest.mark.parametrize(
    "error, sentence",
    [(Refused("不行。"), "不行。"), (ZeroDivisionError("x"), "发生了意外的错误")],
    ids=["refused", "bug"],
)
def test_what_goes_wrong_is_said_and_the_next_job_is_done(
    cast: Cast, work: Callable[[Run], None], signed_in: SignIn, error: Exception, sentence: str
) -> None:
    def run(each: jobs.Work) -> Mapping[str, Any]:
        if each.payload:
            raise error
        return {}

    work(run)
    wrong, right = ask(cast, fails=True), ask(cast)

    working.do_next(beating=False)
    working.do_next(beating=False)

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.state, right.state) == ("failed", "done")
    page = signed_in("officer").get(f"/jobs/{wrong.pk}/").content.decode()
    assert sentence in page and "ZeroDivision" not in page


def test_why_a_job_failed_is_said_in_the_language_of_whoever_looks(
    cast: Cast, work: Callable[[Run], None], signed_in: SignIn
) -> None:
    """Also later, when its asker reads another language; what an earlier release kept is shown as it was written."""

    def run(each: jobs.Work) -> Mapping[str, Any]:
        raise Refused(say("%(column)s 列为“%(found)s”：%(remedy)s", column="B2", found="x", remedy=say("不能为空。")))

    work(run)
    failed, old = ask(cast), ask(cast)
    working.do_next(beating=False)
    Job.objects.filter(pk=old.pk).update(state=Job.State.FAILED, failure="早先的一句话，100%。")
    browser = signed_in("officer")

    assert "B2 列为“x”：不能为空。" in browser.get(f"/jobs/{failed.pk}/").content.decode()
    browser.post("/language/", {"language": "en"})
    page = browser.get(f"/jobs/{failed.pk}/").content.decode()
    assert "Column B2 says “x”" in page and "不能为空" not in page
    assert "早先的一句话，100%。" in browser.get(f"/jobs/{old.pk}/").content.decode()


def test_a_job_ends_when_its_asker_wants_it_to(cast: Cast, work: Callable[[Run], None], signed_in: SignIn) -> None:
    browser = signed_in("officer")
    waiting = ask(cast)
    browser.post(f"/jobs/{waiting.pk}/stop/")
    waiting.refresh_from_db()
    assert waiting.state == "cancelled" and working.do_next(beating=False) is None

    def run(each: jobs.Work) -> Mapping[str, Any]:
        browser.post(f"/jobs/{each.key}/stop/")
        each.step(1, 2, "正在登记。")
        raise AssertionError("it went on")

    work(run)
    running = ask(cast)
    working.do_next(beating=False)
    running.refresh_from_db()
    assert running.state == "cancelled"
    assert "已经取消。" in browser.get(f"/jobs/{running.pk}/").content.decode()


def test_the_health_page_says_when_work_waits_and_nobody_does_it(cast: Cast, work: Callable[[Run], None]) -> None:
    health = Client()
    job = ask(cast)
    assert health.get("/health/").status_code == 200

    Job.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    answer = health.get("/health/")
    assert (answer.status_code, answer.content.decode()) == (503, "有任务在等待，但没有任务进程在工作\n")

    actions.ask_for_job(kind="test", payload={}, by=cast.officer, now=timezone.now())
    Job.objects.exclude(pk=job.pk).update(state=Job.State.RUNNING, heartbeat=timezone.now())
    assert health.get("/health/").status_code == 200  # somebody is at work; the other one's turn will come


# ── a clock that was set back, and children that are gone ───────────────────────────────────────────────────────────


def broken_off(job: Job, **heartbeat: float) -> None:
    """Somebody began it and was last heard of so long from now."""
    beat = timezone.now() + timedelta(**heartbeat)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, attempts=1, heartbeat=beat, done=0, total=40_000)


@pytest.mark.parametrize("seconds", [-3600, 3600], ids=["an hour ago", "in an hour"])
def test_a_job_whose_child_died_is_begun_again_whatever_the_clock_says(
    cast: Cast, work: Callable[[Run], None], seconds: float
) -> None:
    job = ask(cast)
    broken_off(job, seconds=seconds)

    working.do_next(beating=False)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


@pytest.mark.parametrize("seconds", [-3600, 3600], ids=["an hour ago", "in an hour"])
def test_a_job_that_was_broken_off_says_so_and_is_cancelled_at_once(
    cast: Cast, signed_in: SignIn, work: Callable[[Run], None], seconds: float
) -> None:
    browser, job = signed_in("officer"), ask(cast)
    broken_off(job, seconds=seconds)
    assert "任务没有动静" in browser.get(f"/jobs/{job.pk}/").content.decode()

    browser.post(f"/jobs/{job.pk}/stop/")

    job.refresh_from_db()
    assert job.state == "cancelled"
    assert working.do_next(beating=False) is None


def test_a_job_somebody_is_at_is_only_asked_to_stop(cast: Cast, signed_in: SignIn, work: Callable[[Run], None]) -> None:
    browser, job = signed_in("officer"), ask(cast)
    broken_off(job, seconds=-3)
    assert "任务没有动静" not in browser.get(f"/jobs/{job.pk}/").content.decode()

    browser.post(f"/jobs/{job.pk}/stop/")

    job.refresh_from_db()
    assert (job.state, job.is_stop_asked) == ("running", True)


def test_a_job_that_was_asked_to_stop_before_its_child_died_is_not_begun_again(
    cast: Cast, work: Callable[[Run], None]
) -> None:
    job = ask(cast)
    broken_off(job, seconds=-60)
    Job.objects.update(is_stop_asked=True)

    assert working.do_next(beating=False) is None

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("cancelled", 1)


@pytest.mark.parametrize("seconds, status", [(-45, 200), (-70, 503), (70, 503)])
def test_health_looks_at_jobs_that_were_broken_off_too(
    cast: Cast, work: Callable[[Run], None], seconds: float, status: int
) -> None:
    broken_off(ask(cast), seconds=seconds)

    assert Client().get("/health/").status_code == status


@pytest.mark.parametrize("seconds, status", [(-50, 200), (-70, 503), (70, 503)])
def test_health_says_when_the_child_that_does_jobs_is_gone(
    db: None, data_folder: Path, seconds: float, status: int
) -> None:
    sign = data_folder / queries.SIGN_OF_LIFE
    sign.touch()
    then = timezone.now().timestamp() + seconds
    os.utime(sign, (then, then))

    answer = Client().get("/health/")

    assert answer.status_code == status
    assert (status == 200) is (answer.content == b"ok\n")
    assert status == 200 or "任务进程没有在工作" in answer.content.decode()


def test_a_job_the_database_went_away_under_is_left_to_be_begun_again(cast: Cast, work: Callable[[Run], None]) -> None:
    def run(_work: jobs.Work) -> Mapping[str, Any]:
        raise OperationalError("gone") from psycopg.OperationalError("server closed the connection unexpectedly")

    work(run)
    job = ask(cast)

    with pytest.raises(OperationalError):
        working.do_next(beating=False)

    job.refresh_from_db()
    assert (job.state, str(job.error)) == ("running", "")


def test_a_job_for_which_there_was_no_room_says_so(cast: Cast, work: Callable[[Run], None]) -> None:
    def run(_work: jobs.Work) -> Mapping[str, Any]:
        raise OSError(errno.ENOSPC, "No space left on device")

    work(run)
    job = ask(cast)

    working.do_next(beating=False)

    job.refresh_from_db()
    assert job.state == "failed" and "磁盘已满" in str(job.error)
