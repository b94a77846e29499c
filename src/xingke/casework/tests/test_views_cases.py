"""The pages of cases: what somebody presses happens, and what somebody may not see is not there."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.cast import NOW, Cast
from xingke.accounts.models import User
from xingke.casework.actions.drafts import drop_old_drafts
from xingke.casework.forms import asked_form, typed_in
from xingke.casework.models import Case, CaseDraft, CaseStep
from xingke.casework.queries.lookups import AsReader
from xingke.casework.queries.offers import handlers
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.answers import read_answers
from xingke.casework.tests.flowing import FOLDER, catalogue
from xingke.notices.models import Notice
from xingke.registry import actions as registry
from xingke.registry.actions.people import enter_person
from xingke.registry.models import Organisation

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]  # one browser: whoever signed in last
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NEW = reverse("casework:case-new", args=["rnd_post_subsidy"])
ANSWERS = {
    "a-tax_year": "2025",
    "a-base": "800",
    "a-base_before": "600万元",
    "a-reported": "true",
    "a-listed_dishonest": "false",
    "a-paid_elsewhere": "false",
}
CHECKED = {f"a-clause_{name}": "true" for name in ("registered", "reported", "honest", "once")} | {
    "a-verified_base": "800",
    "a-verified_before": "600",
}


@pytest.fixture(autouse=True)
def _code(cast: Cast) -> None:
    """The firm has a credit code, which its applications are filled in with."""
    Organisation.objects.filter(pk=cast.firm.pk).update(credit_code="91990121MATH3BJ10M")
    cast.firm.refresh_from_db()


def test_a_row_of_a_table_finds_whom_it_means(cast: Cast) -> None:
    """Two of one name: the page of the form offers both in the row that names them, and takes the one that was picked."""
    two = [enter_person(name="何远山", region=cast.county, facts={}, by=cast.officer, now=NOW) for _n in range(2)]
    (form,) = [each for each in catalogue().values("form") if each.code == "expert_group"]
    cell = "a-experts-0-expert"
    sent = QueryDict(mutable=True)
    sent.update({"a-experts-rows": "1", cell: "何远"})
    typed = typed_in(form, sent, cast.officer)
    assert typed == {"experts": [{"expert": "何远"}]}
    read = read_answers(form, typed, lookup=AsReader(cast.officer, cast.county), today=timezone.localdate(), known={})
    words = CaseWords(cast.officer, ())
    asked = asked_form(form, typed, read, words=words, language="zh", is_judged=True, reader=cast.officer)
    (drawn,) = asked.pages[0].fields[0].rows[0]
    assert drawn.chooser is not None and {each.value for each in drawn.chooser["matches"]} == {str(x.key) for x in two}
    assert drawn.chooser["attrs"]["aria-label"] == "专家" and drawn.errors

    sent.update({f"{cell}_picked": str(two[1].key)})
    assert typed_in(form, sent, cast.officer) == {"experts": [{"expert": str(two[1].key)}]}


def test_what_the_register_does_not_know_yet_is_said_where_it_is_wanted(cast: Cast, signed_in: SignIn) -> None:
    Organisation.objects.filter(pk=cast.firm.pk).update(credit_code="")
    answer = signed_in("enterprise").post(NEW, {**ANSWERS, "a-tax_return": _proof()})
    assert "统一社会信用代码：这一栏由系统带入，现在还没有" in _said(answer)
    assert Case.objects.count() == 0


def _proof() -> SimpleUploadedFile:
    return SimpleUploadedFile("A107012.pdf", PDF, "application/pdf")


def _said(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).text_content().split())


def _apply(client: Client, **answers: Any) -> Case:
    answer = client.post(NEW, {**ANSWERS, "a-tax_return": _proof(), **answers}, follow=True)
    assert answer.status_code == 200
    return Case.objects.latest("pk")


def test_a_firm_applies_and_an_officer_passes_the_check(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    page = _said(signed_in("officer").get(reverse("casework:case", args=[case.key])))
    for words in (
        f"{cast.firm.name} 研发投入后补助",
        "申报",
        "800万元",
        "按条款测算的补助",
        "25万元",
        "A107012.pdf",
        "审核通过",
    ):
        assert words in page
    url = reverse("casework:step-take", args=[case.key, "checked"])
    answer = signed_in("officer").post(url, {**CHECKED, "seen": "1", "opinion": "材料齐全"}, follow=True)
    assert "已办理：审核通过" in _said(answer)
    assert CaseStep.objects.get(case=case, number=2).answers["proposed"] == 25_000_000


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(cast: Cast, signed_in: SignIn) -> None:
    wrong = {**ANSWERS, "a-base": "很多", "a-paid_elsewhere": "true", "a-tax_return": _proof()}
    answer = signed_in("enterprise").post(NEW, wrong)
    page = html.fromstring(answer.content.decode())
    problems = [link.get("href") for link in page.cssselect(".form-errors a")]
    assert problems == ["#id_a-base", "#id_a-which", "#id_a-other_amount"]
    assert page.cssselect("#id_a-base")[0].get("value") == "很多"
    assert page.cssselect("#id_a-base_before")[0].get("value") == "600万元"
    held = page.cssselect("input[name=a-tax_return-held]")
    assert len(held) == 1
    assert Case.objects.count() == 0
    again = {
        **ANSWERS,
        "a-tax_return-held": held[0].get("value"),
        "key": page.cssselect("input[name=key]")[0].get("value"),
    }
    signed_in("enterprise").post(NEW, again)
    assert Case.objects.count() == 1
    signed_in("enterprise").post(NEW, again)  # the same page pressed once more
    assert Case.objects.count() == 1


def test_a_draft_comes_back_and_goes_when_the_form_is_handed_in(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("enterprise")
    client.post(NEW, {"a-base": "800", "a-tax_return": _proof(), "draft": "1"})
    assert Case.objects.count() == 0
    page = html.fromstring(client.get(NEW).content.decode())
    assert "还没有提交" in page.text_content()
    assert page.cssselect("#id_a-base")[0].get("value") == "800"
    held = page.cssselect("input[name=a-tax_return-held]")[0].get("value")
    client.post(NEW, {**ANSWERS, "a-tax_return-held": held})
    assert (Case.objects.count(), CaseDraft.objects.count()) == (1, 0)


def test_drafts_are_only_ones_own_and_end_by_themselves(cast: Cast, signed_in: SignIn) -> None:
    signed_in("enterprise").post(NEW, {"a-base": "800", "draft": "1"})
    officer = html.fromstring(signed_in("officer").get(NEW).content.decode())
    assert officer.cssselect("#id_a-base")[0].get("value") in ("", None)
    assert drop_old_drafts(timezone.now() + timedelta(days=29), 10) == 0
    assert drop_old_drafts(timezone.now() + timedelta(days=31), 10) == 1


def test_a_draft_keeps_what_stands_beside_the_form_too(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    url = reverse("casework:step-take", args=[case.key, "checked"])
    signed_in("officer").post(url, {**CHECKED, "seen": "1", "opinion": "待核对盖章页", "draft": "1"})
    page = signed_in("officer").get(url)
    form = html.fromstring(page.content.decode())
    assert form.get_element_by_id("id_opinion").text == "待核对盖章页"
    assert "前面填的：研发投入后补助申报表" in _said(page)
    assert "800万元" in _said(page)


def test_whoever_acts_for_two_firms_keeps_a_draft_for_each(cast: Cast, signed_in: SignIn) -> None:
    other = Organisation.objects.create(
        name="青溪县样例材料有限公司", credit_code="91990121MATH3BJ27J", region=cast.county, is_fictional=True
    )
    registry.give_role(
        user=cast.enterprise, role="enterprise_user", region=cast.county, organisation=other, by=None, now=NOW
    )
    for firm, base in ((cast.firm, "800"), (other, "900")):
        typed = {"organisation": str(firm.key), "a-base": base, "draft": "1"}
        signed_in("enterprise").post(f"{NEW}?organisation={firm.key}", typed)
    assert CaseDraft.objects.count() == 2

    def shown(url: str) -> tuple[str, str]:
        form = html.fromstring(signed_in("enterprise").get(url).content.decode())
        chosen = form.get_element_by_id("id_organisation").xpath("option[@selected]/text()")[0]
        return str(chosen), str(form.get_element_by_id("id_a-base").get("value"))

    assert shown(f"{NEW}?organisation={cast.firm.key}") == (cast.firm.name, "800")
    assert shown(f"{NEW}?organisation={other.key}") == (other.name, "900")
    assert shown(NEW) == (other.name, "900")  # the one that was kept last
    listed = html.fromstring(signed_in("enterprise").get(reverse("casework:case-list")).content.decode())
    begun = listed.xpath("//p[contains(@class, 'case-drafts')]/a/@href")
    assert [shown(str(url)) for url in begun] == [(other.name, "900"), (cast.firm.name, "800")]


def test_who_can_be_given_a_case_is_asked_at_once(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(9):
        colleague = User.objects.create(username=f"colleague{number}", name=f"同事{number}")
        registry.give_role(user=colleague, role="officer", region=cast.county, by=None, now=NOW)
    with django_assert_max_num_queries(99) as asked:
        found = handlers(cast.county)
    assert len([each for each in found if each.name.startswith("同事")]) == 9
    assert len([each for each in asked.captured_queries if '"registry_grant"' in each["sql"]]) == 2


def test_looking_again_asks_what_the_answers_call_for_and_judges_nothing(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("enterprise")
    asked = client.get(NEW).content.decode()
    assert "a-which" not in asked
    looked = html.fromstring(client.post(NEW, {"a-paid_elsewhere": "true", "check": "1"}).content.decode())
    assert looked.cssselect("#id_a-which")
    assert not looked.cssselect(".form-errors")
    assert Case.objects.count() == 0


def test_a_step_pressed_twice_is_taken_once_and_an_old_page_says_so(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    officer, url = signed_in("officer"), reverse("casework:step-take", args=[case.key, "to_amend"])
    pressed = {"seen": "1", "page": "case", "opinion": "缺少盖章页"}
    for _time in range(3):
        officer.post(url, pressed)
    assert case.steps.count() == 2
    answer = officer.post(reverse("casework:step-take", args=[case.key, "not_accepted"]), {**pressed, "opinion": "x"})
    assert "已经往前走了" in _said(answer)


def test_whoever_amends_reads_why_it_was_sent_back(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    back = {"seen": "1", "page": "case", "opinion": "缺少盖章页"}
    signed_in("officer").post(reverse("casework:step-take", args=[case.key, "to_amend"]), back)
    page = _said(signed_in("enterprise").get(reverse("casework:step-take", args=[case.key, "amended"])))
    assert "缺少盖章页" in page


def test_amending_asks_with_what_was_answered_before(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    back = {"seen": "1", "page": "case", "opinion": "缺少盖章页"}
    signed_in("officer").post(reverse("casework:step-take", args=[case.key, "to_amend"]), back)
    firm, url = signed_in("enterprise"), reverse("casework:step-take", args=[case.key, "amended"])
    page = html.fromstring(firm.get(url).content.decode())
    assert page.cssselect("#id_a-base")[0].get("value") == "800"
    held = page.cssselect("input[name=a-tax_return-held]")[0].get("value")
    firm.post(url, {**ANSWERS, "a-base": "900", "a-tax_return-held": held, "seen": "2"})
    assert CaseStep.objects.get(case=case, number=3).answers["base"] == 900_000_000


def test_what_another_filled_in_is_corrected_with_a_reason(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    page = html.fromstring(signed_in("director").get(reverse("casework:case", args=[case.key])).content.decode())
    (address,) = [each.get("href") for each in page.cssselect(".section-actions a") if "更正" in each.text_content()]
    asked = html.fromstring(signed_in("director").get(address).content.decode())
    assert asked.cssselect("#id_a-base")[0].get("value") == "800"
    held = asked.cssselect("input[name=a-tax_return-held]")[0].get("value")
    sent = {**ANSWERS, "a-base": "780", "a-tax_return-held": held, "seen": "1", "of": "1"}
    assert "请写明意见或理由" in _said(signed_in("director").post(address, sent))
    signed_in("director").post(address, {**sent, "opinion": "与申报表不一致"})
    row = CaseStep.objects.get(case=case, number=2)
    assert (row.step, row.corrects, row.answers["base"]) == ("correct", 1, 780_000_000)
    page_now = _said(signed_in("officer").get(reverse("casework:case", args=[case.key])))
    assert "780万元" in page_now
    assert "更正（第 1 步）" in page_now
    assert signed_in("officer").get(address).status_code == 404


def test_a_step_that_is_not_ones_own_is_not_there(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    url = reverse("casework:step-take", args=[case.key, "checked"])
    for name in ("enterprise", "director", "neighbour", "superior", "stranger"):
        client = signed_in(name)
        assert client.get(url).status_code == 404
        assert client.post(url, {**CHECKED, "seen": "1"}).status_code == 404
    assert case.steps.count() == 1


def test_lists_say_what_waits_for_whom(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    address = reverse("casework:case-list")

    def numbers(name: str, state: str) -> bool:
        return case.number in _said(signed_in(name).get(address, {"state": state}))

    assert numbers("officer", "todo")
    assert not numbers("enterprise", "todo")
    assert not numbers("director", "todo")
    assert numbers("enterprise", "opened")
    assert not numbers("neighbour", "")
    back = {"seen": "1", "page": "case", "opinion": "缺少盖章页"}
    signed_in("officer").post(reverse("casework:step-take", args=[case.key, "to_amend"]), back)
    assert numbers("enterprise", "todo")
    assert not numbers("officer", "todo")
    assert numbers("officer", "done")
    home = _said(signed_in("enterprise").get("/"))
    assert "待我办的事项" in home


def test_what_is_hidden_is_on_no_page(cast: Cast, signed_in: SignIn) -> None:
    """A step that says who sees it is not there for the firm: not its name, not its words, not that the case stands at it."""
    registry.load_pack(folder=FOLDER / "hidden", by=None, now=NOW)
    new = reverse("casework:case-new", args=["hidden_example"])
    signed_in("enterprise").post(new, {"a-money": "5", "a-inside": "内部口径"})
    case = Case.objects.get()
    signed_in("officer").post(
        reverse("casework:step-take", args=[case.key, "weighed"]),
        {"seen": "1", "page": "case", "opinion": "建议不予支持"},
    )
    url = reverse("casework:case", args=[case.key])
    inside, outside = _said(signed_in("officer").get(url)), _said(signed_in("enterprise").get(url))
    assert "建议不予支持" in inside
    assert "内部研究" in inside
    for words in ("建议不予支持", "内部研究"):
        assert words not in outside
    assert "办理中" in outside
    listed = _said(signed_in("enterprise").get(reverse("casework:case-list")))
    assert case.number in listed
    assert "内部研究" not in listed


def test_a_newer_version_opens_nothing_of_what_was_said_under_an_older_one(
    cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    """Lists show of each case what its own version lets somebody read; whoever may see what is hidden sees it there too."""
    registry.load_pack(folder=FOLDER / "hidden", by=None, now=NOW)
    signed_in("enterprise").post(reverse("casework:case-new", args=["hidden_asked"]), {"a-money": "5"})
    case = Case.objects.get()
    weighed = {"a-worth": "不予支持", "seen": "1"}
    signed_in("officer").post(reverse("casework:step-take", args=[case.key, "weighed"]), weighed)
    url = f"{reverse('casework:case-list')}?flow=hidden_asked"
    assert "不予支持" in _said(signed_in("officer").get(url))
    assert "不予支持" not in _said(signed_in("enterprise").get(url))
    for name in ("flows.toml", "forms.toml", "pack.toml"):
        text = (FOLDER / "hidden" / name).read_text("utf-8")
        text = text.replace('code = "hidden_asked"', 'code = "hidden_asked"\nversion = 2')
        text = text.replace('form = "inner_form"\nseen_by = ["case.handle"]', 'form = "inner_form"')
        (tmp_path / name).write_text(text, "utf-8")
    registry.load_pack(folder=tmp_path, by=None, now=NOW)
    assert "研究意见" in _said(signed_in("enterprise").get(url))
    assert "不予支持" not in _said(signed_in("enterprise").get(url))


def test_a_correction_is_seen_by_whoever_sees_what_it_corrects(cast: Cast, signed_in: SignIn) -> None:
    registry.load_pack(folder=FOLDER / "hidden", by=None, now=NOW)
    new = reverse("casework:case-new", args=["hidden_asked"])
    signed_in("enterprise").post(new, {"a-money": "5"})
    case = Case.objects.get()
    weighed = {"a-worth": "不予支持", "seen": "1"}
    signed_in("officer").post(reverse("casework:step-take", args=[case.key, "weighed"]), weighed)
    corrected = {"a-worth": "暂缓支持", "seen": "2", "of": "2", "opinion": "内部更正理由"}
    registry.give_role(user=cast.director, role="section_head", region=cast.county, by=None, now=NOW)
    signed_in("director").post(reverse("casework:step-take", args=[case.key, "correct"]), corrected)
    assert case.steps.count() == 3
    url = reverse("casework:case", args=[case.key])
    inside, outside = _said(signed_in("officer").get(url)), _said(signed_in("enterprise").get(url))
    assert "暂缓支持" in inside
    for words in ("暂缓支持", "不予支持", "内部更正理由", "更正"):
        assert words not in outside


@pytest.mark.parametrize("count", [1, 12])
def test_a_page_asks_no_more_for_many_steps(
    cast: Cast, signed_in: SignIn, count: int, django_assert_max_num_queries: Any
) -> None:
    case = _apply(signed_in("enterprise"))
    for number in range(count):
        back = {"seen": str(1 + 2 * number), "page": "case", "opinion": f"第 {number} 次"}
        signed_in("officer").post(reverse("casework:step-take", args=[case.key, "to_amend"]), back)
        url = reverse("casework:step-take", args=[case.key, "amended"])
        signed_in("enterprise").post(url, {**ANSWERS, "a-tax_return": _proof(), "seen": str(2 + 2 * number)})
    assert case.steps.count() == 1 + 2 * count
    address = reverse("casework:case", args=[case.key])
    officer = signed_in("officer")
    officer.get(address)
    with django_assert_max_num_queries(32):
        officer.get(address)


def test_who_has_something_to_do_is_told_that_and_not_what(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    told = Notice.objects.values_list("kind", "user__username", "about", "key")
    assert list(told) == [("case-come", "officer", "case", str(case.key))]
    back = {"seen": "1", "page": "case", "opinion": "缺少盖章页"}
    signed_in("officer").post(reverse("casework:step-take", args=[case.key, "to_amend"]), back)
    assert list(told.filter(kind="case-moved")) == [("case-moved", "enterprise", "case", str(case.key))]
    bell = _said(signed_in("enterprise").get("/notices/"))
    assert "您的事项有进展" in bell
    assert "缺少盖章页" not in bell
    assert case.number not in bell


def test_the_calendar_shows_what_is_due_to_whoever_sees_the_case(cast: Cast, signed_in: SignIn) -> None:
    case = _apply(signed_in("enterprise"))
    due = timezone.localtime(CaseStep.objects.get(case=case).due).date()
    month = {"day": due.isoformat(), "view": "month"}
    assert case.number in _said(signed_in("officer").get("/calendar/", month))
    assert case.number not in _said(signed_in("neighbour").get("/calendar/", month))
