"""Every address × everybody: who sees what, and what every page keeps to. A new address without a row here fails."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from lxml import html

from tests import cast as casting
from tests.cast import NOW, Cast, file, keep_records, load_outline, report
from tests.test_words import is_chinese
from xingke.accounts.actions import ask_for_job
from xingke.accounts.models import AuditEntry, Job
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.ledger import actions as ledger
from xingke.ledger.import_jobs import PREPARE
from xingke.ledger.models import Evidence, ImportBatch, Observation, PatentEvent, Proposal
from xingke.registry.actions.people import enter_person
from xingke.registry.models import Grant, Person
from xingke.reports import source
from xingke.reports.actions import save_edition, write_document
from xingke.reports.disclosing import take_step
from xingke.reports.models import Document

pytestmark = pytest.mark.db

EVERYBODY = frozenset(
    [
        "officer",
        "director",
        "reviewer",
        "neighbour",
        "superior",
        "statistician",
        "system",
        "security",
        "auditor",
        "enterprise",
        "stranger",
    ]
)
BUSINESS = frozenset(
    {"officer", "director", "reviewer", "superior", "statistician"}
)  # they read what lies in the county
OWN = frozenset(
    {"officer", "director", "reviewer"}
)  # the bureau itself: before its superiors lies only what is finished
READERS = BUSINESS | {"enterprise"}  # the firm's own user reads the firm's own
NEXT_DOOR = frozenset({"neighbour"})  # same role, other county: the lists, but nothing of this county in them
ENTER, CONFIRM = frozenset({"officer", "statistician"}), frozenset({"director", "statistician"})
PEOPLE = frozenset({"officer", "director", "statistician"})
CHOOSE, WRITE = frozenset({"officer", "director", "statistician"}), frozenset({"officer", "director"})


SHOWS_CHINESE = ("portal:gallery", "search:search")  # samples; names in pieces, where what was looked for is marked
EXAMPLES = {"明渠", "12.5万元", "36项", "秘密", "机密", "绝密"}  # of what is typed and written
UNITS = ("件", "家", "项", "万元")  # are translated, though the ledger keeps them by these names


@dataclass(frozen=True)
class World:
    """One of everything in the county, so that every address has something to show."""

    cast: Cast
    record: PatentEvent
    draft: PatentEvent
    observation: Observation
    batch: ImportBatch
    document: Document
    published: Document
    edited: Document  # the edition after the published one, a draft
    grant: Grant
    proposal: Proposal
    evidence: Evidence
    job: Job
    person: Person

    @property
    def figure(self) -> Any:
        return self.document.figures.get(label="高新技术企业数").figure_id

    @property
    def public_figure(self) -> Any:
        return self.published.figures.get(label="高新技术企业数").figure_id


@dataclass(frozen=True)
class Row:
    """Who may see an address; everybody else who is signed in gets 404, and who is not is sent to sign in."""

    may: frozenset[str]
    arguments: Callable[[World], Mapping[str, Any]] = lambda world: {}
    query: str = ""
    is_public: bool = False  # for everybody who is not signed in
    posts_only: bool = False
    is_page: bool = True
    lost: int = 404  # what those get who may not


def _record(world: World) -> dict[str, Any]:
    return {"kind": "patent", "record": world.record.record}


def _draft(world: World) -> dict[str, Any]:
    return {"kind": "patent", "record": world.draft.record}


def _person(world: World) -> dict[str, Any]:
    return {"key": world.person.key}


def _document(world: World) -> dict[str, Any]:
    return {"key": world.document.key}


def _public(world: World) -> dict[str, Any]:
    return {"work": world.published.work}


def _proposed(world: World) -> dict[str, Any]:
    return {"kind": "recognition", "record": world.proposal.record}


def _here(world: World) -> dict[str, Any]:
    return {"code": "inventions_granted"}


HERE = "region=990121&period=2024"
ADDRESSES: Mapping[str, Row] = {
    "portal:workbench": Row(EVERYBODY, is_public=True),
    "portal:guide": Row(EVERYBODY, is_public=True),
    "portal:gallery": Row(EVERYBODY),
    "portal:health": Row(EVERYBODY, is_public=True, is_page=False),
    "accounts:sign-in": Row(frozenset(), is_public=True),
    "accounts:sign-out": Row(EVERYBODY, posts_only=True),
    "accounts:password": Row(EVERYBODY),
    "accounts:job": Row(frozenset({"statistician"}), lambda world: {"pk": world.job.pk}),
    "accounts:job-stop": Row(frozenset({"statistician"}), lambda world: {"pk": world.job.pk}, posts_only=True),
    "accounts:language": Row(EVERYBODY, is_public=True, posts_only=True),
    "registry:account-list": Row(frozenset({"system"})),
    "registry:account-new": Row(frozenset({"system"})),
    "registry:account-switch": Row(frozenset({"system"}), lambda world: {"username": "stranger"}, posts_only=True),
    "registry:account-reset": Row(frozenset({"system"}), lambda world: {"username": "stranger"}),
    "registry:account-unlock": Row(frozenset({"security"}), lambda world: {"username": "stranger"}, posts_only=True),
    "registry:grant-list": Row(frozenset({"security"})),
    "registry:grant-give": Row(frozenset({"security"})),
    "registry:grant-revoke": Row(frozenset({"security"}), lambda world: {"pk": world.grant.pk}, posts_only=True),
    "registry:audit": Row(frozenset({"auditor"})),
    "registry:organisation-list": Row(READERS | NEXT_DOOR),
    "registry:organisation-new": Row(frozenset({"officer"}) | NEXT_DOOR),
    "registry:organisation-correct": Row(frozenset({"officer"}), lambda world: {"key": world.cast.firm.key}),
    "registry:organisation": Row(READERS, lambda world: {"key": world.cast.firm.key}),
    "registry:person-list": Row(PEOPLE | NEXT_DOOR),
    "registry:person-new": Row(frozenset({"officer"}) | NEXT_DOOR),
    "registry:person": Row(PEOPLE, _person),
    "registry:person-correct": Row(frozenset({"officer"}), _person),
    "registry:person-employ": Row(frozenset({"officer"}), _person),
    "registry:person-merge": Row(frozenset({"officer"}), _person),
    "registry:person-erase": Row(frozenset({"officer"}), _person),
    "ledger:record-list": Row(READERS | NEXT_DOOR),
    "ledger:record": Row(READERS, _record),
    "ledger:keeping": Row(READERS | NEXT_DOOR),
    "ledger:title-list": Row(READERS | NEXT_DOOR),
    "ledger:title-merge": Row(ENTER | NEXT_DOOR, posts_only=True),
    "ledger:record-new": Row(ENTER | NEXT_DOOR, lambda world: {"kind": "payment"}),
    "ledger:event-add": Row(ENTER, _record),
    "ledger:record-correct": Row(ENTER, _record),
    "ledger:record-confirm": Row(CONFIRM, _draft, posts_only=True),
    "ledger:records-confirm": Row(CONFIRM, posts_only=True),
    "ledger:record-void": Row(ENTER | CONFIRM, _record),  # or to propose it
    "ledger:evidence-add": Row(ENTER, _record, posts_only=True),
    "ledger:evidence-withdraw": Row(
        ENTER | CONFIRM, lambda world: {**_record(world), "pk": world.evidence.pk}, posts_only=True
    ),
    "ledger:attachment": Row(
        READERS, lambda world: {**_record(world), "pk": world.evidence.pk, "name": "证书.pdf"}, is_page=False
    ),
    "ledger:proposal-decide": Row(
        CONFIRM | {"officer"}, lambda world: {**_proposed(world), "pk": world.proposal.pk}, posts_only=True
    ),
    "ledger:proposal-list": Row(ENTER | CONFIRM | NEXT_DOOR),
    "ledger:observation-list": Row(READERS | NEXT_DOOR),
    "ledger:choice-list": Row(CHOOSE | NEXT_DOOR),
    "ledger:observation-choose": Row(CHOOSE, lambda world: {"record": world.observation.record}, posts_only=True),
    "ledger:import-list": Row(ENTER | NEXT_DOOR),
    "ledger:import": Row(frozenset({"statistician"}), lambda world: {"pk": world.batch.pk}),
    "ledger:import-form": Row(ENTER | NEXT_DOOR, lambda world: {"code": "patent"}, is_page=False),
    "ledger:import-file": Row(frozenset({"statistician"}), lambda world: {"pk": world.batch.pk}, posts_only=True),
    "ledger:import-recheck": Row(frozenset({"statistician"}), lambda world: {"pk": world.batch.pk}, posts_only=True),
    "ledger:import-cancel": Row(frozenset({"statistician"}), lambda world: {"pk": world.batch.pk}, posts_only=True),
    "indicators:indicator-list": Row(BUSINESS | NEXT_DOOR),
    "indicators:identity-list": Row(BUSINESS | NEXT_DOOR),
    "indicators:indicator": Row(BUSINESS | NEXT_DOOR, _here, HERE),
    "indicators:evidence": Row(BUSINESS | NEXT_DOOR, _here, HERE),  # the neighbour only learns that it is closed
    "reports:document-list": Row(BUSINESS | NEXT_DOOR),
    "reports:document-write": Row(WRITE | NEXT_DOOR),
    "reports:document": Row(OWN, lambda world: {"key": world.document.key}),
    "reports:document-file": Row(OWN, lambda world: {"key": world.document.key}, is_page=False),
    "reports:document-pdf": Row(OWN, lambda world: {"key": world.document.key}, is_page=False),
    "reports:document-edit": Row(WRITE, _document),
    "reports:document-figures": Row(WRITE, _document, "q=高新", is_page=False),
    "reports:document-compare": Row(OWN, lambda world: {"key": world.edited.key}),
    "reports:document-update": Row(WRITE, _document),
    "reports:document-review": Row(frozenset({"reviewer", "director"}), _document),
    "reports:document-step": Row(OWN, _document, posts_only=True),
    "reports:document-hand-up": Row(frozenset({"director"}), _document, posts_only=True),
    "reports:document-recall": Row(frozenset({"director"}), _document, posts_only=True),
    "reports:public-document": Row(EVERYBODY, _public, is_public=True),
    "reports:public-document-file": Row(EVERYBODY, _public, is_public=True, is_page=False),
    "reports:public-document-pdf": Row(EVERYBODY, _public, is_public=True, is_page=False),
    "reports:public-figure": Row(EVERYBODY, lambda world: {"key": world.public_figure}, is_public=True),
    "reports:figure": Row(OWN, lambda world: {"key": world.figure}),
    "reports:verify": Row(EVERYBODY, is_public=True),
    "search:search": Row(READERS | NEXT_DOOR, query="q=明渠"),
}


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """Every name of the urlconf, with its room."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns, f"{each.namespace}:" if each.namespace else space)
        else:
            yield f"{space}{each.name}"


