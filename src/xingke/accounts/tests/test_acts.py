"""One act, one number: what is part of it, what falls with it, and how long it keeps others waiting."""

from collections.abc import Callable
from contextlib import nullcontext
from contextvars import Context

import pytest
from django.db import transaction

from tests.cast import NOW, Cast
from xingke.accounts import acts, keeping
from xingke.accounts.actions import ask_for_job
from xingke.accounts.acts import Act, Actor, act
from xingke.accounts.models import AuditEntry, Job, User
from xingke.accounts.queries import (
    audit_trail,
    changes_to,
    check_audit_chain,
    current_seq,
    last_change,
    targets_changed,
)
from xingke.base.refusals import Refused
from xingke.base.remembering import memory

pytestmark = pytest.mark.db


def named(user: User, name: str, code: str = "test.named") -> None:
    """An act of the tests: an account is called otherwise."""
    with act(by=user, now=NOW, code=code, kind="account", target=user.username) as done:
        done.lock()
        if user.name == name:
            done.nothing()
            return
        user.name = name
        user.save(update_fields=["name"])
        done.says(name=name)


def refused(user: User, do: Callable[[Act], object], code: str = "test.reformed") -> None:
    """An act in which something is done before it is refused."""
    with act(by=user, now=NOW, code=code) as done:
        do(done)
        raise Refused("不行。")


def newest() -> AuditEntry:
    return AuditEntry.objects.latest("seq")


def test_an_act_takes_one_number_and_leaves_one_row(cast: Cast) -> None:
    before = current_seq()

    with act(by=cast.officer, now=NOW, code="test.done", kind="thing", target="甲", reason="试") as done:
        assert (done.seq, done.seq) == (before + 1, before + 1)
        done.says(count=3, colour="红")

    row = newest()
    assert (row.seq, row.by, row.action, row.target_kind, row.target) == (
        before + 1,
        cast.officer,
        "test.done",
        "thing",
        "甲",
    )
    assert (row.count, row.reason, row.detail, row.at) == (3, "试", {"colour": "红"}, NOW)
    assert check_audit_chain().broken_at is None


def test_an_act_that_never_asks_for_its_number_leaves_its_row_all_the_same(cast: Cast) -> None:
    before = current_seq()
    with act(by=None, now=NOW, code="test.done"):
        pass

    assert (newest().seq, newest().by_name) == (before + 1, "系统")


def test_what_turns_out_to_be_nothing_takes_no_number(cast: Cast) -> None:
    named(cast.officer, "新名")
    before = current_seq()

    named(cast.officer, "新名")

    assert current_seq() == before


def test_an_act_that_wrote_cannot_say_that_it_was_nothing(cast: Cast) -> None:
    with act(by=None, now=NOW, code="test.done") as done:
        assert done.seq
        with pytest.raises(RuntimeError, match="changed something"):
            done.nothing()


def test_what_is_refused_leaves_nothing(cast: Cast) -> None:
    before = current_seq()

    def rename(done: Act) -> None:
        User.objects.filter(pk=cast.officer.pk).update(name="没有了")
        assert done.seq == before + 1

    with pytest.raises(Refused):
        refused(cast.officer, rename)

    assert current_seq() == before
    assert not User.objects.filter(name="没有了").exists()


# ── parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_acts_within_an_act_share_its_number_and_its_row_says_what_they_did(cast: Cast) -> None:
    before = current_seq()

    with act(by=cast.director, now=NOW, code="test.reformed", kind="office", target="科") as done:
        named(cast.officer, "甲")
        named(cast.reviewer, "乙", "test.called")
        named(cast.reviewer, "乙")  # is called so already: no part

    row = newest()
    assert (done.seq, row.seq, row.action, row.by) == (before + 1, before + 1, "test.reformed", cast.director)
    assert row.detail == {
        "parts": [
            {"action": "test.named", "kind": "account", "target": "officer", "count": 1, "name": "甲"},
            {"action": "test.called", "kind": "account", "target": "reviewer", "count": 1, "name": "乙"},
        ]
    }


def test_what_a_part_changed_is_found_as_if_it_had_been_an_act_of_its_own(cast: Cast) -> None:
    before = current_seq()
    with act(by=cast.director, now=NOW, code="test.reformed", kind="office", target="科"):
        named(cast.officer, "甲")
    named(cast.reviewer, "乙")

    assert sorted(targets_changed("account", before, current_seq())) == ["officer", "reviewer"]
    ((_target, detail),) = changes_to("account", before, before + 1, action="test.")
    assert detail["name"] == "甲"


def test_whoever_looks_through_the_trail_finds_what_was_part_of_another_act(cast: Cast) -> None:
    with act(by=cast.director, now=NOW, code="test.reformed", kind="office", target="科"):
        named(cast.officer, "甲")

    for asked in ({"action": "test.named"}, {"target": "officer", "action": "test"}):
        assert [row.action for row in audit_trail(**asked)] == ["test.reformed"]
    assert not audit_trail(action="test.called").exists()


def test_of_many_parts_of_one_kind_the_row_says_how_many(cast: Cast) -> None:
    with act(by=cast.director, now=NOW, code="test.reformed"):
        for number in range(acts.TOLD_APART + 30):
            named(cast.officer, f"第 {number} 个")

    parts = newest().detail["parts"]
    assert len(parts) == acts.TOLD_APART
    assert sum(part["count"] for part in parts) == acts.TOLD_APART + 30


