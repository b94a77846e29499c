"""Pages of the kinds that are neither titles nor patents: money, activities, and whatever stands in TABLES."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import NOW, Cast, accept_open_proposals, confirmer, told_of
from xingke.ledger import actions
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import EventSession, PaymentEvent
from xingke.ledger.tables import TABLES
from xingke.ledger.words import Words, field_word, kind_word, measure_of
from xingke.registry.filtering import PAGE_SIZE
from xingke.registry.models import Organisation

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
Happened = tuple[str, str, Mapping[str, Any]]
PAYMENT = {"purpose": "reward", "level": "province", "name": "研发奖补", "number": "财教〔2025〕7号"}
ACTIVITY = {"topic": "training", "name": "惠企政策培训", "number": "", "place": "青溪会堂"}


def _file(
    cast: Cast, kind: str, fields: Mapping[str, str], *events: Happened, firm: Organisation | None = None
) -> UUID:
    """A confirmed history in the county; returns its key."""
    history = actions.NewHistory(
        fields=fields,
        region=cast.county,
        organisation=firm,
        is_fictional=True,
        events=[
            actions.NewEvent(event=event, on=date.fromisoformat(on), region=cast.county, measures=measures)
            for event, on, measures in events
        ],
    )
    actions.file_histories(
        kind=kind,
        histories=[history],
        by=cast.statistician,
        now=NOW,
        source="test",
        confirmed=True,
        confirmed_by=confirmer(kind, cast.statistician),
    )
    return history.key


def _payment(cast: Cast) -> UUID:
    """12.5 万元 won, 3000 元 of it arrived."""
    events: list[Happened] = [
        ("won", "2025-03-01", {"amount": 12_500_000}),
        ("arrived", "2025-06-30", {"amount": 300_000}),
    ]
    return _file(cast, "payment", PAYMENT, *events, firm=cast.firm)


def _activity(cast: Cast) -> UUID:
    """A training of 120余 people, nobody's in particular."""
    measures = {"people": 1_200_000, "materials": 5_000_000, "approximation": "余"}
    return _file(cast, "event", ACTIVITY, ("held", "2025-05-18", measures))


# ── The list ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_money_and_activities_are_listed_with_what_they_amount_to(cast: Cast, signed_in: SignIn) -> None:
    _payment(cast)
    _activity(cast)

    response = signed_in("officer").get("/records/")

    assert [(row["kind"], row["event"], row["what"], row["measures"]) for row in response.context["rows"]] == [
        ("资金", "到位", "研发奖补（科技奖补资金、省级）", "3000元"),
        ("活动", "举办", "惠企政策培训（科技培训）", "120余人次，500份"),
        ("资金", "争取", "研发奖补（科技奖补资金、省级）", "12.5万元"),
    ]
    assert "12.5万元" in response.content.decode() and "有效" not in response.content.decode()


@pytest.mark.parametrize(
    "story, query, days",
    [
        ("by kind", "kind=event", ["2025-05-18"]),
        ("by event", "event=arrived", ["2025-06-30"]),
        ("by event and kind", "kind=payment&event=won", ["2025-03-01"]),
        ("by year", "year=2024", []),
        ("by the number of its document", "q=〔2025〕7号", ["2025-06-30", "2025-03-01"]),
    ],
)
def test_the_list_is_narrowed(cast: Cast, signed_in: SignIn, story: str, query: str, days: list[str]) -> None:
    _payment(cast)
    _activity(cast)

    rows = signed_in("officer").get(f"/records/?{query}").context["rows"]

    assert [row["on"].isoformat() for row in rows] == days, story


def test_every_kind_can_be_chosen(cast: Cast, signed_in: SignIn) -> None:
    fields = signed_in("officer").get("/records/").context["filters"]

    kinds = next(field for field in fields if field["name"] == "kind")["options"]
    assert [option["value"] for option in kinds] == ["", *TABLES]
    assert [option["label"] for option in kinds][1:] == [kind.names.word.text for kind in TABLES.values()]


def test_amounts_are_exported(cast: Cast, signed_in: SignIn) -> None:
    _payment(cast)

    lines = signed_in("officer").get("/records/?format=csv").content.decode("utf-8-sig").splitlines()

    assert lines[1:] == [
        "2025-06-30,资金,到位,,研发奖补（科技奖补资金、省级）,3000元,财教〔2025〕7号,青溪县明渠传感科技有限公司,,青溪县,990121,已确认,是",
        "2025-03-01,资金,争取,,研发奖补（科技奖补资金、省级）,12.5万元,财教〔2025〕7号,青溪县明渠传感科技有限公司,,青溪县,990121,已确认,是",
    ]


