"""The lists of what several cases share: whose rows, in which order, narrowed, with what a page and a file say of them."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.cast import NOW, Cast
from xingke.casework.actions.calls import NewCall, make_call
from xingke.casework.actions.groups import ByDocument, NewGroup, set_up_group
from xingke.casework.actions.notices import NewNotice, send_notice
from xingke.casework.actions.publicity import NewObjection, record_objection
from xingke.casework.models import Publicity
from xingke.casework.rules.groups import GroupKind, GroupPost, Seat
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.posting import stand_in
from xingke.casework.tests.sharing import before_a_meeting, before_publicity, call, hold, put, show
from xingke.registry import actions as registry

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)


def _lines(browser: Client, name: str, **asked: str) -> list[dict[str, str]]:
    answer = browser.get(reverse(f"casework:{name}"), {**asked, "format": "csv"})
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def _make(cast: Cast, title: str, since: int, until: int) -> None:
    """A call of some days, counted from today."""
    today = timezone.localdate()
    days = {"published_on": today - timedelta(days=99), "since": today + timedelta(days=since)}
    new = NewCall(region=cast.county, flow="rnd_subsidy", title=title, until=today + timedelta(days=until), **days)
    make_call(new=new, by=cast.director, now=NOW)


def test_calls_that_are_not_over_come_first_and_of_these_the_one_that_ends_first(cast: Cast, signed_in: SignIn) -> None:
    for title, since, until in (
        ("早截止", -90, -50),
        ("晚截止", -90, -1),
        ("还早", -1, 40),
        ("快了", -1, 0),
        ("未开始", 5, 9),
    ):
        _make(cast, title, since, until)
    for who in ("officer", "enterprise"):
        browser = signed_in(who)
        assert [row["申报批次"] for row in _lines(browser, "call-list")] == [
            "快了",
            "未开始",
            "还早",
            "晚截止",
            "早截止",
        ]
        assert [row["申报批次"] for row in _lines(browser, "call-list", state="open")] == ["快了", "还早"]
        assert [row["申报批次"] for row in _lines(browser, "call-list", state="over", sort="-days")] == [
            "早截止",
            "晚截止",
        ]
    assert _lines(signed_in("neighbour"), "call-list") == []


def test_meetings_say_how_much_is_on_them_and_where_they_stand(cast: Cast, signed_in: SignIn) -> None:
    held, planned = call(cast), call(cast)
    put(cast, held, before_a_meeting(cast, 2))
    hold(cast, held)
    officer = signed_in("officer")
    rows = {row["会议"]: (row["议题"], row["待决定"], row["状态"]) for row in _lines(officer, "meeting-list")}
    assert sorted(rows.values()) == [("0", "0", "待开"), ("2", "2", "待出纪要")]
    assert len(_lines(officer, "meeting-list", state="held", kind=held.kind)) == 1
    assert len(_lines(officer, "meeting-list", state="called", kind=planned.kind)) == 1
    assert _lines(officer, "meeting-list", state="closed") == []


def test_publicity_with_an_objection_is_found_until_it_is_answered(cast: Cast, signed_in: SignIn) -> None:
    shown = show(cast, before_publicity(cast, 2)).publicity
    assert shown is not None
    Publicity.objects.update(until=timezone.localdate())
    officer = signed_in("officer")
    (row,) = _lines(officer, "publicity-list", state="shown")
    assert (row["事项"], row["异议"], row["状态"]) == ("2", "0", "公示中")
    objection = NewObjection(content="人员不足", on=date(2026, 3, 2), who="某公司")
    record_objection(publicity=shown, new=objection, by=cast.officer, now=NOW)
    (row,) = _lines(officer, "publicity-list", state="open")
    assert (row["异议"], row["状态"]) == ("1", "异议待答复")
    assert _lines(officer, "publicity-list", state="over") == []


def test_a_firm_sees_what_it_has_to_sign_and_not_who_else_signed(cast: Cast, signed_in: SignIn) -> None:
    new = NewNotice(region=cast.county, title="报送年报", text="请报送。", organisations=[cast.firm], users=[])
    send_notice(new=new, by=cast.officer, now=NOW)
    (row,) = _lines(signed_in("enterprise"), "notice-list")
    assert row["回执"] == "待签收" and "签收" not in row
    (row,) = _lines(signed_in("officer"), "notice-list")
    assert row["签收"] == "0/1"


def test_groups_are_found_by_who_belongs_to_them(cast: Cast, signed_in: SignIn) -> None:
    seats = [Seat(GroupPost.LEAD, "王一", "副县长")]
    first = ByDocument(document_number="青政办发〔2026〕3号", on=date(2026, 3, 2), seats=seats)
    new = NewGroup(region=cast.county, kind=GroupKind.WORKING_GROUP, name="科技创新专班", first=first)
    set_up_group(new=new, by=cast.officer, now=NOW)
    officer = signed_in("officer")
    assert [row["成员"] for row in _lines(officer, "group-list", q="副县长")] == ["1"]
    assert _lines(officer, "group-list", q="李") == []
    assert _lines(officer, "group-list", kind=GroupKind.JOINT_MEETING.value) == []


def test_whoever_may_ends_a_substitution_from_its_row(cast: Cast, signed_in: SignIn) -> None:
    stand_in(cast.director, cast.officer, since=timezone.localdate(), now=timezone.now())
    url = reverse("casework:substitute-list")
    for who, buttons in (("director", 1), ("officer", 0)):
        page = html.fromstring(signed_in(who).get(url).content.decode())
        assert len(page.xpath("//td//button[normalize-space()='结束']")) == buttons, who
    officer = signed_in("officer")
    assert [row["由谁代"] for row in _lines(officer, "substitute-list", state="now")] == [cast.officer.name]
    assert _lines(officer, "substitute-list", state="over") == []


@pytest.mark.parametrize("code", ["meetings", "publicity", "groups"])
@pytest.mark.parametrize("who", ["superior", "enterprise", "stranger"])
def test_what_is_the_bureaus_is_nobody_elses_by_any_way(signed_in: SignIn, code: str, who: str) -> None:
    for act in ("export", "columns", "views"):
        assert signed_in(who).post(f"/lists/{code}/{act}/", {"row": "1", "name": "x"}).status_code == 404, act
