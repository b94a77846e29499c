"""Wrong passwords: to whom the door closes, who opens it again, and what the trail and the log say."""

import logging
from datetime import timedelta
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.utils import timezone

from tests.cast import PASSWORD, Cast
from xingke.accounts import actions, browsers, queries
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused

pytestmark = pytest.mark.db

WRONG = "wrong-password"
OFFICE, ATTACKER = "192.0.2.7", "198.51.100.9"


def browser(address: str = OFFICE) -> Client:
    return Client(REMOTE_ADDR=address)


def sign_in(client: Client, username: str = "director", password: str = PASSWORD) -> int:
    return client.post("/sign-in/", {"username": username, "password": password}).status_code


def fail(times: int, *, username: str = "director", address: str = ATTACKER) -> list[int]:
    return [sign_in(browser(address), username, WRONG) for _attempt in range(times)]


def later(**span: float) -> None:
    """Let time pass for the failures that were counted."""
    for each in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=each.pk).update(attempt_time=each.attempt_time - timedelta(**span))
    for entry in AuditEntry.objects.filter(action__in=queries.OF_SESSIONS):
        AuditEntry.objects.filter(pk=entry.pk).update(at=entry.at - timedelta(**span))


def trail() -> list[tuple[str, str, int, object]]:
    """What the trail says of signing in."""
    entries = AuditEntry.objects.filter(action__in=queries.OF_SESSIONS).order_by("seq")
    return [(each.action, each.target, each.count, each.detail.get("address")) for each in entries]


# ── who is shut out ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_the_account_signed_in_before_it_comes_in_whatever_others_do(cast: Cast) -> None:
    """Even from the attacker's address: behind a proxy nobody told us of everybody has the same."""
    own = browser(ATTACKER)
    assert sign_in(own) == 302
    own.post("/sign-out/")

    assert fail(7) == [200] * 4 + [429] * 3

    assert sign_in(browser(ATTACKER)) == 429
    assert sign_in(own) == 302


def test_in_a_known_browser_five_failures_close_the_door_as_anywhere(cast: Cast) -> None:
    own = browser()
    sign_in(own)
    own.post("/sign-out/")

    assert [sign_in(own, password=WRONG) for _attempt in range(5)] == [200] * 4 + [429]
    assert sign_in(own) == 429


def test_a_known_browser_is_known_to_its_own_accounts_only(cast: Cast) -> None:
    shared = browser(ATTACKER)
    for name in ("officer", "reviewer"):
        sign_in(shared, name)
        shared.post("/sign-out/")
    for name in ("officer", "reviewer", "director"):
        fail(5, username=name)

    assert [sign_in(shared, name) for name in ("reviewer", "officer")] == [302, 302]
    shared.post("/sign-out/")
    assert sign_in(shared, "director") == 429


@pytest.mark.parametrize("value", ["", "x", "WyJhIl0:1abc:forged", "á" * 30])
def test_a_cookie_that_is_not_ours_makes_no_browser_known(cast: Cast, value: str) -> None:
    fail(5)
    forged = browser(ATTACKER)
    forged.cookies[browsers.COOKIE] = value

    assert sign_in(forged) == 429


