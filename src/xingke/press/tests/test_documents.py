"""Verifying in the confined child: the same verdict as outside it, and a sentence where there is none."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from xingke.press import documents
from xingke.press.docx_reader import read
from xingke.press.docx_writer import write
from xingke.press.packages import Unreadable
from xingke.press.tests import surgery
from xingke.press.tests.cast import PUBLIC_KEY, SHORT, proof_of
from xingke.press.tests.surgery import DOCUMENT
from xingke.press.verify import compare

FILE = write(SHORT, proof=proof_of(SHORT))


def test_the_child_says_what_a_file_claims_to_be() -> None:
    claims = documents.claims(FILE)

    assert claims.documents == (SHORT.id, SHORT.id)
    assert (claims.is_proved, claims.signed_by) == (True, PUBLIC_KEY.hex())
    assert claims.lines[:4] == ("虚构数据", SHORT.issuer, SHORT.number, SHORT.title)


@pytest.mark.parametrize("data", [FILE, surgery.replaced(FILE, DOCUMENT, ">36<", ">37<")], ids=["whole", "edited"])
def test_the_child_comes_to_the_same_verdict(data: bytes) -> None:
    reading = read(data)

    assert documents.examined(data, frozen=SHORT, trusted_keys=[PUBLIC_KEY]) == compare(
        reading, reading.proof, frozen=SHORT, trusted_keys=[PUBLIC_KEY]
    )


def test_what_is_no_document_is_told_what_it_is() -> None:
    with pytest.raises(Unreadable, match=r"这是PDF 文件，核验要用 Word 文档（\.docx）"):
        documents.claims(b"%PDF-1.7 rest")


def test_a_file_that_takes_too_long_has_no_verdict() -> None:
    with (
        patch.object(documents, "LIMITS", replace(documents.LIMITS, seconds=0.01)),
        pytest.raises(Unreadable, match=r"用了超过 0\.01 秒，已停止，没有结论"),
    ):
        documents.examined(FILE, frozen=None, trusted_keys=[])


def test_many_numerals_in_one_paragraph_stop_nobody() -> None:
    hostile = surgery.with_paragraph(
        write(SHORT, proof=proof_of(SHORT, is_earlier=True)), surgery.paragraph("一二三" * 3000)
    )

    assert said_of(hostile) in ("no verdict", "does not hold")


def said_of(data: bytes) -> str:
    try:
        verdict = documents.examined(data, frozen=None, trusted_keys=[PUBLIC_KEY])
    except Unreadable:
        return "no verdict"
    return "holds" if verdict.holds else "does not hold"