# ── One record ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_payments_page_says_the_sum_and_nothing_of_being_held(cast: Cast, signed_in: SignIn) -> None:
    key = _payment(cast)
    event = PaymentEvent.objects.get(event="won")
    browser = signed_in("officer")

    own = browser.get(f"/records/payment/{event.record}/").context
    whole = browser.get(f"/records/payment/{key}/").context

    assert own["lead"] == "2025年3月1日，青溪县明渠传感科技有限公司（青溪县）：争取，金额 12.5万元。"
    assert [(item["title"], item["text"]) for item in own["history"]] == [
        ("争取（本条）", "金额 12.5万元"),
        ("到位", "金额 3000元"),
    ]
    assert whole["lead"] == "青溪县明渠传感科技有限公司。2025年6月30日到位，金额 3000元。"
    assert whole["held"] is None
    assert [(item["label"], item["value"]) for item in whole["facts"]][:4] == [
        ("资金", "研发奖补（科技奖补资金、省级）"),
        ("用途", "科技奖补资金"),
        ("级别", "省级"),
        ("资金名称", "研发奖补"),
    ]


def test_an_activitys_page_stands_without_an_organisation(cast: Cast, signed_in: SignIn) -> None:
    _activity(cast)
    event = EventSession.objects.get()

    shown = signed_in("officer").get(f"/records/event/{event.record}/").context

    assert shown["lead"] == "2025年5月18日，青溪县：举办，人次 120余人次，资料份数 500份。"
    assert {"label": "地点", "value": "青溪会堂", "numeric": False} in shown["facts"]


def test_a_project_is_said_to_run_until_it_is_accepted(cast: Cast, signed_in: SignIn) -> None:
    fields = {"programme": "key_rnd", "level": "province", "name": "高可靠传感器", "number": "P1"}
    approved: Happened = ("approved", "2023-04-01", {"amount": 50_000_000})
    running = _file(cast, "project", fields, approved, firm=cast.firm)
    done = _file(cast, "project", fields, approved, ("accepted", "2025-04-01", {}), firm=cast.firm)
    browser = signed_in("officer")

    assert browser.get(f"/records/project/{running}/").context["lead"].endswith("自2023年4月1日起在研。")
    assert browser.get(f"/records/project/{done}/").context["lead"].endswith("现不在研。")


# ── Changes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_corrected_amount_becomes_a_version_that_says_old_and_new(cast: Cast, signed_in: SignIn) -> None:
    _payment(cast)
    event = PaymentEvent.objects.get(event="won")
    own = f"/records/payment/{event.record}/"
    browser = signed_in("officer")
    form = browser.get(f"{own}correct/")
    asked = {"version": "1", "event": "won", "happened_on": "2025-03-01", "amount": "150,000.50", "reason": "凭证录错"}

    response = browser.post(f"{own}correct/", asked)
    accept_open_proposals(by=cast.director)

    assert 'value="125000"' in form.content.decode() and "金额（元）" in form.content.decode()
    assert response["Location"] == own
    assert PaymentEvent.objects.get(record=event.record, seq_to=None).amount == 15_000_050
    newest = browser.get(own).context["versions"][0]
    assert [(each.label, each.old, each.new) for each in newest["changes"]] == [("金额", "12.5万元", "150000.5元")]


