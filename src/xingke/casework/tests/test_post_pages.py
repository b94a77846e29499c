"""The pages of substitutes, hand-overs, groups and links, and the five lists of what is one's own, without JavaScript."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.cast import NOW, Cast
from xingke.accounts.models import User
from xingke.casework.actions.links import link_cases
from xingke.casework.models import Case, CaseLink, CaseStep, GroupDuty, Substitution, WorkingGroup
from xingke.casework.queries import lists
from xingke.casework.rules.links import LinkKind
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.posting import colleague, head_of_section, stand_in, ticket
from xingke.casework.tests.sharing import apply, take
from xingke.registry import actions as registry
from xingke.registry.actions import people as persons

pytestmark = pytest.mark.db


@pytest.fixture
def head(cast: Cast) -> User:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    return head_of_section(cast)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).text_content().split())


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    found = client.get(reverse(f"casework:{name}", args=args), query)
    assert found.status_code == 200
    return said(found)


def post(client: Client, address: str, *args: Any, **typed: Any) -> Any:
    return client.post(reverse(f"casework:{address}", args=args), typed, follow=True)


# ── the five lists ──────────────────────────────────────────────────────────────────────────────────────────────────


def own(user: User) -> dict[str, int]:
    """The numbers that stand above somebody's list, by their words; each is how many its list shows."""
    client = browser(user)
    found = html.fromstring(client.get(reverse("casework:case-list"), {"state": ""}).content.decode())
    links = {link.text_content().split()[0]: link for link in found.cssselect(".case-own a")}
    for link in links.values():
        shown = html.fromstring(client.get(reverse("casework:case-list") + link.get("href")).content.decode())
        assert len(shown.cssselect("tbody tr")) == int(link.cssselect("strong")[0].text), link.text_content()
    return {words: int(link.cssselect("strong")[0].text) for words, link in links.items()}


def test_a_firm_an_officer_and_a_lead_each_have_their_own_five(cast: Cast, head: User) -> None:
    """A firm is told of what waits for the firm, not of where the bureau is late; an officer of what is theirs; a lead of everything."""
    late = apply(cast)  # the bureau should have checked it in March
    mine = apply(cast, base="900")
    take(mine, "to_amend", cast.officer, opinion="缺页")  # the firm should have amended it
    given = ticket(cast, head, now=timezone.now())
    assert CaseStep.objects.get(case=late, seq_to=None).due < timezone.now()
    assert own(cast.enterprise) == {"待我办": 1, "快到期": 0, "已超期": 1, "我办过的": 2, "我发起的": 2}
    officer = own(cast.officer)
    assert (officer["我办过的"], officer["我发起的"], officer["已超期"]) == (2, 1, 1)
    assert lists.cases_listed(cast.officer, state=lists.LATE).get().case == late
    assert own(cast.director)["已超期"] == 2
    assert lists.cases_listed(head, state=lists.TODO).filter(case=given).exists()
    assert own(cast.neighbour) == {"待我办": 0, "快到期": 0, "已超期": 0, "我办过的": 0, "我发起的": 0}


def test_what_is_due_in_days_is_told_to_whoever_sees_to_it(cast: Cast, head: User) -> None:
    case = ticket(cast, cast.director, now=timezone.now())
    soon = timezone.now() + timedelta(hours=20)
    CaseStep.objects.filter(case=case, seq_to=None).update(due=soon)
    assert own(cast.director)["快到期"] == 1
    assert own(cast.officer)["快到期"] == 1  # who assigned it may assign it anew
    assert own(cast.enterprise)["快到期"] == 0
    clerk = colleague(cast, "clerk", "文秘", "office_clerk")
    assert own(clerk)["快到期"] == 0


def test_who_acts_in_their_own_name_has_the_five_too(cast: Cast) -> None:
    person = persons.enter_person(name="何远山", region=cast.county, facts={}, by=cast.officer, now=NOW)
    registry.give_role(
        user=cast.stranger, role="commissioner", region=cast.county, person=person, by=cast.security, now=NOW
    )
    log = {
        "a-served_on": "2026-02-10",
        "a-place": "柳湾镇",
        "a-title": "合作社",
        "a-way": "on_site",
        "a-work": "guidance",
    }
    post(browser(cast.stranger), "case-new", "commissioner_service", **log, **{"a-people": "12"})
    assert own(cast.stranger) == {"待我办": 0, "快到期": 0, "已超期": 0, "我办过的": 1, "我发起的": 1}
    home = said(browser(cast.stranger).get("/"))
    assert "我发起的事项" in home


