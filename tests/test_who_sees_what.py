"""Who sees what: superiors what is finished, and nobody a firm of somebody else's region. Role × state × way, over a small cast."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Cast, file, keep_records, load_outline, report
from xingke.base.periods import Period
from xingke.ledger import actions
from xingke.ledger.models import Evidence, Observation, PatentEvent
from xingke.ledger.queries import records
from xingke.registry import actions as registry
from xingke.registry.models import Organisation
from xingke.reports.actions import write_document
from xingke.reports.models import Document
from xingke.search.actions import catch_up

pytestmark = pytest.mark.db

ABOVE = ("superior_reader", "officer", "director", "secrecy_reviewer")  # whatever somebody is in the city


def browser(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, url: str) -> str:
    """What an address says: a page, or the texts of a file."""
    answer: Any = client.get(url)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        book = zipfile.ZipFile(io.BytesIO(body))
        body = b"".join(book.read(name) for name in book.namelist())
    said = str(body.decode("utf-8", "replace")) if answer.status_code == 200 else ""
    return re.sub("</?mark>", "", said)  # what was searched for


def filed(cast: Cast, name: str, *, confirmed: bool) -> UUID:
    """A patent of the county's firm, granted in a year of its own."""
    event = actions.NewEvent(event="granted", on=date(2024 if confirmed else 2019, 5, 6), region=cast.county)
    fields = {"number": name, "form": "invention", "name": name}
    history = actions.NewHistory(
        fields=fields, region=cast.county, organisation=cast.firm, events=[event], is_fictional=True
    )
    by = cast.statistician if confirmed else cast.officer
    actions.file_histories(kind="patent", histories=[history], by=by, now=NOW, source="登记", confirmed=confirmed)
    actions.attach_evidence(
        kind="patent", record=history.key, files=[actions.NewFile(f"{name}.pdf", b"%PDF-1.7")], by=cast.officer, now=NOW
    )
    return history.key


@dataclass(frozen=True)
class Ledger:
    """One patent that counts and one that is a draft, and so with reported figures."""

    confirmed: UUID
    draft: UUID


@pytest.fixture
def ledger(cast: Cast) -> Ledger:
    keep_records(cast.county, by=cast.statistician)
    known = Ledger(filed(cast, "已确认装置", confirmed=True), filed(cast, "未确认装置", confirmed=False))
    report(cast.county, "2024", "地区生产总值", "468.3", "亿元", by=cast.statistician, document="T1")
    report(cast.county, "2018", "未确认的产值", "470", "亿元", by=cast.statistician, document="T2")
    Observation.objects.filter(document="T2").update(state="draft", confirmed_at=None, confirmed_by=None)
    catch_up()
    return known


def ways(cast: Cast, known: Ledger) -> Iterator[tuple[str, str, str]]:
    """Every way to a record: its address, what shows there that it counts, and what that it is a draft."""
    lists = [
        "/records/",
        "/records/?format=csv",
        "/records/?kind=patent&format=records",
        "/records/?kind=patent&state=draft",
        "/records/?q=装置",
        "/search/?q=装置",
        "/",
        f"/organisations/{cast.firm.key}/",
    ]
    for url in lists:
        yield url, "已确认装置", "未确认装置"
    for url in ("/observations/", "/observations/?format=csv", "/search/?q=产值"):
        yield url, "地区生产总值", "未确认的产值"


@pytest.mark.parametrize("role", ABOVE)
def test_before_whoever_sits_above_lies_what_was_confirmed(cast: Cast, ledger: Ledger, role: str) -> None:
    registry.give_role(user=cast.stranger, role=role, region=cast.city, by=None, now=NOW)
    client = browser(cast, "stranger")
    wrong = []

    for url, counted, draft in ways(cast, ledger):
        page = read(client, url)
        if draft in page:
            wrong.append(f"{url} shows a draft")
        if counted not in page and "state=draft" not in url and "产值" not in url:
            wrong.append(f"{url} does not show what was confirmed")

    assert wrong == []
    assert "2019" not in re.findall(r'<option value="(\d{4})"', read(client, "/records/"))
    assert (
        client.get(f"/records/patent/{ledger.confirmed}/").status_code,
        client.get(f"/records/patent/{ledger.draft}/").status_code,
    ) == (200, 404)
    hidden = Observation.objects.get(document="T2")
    assert client.get(reverse("ledger:record", args=["observation", hidden.record])).status_code == 404


def test_the_bureau_itself_sees_its_drafts(cast: Cast, ledger: Ledger) -> None:
    for who in ("officer", "director", "reviewer", "statistician"):
        client = browser(cast, who)
        assert "未确认装置" in read(client, "/records/"), who
        assert client.get(f"/records/patent/{ledger.draft}/").status_code == 200, who