@pytest.mark.parametrize(
    "amount, sentence",
    [
        ("12.345", "不是可以精确保存的数字"),
        ("很多", "不是可以精确保存的数字"),
        ("-5", "小于零"),
        ("99999999999999999999", "不是可以精确保存的数字"),
        ("125000.00", "没有改动任何内容"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_in_the_form(
    cast: Cast, signed_in: SignIn, amount: str, sentence: str
) -> None:
    _payment(cast)
    event = PaymentEvent.objects.get(event="won")
    asked = {"version": "1", "event": "won", "happened_on": "2025-03-01", "amount": amount, "reason": "核对"}

    page = signed_in("officer").post(f"/records/payment/{event.record}/correct/", asked).content.decode()

    assert sentence in page
    assert f'value="{amount}"' in page  # what was typed stays
    assert PaymentEvent.objects.filter(record=event.record).count() == 1


def test_the_people_of_an_activity_are_corrected_with_the_word_they_came_with(cast: Cast, signed_in: SignIn) -> None:
    _activity(cast)
    event = EventSession.objects.get()
    own = f"/records/event/{event.record}/"
    asked = {
        "version": "1",
        "event": "held",
        "happened_on": "2025-05-18",
        "people": "118",
        "materials": "500",
        "approximation": "",
        "reason": "签到表",
    }

    signed_in("statistician").post(f"{own}correct/", asked)

    newest = signed_in("statistician").get(own).context["versions"][0]
    assert [(each.label, each.old, each.new) for each in newest["changes"]] == [
        ("人次", "120余人次", "118人次"),
        ("约数", "余", ""),
    ]


def test_a_voided_payment_no_longer_counts_and_keeps_its_amount(cast: Cast, signed_in: SignIn) -> None:
    _payment(cast)
    event = PaymentEvent.objects.get(event="arrived")
    own = f"/records/payment/{event.record}/"
    browser = signed_in("director")

    browser.post(f"{own}void/", {"version": "1", "reason": "重复登记"})
    accept_open_proposals(by=cast.checker)

    shown = browser.get(own).context
    assert (shown["row"].state, shown["row"].amount) == ("void", 300_000)
    assert shown["lead"].endswith("到位，金额 3000元，已作废，不再起作用。")
    assert [(each.old, each.new) for each in shown["versions"][0]["changes"]] == [("已确认", "已作废")]


# ── Every kind ────────────────────────────────────────────────────────────────────────────────────────────────────


def _one_of(cast: Cast, kind: str, number: int = 0) -> UUID:
    """Something of a kind, with the first term of each list, from the start of its history, every measure 7."""
    known, words = TABLES[kind], Words()
    fields = {name: words.terms(known.field_list(name))[0][0] for name in known.repeated}
    fields |= {detail.name: told_of(detail, number) for detail in known.names.details}
    codes = [code for code, _label in words.terms(known.event_list)]
    event = next((code for code in codes if code in known.names.opening), codes[-1])
    measures = dict.fromkeys(known.measures, 70_000)
    return _file(cast, kind, fields, (event, "2025-02-03", measures), firm=cast.firm)


@pytest.mark.parametrize("kind", TABLES)
def test_something_of_every_kind_has_its_pages_and_is_corrected(cast: Cast, signed_in: SignIn, kind: str) -> None:
    key = _one_of(cast, kind)
    event = TABLES[kind].event._default_manager.get()
    browser = signed_in("officer")

    for record in (key, event.record):
        for page in ("", "correct/"):
            assert browser.get(f"/records/{kind}/{record}/{page}").status_code == 200
    form = browser.get(f"/records/{kind}/{key}/correct/").context["form"]
    asked = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    asked |= {"name": "另一个名称", "reason": "名称录错"}
    browser.post(f"/records/{kind}/{key}/correct/", asked)
    accept_open_proposals(by=cast.director)

    newest = browser.get(f"/records/{kind}/{key}/").context["versions"][0]
    assert [(each.old, each.new) for each in newest["changes"]] == [("name0", "另一个名称")]


def test_every_kind_field_and_measure_has_its_word() -> None:
    for kind in TABLES.values():
        assert kind_word(kind.code)
        for name in (*kind.repeated, *kind.measures):
            assert field_word(name)
        assert all(measure_of(name).units for name in kind.measures)


def test_the_kinds_that_run_are_those_whose_events_can_open_something() -> None:
    running = [code for code, kind in KINDS.items() if kind.running]

    assert running == [code for code, kind in KINDS.items() if kind.opening]


def test_a_list_of_all_kinds_costs_the_same_queries_for_few_and_for_many(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            for kind in TABLES:
                _one_of(cast, kind, number)

    fill(0, 1)
    browser.get("/records/")
    fill(1, 2)  # both are asked for the first time after something was filed
    with CaptureQueriesContext(connection) as few:
        browser.get("/records/")
    fill(2, 6)

    with CaptureQueriesContext(connection) as many:
        response = browser.get("/records/")

    assert len(response.context["rows"]) == min(6 * len(TABLES), PAGE_SIZE)
    assert len(many) <= len(few)  # what is kept for a while may be asked once more for the few


def test_an_organisations_page_says_what_runs_and_what_arrived_this_year(cast: Cast, signed_in: SignIn) -> None:
    today = timezone.localdate().isoformat()
    _one_of(cast, "project")
    _file(cast, "payment", PAYMENT, ("arrived", today, {"amount": 12_500_000}), firm=cast.firm)

    page = signed_in("officer").get(f"/organisations/{cast.firm.key}/").content.decode()

    for said in ("在研项目", "今年到位资金", "12.5", "万元", "研发奖补（科技奖补资金、省级）"):
        assert said in page, said