def test_the_workbench_leads_to_each_of_the_five(cast: Cast, head: User) -> None:
    apply(cast)
    found = html.fromstring(browser(cast.enterprise).get("/").content.decode())
    leads = {link.get("href") for link in found.cssselect("main a")}
    assert {"/cases/?state=done", "/cases/?state=opened"} <= leads
    officer = html.fromstring(browser(cast.officer).get("/").content.decode())
    assert {"/cases/?state=todo", "/cases/?state=late"} <= {link.get("href") for link in officer.cssselect("main a")}


# ── substitutes ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_naming_to_the_step_in_two_browsers(cast: Cast, head: User) -> None:
    case = ticket(cast, cast.director, now=timezone.now())
    today = timezone.localdate()
    director, other = browser(cast.director), browser(head)
    typed = {
        "user": "director",
        "substitute": "head",
        "since": today,
        "until": today + timedelta(days=2),
        "reason": "出差",
    }
    form = html.fromstring(director.get(reverse("casework:substitute-new")).content.decode())
    key = form.cssselect("input[name=key]")[0].get("value")
    for _press in range(2):
        answered = post(director, "substitute-new", **typed, key=key)
        assert "已指定：科室负责人 代" in said(answered)
    assert Substitution.objects.count() == 1
    assert "正在代您（AB 岗），还有 3 天" in said(director.get("/"))
    home = said(other.get("/"))
    assert "您正在代" in home
    assert "待我办的事项" in home
    found = page(other, "case", case.key)
    assert f"记为您代 {cast.director.name} 办" in found
    pressed = {"seen": "2", "page": "case", "opinion": "已协调"}
    assert "已办理" in said(post(other, "step-take", case.key, "answered", **pressed))
    assert f"科室负责人 代 {cast.director.name}" in page(other, "case", case.key)
    again = post(director, "step-take", case.key, "answered", **{**pressed, "opinion": "我来答"})
    assert "已经往前走了" in said(again)
    assert case.steps.count() == 3


def test_what_is_wrong_with_a_span_is_said_and_what_was_typed_stays(cast: Cast, head: User) -> None:
    today = timezone.localdate()
    stand_in(cast.director, head, since=today, now=timezone.now())
    typed = {"user": "director", "substitute": "head", "since": today, "until": today, "reason": "休假", "key": ""}
    client = browser(cast.director)
    form = html.fromstring(client.get(reverse("casework:substitute-new")).content.decode())
    typed["key"] = form.cssselect("input[name=key]")[0].get("value")
    for wrong, words in (
        ({}, "日期不能重叠"),
        ({"substitute": "director"}, "不能自己代自己"),
        ({"until": today - timedelta(days=1)}, "截止日期在开始日期之前"),
        ({"substitute": "neighbour"}, "可以选的人里没有“neighbour”"),
        ({"since": "明天"}, "输入一个有效的日期"),
    ):
        answered = client.post(reverse("casework:substitute-new"), {**typed, **wrong})
        assert words in said(answered)
        assert html.fromstring(answered.content.decode()).cssselect("#id_reason")[0].get("value") == "休假"
    assert Substitution.objects.count() == 1


def test_whoever_gives_roles_names_one_and_ends_it(cast: Cast, head: User) -> None:
    today = timezone.localdate()
    client = browser(cast.security)
    form = html.fromstring(client.get(reverse("casework:substitute-new")).content.decode())
    key = form.cssselect("input[name=key]")[0].get("value")
    typed = {"user": "director", "substitute": "head", "since": today, "until": today, "key": key}
    assert "已指定" in said(post(client, "substitute-new", **typed))
    row = Substitution.objects.get()
    assert browser(cast.officer).post(reverse("casework:substitute-end", args=[row.key])).status_code == 404
    assert "已结束" in said(post(client, "substitute-end", row.key))
    assert "代您" not in said(browser(cast.director).get("/"))


