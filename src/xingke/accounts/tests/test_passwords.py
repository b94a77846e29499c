"""Passwords: whose they are, and what a password somebody else chose is good for."""

import pytest
from django.test import Client

from tests.cast import NOW, PASSWORD, Cast
from xingke.accounts import actions
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused

OWN = "a-password-of-my-own-7"


def test_a_first_password_opens_nothing_but_the_page_that_changes_it(client: Client, cast: Cast) -> None:
    actions.reset_password(user=cast.officer, password="told-on-the-phone-1", by=cast.system, now=NOW)
    client.post("/sign-in/", {"username": "officer", "password": "told-on-the-phone-1"})

    assert client.get("/records/").headers["Location"] == "/password/"
    changed = client.post("/password/", {"old": "told-on-the-phone-1", "new": OWN, "again": OWN})
    assert changed.status_code == 302
    assert client.get("/records/").status_code == 200
    trail = AuditEntry.objects.filter(action__startswith="password.").order_by("seq")
    assert [(entry.action, entry.by, entry.target) for entry in trail] == [
        ("password.reset", cast.system, "officer"), ("password.changed", cast.officer, "officer")
    ]  # fmt: skip


def test_changing_it_ends_every_other_session(client: Client, cast: Cast) -> None:
    other = Client()
    for each in (client, other):
        each.post("/sign-in/", {"username": "officer", "password": PASSWORD})

    client.post("/password/", {"old": PASSWORD, "new": OWN, "again": OWN})

    assert client.get("/records/").status_code == 200
    assert other.get("/records/").headers["Location"].startswith("/sign-in/")


def test_guessing_the_old_one_ends_the_session_at_the_fifth_time(client: Client, cast: Cast) -> None:
    client.post("/sign-in/", {"username": "officer", "password": PASSWORD})
    wrong = {"old": "not-the-old-one", "new": OWN, "again": OWN}

    answers = [client.post("/password/", wrong).status_code for _attempt in range(5)]

    assert answers == [200, 200, 200, 200, 429]
    assert client.get("/records/").headers["Location"].startswith("/sign-in/")
    assert client.post("/sign-in/", {"username": "officer", "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    "old, new, sentence",
    [
        ("not-the-old-one", OWN, "原密码不正确"),
        (PASSWORD, PASSWORD, "与原密码相同"),
        (PASSWORD, "short", "10"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(cast: Cast, old: str, new: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        actions.change_password(user=cast.officer, old=old, new=new, now=NOW)
    cast.officer.refresh_from_db()
    assert cast.officer.check_password(PASSWORD)


def test_nobody_resets_their_own(cast: Cast) -> None:
    with pytest.raises(Refused, match="不能重置自己的密码"):
        actions.reset_password(user=cast.system, password=OWN, by=cast.system, now=NOW)
