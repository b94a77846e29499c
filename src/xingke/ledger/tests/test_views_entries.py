"""Writing records by hand: one form for all kinds, and one more event of a record that stands."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from lxml import html

from tests.cast import NOW, Cast, file
from xingke.accounts.queries import current_seq
from xingke.ledger import actions
from xingke.ledger.kinds.record_kind import DetailType
from xingke.ledger.models import (
    ContractEvent,
    Patent,
    PatentEvent,
    Payment,
    PaymentEvent,
    Recognition,
    RecognitionEvent,
    State,
)
from xingke.ledger.tables import TABLES
from xingke.ledger.words import Words
from xingke.registry import actions as registry

SignIn = Callable[[str], Client]
PATENT = {
    "form": "invention",
    "number": "ZL 2017 1 0601862.3",
    "name": "一种采集终端",
    "holder_search": "明渠",
    "events-0-event": "applied",
    "events-0-happened_on": "2017-07-21",
}


def _form(kind: str = "patent", **typed: str) -> dict[str, str]:
    return {"key": str(uuid4()), "region": "990121", "events-TOTAL_FORMS": "1", "events-INITIAL_FORMS": "0", **typed}


def _minimal(kind: str) -> dict[str, str]:
    """The least one can fill in for a kind: its first terms, a name, its first event."""
    words, known = Words(), TABLES[kind]
    terms = {name: words.terms(known.field_list(name))[0][0] for name in known.repeated}
    number = {"number": "201710601862.3"} if kind == "patent" else {}
    wanted = {each.name: "甲" for each in known.names.details if not each.is_optional and each.type is DetailType.TEXT}
    return {
        **wanted,
        **terms,
        **number,
        "name": "甲",
        "holder_search": "青溪县明渠传感科技有限公司",
        "events-0-event": words.terms(known.event_list)[0][0],
        "events-0-happened_on": "2017-07-21" if kind == "patent" else "2025-03-05",
    }


def _problems(answer: Any) -> str:
    assert answer.status_code == 200
    page = html.fromstring(answer.content.decode())
    return " ".join(
        text.strip() for text in page.xpath("//*[@role='alert']//text()|//*[contains(@class,'field-error')]//text()")
    )


@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_is_written_by_the_same_form_as_a_draft(cast: Cast, signed_in: SignIn, kind: str) -> None:
    typed = _form(**_minimal(kind))

    answer = signed_in("officer").post(f"/records/{kind}/new/", typed)

    subject = TABLES[kind].subject._default_manager.get()
    assert answer.status_code == 302 and answer.headers["Location"] == f"/records/{kind}/{typed['key']}/"
    assert (subject.record, subject.state, subject.entered_by) == (UUID(typed["key"]), State.DRAFT, cast.officer)
    assert (subject.region, subject.organisation, subject.is_fictional) == (cast.county, cast.firm, True)
    event = TABLES[kind].event._default_manager.get()
    on = date.fromisoformat(typed["events-0-happened_on"])
    assert (event.happened_on, event.state, event.subject) == (on, State.DRAFT, subject.record)


def test_a_patent_with_its_history_is_filed_as_typed(cast: Cast, signed_in: SignIn) -> None:
    more = {
        "events-TOTAL_FORMS": "3",
        "events-1-event": "granted",
        "events-1-happened_on": "2019-05-06",
        "events-2-event": "",
    }

    signed_in("officer").post("/records/patent/new/", _form(**PATENT, **more))

    assert Patent.objects.get().number == "201710601862.3"
    events = PatentEvent.objects.order_by("step")
    assert [(each.event, each.effect) for each in events] == [("applied", 0), ("granted", 1)]


def test_money_is_typed_in_yuan_or_ten_thousands(cast: Cast, signed_in: SignIn) -> None:
    typed = _minimal("payment") | {"events-0-event": "won", "events-0-amount": "12.5万元"}
    more = {
        "events-TOTAL_FORMS": "2",
        "events-1-event": "arrived",
        "events-1-happened_on": "2025-04-01",
        "events-1-amount": "3,000.50",
    }

    signed_in("officer").post("/records/payment/new/", _form(**typed, **more))

    assert [each.amount for each in PaymentEvent.objects.order_by("step")] == [12_500_000, 300_050]


def test_the_technology_part_of_a_contract_is_never_more_than_its_price(cast: Cast, signed_in: SignIn) -> None:
    typed = _minimal("contract") | {"events-0-event": "registered", "events-0-amount": "80万元"}
    browser = signed_in("officer")

    refused = browser.post("/records/contract/new/", _form(**typed, **{"events-0-tech_amount": "120万元"}))

    assert "“技术交易额”不能多于“金额”，请核对。" in _problems(refused)
    assert (
        browser.post("/records/contract/new/", _form(**typed, **{"events-0-tech_amount": "80万元"})).status_code == 302
    )
    assert ContractEvent.objects.values_list("amount", "tech_amount").get() == (800_000_00, 800_000_00)


def test_sent_twice_it_is_filed_once(cast: Cast, signed_in: SignIn) -> None:
    typed, browser = _form(**PATENT), signed_in("officer")

    first, second = (browser.post("/records/patent/new/", typed, follow=True) for _click in range(2))

    assert Patent.objects.count() == PatentEvent.objects.count() == 1
    assert first.redirect_chain == second.redirect_chain
    assert "没有重复登记" in second.content.decode()


# ── What is asked and what is not ─────────────────────────────────────────────────────────────────────────────────


def test_the_same_patent_number_is_refused_and_shown(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    browser.post("/records/patent/new/", _form(**PATENT))

    answer = browser.post("/records/patent/new/", _form(**PATENT, apart="on"))

    assert "台账里已有相同的记录" in _problems(answer)
    assert f"/records/patent/{Patent.objects.get().record}/" in answer.content.decode()


def test_what_looks_the_same_is_filed_only_when_somebody_says_it_is_not(cast: Cast, signed_in: SignIn) -> None:
    browser, typed = signed_in("officer"), _minimal("payment")
    browser.post("/records/payment/new/", _form(**typed))

    answer = browser.post("/records/payment/new/", _form(**typed))
    assert "台账里已有相同的记录" in _problems(answer) and 'name="apart"' in answer.content.decode()
    browser.post("/records/payment/new/", _form(**typed, apart="on"))

    assert Payment.objects.count() == 2


def test_another_document_number_is_another_sum_of_money(cast: Cast, signed_in: SignIn) -> None:
    browser, typed = signed_in("officer"), _minimal("payment")

    for number in ("财教〔2024〕7号", "财教〔2025〕7号"):
        browser.post("/records/payment/new/", _form(**typed, number=number))

    assert Payment.objects.count() == 2


def test_a_number_with_a_wrong_check_is_filed_when_the_original_says_so(cast: Cast, signed_in: SignIn) -> None:
    browser, typed = signed_in("officer"), PATENT | {"number": "201710601862.4"}

    answer = browser.post("/records/patent/new/", _form(**typed))
    assert "校验位不对" in _problems(answer) and 'name="sure"' in answer.content.decode()
    answer = browser.post("/records/patent/new/", _form(**typed, sure="on"))
    assert "请写明为什么确认编号无误" in answer.content.decode() and not Patent.objects.exists()
    browser.post("/records/patent/new/", _form(**typed, sure="on", why_sure="受理通知书如此"))

    row = Patent.objects.get()
    assert (row.number, row.reason) == ("201710601862.4", "编号确认无误：受理通知书如此")


WRONG = [
    ("no such number", {"number": "12345"}, "不是专利申请号"),
    ("a design's number on an invention", {"number": "201730601862.6"}, "校验位不对|与所选的专利类型不符"),
    ("a day to come", {"events-0-happened_on": "2999-01-01"}, "还没有到"),
    ("no event", {"events-0-event": ""}, "“经过”第 1 件，事件：请填写这一项"),
    ("lost what was never held", {"events-0-event": "lapsed"}, "“失效”之前没有授权或受让"),
    ("a firm that is not known", {"holder_search": "天外来客"}, "名录里没有“天外来客”"),
    ("no key", {"key": "x"}, "页面不完整"),
]


@pytest.mark.parametrize("story, typed, said", WRONG)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    cast: Cast, signed_in: SignIn, story: str, typed: dict[str, str], said: str
) -> None:
    seq = current_seq()

    answer = signed_in("officer").post("/records/patent/new/", _form(**PATENT) | typed)

    assert re.search(said, _problems(answer)), _problems(answer)
    assert "一种采集终端" in answer.content.decode()
    assert current_seq() == seq


def test_what_is_wrong_in_an_event_is_named_by_its_row_with_the_way_to_the_field(cast: Cast, signed_in: SignIn) -> None:
    second = {"events-TOTAL_FORMS": "2", "events-1-event": "granted", "events-1-happened_on": "2999-05-06"}

    answer = signed_in("officer").post("/records/patent/new/", _form(**PATENT | second))

    links = html.fromstring(answer.content.decode()).xpath("//*[@role='alert']//a")
    assert [(link.get("href"), link.text_content()) for link in links] == [
        ("#id_events-1-happened_on", "“经过”第 2 件，日期：日期 2999-05-06 还没有到，请核对。")
    ]
    assert 'id="id_events-1-happened_on"' in answer.content.decode()


def test_a_title_needs_a_firm_and_takes_its_name_from_its_title(cast: Cast, signed_in: SignIn) -> None:
    browser, typed = signed_in("officer"), _minimal("recognition") | {"name": ""}

    assert "请选定单位" in _problems(browser.post("/records/recognition/new/", _form(**typed | {"holder_search": ""})))
    browser.post("/records/recognition/new/", _form(**typed))

    row = Recognition.objects.get()
    assert row.name == Words().term("title", row.title)


# ── The organisation is found, then chosen ────────────────────────────────────────────────────────────────────────


def test_without_script_a_search_lists_firms_and_keeps_what_was_typed(cast: Cast, signed_in: SignIn) -> None:
    typed = _form(name="一种采集终端", holder_search="科技", find="1")

    answer = signed_in("officer").post("/records/patent/new/", typed)

    page = html.fromstring(answer.content.decode())
    assert page.xpath("//input[@name='holder']/@value") == [str(cast.firm.key)]
    assert page.xpath("//input[@name='name']/@value") == ["一种采集终端"]
    assert _problems(answer) == ""


def test_with_script_the_list_comes_alone(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    (field,) = html.fromstring(browser.get("/records/patent/new/").content.decode()).xpath("//*[@name='holder_search']")

    answer = browser.get(f"{field.get('hx-get')}&holder_search=明渠")

    page = html.fromstring(answer.content.decode())
    assert page.xpath("//input[@name='holder']/@value") == [str(cast.firm.key)] and page.xpath("//h1") == []
    assert field.get("hx-target") == "#id_holder_search_matches"


def test_a_firm_the_person_may_not_see_is_no_answer(cast: Cast, signed_in: SignIn) -> None:
    typed = PATENT | {"holder_search": cast.other_firm.name, "holder": str(cast.other_firm.key)}

    assert "名录里没有" in _problems(signed_in("officer").post("/records/patent/new/", _form(**typed)))


def test_emptying_the_search_means_no_firm(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in("officer").post(
        "/records/patent/new/", _form(**PATENT, holder=str(cast.firm.key)) | {"holder_search": ""}
    )

    assert "请选定单位：专利总是某家单位的。" in answer.content.decode()
    assert not Patent.objects.exists()


def test_with_many_regions_the_firms_own_is_taken(cast: Cast, signed_in: SignIn) -> None:
    signed_in("statistician").post("/records/patent/new/", _form(**PATENT) | {"region": ""})

    assert Patent.objects.get().region == cast.county


ELSEWHERE = [
    ("a county that is not theirs", {"region": "990123"}, "不能登记"),
    ("nobody and nowhere", {"region": "", "holder_search": ""}, "请选择区划，或先选定单位"),
    ("no such place", {"region": "天外"}, "没有唯一的区划叫“天外”"),
]


@pytest.mark.parametrize("story, typed, said", ELSEWHERE)
def test_of_two_counties_one_is_chosen(
    cast: Cast, signed_in: SignIn, story: str, typed: dict[str, str], said: str
) -> None:
    registry.give_role(user=cast.officer, role="officer", region=cast.sibling, by=None, now=NOW)

    assert said in _problems(signed_in("officer").post("/records/patent/new/", _form(**PATENT) | typed))
    signed_in("officer").post("/records/patent/new/", _form(**PATENT) | {"region": "990122"})

    assert Patent.objects.get().region == cast.sibling


def test_one_more_event_row_keeps_the_first(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in("officer").post("/records/patent/new/", _form(**PATENT, more="1"))

    page = html.fromstring(answer.content.decode())
    assert page.xpath("//input[@name='events-TOTAL_FORMS']/@value") == ["2"]
    assert page.xpath("//input[@name='events-0-happened_on']/@value") == ["2017-07-21"]
    assert page.xpath("//select[@name='events-1-event']")


# ── Ways in ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_another_one_begins_with_what_the_last_one_was(cast: Cast, signed_in: SignIn) -> None:
    browser, typed = signed_in("officer"), _form(**_minimal("payment"), again="1")

    answer = browser.post("/records/payment/new/", typed)
    page = html.fromstring(browser.get(answer.headers["Location"]).content.decode())

    assert page.xpath("//select[@name='purpose']/option[@selected]/@value") == [Payment.objects.get().purpose]
    assert page.xpath("//input[@name='holder'][@checked]/@value") == [str(cast.firm.key)]
    assert page.xpath("//input[@name='name']/@value") == []
    assert page.xpath("//input[@name='key']/@value") != [typed["key"]]


def test_the_pages_lead_to_the_forms_for_whoever_may_write(cast: Cast, signed_in: SignIn) -> None:
    key = file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    pages = {
        "/records/": "/records/payment/new/",
        f"/organisations/{cast.firm.key}/": f"/records/payment/new/?organisation={cast.firm.key}",
        f"/records/patent/{key}/": f"/records/patent/{key}/add/",
    }

    for page, way in pages.items():
        assert way in signed_in("officer").get(page).content.decode(), page
        assert way not in signed_in("director").get(page).content.decode(), page


def test_strangers_find_no_form_and_write_nothing(cast: Cast, signed_in: SignIn) -> None:
    key = file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    seq = current_seq()

    for who in ("director", "superior", "enterprise", "stranger", "auditor"):
        for url in ("/records/patent/new/", f"/records/patent/{key}/add/"):
            assert signed_in(who).get(url).status_code == 404
            assert signed_in(who).post(url, _form(**PATENT)).status_code == 404
    assert signed_in("neighbour").post(f"/records/patent/{key}/add/", {}).status_code == 404
    assert signed_in("officer").get("/records/gossip/new/").status_code == 404
    assert current_seq() == seq


# ── One more event ────────────────────────────────────────────────────────────────────────────────────────────────


def _further(**typed: str) -> dict[str, str]:
    return {"key": str(uuid4()), "region": "990121", "event": "lapsed", "happened_on": "2025-02-02", **typed}


def test_a_further_event_is_where_the_last_one_was_unless_said_otherwise(cast: Cast, signed_in: SignIn) -> None:
    key = file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    browser, typed = signed_in("officer"), _further(holder=str(cast.firm.key), holder_search=cast.firm.name)

    page = html.fromstring(browser.get(f"/records/patent/{key}/add/").content.decode())
    answers = [browser.post(f"/records/patent/{key}/add/", typed) for _click in range(2)]

    assert page.xpath("//input[@name='holder'][@checked]/@value") == [str(cast.firm.key)]
    event = PatentEvent.objects.get(event="lapsed")
    assert {answer.headers["Location"] for answer in answers} == {f"/records/patent/{event.record}/"}
    assert (event.record, event.subject, event.state) == (UUID(typed["key"]), key, State.DRAFT)
    assert (event.region, event.organisation, event.effect) == (cast.county, cast.firm, -1)


def test_what_cannot_have_happened_is_refused_in_the_words_of_its_kind(cast: Cast, signed_in: SignIn) -> None:
    history = actions.NewHistory(
        fields={"post": "specialist", "name": "驻企专员", "number": ""},
        region=cast.county,
        organisation=cast.firm,
        events=[actions.NewEvent(event="appointed", on=date(2025, 1, 1), region=cast.county)],
        is_fictional=True,
    )
    actions.file_histories(kind="appointment", histories=[history], by=cast.officer, now=NOW, source="test")

    answer = signed_in("officer").post(
        f"/records/appointment/{history.key}/add/", _further(event="ended", happened_on="2024-06-01")
    )

    assert "2024-06-01 的“离岗”之前没有到岗" in _problems(answer)


def test_a_title_that_moves_away_needs_no_other_form(cast: Cast, signed_in: SignIn) -> None:
    key = file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)

    signed_in("statistician").post(
        f"/records/recognition/{key}/add/", _further(event="moved_out", region="青溪县", holder_search=cast.firm.name)
    )

    assert RecognitionEvent.objects.get(event="moved_out").effect == -1


DOUBTFUL = [
    ("patent", {"events-0-happened_on": "2015-03-05"}, "只有分案等少数申请才会这样"),
    (
        "recognition",
        {"title": "high_tech_enterprise", "events-0-event": "recognised", "events-0-until": "2208-03-04"},
        "比这项资质的有效年限（至 2028-03-04）长",
    ),
]


@pytest.mark.parametrize("kind, typed, doubt", DOUBTFUL, ids=[kind for kind, *_ in DOUBTFUL])
def test_a_doubtful_day_is_filed_with_a_reason_only(
    cast: Cast, signed_in: SignIn, kind: str, typed: dict[str, str], doubt: str
) -> None:
    browser, form = signed_in("officer"), _form(kind, **_minimal(kind))
    form |= typed

    assert doubt in _problems(browser.post(f"/records/{kind}/new/", form))
    assert "理由" in _problems(browser.post(f"/records/{kind}/new/", {**form, "sure": "on"}))
    assert browser.post(f"/records/{kind}/new/", {**form, "sure": "on", "why_sure": "已对照"}).status_code == 302


def test_a_patent_granted_before_its_number_and_a_contract_with_oneself_are_refused(
    cast: Cast, signed_in: SignIn
) -> None:
    browser = signed_in("officer")
    granted = {**_form(**_minimal("patent")), "events-0-event": "granted", "events-0-happened_on": "2015-03-05"}
    itself = {**_form("contract", **_minimal("contract")), "counterpart": cast.firm.name}

    assert "早于申请号表示的年份 2017" in _problems(browser.post("/records/patent/new/", granted))
    assert "既是卖方又是买方" in _problems(browser.post("/records/contract/new/", itself))
