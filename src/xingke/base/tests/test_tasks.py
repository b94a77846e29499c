"""What waits on the workbench: rooms say it, the most urgent comes first, and nobody is told of what is not theirs."""

from collections.abc import Callable
from typing import Any

import pytest

from xingke.base import tasks
from xingke.base.register import Register
from xingke.base.tasks import Duty, Task


def found(label: str, value: int = 1) -> Callable[[Any], list[Task]]:
    return lambda _user: [Task(label, value, "件", "/")]


@pytest.fixture(autouse=True)
def _rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    duties: Register[Duty] = Register("duty")
    duties.add(
        Duty(code="late", permission="write", find=found("写"), order=20),
        Duty(code="soon", permission="write", find=found("先写"), order=10),
        Duty(code="done", permission="write", find=found("写完了", 0), order=5),
        Duty(code="other", permission="confirm", find=found("确认"), order=1),
        Duty(code="look", permission="read", find=found("看"), order=15, is_theirs=False),
    )
    monkeypatch.setattr(tasks, "DUTIES", duties)


@pytest.mark.parametrize(
    "held, said",
    [
        ({"write"}, ["先写", "写"]),
        ({"write", "read"}, ["先写", "看", "写"]),
        ({"write", "confirm"}, ["确认", "先写", "写"]),
        ({"read"}, None),  # reading alone is nobody's duty
        (set(), None),
    ],
)
def test_the_most_urgent_comes_first_of_what_somebody_may_do(held: set[str], said: list[str] | None) -> None:
    waiting = tasks.waiting(None, held)

    assert (None if waiting is None else [task.label for task in waiting]) == said


def test_a_second_duty_under_a_known_code_is_refused() -> None:
    with pytest.raises(ValueError, match="duty 'late' is announced already"):
        tasks.DUTIES.add(Duty(code="late", permission="write", find=found("另一件")))
