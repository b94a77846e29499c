"""The pages of calls, meetings, publicity and notices: what the bureau, a firm and everybody do with them, without JavaScript."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.cast import NOW, Cast
from xingke.accounts.queries import attachment_store, current_seq
from xingke.base import tasks
from xingke.base.refusals import Refused
from xingke.casework.actions.calls import NewCall, make_call
from xingke.casework.actions.notices import NewNotice, send_notice, sign_notice
from xingke.casework.actions.publicity import CaseShown, NewPublicity, open_publicity
from xingke.casework.models import (
    AgendaPaper,
    Case,
    CaseCall,
    CaseNotice,
    Decision,
    Meeting,
    NoticeReceipt,
    Objection,
    Publicity,
)
from xingke.casework.rules.calls import CallQuota
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import (
    PDF,
    apply,
    before_a_meeting,
    before_publicity,
    call,
    held,
    put,
    record,
    settle,
    show,
    standing,
    take,
)
from xingke.registry import actions as registry

pytestmark = pytest.mark.db
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n% of this file alone\n"


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)


def _browser(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def _page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"casework:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def _sent(client: Client, name: str, *args: Any, **typed: Any) -> Any:
    return client.post(reverse(f"casework:{name}", args=args), typed)


def test_a_meeting_from_its_call_to_its_minutes(cast: Cast) -> None:
    cases = before_a_meeting(cast, 2)
    officer, director = _browser(cast, "officer"), _browser(cast, "director")
    today = timezone.localdate().isoformat()
    key = "018f2c1e-0000-7000-8000-000000000001"
    typed = {"key": key, "kind": "director_office", "on": today, "place": "三楼会议室", "quorum": "1/2"}
    for _press in range(2):
        assert _sent(officer, "meeting-new", **typed).status_code == 302
    meeting = Meeting.objects.get()

    keys = [str(case.key) for case in cases]
    assert _sent(officer, "agenda-put", meeting.key, case=keys).status_code == 302
    said = {"due": "3", "present": "局长甲、副局长乙", "absent": "副局长丙", "listening": "", "seen": "0"}
    assert _sent(officer, "meeting-hold", meeting.key, **said).status_code == 302
    assert "局长甲、副局长乙" in _page(officer, "meeting", meeting.key)

    first, second = meeting.items.all()
    take(cases[1], "terminate", cast.director, opinion="企业注销")
    chosen = {f"verdict-{first.pk}": "step:settled", f"words-{first.pk}": "同意", f"seen-{first.pk}": "2"}
    chosen |= {f"verdict-{second.pk}": "step:settled", f"seen-{second.pk}": "2"}
    looked = _sent(director, "meeting-decide", meeting.key, **chosen, find="1").content.decode()
    assert Decision.objects.count() == 0 and "同意" in looked  # somebody was looked up, nothing was decided
    answer = _sent(director, "meeting-decide", meeting.key, **chosen)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "有 1 件没有记下" in page
    assert "已经往前走了" in page
    assert (standing(cases[0]), Decision.objects.count()) == ("settled", 1)

    assert _sent(officer, "agenda-off", meeting.key, second.pk).status_code == 302
    wrong = _sent(officer, "meeting-close", meeting.key, minutes_number="")
    assert wrong.status_code == 200
    assert _sent(officer, "meeting-close", meeting.key, minutes_number="纪要〔2026〕1号").status_code == 302
    assert "纪要〔2026〕1号" in _page(officer, "meeting-list")


def _called(cast: Cast) -> Meeting:
    """A meeting of today, called by the officer on its page."""
    typed = {"key": "018f2c1e-0000-7000-8000-000000000009", "kind": "director_office", "quorum": "1/2", "place": ""}
    _sent(_browser(cast, "officer"), "meeting-new", on=timezone.localdate().isoformat(), **typed)
    return Meeting.objects.get()


def test_what_was_ticked_and_typed_stays_where_an_agenda_is_refused(cast: Cast) -> None:
    cases, officer = before_a_meeting(cast, 2), _browser(cast, "officer")
    meeting = _called(cast)
    paper = SimpleUploadedFile("材料.pdf", PAPER)
    typed = {"case": [str(case.key) for case in cases], f"summary-{cases[1].pk}": "先议这一件", "files": paper}
    page = _sent(officer, "agenda-put", meeting.key, **typed).content.decode()
    assert "材料要分件上传" in page
    assert page.count(" checked") == 2 and 'value="先议这一件"' in page
    assert not meeting.items.exists()


def test_a_paper_whose_file_is_gone_is_said_to_be_gone(cast: Cast) -> None:
    (case,), officer = before_a_meeting(cast, 1), _browser(cast, "officer")
    meeting = _called(cast)
    _sent(officer, "agenda-put", meeting.key, case=str(case.key), files=SimpleUploadedFile("材料.pdf", PAPER))
    paper = AgendaPaper.objects.get()
    url = reverse("casework:agenda-paper", args=[meeting.key, paper.pk, "材料.pdf"])
    assert officer.get(url).content == PAPER
    attachment_store().drop(paper.attachment.digest)
    assert "“材料.pdf”的文件丢失或损坏" in officer.get(url, follow=True).content.decode()


def test_names_nobody_has_and_numbers_nobody_counts_to_are_said_at_their_field(cast: Cast) -> None:
    meeting, officer, director = _called(cast), _browser(cast, "officer"), _browser(cast, "director")
    said = {"due": "3", "present": "甲" * 65, "absent": "", "listening": "", "seen": "0"}
    assert "一个姓名最多64个字" in _sent(officer, "meeting-hold", meeting.key, **said).content.decode()
    beyond = _sent(officer, "meeting-hold", meeting.key, **(said | {"present": "甲", "seen": "9" * 30}))
    assert beyond.status_code == 200
    assert meeting.people.count() == 0
    today = timezone.localdate().isoformat()
    call = {"key": "018f2c1e-0000-7000-8000-00000000000a", "title": "通知", "published_on": today}
    call |= {"since": today, "until": today}
    for name, typed, why in (
        ("most", "99999999999999999999", "1000000"),
        ("least", str(2**31), "1000000"),
        ("quotas", "申报单位 99999999999999999999", "限额最多1000000件"),
    ):
        page = _sent(director, "call-new", "county_project", **(call | {name: typed})).content.decode()
        assert why in page, name
    assert not CaseCall.objects.exists()


def test_a_form_of_a_step_is_filled_in_beside_its_case_and_its_faults_are_told_there(cast: Cast) -> None:
    cases = before_publicity(cast, 2)
    officer = _browser(cast, "officer")
    today = timezone.localdate()
    typed = {
        "key": "018f2c1e-0000-7000-8000-000000000002",
        "title": "拟补助名单公示",
        "contact": "规划科",
        "since": today.isoformat(),
        "amount": "settled",
        "case": [str(case.key) for case in cases],
    }
    answer = _sent(officer, "publicity-new", cast.county.code, "rnd_subsidy", "announced", **typed)
    publicity = Publicity.objects.get()
    assert answer.headers["Location"] == reverse("casework:publicity", args=[publicity.key])
    assert [standing(case) for case in cases] == ["announced"] * 2
    page = _page(officer, "publicity", publicity.key)
    assert "25万元" in page

    said = {"on": today.isoformat(), "content": "人员不足", "who": "某公司", "about": ""}
    assert _sent(officer, "objection-new", publicity.key, **said).status_code == 302
    objection = Objection.objects.get()
    assert "某公司" in _page(officer, "publicity", publicity.key)
    refused = _sent(officer, "objection-answer", publicity.key, objection.pk, end="not taken up", answer="x")
    assert "要答复成立或不成立" in refused.content.decode()
    assert (
        _sent(officer, "objection-answer", publicity.key, objection.pk, end="not upheld", answer="符合").status_code
        == 302
    )


def test_everybody_sees_titles_organisations_and_amounts_and_nothing_of_anybody(cast: Cast) -> None:
    publicity = show(cast, before_publicity(cast, 2), text="现予公示。").publicity
    assert publicity is not None
    nobody = Client()
    assert nobody.get(reverse("casework:public-publicity", args=[publicity.key])).status_code == 404  # it is over
    Publicity.objects.update(until=timezone.localdate())
    answer = nobody.get(reverse("casework:public-publicity", args=[publicity.key]))
    page = answer.content.decode()
    assert (answer.headers["Cache-Control"], dict(answer.cookies)) == ("public, max-age=60", {})
    assert cast.firm.name in page
    assert "25万元" in page
    assert publicity.title in nobody.get(reverse("casework:public-publicity-list")).content.decode()
    for hidden in ("officer", "director", "enterprise", "纳税申报表", "800"):
        assert hidden not in page


def test_what_is_wrong_with_a_publicity_is_said_and_nothing_is_shown(cast: Cast) -> None:
    (case,) = before_publicity(cast)
    officer = _browser(cast, "officer")
    typed = {
        "key": "018f2c1e-0000-7000-8000-000000000003",
        "title": "公示",
        "contact": "110101199003074610",
        "since": timezone.localdate().isoformat(),
        "case": [str(case.key)],
    }
    answer = _sent(officer, "publicity-new", cast.county.code, "rnd_subsidy", "announced", **typed)
    assert "身份证件号码" in answer.content.decode()
    assert not Publicity.objects.exists()


def test_the_page_that_records_decisions_says_what_each_case_asks_for(cast: Cast) -> None:
    meeting, _items = held(cast, before_a_meeting(cast, 2))
    page = html.fromstring(_page(_browser(cast, "director"), "meeting-decide", meeting.key))
    said = [
        ["".join(each.text_content().split()) for each in item.cssselect(".kv")]
        for item in page.cssselect("section[id^=item-]")
    ]
    assert said == [["加计扣除研发费用800万元", "核定金额25万元"], ["加计扣除研发费用801万元", "核定金额25万元"]]


def test_the_two_buttons_of_an_agenda_are_told_apart(cast: Cast) -> None:
    meeting, items = held(cast, before_a_meeting(cast, 1))
    record(cast, meeting, [settle(items[0])])
    page = html.fromstring(_page(_browser(cast, "officer"), "agenda-put", call(cast).key))
    names = [each.text_content().strip() for each in page.cssselect("main form button[type=submit]")]
    assert len(names) == len(set(names)), names


def test_cases_of_one_title_are_told_apart_where_an_objection_is_recorded(cast: Cast) -> None:
    shown = show(cast, before_publicity(cast, 2)).publicity
    assert shown is not None
    page = html.fromstring(_page(_browser(cast, "officer"), "objection-new", shown.key))
    choices = [each.text for each in page.cssselect("#id_about option")]
    for item in shown.items.all():
        assert f"{item.place}. {item.title} · {item.number} · {cast.firm.name}" in choices


def test_a_firm_finds_on_its_workbench_what_it_may_apply_for(cast: Cast) -> None:
    """A flow with an open call is begun from its call, any other by itself; a bureau is offered neither."""
    today = timezone.localdate()
    for title, days in (("受理中的", 9), ("截止了的", -1)):
        new = NewCall(
            region=cast.county,
            flow="rnd_subsidy",
            title=title,
            published_on=today - timedelta(days=9),
            since=today - timedelta(days=9),
            until=today + timedelta(days=days),
        )
        make_call(new=new, by=cast.director, now=NOW)

    page = html.fromstring(_browser(cast, "enterprise").get("/").content.decode())

    ways = [each.get("href") for each in page.cssselect("#apply a.button")]
    (open_call,) = CaseCall.objects.filter(title="受理中的")
    assert ways[0] == f"{reverse('casework:case-new', args=['rnd_subsidy'])}?call={open_call.key}"
    assert reverse("casework:case-new", args=["county_project"]) in ways
    assert len([each for each in ways if "rnd_subsidy" in each]) == 1
    assert not html.fromstring(_browser(cast, "officer").get("/").content.decode()).cssselect("#apply")


def test_a_director_publishes_a_call_and_the_firm_finds_it(cast: Cast) -> None:
    director, firm = _browser(cast, "director"), _browser(cast, "enterprise")
    today = timezone.localdate()
    typed = {
        "key": "018f2c1e-0000-7000-8000-000000000004",
        "title": "关于申报县级科技计划项目的通知",
        "published_on": today.isoformat(),
        "since": today.isoformat(),
        "until": (today + timedelta(days=20)).isoformat(),
        "budget": "300.5",
        "quotas": "申报单位 2\n计划类别 key_rnd 3",
    }
    wrong = _sent(director, "call-new", "county_project", **(typed | {"quotas": "金额 2"}))
    assert "“金额 2”读不懂" in wrong.content.decode()
    assert _sent(director, "call-new", "county_project", **typed).status_code == 302
    made = CaseCall.objects.get()
    assert made.budget == 300_500_000
    assert [(each["field"], each["most"]) for each in made.quotas] == [("organisation", 2), ("programme", 3)]
    assert made.title in _page(firm, "call-list")
    page = _page(firm, "call", made.key)
    assert "300.5万元" in page
    assert "每个“申报单位”最多2件" in page


def test_what_a_firm_sends_from_the_page_of_a_call_belongs_to_the_call(cast: Cast) -> None:
    """It runs by what the call pinned, and takes one of its places."""
    today = timezone.localdate()
    new = NewCall(
        region=cast.county,
        flow="rnd_subsidy",
        title="2026年第一批",
        published_on=today,
        since=today,
        until=today + timedelta(days=9),
        quotas=[CallQuota("organisation", 1)],
    )
    made = make_call(new=new, by=cast.director, now=timezone.now())
    firm = _browser(cast, "enterprise")
    url = f"{reverse('casework:case-new', args=['rnd_subsidy'])}?call={made.key}"
    assert f'value="{made.key}"' in firm.get(url).content.decode()

    def sent() -> Any:
        file = SimpleUploadedFile("纳税申报表.pdf", PDF, "application/pdf")
        return firm.post(url, {"call": str(made.key), "a-base": "800", "a-proof": file})

    assert sent().status_code == 302
    assert Case.objects.get().call == made
    assert "最多1件，已有1件" in sent().content.decode()
    assert Case.objects.count() == 1


def test_a_case_that_waits_says_for_what(cast: Cast) -> None:
    """For the last day of its publicity, for a common act, or for whom."""
    running, over = before_publicity(cast, 2)
    show(cast, [over])
    today = timezone.localdate()
    new = NewPublicity(
        region=cast.county,
        flow="rnd_subsidy",
        step="announced",
        title="2026年第二批公示",
        contact="规划科 0000-0000000",
        since=today,
    )
    open_publicity(new=new, cases=[CaseShown(case=running)], by=cast.officer, now=timezone.now())
    until = Publicity.objects.latest("pk").until
    officer, firm = _browser(cast, "officer"), _browser(cast, "enterprise")
    for browser in (officer, firm):
        assert f"公示到{until.year}年{until.month}月{until.day}日为止，期满后才能往下办。" in _page(
            browser, "case", running.key
        )
    assert "接着由拨付办：拨付。" in _page(officer, "case", over.key)
    assert "现在等科技部门办理，您不用做什么。" in _page(firm, "case", over.key)


def _notice(cast: Cast, **given: Any) -> CaseNotice:
    new = {
        "region": cast.county,
        "title": "关于报送年报的通知",
        "text": "请报送。",
        "organisations": [cast.firm],
        **given,
    }
    return send_notice(new=NewNotice(**new), by=cast.officer, now=NOW)


def test_a_notice_is_signed_by_whoever_it_was_sent_to_once(cast: Cast) -> None:
    notice = _notice(cast, users=[cast.director], answer_until=timezone.localdate())
    receipt = notice.receipts.get(organisation=cast.firm)
    firm = _browser(cast, "enterprise")
    assert "签收" in _page(firm, "notice", notice.key)
    for _press in range(3):
        sent = _sent(firm, "notice-sign", notice.key, receipt.pk, **{f"{receipt.pk}-answer": "联系人：财务部"})
        assert sent.status_code == 302
    before = current_seq()
    other = _sent(firm, "notice-sign", notice.key, receipt.pk, **{f"{receipt.pk}-answer": "改一改"})
    assert "已经回复过了" in other.content.decode()
    receipt.refresh_from_db()
    assert (receipt.seen_by, receipt.answer, current_seq()) == (cast.enterprise, "联系人：财务部", before)
    assert "还有 1 个没有签收" in _page(_browser(cast, "officer"), "notice", notice.key)


@pytest.mark.parametrize("name", ["officer", "neighbour", "stranger", "superior", "director"])
def test_nobody_signs_for_another(cast: Cast, name: str) -> None:
    notice = _notice(cast)
    with pytest.raises(Refused, match="不是发给您的"):
        sign_notice(receipt=notice.receipts.get(), by=cast.users[name], now=NOW)
    assert NoticeReceipt.objects.get().seen_at is None


@pytest.mark.parametrize("name", ["neighbour", "stranger", "superior", "enterprise", "auditor"])
def test_nobody_but_the_bureau_sends_a_notice(cast: Cast, name: str) -> None:
    new = NewNotice(region=cast.county, title="x", text="x", organisations=[cast.firm])
    with pytest.raises(Refused, match="由那里的局办"):
        send_notice(new=new, by=cast.users[name], now=NOW)


def test_a_notice_goes_to_no_firm_of_another_county(cast: Cast) -> None:
    with pytest.raises(Refused, match="不在“青溪县”的名录里"):
        _notice(cast, organisations=[cast.other_firm])
    officer = _browser(cast, "officer")
    typed = {
        "key": "018f2c1e-0000-7000-8000-000000000005",
        "title": "通知",
        "text": "请报送。",
        "to": f"{cast.firm.name}\n{cast.other_firm.name}\n没有这一家",
    }
    page = _sent(officer, "notice-new", **typed).content.decode()
    assert "没有这一家" in page
    assert not CaseNotice.objects.exists()
    assert "请写明发给谁" in _sent(officer, "notice-new", **(typed | {"to": ""})).content.decode()
    assert _sent(officer, "notice-new", **(typed | {"to": "", "one": cast.firm.name})).status_code == 302
    assert list(CaseNotice.objects.values_list("receipts__organisation", flat=True)) == [cast.firm.pk]


def test_the_workbench_says_what_waits(cast: Cast) -> None:
    before_a_meeting(cast, 2)
    meeting, items = held(cast, before_a_meeting(cast, 2))
    record(cast, meeting, [settle(items[0])])
    publicity = show(cast, before_publicity(cast)).publicity
    assert publicity is not None
    Publicity.objects.update(until=timezone.localdate())
    _notice(cast, users=[cast.officer])
    held_by = {"case.read", "case.handle"}
    told = {task.label: task.value for task in tasks.waiting(cast.officer, held_by) or []}
    told.pop("待我办的事项")  # of cases, not of what they share
    assert told == {
        "待签收的通知": 1,
        "今天期满的公示": 1,
        "等着公示的事项": 1,
        "等着上会的事项": 2,
        "开过的会还没有纪要号": 1,
    }
    decides = {task.label: task.value for task in tasks.waiting(cast.director, {"case.decide"}) or []}
    assert decides == {"会后待记的决定": 1}
    assert [task.value for task in tasks.waiting(cast.neighbour, held_by) or []] == []


@pytest.mark.parametrize("name", ["meeting-list", "publicity-list", "call-list", "notice-list"])
def test_a_list_of_many_costs_as_many_queries_as_a_list_of_few(
    cast: Cast, name: str, django_assert_max_num_queries: Any
) -> None:
    officer = _browser(cast, "officer")
    today = timezone.localdate()

    def fill(count: int) -> None:
        for number in range(count):
            call(cast)
            _notice(cast, title=f"通知{number}")
            days = {"published_on": today, "since": today, "until": today}
            limit = [CallQuota("organisation", 1)]
            new = NewCall(region=cast.county, flow="rnd_subsidy", title="样例", quotas=limit, **days)
            make_call(new=new, by=cast.director, now=NOW)
        show(cast, before_publicity(cast, count))

    fill(1)
    _page(officer, name)
    with django_assert_max_num_queries(60) as few:
        _page(officer, name)
    fill(4)
    with django_assert_max_num_queries(len(few.captured_queries)):
        _page(officer, name)


@pytest.mark.parametrize("count", [1, 5])
def test_the_page_of_a_meeting_costs_the_same_whatever_its_agenda(
    cast: Cast, count: int, django_assert_max_num_queries: Any
) -> None:
    officer = _browser(cast, "officer")
    meeting, items = held(cast, before_a_meeting(cast, count))
    record(cast, meeting, [settle(item) for item in items])
    _page(officer, "meeting", meeting.key)
    with django_assert_max_num_queries(26):
        _page(officer, "meeting", meeting.key)


def test_an_agenda_that_puts_an_earlier_decision_right(cast: Cast) -> None:
    officer, director = _browser(cast, "officer"), _browser(cast, "director")
    (case,) = before_a_meeting(cast)
    meeting, items = held(cast, [case])
    (wrong,) = record(cast, meeting, [settle(items[0])]).decisions
    later = call(cast)
    assert f'value="{wrong.pk}"' in _page(officer, "agenda-put", later.key)
    assert _sent(officer, "agenda-put", later.key, corrects=str(wrong.pk)).status_code == 302
    item = later.items.get()
    said = {"due": "1", "present": "局长甲", "seen": "0"}
    assert _sent(officer, "meeting-hold", later.key, **said).status_code == 302
    chosen = {f"verdict-{item.pk}": "amended", f"words-{item.pk}": "前次金额有误", f"seen-{item.pk}": ""}
    assert _sent(director, "meeting-decide", later.key, **chosen).status_code == 302
    assert "后来的会议更正了这个决定" in _page(officer, "meeting", meeting.key)


def test_a_list_is_decided_alike_but_for_what_was_chosen_by_itself(cast: Cast) -> None:
    """As bureaus do: 原则同意认定……等12家单位 [沈阳市科技局 2022年第16次局长办公会]."""
    cases = before_a_meeting(cast, 4)
    meeting, items = held(cast, cases)
    director = _browser(cast, "director")
    assert 'name="verdict-all"' in _page(director, "meeting-decide", meeting.key)
    chosen = {"verdict-all": "step:settled", "words-all": "原则同意"}
    chosen |= {f"verdict-{items[2].pk}": "put off", f"words-{items[2].pk}": "补充材料"}
    assert _sent(director, "meeting-decide", meeting.key, **chosen).status_code == 302
    found = Decision.objects.order_by("item__place").values_list("verdict", "words")
    same = ("step", "原则同意")
    assert list(found) == [same, same, ("put off", "补充材料"), same]


def test_what_is_put_on_an_agenda_and_applied_for_is_linked(cast: Cast) -> None:
    """A meeting lists its cases by title, number and firm."""
    case = apply(cast)
    take(case, "checked", cast.officer, typed={"settled": "25"})
    meeting = call(cast)
    put(cast, meeting, [case])
    page = _page(_browser(cast, "officer"), "meeting", meeting.key)
    assert case.number in page
    assert cast.firm.name in page
