"""Accounts, the one counter and the audit trail."""

import pytest
from django.db import connection, transaction

from tests.cast import NOW, PASSWORD, Cast, file
from xingke.accounts import actions, counting
from xingke.accounts.models import AuditEntry, Counter, User
from xingke.accounts.queries import ChainReport, audit_trail, check_audit_chain, current_seq
from xingke.base.refusals import Refused

pytestmark = pytest.mark.db


def open_account(cast: Cast, **other: str) -> User:
    return actions.create_account(
        **{"username": "newcomer", "name": "新同事", "password": PASSWORD, **other},
        by=cast.system,
        now=NOW,  # type: ignore[arg-type]
    )


def test_an_account_is_opened_with_audit_and_may_do_nothing_yet(cast: Cast) -> None:
    user = open_account(cast)

    entry = AuditEntry.objects.get(action="account.created", target="newcomer")
    assert (entry.by, entry.by_name, entry.detail) == (cast.system, "system", {"name": "新同事"})
    assert user.check_password(PASSWORD) and PASSWORD not in user.password
    assert not user.grants.exists()


WEAK = [
    ("too short", "Qx7!k2", "至少"),
    ("only digits", "84629173650", "数字"),
    ("too common", "password1234", "常见"),
    ("like the account", "newcomer2026", "相似"),
]


@pytest.mark.parametrize("story, password, sentence", WEAK)
def test_a_weak_password_is_refused_with_the_reason(cast: Cast, story: str, password: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        open_account(cast, password=password)

    assert not User.objects.filter(username="newcomer").exists()
    assert str(refused.value)


def test_an_account_name_is_taken_once_and_has_a_form(cast: Cast) -> None:
    with pytest.raises(Refused, match="账号“officer”已存在"):
        open_account(cast, username="officer")
    for bad in ("two words", "semi;colon", "", "x" * 65):
        with pytest.raises(Refused):
            open_account(cast, username=bad)


def test_closing_and_opening_an_account_is_audited_and_never_ones_own(cast: Cast) -> None:
    actions.set_account_active(user=cast.officer, active=False, by=cast.system, now=NOW)
    actions.set_account_active(user=cast.officer, active=False, by=cast.system, now=NOW)  # closed already: nothing
    actions.set_account_active(user=cast.officer, active=True, by=cast.system, now=NOW)

    assert [entry.action for entry in audit_trail(target="officer").exclude(action__startswith="grant")][:2] == [
        "account.opened",
        "account.closed",
    ]
    assert audit_trail(action="account.closed").count() == 1
    with pytest.raises(Refused, match="不能停用或启用自己的账号"):
        actions.set_account_active(user=cast.system, active=False, by=cast.system, now=NOW)


# ── the counter ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_a_number_is_taken_inside_a_transaction_only() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        counting.take()
    with transaction.atomic():
        first = counting.take()
    with transaction.atomic():
        assert counting.take() == first + 1


def test_numbers_that_were_rolled_back_are_taken_again(cast: Cast) -> None:
    before = current_seq()
    with transaction.atomic():
        assert counting.take() == before + 1
        transaction.set_rollback(True)

    assert current_seq() == before


# ── the trail ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_trail_holds_and_every_number_has_its_entry(cast: Cast) -> None:
    file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)

    assert check_audit_chain() == ChainReport(AuditEntry.objects.count(), None)
    seqs = list(AuditEntry.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, Counter.objects.get().value + 1))


TAMPERED = [
    ("another person", "UPDATE accounts_auditentry SET by_name = '别人' WHERE seq = %s"),
    ("another action", "UPDATE accounts_auditentry SET action = 'nothing.done' WHERE seq = %s"),
    ("another target", "UPDATE accounts_auditentry SET target = 'x' WHERE seq = %s"),
    ("another reason", "UPDATE accounts_auditentry SET reason = 'x' WHERE seq = %s"),
    ("another count", "UPDATE accounts_auditentry SET count = 99 WHERE seq = %s"),
    ("another day", "UPDATE accounts_auditentry SET at = '2020-01-01 00:00:00+00:00' WHERE seq = %s"),
    ("other details", """UPDATE accounts_auditentry SET detail = '{"name": "x"}' WHERE seq = %s"""),
    ("another digest", "UPDATE accounts_auditentry SET digest = 'abc' WHERE seq = %s"),
]


@pytest.mark.parametrize("story, sql", TAMPERED)
def test_a_changed_entry_is_named(cast: Cast, story: str, sql: str) -> None:
    entry = AuditEntry.objects.filter(action="account.created").order_by("seq")[2]

    with connection.cursor() as cursor:
        cursor.execute(sql, [entry.seq])

    assert check_audit_chain().broken_at == entry.seq


def test_a_removed_entry_shows_at_the_next_one(cast: Cast) -> None:
    entry = AuditEntry.objects.filter(action="account.created").order_by("seq")[2]

    AuditEntry.objects.filter(seq=entry.seq).delete()

    assert check_audit_chain().broken_at == entry.seq + 1


def test_cutting_off_the_end_of_the_trail_shows_too(cast: Cast) -> None:
    last = current_seq()

    AuditEntry.objects.filter(seq__gt=last - 3).delete()

    assert check_audit_chain().broken_at == last - 2


def test_the_trail_is_narrowed_by_action_account_and_target(cast: Cast) -> None:
    assert {entry.action for entry in audit_trail(action="grant.")} == {"grant.given"}
    assert set(audit_trail(target="officer").values_list("target", flat=True)) == {"officer"}
    assert not audit_trail(by="stranger").exists()
