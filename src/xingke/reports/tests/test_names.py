"""Names in documents: read from the records behind a figure, signed with their versions, told of when those change."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import NOW, Cast, file, keep_records
from xingke.base.periods import Period
from xingke.ledger import actions as ledger
from xingke.ledger.models import Patent, PatentEvent
from xingke.press import numerals, tree
from xingke.press.findings import FindingKind
from xingke.registry.actions import load_pack
from xingke.reports.actions import Unsound, save_edition, write_document
from xingke.reports.models import Document
from xingke.reports.queries import docx_of, proof_of, source_of, tree_of
from xingke.reports.queries.verifying import verify_file

pytestmark = pytest.mark.db

OUTLINE = """
[[outline]]
code = "named"
label = { zh = "名单", en = "Names" }
title = "{region}{period}名单"
issuer = "{region}科学技术局"

[[outline.names]]
indicator = "inventions_granted"
pattern = "{name}"
most = 2

[[outline.section]]
heading = "专利"
[[outline.section.sentence]]
text = "获得授权{inventions_granted}。"
[[outline.section.sentence]]
text = "{inventions_granted:names}获专利权。"
[[outline.section.sentence]]
text = "[受让的有{inventions_received:names}。]"
"""


@pytest.fixture
def named(cast: Cast, tmp_path: Path) -> Cast:
    """Three patents this year; the first has a numeral in its name."""
    (tmp_path / "outlines.toml").write_text(OUTLINE, encoding="utf-8")
    load_pack(folder=tmp_path, by=None, now=NOW)
    keep_records(cast.county, by=cast.statistician)
    for name, on in (("第三机床3件", "2025-03-05"), ("青禾", "2025-05-06"), ("远山", "2025-11-20")):
        file("patent", name, [("granted", on)], firm=cast.firm, by=cast.statistician)
    return cast


def written(cast: Cast) -> Document:
    return write_document(
        outline="named", region=cast.county, period=Period.year(2025), by=cast.officer, now=NOW
    ).document


def kinds(document: Document) -> list[FindingKind]:
    return [finding.kind for finding in verify_file(docx_of(document)).verdict.findings]


def changed(cast: Cast, **changes: object) -> None:
    event = PatentEvent.objects.get(happened_on="2025-05-06", seq_to__isnull=True)
    ledger.correct_event(
        kind="patent",
        record=event.record,
        version=event.version,
        changes=changes,
        reason="更正",
        by=cast.statistician,
        now=NOW,
    )


def test_the_oldest_are_named_and_the_rest_are_hinted_at(named: Cast) -> None:
    document = written(named)

    (paragraph,) = (block for block in tree_of(document).blocks if isinstance(block, tree.Paragraph))
    assert tree.plain(paragraph.inlines) == "获得授权3件。第三机床3件、青禾等获专利权。"
    first, second = tree.mentions(tree_of(document))
    assert (first.text, first.kind, first.version) == ("第三机床3件", "patent", 1)
    assert [(each.text, each.sentence) for each in proof_of(document).mentions] == [
        ("第三机床3件", "第三机床3件、青禾等获专利权。"),
        ("青禾", "第三机床3件、青禾等获专利权。"),
    ]
    assert second.record == str(PatentEvent.objects.get(happened_on="2025-05-06").record)
    assert document.gaps == []  # none was received: nothing is missing


def test_a_document_with_names_holds_and_is_the_same_bytes_again(named: Cast) -> None:
    document = written(named)

    assert kinds(document) == []
    assert docx_of(document) == docx_of(document)
    assert written(named).key == document.key  # nothing changed: no new document


def test_a_numeral_in_a_name_excuses_no_other(named: Cast) -> None:
    document = tree_of(written(named))
    assert tree.chips(document)

    (loose,) = numerals.loose(("另有3件，", *tree.mentions(document)))
    assert loose.text == "3件"


def test_a_changed_name_is_told_of(named: Cast) -> None:
    document = written(named)
    data = _replaced(docx_of(document), "青禾", "青苗")

    (finding,) = verify_file(data).verdict.failures
    assert finding.kind == FindingKind.PROSE_CHANGED
    assert "青禾" in (finding.expected or "") and "青苗" in (finding.found or "")


def test_a_correction_that_keeps_the_name_is_no_finding(named: Cast) -> None:
    document = written(named)
    changed(named, happened_on=date(2025, 5, 7))

    assert FindingKind.RECORD_CHANGED not in kinds(document)
    assert written(named).key != document.key  # the same words from another version are another document


def test_a_record_that_was_voided_since_is_told_of_as_a_change_of_the_ledger(named: Cast, signed_in: object) -> None:
    document = written(named)
    event = PatentEvent.objects.get(happened_on="2025-05-06", seq_to__isnull=True)
    ledger.void_event(
        kind="patent", record=event.record, version=event.version, reason="误", by=named.statistician, now=NOW
    )

    (found,) = (
        each for each in verify_file(docx_of(document)).verdict.findings if each.kind == FindingKind.RECORD_CHANGED
    )
    assert (found.sentence(), found.found) == (
        "文中写到的“青禾”，所依据的台账记录后来有更正或已作废，现为“—”。",
        "—",
    )
    sent = {"file": SimpleUploadedFile("名单.docx", docx_of(document))}
    page = signed_in("officer").post("/verify/", sent).content.decode()  # type: ignore[operator]
    assert "核验不通过" not in page and "verdict-warn" in page
    assert "台账里已经变动的名称" in page and found.sentence() in page


def test_a_thing_renamed_since_is_told_of_with_its_name_now(named: Cast) -> None:
    document = written(named)
    subject = Patent.objects.get(name="青禾", seq_to__isnull=True)
    ledger.correct_subject(
        kind="patent",
        record=subject.record,
        version=subject.version,
        changes={"name": "新禾"},
        reason="更名",
        by=named.statistician,
        now=NOW,
    )

    (found,) = verify_file(docx_of(document)).verdict.findings
    assert (found.kind, "新禾" in (found.found or "")) == (FindingKind.RECORD_CHANGED, True)


def test_a_lost_name_is_told_of_on_the_pages_and_is_not_saved_again(named: Cast, signed_in: object) -> None:
    document = written(named)
    subject = Patent.objects.get(name="青禾", seq_to__isnull=True)
    ledger.correct_subject(
        kind="patent",
        record=subject.record,
        version=subject.version,
        changes={"name": "新禾"},
        reason="更名",
        by=named.statistician,
        now=NOW,
    )

    page = signed_in("reviewer").get(f"/documents/{document.key}/review/").content.decode()  # type: ignore[operator]
    assert "新禾" in page
    own = signed_in("reviewer").get(f"/documents/{document.key}/?check").content.decode()  # type: ignore[operator]
    assert "有名称所依据的台账记录已改正或作废。" in own and "、新禾</li>" in own
    with pytest.raises(Unsound) as refused:
        save_edition(follows=document, text=source_of(document), by=named.officer, now=NOW)
    assert [(each.kind, each.text) for each in refused.value.mistakes] == [("name", "{@青禾}")]


def test_a_name_leads_to_its_record_for_whoever_may_read_it(named: Cast, signed_in: object) -> None:
    document = written(named)
    browser: Client = signed_in("officer")  # type: ignore[operator]

    page = browser.get(f"/documents/{document.key}/").content.decode()

    link = re.search(r'<a class="mention" href="([^"]+)">青禾</a>', page)
    assert link is not None
    assert browser.get(link[1]).status_code == 200


def _replaced(data: bytes, old: str, new: str) -> bytes:

    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as package:
        for entry in source.infolist():
            text = source.read(entry)
            if entry.filename == "word/document.xml":
                text = text.replace(old.encode(), new.encode())
            package.writestr(entry, text)
    return target.getvalue()
