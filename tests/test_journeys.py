"""From records to a document and back: writing, verifying, drift, and what the command line says and exits with."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from tests.cast import NOW, Cast, correct, file, keep_records, load_outline, report, void
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.base.sayings import told
from xingke.config.command import main
from xingke.indicators.models import Figure
from xingke.indicators.queries.drift import Readers, drift
from xingke.ledger import actions
from xingke.ledger.models import Observation, RecognitionEvent
from xingke.press.findings import FindingKind
from xingke.press.tests import surgery
from xingke.press.tests.surgery import DOCUMENT, PART_A, PART_B
from xingke.registry.models import Region
from xingke.reports.actions import Written, write_document
from xingke.reports.models import Document
from xingke.reports.queries import docx_of
from xingke.reports.queries.verifying import Report, verify_file

pytestmark = pytest.mark.slow

YEAR = Period.year(2024)


@pytest.fixture
def town(cast: Cast, tmp_path: Path) -> Cast:
    """A county with three applications and two certificates in 2024, siblings that keep records, and a few reports."""
    keep_records(*Region.objects.filter(parent=cast.city), by=cast.statistician)
    for name, recognised in (("甲", True), ("乙", True), ("丙", False)):
        events = [("applied", "2024-05-01"), ("recognised", "2024-11-08")][: 1 + recognised]
        file("recognition", name, events, firm=cast.firm, by=cast.statistician)
    file("recognition", "丁", [("recognised", "2024-11-08")], firm=cast.other_firm, by=cast.statistician)
    report(cast.county, "2024", "全社会研发经费投入", "11.29", "亿元", by=cast.statistician)
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)
    load_outline(tmp_path)
    return cast


def write(town: Cast) -> Written:
    return write_document(outline="short", region=town.county, period=YEAR, by=town.officer, now=NOW)


def slot(document: Document, label: str) -> int:
    return document.figures.get(label=label).slot


def kinds(found: Report) -> list[tuple[FindingKind, int | None]]:
    return [(finding.kind, finding.slot) for finding in found.verdict.failures]


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_document_says_what_is_known_and_lists_what_is_not(town: Cast) -> None:
    document = write(town).document

    said = {placed.label: placed.figure.text for placed in document.figures.all()}
    assert (said["高新技术企业申报数"], said["高新技术企业认定数"]) == ("3家", "2家")
    assert (said["全社会研发经费投入"], said["研发投入强度"]) == ("11.29亿元", "2.41%")
    assert said["高新技术企业数（位次）"] == "居全市第1位"
    assert "技术合同" not in "".join(said)
    assert [[str(told(why)) for why in gap["why"]] for gap in document.gaps if "技术合同" in gap["text"]] == [
        ["“技术合同成交额”没有2024年的数据。"]
    ]
    assert document.is_fictional
    assert AuditEntry.objects.get(action="document.written").count == document.figures.count()


def test_every_figure_keeps_what_it_was_said_from(town: Cast) -> None:
    document = write(town).document

    figure = document.figures.get(label="高新技术企业认定数").figure
    assert (figure.value, figure.text, figure.route, figure.count) == ("2", "2家", "records", 2)
    assert (figure.seq, figure.frozen_by, figure.is_fictional) == (document.seq, town.officer, True)
    ratio = document.figures.get(label="研发投入强度").figure
    assert {part["indicator"] for part in ratio.parts} == {"rnd_expenditure", "gdp"}
    rank = document.figures.get(label="高新技术企业数（位次）").figure
    assert len(rank.parts) == 8 and rank.count == 3  # all siblings, and the three records they have


def test_writing_twice_freezes_nothing_new_and_gives_the_same_bytes(town: Cast) -> None:
    first = write(town)
    data, seq = docx_of(first.document), current_seq()

    second = write_document(outline="short", region=town.county, period=YEAR, by=town.director, now=NOW.replace(hour=9))

    assert (first.is_new, second.is_new, second.frozen) == (True, False, 0)
    assert second.document == first.document
    assert docx_of(second.document) == data
    assert (current_seq(), Document.objects.count()) == (seq, 1)


def test_an_unrelated_record_changes_no_document(town: Cast) -> None:
    first = write(town)
    file(
        "recognition",
        "旧",
        [("recognised", "2012-11-08"), ("expired", "2015-11-08")],
        firm=town.other_firm,
        by=town.statistician,
    )
    # a certificate that ended years ago is behind no figure of 2024, but the number of the ledger moved on
    second = write(town)

    assert not second.is_new and second.document == first.document


def test_after_a_correction_only_what_changed_is_frozen_anew(town: Cast) -> None:
    first = write(town)
    event = RecognitionEvent.objects.get(
        event="applied",
        subject__in=RecognitionEvent.objects.values("subject"),
        step=1,
        happened_on=date(2024, 5, 1),
        record__in=_only_applied(),
    )
    void("recognition", event.record, by=town.director)

    second = write(town)

    assert second.is_new and second.frozen > 0
    before = {placed.label: placed.figure_id for placed in first.document.figures.all()}
    after = {placed.label: placed.figure_id for placed in second.document.figures.all()}
    changed = {label for label in before.keys() & after.keys() if before[label] != after[label]}
    assert changed == {"高新技术企业申报数", "高新技术企业认定通过率"}


def _only_applied() -> list[object]:
    recognised = RecognitionEvent.objects.filter(event="recognised").values("subject")
    return list(RecognitionEvent.objects.exclude(subject__in=recognised).values_list("record", flat=True))


def test_who_may_not_write_there_is_refused_and_an_unknown_outline_is_named(town: Cast) -> None:
    with pytest.raises(Refused, match=r"document\.write"):
        write_document(outline="short", region=town.county, period=YEAR, by=town.neighbour, now=NOW)
    with pytest.raises(Refused, match=r"没有名为“novel”的提纲，可用：.*short"):
        write_document(outline="novel", region=town.county, period=YEAR, by=town.officer, now=NOW)


def test_without_any_figure_there_is_no_document(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有2024年的任何数据，无法成文"):
        write_document(outline="annual", region=cast.county, period=YEAR, by=cast.officer, now=NOW)
    assert not Document.objects.exists() and not Figure.objects.exists()


# ── verifying ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_untouched_document_holds(town: Cast) -> None:
    document = write(town).document

    found = verify_file(docx_of(document))

    assert found.holds and found.is_ledger_checked
    assert found.document == document
    assert len(found.verdict.rows) == document.figures.count()


def test_one_journey_per_way_of_tampering(town: Cast) -> None:
    document = write(town).document
    data, at = docx_of(document), slot(document, "高新技术企业申报数")

    def in_text(xml: str) -> str:
        return xml.replace(">3<", ">9<")

    in_body = surgery.in_control(data, at, in_text)
    in_list = surgery.edited(data, PART_A, lambda xml: xml.replace(">3<", ">9<", 1))
    assert (FindingKind.TEXT_EDITED, at) in kinds(verify_file(in_body))
    assert FindingKind.STORE_EDITED in {kind for kind, _slot in kinds(verify_file(in_list))}
    assert kinds(verify_file(surgery.in_control(data, at, surgery.content))) == [(FindingKind.FIGURE_UNWRAPPED, at)]
    loose = surgery.with_paragraph(data, surgery.paragraph("全县获奖12项。"))
    assert kinds(verify_file(loose)) == [(FindingKind.PROSE_CHANGED, None)]
    broken = surgery.edited(data, PART_B, lambda xml: xml.replace('value="3"', 'value="9"', 1))
    assert (FindingKind.SIGNATURE_BROKEN, None) in kinds(verify_file(broken))
    for tampered in (in_body, in_list, loose, broken):
        assert not verify_file(tampered).holds


def test_an_editor_that_drops_the_parts_is_forgiven_while_the_numbers_stand(town: Cast) -> None:
    document = write(town).document
    data = surgery.without_controls(surgery.without_custom_parts(docx_of(document), 1, 2))

    found = verify_file(data)

    assert found.document == document
    assert found.holds and FindingKind.PARTS_DROPPED in {finding.kind for finding in found.verdict.notices}
    edited = verify_file(surgery.replaced(data, DOCUMENT, "11.29", "99.29"))
    assert not edited.holds


def test_a_document_of_another_installation_is_known_as_such(town: Cast, own_key: Path) -> None:
    data = docx_of(write(town).document)
    own_key.unlink()  # another installation: another key, and none of these documents
    Document.objects.all().delete()

    found = verify_file(data)

    assert not found.holds and not found.is_ledger_checked and found.document is None
    assert FindingKind.UNKNOWN_KEY in {finding.kind for finding in found.verdict.failures}


def test_a_key_that_is_trusted_counts_like_the_own(town: Cast, own_key: Path) -> None:
    data = docx_of(write(town).document)
    public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(own_key.read_text())).public_key().public_bytes_raw()
    own_key.unlink()
    trusted = own_key.with_name("trusted.keys")
    trusted.write_text(public.hex() + "\n")

    assert verify_file(data).holds
    trusted.unlink()


@pytest.fixture
def own_key(db: None) -> Iterator[Path]:
    """The installation's key file, which the test may take away."""
    path = Path(settings.DATA) / "signing.key"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


