"""The pages of documents: from a sentence to the record behind its number, and back with a file."""

import html
import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import BoundedSemaphore

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdfium2 import PdfDocument

from tests.cast import NOW, Cast, correct, file, keep_records, void
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.indicators.models import Figure
from xingke.ledger import actions as ledger
from xingke.ledger.models import RecognitionEvent
from xingke.registry.models import Region
from xingke.reports import actions
from xingke.reports.actions import disclosing
from xingke.reports.models import Document

SignedIn = Callable[[str], Client]


@pytest.fixture
def filed(cast: Cast) -> Cast:
    """The county keeps records: three high-tech firms recognised in 2025, one the year before."""
    keep_records(cast.county, by=cast.statistician)
    for number, on in enumerate(("2025-03-05", "2025-11-20", "2025-12-30", "2024-06-01")):
        file("recognition", f"证书{number}", [("recognised", on)], firm=cast.firm, by=cast.statistician)
    return cast


@pytest.fixture
def document(filed: Cast) -> Document:
    """The annual summary of 2025."""
    written = actions.write_document(
        outline="annual", region=filed.county, period=Period.year(2025), by=filed.officer, now=NOW
    )
    return written.document


def void_one(cast: Cast) -> None:
    """Take the recognition of December back."""
    event = RecognitionEvent.objects.get(happened_on="2025-12-30", seq_to__isnull=True)
    void("recognition", event.record, version=event.version, reason="证书被撤回", by=cast.statistician)