def test_accounts_are_chosen_by_a_part_of_their_names_from_those_that_can_be_chosen(cast: Cast, head: User) -> None:
    client, address = browser(cast.director), reverse("casework:substitute-new")
    for text, names in (("负责", ["科室负责人"]), ("off", ["officer"]), ("neigh", []), ("secur", [])):
        found = html.fromstring(client.get(address, {"for": "substitute", "substitute": text}).content.decode())
        assert [each.text for each in found.cssselect("label > span")] == names, text
    today = timezone.localdate()
    typed = {"user": "director", "since": today, "until": today, "key": "01890000-0000-7000-8000-000000000001"}
    looked = said(post(client, "substitute-new", **typed, substitute="负责", find="1"))
    assert "科室负责人" in looked and "请从列出的里选定" not in looked  # nothing is judged while somebody looks
    assert "可以选的人里没有“负责”" in said(post(client, "substitute-new", **typed, substitute="负责"))
    picked = post(client, "substitute-new", **typed, substitute="负责", substitute_picked="head")
    assert "已指定：科室负责人 代 director" in said(picked)


def test_whose_a_new_case_is_is_looked_up_by_a_part_of_the_name(cast: Cast, head: User) -> None:
    client, typed = browser(cast.officer), {"a-title": "用电贵", "organisation": "明渠"}
    looked = html.fromstring(post(client, "case-new", "ticket", **typed, find="1").content.decode())
    (radio,) = looked.cssselect("input[name=organisation_picked]")
    assert radio.get("value") == str(cast.firm.key)
    assert looked.cssselect("[name=a-title]")[0].get("value") == "用电贵"
    assert not Case.objects.exists()
    post(client, "case-new", "ticket", **typed, organisation_picked=str(cast.firm.key))
    assert Case.objects.get().organisation == cast.firm


def test_whoever_leads_looks_up_whose_cases_are_handed_over(cast: Cast, head: User) -> None:
    ticket(cast, head)
    client, address = browser(cast.director), reverse("casework:hand-over")
    found = html.fromstring(client.get(address, {"for": "of", "of": "负责"}).content.decode())
    assert [each.text for each in found.cssselect("label > span")] == ["科室负责人"]
    assert "可以选的人里没有“邻县”" in said(client.get(address, {"of": "邻县"}))
    assert "交 科室负责人 办" in said(client.get(address, {"of": "负责", "of_picked": "head"}))
    there = html.fromstring(client.get(address, {"for": "to", "of": "head", "to": "offi"}).content.decode())
    assert [each.text for each in there.cssselect("label > span")] == ["officer"]


# ── handing over ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_shown_before_it_is_done(cast: Cast, head: User) -> None:
    cases = [ticket(cast, cast.director, title=f"诉求{n}") for n in range(2)]
    client = browser(cast.director)
    asked = post(client, "hand-over", to="head", reason="岗位调整")
    assert "将要交接的" in said(asked)
    assert all(case.steps.count() == 2 for case in cases)
    form = html.fromstring(asked.content.decode()).cssselect("#going form")[0]
    sent: dict[str, Any] = {each.get("name"): each.get("value") for each in form.cssselect("input")}
    sent["listed"] = [each.get("value") for each in form.cssselect("input[name=listed]")]
    late = ticket(cast, cast.director, title="后来的")  # given to them while the page was open
    answered = said(post(client, "hand-over", **sent))
    assert "请看过新的清单再办" in answered
    assert "后来的" in answered
    assert late.steps.count() == 2
    form = html.fromstring(post(client, "hand-over", to="head", reason="岗位调整").content.decode()).cssselect(
        "#going form"
    )[0]
    sent = {each.get("name"): each.get("value") for each in form.cssselect("input")}
    sent["listed"] = [each.get("value") for each in form.cssselect("input[name=listed]")]
    for _press in range(2):
        assert "已交接 3 件，由 科室负责人 接着办" in said(post(client, "hand-over", **sent))
    assert all(case.steps.count() == 3 for case in (*cases, late))
    assert "没有要交接的事项" in page(client, "hand-over")


def test_another_name_than_the_one_listed_lists_anew(cast: Cast, head: User) -> None:
    case = ticket(cast, cast.director)
    client = browser(cast.director)
    form = html.fromstring(post(client, "hand-over", to="head", reason="x").content.decode()).cssselect("#going form")[
        0
    ]
    sent = {each.get("name"): each.get("value") for each in form.cssselect("input")}
    assert "将要交接的" in said(post(client, "hand-over", **{**sent, "to": "officer"}))
    assert case.steps.count() == 2


