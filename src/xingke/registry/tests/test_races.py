"""Two administrators at the same moment: what each checks still stands when it is written."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from tests.cast import NOW, load_packs
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry, User
from xingke.base.refusals import Refused
from xingke.registry import actions, queries
from xingke.registry.models import Grant, Region

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same moment, each in a thread of its own; what each returned, or was refused with."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def do(number: int, act: Callable[[], object]) -> None:
        try:
            start.wait()
            found[number] = act()  # type: ignore[call-overload]  # each thread has a place of its own
        except Refused as refusal:
            found[number] = refusal  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(found)


@pytest.fixture
def everywhere() -> Region:
    load_packs()
    return queries.region_by_name_or_code("000000")


def opened(name: str) -> User:
    return accounts.create_account(username=name, name=name, password="qingxi-2026-verify", by=None, now=NOW)


def test_nobody_is_given_two_exclusive_roles_at_once(everywhere: Region) -> None:
    for number in range(5):
        user = opened(f"somebody{number}")

        def give(role: str, user: User = user) -> Grant:
            return actions.give_role(user=User.objects.get(pk=user.pk), role=role, region=everywhere, by=None, now=NOW)

        told = at_once(lambda: give("system_administrator"), lambda: give("security_administrator"))

        assert sum(isinstance(each, Refused) for each in told) == 1
        assert queries.grants_of(user).count() == 1


def test_a_role_taken_back_twice_at_once_is_taken_back_once(everywhere: Region) -> None:
    security, user = opened("security"), opened("somebody")
    actions.give_role(user=security, role="security_administrator", region=everywhere, by=None, now=NOW)
    grant = actions.give_role(user=user, role="auditor", region=everywhere, by=None, now=NOW)

    def take() -> Grant:
        return actions.take_role_back(grant=Grant.objects.get(pk=grant.pk), by=security, now=NOW)

    at_once(take, take)

    assert AuditEntry.objects.filter(action="grant.revoked").count() == 1


def test_a_name_is_given_to_one_account_only(everywhere: Region) -> None:
    told = at_once(lambda: opened("same"), lambda: opened("same"))

    assert sum(isinstance(each, Refused) and "已存在" in str(each) for each in told) == 1
