"""A session that ended loses nothing that was typed: it is signed in where one stands, and sent again by one press."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from lxml import html

from tests.cast import PASSWORD, Cast
from xingke.accounts import resending
from xingke.accounts.middleware import SEEN
from xingke.accounts.models import AuditEntry
from xingke.registry.models import Organisation

NEW = "/organisations/new/"
TYPED = {
    "name": "青溪县新苗科技有限公司",
    "kind": "enterprise",
    "region": "990121",
    "zone": "",
    "founded_on": "2025-03-05",
}
ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture
def browser(cast: Cast) -> Client:
    """The officer at a browser that minds tokens, signed in by the form."""
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 302
    return client


def sign_in(client: Client, username: str = "officer", **more: str) -> HttpResponse:
    fields = form_of(client.get("/sign-in/"), "/sign-in/") | {"username": username, "password": PASSWORD}
    return client.post("/sign-in/", fields | more, headers=ORIGIN)


def form_of(answer: HttpResponse, action: str) -> dict[str, str]:
    """The hidden fields of the form on a page that goes to an address."""
    forms = html.fromstring(answer.content.decode()).xpath("//main//form")
    (form,) = [each for each in forms if each.get("action", action) == action]
    return {each.get("name"): each.get("value", "") for each in form.xpath(".//input[@type='hidden']")}


def typed_in(client: Client) -> dict[str, Any]:
    """A form that was opened and filled in."""
    return form_of(client.get(NEW), NEW) | TYPED


def end_session(client: Client) -> None:
    Session.objects.update(expire_date=timezone.now())


def words(answer: HttpResponse) -> str:
    return " ".join(html.fromstring(answer.content.decode()).xpath("//main")[0].text_content().split())


def test_what_was_sent_after_the_session_ended_is_sent_again_by_one_press(cast: Cast, browser: Client) -> None:
    filled = typed_in(browser)
    end_session(browser)

    refused = browser.post(NEW, filled, headers=ORIGIN)
    assert refused.status_code == 403
    assert "登录已过期，刚才的提交还没有保存。" in words(refused) and "用原来的账号在这里登录" in words(refused)
    assert not Organisation.objects.filter(name=TYPED["name"]).exists()

    signing_in = form_of(refused, "/sign-in/") | {"username": "officer", "password": PASSWORD}
    offered = browser.post("/sign-in/", signing_in, headers=ORIGIN)
    assert offered.status_code == 200
    assert "填写的内容还在" in words(offered) and TYPED["name"] in words(offered) and "2025-03-05" in words(offered)

    again = form_of(offered, NEW)
    assert {name: text for name, text in again.items() if name != "csrfmiddlewaretoken"} == {
        name: text for name, text in filled.items() if name != "csrfmiddlewaretoken"
    }
    saved = browser.post(NEW, again, headers=ORIGIN)
    assert saved.status_code == 302
    assert Organisation.objects.filter(name=TYPED["name"]).count() == 1


def test_a_wrong_password_meanwhile_loses_nothing(cast: Cast, browser: Client) -> None:
    filled = typed_in(browser)
    end_session(browser)
    refused = browser.post(NEW, filled, headers=ORIGIN)

    wrong = browser.post(
        "/sign-in/", form_of(refused, "/sign-in/") | {"username": "officer", "password": "wrong"}, headers=ORIGIN
    )
    signing_in = form_of(wrong, "/sign-in/") | {"username": "officer", "password": PASSWORD}

    assert TYPED["name"] in words(browser.post("/sign-in/", signing_in, headers=ORIGIN))


def test_somebody_else_who_signs_in_there_does_not_see_it(cast: Cast, browser: Client) -> None:
    filled = typed_in(browser)
    end_session(browser)
    refused = browser.post(NEW, filled, headers=ORIGIN)

    signing_in = form_of(refused, "/sign-in/") | {"username": "reviewer", "password": PASSWORD}
    answer = browser.post("/sign-in/", signing_in, headers=ORIGIN, follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert TYPED["name"] not in answer.content.decode() and "是另一个账号填写的" in words(answer)


def test_whose_it_was_is_known_when_the_session_is_gone_altogether(cast: Cast, browser: Client) -> None:
    filled = typed_in(browser)
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    refused = browser.post(NEW, filled, headers=ORIGIN)

    signing_in = form_of(refused, "/sign-in/") | {"username": "reviewer", "password": PASSWORD}

    assert browser.post("/sign-in/", signing_in, headers=ORIGIN).status_code == 302


def test_files_are_named_and_chosen_again(cast: Cast, browser: Client) -> None:
    filled = typed_in(browser) | {"files": SimpleUploadedFile("批复.pdf", b"%PDF-1.7")}
    end_session(browser)

    refused = browser.post(NEW, filled, headers=ORIGIN)
    assert "附带的文件登录后须重新选择：批复.pdf" in words(refused)

    signing_in = form_of(refused, "/sign-in/") | {"username": "officer", "password": PASSWORD}
    offered = browser.post("/sign-in/", signing_in, headers=ORIGIN)
    assert "文件没有保留：批复.pdf" in words(offered)
    assert html.fromstring(offered.content.decode()).xpath("//main//input[@type='file']/@name") == ["files"]


def test_what_is_too_much_to_carry_along_is_said(cast: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resending, "LARGEST", 50)
    filled = typed_in(browser)
    end_session(browser)

    refused = browser.post(NEW, filled, headers=ORIGIN)

    assert "请另开一个窗口登录，再回到这里按浏览器的“后退”" in words(refused)
    assert "kept" not in form_of(refused, "/sign-in/")


@pytest.mark.parametrize("path", ["/password/", "/accounts/new/", "/accounts/officer/reset/", "/sign-out/"])
def test_passwords_are_never_carried_along(cast: Cast, browser: Client, path: str) -> None:
    token = form_of(browser.get(NEW), NEW)["csrfmiddlewaretoken"]
    end_session(browser)

    answer = browser.post(path, {"csrfmiddlewaretoken": token, "password": "my-secret-1"}, headers=ORIGIN)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={path}")


@pytest.mark.parametrize(
    "headers, status",
    [({"HX-Request": "true"}, 403), ({"Sec-Fetch-Mode": "cors"}, 302)],
    ids=["htmx", "a script"],
)
def test_a_script_gets_no_page(cast: Cast, browser: Client, headers: dict[str, str], status: int) -> None:
    filled = typed_in(browser)
    end_session(browser)

    answer = browser.post(NEW, filled, headers=ORIGIN | headers)

    assert (answer.status_code, answer.content) == (status, b"")


# ── signed in again in another window ───────────────────────────────────────────────────────────────────────────────


def test_a_form_with_a_token_of_before_signing_in_again_is_offered_anew(cast: Cast, browser: Client) -> None:
    filled = typed_in(browser)
    end_session(browser)
    sign_in(browser)

    offered = browser.post(NEW, filled, headers=ORIGIN)

    assert offered.status_code == 403
    assert "填写的内容还在" in words(offered) and TYPED["name"] in words(offered)
    assert not Organisation.objects.filter(name=TYPED["name"]).exists()
    assert browser.post(NEW, form_of(offered, NEW), headers=ORIGIN).status_code == 302
    assert Organisation.objects.filter(name=TYPED["name"]).count() == 1


@pytest.mark.parametrize("origin", ["https://example.org", "null", "http://testserver.example.org", ""])
def test_what_another_site_sent_is_offered_to_nobody(cast: Cast, browser: Client, origin: str) -> None:
    answer = browser.post(NEW, TYPED | {"csrfmiddlewaretoken": "x" * 64}, headers={"Origin": origin} if origin else {})

    assert answer.status_code == 403
    assert TYPED["name"] not in answer.content.decode() and "按浏览器的“后退”" in words(answer)


def test_the_page_that_signs_in_may_be_stale_itself(cast: Cast, browser: Client) -> None:
    """Two windows: the form was refused in one, then somebody signed in in the other, then in the first."""
    filled = typed_in(browser)
    end_session(browser)
    signing_in = form_of(browser.post(NEW, filled, headers=ORIGIN), "/sign-in/")
    sign_in(browser)

    offered = browser.post("/sign-in/", signing_in | {"username": "officer", "password": PASSWORD}, headers=ORIGIN)

    assert TYPED["name"] in words(offered)


# ── what carries it ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["", "x", "a:b:c", "á", "eyJhIjoxfQ:1abc:zzz"])
def test_what_is_not_ours_carries_nothing(text: str) -> None:
    assert resending.unsigned(text) is None


def test_what_is_carried_comes_back_as_it_was() -> None:
    kept = resending.KeptForm(
        "/x/?a=1", (("a", "一\r\n二"), ("a", ""), ("b", "\u3000")), (("files", "甲.pdf"),), "mark"
    )

    assert resending.unsigned(kept.signed()) == kept


def test_what_a_person_typed_is_shown_and_not_what_a_program_wrote() -> None:
    kept = resending.KeptForm(
        "/",
        (
            ("key", "0193c6b2-aaaa-7bbb-8ccc-0123456789ab"),
            ("form", "invention"),
            ("name", "一种明渠"),
            ("on", "2025-03-01"),
            ("events-TOTAL_FORMS", "1"),
            ("note", "长" * 400),
            ("again", "一种明渠"),
            ("empty", " "),
        ),
        (),
        "",
    )

    assert kept.typed == ["一种明渠", "2025-03-01", "长" * 300 + "…"]


# ── sessions last from their last use ───────────────────────────────────────────────────────────────────────────────


def age(client: Client, seconds: float) -> None:
    session = client.session
    session[SEEN] = int(time.time() - seconds)
    session.save()
    Session.objects.update(
        expire_date=timezone.now() + timezone.timedelta(seconds=settings.SESSION_COOKIE_AGE - seconds)
    )


@pytest.mark.parametrize("seconds, is_longer", [(0, False), (300, False), (700, True), (7 * 3600, True), (-3600, True)])
def test_a_session_that_is_used_is_made_longer_but_not_with_every_request(
    signed_in: Callable[[str], Client], seconds: float, is_longer: bool
) -> None:
    client = signed_in("officer")
    age(client, seconds)

    answer = client.get("/organisations/")

    left = (Session.objects.get().expire_date - timezone.now()).total_seconds()
    assert (settings.SESSION_COOKIE_NAME in answer.cookies) is is_longer
    assert left == pytest.approx(settings.SESSION_COOKIE_AGE - (0 if is_longer else seconds), abs=60)
    if is_longer:
        cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
        assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (8 * 3600, True, "Lax")


def test_a_stranger_gets_no_session(client: Client, db: None) -> None:
    assert settings.SESSION_COOKIE_NAME not in client.get("/sign-in/").cookies
    assert not Session.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="session.").exists()
