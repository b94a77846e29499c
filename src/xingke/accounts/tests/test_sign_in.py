"""Signing in and out: the trail, the lock after five failures, and the language."""

import pytest
from django.conf import settings
from django.test import Client
from lxml import html

from tests.cast import PASSWORD, Cast
from xingke.accounts.models import AuditEntry, User

SIGN_IN = "/sign-in/"


def sign_in(client: Client, username: str, password: str = PASSWORD, **other: str) -> int:
    return client.post(SIGN_IN, {"username": username, "password": password, **other}).status_code


def test_signing_in_and_out_is_in_the_trail(client: Client, cast: Cast) -> None:
    assert sign_in(client, "officer") == 302
    assert client.post("/sign-out/").status_code == 302

    entries = AuditEntry.objects.filter(action__startswith="session.").order_by("seq")
    assert [(entry.action, entry.by, entry.target) for entry in entries] == [
        ("session.opened", cast.officer, "officer"),
        ("session.closed", cast.officer, "officer"),
    ]
    assert "_auth_user_id" not in client.session


def test_one_sentence_for_every_failure(client: Client, cast: Cast) -> None:
    User.objects.filter(username="director").update(is_active=False)

    pages = [
        client.post(SIGN_IN, {"username": name, "password": password}).content.decode()
        for name, password in (("officer", "wrong-password"), ("nobody", PASSWORD), ("director", PASSWORD))
    ]

    assert all("账号或密码不正确，请重新输入。" in page for page in pages)
    assert not AuditEntry.objects.filter(action="session.opened").exists()


def test_a_name_longer_than_any_account_is_a_wrong_name(client: Client, cast: Cast) -> None:
    for name, password in (("长" * 5000, PASSWORD), ("officer", "p" * 5000)):
        page = client.post(SIGN_IN, {"username": name, "password": password})

        assert page.status_code == 200
        assert "账号或密码不正确，请重新输入。" in page.content.decode()


def test_five_failures_close_the_door_even_to_the_right_password(client: Client, cast: Cast) -> None:
    answers = [sign_in(client, "officer", "wrong-password") for _attempt in range(5)]

    assert answers[:4] == [200] * 4
    assert answers[4] == 429
    assert sign_in(client, "officer") == 429
    assert sign_in(client, "director") == 302  # another account from the same place still enters


def test_the_door_is_closed_for_that_address_only(client: Client, cast: Cast) -> None:
    for _attempt in range(5):
        sign_in(client, "officer", "wrong-password")

    elsewhere = Client(REMOTE_ADDR="10.1.2.3")

    assert sign_in(elsewhere, "officer") == 302


@pytest.mark.parametrize(
    "target, expected",
    [
        ("/records/", "/records/"),
        ("https://example.org/", "/"),
        ("//example.org/x", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_one_is_sent_on_inside_this_site_only(client: Client, cast: Cast, target: str, expected: str) -> None:
    answer = client.post(SIGN_IN, {"username": "officer", "password": PASSWORD, "next": target})

    assert answer.headers["Location"] == expected


def test_who_is_signed_in_is_not_asked_again(client: Client, cast: Cast) -> None:
    sign_in(client, "officer")

    assert client.get(SIGN_IN).headers["Location"] == "/"


def test_signing_out_needs_a_post(client: Client, cast: Cast) -> None:
    sign_in(client, "officer")

    assert client.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session


def test_the_session_gets_a_new_key_when_somebody_signs_in(client: Client, cast: Cast) -> None:
    client.get(SIGN_IN)
    session = client.session
    session["before"] = "planted"
    session.save()
    planted = session.session_key

    sign_in(client, "officer")

    assert client.session.session_key != planted


# ── language ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_are_chinese_whatever_the_browser_wishes(client: Client, db: None) -> None:
    answer = client.get(SIGN_IN, headers={"accept-language": "en"})

    assert answer.headers["Content-Language"] == "zh-hans"
    assert '<html lang="zh-' in answer.content.decode()


def test_english_is_chosen_kept_with_the_account_and_there_again_at_the_next_sign_in(
    client: Client, cast: Cast
) -> None:
    sign_in(client, "officer")

    answer = client.post("/language/", {"language": "en", "next": SIGN_IN})

    assert answer.headers["Location"] == SIGN_IN
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert User.objects.get(username="officer").language == "en"
    other = Client()
    sign_in(other, "officer")
    assert other.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


def test_a_stranger_may_choose_too_and_an_unknown_language_changes_nothing(client: Client, db: None) -> None:
    client.post("/language/", {"language": "en"})
    assert client.get(SIGN_IN).headers["Content-Language"] == "en"

    client.post("/language/", {"language": "tlh", "next": "https://example.org/"})
    assert client.get(SIGN_IN).headers["Content-Language"] == "en"


@pytest.mark.parametrize("page", ["/", "/?from=elsewhere", "/sign-in/"])
def test_a_stranger_switches_the_language_of_a_page_and_stays_on_it(db: None, page: str) -> None:
    """Without a token and without JavaScript; until then there is no cookie, then there is this one."""
    client = Client(enforce_csrf_checks=True)
    shown = client.get(page).content.decode()
    form = html.fromstring(shown).xpath("//form[@class='language']")[0]
    fields = {each.get("name"): each.get("value") for each in form.xpath(".//input | .//button")}
    assert fields == {"next": page, "language": "en"}

    answer = client.post(form.get("action"), fields)

    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert set(answer.cookies) == {settings.LANGUAGE_COOKIE_NAME}
    assert client.get(page).headers["Content-Language"] == "en"


def test_nobody_is_led_away_by_the_switch(client: Client, db: None) -> None:
    for target in ("https://example.org/", "//example.org/", "javascript:alert(1)", ""):
        assert client.post("/language/", {"language": "en", "next": target}).headers["Location"] == "/"


def test_whoever_is_signed_in_switches_with_the_token_of_the_form(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.officer, backend="django.contrib.auth.backends.ModelBackend")

    assert client.post("/language/", {"language": "en"}).status_code == 403
    assert User.objects.get(username="officer").language == "zh-hans"


def test_a_forged_language_cookie_is_ignored(client: Client, db: None) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "../../etc"

    assert client.get(SIGN_IN).headers["Content-Language"] == "zh-hans"
