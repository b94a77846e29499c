"""``xingke check`` runs what the rooms announced, in one order."""

from collections.abc import Iterator

import pytest

from xingke.base import checks
from xingke.base.checks import Check, CheckResult
from xingke.base.register import Register
from xingke.config import checking

IN_ORDER = [
    "database",
    "retention",
    "packs",
    "audit",
    "signed-heads",
    "columns",
    "amounts",
    "cases",
    "matters",
    "common-acts",
    "funds",
    "late-steps",
    "letters",
    "substitutes",
    "persons",
    "figures",
    "proofs",
    "words-of-figures",
    "search",
    "attachments",
    "volumes",
    "identities",
    "titles",
]


def test_what_others_rest_on_is_checked_first() -> None:
    ordered = sorted(checks.CHECKS, key=lambda check: check.order)

    assert [check.code for check in ordered if check.needs_tables] == IN_ORDER
    assert [check.code for check in ordered if not check.needs_tables] == ["keys"]


@pytest.mark.django_db
def test_the_check_of_a_room_is_run_when_the_tables_are_as_they_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def shelves() -> Iterator[CheckResult]:
        yield CheckResult("书架：1 个", ("书架是空的",))

    announced: Register[Check] = Register("check")
    announced.add(Check(code="shelves", find=shelves, order=10))
    monkeypatch.setattr(checks, "CHECKS", announced)

    *before, last = checking.findings()

    assert before[-1].said.startswith("表结构")
    assert last == CheckResult("书架：1 个", ("书架是空的",))

    monkeypatch.setattr(checking.moving, "unapplied", lambda _alias: ["library.0001_initial"])

    assert [each for each in checking.findings() if each.said.startswith("书架")] == []
