"""Forms outside of their page: blank and filled on paper, as a sheet to be filled in, and all they ask in the file of a list."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree
from python_calamine import CalamineWorkbook

from tests.cast import NOW, Cast
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.models import Case
from xingke.casework.tests.flowing import FOLDER
from xingke.registry import actions as registry

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
PACK = """
[[form]]
code = "paper_form"
label = { zh = "设备补助申请表", en = "Equipment" }
source = "样例办法第三条"
check = [{ rule = "items.price > 0", says = { zh = "没有价格。", en = "No price." } }]

[[form.page]]
label = { zh = "基本情况", en = "Basics" }
field = [
    { name = "need", label = { zh = "用途", en = "Use" }, type = "text", required = true },
    { name = "is_new", label = { zh = "新购", en = "New" }, type = "flag", required = true },
    { name = "bought_on", label = { zh = "购置日期", en = "Bought" }, type = "day", shown_when = "is_new", required = true },
    { name = "level", label = { zh = "级别", en = "Level" }, type = "term", list = "level" },
    { name = "phone", label = { zh = "联系电话", en = "Phone" }, type = "text", format = "phone", personal = true },
    { name = "inside", label = { zh = "内部口径", en = "Inside" }, type = "text", seen_by = ["case.handle"] },
    { name = "why", label = { zh = "说明", en = "Why" }, type = "long text" },
]

[[form.page]]
label = { zh = "清单", en = "List" }
field = [
    { name = "items", label = { zh = "设备", en = "Items" }, type = "table", rows = [1, 20], columns = [
        { name = "item", label = { zh = "名称", en = "Item" }, type = "text", required = true },
        { name = "price", label = { zh = "价格", en = "Price" }, type = "amount", unit = "万元", required = true },
    ] },
    { name = "whole", label = { zh = "合计", en = "Whole" }, type = "amount", unit = "万元", computed = "items.price" },
]
"""
FLOW = """
[[flow]]
code = "paper_flow"
label = { zh = "设备补助", en = "Equipment" }
number = "SBBZ-{region}-{year}-{n:4}"
managed_by = "case.manage"
parties = [{ role = "applicant", label = { zh = "申请单位", en = "Applicant" }, about = "organisation" }]

[[flow.step]]
code = "asked"
label = { zh = "申请", en = "Ask" }
by = ["party:applicant", "case.handle"]
form = "paper_form"
next = ["done"]

