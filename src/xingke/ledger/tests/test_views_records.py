"""The list of events and the page of one record: reading, correcting, confirming, voiding."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, accept_open_proposals, file
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key
from xingke.ledger import actions
from xingke.ledger.models import Patent, PatentEvent, RecognitionEvent
from xingke.ledger.queries import events
from xingke.registry import queries as registry
from xingke.registry.models import Organisation

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def _title(cast: Cast, name: str = "GR202499000001", *events: tuple[str, str]) -> UUID:
    """A confirmed title of the county's firm; returns its key."""
    return file("recognition", name, events or [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)


def _event(subject: UUID) -> RecognitionEvent:
    return RecognitionEvent.objects.filter(subject=subject, seq_to__isnull=True).latest("step")


def _draft(cast: Cast) -> RecognitionEvent:
    """A title the officer filed: its one event waits for confirmation."""
    history = actions.NewHistory(
        fields={"title": "tech_sme", "level": "national", "name": "科技型中小企业", "number": "202499"},
        region=cast.county,
        organisation=cast.firm,
        is_fictional=True,
        events=[actions.NewEvent(event="recognised", on=date(2024, 5, 1), region=cast.county)],
    )
    actions.file_histories(kind="recognition", histories=[history], by=cast.officer, now=NOW, source="test")
    return _event(history.key)


# ── The list ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_events_are_listed_newest_first_across_titles_and_patents(cast: Cast, signed_in: SignIn) -> None:
    _title(cast, "GR1", ("applied", "2024-05-01"), ("recognised", "2024-11-08"))
    file(
        "patent",
        "202310000001.0",
        [("applied", "2023-03-01"), ("granted", "2024-06-30")],
        firm=cast.firm,
        by=cast.statistician,
    )
    file("recognition", "邻县", [("recognised", "2024-12-01")], firm=cast.other_firm, by=cast.statistician)

    rows = signed_in("officer").get("/records/").context["rows"]

    assert [(row["on"].isoformat(), row["event"], row["what"]) for row in rows] == [
        ("2024-11-08", "认定", "高新技术企业（国家级）"),
        ("2024-06-30", "授权", "202310000001.0（发明专利）"),
        ("2024-05-01", "申报", "高新技术企业（国家级）"),
        ("2023-03-01", "申请", "202310000001.0（发明专利）"),
    ]


FILTERS = [
    ("by kind", "kind=patent", ["2023-03-01"]),
    ("by year", "year=2024", ["2024-11-08", "2024-05-01"]),
    ("by event", "event=recognised", ["2024-11-08"]),
    ("by an event two kinds share", "event=applied", ["2024-05-01", "2023-03-01"]),
    ("by state", "state=draft", []),
    ("by organisation", "q=明渠", ["2024-11-08", "2024-05-01", "2023-03-01"]),
    ("by number", "q=ZL202310000001", ["2023-03-01"]),
    ("a year that is none filters nothing", "year=20x4", ["2024-11-08", "2024-05-01", "2023-03-01"]),
    ("nobody answers", "q=没有这家", []),
]


@pytest.mark.parametrize("story, query, days", FILTERS)
def test_the_list_is_narrowed(cast: Cast, signed_in: SignIn, story: str, query: str, days: list[str]) -> None:
    _title(cast, "GR1", ("applied", "2024-05-01"), ("recognised", "2024-11-08"))
    file("patent", "202310000001.0", [("applied", "2023-03-01")], firm=cast.firm, by=cast.statistician)

    rows = signed_in("officer").get(f"/records/?{query}").context["rows"]

    assert [row["on"].isoformat() for row in rows] == days, story


def test_the_years_to_choose_from_cost_one_query_for_all_kinds(cast: Cast) -> None:
    file("patent", "甲", [("applied", "2019-03-01")], firm=cast.firm, by=cast.statistician)
    file("recognition", "乙", [("applied", "2022-05-01")], firm=cast.firm, by=cast.statistician)
    registry.scope(cast.officer, Permission.RECORD_READ)  # read once per request already

    with CaptureQueriesContext(connection) as captured:
        years = events.event_years(cast.officer)
    assert years == [2022, 2021, 2020, 2019]
    assert len([each for each in captured if "happened_on" in each["sql"]]) == 1
    assert events.event_years(cast.stranger) == []


def test_the_list_costs_the_same_queries_for_3_and_for_60_rows(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            _title(cast, f"GR{number}")
            file("patent", f"2023{number:08}.0", [("applied", "2023-03-01")], firm=cast.firm, by=cast.statistician)

    fill(0, 1)
    browser.get("/records/")
    fill(1, 2)  # both are asked for the first time after something was filed
    with CaptureQueriesContext(connection) as few:
        browser.get("/records/")
    fill(2, 30)

    with CaptureQueriesContext(connection) as many:
        response = browser.get("/records/")

    assert len(response.context["rows"]) == 50
    assert len(many) == len(few)


def test_the_list_is_exported_whole_and_without_formulas(cast: Cast, signed_in: SignIn) -> None:
    Organisation.objects.filter(pk=cast.firm.pk).update(name="@明渠")
    _title(cast, "GR1")

    lines = signed_in("officer").get("/records/?format=csv").content.decode("utf-8-sig").splitlines()

    assert lines == [
        "日期,类别,事件,作用,事项,数量,编号,单位,统一社会信用代码,区划,区划代码,状态,虚构",
        "2024-11-08,资质认定,认定,使资质生效,高新技术企业（国家级）,,GR1,'@明渠,,青溪县,990121,已确认,是",
    ]


def test_an_enterprise_user_lists_the_records_of_its_firm(cast: Cast, signed_in: SignIn) -> None:
    _title(cast, "GR1")
    other = Organisation.objects.create(name="青溪县另一家有限公司", region=cast.county, is_fictional=True)
    elsewhere = file("recognition", "GR2", [("recognised", "2024-11-08")], firm=other, by=cast.statistician)
    browser = signed_in("enterprise")

    assert [row["number"] for row in browser.get("/records/").context["rows"]] == ["GR1"]
    assert browser.get(f"/records/recognition/{elsewhere}/").status_code == 404


# ── One record ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_events_page_says_what_it_does_and_shows_the_history_it_stands_in(cast: Cast, signed_in: SignIn) -> None:
    key = _title(cast, "GR1", ("applied", "2021-05-01"), ("recognised", "2021-11-08"), ("expired", "2024-11-08"))

    response = signed_in("officer").get(f"/records/recognition/{_event(key).record}/")

    assert response.context["title"] == "到期 · 高新技术企业（国家级）"
    assert response.context["lead"] == "2024年11月8日，青溪县明渠传感科技有限公司（青溪县）：到期，使资质失效。"
    assert [(item["title"], item["text"], bool(item["url"])) for item in response.context["history"]] == [
        ("申报", "不改变资质是否有效", True),
        ("认定", "使资质生效", True),
        ("到期（本条）", "使资质失效", False),
    ]


def test_a_titles_page_says_whether_it_is_held(cast: Cast, signed_in: SignIn) -> None:
    held = _title(cast, "GR1", ("recognised", "2024-11-08"))
    lost = _title(cast, "GR2", ("recognised", "2021-11-08"), ("expired", "2024-11-08"))
    browser = signed_in("officer")

    assert (
        browser.get(f"/records/recognition/{held}/").context["lead"]
        == "青溪县明渠传感科技有限公司。自2024年11月8日起有效。"
    )
    assert (
        browser.get(f"/records/recognition/{lost}/").context["lead"] == "青溪县明渠传感科技有限公司。现不在有效状态。"
    )


@pytest.mark.parametrize(
    ("kind", "event", "fields", "tag", "said"),
    [
        (
            "recognition",
            "recognised",
            {"title": "high_tech_enterprise", "level": "national", "number": "GR9"},
            "待确认，确认后有效",
            "待确认，确认后自2024年11月8日起有效。",
        ),
        (
            "patent",
            "granted",
            {"form": "invention", "number": "2023101234560"},
            "待确认，确认后有效",
            "待确认，确认后自2024年11月8日起有效。",
        ),
        (
            "project",
            "approved",
            {"programme": "key_rnd", "level": "province", "number": "2024-1"},
            "待确认，确认后在研",
            "待确认，确认后自2024年11月8日起在研。",
        ),
        (
            "appointment",
            "appointed",
            {"post": "commissioner", "number": "T1"},
            "待确认，确认后在岗",
            "待确认，确认后自2024年11月8日起在岗。",
        ),
    ],
)
def test_what_only_waits_for_confirmation_is_not_called_invalid(
    cast: Cast, signed_in: SignIn, kind: str, event: str, fields: dict[str, str], tag: str, said: str
) -> None:
    history = actions.NewHistory(
        key=derived_key(kind, "draft"),
        fields={"name": "一种明渠", **fields},
        region=cast.county,
        organisation=cast.firm,
        events=[actions.NewEvent(event=event, on=date(2024, 11, 8), region=cast.county)],
    )
    actions.file_histories(kind=kind, histories=[history], by=cast.officer, now=NOW, source="测试")

    page = signed_in("officer").get(f"/records/{kind}/{history.key}/")

    assert page.context["held"] == {"state": "unknown", "label": tag}
    assert page.context["lead"] == f"青溪县明渠传感科技有限公司。{said}"


@pytest.mark.parametrize("name", ["neighbour", "stranger", "system", "security", "auditor"])
def test_who_may_not_read_a_record_does_not_find_it(cast: Cast, signed_in: SignIn, name: str) -> None:
    event = _event(_title(cast))
    own = f"/records/recognition/{event.record}/"
    browser = signed_in(name)

    for address in (own, f"{own}correct/", f"{own}void/"):
        assert browser.get(address).status_code == 404, address
    for address in (f"{own}correct/", f"{own}confirm/", f"{own}void/"):
        assert browser.post(address, {"version": "1", "reason": "越权"}).status_code == 404, address
    assert RecognitionEvent.objects.count() == 1


def test_strangers_do_not_find_the_list_either(cast: Cast, signed_in: SignIn) -> None:
    assert signed_in("stranger").get("/records/").status_code == 404
    assert signed_in("officer").get(f"/records/gossip/{_title(cast)}/").status_code == 404


# ── Changes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_correction_becomes_a_version_that_says_old_and_new(cast: Cast, signed_in: SignIn) -> None:
    event = _event(_title(cast))
    own = f"/records/recognition/{event.record}/"
    browser = signed_in("officer")

    response = browser.post(
        f"{own}correct/", {"version": "1", "event": "recognised", "happened_on": "2023-11-08", "reason": "证书日期录错"}
    )
    accept_open_proposals(by=cast.director)

    assert response["Location"] == own
    newest, oldest = browser.get(own).context["versions"]
    assert [(change.label, change.old, change.new) for change in newest["changes"]] == [
        ("日期", "2024年11月8日", "2023年11月8日"),
        ("有效期至", "2027年11月7日", "2026年11月7日"),  # it moves along
    ]
    assert newest["note"].endswith("原因：证书日期录错") and newest["by"] == cast.officer
    assert (newest["is_current"], oldest["is_current"]) == (True, False)


def test_of_two_browsers_the_second_learns_that_the_record_has_changed_and_keeps_what_it_typed(
    cast: Cast, signed_in: SignIn
) -> None:
    own = f"/records/recognition/{_draft(cast).record}/"
    browser = signed_in("officer")
    first = {"version": "1", "event": "recognised", "happened_on": "2023-11-08", "reason": "证书日期录错"}
    browser.post(f"{own}correct/", first)

    response = browser.post(f"{own}correct/", {**first, "happened_on": "2022-11-08", "reason": "来信更正"})

    page = response.content.decode()
    assert "不是最新版本" in page
    assert 'value="2022-11-08"' in page and "来信更正" in page
    assert RecognitionEvent.objects.count() == 2


REFUSED = [
    ("a history that cannot have been", {"event": "expired"}, "没有有效的认定"),
    ("no reason", {"happened_on": "2023-11-08", "reason": " "}, "请填写这一项。"),
    ("nothing changed", {}, "没有改动任何内容"),
    ("a day before the republic", {"happened_on": "1900-01-01"}, "早于 1949 年 10 月 1 日"),
    ("a page without its version", {"happened_on": "2023-11-08", "version": ""}, "页面不完整"),
]


@pytest.mark.parametrize("story, changed, sentence", REFUSED)
def test_a_correction_that_cannot_be_is_refused_in_the_form(
    cast: Cast, signed_in: SignIn, story: str, changed: dict[str, str], sentence: str
) -> None:
    own = f"/records/recognition/{_event(_title(cast)).record}/"
    asked = {"version": "1", "event": "recognised", "happened_on": "2024-11-08", "reason": "核对", **changed}

    response = signed_in("officer").post(f"{own}correct/", asked)

    assert sentence in response.content.decode(), story
    assert RecognitionEvent.objects.count() == 1


def test_a_titles_own_columns_are_corrected_and_its_events_follow(cast: Cast, signed_in: SignIn) -> None:
    key = _title(cast, "GR1")
    asked = {
        "version": "1",
        "title": "rnd_center",
        "level": "province",
        "name": "GR1",
        "number": "GR9",
        "reason": "资质录错",
    }

    signed_in("officer").post(f"/records/recognition/{key}/correct/", asked)
    accept_open_proposals(by=cast.director)

    response = signed_in("officer").get(f"/records/recognition/{_event(key).record}/")
    assert response.context["title"] == "认定 · 企业研发中心（省级）"
    assert [change.new for change in response.context["versions"][0]["changes"]] == ["企业研发中心", "省级"]


def test_the_director_confirms_a_draft_and_a_second_click_does_no_harm(cast: Cast, signed_in: SignIn) -> None:
    event = _draft(cast)
    own = f"/records/recognition/{event.record}/"
    browser = signed_in("director")
    assert browser.get(own).context["rights"].confirm

    browser.post(f"{own}confirm/", {"version": "1"})
    twice = browser.post(f"{own}confirm/", {"version": "1"})

    assert twice["Location"] == own
    assert [(row.version, row.state) for row in RecognitionEvent.objects.order_by("version")] == [
        (1, "draft"),
        (2, "confirmed"),
    ]
    assert browser.get(f"/records/recognition/{event.subject}/").context["row"].state == "confirmed"
    assert not browser.get(own).context["rights"].confirm


def test_an_officer_is_not_offered_to_confirm_and_cannot(cast: Cast, signed_in: SignIn) -> None:
    own = f"/records/recognition/{_draft(cast).record}/"
    browser = signed_in("officer")

    rights = browser.get(own).context["rights"]

    assert (rights.correct, rights.confirm, rights.void) == (True, False, False)
    assert browser.post(f"{own}confirm/", {"version": "1"}).status_code == 404


def test_voiding_needs_a_reason_and_then_shows_in_the_versions(cast: Cast, signed_in: SignIn) -> None:
    own = f"/records/recognition/{_event(_title(cast)).record}/"
    browser = signed_in("director")

    refused = browser.post(f"{own}void/", {"version": "1", "reason": ""})
    browser.post(f"{own}void/", {"version": "1", "reason": "重复登记"})
    accept_open_proposals(by=cast.checker)

    assert "请填写这一项。" in refused.content.decode()
    shown = browser.get(own).context
    assert shown["row"].state == "void"
    assert [(change.old, change.new) for change in shown["versions"][0]["changes"]] == [("已确认", "已作废")]
    again = browser.post(f"{own}void/", {"version": "2", "reason": "再作废一次"})
    assert "已作废的记录不能更正，请另行登记。" in again.content.decode()


def test_reading_changes_nothing(cast: Cast, signed_in: SignIn) -> None:
    own = f"/records/recognition/{_draft(cast).record}/"
    browser = signed_in("director")

    assert browser.get(f"{own}confirm/").status_code == 405
    for address in ("/records/", own, f"{own}void/"):
        response = browser.get(address)
        assert response.status_code == 200
        assert not list(get_messages(response.wsgi_request))
    assert RecognitionEvent.objects.count() == 1


def test_a_correction_is_held_to_what_a_new_record_is(cast: Cast, signed_in: SignIn) -> None:
    """No day that has not come, and no other way to write a patent's number."""
    key = file(
        "patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician, number="201710601862.3"
    )
    event, browser = PatentEvent.objects.get(), signed_in("statistician")

    day = {"version": "1", "reason": "改", "event": "granted", "happened_on": "2099-01-02"}
    answer = browser.post(f"/records/patent/{event.record}/correct/", day)
    assert "还没有到" in answer.content.decode()

    typed = {"version": "1", "reason": "改", "form": "invention", "name": "乙", "number": "ZL 2017 1 0601862.4"}
    answer = browser.post(f"/records/patent/{key}/correct/", typed)
    assert 'name="sure"' in answer.content.decode()

    browser.post(f"/records/patent/{key}/correct/", {**typed, "number": "ZL 2017 1 0601862.3"})
    assert (row := Patent.objects.get(seq_to__isnull=True)).name == "乙" and row.number == "201710601862.3"


def test_numbers_of_thousands_of_digits_do_no_harm(cast: Cast, signed_in: SignIn) -> None:
    file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    browser, long = signed_in("statistician"), "9" * 5000
    event = PatentEvent.objects.get()

    assert browser.post(f"/records/patent/{event.record}/confirm/", {"version": long}).status_code == 302
    answer = browser.post("/records/patent/new/", {"more": "1", "events-TOTAL_FORMS": long})
    assert answer.status_code == 200