def test_every_address_has_a_row_and_every_row_its_address() -> None:
    assert sorted(names(get_resolver().url_patterns)) == sorted(ADDRESSES)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all tests of this file, in one transaction: they only look, or are refused."""
    data = tmp_path_factory.mktemp("data")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        cache.clear()
        patch.setattr(settings, "DATA", data)
        yield _furnished(casting.gather_again(), tmp_path_factory.mktemp("outline"))
        transaction.set_rollback(True)


def _furnished(cast: Cast, folder: Path) -> World:
    load_outline(folder)
    keep_records(cast.county, cast.sibling, by=cast.statistician)
    for firm, name in ((cast.firm, "甲"), (cast.other_firm, "乙")):
        file("patent", name, [("applied", "2022-03-01"), ("granted", "2024-05-06")], firm=firm, by=cast.statistician)
    record = PatentEvent.objects.get(event="granted", organisation=cast.firm)
    draft = ledger.add_event(
        kind="patent",
        subject=record.subject,
        event=ledger.NewEvent(event="lapsed", on=date(2025, 2, 2), region=cast.county),
        by=cast.officer,
        now=NOW,
        source="登记",
    )
    ledger.attach_evidence(
        kind="patent", record=record.record, files=[ledger.NewFile("证书.pdf", b"%PDF-1.7")], by=cast.officer, now=NOW
    )
    title = file("recognition", "丙", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    proposal = ledger.propose_correction(
        kind="recognition",
        record=title,
        version=1,
        changes={"number": "GR1"},
        reason="补录编号",
        by=cast.officer,
        now=NOW,
    )
    for document, amount in (("T1", "468.3"), ("T2", "470")):
        report(cast.county, "2024", "地区生产总值", amount, "亿元", by=cast.statistician, document=document)
    written = write_document(outline="short", region=cast.county, period=Period.year(2024), by=cast.officer, now=NOW)
    published, edited = _published(cast)
    return World(
        cast,
        record,
        PatentEvent.objects.get(record=draft),
        Observation.objects.get(document="T1"),
        ImportBatch.objects.latest("seq"),
        written.document,
        published,
        edited,
        cast.officer.grants.get(),
        proposal,
        Evidence.objects.get(),
        ask_for_job(
            kind=PREPARE, payload={}, by=cast.statistician, now=timezone.now() + timedelta(hours=1)
        ),  # waits for nobody yet
        enter_person(name="Zhang", region=cast.county, facts={"phone": "13812345678"}, by=cast.officer, now=NOW),
    )


def _published(cast: Cast) -> tuple[Document, Document]:
    """A document that everybody may read, and its next edition, which nobody has reviewed."""
    written = write_document(outline="short", region=cast.county, period=Period.year(2025), by=cast.officer, now=NOW)
    steps = (("asked", cast.officer), ("passed", cast.reviewer), ("published", cast.director))
    for number, (step, by) in enumerate(steps):
        take_step(document=written.document, step=step, number=number, opinion="", by=by, now=NOW)
    text = source.typed("不公开的新标题", ["paragraph"], ["高新技术企业{high_tech_enterprises}。"])
    edited = save_edition(follows=written.document, text=text, by=cast.officer, now=NOW)
    return written.document, edited.document


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


def test_a_forged_post_to_a_form_writes_nothing_and_finds_nothing(world: World) -> None:
    """Pages with a form, posted to by those who may not see them."""
    seq, wrong = current_seq(), []
    for name in (
        "registry:account-new",
        "registry:account-reset",
        "registry:grant-give",
        "registry:organisation-new",
        "registry:organisation-correct",
        "registry:person-new",
        "registry:person-correct",
        "registry:person-employ",
        "registry:person-merge",
        "registry:person-erase",
        "ledger:record-new",
        "ledger:event-add",
        "ledger:record-correct",
        "ledger:record-void",
        "reports:document-write",
        "reports:document-edit",
        "reports:document-update",
        "ledger:import-list",
    ):
        if name not in known():
            continue
        for who in sorted(EVERYBODY - ADDRESSES[name].may):
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


ODD = [
    "?page=0",
    "?page=-1",
    "?page=999999",
    "?page=x",
    "?sort=;drop",
    "?q=%00",
    "?q=%F0%9F%8E%89" + "x" * 500,
    "?period=x",
    "?region=x",
    "?region=990121&period=2024-13",
    "?format=exe",
    "?from=2024-99-99",
    "?kind=x",
    "?year=99999999999999999999",
]


def test_odd_questions_get_an_answer_and_no_error(world: World) -> None:
    wrong = []
    for name in known():
        row = ADDRESSES[name]
        if row.posts_only or not row.may:
            continue
        url = reverse(name, kwargs=dict(row.arguments(world)))
        client = browser(world, "statistician" if "statistician" in row.may else sorted(row.may)[0])
        for odd in ODD:
            status = client.get(url + odd).status_code
            if status not in (200, 302, 400, 404):
                wrong.append(f"{name}{odd[:40]}: {status}")
    assert wrong == []