def test_a_part_that_is_refused_falls_alone_where_the_whole_goes_on(cast: Cast) -> None:
    before, name = current_seq(), cast.officer.name

    def rename(part: Act) -> None:
        User.objects.filter(pk=cast.officer.pk).update(name="没有了")
        assert part.seq == before + 1

    with act(by=cast.director, now=NOW, code="test.reformed") as done:
        with pytest.raises(Refused):
            refused(cast.director, rename, "test.broken")
        assert done.seq == before + 1  # the number that was taken inside was given back

    assert User.objects.get(pk=cast.officer.pk).name == name
    assert (newest().action, newest().detail) == ("test.reformed", {})
    assert check_audit_chain().broken_at is None


def test_the_whole_falls_with_its_parts(cast: Cast) -> None:
    before, name = current_seq(), cast.officer.name
    with pytest.raises(Refused):
        refused(cast.director, lambda _done: named(cast.officer, "甲"))

    assert (current_seq(), User.objects.get(pk=cast.officer.pk).name) == (before, name)


def test_somebody_elses_act_is_no_part(cast: Cast) -> None:
    before = current_seq()
    with act(by=cast.director, now=NOW, code="test.reformed") as done:
        Context().run(named, cast.officer, "甲")
        assert done.seq == before + 2


# ── who, and afterwards ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "actor, said",
    [
        (Actor(link="外部专家 3"), {"link": "外部专家 3"}),
        (Actor(job=12), {"job": 12}),
    ],
)
def test_the_row_says_who_acted_without_an_account(cast: Cast, actor: Actor, said: dict[str, object]) -> None:
    with act(by=actor, now=NOW, code="test.done") as done:
        assert done.by is None
        with pytest.raises(RuntimeError, match="done by an account"):
            _ = done.account

    assert (newest().by, newest().detail) == (None, said)


def test_who_enters_somebody_elses_word_shows_the_paper(cast: Cast) -> None:
    with act(by=Actor(user=cast.officer, on_behalf_of="明渠传感", paper="盖章申请表"), now=NOW, code="test.done"):
        pass

    assert (newest().by, newest().detail) == (cast.officer, {"on_behalf_of": "明渠传感", "paper": "盖章申请表"})


@pytest.mark.parametrize(
    "wrong", [{"on_behalf_of": "明渠传感"}, {"paper": "表"}, {"on_behalf_of": "明渠传感", "paper": "表"}]
)
def test_nobody_acts_for_somebody_without_a_paper_or_an_account(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="with a paper"):
        Actor(**wrong)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_jobs_are_asked_for_once_the_act_stands(cast: Cast) -> None:
    def ask(done: Act) -> None:
        done.afterwards(lambda: ask_for_job(kind="import.prepare", payload={}, by=cast.officer, now=NOW))

    with pytest.raises(Refused):
        refused(cast.officer, ask)
    assert not Job.objects.exists()
    with act(by=cast.officer, now=NOW, code="test.done") as done:
        ask(done)
        assert not Job.objects.exists()

    assert Job.objects.count() == 1


# ── as if ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_taken_back_is_seen_inside_and_was_never_written(cast: Cast) -> None:
    before, name = current_seq(), cast.officer.name
    with acts.taken_back():
        named(cast.officer, "甲")
        assert (current_seq(), User.objects.get(pk=cast.officer.pk).name) == (before + 1, "甲")

    with pytest.raises(Refused), acts.taken_back():
        refused(cast.officer, lambda _done: named(cast.officer, "乙"))
    assert (current_seq(), User.objects.get(pk=cast.officer.pk).name) == (before, name)
    assert not acts.may_be_undone()


def test_nothing_is_taken_back_in_the_midst_of_an_act(cast: Cast) -> None:
    with act(by=cast.officer, now=NOW, code="test.done"), pytest.raises(RuntimeError, match="midst"), acts.taken_back():
        pass


def test_a_request_remembers_nothing_of_what_is_taken_back(cast: Cast) -> None:
    with memory():
        before = last_change()
        with acts.taken_back():
            assert last_change() == before
            named(cast.officer, "甲")
            assert last_change() != before
        assert last_change() == before


@pytest.mark.parametrize("is_remembering", [True, False])
def test_what_is_found_in_what_is_taken_back_is_kept_nowhere(cast: Cast, is_remembering: bool) -> None:
    with memory() if is_remembering else nullcontext():
        with acts.taken_back():
            named(cast.officer, "甲")
            name = f"test:{last_change()}"
            keeping.keep(name, "inside")
            assert keeping.found(name) is None
        cast.officer.refresh_from_db()
        named(cast.officer, "甲")  # the same act by the same account at the same moment: the same number and digest

        assert f"test:{last_change()}" == name
        assert keeping.found(name) is None


# ── how long ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_how_long_an_act_holds_the_counter_is_told(cast: Cast) -> None:
    told: list[tuple[str, float]] = []
    with acts.watched(lambda code, seconds: told.append((code, seconds))):
        named(cast.officer, "甲")
        with act(by=cast.director, now=NOW, code="test.reformed"), transaction.atomic():
            named(cast.officer, "乙")
            assert acts.holding() == "test.reformed"

    assert [code for code, _seconds in told] == ["test.named", "test.reformed"]
    assert all(0 < seconds < 5 for _code, seconds in told)
    assert acts.holding() == ""