def words(answer: object) -> str:
    """What a reader sees: the page without its tags, blanks folded."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", html.unescape(text))


def link(answer: object, pattern: str) -> str:
    """The address of the first link whose tag fits."""
    found = re.search(f'href="({pattern})"', answer.content.decode())  # type: ignore[attr-defined]
    assert found is not None, pattern
    return html.unescape(found[1])


# From the sentence to the record


def test_a_click_leads_from_the_sentence_to_the_figure_to_the_evidence_to_the_record(
    document: Document, signed_in: SignedIn
) -> None:
    browser = signed_in("officer")
    page = browser.get(f"/documents/{document.key}/")
    assert "全县有效高新技术企业 4家" in words(page)
    chip = re.search(r'<a class="chip chip-known" href="([^"]+)"[^>]*>4家</a>', page.content.decode())
    assert chip is not None

    figure = browser.get(chip[1])
    assert "高新技术企业数" in words(figure)

    evidence = browser.get(link(figure, '/indicators/[^"]+/records/[^"]+'))
    assert "合计 4 = 指标值 4" in words(evidence)

    record = browser.get(link(evidence, '/records/recognition/[^"]+'))
    assert record.status_code == 200
    assert "青溪县明渠传感科技有限公司" in words(record)


def test_htmx_gets_the_same_figure_as_a_fragment_for_the_drawer(document: Document, signed_in: SignedIn) -> None:
    figure = Figure.objects.get(indicator="high_tech_enterprises", aspect="level")

    answer = signed_in("officer").get(f"/figures/{figure.key}/", headers={"HX-Request": "true"})

    assert "<html" not in answer.content.decode()
    assert "报告期末证书仍在有效期内的高新技术企业家数。" in words(answer)
    assert "看全部证据（4 条记录）" in words(answer)
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.usefixtures("data_folder")
def test_the_drawer_says_which_records_have_files_that_prove_them(
    filed: Cast, document: Document, signed_in: SignedIn
) -> None:
    proved = RecognitionEvent.objects.get(happened_on="2025-12-30", seq_to__isnull=True)
    handed = [ledger.NewFile("证书.pdf", b"%PDF-1.7\n1 0 obj")]
    ledger.attach_evidence(kind="recognition", record=proved.record, files=handed, by=filed.officer, now=NOW)
    figure = Figure.objects.get(indicator="high_tech_enterprises", aspect="level")

    drawer = signed_in("officer").get(f"/figures/{figure.key}/", headers={"HX-Request": "true"})

    assert words(drawer).count("佐证 1 份") == 1


def test_a_growth_shows_the_two_numbers_it_was_read_from(document: Document, signed_in: SignedIn) -> None:
    figure = Figure.objects.get(indicator="high_tech_enterprises", aspect="growth")

    page = words(signed_in("officer").get(f"/figures/{figure.key}/"))

    assert "增长300.0%" in page
    assert "2025年 4家 台账计数 4 条记录" in page
    assert "2024年 1家 台账计数 1 条记录" in page


def test_what_could_not_be_said_is_listed_with_the_reason(document: Document, signed_in: SignedIn) -> None:
    page = words(signed_in("officer").get(f"/documents/{document.key}/"))

    assert "略去的内容" in page
    assert "“全社会研发经费投入”没有2025年的数据。" in page


# When the ledger changes afterwards


def test_a_drifted_figure_is_marked_and_names_the_record(filed: Cast, document: Document, signed_in: SignedIn) -> None:
    browser = signed_in("officer")
    assert "与台账相符" in words(browser.get(f"/documents/{document.key}/"))

    void_one(filed)

    unchecked = browser.get(f"/documents/{document.key}/")
    assert "正在与现在的台账逐个核对数字" in words(
        unchecked
    )  # htmx fetches the checked page; a link does without JavaScript
    checked = browser.get(f"/documents/{document.key}/?check")
    assert "高新技术企业数 ：当时 4家，现在 3家" in words(checked)
    assert '<span class="chip-mark">已变动</span>' in checked.content.decode()
    figure = Figure.objects.get(indicator="high_tech_enterprises", aspect="level")
    page = words(browser.get(f"/figures/{figure.key}/"))
    assert "当时是 4家，按现在的台账是 3家。" in page
    assert "移出： 青溪县 2025年 青溪县明渠传感科技有限公司 认定 2025-12-30" in page


def test_the_evidence_of_a_frozen_figure_stays_what_it_was(
    filed: Cast, document: Document, signed_in: SignedIn
) -> None:
    browser = signed_in("officer")
    figure = Figure.objects.get(indicator="high_tech_enterprises", aspect="level")
    address = link(browser.get(f"/figures/{figure.key}/"), '/indicators/[^"]+/records/[^"]+')

    void_one(filed)

    assert "合计 4 = 指标值 4" in words(browser.get(address))
    assert "合计 3 = 指标值 3" in words(browser.get(address.split("&seq=")[0]))


# Writing


def test_writing_the_same_again_writes_nothing_and_says_so(filed: Cast, signed_in: SignedIn) -> None:
    browser = signed_in("officer")
    asked = {"outline": "annual", "region": "990121", "period": "2025"}

    first = browser.post("/documents/write/", asked, follow=True)
    again = browser.post("/documents/write/", asked, follow=True)

    assert "已写成。新固化" in words(first)
    assert "已经写过这份文稿" in words(again)
    assert first.redirect_chain == again.redirect_chain
    assert Document.objects.count() == 1


def test_a_refusal_is_a_sentence_above_the_form_and_nothing_is_lost(cast: Cast, signed_in: SignedIn) -> None:
    answer = signed_in("officer").post("/documents/write/", {"outline": "annual", "region": "990121", "period": "2025"})

    assert "青溪县没有2025年的任何数据，无法成文。" in words(answer)
    assert re.search(r'value="annual"[^>]*checked', answer.content.decode())
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "outline, period, why",
    [
        ("annual", "2030", "2030年还没有结束，数字未定，不能成文。"),
        ("annual", "2025-03", "“年度工作总结”只写全年，不能写2025年3月。"),
        ("annual", "2025-12-31", "“年度工作总结”只写全年，不能写截至2025年12月31日。"),
        ("annual", "2025-H1", "“年度工作总结”只写全年，不能写2025年上半年。"),
        ("half-year", "2025", "“半年工作总结”只写上半年，不能写2025年。"),
        ("half-year", "2025-H2", "“半年工作总结”只写上半年，不能写2025年下半年。"),
        ("plan", "2025-H1", "“年度工作要点”只写全年，不能写2025年上半年。"),
    ],
)
def test_an_outline_is_written_for_its_own_kind_of_period_when_that_is_over(
    filed: Cast, signed_in: SignedIn, outline: str, period: str, why: str
) -> None:
    answer = signed_in("officer").post("/documents/write/", {"outline": outline, "region": "990121", "period": period})

    with pytest.raises(Refused, match=why):
        actions.write_document(
            outline=outline, region=filed.county, period=Period.parse(period), by=filed.officer, now=NOW
        )
    assert not Document.objects.exists()
    assert why in words(answer) or "选择一个有效的选项" in words(answer)  # what is not offered cannot be chosen


def test_a_year_is_over_when_its_last_day_is_in_shanghai(filed: Cast) -> None:
    eve = datetime(2025, 12, 30, 15, tzinfo=UTC)  # 30 December, 23 o'clock

    with pytest.raises(Refused, match="2025年还没有结束"):
        actions.write_document(
            outline="annual", region=filed.county, period=Period.year(2025), by=filed.officer, now=eve
        )
    last_day = datetime(2025, 12, 30, 17, tzinfo=UTC)  # 31 December, 1 o'clock
    for outline in ("annual", "plan"):
        actions.write_document(
            outline=outline, region=filed.county, period=Period.year(2025), by=filed.officer, now=last_day
        )
    assert Document.objects.count() == 2


def test_only_periods_some_outline_is_for_are_offered(filed: Cast, signed_in: SignedIn) -> None:
    page = signed_in("officer").get("/documents/write/").content.decode()
    offered = re.findall(r'<option value="([^"]*)"', page.split('name="period"')[1])

    assert {"2025", "2025-H1"} <= set(offered)
    assert all(Period.parse(code).length in (6, 12) for code in offered)


def test_nobody_writes_for_another_region(filed: Cast, signed_in: SignedIn) -> None:
    signed_in("officer").post("/documents/write/", {"outline": "annual", "region": "990122", "period": "2025"})

    assert not Document.objects.exists()


# Verifying


def docx(browser: Client, document: Document) -> bytes:
    answer = browser.get(f"/documents/{document.key}/file.docx")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return answer.content


def edited(data: bytes, old: str, new: str) -> bytes:
    """The file with one word of its text replaced, as somebody with an editor would."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w") as target:
        for item in source.infolist():
            part = source.read(item)
            if item.filename == "word/document.xml":
                text = part.decode()
                assert old in text
                part = text.replace(old, new, 1).encode()
            target.writestr(item, part)
    return result.getvalue()


