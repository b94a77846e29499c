"""What LibreOffice does to a document: a re-save must still hold, and pages must come out as pages."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from xingke.press.docx_reader import read
from xingke.press.docx_writer import write
from xingke.press.findings import FindingKind, Verdict
from xingke.press.tests import surgery
from xingke.press.tests.cast import PUBLIC_KEY, SHORT, long_document, proof_of
from xingke.press.tests.surgery import PART_A
from xingke.press.tree import DocumentTree, Paragraph
from xingke.press.verify import compare

pytestmark = pytest.mark.libreoffice

FILE = write(SHORT, proof=proof_of(SHORT))


def converted(data: bytes, folder: Path, *, to: str) -> bytes:
    office = shutil.which("soffice")
    assert office, "this test needs LibreOffice (package libreoffice-writer-nogui)"
    source = folder / "in" / "document.docx"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", to, "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (folder / "document").with_suffix("." + to.split(":")[0]).read_bytes()


def resaved(data: bytes, folder: Path) -> bytes:
    return converted(data, folder, to="docx:MS Word 2007 XML")


def check(data: bytes) -> Verdict:
    reading = read(data)
    return compare(reading, reading.proof, trusted_keys=[PUBLIC_KEY])


@pytest.mark.parametrize("document", [SHORT, long_document()], ids=["short", "long"])
def test_a_file_saved_again_holds(document: DocumentTree, tmp_path: Path) -> None:
    now = check(resaved(write(document, proof=proof_of(document)), tmp_path))
    earlier = check(resaved(write(document, proof=proof_of(document, is_earlier=True)), tmp_path))

    assert [finding.kind for finding in now.findings] == [FindingKind.RESAVED]
    assert [finding.kind for finding in earlier.findings] == [FindingKind.EARLIER_FORM]
    assert all(row.holds for row in (*now.rows, *earlier.rows))


def test_a_second_save_drops_the_parts_and_the_frozen_version_stands_in(tmp_path: Path) -> None:
    """LibreOffice 7.4 forgets to relate a part to its properties, and on the next load drops what is not related."""
    reading = read(resaved(resaved(FILE, tmp_path), tmp_path))

    verdict = compare(reading, reading.proof, frozen=SHORT, trusted_keys=[PUBLIC_KEY])

    assert reading.identifier == SHORT.id
    assert verdict.holds
    assert [finding.kind for finding in verdict.findings] == [FindingKind.PARTS_DROPPED]


def test_an_edit_before_the_save_is_still_found(tmp_path: Path) -> None:
    data = surgery.in_control(FILE, 1, lambda xml: xml.replace(">36<", ">37<"))
    data = surgery.replaced(data, PART_A, "<figure>36<", "<figure>37<")

    assert [finding.kind for finding in check(resaved(data, tmp_path)).findings] == [FindingKind.FIGURE_EDITED]


def test_an_edit_of_part_a_reaches_the_text_when_it_is_opened(tmp_path: Path) -> None:
    data = surgery.replaced(FILE, PART_A, "<figure>36<", "<figure>37<")

    assert [finding.kind for finding in check(resaved(data, tmp_path)).findings] == [FindingKind.FIGURE_EDITED]


def test_an_unwrapped_control_and_a_typed_numeral_are_still_found(tmp_path: Path) -> None:
    data = surgery.in_control(FILE, 1, surgery.content)
    data = surgery.with_paragraph(data, surgery.paragraph("获奖12项。"))

    assert [finding.kind for finding in check(resaved(data, tmp_path)).findings] == [
        FindingKind.FIGURE_UNWRAPPED,
        FindingKind.PROSE_CHANGED,
    ]


def test_tracked_changes_survive_the_save(tmp_path: Path) -> None:
    tracked = '<w:ins w:id="900" w:author="李四" w:date="2024-07-05T09:00:00Z"><w:r><w:t>获奖12项。</w:t></w:r></w:ins>'
    data = surgery.with_paragraph(FILE, f"<w:p>{tracked}</w:p>")

    assert {finding.kind for finding in check(resaved(data, tmp_path)).findings} == {
        FindingKind.FOREIGN,
        FindingKind.PROSE_CHANGED,
    }


@pytest.mark.parametrize("over", ["odt", "doc:MS Word 97"])
@pytest.mark.parametrize("document", [SHORT, long_document()], ids=["short", "long"])
def test_a_trip_through_another_format_falls_back_to_the_frozen_version(
    document: DocumentTree, over: str, tmp_path: Path
) -> None:
    reading = read(_over(write(document, proof=proof_of(document)), over, tmp_path))

    verdict = compare(reading, reading.proof, frozen=document, trusted_keys=[PUBLIC_KEY])

    assert [finding.kind for finding in verdict.findings] == [FindingKind.PARTS_DROPPED]
    assert all(row.holds for row in verdict.rows)


def _over(data: bytes, over: str, folder: Path) -> bytes:
    """The file as another format and back as .docx: parts and bindings are lost on the way."""
    suffix = over.split(":")[0]
    converted(data, folder, to=over)
    back = folder / "back"
    office = shutil.which("soffice")
    assert office
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(back)]
    subprocess.run([*command, str(folder / f"document.{suffix}")], check=True, capture_output=True, timeout=180)
    return (back / "document.docx").read_bytes()


@pytest.mark.parametrize("characters, pages", [(54, 11), (55, 17)])
def test_a_line_holds_28_characters_and_a_page_22_lines(characters: int, pages: int, tmp_path: Path) -> None:
    """54 characters and an indent of two are two lines, one more is three; 118 such paragraphs fill eleven pages."""
    document = replace(SHORT, number=None, is_fictional=False, blocks=(Paragraph(inlines=("科" * characters,)),) * 118)

    pdf = converted(write(document, proof=None), tmp_path, to="pdf")

    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == pages
