"""Events 活动: who called for them and who came; and what was filed as an activity before they had that name."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from tests.cast import Cast
from xingke.base import definitions
from xingke.intake.checking import sheet_form
from xingke.intake.rules.holder_names import is_public
from xingke.intake.tests.test_importing_columns import bring
from xingke.intake.tests.test_importing_histories import said
from xingke.ledger import kinds, rules
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import Event, EventSession
from xingke.registry import queries as registry

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]

FAIR = {"主题": "科普", "活动名称": "科技活动周启动仪式", "活动日期": "2025-05-24"}


def held() -> EventSession:
    return EventSession.objects.get(seq_to__isnull=True)


# ── who called for it, who came, what it cost ───────────────────────────────────────────────────────────────────────


def test_a_week_is_filed_from_the_table_a_bureau_keeps_of_it(cast: Cast) -> None:
    row = {
        **FAIR,
        "系列活动": "科技活动周",
        "结束日期": "2025-05-31",
        "活动地点": "文化广场、县科技馆",
        "主办单位": "县委宣传部、县科学技术局",
        "承办单位": cast.firm.name,
        "协办单位": "县科协、县教育局",
        "线下人次": "180",
        "线上人次": "5.2万",
        "其中：农民": "60",
        "青少年": "100",
        "发放资料（份）": "3000",
        "展板（块）": "40",
        "活动经费（万元）": "3.5",
    }

    outcome = bring("event", row, by=cast.officer)

    assert said(outcome) == []
    event, session = Event.objects.get(), held()
    assert event.organisation == cast.firm
    assert (event.series, event.ended_on, event.organisers) == (
        "science_week",
        date(2025, 5, 31),
        "县委宣传部、县科学技术局",
    )
    assert (event.joint_organisers, event.place) == ("县科协、县教育局", "文化广场、县科技馆")
    assert (session.people, session.viewers) == (180_0000, 52_000_0000)  # never added up
    assert (session.farmers, session.young_people, session.boards) == (60_0000, 100_0000, 40_0000)
    assert session.spent == 3_500_000  # 分


def test_who_called_for_it_holds_it_where_nobody_else_is_named(cast: Cast) -> None:
    bring("event", {**FAIR, "主办单位": cast.firm.name}, by=cast.officer)

    event = Event.objects.get()

    assert (event.organisation, event.organisers) == (cast.firm, "")


BODIES = [
    ("县科技局、县科协", True),
    ("青溪县农业农村局", True),
    ("中共青溪县委宣传部、青溪县教育局", True),
    ("青溪县第一小学", True),
    ("青溪县某某科技有限公司", False),
    ("县科技局、某某农民专业合作社", False),
    ("张三", False),
    ("", False),
]


@pytest.mark.parametrize("text, expected", BODIES)
def test_public_bodies_are_told_from_firms(text: str, expected: bool) -> None:
    assert is_public(text) is expected


def test_bureaus_that_called_for_it_are_no_firms_to_be_looked_for(cast: Cast) -> None:
    """A list of a science week names 主办单位 only: bureaus that no register of firms has."""
    outcome = bring(
        "event", {**FAIR, "主办单位": "县科技局、县科协", "活动内容": "主题展、咨询、义诊"}, by=cast.officer
    )

    event = Event.objects.get()
    assert (event.organisation, event.organisers) == (None, "县科技局、县科协")
    assert event.about == "主题展、咨询、义诊"  # beside a name; alone it is the name
    assert [str(note) for row in outcome.checked.rows for note in row.notes] == [
        "“县科技局、县科协”是部门和公共机构，名录里没有，按主办单位登记"
    ]


def test_a_firm_that_called_for_it_and_is_not_known_is_asked_about(cast: Cast) -> None:
    outcome = bring("event", {**FAIR, "主办单位": "青溪县不知名科技有限公司"}, by=cast.officer)

    assert "没有这个单位" in said(outcome)[0]


def test_classes_of_an_old_form_are_read_and_nothing_is_called_unpaid(cast: Cast) -> None:
    row = {"培训名称": "星火技术培训", "培训类别": "科技惠农培训", "培训日期": "2025-04-10"}
    counted = {"培训人员（人次）": "300", "科技干部": "20", "农民": "250", "企业管理人员": "30"}

    outcome = bring("event", {**row, **counted}, by=cast.officer)

    session = held()
    assert (session.people, session.officials, session.farmers, session.firm_people) == (
        300_0000,
        20_0000,
        250_0000,
        30_0000,
    )
    assert [str(each) for each in outcome.reader.remarks if "没有写金额" in str(each)] == []


@pytest.mark.parametrize(
    "counted, expected",
    [
        ({"people": 100, "farmers": 60, "officials": 40}, None),
        ({"people": 100, "farmers": 110}, (("farmers",), "people")),
        ({"people": 100, "farmers": 60, "officials": 41}, (("farmers", "officials"), "people")),
        ({"farmers": 60, "officials": 41}, None),  # nobody said how many came
    ],
)
def test_classes_of_people_are_never_more_than_came(counted: Mapping[str, int], expected: object) -> None:
    assert rules.exceeding(KINDS["event"], counted) == expected


def test_more_farmers_and_officials_than_people_are_refused_in_file_and_form(cast: Cast, signed_in: SignIn) -> None:
    row = {**FAIR, "参加人数": "100", "农民": "60", "干部": "50"}

    assert said(bring("event", row, by=cast.officer)) == ["农民 列为“60”：“农民、干部”不能多于“参加人数”，请核对。"]

    typed = {"people": "100", "farmers": "60", "officials": "50", "event": "held", "happened_on": "2025-05-24"}
    page = signed_in("officer").post(
        "/records/event/new/",
        {
            "key": str(uuid4()),
            "region": "990121",
            "topic": "outreach",
            "name": "科技活动周启动仪式",
            "events-TOTAL_FORMS": "1",
            "events-INITIAL_FORMS": "0",
            **{f"events-0-{name}": value for name, value in typed.items()},
        },
    )
    assert "“其中：农民、其中：干部”不能多于“人次”，请核对。" in page.content.decode()
    assert not Event.objects.exists()


def test_what_few_events_say_waits_behind_a_line(signed_in: SignIn) -> None:
    page = signed_in("officer").get("/records/event/new/").content.decode()

    first, further = page.split('<details class="further">')[:2]
    assert 'name="events-0-people"' in first
    assert 'name="events-0-farmers"' in further.split("</details>")[0]


# ── once an activity ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_code_it_had_before_leads_to_it_everywhere(cast: Cast, signed_in: SignIn) -> None:
    bring("activity", {**FAIR, "参加人数": "100"}, by=cast.officer)  # a form by its former code
    session = held()
    browser = signed_in("officer")

    assert sheet_form("activity") is sheet_form("event")
    assert browser.get(f"/records/activity/{session.record}/").status_code == 200  # a link in an old document
    assert "科技活动周启动仪式" in browser.get("/records/?kind=activity").content.decode()
    assert [code for code in registry.catalogue("sheet") if code in ("activity", "event")] == ["event"]


def test_a_definition_means_the_same_by_either_code() -> None:
    kind = definitions.KINDS["indicator"]
    body = {"code": "a", "of": "activity", "nature": "flow"}

    hashes = {definitions.body_hash(kind.meaning({**body, "of": of})) for of in ("activity", "event")}

    assert len(hashes) == 1
    assert hashes == {definitions.body_hash(body)}  # what was loaded before keeps its hash
    assert kinds.current("activity") == kinds.current("event") == "event"
