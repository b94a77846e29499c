"""Whether documents still hold, as pages say it: found by the job child, a notice where only the evidence was corrected."""

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, correct, file, keep_records
from xingke.base.periods import Period
from xingke.indicators.columns import engine
from xingke.indicators.models import Figure, TextCheck
from xingke.indicators.queries import aspects
from xingke.indicators.queries.aspects import AspectReading, Question
from xingke.ledger.models import RecognitionEvent
from xingke.ledger.queries.caching import ledger_stamp
from xingke.press.findings import FindingKind
from xingke.reports.actions import write_document
from xingke.reports.models import Document
from xingke.reports.queries import checking, docx_of
from xingke.reports.queries.verifying import verify_file

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    cache.clear()


@pytest.fixture
def document(cast: Cast) -> Document:
    """The annual summary of 2025; three firms were recognised in 2025, one the year before."""
    keep_records(cast.county, by=cast.statistician)
    for number, on in enumerate(("2025-03-05", "2025-11-20", "2025-12-30", "2024-06-01")):
        file("recognition", f"证书{number}", [("recognised", on)], firm=cast.firm, by=cast.statistician)
    return write_document(
        outline="annual", region=cast.county, period=Period.year(2025), by=cast.officer, now=NOW
    ).document


def move_recognition(cast: Cast, *, to: date) -> str:
    event = RecognitionEvent.objects.get(happened_on="2025-12-30", seq_to__isnull=True)
    correct("recognition", event.record, {"happened_on": to}, by=cast.statistician)
    return str(event.record)


def known(document: Document) -> checking.CheckedDocument | None:
    return checking.known(document, ledger_stamp())


def texts(found: Any) -> set[tuple[str, str]]:
    return {(each.before, each.after) for each in found.values()}


def test_the_job_child_finds_out_what_pages_say(cast: Cast, document: Document) -> None:
    assert checking.check_next() is False, "it was written at the last change: it holds"
    move_recognition(cast, to=date(2026, 1, 5))
    assert known(document) is None

    assert (checking.check_next(), checking.check_next()) == (True, False)

    found = known(document)
    assert found is not None and not found.holds
    assert ("4家", "3家") in texts(found.drifted)


def test_an_evidence_that_was_corrected_under_the_same_number_leaves_the_document_whole(
    cast: Cast, document: Document
) -> None:
    record = move_recognition(cast, to=date(2025, 12, 29))
    checking.check_next()

    found, report = known(document), verify_file(docx_of(document))

    assert found is not None
    assert (found.holds, dict(found.drifted), dict(found.reworded)) == (True, {}, {})
    assert found.corrected.keys() == {each.slot for each in report.verdict.notices}
    assert (report.holds, {each.kind for each in report.verdict.findings}) == (True, {FindingKind.EVIDENCE_CORRECTED})
    assert all(row.holds for row in report.verdict.rows)
    assert {change.record for each in report.drifted for change in each.changes} == {record}
    assert report.verdict.notices[0].sentence() == "“高新技术企业数”（4家）依据有更正，数未变。"


def test_in_one_document_only_the_numbers_that_changed_fail(cast: Cast, document: Document) -> None:
    move_recognition(cast, to=date(2025, 6, 30))
    year = write_document(
        outline="half-year", region=cast.county, period=Period.parse("2025-H1"), by=cast.officer, now=NOW
    ).document
    event = RecognitionEvent.objects.get(happened_on="2025-06-30", seq_to__isnull=True)
    correct("recognition", event.record, {"happened_on": date(2025, 7, 1)}, version=2, by=cast.statistician)

    half, whole = verify_file(docx_of(year)), verify_file(docx_of(document))

    failed = {each.slot for each in half.verdict.failures}
    assert ({each.kind for each in half.verdict.failures}, half.holds) == ({FindingKind.FIGURE_DRIFTED}, False)
    assert {row.slot for row in half.verdict.rows if not row.holds} == failed
    assert all(each.before != each.after for each in half.drifted if each.slot in failed)
    assert all(each.before == each.after for each in half.drifted if each.slot not in failed)
    assert (whole.holds, {each.kind for each in whole.verdict.findings}) == (True, {FindingKind.EVIDENCE_CORRECTED})


def worded_otherwise(question: Question) -> AspectReading:
    found = aspects._said(question.now)
    return AspectReading(text=f"足足{found.text}", amount=found.amount, values=found.values) if found.text else found


def test_newer_rules_that_word_the_same_evidence_otherwise_are_a_notice(
    document: Document, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    Figure.objects.update(rules=0)
    level = aspects.Aspect(read=worded_otherwise)
    monkeypatch.setattr(aspects, "ASPECTS", {**aspects.ASPECTS, "level": level})

    report = verify_file(docx_of(document))

    levels = Figure.objects.filter(aspect="level", region=cast.county).count()
    assert (report.holds, report.drifted) == (True, ())
    assert [each.kind for each in report.verdict.notices] == [FindingKind.WORDING_DIFFERS] * levels
    assert all(row.holds for row in report.verdict.rows)
    assert "“高新技术企业认定数”依据未变，说法按新版规则不同：文中是“3家”，现在说“足足3家”。" in [
        each.sentence() for each in report.verdict.notices
    ]


def test_what_was_found_by_other_rules_or_kept_otherwise_is_not_believed(cast: Cast, document: Document) -> None:
    move_recognition(cast, to=date(2026, 1, 5))
    checking.check_next()

    TextCheck.objects.update(rules=engine.RULES + 1)
    assert known(document) is None
    TextCheck.objects.update(rules=engine.RULES, found={"drifted": {"1": {"strange": 1}}})
    assert known(document) is None


def test_a_document_that_cannot_be_checked_does_not_stop_the_others(
    cast: Cast, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_recognition(cast, to=date(2026, 1, 5))

    def broken(_document: Document) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(checking, "_looked_at", broken)

    assert (checking.check_next(), checking.check_next()) == (True, False)
    assert known(document) is None


def test_many_documents_are_asked_about_in_one_query(cast: Cast, document: Document) -> None:
    move_recognition(cast, to=date(2025, 12, 29))
    other = write_document(outline="annual", region=cast.county, period=Period.year(2025), by=cast.officer, now=NOW)
    move_back = RecognitionEvent.objects.get(happened_on="2025-12-29", seq_to__isnull=True)
    correct("recognition", move_back.record, {"happened_on": date(2025, 12, 30)}, version=2, by=cast.statistician)
    stamp = ledger_stamp()

    with CaptureQueriesContext(connection) as asked:
        found = checking.known_of([document, other.document], stamp)

    assert (len(asked), set(found.values())) == (1, {None})
