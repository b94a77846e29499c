"""Every address × everybody: who sees what, and what every page keeps to. A new address without a row here fails."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.handlers import wsgi
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from lxml import html

from tests import cast as casting
from tests.access import EVERYBODY, World, rows
from tests.test_words import is_chinese
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.ledger.models import PatentEvent
from xingke.reports.models import Document

pytestmark = pytest.mark.db

SHOWS_CHINESE = ("portal:gallery", "search:search")  # samples; names in pieces, where what was looked for is marked
EXAMPLES = {"明渠", "12.5万元", "36项", "秘密", "机密", "绝密"}  # of what is typed and written
UNITS = ("件", "家", "项", "万元")  # are translated, though the ledger keeps them by these names
ADDRESSES = rows()


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """Every name of the urlconf, with its room."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns, f"{each.namespace}:" if each.namespace else space)
        else:
            yield f"{space}{each.name}"


def by_room(addresses: Iterable[str]) -> dict[str, list[str]]:
    """Addresses by the room they are named after."""
    found: dict[str, list[str]] = {}
    for each in sorted(addresses):
        found.setdefault(each.partition(":")[0], []).append(each)
    return found


def test_every_address_has_its_row_in_the_tests_of_its_room_and_every_row_its_address() -> None:
    assert by_room(names(get_resolver().url_patterns)) == by_room(ADDRESSES)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all tests of this file, in one transaction: they only look, or are refused."""
    data = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        cache.clear()
        patch.setattr(settings, "DATA", data)
        yield World(casting.gather_again(), tmp_path_factory.mktemp("outline"))
        transaction.set_rollback(True)


def address(name: str, world: World) -> str:
    row = ADDRESSES[name]
    return reverse(name, kwargs=dict(row.arguments(world))) + (f"?{row.query}" if row.query else "")


def browser(world: World, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(world.cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def known() -> list[str]:
    """The addresses that exist: one that is missing is told by the test above, not by all of them."""
    return [name for name in ADDRESSES if name in set(names(get_resolver().url_patterns))]


class Visit(NamedTuple):
    """What somebody got at an address."""

    name: str
    who: str
    answer: HttpResponse


@dataclass(frozen=True)
class Walk:
    """Everybody at every address, once in each language, and what the ledger held before and after."""

    chinese: list[Visit]
    english: list[Visit]
    before: tuple[int, ...]
    after: tuple[int, ...]

    def pages(self, *, english: bool = False) -> Iterator[Visit]:
        """Every page as somebody sees it who may."""
        for visit in self.english if english else self.chinese:
            row = ADDRESSES[visit.name]
            if row.is_page and (row.is_public if visit.who == "anonymous" else visit.who in row.may):
                yield visit


@pytest.fixture(scope="module")
def walk(world: World) -> Walk:
    """The walk is taken once; the tests look at what was seen."""

    def held() -> tuple[int, ...]:
        tables = AuditEntry, PatentEvent, Document
        return current_seq(), *(table._default_manager.count() for table in tables)

    def everybody(language: str) -> list[Visit]:
        visits = []
        for who in [*sorted(EVERYBODY), "anonymous"]:
            client = browser(world, who)
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            visits += [Visit(name, who, client.get(address(name, world))) for name in gets(who, language)]
        return visits

    def gets(who: str, language: str) -> list[str]:
        """In English only what is there to be read: who may see what is the same in both."""
        rows = {name: ADDRESSES[name] for name in known() if not ADDRESSES[name].posts_only}
        if language == "en":
            may = {name for name, row in rows.items() if (row.is_public if who == "anonymous" else who in row.may)}
            return [name for name in rows if name in may and rows[name].is_page]
        return list(rows)

    before = held()
    return Walk(everybody("zh-hans"), everybody("en"), before, held())


def test_everybody_sees_what_they_may_and_nothing_else_exists_for_them(walk: Walk) -> None:
    wrong = []
    for name, who, answer in walk.chinese:
        row = ADDRESSES[name]
        if who == "anonymous" and not row.is_public:
            if answer.status_code != 302 or not answer.headers["Location"].startswith("/sign-in/?next="):
                wrong.append(f"{name} for nobody: {answer.status_code}, expected to be sent to sign in")
            continue
        if name == "accounts:sign-in" and who != "anonymous":
            continue  # who is signed in is sent on; see accounts
        expected = 200 if who == "anonymous" or row.may == EVERYBODY or who in row.may else row.lost
        if answer.status_code != expected:
            wrong.append(f"{name} for {who}: {answer.status_code}, expected {expected}")
    assert wrong == []
    assert {visit.who for visit in walk.chinese} == EVERYBODY | {"anonymous"}


@pytest.mark.parametrize("more", ["", "&format=csv", "&format=xlsx", "&seq=1", "&page=1"])
def test_the_neighbour_sees_the_number_and_not_one_record_behind_it(world: World, more: str) -> None:
    answer = browser(world, "neighbour").get(address("indicators:evidence", world) + more)

    said = answer.content.decode() + str(answer.headers)
    assert world.cast.firm.name not in said and str(world.record.record) not in said
    assert world.record.record.hex not in said and "2024-05-06" not in said
    allowed = browser(world, "officer").get(address("indicators:evidence", world)).content.decode()
    assert world.cast.firm.name in allowed  # the same page does name it to whoever may read records


def test_strangers_read_what_was_published_and_get_no_cookie(world: World) -> None:
    client, sessions = browser(world, "anonymous"), Session.objects.count()

    for name in (
        "portal:workbench",
        "reports:public-document",
        "reports:public-document-file",
        "reports:public-figure",
    ):
        answer = client.get(address(name, world))
        assert (answer.status_code, dict(answer.cookies)) == (200, {}), name
        assert answer.headers["Cache-Control"] == "public, max-age=60", name
        assert "csrfmiddlewaretoken" not in answer.content.decode("latin-1"), name
        assert "Cookie" in answer.headers["Vary"], f"{name}: what one reads in English is not kept for others"
    assert Session.objects.count() == sessions


def test_strangers_find_nothing_that_was_not_published(world: World) -> None:
    client = browser(world, "anonymous")
    unseen = {each.figure_id for each in world.document.figures.all()} - {
        each.figure_id for each in world.published.figures.all()
    }

    home = client.get("/").content.decode()
    assert world.published.title in home
    assert world.edited.title not in home and world.document.title not in home
    page = client.get(address("reports:public-document", world)).content.decode()
    assert world.edited.title not in page and world.cast.officer.name not in page
    for work in (world.document.work, world.published.key, world.edited.key):
        assert client.get(reverse("reports:public-document", args=[work])).status_code == 404
        assert client.get(reverse("reports:public-document-file", args=[work])).status_code == 404
    assert unseen
    for key in unseen:
        assert client.get(reverse("reports:public-figure", args=[key])).status_code == 404
    figure = client.get(address("reports:public-figure", world)).content.decode()
    assert world.cast.firm.name not in figure and "/records/" not in figure


def test_what_only_posts_refuses_to_be_read_and_refuses_strangers(world: World) -> None:
    wrong = []
    seq = current_seq()
    for name in known():
        row, url = ADDRESSES[name], address(name, world)
        if not row.posts_only or row.is_public or row.may == EVERYBODY:
            continue
        for who in sorted(EVERYBODY):
            if who in row.may:
                if (status := browser(world, who).get(url).status_code) not in (
                    302,
                    405,
                ):  # some lead back to the record
                    wrong.append(f"GET {name} for {who}: {status}, expected 405")
            elif (status := browser(world, who).post(url, {"reason": "越权", "version": "1"}).status_code) != 404:
                wrong.append(f"POST {name} for {who}: {status}, expected 404")
        if (answer := browser(world, "anonymous").post(url)).status_code != 302 or "/sign-in/" not in answer.headers[
            "Location"
        ]:
            wrong.append(f"POST {name} for nobody: {answer.status_code}, expected to be sent to sign in")
    assert wrong == []
    assert current_seq() == seq


def test_a_forged_post_to_a_page_writes_nothing_and_finds_nothing(world: World) -> None:
    """Pages posted to by those who may not see them."""
    seq, wrong = current_seq(), []
    for name in known():
        row = ADDRESSES[name]
        if row.posts_only or row.is_public:
            continue
        for who in sorted(EVERYBODY - row.may):
            status = browser(world, who).post(address(name, world), {"reason": "越权", "version": "1"}).status_code
            if status not in (404, 405):
                wrong.append(f"POST {name} for {who}: {status}")
    assert wrong == []
    assert current_seq() == seq


def test_without_the_token_of_its_own_form_nothing_is_accepted(world: World) -> None:
    wrong = []
    for name in known():
        client = Client(enforce_csrf_checks=True)
        client.force_login(world.cast.statistician, backend="django.contrib.auth.backends.ModelBackend")
        if (status := client.post(address(name, world)).status_code) not in (403, 405):
            wrong.append(f"{name}: {status}")
    assert wrong == []


def test_every_page_has_one_heading_a_title_and_no_outside_link(walk: Walk) -> None:
    wrong = []
    for name, who, answer in walk.pages():
        page = html.fromstring(answer.content.decode())
        titles = [text.strip() for text in page.xpath("//title/text()")]
        if len(page.xpath("//h1")) != 1:
            wrong.append(f"{name} for {who} has {len(page.xpath('//h1'))} h1")
        if len(titles) != 1 or not titles[0]:
            wrong.append(f"{name} for {who} has the titles {titles}")
        if not page.get("lang"):
            wrong.append(f"{name} for {who} does not say its language")
        links = page.xpath("//@href | //@src | //@action | //@srcset | //@formaction | //@hx-get | //@hx-post")
        outside = [link for link in links if link.strip().startswith(("http:", "https:", "//", "ws:", "wss:"))]
        wrong += [f"{name} for {who} leads to {link}" for link in outside]
        if page.xpath("//*[@style or @onclick or @onload]") or page.xpath(
            "//script[not(@src) and not(@type='application/json')]"
        ):
            wrong.append(f"{name} for {who} has code or style inline, which the policy forbids")
    assert wrong == []


def chinese(element: html.HtmlElement) -> Iterator[str]:
    """The Chinese that is shown or read out in an element and is not said to be Chinese."""
    if not isinstance(element.tag, str) or element.tag in ("script", "style") or element.get("aria-hidden") == "true":
        return
    if not element.get("lang", "").startswith("zh"):
        spoken = (element.get(each, "") for each in ("aria-label", "title", "placeholder", "alt", "content"))
        yield from filter(is_chinese, [*spoken, element.text or ""])
        for child in element:
            yield from chinese(child)
            yield from filter(is_chinese, [child.tail or ""])


def kept_texts(value: Any) -> Iterator[str]:
    """The texts in a value of the database, without what is kept in both languages."""
    match value:
        case str():
            yield value
        case {"zh": _, "en": _}:
            return
        case dict():
            yield from kept_texts(list(value.values()))
        case list():
            for each in value:
                yield from kept_texts(each)


def test_in_english_nothing_is_chinese_but_what_the_database_keeps(walk: Walk) -> None:
    """Names, titles, sources and numerals of Chinese documents are data; menus, headings, buttons and sentences are not."""
    models = (model for model in apps.get_models() if model.__module__.startswith("xingke."))
    rows = (row for model in models for row in model._default_manager.values())
    kept = {text.strip() for row in rows for text in kept_texts(row) if is_chinese(text)} - set(UNITS)
    data = re.compile("|".join(map(re.escape, sorted(kept | EXAMPLES, key=len, reverse=True))))
    left: dict[str, str] = {}

    for name, who, answer in walk.pages(english=True):
        if name not in SHOWS_CHINESE:
            for text in chinese(html.fromstring(answer.content.decode())):
                if is_chinese(data.sub("", text)):
                    left.setdefault(" ".join(text.split()), f"{name} for {who}")

    assert left == {}


def test_every_answer_carries_the_security_headers(walk: Walk) -> None:
    for name, who, answer in walk.pages():
        policy = answer.headers.get("Content-Security-Policy", "")
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "http" not in policy, (name, who)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_reading_writes_nothing(walk: Walk) -> None:
    assert walk.after == walk.before


ODD = ("x", "\0", "0", "-1", "9" * 20, "🎉" + "x" * 500, ";drop", "2024-13", "2024-99-99")


class Heard(QueryDict):
    """A query that remembers by which names it was asked."""

    asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().getlist(key, default)

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


def test_odd_questions_get_an_answer_and_no_error(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a page looks up in its address is written oddly, each time in the next two ways."""
    monkeypatch.setattr(wsgi, "QueryDict", Heard)
    wrong, all_asked = [], set()
    ways = cycle(ODD)
    for name in known():
        row = ADDRESSES[name]
        if row.posts_only or not row.may:
            continue
        url = reverse(name, kwargs=dict(row.arguments(world)))
        client = browser(world, "statistician" if "statistician" in row.may else sorted(row.may)[0])
        Heard.asked = set()
        client.get(url)
        asked = sorted(Heard.asked)
        all_asked.update(asked)
        for key, odd in ((key, odd) for key in asked for odd in islice(ways, 2)):
            status = client.get(url, {key: odd}).status_code
            if status not in (200, 302, 400, 404):
                wrong.append(f"{name}?{key}={odd[:20]!r}: {status}")
    assert wrong == []
    assert {"page", "sort", "q", "period", "region", "format", "kind", "year"} <= all_asked