def test_files_of_a_draft_are_kept_from_above(cast: Cast, ledger: Ledger) -> None:
    client = browser(cast, "superior")
    found = {
        each.record: client.get(
            reverse("ledger:attachment", args=["patent", each.record, each.pk, each.attachment.name])
        ).status_code
        for each in Evidence.objects.select_related("attachment")
    }

    assert found == {ledger.confirmed: 200, ledger.draft: 404}


def test_a_draft_event_of_what_counts_is_kept_from_above(cast: Cast, ledger: Ledger) -> None:
    event = actions.NewEvent(event="lapsed", on=date(2025, 2, 2), region=cast.county)
    key = actions.add_event(
        kind="patent", subject=ledger.confirmed, event=event, by=cast.officer, now=NOW, source="登记"
    )

    above, here = browser(cast, "superior"), browser(cast, "officer")

    assert above.get(f"/records/patent/{key}/").status_code == 404
    assert "失效" not in read(above, f"/records/patent/{ledger.confirmed}/")
    assert "失效" in read(here, f"/records/patent/{ledger.confirmed}/")


def test_what_was_only_proposed_is_kept_from_above(cast: Cast) -> None:
    title = file("recognition", "丙", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    actions.propose_correction(
        kind="recognition",
        record=title,
        version=1,
        changes={"number": "GR-NEU"},
        reason="补录编号",
        by=cast.officer,
        now=NOW,
    )

    assert "GR-NEU" in read(browser(cast, "director"), f"/records/recognition/{title}/")
    assert "GR-NEU" not in read(browser(cast, "superior"), f"/records/recognition/{title}/")
    registry.give_role(user=cast.stranger, role="director", region=cast.city, by=None, now=NOW)
    assert "补录编号" not in read(browser(cast, "stranger"), "/proposals/")


def test_who_said_so_first_is_kept_from_above_too(cast: Cast, ledger: Ledger) -> None:
    """The versions before the confirmed one were drafts."""
    event = PatentEvent.objects.get(subject=ledger.draft)
    actions.confirm_event(kind="patent", record=event.record, version=1, by=cast.director, now=NOW)

    shown = records.record_page(cast.superior, "patent", event.record)

    assert [(each.version, each.state) for each in shown.versions] == [(2, "confirmed")]
    assert [each.version for each in records.record_page(cast.officer, "patent", event.record).versions] == [2, 1]


def test_what_the_city_enters_for_a_county_lies_before_the_city(cast: Cast) -> None:
    """A bureau that keeps its counties' ledgers sees its own work, and nobody else's."""
    registry.give_role(user=cast.stranger, role="officer", region=cast.city, by=None, now=NOW)
    registry.give_role(user=cast.checker, role="director", region=cast.city, by=None, now=NOW)
    event = actions.NewEvent(event="granted", on=date(2024, 5, 6), region=cast.county)
    fields = {"number": "市局登记", "form": "invention", "name": "市局登记"}
    history = actions.NewHistory(
        fields=fields, region=cast.county, organisation=cast.firm, events=[event], is_fictional=True
    )
    actions.file_histories(kind="patent", histories=[history], by=cast.stranger, now=NOW, source="登记")

    status = {
        who: browser(cast, who).get(f"/records/patent/{history.key}/").status_code
        for who in ("stranger", "officer", "superior", "neighbour")
    }

    assert status == {"stranger": 200, "officer": 200, "superior": 404, "neighbour": 404}


def test_documents_cannot_be_verified_from_above_before_they_are_handed_up(
    cast: Cast, tmp_path: Path, data_folder: Path
) -> None:
    load_outline(tmp_path)
    keep_records(cast.county, by=cast.statistician)
    file("recognition", "甲", [("recognised", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    document: Document = write_document(
        outline="short", region=cast.county, period=Period.year(2024), by=cast.officer, now=NOW
    ).document
    data = browser(cast, "officer").get(reverse("reports:document-file", args=[document.key])).content

    said = {who: _verified(cast, who, data) for who in ("officer", "superior", "statistician")}

    assert ["不在您的工作范围内" in each for each in said.values()] == [False, True, True]


def _verified(cast: Cast, who: str, data: bytes) -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = browser(cast, who).post("/verify/", {"file": SimpleUploadedFile("文稿.docx", data)})
    return str(page.content.decode())


# ── firms of somebody else's region ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def traded(cast: Cast) -> list[str]:
    """Patents and titles that went to and fro between two counties; the names and codes the officer must not meet."""
    keep_records(cast.county, cast.sibling, by=cast.statistician)
    Organisation.objects.filter(pk=cast.other_firm.pk).update(credit_code="91990122MA0000001X")
    granted = [("granted", "2023-05-06"), ("transferred", "2024-03-01")]
    bought = file("patent", "买来的装置", granted, firm=cast.other_firm, by=cast.statistician)
    event = actions.NewEvent(event="received", on=date(2024, 3, 2), region=cast.county, organisation=cast.firm)
    key = actions.add_event(
        kind="patent", subject=bought, event=event, by=cast.statistician, now=NOW, source="登记", confirmed=True
    )
    assert PatentEvent.objects.get(record=key).organisation == cast.firm
    old = file("patent", "早先买来的装置", granted, firm=cast.other_firm, by=cast.statistician, number="旧")
    before = actions.add_event(
        kind="patent", subject=old, event=event, by=cast.statistician, now=NOW, source="登记", confirmed=True
    )
    PatentEvent.objects.filter(record=before).update(organisation=cast.other_firm)  # as it once was filed
    gone = Organisation.objects.create(name="云渡县迁走的公司", region=cast.county, is_fictional=True)
    file(
        "recognition",
        "迁走",
        [("recognised", "2024-05-06"), ("moved_out", "2024-11-06")],
        firm=gone,
        by=cast.statistician,
    )
    Organisation.objects.filter(pk=gone.pk).update(region=cast.sibling, credit_code="91990122MA00000020")
    catch_up()
    return [cast.other_firm.name, "91990122MA0000001X", gone.name, "91990122MA00000020"]


def test_no_page_an_officer_can_open_names_a_firm_of_another_county(cast: Cast, traded: list[str]) -> None:
    client, wrong = browser(cast, "officer"), []
    events = PatentEvent.objects.filter(region=cast.county).values_list("record", flat=True)
    pages = [
        "/",
        "/records/",
        "/organisations/",
        "/organisations/?format=csv",
        "/records/titles/",
        "/proposals/",
        "/search/?q=装置",
        "/search/?q=云渡",
        "/observations/",
    ]
    pages += [f"/records/patent/{key}/" for key in events]
    for kind in ("patent", "recognition"):
        pages += [
            f"/records/?kind={kind}{more}"
            for more in ("", "&format=csv", "&format=xlsx", "&format=records", "&q=云渡县")
        ]
    for code in ("inventions_received", "invention_patents", "high_tech_recognised", "high_tech_enterprises"):
        page = f"/indicators/{code}/records/?region=990121&period=2024"
        pages += [page, f"{page}&format=csv"]

    for url in pages:
        page = read(client, url)
        wrong += [f"{url}: {name}" for name in traded if name in page]

    assert wrong == []
    assert cast.firm.name in read(client, "/indicators/inventions_received/records/?region=990121&period=2024")
    assert "区外单位" in read(client, "/records/?kind=recognition")


def test_what_was_bought_stands_under_its_buyer(cast: Cast, traded: list[str]) -> None:
    listed = read(browser(cast, "officer"), "/records/?kind=patent&event=received&format=csv")
    rows = [line.split(",") for line in listed.splitlines() if "买来的装置" in line]

    assert sorted(row[7] for row in rows) == ["区外单位", cast.firm.name]
    mine = read(browser(cast, "officer"), f"/organisations/{cast.firm.key}/")
    theirs = read(browser(cast, "neighbour"), f"/organisations/{cast.other_firm.key}/")
    assert ("受让 · 买来的装置" in mine, "受让 · 买来的装置" in theirs) == (True, False)


# ── a region that is not one's own ──────────────────────────────────────────────────────────────────────────────────


LISTS = ("/records/", "/observations/", "/records/titles/", "/organisations/", "/documents/")


@pytest.mark.parametrize("wanted", ["990122", "云渡县", "999999", "x"])
@pytest.mark.parametrize("url", LISTS)
def test_a_region_that_is_not_ones_own_shows_nothing_and_says_so(
    cast: Cast, ledger: Ledger, url: str, wanted: str
) -> None:
    page = read(browser(cast, "officer"), f"{url}?region={wanted}")

    assert f"您可以查看的范围里没有区划“{wanted}”" in page
    assert "已确认装置" not in page and cast.firm.name not in page


@pytest.mark.parametrize("url", ["/records/?format=csv", "/organisations/?format=csv", "/observations/?format=csv"])
def test_a_file_of_a_region_that_is_not_ones_own_is_empty(cast: Cast, ledger: Ledger, url: str) -> None:
    listed = read(browser(cast, "officer"), f"{url}&region=990122")

    assert "青溪县" not in listed