[[flow.step]]
code = "done"
label = { zh = "办结", en = "Done" }
by = ["case.handle"]
ends = "done"
"""
TYPED = {
    "need": "测量",
    "is_new": "是",
    "bought_on": "2026-02-03",
    "phone": "13809380000",
    "inside": "按老办法",
    "why": "第一段\n第二段",
    "items": [{"item": "天平", "price": "1.5"}, {"item": "显微镜", "price": "20"}],
}


@pytest.fixture(autouse=True)
def flows(cast: Cast, tmp_path: Any) -> None:
    for name, text in (("forms", PACK), ("flows", FLOW)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    registry.load_pack(folder=tmp_path, by=None, now=NOW)


def _case(cast: Cast) -> Case:
    new = NewCase(flow="paper_flow", region=cast.county, organisation=cast.firm)
    return open_case(new=new, first=StepWanted(step="asked", typed=TYPED), by=cast.officer, now=NOW)


def _words(answer: Any) -> str:
    assert answer.status_code == 200
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml")
    paragraphs = etree.fromstring(text).iter("{*}p")
    return "\n".join("".join(each.itertext()) for each in paragraphs)


def _new(client: Client, kind: str) -> Any:
    return client.get(reverse("casework:new-form-file", args=["paper_flow", kind]))


def _of(client: Client, case: Case, kind: str = "docx", query: str = "") -> Any:
    return client.get(reverse("casework:case-form-file", args=[case.key, "paper_form", kind]) + query)


def test_a_blank_form_leaves_room_for_every_answer_and_says_when_it_is_asked(cast: Cast, signed_in: SignIn) -> None:
    said = _words(_new(signed_in("enterprise"), "docx"))
    for words in (
        "设备补助申请表",
        "基本情况",
        "用途＊",
        "□ 是　□ 否",
        "购置日期＊（新购时填）",
        "□ 国家级",
        "联系电话",
        "价格（万元）",
        "（不用填，系统算出）",
        "表单第1版；样例办法第三条",
        "填表人（签字、盖章）",
    ):
        assert words in said
    assert "内部口径" not in said  # the firm does not see it
    assert "内部口径" in _words(_new(signed_in("officer"), "docx"))


def test_a_filled_form_says_what_the_step_answered_as_far_as_its_reader_sees_it(cast: Cast, signed_in: SignIn) -> None:
    case = _case(cast)
    said = _words(_of(signed_in("officer"), case))
    for words in (
        case.number,
        cast.firm.name,
        cast.officer.name,
        "测量",
        "2026-02-03",
        "第一段\n第二段",
        "天平\n1.5万元",
        "21.5万元",
        "按老办法",
    ):
        assert words in said
    assert "已封存" in said and "13809380000" not in said
    assert "未填" in said  # the level
    own = _words(_of(signed_in("enterprise"), case))
    assert "测量" in own and "按老办法" not in own and "内部口径" not in own
    assert "测量" not in _words(_of(signed_in("officer"), case, query="?blank=1"))


def test_nobody_else_gets_a_form_and_no_other_kind_of_file_is_made(cast: Cast, signed_in: SignIn) -> None:
    case = _case(cast)
    assert _of(signed_in("stranger"), case).status_code == 404
    assert _of(signed_in("officer"), case, kind="pdf").status_code == 404
    assert _new(signed_in("auditor"), "docx").status_code == 404
    assert _new(signed_in("officer"), "pdf").status_code == 404


def _rows(answer: Any, sheet: int = 0) -> list[list[Any]]:
    assert answer.status_code == 200
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(sheet).to_python()


def test_the_sheet_of_a_form_has_a_column_for_what_somebody_types_and_says_how(cast: Cast, signed_in: SignIn) -> None:
    answer = _new(signed_in("enterprise"), "xlsx")
    assert _rows(answer)[0] == ["用途", "新购", "购置日期", "级别", "说明", "设备：名称", "设备：价格（万元）"]
    guide = {row[0]: row[1:] for row in _rows(answer, 1)}
    assert guide["用途"] == ["必填", "文本"]
    assert guide["购置日期"] == ["新购", "日期，如 2026-03-05"]
    assert guide["设备：价格（万元）"] == ["必填", "只填数字"]
    choices = _rows(answer, 2)
    assert choices[0] == ["新购", "级别"] and choices[1][0] == "是" and "国家级" in [row[1] for row in choices]


def test_the_file_of_a_list_may_hold_all_that_its_forms_ask(cast: Cast, signed_in: SignIn) -> None:
    case = _case(cast)
    url = reverse("casework:case-list")
    page = signed_in("officer").get(url, {"flow": "paper_flow"}).content.decode()
    assert "columns=every" in page and "columns=every" not in signed_in("officer").get(url).content.decode()
    whole = {"flow": "paper_flow", "columns": "every", "format": "xlsx"}
    head, row = _rows(signed_in("officer").get(url, whole))
    said = dict(zip(head, row, strict=True))
    assert said["编号"] == case.number
    assert said["购置日期"] == date(2026, 2, 3)
    assert said["合计（万元）"] == 21.5
    assert said["设备：名称"] == "天平\n显微镜" and said["设备：价格（万元）"] == "1.5万元\n20万元"
    assert said["内部口径"] == "按老办法"
    assert "联系电话" not in said
    own = dict(zip(*_rows(signed_in("enterprise").get(url, whole)), strict=True))
    assert own["用途"] == "测量" and "内部口径" not in own


def test_a_column_that_was_chosen_stands_on_the_page_too(cast: Cast, signed_in: SignIn) -> None:
    _case(cast)
    page = signed_in("officer").get(reverse("casework:case-list"), {"flow": "paper_flow", "columns": "case,said-whole"})
    assert "21.5万元" in page.content.decode()


def test_the_pages_lead_there(cast: Cast, signed_in: SignIn) -> None:
    case, client = _case(cast), signed_in("officer")
    assert "form.docx" in client.get(reverse("casework:case-new", args=["paper_flow"])).content.decode()
    assert "forms/paper_form.docx" in client.get(reverse("casework:case", args=[case.key])).content.decode()


def test_a_step_leads_to_its_own_blank_form(cast: Cast, signed_in: SignIn) -> None:
    registry.load_pack(folder=FOLDER / "once", by=None, now=NOW)
    first = StepWanted(step="granted", typed={"voucher": "Q-1", "granted": "10"})
    new = NewCase(flow="once_voucher", region=cast.county, organisation=cast.firm)
    case = open_case(new=new, first=first, by=cast.officer, now=NOW)
    page = signed_in("officer").get(reverse("casework:step-take", args=[case.key, "redeemed"])).content.decode()
    url = reverse("casework:case-form-file", args=[case.key, "once_redemption", "docx"])
    assert f"{url}?blank=1" in page
    assert "发票号码" in _words(signed_in("officer").get(url))
    typed = {"bills": [{"invoice": "甲1", "amount": "5"}]}
    take_step(case=case, wanted=StepWanted(step="redeemed", typed=typed), seen=1, by=cast.officer, now=NOW)
    assert "甲1" in _words(signed_in("officer").get(url))


def test_a_sign_that_means_a_figure_in_documents_does_not_keep_a_form_from_being_printed(
    cast: Cast, signed_in: SignIn
) -> None:
    new = NewCase(flow="paper_flow", region=cast.county, organisation=cast.firm)
    typed = {**TYPED, "need": "测\ufffc量", "why": "因\ufffc为"}
    case = open_case(new=new, first=StepWanted(step="asked", typed=typed), by=cast.officer, now=NOW)
    said = _words(_of(signed_in("officer"), case))
    assert "测量" in said and "因为" in said
