"""The workbench is never older than what was committed before it was asked for, and shows nobody what another may see."""

import re
from collections.abc import Callable
from datetime import date
from threading import Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import NOW, Cast, file, keep_records, report
from xingke.base.periods import Period
from xingke.ledger import actions as ledger
from xingke.ledger.models import PatentEvent, State
from xingke.registry import actions as registry
from xingke.registry.models import Grant
from xingke.reports.actions import write_document
from xingke.reports.actions.disclosing import take_step
from xingke.reports.models import Document

TODAY = timezone.localdate()
READERS = ("officer", "director", "reviewer", "neighbour", "superior", "enterprise", "statistician", "security")
SignedIn = Callable[[str], Client]


def _browsers(cast: Cast) -> dict[str, Client]:
    found = {}
    for name in READERS:
        found[name] = Client()
        found[name].force_login(cast.users[name], backend="django.contrib.auth.backends.ModelBackend")
    return found


def _page(browser: Client) -> str:
    """The workbench without what is of one answer only: the tokens of its forms, and when it would be printed."""
    text = browser.get("/").content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+|\d{4}-\d\d-\d\d \d\d:\d\d', "", text)


def _elsewhere(write: Callable[[], Any]) -> None:
    """Do something on a connection of its own, as another process would."""
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            write()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    thread.join()
    if wrong:
        raise wrong[0]


def _draft(cast: Cast) -> None:
    history = ledger.NewHistory(
        fields={"form": "invention", "name": "一种明渠", "number": "201710601862.3"},
        region=cast.county,
        organisation=cast.firm,
        events=[ledger.NewEvent(event="granted", on=TODAY, region=cast.county)],
    )
    ledger.file_histories(kind="patent", histories=[history], by=cast.officer, now=timezone.now(), source="测试")


def _event(state: str) -> PatentEvent:
    return PatentEvent.objects.filter(seq_to__isnull=True, state=state).latest("seq_from")


def _confirm(cast: Cast) -> None:
    row = _event(State.DRAFT)
    ledger.confirm_event(kind="patent", record=row.record, version=row.version, by=cast.director, now=NOW)


def _propose(cast: Cast) -> None:
    row = _event(State.CONFIRMED)
    changes = {"happened_on": date(TODAY.year, 1, 1)}
    ledger.propose_correction(
        kind="patent", record=row.record, version=row.version, changes=changes, reason="原件", by=cast.officer, now=NOW
    )


def _void(cast: Cast) -> None:
    row = _event(State.CONFIRMED)
    ledger.void_event(kind="patent", record=row.record, version=row.version, reason="重复", by=cast.director, now=NOW)


def _write(cast: Cast) -> None:
    write_document(outline="annual", region=cast.county, period=Period.parse("2024"), by=cast.officer, now=NOW)


def _ask_for_review(cast: Cast) -> None:
    take_step(document=Document.objects.get(), step="asked", number=0, opinion="", by=cast.officer, now=NOW)


def _take_back(cast: Cast) -> None:
    grant = Grant.objects.get(user=cast.neighbour, revoked_at__isnull=True)
    registry.take_role_back(grant=grant, by=cast.security, now=NOW)


# What is written one after the other, by whom it is seen at once, and words that appear there.
WRITES: tuple[tuple[Callable[[Cast], Any], str, str], ...] = (
    (lambda cast: keep_records(cast.county, by=cast.statistician), "officer", ""),
    (_draft, "officer", "一种明渠"),
    (_confirm, "superior", "一种明渠"),
    (
        lambda cast: report(
            cast.county, f"{TODAY.year - 1}", "全社会研发经费投入", "8.30", "亿元", by=cast.statistician
        ),
        "officer",
        "8.3",
    ),
    (_propose, "director", "待采纳的改动建议"),
    (_void, "officer", ""),
    (_write, "officer", "2024年"),
    (_ask_for_review, "reviewer", "待我审查的文稿"),
    (
        lambda cast: file(
            "recognition", "乙证书", [("recognised", f"{TODAY.year}-01-01")], firm=cast.other_firm, by=cast.statistician
        ),
        "neighbour",
        "高新技术企业",
    ),
    (_take_back, "neighbour", "还没有授权"),
)


