"""The job child looks for documents to be checked now and then, and outlives whatever the database says."""

import pytest
from django.db import OperationalError

from xingke.config import jobs
from xingke.reports.queries import checking

pytestmark = pytest.mark.db


@pytest.mark.parametrize("answer", [True, False, OperationalError("the database is away")])
def test_it_looks_once_and_rests(monkeypatch: pytest.MonkeyPatch, answer: bool | Exception) -> None:
    looks: list[object] = []

    def check_next() -> bool:
        looks.append(answer)
        jobs.time.sleep(0.05)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(checking, "check_next", check_next)
    monkeypatch.setattr(jobs, "_rested", 0.0)

    jobs._check_documents()
    jobs._check_documents()

    assert looks == [answer]