# ── drift ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_corrected_record_makes_the_figures_drift_and_is_named(town: Cast) -> None:
    document = write(town).document
    event = RecognitionEvent.objects.filter(event="recognised", organisation=town.firm).earliest("id")
    correct("recognition", event.record, {"happened_on": date(2025, 1, 8)}, reason="证书日期录错", by=town.officer)

    found = verify_file(docx_of(document))

    assert not found.holds
    (recognised,) = (each for each in found.drifted if each.label == "高新技术企业认定数")
    assert (recognised.before, recognised.after, recognised.says_otherwise) == ("2家", "1家", True)
    (change,) = recognised.changes
    assert (change.record, change.kind, change.what) == (str(event.record), "recognition", "removed")
    assert "2025-01-08" in change.title
    assert (FindingKind.FIGURE_DRIFTED, slot(document, "高新技术企业认定数")) in kinds(found)
    assert "高新技术企业申报数" not in {each.label for each in found.drifted}


def test_corrected_back_the_number_is_the_same_but_the_evidence_is_not(town: Cast) -> None:
    document = write(town).document
    event = RecognitionEvent.objects.filter(event="recognised", organisation=town.firm).earliest("id")
    correct("recognition", event.record, {"happened_on": date(2025, 1, 8)}, by=town.officer)
    correct("recognition", event.record, {"happened_on": event.happened_on}, version=2, by=town.officer)

    for placed in document.figures.select_related("figure__region"):
        found = drift(placed.figure, readers=Readers())
        assert found.holds_then, placed.label  # recomputed at its own number, digest and words are the same
        assert not found.says_otherwise, placed.label
    report_now = verify_file(docx_of(document))
    (recognised,) = (each for each in report_now.drifted if each.label == "高新技术企业认定数")
    assert (recognised.before, recognised.after, recognised.says_otherwise) == ("2家", "2家", False)
    assert [change.what for change in recognised.changes] == ["changed"]