def verdict(browser: Client, data: bytes, name: str = "总结.docx") -> str:
    return words(browser.post("/verify/", {"file": SimpleUploadedFile(name, data)}))


def test_an_untouched_file_passes(document: Document, signed_in: SignedIn) -> None:
    browser = signed_in("officer")
    count = document.figures.count()

    page = verdict(browser, docx(browser, document))

    assert f"核验通过：{count} 个数字全部相符。" in page
    assert f"{count} 个中 {count} 个相符" in page


def test_an_edited_number_is_named_with_its_place(document: Document, signed_in: SignedIn) -> None:
    browser = signed_in("officer")

    page = verdict(browser, edited(docx(browser, document), ">4<", ">9<"))

    assert "核验不通过：发现 1 处问题。" in page
    assert "改成了“9家”，证明里是“4家”。" in page
    assert "正文第" in page


def test_rewritten_prose_fails_and_only_who_may_read_the_document_is_told_what_stood_there(
    document: Document, signed_in: SignedIn
) -> None:
    data = edited(docx(signed_in("officer"), document), "企业自主创新能力有待增强", "企业自主创新能力明显增强")

    own, elsewhere = (verdict(signed_in(who), data) for who in ("officer", "neighbour"))

    assert "核验不通过" in own and "核验不通过" in elsewhere
    assert re.search("原为“[^”]*有待增强[^”]*”，现为“[^”]*明显增强[^”]*”", own)
    assert "明显增强" in elsewhere and "有待增强" not in elsewhere


def test_a_stranger_verifies_what_was_published_and_learns_nothing_of_the_rest(
    filed: Cast, document: Document, signed_in: SignedIn
) -> None:
    data, client = docx(signed_in("officer"), document), Client()
    changed = edited(data, "企业自主创新能力有待增强", "企业自主创新能力明显增强")

    before = verdict(client, changed)
    for step, who in (("asked", filed.officer), ("passed", filed.reviewer), ("published", filed.director)):
        disclosing.take_step(document=document, step=step, number=document.steps.count(), opinion="", by=who, now=NOW)

    assert "核验不通过" in before and "有待增强" not in before
    assert re.search("原为“[^”]*有待增强[^”]*”，现为“[^”]*明显增强[^”]*”", verdict(client, changed))
    whole = verdict(client, data)
    assert "文件与写成时一字不差。" in whole and "台账只对工作人员开放，这里没有与它核对。" in whole


def test_many_files_of_strangers_at_a_time_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    places = BoundedSemaphore(1)
    places.acquire()
    monkeypatch.setattr("xingke.reports.views.verifying._STRANGERS", places)

    answer = client.post("/verify/", {"file": SimpleUploadedFile("a.docx", b"x")})

    assert (answer.status_code, "请过一会儿再试" in answer.content.decode()) == (503, True)


def test_a_corrected_record_that_leaves_the_numbers_is_a_note_on_every_page(
    filed: Cast, document: Document, signed_in: SignedIn
) -> None:
    browser = signed_in("officer")
    event = RecognitionEvent.objects.get(happened_on="2025-12-30", seq_to__isnull=True)
    correct("recognition", event.record, {"happened_on": date(2025, 12, 29)}, by=filed.statistician)
    figure = Figure.objects.get(indicator="high_tech_recognised", aspect="level", period="2025")

    page = words(browser.get(f"/documents/{document.key}/?check"))
    listed = words(browser.get("/documents/"))
    drawer = words(browser.get(f"/figures/{figure.key}/"))
    verified = verdict(browser, docx(browser, document))

    assert re.search(r"\d+ 个数字依据有更正，数未变。", page) and "与台账相符" in page and "已变动" not in page
    assert "相符" in listed and "已变动" not in listed
    assert "依据有更正，数未变。 数仍是 3家，下面的记录后来有更正。 更正： 青溪县 2025年" in drawer
    assert re.search(r"核验通过：\d+ 个数字全部相符。", verified)
    assert re.search(r"也与现在的台账一致。其中 \d+ 个数字的依据有更正，数未变。", verified)
    assert "依据有更正的数字" in verified and "台账里已经变动的数字" not in verified


