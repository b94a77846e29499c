"""The pages of organisations, accounts, grants and the audit trail: who sees what, and what a refusal leaves."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import xingke
from tests.cast import NOW, PASSWORD, Cast, file
from xingke.accounts.acts import act
from xingke.accounts.models import AuditEntry, User
from xingke.base.keys import derived_key
from xingke.registry import actions
from xingke.registry.models import Grant, Organisation

SignIn = Callable[[str], Client]


def _said(response: object) -> list[str]:
    """The messages the next page will show."""
    return [str(each) for each in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]  # a test response


def _enter(cast: Cast, count: int) -> None:
    new = [
        actions.NewOrganisation(
            key=derived_key("many", number), name=f"青溪县第{number}机械有限公司", region=cast.county, is_fictional=True
        )
        for number in range(count)
    ]
    actions.enter_organisations(organisations=new, by=cast.officer, now=NOW, source="test")


# ── Organisations ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_officer_lists_the_organisations_of_the_own_county_with_what_they_hold(
    cast: Cast, signed_in: SignIn
) -> None:
    file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    file("patent", "202310000001.0", [("granted", "2024-01-08")], firm=cast.firm, by=cast.statistician)
    file(
        "patent",
        "202310000002.0",
        [("granted", "2023-01-08"), ("lapsed", "2024-03-01")],
        firm=cast.firm,
        by=cast.statistician,
    )

    response = signed_in("officer").get("/organisations/")

    assert response.context["rows"] == [(cast.firm, [1, 1])]
    assert "云渡县远帆装备有限公司" not in response.content.decode()
    assert response.context["is_fictional"]


def test_the_list_is_searched_by_name_and_by_credit_code_and_narrowed_by_region(cast: Cast, signed_in: SignIn) -> None:
    Organisation.objects.filter(pk=cast.firm.pk).update(credit_code="91990121MATH3BJ10M")
    browser = signed_in("superior")

    def names(query: str) -> list[str]:
        return [row.name for row, _cells in browser.get(f"/organisations/?{query}").context["rows"]]

    both = names("")  # in the order of the database: by code point, or by pinyin where it is collated as zh_CN
    assert sorted(both) == ["云渡县远帆装备有限公司", "青溪县明渠传感科技有限公司"]
    assert names("sort=-name") == both[::-1]
    assert names("q=明渠") == ["青溪县明渠传感科技有限公司"]
    assert names("q=91990121math") == ["青溪县明渠传感科技有限公司"]
    assert names("region=990122") == ["云渡县远帆装备有限公司"]
    assert names("q=没有这家") == []


def test_a_region_nobody_knows_lists_nothing_and_says_so(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("statistician").get("/organisations/?region=青西县")

    assert response.context["rows"] == []
    assert "没有名为“青西县”的区划" in response.content.decode()


def test_the_list_costs_the_same_queries_for_3_and_for_60_rows(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    _enter(cast, 2)
    browser.get("/organisations/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get("/organisations/")
    _enter(cast, 60)

    with CaptureQueriesContext(connection) as many:
        response = browser.get("/organisations/")

    assert len(response.context["rows"]) == 50
    assert len(many) == len(few)


def test_the_list_is_exported_with_its_choices_and_without_formulas(cast: Cast, signed_in: SignIn) -> None:
    Organisation.objects.filter(pk=cast.firm.pk).update(name='=HYPERLINK("http://x")')

    response = signed_in("officer").get("/organisations/?region=&format=csv")

    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "名称,统一社会信用代码,区划,区划代码,功能区,成立日期,有效资质,有效专利,虚构"
    assert lines[1:] == ['"\'=HYPERLINK(""http://x"")",,青溪县,990121,,,0,0,是']


def test_an_enterprise_user_sees_only_its_own_firm(cast: Cast, signed_in: SignIn) -> None:
    _enter(cast, 3)
    browser = signed_in("enterprise")

    rows = browser.get("/organisations/").context["rows"]
    assert [row for row, _cells in rows] == [cast.firm]
    assert browser.get(f"/organisations/{cast.firm.key}/").status_code == 200
    assert browser.get(f"/organisations/{derived_key('many', 1)}/").status_code == 404


def test_an_organisation_shows_what_it_holds_and_what_happened_by_year(cast: Cast, signed_in: SignIn) -> None:
    key = file(
        "recognition",
        "甲",
        [("applied", "2024-05-01"), ("recognised", "2024-11-08")],
        firm=cast.firm,
        by=cast.statistician,
    )
    file(
        "recognition",
        "乙",
        [("recognised", "2021-12-01"), ("expired", "2022-12-01")],
        title="tech_sme",
        firm=cast.firm,
        by=cast.statistician,
    )

    response = signed_in("officer").get(f"/organisations/{cast.firm.key}/")

    holdings, timeline = (panel.context for panel in response.context["panels"])
    assert [(held["name"], held["url"]) for held in holdings["titles"]] == [
        ("高新技术企业（国家级）", f"/records/recognition/{key}/")
    ]
    assert [(each["year"], [item["title"] for item in each["items"]]) for each in timeline["years"]] == [
        (2024, ["认定 · 高新技术企业（国家级）", "申报 · 高新技术企业（国家级）"]),
        (2022, ["到期 · 科技型中小企业（国家级）"]),
        (2021, ["认定 · 科技型中小企业（国家级）"]),
    ]


def test_the_neighbour_and_strangers_do_not_find_an_organisation(cast: Cast, signed_in: SignIn) -> None:
    assert signed_in("neighbour").get(f"/organisations/{cast.firm.key}/").status_code == 404
    assert signed_in("stranger").get(f"/organisations/{cast.firm.key}/").status_code == 404


# ── Who may open which page ───────────────────────────────────────────────────────────────────────────────────────

PAGES = [
    (
        "/organisations/",
        {"officer", "director", "neighbour", "superior", "statistician", "checker", "reviewer", "enterprise"},
    ),
    ("/accounts/", {"system"}),
    ("/accounts/new/", {"system"}),
    ("/grants/", {"security"}),
    ("/grants/give/", {"security"}),
    ("/audit/", {"auditor"}),
]


@pytest.mark.parametrize("address, readers", PAGES)
def test_a_page_opens_for_its_readers_and_is_not_found_by_others(
    cast: Cast, signed_in: SignIn, address: str, readers: set[str]
) -> None:
    opened = {name for name in cast.users if signed_in(name).get(address).status_code == 200}

    assert opened == readers
    assert signed_in("stranger").get(address).status_code == 404


def test_nobody_posts_where_they_may_not_read(cast: Cast, signed_in: SignIn) -> None:
    grant = Grant.objects.get(user=cast.officer)

    assert signed_in("security").post("/accounts/officer/switch/", {"active": "0"}).status_code == 404
    assert signed_in("system").post(f"/grants/{grant.pk}/revoke/").status_code == 404
    assert signed_in("stranger").post("/accounts/new/", {"username": "x"}).status_code == 404
    assert User.objects.get(username="officer").is_active


# ── Accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_accounts_are_listed_with_their_roles(cast: Cast, signed_in: SignIn) -> None:
    rows = {row.of: row.roles for row in signed_in("system").get("/accounts/").context["rows"]}

    assert rows[cast.officer] == "科室人员"
    assert rows[cast.stranger] == ""


def test_an_account_is_opened_and_the_list_says_what_comes_next(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("system").post(
        "/accounts/new/", {"username": "newcomer", "name": "新来的同志", "password": PASSWORD}
    )

    assert response["Location"] == "/accounts/"
    assert _said(response) == ["账号“newcomer”已开立，授予岗位角色后才能使用；首次登录须更改密码。"]
    assert AuditEntry.objects.get(action="account.created", target="newcomer").by == cast.system


def _lands_on(username: str, password: str) -> str:
    """Where somebody is led who signs in and opens the first page."""
    browser = Client()
    browser.post("/sign-in/", {"username": username, "password": password})
    return browser.get("/").headers["Location"]


def test_without_a_typed_password_one_is_made_told_once_and_good_for_signing_in(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("system").post(
        "/accounts/new/", {"username": "newcomer", "name": "新来的同志", "password": ""}
    )

    told = response.context["password"]
    assert told in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert _lands_on("newcomer", told) == "/password/"


def test_another_first_password_is_made_where_none_is_typed(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("system").post("/accounts/officer/reset/", {"password": ""})

    assert _lands_on("officer", response.context["password"]) == "/password/"


def test_a_weak_first_password_is_told_at_its_field(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("system").post(
        "/accounts/new/", {"username": "newcomer", "name": "新来的同志", "password": "123"}
    )

    assert response.context["form"].errors == {
        "password": ["密码太短，至少要有 10 位。", "这个密码太常见，容易被猜到。", "密码不能全是数字。"]
    }


def test_a_taken_name_is_refused_in_the_form_and_what_was_typed_stays(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("system").post(
        "/accounts/new/", {"username": "officer", "name": "又一位科员", "password": PASSWORD}
    )

    page = response.content.decode()
    assert "账号“officer”已存在，请换一个账号名。" in page
    assert 'value="又一位科员"' in page
    assert PASSWORD not in page


def test_an_account_is_closed_but_never_ones_own(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("system")

    browser.post("/accounts/officer/switch/", {"active": "0"})
    refused = browser.post("/accounts/system/switch/", {"active": "0"})

    assert not User.objects.get(username="officer").is_active
    assert User.objects.get(username="system").is_active
    assert _said(refused)[-1] == "不能停用或启用自己的账号，请由另一位系统管理员操作。"


# ── Grants ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_role_is_given_by_names_as_people_write_them(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("security").post(
        "/grants/give/", {"username": "stranger", "role": "officer", "region": "青溪县", "organisation": ""}
    )

    assert response["Location"] == "/grants/"
    grant = Grant.objects.get(user=cast.stranger)
    assert (grant.role, grant.region, grant.given_by) == ("officer", cast.county, cast.security)


REFUSALS = [
    (
        "the three administrators exclude one another",
        {"username": "auditor", "role": "system_administrator"},
        "“系统管理员”与已有的“安全审计员”不得由同一账号担任。",
    ),
    (
        "nobody gives roles to themselves",
        {"username": "security", "role": "officer"},
        "不能给自己授权，请由另一位安全管理员操作。",
    ),
    ("an unknown account", {"username": "nobody"}, "没有账号“nobody”"),
    ("an unknown region", {"region": "青西县"}, "没有唯一的区划叫“青西县”，请填六位代码。"),
    (
        "an unknown credit code",
        {"organisation": "91990121MATH3BJ10X"},
        "没有统一社会信用代码为 91990121MATH3BJ10X 的单位",
    ),
    (
        "a firm of another county",
        {"organisation": "91990122MA000000XX"},
        "“云渡县远帆装备有限公司”登记在云渡县，不在青溪县。",
    ),
]


@pytest.mark.parametrize("story, changed, sentence", REFUSALS)
def test_what_may_not_be_given_is_refused_in_the_form(
    cast: Cast, signed_in: SignIn, story: str, changed: dict[str, str], sentence: str
) -> None:
    Organisation.objects.filter(pk=cast.other_firm.pk).update(credit_code="91990122MA000000XX")
    before = Grant.objects.count()
    asked = {"username": "stranger", "role": "officer", "region": "990121", "organisation": "", **changed}

    response = signed_in("security").post("/grants/give/", asked)

    assert sentence in response.content.decode(), story
    assert f'value="{asked["region"]}"' in response.content.decode()
    assert Grant.objects.count() == before


def test_a_role_is_taken_back_but_not_ones_own(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("security")
    theirs, own = Grant.objects.get(user=cast.officer), Grant.objects.filter(user=cast.security).first()
    assert own is not None

    browser.post(f"/grants/{theirs.pk}/revoke/")
    refused = browser.post(f"/grants/{own.pk}/revoke/")

    theirs.refresh_from_db()
    own.refresh_from_db()
    assert theirs.revoked_by == cast.security
    assert own.revoked_at is None
    assert _said(refused)[-1] == "不能收回自己的角色，请由另一位安全管理员操作。"
    listed = browser.get("/grants/?state=revoked").context["rows"]
    assert [(row.of, row.role, row.section) for row in listed] == [(theirs, "科室人员", "")]


# ── The audit trail ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_auditor_reads_the_trail_and_that_its_chain_holds(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("auditor").get("/audit/?action=grant.given&target=enterprise")

    assert [(action, entry.target) for entry, action, *_said in response.context["rows"]] == [
        ("授予角色", "enterprise")
    ]
    assert f"审计链完整，{AuditEntry.objects.count()} 条。" in response.content.decode()


def test_a_changed_entry_is_named(cast: Cast, signed_in: SignIn) -> None:
    broken = AuditEntry.objects.order_by("seq")[3]
    AuditEntry.objects.filter(pk=broken.pk).update(target="somebody else")

    response = signed_in("auditor").get("/audit/")

    assert f"审计链在第 {broken.seq} 号记录处断开" in response.content.decode()


def test_the_trail_is_exported(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("auditor").get(
        "/audit/?action=account.created&target=officer&format=csv&columns=seq,at,by,action,target,count,content,digest"
    )

    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("序号,时间,账号,姓名或岗位,操作,操作代码,对象类别,对象,条数,原因,内容,摘要")
    assert len(lines) == 2 and "开立账号,account.created,account,officer,1,,姓名或岗位：officer," in lines[1]


def test_every_act_that_the_rooms_write_has_a_word_in_the_trail(cast: Cast, signed_in: SignIn) -> None:
    sources = [each for each in Path(xingke.__file__).parent.rglob("*.py") if "tests" not in each.parts]
    written = {
        code for source in sources for code in re.findall(r'(?:code=|_act\()"([a-z-]+\.[a-z-]+)"', source.read_text())
    }

    actions_field = signed_in("auditor").get("/audit/").context["filters"][0]

    assert len(written) > 15
    assert written <= {option["value"] for option in actions_field["options"]}


def test_the_trail_says_what_was_done_along_and_to_whom(cast: Cast, signed_in: SignIn) -> None:
    parts = [{"action": "evidence.attached", "kind": "record", "target": "1", "count": 2}]
    with act(by=cast.officer, now=NOW, code="payment.filed", kind="record", target="1") as done:
        done.says(**{AuditEntry.PARTS: parts})
    with act(by=cast.officer, now=NOW, code="document.handed-up", kind="document", target="2") as done:
        done.says(to="清源市")
    with act(by=cast.officer, now=NOW, code="records.confirmed", kind="record", target="批量确认") as done:
        done.says(count=3)

    said = signed_in("auditor").get("/audit/?action=changes").context["rows"]

    assert [(words, target, detail) for _entry, words, target, detail in said][:3] == [
        ("批量确认", "—", ""),
        ("报送文稿", "2", "报送至：清源市"),
        ("登记资金", "1", "同时：上传佐证 2 条"),
    ]


def test_the_trail_is_narrowed_to_a_month_and_to_changes_alone(cast: Cast, signed_in: SignIn) -> None:
    Client().post("/sign-in/", {"username": "officer", "password": PASSWORD})
    browser = signed_in("auditor")

    def actions_of(query: str) -> set[str]:
        return {entry.action for entry, *_said in browser.get(f"/audit/?{query}").context["rows"]}

    assert actions_of("action=session") == {"session.opened"}
    assert "session.opened" not in actions_of("action=changes")
    assert "session.opened" not in actions_of("month=2026-03")
    assert actions_of("month=1999-01") == set()
    assert actions_of("month=gossip") == actions_of("")


def test_giving_a_role_offers_the_accounts_by_name(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in("security").get("/grants/give/").content.decode()

    assert '<option value="director">director</option>' in page
    assert 'list="accounts"' in page