def test_the_cookie_is_for_the_server_only_and_names_nobody(cast: Cast) -> None:
    answer = browser().post("/sign-in/", {"username": "director", "password": PASSWORD})

    cookie = answer.cookies[browsers.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert "director" not in cookie.value


def test_trying_on_does_not_keep_the_door_closed(cast: Cast) -> None:
    fail(5)
    later(minutes=14)
    fail(3)
    later(minutes=2)

    assert sign_in(browser(ATTACKER)) == 302


def test_many_failures_from_everywhere_slow_strangers_down_and_shut_nobody_out(cast: Cast) -> None:
    own = browser()
    sign_in(own)
    own.post("/sign-out/")
    for number in range(10):
        fail(2, address=f"198.51.100.{number}")

    stranger = browser("203.0.113.5")
    answer = stranger.post("/sign-in/", {"username": "director", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert "请半分钟后再试" in answer.content.decode()
    assert sign_in(own) == 302

    later(seconds=31)
    assert sign_in(stranger) == 302


def test_a_refused_try_does_not_make_others_wait_longer(cast: Cast) -> None:
    for number in range(10):
        fail(2, address=f"198.51.100.{number}")
    later(seconds=20)
    assert fail(3, address="203.0.113.8") == [429] * 3
    later(seconds=11)

    assert sign_in(browser("203.0.113.5")) == 302


def test_failures_from_before_the_clock_was_set_back_do_not_count(cast: Cast) -> None:
    fail(5)
    later(hours=-1)

    assert sign_in(browser(ATTACKER)) == 302


def test_whoever_gets_in_starts_anew(cast: Cast) -> None:
    fail(4, address=OFFICE)
    sign_in(browser())

    assert fail(4, address=OFFICE) == [200] * 4


# ── the address behind proxies ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "proxies, forwarded, expected",
    [
        (0, "203.0.113.5", "127.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "8.8.8.8, 203.0.113.5", "203.0.113.5"),
        (2, "8.8.8.8, 203.0.113.5, 192.0.2.1", "203.0.113.5"),
        (2, "192.0.2.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "unknown", "127.0.0.1"),
        (1, "203.0.113.5:4711", "203.0.113.5"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "::ffff:203.0.113.5", "203.0.113.5"),
        (1, "fe80::1%eth0", "fe80::1"),
    ],
)
def test_the_address_is_the_one_the_outermost_of_our_proxies_saw(
    settings: object, proxies: int, forwarded: str, expected: str
) -> None:
    settings.PROXIES = proxies  # type: ignore[attr-defined]
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})

    assert browsers.address_of(request) == expected


def test_behind_a_proxy_that_is_told_of_the_attackers_address_is_locked_and_no_other(
    cast: Cast, settings: object
) -> None:
    settings.PROXIES = 1  # type: ignore[attr-defined]

    def through_the_proxy(address: str, password: str) -> int:
        typed = {"username": "director", "password": password}
        return Client().post("/sign-in/", typed, headers={"X-Forwarded-For": address}).status_code

    assert [through_the_proxy(f"10.0.0.{number}, {ATTACKER}", WRONG) for number in range(5)][-1] == 429
    assert through_the_proxy(ATTACKER, PASSWORD) == 429
    assert through_the_proxy(OFFICE, PASSWORD) == 302


# ── who opens it again ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_password_opens_the_door(cast: Cast) -> None:
    fail(5)

    actions.reset_password(user=cast.director, password="told-on-the-phone-1", by=None, now=timezone.now())

    assert sign_in(browser(ATTACKER), password="told-on-the-phone-1") == 302


def test_the_security_administrator_sees_who_is_locked_and_opens_the_door(cast: Cast) -> None:
    fail(5)
    fail(4, username="officer")
    security = browser("192.0.2.30")
    sign_in(security, "security")

    page = security.get("/grants/").content.decode()
    assert "锁定的账号" in page and "失败 5 次，来自 1 个地址" in page
    assert 'action="/accounts/director/unlock/"' in page and "/accounts/officer/unlock/" not in page

    said = security.post("/accounts/director/unlock/", follow=True).content.decode()
    assert "账号“director”已解锁" in said and "锁定的账号" not in said
    assert sign_in(browser(ATTACKER)) == 302
    entry = AuditEntry.objects.get(action="account.unlocked")
    assert (entry.by, entry.target, entry.count) == (cast.users["security"], "director", 5)
    assert "账号“director”没有锁定。" in security.post("/accounts/director/unlock/", follow=True).content.decode()


@pytest.mark.parametrize("who", ["system", "auditor", "director"])
def test_nobody_else_opens_it(cast: Cast, who: str) -> None:
    fail(5, username="officer")
    other = browser("192.0.2.30")
    sign_in(other, who)

    assert other.post("/accounts/officer/unlock/").status_code == 404
    assert sign_in(browser(ATTACKER), "officer") == 429


def test_the_page_says_who_can_open_it(cast: Cast) -> None:
    fail(5)

    page = browser(ATTACKER).post("/sign-in/", {"username": "director", "password": PASSWORD}).content.decode()

    assert "账号已暂时锁定。" in page and "安全管理员在“授权”页解锁" in page and "xingke unlock" in page


# ── what the trail and the log say ──────────────────────────────────────────────────────────────────────────────────


def test_the_trail_names_account_and_address_once_and_when_the_door_closes(cast: Cast) -> None:
    fail(8)

    assert trail() == [
        ("session.refused", "director", 1, ATTACKER),
        ("account.locked", "director", 5, ATTACKER),
    ]


def test_what_followed_the_first_failure_is_told_when_it_is_forgotten(cast: Cast) -> None:
    fail(3)
    later(minutes=16)
    fail(1, username="officer", address=OFFICE)

    assert trail() == [
        ("session.refused", "director", 1, ATTACKER),
        ("session.refused", "director", 2, ATTACKER),
        ("session.refused", "officer", 1, OFFICE),
    ]


def test_a_name_that_is_no_account_is_counted_and_not_named(cast: Cast) -> None:
    """It may be a password that was typed into the wrong field."""
    for name in ("my-secret-password", "nobody", "somebody"):
        fail(2, username=name)

    assert trail() == [("session.unknown", "—", 1, ATTACKER)]


def test_nobody_fills_the_trail_by_failing(cast: Cast) -> None:
    with patch.object(actions, "MOST_REFUSALS", 5):
        for number in range(12):
            fail(1, address=f"198.51.100.{number}")

    assert [action for action, *_rest in trail()] == ["session.refused"] * 5 + ["session.overflow"]


def test_the_chain_holds_and_an_import_is_not_kept_from_being_filed(cast: Cast) -> None:
    before = queries.current_seq()

    fail(5)

    assert queries.sessions_between(before, queries.current_seq() + 1) == 2
    assert queries.check_audit_chain().broken_at is None


def test_the_auditor_reads_it_in_words(cast: Cast) -> None:
    fail(5)
    fail(1, username="nobody")
    auditor = browser("192.0.2.30")
    sign_in(auditor, "auditor")

    page = auditor.get("/audit/").content.decode()

    for words in ("登录失败", "账号锁定", "登录失败（没有这个账号）", f"来访地址：{ATTACKER}", "来访地址：192.0.2.30"):
        assert words in page


def test_the_log_names_account_and_address_and_no_password(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        fail(5)
        fail(1, username="pass-word-typed-here")

    lines = [each.getMessage() for each in caplog.records if each.name == "xingke.sign-in"]
    assert lines == [
        *[f"sign-in refused: director from {ATTACKER} (wrong password)"] * 4,
        f"sign-in refused: director from {ATTACKER} (locked out)",
        f"sign-in refused: no such account from {ATTACKER} (wrong password)",
    ]
    assert WRONG not in caplog.text and "typed-here" not in caplog.text and "****" not in caplog.text


def test_nothing_to_unlock_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有锁定"):
        actions.unlock_account(user=cast.officer, by=None, now=timezone.now())


def test_a_proxy_nobody_told_of_is_named_in_the_log_once(db: None, caplog: pytest.LogCaptureFixture) -> None:
    browsers._warn_of_proxy.cache_clear()

    for _time in range(2):
        Client().post("/sign-in/", {"username": "x", "password": "y"}, headers={"X-Forwarded-For": "192.0.2.1"})

    told = [each.getMessage() for each in caplog.records if "X-Forwarded-For" in each.getMessage()]
    assert told == ["X-Forwarded-For came, but XINGKE_PROXIES is not set"]