def test_an_untouched_file_whose_records_changed_is_told_apart_from_an_edited_one(
    filed: Cast, document: Document, signed_in: SignedIn
) -> None:
    browser = signed_in("officer")
    data = docx(browser, document)
    void_one(filed)

    page = verdict(browser, data)

    assert "数字与证明相符，但台账已变" in page
    assert "高新技术企业数 ：文中 4家，现在 3家" in page


def test_a_reader_from_elsewhere_learns_whether_the_file_was_edited_and_nothing_of_the_ledger(
    filed: Cast, document: Document, signed_in: SignedIn
) -> None:
    data = docx(signed_in("officer"), document)
    void_one(filed)

    page = verdict(signed_in("neighbour"), data)

    assert "个数字和它们所在的句子与签名的证明相符。" in page
    assert "文件与写成时一字不差。" in page
    assert "所以没有与台账核对" in page
    assert "现在 3家" not in page


def test_a_siblings_record_that_moved_a_rank_is_counted_but_not_named(filed: Cast, signed_in: SignedIn) -> None:
    siblings = Region.objects.filter(parent=filed.city)
    keep_records(*siblings, by=filed.statistician)
    file("recognition", "邻县证书", [("recognised", "2025-12-29")], firm=filed.other_firm, by=filed.statistician)
    ranked = actions.write_document(
        outline="annual", region=filed.county, period=Period.year(2025), by=filed.officer, now=NOW
    ).document
    browser = signed_in("officer")
    data = docx(browser, ranked)
    event = RecognitionEvent.objects.get(happened_on="2025-12-29", seq_to__isnull=True)
    void("recognition", event.record, version=event.version, reason="撤回", by=filed.statistician)

    page = verdict(browser, data)

    assert "高新技术企业数（位次） ：仍是 居全市第1位，依据有更正" in page
    assert "另有 1 条其他区划的记录变动，不对您公开。" in page
    assert "云渡县远帆装备有限公司" not in page


@pytest.mark.parametrize(("name", "data"), [("说明.docx", b"hello"), ("空.docx", b"")])
def test_a_file_that_is_no_docx_is_answered_with_a_sentence(
    cast: Cast, signed_in: SignedIn, name: str, data: bytes
) -> None:
    page = verdict(signed_in("officer"), data, name)

    assert "核验通过" not in page
    assert "这不是 .docx 文件" in page or "所提交的是空文件" in page


def test_no_file_at_all_is_asked_for(cast: Cast, signed_in: SignedIn) -> None:
    assert "请先选一个 .docx 文件。" in words(signed_in("officer").post("/verify/"))


# Who may


@pytest.mark.parametrize("address", ["/documents/", "/documents/write/"])
@pytest.mark.parametrize("who", ["stranger", "enterprise", "system", "security", "auditor"])
def test_whoever_has_no_business_with_documents_finds_no_page(
    cast: Cast, signed_in: SignedIn, who: str, address: str
) -> None:
    assert signed_in(who).get(address).status_code == 404


@pytest.mark.parametrize("who", ["neighbour", "stranger"])
def test_a_document_of_another_county_is_not_there(document: Document, signed_in: SignedIn, who: str) -> None:
    browser = signed_in(who)
    figure = Figure.objects.first()
    assert figure is not None

    for address in (f"/documents/{document.key}/", f"/documents/{document.key}/file.docx", f"/figures/{figure.key}/"):
        assert browser.get(address).status_code == 404


def test_a_reader_without_the_right_to_write_sees_no_button(document: Document, signed_in: SignedIn) -> None:
    assert "写文稿" not in words(signed_in("superior").get("/documents/"))
    assert signed_in("superior").get("/documents/write/").status_code == 404


def test_pages_of_a_fictional_region_say_so(document: Document, signed_in: SignedIn) -> None:
    figure = Figure.objects.first()
    assert figure is not None

    for address in ("/documents/", f"/documents/{document.key}/", f"/figures/{figure.key}/", "/documents/write/"):
        assert "虚构数据 · 演示" in words(signed_in("officer").get(address))


def test_the_pdf_carries_the_same_title(document: Document, signed_in: SignedIn) -> None:
    response = signed_in("officer").get(f"/documents/{document.key}/file.pdf")

    assert response["Content-Type"] == "application/pdf"
    pages = PdfDocument(response.content)
    text = "".join(page.get_textpage().get_text_range() for page in pages).replace("\r", "").replace("\n", "")
    assert document.title in text
