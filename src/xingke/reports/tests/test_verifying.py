"""Verifying a file: what it tells whom, and what checking the ledger costs."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.cast import NOW, Cast, file, keep_records, load_outline
from xingke.accounts.models import User
from xingke.base.periods import Period
from xingke.indicators.columns import engine
from xingke.press import docx_writer, tree
from xingke.press.findings import FindingKind
from xingke.press.tests import surgery
from xingke.reports import keys
from xingke.reports.actions import disclosing, save_edition, write_document
from xingke.reports.models import Document
from xingke.reports.queries import documents_visible_to, docx_of
from xingke.reports.queries.verifying import Report, check_ledger, verify_file
from xingke.reports.rules import source

pytestmark = pytest.mark.db


@pytest.fixture
def document(cast: Cast, tmp_path: Path) -> Document:
    load_outline(tmp_path)
    keep_records(cast.county, cast.sibling, by=cast.statistician, kinds=("recognition", "contract"))
    for number, firm in enumerate((cast.firm, cast.other_firm)):
        file(
            "recognition",
            f"高企{number}",
            [("applied", "2024-05-01"), ("recognised", "2024-11-08")],
            firm=firm,
            by=cast.statistician,
        )
    written = write_document(outline="short", region=cast.county, period=Period.year(2024), by=cast.officer, now=NOW)
    return written.document


def test_all_figures_are_sealed_in_one_pass_for_each_kind_and_number(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[str] = []
    usual = engine.seals

    def counted(kind: str, asked: Any, now: Any = None) -> Any:
        passes.append(kind)
        return usual(kind, asked, now)

    monkeypatch.setattr(engine, "seals", counted)

    assert check_ledger(document) == []
    assert document.figures.count() >= 5
    assert sorted(passes) == ["contract", "contract", "recognition", "recognition"]  # then and now


def test_a_record_filed_since_is_found_behind_every_figure_it_changes(cast: Cast, document: Document) -> None:
    file("recognition", "后补", [("applied", "2024-06-01")], firm=cast.firm, by=cast.statistician)

    assert [(label, each.holds_then, each.now.text) for _slot, label, each in check_ledger(document)] == [
        ("高新技术企业申报数", True, "2家"),
        ("高新技术企业认定通过率", True, "50.0%"),
    ]


# ── what a file tells whom ──────────────────────────────────────────────────────────────────────────────────────────


def verified(data: bytes, by: User) -> Report:
    return verify_file(data, visible=documents_visible_to(by))


def take(document: Document, step: str, by: User, opinion: str = "") -> None:
    disclosing.take_step(document=document, step=step, number=document.steps.count(), opinion=opinion, by=by, now=NOW)


def publish(document: Document, cast: Cast) -> None:
    for step, by in (("asked", cast.officer), ("passed", cast.reviewer), ("published", cast.director)):
        take(document, step, by)


def guessed(document: Document, *, key: str = "") -> bytes:
    """A file with the predictable title of a document, perhaps its number, and nothing else."""
    empty = tree.DocumentTree(id=key, title=document.title, issuer="局", date="2026年1月1日", blocks=())
    return surgery.without_custom_parts(docx_writer.write(empty, proof=None), 1)


@pytest.mark.parametrize("names_its_number", [False, True])
def test_a_guessed_title_tells_a_neighbour_nothing_of_an_unpublished_document(
    cast: Cast, document: Document, names_its_number: bool
) -> None:
    data = guessed(document, key=str(document.key) if names_its_number else "")

    report = verified(data, cast.neighbour)

    assert [(each.kind, each.expected) for each in report.verdict.findings] == [(FindingKind.PROOF_MISSING, None)]
    assert (report.verdict.rows, report.document) == ((), None)
    assert verified(data, cast.officer).verdict.rows  # its own county is compared with what was frozen


def test_a_public_document_is_compared_for_everybody(cast: Cast, document: Document) -> None:
    publish(document, cast)

    report = verified(guessed(document), cast.neighbour)

    assert len(report.verdict.rows) == document.figures.count()
    assert not report.is_ledger_checked


def test_a_file_from_elsewhere_is_held_against_the_proof_it_brings(cast: Cast, document: Document) -> None:
    report = verified(docx_of(document), cast.neighbour)

    assert report.holds and len(report.verdict.rows) == document.figures.count()


@pytest.mark.parametrize("who", ["officer", "neighbour"])
def test_a_retracted_document_does_not_pass(cast: Cast, document: Document, who: str) -> None:
    publish(document, cast)
    take(document, "retracted", cast.director, opinion="数有误")

    report = verified(docx_of(document), cast.users[who])

    assert [each.sentence() for each in report.verdict.failures] == ["这份文稿已于2026-03-02撤回，不再有效。"]


def newer(document: Document, cast: Cast) -> Document:
    text = source.typed(document.title, ["paragraph"], ["通过认定{high_tech_recognised}。"])
    return save_edition(follows=document, text=text, by=cast.officer, now=NOW).document


def test_a_newer_edition_is_told_to_whoever_may_read_it(cast: Cast, document: Document) -> None:
    publish(document, cast)
    later = newer(document, cast)

    own, elsewhere = (verified(docx_of(document), by) for by in (cast.officer, cast.neighbour))
    assert [each.sentence() for each in own.verdict.notices] == ["这是第1版，另有新版：第2版。"]
    assert elsewhere.verdict.findings == ()

    publish(later, cast)
    superseded = verified(docx_of(document), cast.neighbour)
    assert superseded.holds and [each.kind for each in superseded.verdict.notices] == [FindingKind.SUPERSEDED]


def test_nothing_is_told_of_a_document_that_never_was_public(cast: Cast, document: Document) -> None:
    newer(document, cast)

    assert verified(docx_of(document), cast.neighbour).verdict.findings == ()


# ── whose key it is signed with ─────────────────────────────────────────────────────────────────────────────────────


def test_whose_key_signed_a_file_is_said_by_name(
    document: Document, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Here by the installation itself; elsewhere as the list there calls it, or by its digits where nobody added it."""
    data, own = docx_of(document), keys.public_key().hex()
    assert str(verify_file(data).signer) == "本安装的密钥"

    monkeypatch.setattr(settings, "DATA", tmp_path)
    assert str(verify_file(data).signer) == f"公钥 {own[:16]}…，不在信任名单中"

    (tmp_path / "trusted.keys").write_text(f"{own} 青溪县科技局\n坏行\n")
    assert str(verify_file(data).signer) == "“青溪县科技局”的密钥"


def test_nobody_is_named_for_a_file_without_a_proof(document: Document) -> None:
    assert not verify_file(guessed(document)).signer
