"""A sheet that many filled in comes back: one row becomes one case, what is wrong stands at its row, and a second time opens nothing anew."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import html
from python_calamine import CalamineWorkbook

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.casework.actions.together import MOST
from xingke.casework.models import Case
from xingke.casework.rules.sheets import SheetEntry, entries
from xingke.casework.rules.shown_answers import AskedColumn
from xingke.casework.tests.flowing import catalogue
from xingke.casework.tests.test_papers import FLOW, PACK
from xingke.registry import actions as registry

SignIn = Callable[[str], Client]
NEW = "/cases/new/paper_flow/sheet/"


# ── which rows belong together ──────────────────────────────────────────────────────────────────────────────────────


def _columns() -> dict[str, AskedColumn]:
    """用途, and 名称 and 价格 of a table."""
    (form,) = catalogue("", PACK).values("form")
    items = form.named["items"]
    return {"用途": AskedColumn(form.named["need"])} | {
        f"设备：{each.label.zh}": AskedColumn(each, items) for each in items.columns
    }


def test_a_row_of_a_table_alone_goes_on_with_the_answer_above() -> None:
    header = ["单位", " 用途", "设备: 名称", "设备：价格", "备注"]
    rows = [
        ["甲厂", "测量", "天平", "1.5", "x"],
        ["", "", "显微镜", "20", ""],
        ["", "", "", "", "x"],
        ["乙厂", "", "尺", "", ""],
    ]
    first, second = entries(header, rows, [2, 3, 4, 6], columns=_columns(), beside={"单位": "organisation"})
    assert first == SheetEntry(
        2,
        {"organisation": "甲厂"},
        {"need": "测量", "items": [{"item": "天平", "price": "1.5"}, {"item": "显微镜", "price": "20"}]},
        {"items": [2, 3]},
    )
    assert (second.number, second.typed, second.rows) == (
        6,
        {"need": "", "items": [{"item": "尺", "price": ""}]},
        {"items": [6]},
    )


# ── on the page ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def flow(cast: Cast, tmp_path: Path) -> None:
    """The business of test_papers."""
    (tmp_path / "pack.toml").write_text('code = "paper"\n', encoding="utf-8")
    (tmp_path / "forms.toml").write_text(PACK, encoding="utf-8")
    (tmp_path / "flows.toml").write_text(FLOW, encoding="utf-8")
    registry.load_pack(folder=tmp_path, by=None, now=NOW)


def _sheet(text: str, name: str = "设备.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def _said(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).text_content().split())


def _held(answer: Any) -> list[str]:
    return [str(each) for each in html.fromstring(answer.content.decode()).xpath('//input[@name="held"]/@value')]


@pytest.mark.db
@pytest.mark.django_db
def test_an_officer_opens_many_and_what_is_wrong_stands_at_its_row(cast: Cast, flow: None, signed_in: SignIn) -> None:
    client = signed_in("officer")
    template = client.get(reverse("casework:new-form-file", args=["paper_flow", "xlsx"])).content
    header = CalamineWorkbook.from_filelike(io.BytesIO(template)).get_sheet_by_index(0).to_python()[0]
    assert header[0] == "单位" and "设备：价格（万元）" in header
    name = cast.firm.name
    good = f"{name},测量,否,,天平,1.5\n,,,,显微镜,20\n"
    bad = f"{name},称重,也许,,秤,很贵\n邻县的厂,测量,否,,尺,一些\n"
    head = "单位,用途,新购,购置日期,设备：名称,设备：价格（万元）,心情\n"

    looked = client.post(NEW, {"sheet": _sheet(head + good + bad + good)})
    said = _said(looked)
    assert Case.objects.count() == 0
    assert "开立 1 件" in said and "这些列不认得，没有读：心情" in said
    assert "新购：" in said and "第 4 行 设备 价格：" in said
    assert "名录里没有唯一的一家“邻县的厂”" in said and "第 5 行 设备 价格：" in said and "与第 2 行完全相同" in said

    opened = client.post(NEW, {"held": _held(looked), "open": "1"})
    case = Case.objects.get()
    assert case.number in _said(opened) and case.organisation == cast.firm
    answers = case.steps.get().answers
    assert [row["item"] for row in answers["items"]] == ["天平", "显微镜"] and answers["whole"] == 21_500_000

    # the corrected sheet may be sent whole: what was opened is not opened again
    better = f"{name},称重,否,,秤,2\n"
    again = client.post(NEW, {"sheet": _sheet(head + good + better), "open": "1"})
    assert "以前已经开立，没有重复" in _said(again) and Case.objects.count() == 2
    assert AuditEntry.objects.filter(action="case.opened-together").count() == 2
    assert "只能" not in _said(client.post(NEW, {"sheet": _sheet(head + good + better), "open": "1"}))
    assert Case.objects.count() == 2 and AuditEntry.objects.filter(action="case.opened-together").count() == 2


@pytest.mark.django_db
def test_a_firm_opens_its_own_and_names_nobody(cast: Cast, flow: None, signed_in: SignIn) -> None:
    client = signed_in("enterprise")
    assert NEW in client.get(reverse("casework:case-new", args=["paper_flow"])).content.decode()
    answer = client.post(
        NEW, {"sheet": _sheet("用途,新购,设备：名称,设备：价格（万元）\n测量,否,天平,1\n"), "open": "1"}
    )
    assert answer.status_code == 302
    assert Case.objects.get().organisation == cast.firm


def _workbook(rows: list[list[Any]]) -> SimpleUploadedFile:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "default_date_format": "yyyy/m/d"}) as book:
        sheet = book.add_worksheet("汇总表")
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
            for place, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("="):
                    sheet.write_formula(at, place, cell, value="#DIV/0!")
    return SimpleUploadedFile("汇总表.xlsx", made.getvalue())


@pytest.mark.django_db
def test_a_sheet_as_offices_send_it_and_the_same_sent_by_somebody_else(
    cast: Cast, flow: None, signed_in: SignIn
) -> None:
    """A title above the header, running numbers, days and amounts as a workbook keeps them, a total, who filled it in."""
    head = ["序号", "单位", "用途", "新购", "购置日期", "设备：名称", "设备：价格（万元）"]
    rows = [
        ["2026年设备补助申报汇总表"],
        head,
        [1, cast.firm.name, "测量", "是", date(2026, 2, 3), "天平", 1.5],
        [2, cast.firm.name, "称重", "否", None, "秤", 2],
        ["合计", None, None, None, None, None, 3.5],
        ["填表人：张三", None, None, "填表日期：2026年3月1日"],
    ]
    officer = signed_in("officer")
    said = _said(officer.post(NEW, {"sheet": _workbook(rows)}))
    assert (
        "开立 2 件" in said and "第 5 行是合计，没有读；第 6 行是表尾的说明，没有读" in said and "要改的行" not in said
    )
    assert officer.post(NEW, {"sheet": _workbook(rows), "open": "1"}).status_code == 302
    assert Case.objects.count() == 2

    plain = "用途,新购,购置日期,设备：名称,设备：价格（万元）\n测量,有,2026年2月3日,天平,1.50\n"
    again = _said(signed_in("enterprise").post(NEW, {"sheet": _sheet(plain), "open": "1"}))
    assert "以前已经开立，没有重复" in again and Case.objects.count() == 2


@pytest.mark.django_db
def test_a_template_of_one_language_comes_back_on_a_page_of_the_other(
    cast: Cast, flow: None, signed_in: SignIn
) -> None:
    client = signed_in("officer")
    for number, language in enumerate(("zh-hans", "en"), 1):
        client.cookies["xingke_language"] = language
        template = client.get(reverse("casework:new-form-file", args=["paper_flow", "xlsx"])).content
        head = CalamineWorkbook.from_filelike(io.BytesIO(template)).get_sheet_by_index(0).to_python()[0]
        said = dict.fromkeys(head, "") | dict(zip(head[:3], [cast.firm.name, f"测量{number}", "否"], strict=True))
        row = [*list(said.values())[:-2], "天平", 1]
        client.cookies["xingke_language"] = "en" if language == "zh-hans" else "zh-hans"
        assert client.post(NEW, {"sheet": _workbook([head, row]), "open": "1"}).status_code == 302
        assert Case.objects.count() == number


@pytest.mark.django_db
def test_what_was_lost_in_a_cell_stands_at_its_row(cast: Cast, flow: None, signed_in: SignIn) -> None:
    head = ["单位", "用途", "新购", "设备：名称", "设备：价格（万元）"]
    rows = [head, [cast.firm.name, "测量", "否", "天平", "=1/0"], [cast.firm.name, "称重", "否", "秤", 2]]
    said = _said(signed_in("officer").post(NEW, {"sheet": _workbook(rows)}))
    assert "开立 1 件" in said and "要改的行" in said and "E2" in said


@pytest.mark.django_db
def test_more_than_can_be_opened_at_once_are_refused_whole(cast: Cast, flow: None, signed_in: SignIn) -> None:
    rows = "".join(f"测量{n},否,天平,1\n" for n in range(MOST + 1))
    sent = {"sheet": _sheet("用途,新购,设备：名称,设备：价格（万元）\n" + rows), "open": "1"}
    assert "一次最多开立200件，表里有201件" in _said(signed_in("enterprise").post(NEW, sent))
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_who_may_open_none_finds_no_way_to_send_one(cast: Cast, flow: None, signed_in: SignIn) -> None:
    for name in ("auditor", "superior", "stranger", "system"):
        client = signed_in(name)
        assert client.get(NEW).status_code == client.post(NEW, {"sheet": _sheet("用途\n测量\n")}).status_code == 404
    text = f"单位,用途,新购,设备：名称,设备：价格（万元）\n{cast.firm.name},测量,否,天平,1\n"
    said = _said(signed_in("neighbour").post(NEW, {"sheet": _sheet(text), "open": "1"}))
    assert "名录里没有唯一的一家" in said and not Case.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "空"),
        ("你好", "没有一列是这张表单的"),
        ("姓名,电话\n张三,1\n", "没有一列是这张表单的"),
        ("用途,新购\n", "没有填写任何一行"),
        ("用途,新购\n" + "测量,否\n" * 3, "设备：至少要1行"),
    ],
)
def test_what_is_no_filled_sheet_is_said(cast: Cast, flow: None, signed_in: SignIn, text: str, says: str) -> None:
    said = _said(signed_in("enterprise").post(NEW, {"sheet": _sheet(text)}))
    assert says in said
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_whose_form_wants_a_file_cannot_be_opened_from_a_sheet(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("enterprise")
    url = reverse("casework:case-new-sheet", args=["rnd_post_subsidy"])
    assert "要附文件" in _said(client.get(url))
    assert url not in client.get(reverse("casework:case-new", args=["rnd_post_subsidy"])).content.decode()