def test_a_corrected_report_drifts_what_was_worked_out_from_it(town: Cast) -> None:
    document = write(town).document
    key = Observation.objects.get(indicator="gdp").record
    actions.correct_observation(
        record=key, version=1, changes={"value": 500_00000000_00}, reason="公报修订", by=town.statistician, now=NOW
    )

    found = verify_file(docx_of(document))

    assert {(each.label, each.before, each.after) for each in found.drifted} == {("研发投入强度", "2.41%", "2.26%")}
    (change,) = found.drifted[0].changes
    assert (change.record, change.kind, change.what) == (str(key), "observation", "changed")


def test_who_may_not_see_the_document_learns_nothing_of_the_ledger(town: Cast) -> None:
    document = write(town).document
    event = RecognitionEvent.objects.filter(event="recognised", organisation=town.firm).earliest("id")
    void("recognition", event.record, by=town.director)

    stranger = verify_file(docx_of(document), visible=Document.objects.none())
    reader = verify_file(docx_of(document), visible=Document.objects.filter(pk=document.pk))

    assert (stranger.document, stranger.drifted, stranger.is_ledger_checked) == (None, (), False)
    assert stranger.holds  # the file itself is as it was written
    assert reader.is_ledger_checked and not reader.holds


# ── the command line ────────────────────────────────────────────────────────────────────────────────────────────────


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_write_and_verify_from_the_command_line(town: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "summary.docx"
    arguments = ("write", "--region", "青溪县", "--period", "2024", "--outline", "short", "-o", path, "--as", "officer")

    code, out, _err = run(capsys, *arguments)
    assert code == 0 and "新写成" in out and "缺数未写" in out
    first = path.read_bytes()
    code, out, _err = run(capsys, *arguments)
    assert code == 0 and "本次新固化 0 个" in out
    assert path.read_bytes() == first

    pdf = tmp_path / "summary.pdf"
    code, out, _err = run(capsys, *arguments, "--pdf", pdf)
    assert code == 0 and pdf.read_bytes().startswith(b"%PDF")

    code, out, _err = run(capsys, "verify", path)
    assert code == 0 and "核验通过" in out and "相符" in out and "不符" not in out

    code, out, _err = run(capsys, "check")
    assert code == 0 and "按固化时重算不符 0 个" in out


def test_verify_exits_with_1_and_names_what_does_not_hold(
    town: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = write(town).document
    path = tmp_path / "summary.docx"
    path.write_bytes(surgery.with_paragraph(docx_of(document), surgery.paragraph("全县获奖12项。")))
    event = RecognitionEvent.objects.filter(event="recognised", organisation=town.firm).earliest("id")
    void("recognition", event.record, by=town.director)

    code, out, _err = run(capsys, "verify", path)

    assert code == 1
    assert "核验未通过" in out and "签名时没有这些文字：“全县获奖12项。”" in out
    assert "减少记录 青溪县 2024年" in out and str(event.record) in out


BAD_INPUT = [
    ("a file that is not there", ("verify", "nowhere.docx"), "找不到文件"),
    ("a file that is no document", ("verify", "{folder}/text.docx"), "docx"),
    ("an unknown region", ("write", "--region", "乌有县", "--period", "2024", "--outline", "short", "-o", "{folder}/x.docx", "--as", "officer"), "乌有县"),
    ("an unknown period", ("write", "--region", "青溪县", "--period", "去年", "--outline", "short", "-o", "{folder}/x.docx", "--as", "officer"), "去年"),
    ("an unknown outline", ("write", "--region", "青溪县", "--period", "2024", "--outline", "novel", "-o", "{folder}/x.docx", "--as", "officer"), "novel"),
    ("an unknown account", ("write", "--region", "青溪县", "--period", "2024", "--outline", "short", "-o", "{folder}/x.docx", "--as", "nobody"), "nobody"),
    ("nothing known", ("write", "--region", "青溪县", "--period", "2010", "--outline", "short", "-o", "{folder}/x.docx", "--as", "officer"), "无法成文"),
    ("an import that is no table", ("import", "{folder}/text.csv", "--kind", "observation", "--as", "officer"), "文件不是表格"),
    ("a pack that is not there", ("load", "{folder}/nowhere"), "没有这个文件夹"),
    ("a pack for a region that is not there", ("load", "{folder}", "--region", "乌有县"), "没有名为“乌有县”的区划"),
    ("a folder in place of a file", ("verify", "{folder}"), "{folder}"),
]  # fmt: skip


@pytest.mark.parametrize("story, arguments, sentence", BAD_INPUT)
def test_wrong_input_ends_in_one_sentence_and_exit_code_2(
    town: Cast,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    story: str,
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    for name in ("text.docx", "text.csv"):
        (tmp_path / name).write_text("这不是文稿\n", encoding="utf-8")

    code, out, err = run(capsys, *(each.format(folder=tmp_path) for each in arguments))

    assert (code, out) == (2, "")
    assert sentence.format(folder=tmp_path) in err and "Traceback" not in err
    assert not (tmp_path / "x.docx").exists()


def test_import_from_the_command_line_says_what_became_of_every_row(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, left = tmp_path / "上报.csv", tmp_path / "left.csv"
    header = "figure,document,region,region_code,stated_year,real_year,period,indicator,measure,value,unit,as_written"
    path.write_bytes(
        f"{header}\nT1#1,T1,青溪县,990121,2024,2024,2024,地区生产总值,level,468.3,亿元,468.3亿元\n"
        "T1#2,T1,青溪县,990121,2024,2024,2024,地区生产总值,level,5,斗,5斗\n".encode("gb18030")
    )
    arguments = ("import", path, "--kind", "observation", "--as", "statistician", "--left", left)

    code, out, _err = run(capsys, *arguments)
    assert code == 1  # a row was left
    assert "GB18030 编码，2 行" in out and "新增 1" in out and "未导入 1" in out
    assert "第 3 行 地区生产总值：unit 列为“斗”" in out
    assert "T1#2" in left.read_text(encoding="utf-8-sig")
    code, out, _err = run(capsys, *arguments)
    assert code == 1 and "没有新的内容" in out