def test_only_whoever_leads_looks_at_what_others_have(cast: Cast, head: User) -> None:
    ticket(cast, head)
    address = reverse("casework:hand-over")
    assert "交 科室负责人 办" in said(browser(cast.director).get(address, {"of": "head"}))
    for user in (cast.officer, cast.neighbour):
        assert browser(user).get(address, {"of": "head"}).status_code == 404
        assert browser(user).post(address, {"of": "head", "to": "officer", "reason": "x"}).status_code == 404


# ── links and groups ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_is_made_and_ended_on_the_page_of_a_case(cast: Cast, head: User) -> None:
    first, second = ticket(cast, cast.director), ticket(cast, cast.director, title="又来的诉求")
    client = browser(cast.officer)
    for other in ("没有这个号", first.number):
        assert "没有唯一的一件事项" in said(post(client, "link-new", first.key, other=other, kind="later"))
    offered = client.get(reverse("casework:link-new", args=[first.key]), {"for": "other", "other": "又来的"})
    assert second.number in said(offered) and first.number not in said(offered)
    assert "已关联" in said(post(client, "link-new", first.key, other=second.number, kind="later"))
    assert "本件的后一件" in page(client, "case", first.key)
    firm = page(browser(cast.enterprise), "case", second.key)
    assert "本件的前一件" in firm
    assert "解除" not in firm
    pk = CaseLink.objects.get().pk
    for name, args in (("link-new", (first.key,)), ("link-end", (first.key, pk))):
        for user in (cast.enterprise, cast.neighbour, cast.superior, cast.stranger):
            assert browser(user).post(reverse(f"casework:{name}", args=args)).status_code == 404
    assert "已解除关联" in said(post(client, "link-end", second.key, pk))
    assert "没有关联的事项" in page(client, "case", first.key)


def test_a_page_asks_no_more_for_many_links(cast: Cast, head: User) -> None:
    first = ticket(cast, cast.director)
    client, counts = browser(cast.officer), []
    for many in (1, 5):
        for number in range(many):
            other = ticket(cast, cast.director, title=f"第{many}-{number}件")
            link_cases(case=first, other=other, kind=LinkKind.RELATED, by=cast.officer, now=NOW)
        client.get(reverse("casework:case", args=[first.key]))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("casework:case", args=[first.key]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


MEMBERS = {"lead": "王一（副县长）", "deputy": "", "member": "李二（财政局）、赵三（发改局）", "office": "县科技局"}


def test_a_group_is_set_up_and_changed_by_documents(cast: Cast) -> None:
    client = browser(cast.officer)
    form = html.fromstring(client.get(reverse("casework:group-new")).content.decode())
    typed = {
        **MEMBERS,
        "kind": "meeting",
        "name": "科技成果转化联席会议",
        "document_number": "青政办发〔2026〕3号",
        "on": "2026-03-01",
        "key": form.cssselect("input[name=key]")[0].get("value"),
    }
    for _press in range(2):
        assert "召集人" in said(post(client, "group-new", **typed))
    group = WorkingGroup.objects.get()
    asked = html.fromstring(client.get(reverse("casework:group-change", args=[group.key])).content.decode())
    seen = asked.cssselect("input[name=seen]")[0].get("value")
    assert asked.cssselect("#id_member")[0].text.split() == ["李二（财政局）", "赵三（发改局）"]
    changed = {**MEMBERS, "member": "李二（财政局）", "document_number": "9号", "on": "2026-05-01", "seen": seen}
    for _press in range(2):
        assert "人员变动已记下" in said(post(client, "group-change", group.key, **changed))
    for day, names in (
        ("2026-04-01", ["王一", "李二", "赵三", "县科技局"]),
        ("2026-05-01", ["王一", "李二", "县科技局"]),
    ):
        shown = html.fromstring(client.get(reverse("casework:group", args=[group.key]), {"on": day}).content.decode())
        rows = shown.cssselect("#members tbody tr")
        assert [row.cssselect("td")[1].text for row in rows] == names
        assert rows[0].cssselect("td")[0].text == "召集人"
    wrong = post(client, "duty-new", group.key, text="编制方案", who="县科技局", due="")
    assert html.fromstring(wrong.content.decode()).cssselect("#id_text")[0].get("value") == "编制方案"
    post(client, "duty-new", group.key, text="编制方案", who="县科技局", due="2026-03-31")
    assert "已记为办完" in said(post(client, "duty-done", group.key, GroupDuty.objects.get().pk))
    assert "科技成果转化联席会议" in page(client, "group-list")
