"""What ``xingke check`` looks at: rooms say it, in an order of their own, and apart whether tables are needed."""

from collections.abc import Callable, Iterator

import pytest

from xingke.base import checks
from xingke.base.checks import Check, CheckResult
from xingke.base.register import Register


def finding(said: str) -> Callable[[], Iterator[CheckResult]]:
    return lambda: iter([CheckResult(said)])


def test_what_others_rest_on_comes_first_and_what_needs_no_tables_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    announced: Register[Check] = Register("check")
    announced.add(
        Check(code="values", find=finding("数"), order=20),
        Check(code="tables", find=finding("表"), order=10),
        Check(code="keys", find=finding("密钥"), order=30, needs_tables=False),
    )
    monkeypatch.setattr(checks, "CHECKS", announced)

    assert [each.said for each in checks.findings(needs_tables=True)] == ["表", "数"]
    assert [each.said for each in checks.findings(needs_tables=False)] == ["密钥"]
