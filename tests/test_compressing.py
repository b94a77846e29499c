"""What travels compressed, and what does not because its length would tell something (ADR 0027)."""

import gzip
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.test import Client, override_settings
from django.urls import path
from django.views.decorators.http import condition

from xingke.base.caching import for_everybody
from xingke.press.exports import csv_response, table_response

SignIn = Callable[[str], Client]
OWN = {"Accept-Encoding": "gzip, deflate, br", "Sec-Fetch-Site": "same-origin"}
OTHER = OWN | {"Sec-Fetch-Site": "cross-site"}
LINES = [["明渠县", number] for number in range(500)]
PAGE = "<p>明渠县科学技术局</p>" * 100


def _html(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


def _short(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def _secret(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE, headers={"Cache-Control": "no-store"})


def _token(request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_token(request) + PAGE)


def _csv(request: HttpRequest) -> HttpResponse:
    return csv_response("清单.csv", ["区划", "数"], LINES)


def _xlsx(request: HttpRequest) -> HttpResponse:
    return table_response(request, "清单", ["区划", "数"], LINES)


def _picture(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"\0" * 5000, content_type="image/png")


def _stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse([PAGE], content_type="text/csv")


@condition(etag_func=lambda request: '"seven"')
def _tagged(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


VIEWS: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "html": _html,
    "short": _short,
    "secret": _secret,
    "token": _token,
    "csv": _csv,
    "xlsx": _xlsx,
    "picture": _picture,
    "stream": _stream,
    "tagged": _tagged,
}
urlpatterns = [
    *(path(f"{name}/", login_not_required(view)) for name, view in VIEWS.items()),
    path("public/", for_everybody(_html)),
]


@pytest.fixture
def browser(db: None) -> Iterator[Client]:
    """A browser in a site with one page of each sort."""
    with override_settings(ROOT_URLCONF=__name__):
        yield Client()


def encoding(answer: HttpResponseBase) -> str:
    return answer.headers.get("Content-Encoding", "")


def text_of(answer: HttpResponse) -> str:
    return gzip.decompress(answer.content).decode()


# ── what is compressed ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_is_compressed_for_its_own_site_and_says_how_long_it_is_then(browser: Client) -> None:
    answer = browser.get("/html/", headers=OWN)

    assert encoding(answer) == "gzip" and text_of(answer) == PAGE
    assert int(answer.headers["Content-Length"]) == len(answer.content) < len(PAGE.encode())
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= set(answer.headers["Vary"].split(", "))


def test_a_list_as_csv_is_compressed_and_keeps_its_name(browser: Client) -> None:
    answer = browser.get("/csv/?format=csv", headers=OWN)

    assert encoding(answer) == "gzip" and "filename" in answer.headers["Content-Disposition"]
    assert text_of(answer).splitlines()[-1] == "明渠县,499"


@pytest.mark.parametrize("name", ["xlsx", "picture", "stream", "short"])
def test_what_is_compressed_in_itself_streamed_or_short_is_left_as_it_is(browser: Client, name: str) -> None:
    assert encoding(browser.get(f"/{name}/", headers=OWN)) == ""


def test_whoever_does_not_ask_for_gzip_gets_none(browser: Client) -> None:
    answer = browser.get("/html/", headers={"Sec-Fetch-Site": "same-origin"})

    assert encoding(answer) == "" and answer.content.decode() == PAGE
    assert "Accept-Encoding" in answer.headers["Vary"]  # a cache must not hand it to somebody who does


def test_head_says_what_get_would(browser: Client) -> None:
    answer = browser.head("/html/", headers=OWN)

    assert answer.content == b"" and encoding(answer) == "gzip"


def test_an_answer_is_still_known_again_by_its_tag(browser: Client) -> None:
    answer = browser.get("/tagged/", headers=OWN)
    assert encoding(answer) == "gzip" and answer.headers["ETag"] == 'W/"seven"'  # its bytes differ each time

    again = browser.get("/tagged/", headers=OWN | {"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED and again.content == b"" and encoding(again) == ""


# ── what would tell something by its length ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("asked_by", ["cross-site", "same-site", "something new"])
def test_what_another_site_makes_the_browser_ask_for_is_not_compressed(browser: Client, asked_by: str) -> None:
    answer = browser.get("/html/?q=guess", headers=OWN | {"Sec-Fetch-Site": asked_by})

    assert encoding(answer) == "" and answer.content.decode() == PAGE


def test_a_typed_address_is_asked_by_a_person(browser: Client) -> None:
    assert encoding(browser.get("/html/", headers=OWN | {"Sec-Fetch-Site": "none"})) == "gzip"


@pytest.mark.parametrize("is_secure, expected", [(True, ""), (False, "gzip")])
def test_a_browser_that_does_not_say_who_asks_is_trusted_only_where_nothing_is_hidden_anyway(
    browser: Client, is_secure: bool, expected: str
) -> None:
    answer = browser.get("/html/", headers={"Accept-Encoding": "gzip"}, secure=is_secure)

    assert encoding(answer) == expected


def test_a_page_that_shows_a_secret_once_is_not_compressed_whoever_asks(browser: Client) -> None:
    assert encoding(browser.get("/secret/", headers=OWN)) == ""


def test_what_anybody_may_see_is_compressed_for_all_so_that_caches_keep_one_answer(browser: Client) -> None:
    answer = browser.get("/public/", headers=OTHER)

    assert encoding(answer) == "gzip" and answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Sec-Fetch-Site" not in answer.headers["Vary"]


def test_the_same_page_is_of_another_length_each_time(browser: Client) -> None:
    lengths = {len(browser.get("/html/", headers=OWN).content) for _time in range(20)}

    assert len(lengths) > 5


def test_the_token_of_the_forms_is_written_differently_each_time(browser: Client) -> None:
    tokens = [text_of(browser.get("/token/", headers=OWN))[:64] for _time in range(3)]

    assert len(set(tokens)) == 3 and len({cookie.value for cookie in browser.cookies.values()}) == 1


# ── the site's own pages ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_behind_the_sign_in_is_compressed_and_kept_by_nobody(signed_in: SignIn) -> None:
    officer = signed_in("officer")

    answer = officer.get("/records/", headers=OWN)
    assert encoding(answer) == "gzip" and "</html>" in text_of(answer)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert encoding(officer.get("/records/", headers=OTHER)) == ""


def test_a_first_password_is_told_on_a_page_that_is_not_compressed(signed_in: SignIn) -> None:
    answer = signed_in("system").post("/accounts/officer/reset/", {"password": ""}, headers=OWN)

    assert encoding(answer) == "" and answer.context["password"] in answer.content.decode()


def test_a_stranger_reads_public_pages_compressed_without_a_token_in_them(db: None, client: Client) -> None:
    answer = client.get("/", headers=OTHER)

    assert encoding(answer) == "gzip" and answer.headers["Cache-Control"].startswith("public")
    assert not answer.cookies and "csrf" not in text_of(answer).lower()
