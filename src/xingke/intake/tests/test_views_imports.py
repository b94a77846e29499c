"""Handing a table over in the browser: checked, looked at, filed or given up; and files that are none."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from tests.cast import NOW, Cast, correct, file
from xingke.accounts.actions import record_sign_in
from xingke.accounts.models import Job
from xingke.accounts.queries import current_seq
from xingke.accounts.working import ATTEMPTS, do_next
from xingke.base import holding
from xingke.base.holding import Holder
from xingke.base.register import Register
from xingke.intake.actions import filing, kept
from xingke.intake.checking import check_rows
from xingke.intake.models import ImportBatch
from xingke.intake.reading import SIZE_LIMIT
from xingke.intake.sheets.columns import understand
from xingke.intake.sheets.forms import FIGURE_COLUMNS
from xingke.ledger.models import Observation, Patent, PatentEvent, PaymentEvent, RecognitionEvent
from xingke.press.sheets import read_sheet
from xingke.press.xlsx_writer import Column, write_workbook
from xingke.registry import queries as registry

SignIn = Callable[[str], Client]

pytestmark = [pytest.mark.db, pytest.mark.usefixtures("data_folder")]

HEAD = "figure,document,region,period,indicator,measure,value,unit,as_written\n"
GOOD = "T1#1,T1,青溪县,2024,地区生产总值,level,468.30,亿元,468.30亿元\n"
BAD = "T1#2,T1,青溪县,2024,地区生产总值,level,-1.5,担,-1.5担\n"
PATENTS = "专利权人,类型,专利名称,申请号,申请日,备注\n"
PATENT = "青溪县明渠传感科技有限公司,发明,一种装置,202310123456.6,2023-02-14,\n"
DIRTY = "乌有公司,发明,另一种装置,202310123457.0,2023年2月,\n"


def _post(browser: Client, content: bytes, name: str = "数.csv", form: str = "observation", **chosen: str) -> Any:
    file = SimpleUploadedFile(name, content)
    return browser.post("/imports/", {"file": file, "form": form, "region": "990121", **chosen})


def _hand_over(
    browser: Client, content: bytes, form: str = "observation", name: str = "数.csv", **chosen: str
) -> ImportBatch:
    """Hand a file over and let the job child check it, as its page leads on."""
    response = _post(browser, content, name, form=form, **chosen)
    assert response.status_code == 302, response.context["error"]
    job = do_next(beating=False)
    assert job is not None and job.state == Job.State.DONE, job and job.error
    led = browser.get(response.headers["Location"])
    assert led.status_code == 302 and led.headers["Location"] == job.result["url"]
    return ImportBatch.objects.get()


def _file(browser: Client, batch: ImportBatch) -> Job:
    browser.post(f"/imports/{batch.pk}/file/")
    job = do_next(beating=False)
    assert job is not None
    return job


def test_a_file_is_looked_at_before_anything_is_filed(cast: Cast, signed_in: SignIn) -> None:
    browser, seq = signed_in("officer"), current_seq()

    batch = _hand_over(browser, (PATENTS + PATENT + DIRTY).encode("gb18030"), form="patent")

    response = browser.get(f"/imports/{batch.pk}/")
    page = response.content.decode()
    assert "按 GB18030 读取" in page and "登记 1 行" in page and "没有用到的列：F 备注。" in page
    assert {item["label"]: item["value"] for item in response.context["counts"]} == {
        "新登记": 1,
        "有改动": 0,
        "未改动": 0,
        "待读": 0,
        "未导入": 1,
    }
    (dirty,), (good,) = (
        [each["row"] for each in rows] for rows in (response.context["rows"], response.context["fine"]["rows"])
    )
    assert [(each["cell"], each["text"].partition("：")[0]) for each in dirty.problems] == [
        ("A3", "专利权人 列为“乌有公司”"),
        ("E3", "申请日 列为“2023年2月”"),
    ]
    assert (good.brief.what, good.brief.facts) == ("一种装置 202310123456.6", ["申请 2023-02-14"])
    assert not Patent.objects.exists() and current_seq() == seq


def test_what_was_looked_at_is_filed_once_however_often_it_is_asked(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PATENTS + PATENT + DIRTY).encode(), form="patent")

    first = browser.post(f"/imports/{batch.pk}/file/")
    assert browser.post(f"/imports/{batch.pk}/file/").headers["Location"] == first.headers["Location"]
    assert "正在登记，看进度" in browser.get(f"/imports/{batch.pk}/").content.decode()
    job = do_next(beating=False)

    assert job is not None and job.state == Job.State.DONE and do_next(beating=False) is None
    assert Patent.objects.get().state == "draft"
    seq = current_seq()
    again = browser.post(f"/imports/{batch.pk}/file/")
    assert (again.headers["Location"], current_seq()) == (f"/imports/{batch.pk}/", seq)
    page = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert "已登记" in page and "登记 1 行" not in page


def test_a_job_that_is_done_again_after_a_kill_files_nothing_twice(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")
    job = _file(browser, batch)
    seq = current_seq()

    Job.objects.update(state=Job.State.QUEUED)  # as if each had been killed before it could say that it was done

    assert [done.state for _each in range(2) if (done := do_next(beating=False))] == [Job.State.DONE] * 2
    assert (current_seq(), Patent.objects.count(), ImportBatch.objects.count()) == (seq, 1, 1)
    job.refresh_from_db()
    assert job.attempts == 2


def test_a_ledger_that_changed_meanwhile_is_shown_before_it_is_filed(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("statistician")
    batch = _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")
    file("patent", "202310123456.6", [("applied", "2023-01-01")], firm=cast.firm, by=cast.statistician)

    job = _file(browser, batch)

    assert job.state == Job.State.FAILED and "1 行的结果与预览不同；已重新核对" in str(job.error)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"], batch.counts["changed"]) == ("prepared", 0, 1)
    assert _file(browser, batch).state == Job.State.DONE


def test_what_a_colleague_corrected_after_the_preview_is_not_written_over_unseen(cast: Cast, signed_in: SignIn) -> None:
    patent = file("patent", "202310123456.6", [("applied", "2023-01-01")], firm=cast.firm, by=cast.statistician)
    browser = signed_in("statistician")
    batch = _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")
    assert batch.counts["changed"] == 1
    event = PatentEvent.objects.get(subject=patent)
    correct("patent", event.record, {"happened_on": date(2023, 1, 9)}, by=cast.statistician)

    job = _file(browser, batch)

    assert "1 行要改动的记录在您查看之后刚刚被他人更正" in str(job.error)
    assert PatentEvent.objects.get(subject=patent, seq_to__isnull=True).happened_on == date(2023, 1, 9)
    assert _file(browser, batch).state == Job.State.DONE  # it was held against the correction, and looked at again


def test_people_who_sign_in_do_not_keep_an_import_from_being_filed(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")
    check = check_rows

    def checked_while_somebody_signs_in(*arguments: Any) -> Any:
        found = check(*arguments)
        record_sign_in(user=cast.director, now=NOW)
        return found

    monkeypatch.setattr(filing, "check_rows", checked_while_somebody_signs_in)

    assert _file(browser, batch).state == Job.State.DONE and Patent.objects.count() == 1


def test_an_import_that_is_given_up_keeps_nothing(cast: Cast, signed_in: SignIn) -> None:
    browser, seq = signed_in("officer"), current_seq()
    batch = _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")

    browser.post(f"/imports/{batch.pk}/cancel/")

    assert "已取消" in browser.get(f"/imports/{batch.pk}/").content.decode()
    assert not batch.chunks.exists()
    assert browser.post(f"/imports/{batch.pk}/file/").headers["Location"] == f"/imports/{batch.pk}/"
    assert not Patent.objects.exists() and current_seq() == seq


def test_what_is_filed_cannot_be_given_up(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")
    _file(browser, batch)

    response = browser.post(f"/imports/{batch.pk}/cancel/", follow=True)

    assert "已经登记，不能取消" in response.content.decode() and Patent.objects.count() == 1


def test_the_rows_left_are_handed_back_ready_to_be_mended(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PATENTS + PATENT + DIRTY).encode(), form="patent")

    response = browser.get(f"/imports/{batch.pk}/?format=csv")

    header, line = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert header == [*PATENTS.strip().split(","), "行号", "问题和办法"]
    assert line[3:7] == ["202310123457.0", "2023年2月", "", "3"] and "没有这个单位" in line[7]
    mended = response.content.decode().replace("乌有公司", cast.firm.name).replace("2023年2月", "2023-02-03")
    ImportBatch.objects.all().delete()
    assert _hand_over(browser, mended.encode(), form="patent").counts["new"] == 1


def test_the_rows_left_come_as_a_workbook_with_the_bad_cells_marked_and_go_in_once_mended(
    cast: Cast, signed_in: SignIn
) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PATENTS + PATENT + DIRTY.replace("57.9", "57.0")).encode(), form="patent")

    content = browser.get(f"/imports/{batch.pk}/?format=xlsx").content

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    header, line = book.get_sheet_by_index(0).to_python()
    assert header == [*PATENTS.strip().split(","), "行号", "问题和办法"]
    assert line[3:7] == ["202310123457.0", "2023年2月", "", "3"]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        comments = package.read("xl/comments1.xml").decode()
    assert re.findall('ref="([A-Z0-9]+)"', comments) == ["A2", "E2"]
    assert "只有年月，请写到日，如 2024-03-05。" in comments

    line[0], line[4] = cast.firm.name, "2023-02-03"
    mended = write_workbook(
        name="表", columns=[Column(label=each) for each in header], rows=[line], made_at=datetime(2026, 3, 2)
    )
    ImportBatch.objects.all().delete()
    batch = _hand_over(browser, mended, form="patent", name="改好.xlsx")
    assert batch.counts["new"] == 1
    assert "没有用到的列：F 备注。" in browser.get(f"/imports/{batch.pk}/").content.decode()


def test_rows_are_filtered_by_what_became_of_them(
    cast: Cast, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in("officer")
    rows = "".join(DIRTY.replace("57.9", f"{number:02}.X") for number in range(120))
    batch = _hand_over(browser, (PATENTS + PATENT + rows).encode(), form="patent")

    with django_assert_max_num_queries(16):
        response = browser.get(f"/imports/{batch.pk}/?outcome=rejected&page=3")

    assert (response.context["table"]["page"].paginator.count, len(response.context["rows"])) == (120, 20)
    assert len(browser.get(f"/imports/{batch.pk}/?outcome=new").context["rows"]) == 1
    assert browser.get(f"/imports/{batch.pk}/?outcome=odd&page=99").status_code == 200


def test_the_same_file_again_has_nothing_to_file(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    _file(browser, _hand_over(browser, (HEAD + GOOD).encode()))
    Job.objects.all().delete()

    _post(browser, (HEAD + GOOD).encode())
    do_next(beating=False)

    batch = ImportBatch.objects.latest("pk")
    page = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert "没有可以登记的新内容。" in page and "登记 0 行" not in page
    assert Observation.objects.count() == 1


REFUSED = [
    ("nothing", None, "请选择要导入的文件。"),
    ("too large", b"x" * (SIZE_LIMIT + 1), "文件超过 20 MB，请分成几个文件导入。"),
    ("an archive", b"PK\x03\x04", "这是压缩包，不能当作表格读；请先解压，再导入其中的表格。"),
    ("blank", b"  \n", "文件是空的，没有可导入的内容。"),
]


@pytest.mark.parametrize("story, content, sentence", REFUSED)
def test_what_is_no_file_is_refused_at_once(
    cast: Cast, signed_in: SignIn, story: str, content: bytes | None, sentence: str
) -> None:
    browser = signed_in("officer")

    response: Any = browser.post("/imports/", {"form": "patent"}) if content is None else _post(browser, content)

    assert (response.status_code, response.context["error"]) == (200, sentence)
    assert not Job.objects.exists() and not kept().digests()


def test_a_file_whose_name_says_that_it_is_secret_is_not_kept(cast: Cast, signed_in: SignIn) -> None:
    response = _post(signed_in("officer"), (PATENTS + PATENT).encode(), name="机密★1年 项目.csv")

    assert "涉密文件不得上传到本系统" in response.context["error"]
    assert not Job.objects.exists() and not kept().digests()


WRONG = [
    ("a column is missing", b"figure,document\n1,2\n", "缺少必需的列：region、period"),
    ("only a head", HEAD.encode(), "文件只有表头，没有数据行。"),
    ("secret", ("机密★1年\n" + HEAD + GOOD).encode(), "文件标有密级"),
]


@pytest.mark.parametrize("story, content, sentence", WRONG)
def test_a_wrong_file_ends_in_one_sentence(
    cast: Cast, signed_in: SignIn, story: str, content: bytes, sentence: str
) -> None:
    browser = signed_in("officer")

    response = _post(browser, content)
    job = do_next(beating=False)

    assert job is not None and job.state == Job.State.FAILED
    page = browser.get(response.headers["Location"])
    assert page.status_code == 200 and sentence in page.content.decode(), story
    assert not ImportBatch.objects.exists() and not Observation.objects.exists()
    assert not kept().digests()


def test_an_import_is_seen_by_who_made_it_only(cast: Cast, signed_in: SignIn) -> None:
    batch = _hand_over(signed_in("officer"), (PATENTS + PATENT).encode(), form="patent")
    job = Job.objects.get()

    for name in ("neighbour", "stranger", "director", "enterprise"):
        browser = signed_in(name)
        assert browser.get(f"/imports/{batch.pk}/").status_code == 404
        assert browser.post(f"/imports/{batch.pk}/file/").status_code == 404
        assert browser.post(f"/imports/{batch.pk}/cancel/").status_code == 404
        assert browser.get(f"/jobs/{job.pk}/").status_code == 404
        assert browser.post(f"/jobs/{job.pk}/stop/").status_code == 404
    for name in ("stranger", "director", "auditor"):
        assert signed_in(name).get("/imports/").status_code == 404
        assert signed_in(name).post("/imports/", {}).status_code == 404
        assert signed_in(name).get("/imports/forms/patent/").status_code == 404
    batch.refresh_from_db()
    assert batch.state == "prepared"


def test_what_was_found_in_a_file_is_said_in_the_language_of_whoever_looks(cast: Cast, signed_in: SignIn) -> None:
    """What the confined reader says of cells and rows is staged as sayings; what was staged as a text before stays."""
    browser = signed_in("officer")
    rows = "表：,,,,,\n" + PATENTS + PATENT + DIRTY.replace("202310123457.0", "2.02310123457E+11") + "合计,,,,,\n"
    batch = _hand_over(browser, rows.encode(), form="patent")
    ImportBatch.objects.update(notes=[*batch.notes, "早先的提示"])
    address = f"/imports/{batch.pk}/"

    said = browser.get(address).content.decode()
    assert (
        "A1 表头之前的“表：”没有作为数据读入" in said
        and "第 5 行是合计" in said
        and "D4 “2.02310123457E+11”是科学计数法" in said
    )

    browser.post("/language/", {"language": "en"})
    page = browser.get(address).content.decode()
    assert "A1 “表：” above the header was not read as data" in page and "row 5 is a total" in page
    assert "D4 “2.02310123457E+11” is scientific notation" in page and "科学计数法" not in page
    assert "早先的提示" in page


def test_what_was_handed_over_is_kept_by_its_digest(cast: Cast, signed_in: SignIn) -> None:
    content = (PATENTS + PATENT).encode()

    batch = _hand_over(signed_in("officer"), content, form="patent")

    assert kept().get(batch.digest) == content


def test_the_file_of_an_import_that_is_given_up_goes_unless_another_refers_to_it(cast: Cast, signed_in: SignIn) -> None:
    browser, content = signed_in("officer"), (PATENTS + PATENT).encode()
    first = _hand_over(browser, content, form="patent")
    _post(browser, content, form="patent")  # again, and not read yet

    browser.post(f"/imports/{first.pk}/cancel/")
    assert kept().digests() == {first.digest}

    do_next(beating=False)
    browser.post(f"/imports/{ImportBatch.objects.latest('pk').pk}/cancel/")
    assert not kept().digests()


def test_the_file_of_an_import_that_is_given_up_stays_while_another_room_refers_to_it(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")
    holders: Register[Holder] = Register("holder of files")
    holders.add(*holding.HOLDERS, Holder(code="case", digests=lambda: [batch.digest]))
    monkeypatch.setattr(holding, "HOLDERS", holders)

    browser.post(f"/imports/{batch.pk}/cancel/")

    assert kept().digests() == {batch.digest}


def test_what_a_killed_job_left_goes_with_the_next_import(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    _post(browser, ("机密★1年\n" + HEAD + GOOD).encode())
    Job.objects.update(attempts=ATTEMPTS)  # three children did not survive it

    assert do_next(beating=False) is None and len(kept().digests()) == 1

    batch = _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")
    assert kept().digests() == {batch.digest}


def test_a_job_done_again_after_its_file_went_says_so(cast: Cast, signed_in: SignIn) -> None:
    _post(signed_in("officer"), ("机密★1年\n" + HEAD + GOOD).encode())
    do_next(beating=False)
    Job.objects.update(state=Job.State.QUEUED)  # as if it had been killed before it could say that it failed

    job = do_next(beating=False)

    assert job is not None and str(job.error) == "这个文件没有通过核对，已不再保存；请改正后重新交来。"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_template_handed_back_as_it_is_has_no_rows(cast: Cast, signed_in: SignIn, form: str) -> None:
    browser = signed_in("officer")

    for code in registry.catalogue("sheet"):
        template = browser.get(f"/imports/forms/{code}/?format={form}").content
        _post(browser, template, f"{code}.{form}", form=code)
        job = do_next(beating=False)

        assert job is not None and str(job.error) == "文件只有表头，没有数据行。", code


def test_every_template_is_understood_in_every_column_when_it_is_filled_in(cast: Cast, signed_in: SignIn) -> None:
    for code, found in registry.catalogue("sheet").items():
        template = signed_in("officer").get(f"/imports/forms/{code}/").content
        header = read_sheet(template, name=f"{code}.xlsx").header

        understood = understand(found.value, header, registry.units())

        assert (sorted(understood.taken), understood.unused) == (
            sorted(each.role for each in found.value.column),
            [],
        ), code


def test_a_template_offers_the_words_of_the_vocabulary_and_keeps_numbers_as_text(cast: Cast, signed_in: SignIn) -> None:
    content = signed_in("officer").get("/imports/forms/patent/").content

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    example = dict(zip(*book.get_sheet_by_name("专利清单模板").to_python()[:2], strict=True))
    assert (example["申请号"], example["授权日"]) == ("202310123456.6", date(2024, 3, 5))
    assert book.sheet_names == ["专利清单模板", "填写说明", "可选值"]
    assert (book.get_sheet_by_name("填写说明").to_python()[5][:3]) == [
        "专利类型",
        "必填",
        "从下拉中选：发明专利、实用新型专利、外观设计专利、PCT国际专利申请",
    ]


def test_the_template_of_reported_figures_has_every_column_that_is_read(cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in("officer").get("/imports/forms/observation/?format=csv").content.decode("utf-8-sig")

    assert answer.splitlines()[0] == ",".join([*FIGURE_COLUMNS, "提示"])


def test_the_workbench_says_that_an_import_waits(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")

    assert ("待登记的导入", 1) in [(task.label, task.value) for task in browser.get("/").context["tasks"]]


def test_what_a_list_says_in_its_title_is_given_for_the_whole_file(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    listed = "序号,企业名称,资质\n1,青溪县明渠传感科技有限公司,高企\n"

    batch = _hand_over(browser, listed.encode(), form="recognition", given_on="2025-10-28", given_level="国家级")

    assert (batch.counts["new"], batch.header[3:]) == (1, ["认定日期（整份文件）", "级别（整份文件）"])
    assert _file(browser, batch).state == Job.State.DONE
    assert [(each.event, each.happened_on.isoformat()) for each in RecognitionEvent.objects.all()] == [
        ("recognised", "2025-10-28")
    ]


def test_what_a_form_of_table_does_not_have_cannot_be_given(cast: Cast, signed_in: SignIn) -> None:
    response = _post(signed_in("officer"), (PATENTS + PATENT).encode(), form="patent", given_level="省级")

    assert response.status_code == 200
    assert response.context["form"].errors == {"given_level": ["“专利清单”没有这一项，请留空。"]}
    assert "<details open><summary>整份文件都一样的内容</summary>" in response.content.decode()


PAYMENTS = "收款单位,用途,级别,资金名称,兑现日期,兑现金额（万元）,配套经费（千元）\n"
PAID = "青溪县明渠传感科技有限公司,专利资助,县级,2025年度专利资助,2025-12-20,{},1\n"


def test_the_page_shows_place_holder_and_amounts_and_says_loudly_what_is_not_read(
    cast: Cast, signed_in: SignIn
) -> None:
    browser = signed_in("officer")

    batch = _hand_over(browser, (PAYMENTS + PAID.format("0.5")).encode(), form="payment")

    response = browser.get(f"/imports/{batch.pk}/")
    page = response.content.decode()
    (row,) = (each["row"] for each in response.context["rows"])
    assert (row.place, row.holder, row.is_new, row.brief.facts) == (
        "青溪县",
        "青溪县明渠传感科技有限公司",
        False,
        ["兑现 2025-12-20 0.5万元"],
    )
    assert "没有用到的数量列：G 配套经费（千元）。这些数不会登记" in page and "以第 1 行为表头" in page


def test_rows_that_look_alike_are_told_apart_by_a_tick_at_the_row(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PAYMENTS + PAID.format("0.5") + PAID.format("0.3")).encode(), form="payment")
    page = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert 'name="another" value="3" form="recheck"' in page

    answer = browser.post(f"/imports/{batch.pk}/recheck/", {"shown": ["3"], "another": ["3"]})
    job = do_next(beating=False)

    assert job is not None and (job.state, job.result) == (Job.State.DONE, {"url": f"/imports/{batch.pk}/"})
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    batch.refresh_from_db()
    assert (batch.options["another"], batch.counts["new"], batch.counts["rejected"]) == ([3], 2, 0)
    assert 'value="3" form="recheck" checked' in browser.get(f"/imports/{batch.pk}/?outcome=new").content.decode()
    assert _file(browser, batch).state == Job.State.DONE
    assert sorted(PaymentEvent.objects.values_list("amount", flat=True)) == [3_000_00, 5_000_00]


def test_a_tick_is_taken_back_and_those_of_other_pages_stay(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PAYMENTS + PAID.format("0.5") + PAID.format("0.3")).encode(), form="payment")
    for posted in ({"shown": ["3"], "another": ["3", "9"]}, {"shown": ["2"]}, {"shown": ["3"]}):
        browser.post(f"/imports/{batch.pk}/recheck/", posted)
        do_next(beating=False)
        batch.refresh_from_db()

    assert batch.options["another"] == []


def test_a_number_is_said_to_be_right_with_a_reason_at_the_row(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    batch = _hand_over(browser, (PATENTS + PATENT.replace("123456.6", "123456.4")).encode(), form="patent")

    for why in ("", "通知书如此"):
        browser.post(f"/imports/{batch.pk}/recheck/", {"shown": ["2"], "sure": ["2"], "why-2": why})
        do_next(beating=False)
        batch.refresh_from_db()
        assert batch.counts["rejected"] == (0 if why else 1)

    _file(browser, batch)
    assert Patent.objects.get().reason == "编号确认无误：通知书如此"


def test_what_a_changed_row_changes_is_shown_old_and_new(cast: Cast, signed_in: SignIn) -> None:
    known = {"firm": cast.firm, "by": cast.statistician, "number": "202310123456.6"}
    file("patent", "旧名", [("applied", "2023-01-01")], **known)
    browser = signed_in("statistician")

    batch = _hand_over(browser, (PATENTS + PATENT).encode(), form="patent")

    (row,) = (each["row"] for each in browser.get(f"/imports/{batch.pk}/").context["rows"])
    assert row.altered == [("名称", "旧名", "一种装置"), ("申请 日期", "2023年1月1日", "2023年2月14日")]


def test_a_stranger_checks_nothing_again(cast: Cast, signed_in: SignIn) -> None:
    batch = _hand_over(signed_in("officer"), (PATENTS + PATENT).encode(), form="patent")

    assert signed_in("neighbour").post(f"/imports/{batch.pk}/recheck/", {"shown": ["2"]}).status_code == 404
