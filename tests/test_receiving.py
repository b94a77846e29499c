"""Taking over: an event that brings something names who receives it, whichever way it came in, and nobody else is named."""

import importlib
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Cast, file, keep_records
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.indicators.queries import indicators
from xingke.indicators.queries.reader import Reader
from xingke.intake.rows.incoming import Options
from xingke.intake.tests.test_importing_histories import bring, found, said
from xingke.ledger import actions
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import Patent, PatentEvent, RecognitionEvent

pytestmark = pytest.mark.db

NUMBER = "202310000001.5"


def browser(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def sold(cast: Cast) -> UUID:
    """A patent of the firm in 青溪县, sold and not received by anybody yet."""
    days = [("applied", "2023-01-05"), ("granted", "2024-05-06"), ("transferred", "2025-03-01")]
    return file("patent", "采集终端", days, firm=cast.firm, by=cast.statistician, number=NUMBER)


def receive(cast: Cast, subject: UUID, holder: Any, *, by: Any = None, on: str = "2025-03-02") -> UUID:
    event = actions.NewEvent(event="received", on=date.fromisoformat(on), region=cast.sibling, organisation=holder)
    by = by or cast.statistician
    return actions.add_event(
        kind="patent", subject=subject, event=event, by=by, now=NOW, source="test", confirmed=by == cast.statistician
    )


def test_what_opens_by_coming_from_elsewhere_is_an_arrival_in_every_kind() -> None:
    arrivals = {event for names in KINDS.values() for event in names.arrivals}

    assert arrivals == {"moved_in", "received"}
    assert all(set(names.arrivals) <= names.opening for names in KINDS.values())


def test_who_receives_has_it_from_then_on(sold: UUID, cast: Cast) -> None:
    receive(cast, sold, cast.other_firm)
    lapsed = actions.NewEvent(event="lapsed", on=date(2025, 9, 1), region=cast.sibling)
    actions.add_event(kind="patent", subject=sold, event=lapsed, by=cast.statistician, now=NOW, source="test")

    whose = PatentEvent.objects.order_by("step").values_list("event", "organisation__name", "region__name")

    assert list(whose) == [
        ("applied", cast.firm.name, "青溪县"),
        ("granted", cast.firm.name, "青溪县"),
        ("transferred", cast.firm.name, "青溪县"),
        ("received", cast.other_firm.name, "云渡县"),
        ("lapsed", cast.other_firm.name, "云渡县"),
    ]
    assert Patent.objects.get(seq_to__isnull=True).organisation == cast.firm


def test_a_whole_history_is_filed_with_who_received_it(cast: Cast) -> None:
    events = [
        actions.NewEvent(event="granted", on=date(2024, 5, 6), region=cast.county),
        actions.NewEvent(event="transferred", on=date(2025, 3, 1), region=cast.county),
        actions.NewEvent(event="received", on=date(2025, 3, 2), region=cast.sibling, organisation=cast.other_firm),
        actions.NewEvent(event="lapsed", on=date(2025, 9, 1), region=cast.sibling),
    ]
    fields = {"number": NUMBER, "form": "invention", "name": "采集终端"}
    history = actions.NewHistory(fields=fields, region=cast.county, organisation=cast.firm, events=events)
    actions.file_histories(kind="patent", histories=[history], by=cast.statistician, now=NOW, source="test")

    whose = list(PatentEvent.objects.order_by("step").values_list("organisation__name", flat=True))

    assert whose == [cast.firm.name, cast.firm.name, cast.other_firm.name, cast.other_firm.name]


def test_taking_over_without_saying_who_is_refused(sold: UUID, cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        receive(cast, sold, None)

    assert str(refused.value) == "“受让”要写明接收单位：请选定“云渡县”接收的那家单位。"


def test_who_receives_lies_where_it_comes_to(sold: UUID, cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        receive(cast, sold, cast.firm)

    assert str(refused.value) == (
        "“受让”的接收单位要在“云渡县”，“青溪县明渠传感科技有限公司”不在；请选定接收的那家单位，或先更正它的区划。"
    )


def test_a_firm_that_moved_keeps_its_title_where_it_is_now(cast: Cast) -> None:
    key = file(
        "recognition",
        "甲",
        [("recognised", "2024-11-08"), ("moved_out", "2025-05-06")],
        firm=cast.firm,
        by=cast.statistician,
    )
    arrival = actions.NewEvent(event="moved_in", on=date(2025, 5, 6), region=cast.sibling)

    with pytest.raises(Refused, match="“迁入”的接收单位要在“云渡县”"):
        actions.add_event(kind="recognition", subject=key, event=arrival, by=cast.statistician, now=NOW, source="test")

    type(cast.firm).objects.filter(pk=cast.firm.pk).update(region=cast.sibling)
    actions.add_event(kind="recognition", subject=key, event=arrival, by=cast.statistician, now=NOW, source="test")
    assert RecognitionEvent.objects.get(event="moved_in").organisation == cast.firm


def test_the_receiving_county_enters_it_by_the_number_alone(sold: UUID, cast: Cast) -> None:
    """Its officer may not open the seller's record: the form finds it by its number and adds the arrival there."""
    client = browser(cast, "neighbour")
    url = reverse("ledger:record-new", args=["patent"])
    key = client.get(url).context["form"]["key"].value()

    answer = client.post(
        url,
        {
            "key": key,
            "number": NUMBER,
            "form": "invention",
            "name": "采集终端",
            "holder_search": cast.other_firm.name,
            "events-TOTAL_FORMS": "1",
            "events-INITIAL_FORMS": "0",
            "events-0-event": "received",
            "events-0-happened_on": "2025-03-02",
        },
    )

    event = PatentEvent.objects.get(event="received")
    assert answer.headers["Location"] == reverse("ledger:record", args=["patent", key])
    assert (event.subject, event.organisation, event.region) == (sold, cast.other_firm, cast.sibling)
    assert Patent.objects.filter(seq_to__isnull=True).count() == 1
    page = client.get(answer.headers["Location"]).content.decode()
    assert cast.other_firm.name in page and cast.firm.name not in page


ROWS: list[tuple[str, str, list[str]]] = [
    (
        "the holder is who received it",
        "专利权人,专利类型,专利名称,申请号,受让日期",
        ["{buyer}", "发明", "采集终端", NUMBER, "2025-03-02"],
    ),
    (
        "a column of its own says who received it",
        "专利权人,受让人,专利类型,专利名称,申请号,受让日期",
        ["{seller}", "{buyer}", "发明", "采集终端", NUMBER, "2025-03-02"],
    ),
]


@pytest.mark.parametrize("story, header, row", ROWS, ids=[story for story, *_ in ROWS])
def test_a_list_of_what_was_bought_says_who_received_it(
    sold: UUID, cast: Cast, story: str, header: str, row: list[str]
) -> None:
    names = {"buyer": cast.other_firm.name, "seller": cast.firm.name}
    table = dict(zip(header.split(","), [cell.format(**names) for cell in row], strict=True))

    first = bring("patent", table, by=cast.neighbour, options=Options(region="990122"))
    again = bring("patent", table, by=cast.neighbour, options=Options(region="990122"), name="再来一次.csv")

    event = PatentEvent.objects.get(event="received")
    assert (event.subject, event.organisation, event.region) == (sold, cast.other_firm, cast.sibling)
    assert (found(first), found(again)) == ({"changed": 1}, {"unchanged": 1})
    assert said(first) == said(again) == []


def test_a_list_that_names_a_firm_elsewhere_as_the_receiver_is_refused(sold: UUID, cast: Cast) -> None:
    type(cast.firm).objects.filter(pk=cast.firm.pk).update(credit_code="91990121MA00000012")
    row = {
        "区划": "云渡县",
        "专利权人": "",
        "专利类型": "发明",
        "专利名称": "采集终端",
        "申请号": NUMBER,
        "受让日期": "2025-03-02",
        "统一社会信用代码": "91990121MA00000012",
    }

    outcome = bring("patent", row, by=cast.statistician)

    assert said(outcome) == [
        "专利权人 列为“青溪县明渠传感科技有限公司”：有“受让日期”的，单位要填接收的那家，它要在“云渡县”；请改填接收单位，或核对区划。"
    ]


def test_a_correction_says_who_received_it(sold: UUID, cast: Cast) -> None:
    key = receive(cast, sold, cast.other_firm)
    PatentEvent.objects.filter(record=key).update(organisation=None)  # as it was filed before receivers were asked for
    url = reverse("ledger:record-correct", args=["patent", key])
    typed = {"version": "1", "event": "received", "happened_on": "2025-03-02", "reason": "补填接收单位"}
    client = browser(cast, "statistician")
    assert "未写明" in client.get(reverse("ledger:record", args=["patent", key])).content.decode()

    wrong = client.post(url, {**typed, "receiver": cast.firm.name})
    client.post(url, {**typed, "receiver": cast.other_firm.name})

    assert "“云渡县”的名录里没有唯一的一家" in wrong.content.decode()
    assert PatentEvent.objects.get(record=key, seq_to__isnull=True).organisation == cast.other_firm


@pytest.mark.parametrize("who", ["neighbour", "statistician", "superior"])
def test_where_the_receiver_is_unknown_nobody_is_named(sold: UUID, cast: Cast, who: str) -> None:
    """As old data are after the migration: the event of taking over was filed under the seller."""
    keep_records(cast.county, cast.sibling, by=cast.statistician)
    key = receive(cast, sold, cast.other_firm)
    PatentEvent.objects.filter(record=key).update(organisation=cast.firm)
    before = received(cast)

    migration = importlib.import_module("xingke.ledger.migrations.0014_receivers")
    editor: Any = SimpleNamespace(connection=connection)
    migration.forget_givers(apps, editor)

    client = browser(cast, who)
    shown = client.get("/records/?kind=patent&event=received").content.decode()
    assert "未写明" in shown and cast.firm.name not in shown
    page = client.get(reverse("ledger:record", args=["patent", key])).content.decode()
    assert "未写明" in page
    assert received(cast) == before == 1
    migration.name_givers(apps, editor)
    assert PatentEvent.objects.get(record=key).organisation == cast.firm


def received(cast: Cast) -> Any:
    return Reader().value(indicators()["inventions_received"], cast.sibling, Period.year(2025)).amount