@pytest.mark.django_db(transaction=True)
def test_what_another_connection_wrote_is_on_the_very_next_page_of_everybody(cast: Cast) -> None:
    browsers = _browsers(cast)
    for write, who, words in WRITES:
        for browser in browsers.values():
            _page(browser)
        before = _page(browsers[who])
        _elsewhere(lambda write=write: write(cast))  # type: ignore[misc]  # bound now

        kept = {name: _page(browser) for name, browser in browsers.items()}

        assert kept[who] != before, words
        assert re.search(words, kept[who])
        cache.clear()
        for name, browser in browsers.items():
            assert kept[name] == _page(browser), (name, words)


@pytest.mark.db
def test_nobody_is_shown_what_was_kept_for_another(cast: Cast) -> None:
    for county, firm in ((cast.county, cast.firm), (cast.sibling, cast.other_firm)):
        keep_records(county, by=cast.statistician)
        file("patent", f"{county.name}的专利", [("granted", "2025-04-05")], firm=firm, by=cast.statistician)
    _draft(cast)
    _write(cast)
    browsers = _browsers(cast)
    alone = {}
    for name, browser in browsers.items():
        cache.clear()
        alone[name] = _page(browser)

    for order in (list(browsers), list(reversed(browsers))):
        cache.clear()
        for name in order * 2:
            assert _page(browsers[name]) == alone[name], name
    assert "一种明渠" in alone["director"]
    assert "一种明渠" not in alone["superior"]  # nobody's superior reads drafts
    assert "青溪县的专利" not in alone["neighbour"]
    assert "云渡县的专利" not in alone["officer"]


@pytest.mark.db
def test_the_same_choice_of_another_language_is_another_page(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician)
    file("patent", "甲", [("granted", "2025-04-05")], firm=cast.firm, by=cast.statistician)
    browser = signed_in("officer")
    chinese = _page(browser)
    browser.cookies["xingke_language"] = "en"

    english = _page(browser)

    assert "发明专利拥有量" in chinese
    assert "Inventions in force" in english
    assert "发明专利拥有量" not in english


@pytest.mark.db
def test_while_nothing_changes_a_page_asks_little(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician)
    file("patent", "甲", [("granted", "2025-04-05")], firm=cast.firm, by=cast.statistician)

    def asked(who: str) -> list[str]:
        browser = signed_in(who)
        browser.get("/")
        with CaptureQueriesContext(connection) as caught:
            browser.get("/")
        return [re.sub(r".* FROM \"(\w+)\".*", r"\1", each["sql"]) for each in caught]

    assert asked("director") == [
        "django_session",
        "accounts_user",
        "registry_definition",
        "registry_grant",
        "accounts_auditentry",
        "notices_notice",  # the bell
    ]
    assert asked("officer")[5:] == ["ledger_importbatch", "ledger_importchunk", "notices_notice"]


@pytest.mark.db
def test_after_a_write_only_what_it_touched_is_asked_again(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician)
    file("patent", "甲", [("granted", "2025-04-05")], firm=cast.firm, by=cast.statistician)
    browser = signed_in("officer")
    browser.get("/")
    file("patent", "乙", [("granted", "2025-04-06")], firm=cast.firm, by=cast.statistician)

    with CaptureQueriesContext(connection) as caught:
        browser.get("/")

    sentences = [each["sql"] for each in caught]
    untouched = re.compile(r'^SELECT (?!\'|EXISTS).*FROM "ledger_(project\w*|payment\w*|contract\w*|observation)"')
    assert [each for each in sentences if untouched.match(each)] == []
    assert len(sentences) <= 38  # rooms that wait for something else than records are not asked
