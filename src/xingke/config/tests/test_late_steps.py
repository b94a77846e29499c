"""The job child takes what follows by itself: when it starts, every two minutes after, and nothing that is not due."""

import sqlite3
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone

from tests.cast import NOW, Cast
from xingke.casework import actions, checks
from xingke.casework.actions import NewCase, StepWanted, open_case
from xingke.casework.models import Case, CaseStep
from xingke.casework.tests.flowing import FOLDER
from xingke.config import jobs as job_child
from xingke.registry import actions as registry

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_child, "_looked", None)


@pytest.fixture
def people(cast: Cast) -> Cast:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    return cast


def received(people: Cast, now: datetime) -> Case:
    """Something that came in at a bureau: accepted by silence once five working days are over."""
    new = NewCase(flow="service_item", region=people.county, organisation=people.firm)
    typed = {"title": "登记", "received_on": timezone.localtime(now).date().isoformat()}
    return open_case(new=new, first=StepWanted(step="received", typed=typed), by=people.officer, now=now)


def stands(case: Case) -> str:
    return CaseStep.objects.get(case=case, seq_to=None).step


def work_until(stop: int) -> None:
    """The loop of the child, as it runs, for some turns."""
    turns = []

    def sleep(_seconds: float) -> None:
        turns.append(1)
        if len(turns) == stop:
            raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        patch.object(job_child, "_keep_index_up"),
        patch.object(job_child, "_check_documents"),
    ):
        job_child.work(do_next=lambda: None, sleep=sleep)


def test_what_is_due_is_taken_once_by_the_clock_when_the_child_starts(people: Cast) -> None:
    late, fresh = received(people, timezone.now() - timedelta(days=40)), received(people, timezone.now())

    work_until(3)

    assert (stands(late), stands(fresh)) == ("deemed_accepted", "received")
    taken = CaseStep.objects.get(case=late, number=2)
    assert taken.taken_by is None
    assert taken.taken_at.date() == timezone.now().date()
    assert late.steps.count() == 2


def test_it_looks_again_after_two_minutes_and_not_before(people: Cast) -> None:
    work_until(1)
    late = received(people, timezone.now() - timedelta(days=40))
    work_until(2)
    assert stands(late) == "received"

    assert job_child._looked is not None
    job_child._looked -= job_child.LATE
    work_until(1)
    assert stands(late) == "deemed_accepted"


def test_a_look_is_one_query_on_its_own_index(people: Cast, django_assert_num_queries: pytest.FixtureRequest) -> None:
    received(people, timezone.now())
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture that is a function
        job_child._take_late_steps()


def test_one_that_cannot_be_taken_holds_up_no_other(people: Cast) -> None:
    broken, late = (received(people, timezone.now() - timedelta(days=40)) for _case in range(2))
    Case.objects.filter(pk=broken.pk).update(flow_hash="0" * 64)
    work_until(1)
    assert (stands(broken), stands(late)) == ("received", "deemed_accepted")


def test_a_database_that_does_not_serve_is_no_fault_of_a_case(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _case in range(3):
        received(people, timezone.now() - timedelta(days=40))
    asked: list[str] = []

    def busy(**_given: object) -> None:
        asked.append("")
        cause = sqlite3.OperationalError("database is locked")
        cause.sqlite_errorname = "SQLITE_BUSY"
        raise OperationalError("database is locked") from cause

    monkeypatch.setattr(actions, "take_step", busy)
    job_child._take_late_steps()
    assert asked == [""]  # the others are left for the next look, which comes at once
    assert job_child._looked is None


def test_check_says_what_waits_and_what_is_wrong_only_while_the_child_is_at_work(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(checks.late_steps()) == []
    case = received(people, timezone.now() - timedelta(days=40))
    (found,) = checks.late_steps()
    assert (found.said, found.problems) == ("到期由系统办的步骤：1 步等着（服务没有运行，启动后补办）", ())

    monkeypatch.setattr(checks.accounts, "has_job_child", lambda _now: True)
    (found,) = checks.late_steps()
    assert found.said == "到期由系统办的步骤：1 步等着（任务进程每两分钟办一次）"
    assert len(found.problems) == 1 and case.number in found.problems[0]
