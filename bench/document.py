"""Writing the .docx of a document whose figures are frozen: bound, proved and signed, against docxtpl without proof.

Both write the same headings, paragraphs and table cells; ours also reads the stored tree and proof, as the download
does. The limit is packing the XML that is already there.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import docx
import numpy as np
from docxtpl import DocxTemplate
from lxml import etree

from bench.measuring import Line, Size, WrongAnswer, in_turn
from xingke.press import docx_writer, proof, tree

SECTIONS: dict[Size, int] = {"quick": 1, "usual": 6, "large": 60}
PARAGRAPHS, ROWS = 5, 15
ROUNDS: dict[Size, int] = {"quick": 1, "usual": 15, "large": 3}
SENTENCE = "全县科技工作坚持创新驱动，" * 8 + "成效明显。"
HEADER = ("指标", "单位", "本期", "上年同期", "增速", "位次")
KEY = bytes(range(32))  # signs nothing but this bench's documents
NUMERALS = "一二三四五六七八九十"


def prepare(*, size: Size) -> None:
    """Nothing: the document is made in memory."""


def run(*, size: Size) -> list[Line]:
    """Ours against docxtpl and the zip of ready XML."""
    document = _tree(SECTIONS[size])
    stored = (tree.to_json(document), proof.to_xml(_proof(document)))
    template, words = _template(), _words(document)
    ours = partial(_ours, *stored)
    peer = partial(_peer, template, words)
    _check(ours(), peer(), document)
    parts = _parts(ours())
    best = in_turn(ROUNDS[size], ours, peer, partial(_zip, parts))
    unproved = in_turn(ROUNDS[size], partial(docx_writer.write, document, proof=None))
    figures = len(list(tree.chips(document)))
    return [
        Line(
            name=f"a document of {SECTIONS[size]} sections and {figures} figures, proved",
            ours=best[0],
            peer=best[1],
            peer_name="docxtpl, no proof",
            limit=best[2],
            limit_name="zip of ready XML",
            ratio_goal=3.0,
            note="headings, paragraphs and cells are the same; ours also reads the stored tree and proof",
        ),
        Line(
            name="the same, tree in memory and no proof",
            ours=unproved[0],
            peer=best[1],
            peer_name="docxtpl, no proof",
            limit=best[2],
            limit_name="zip of ready XML",
        ),
    ]


def _ours(stored_tree: str, stored_proof: str) -> bytes:
    """What ``reports.queries.docx_of`` does with a stored document."""
    known = proof.from_xml(etree.fromstring(stored_proof.encode()))
    return docx_writer.write(tree.from_json(stored_tree), proof=known)


# ── the document ────────────────────────────────────────────────────────────────────────────────────────────────────


def _tree(sections: int) -> tree.DocumentTree:
    rng = np.random.default_rng(7)
    slots = itertools.count(1)

    def chip(text: str) -> tree.Chip:
        slot = next(slots)
        return tree.Chip(slot=slot, figure=f"00000000-0000-7000-8000-{slot:012}", text=text, label="高新技术企业数")

    def growth() -> str:
        return f"增长{rng.integers(1, 200) / 10}%"

    blocks: list[tree.Block] = []
    for number in range(sections):
        blocks.append(tree.Heading(level=1, text=f"{NUMERALS[number % 10]}、科技工作情况"))
        for _paragraph in range(PARAGRAPHS):
            level, rate = chip(f"{rng.integers(1, 9_999)}项"), chip(growth())
            blocks.append(tree.Paragraph(inlines=("全县登记技术合同", level, "，同比", rate, "。" + SENTENCE)))
        rows = tuple(
            (
                (f"指标名称之{place + 1}",),
                ("项",),
                (chip(str(rng.integers(1, 9_999))),),
                (chip(str(rng.integers(1, 9_999))),),
                (chip(growth()),),
                (f"{rng.integers(1, 9)}",),
            )
            for place in range(ROWS)
        )
        blocks.append(tree.Table(header=HEADER, rows=rows))
    return tree.DocumentTree(
        id="018f0000-0000-7000-8000-000000000001",
        title="青溪县2025年科技工作情况",
        issuer="青溪县科学技术局",
        date="2026年1月15日",
        blocks=tuple(blocks),
    )


def _proof(document: tree.DocumentTree) -> proof.Proof:
    figures = tuple(
        proof.ProofFigure(
            slot=place.chip.slot,
            figure=place.chip.figure,
            xpath=proof.xpath_of(place.chip.slot),
            text=place.chip.text,
            label=place.chip.label,
            indicator="high_tech_enterprises",
            definition="d" * 64,
            region="990121",
            period="2025",
            aspect="level",
            value=place.chip.bound,
            seq=53,
            digest="e" * 64,
            sentence=place.sentence,
        )
        for place in tree.places(document)
    )
    unsigned = proof.Proof(
        document=document.id,
        title=document.title,
        outline="annual@1",
        region="990121",
        period="2025",
        seq=53,
        created="2026-01-15T09:30:00+08:00",
        fingerprint=proof.fingerprint(document),
        figures=figures,
    )
    return proof.sign(unsigned, KEY)


# ── the peer ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _template() -> bytes:
    """A Word file with docxtpl's loops: title, then heading, paragraphs and a table per section, then issuer and date."""
    file = docx.Document()
    file.add_heading("{{ title }}", 0)
    file.add_paragraph("{%p for section in sections %}")
    file.add_heading("{{ section.heading }}", 1)
    file.add_paragraph("{%p for line in section.lines %}")
    file.add_paragraph("{{ line.before }}{{ line.level }}{{ line.between }}{{ line.rate }}{{ line.after }}")
    file.add_paragraph("{%p endfor %}")
    table = file.add_table(rows=4, cols=len(HEADER))
    table.style = "Table Grid"
    for column, head in enumerate(HEADER):
        table.cell(0, column).text = head
        table.cell(2, column).text = f"{{{{ row[{column}] }}}}"
    table.cell(1, 0).text = "{%tr for row in section.rows %}"
    table.cell(3, 0).text = "{%tr endfor %}"
    file.add_paragraph("{%p endfor %}")
    file.add_paragraph("{{ issuer }}")
    file.add_paragraph("{{ date }}")
    return _saved(file)


def _words(document: tree.DocumentTree) -> dict[str, Any]:
    sections: list[dict[str, Any]] = []
    for block in document.blocks:
        if isinstance(block, tree.Heading):
            sections.append({"heading": block.text, "lines": [], "rows": []})
        elif isinstance(block, tree.Paragraph):
            texts = [tree.plain([part]) for part in block.inlines]
            sections[-1]["lines"].append(dict(zip(("before", "level", "between", "rate", "after"), texts, strict=True)))
        elif isinstance(block, tree.Table):
            sections[-1]["rows"] = [[tree.plain(cell) for cell in row] for row in block.rows]
    return {"title": document.title, "issuer": document.issuer, "date": document.date, "sections": sections}


def _peer(template: bytes, words: Mapping[str, Any]) -> bytes:
    file = DocxTemplate(io.BytesIO(template))
    file.render(dict(words))
    return _saved(file)


def _saved(file: Any) -> bytes:
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


# ── the limit and the answers ───────────────────────────────────────────────────────────────────────────────────────


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _zip(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return target.getvalue()


def _check(ours: bytes, peer: bytes, document: tree.DocumentTree) -> None:
    """Both files say the same, and ours is bound and proved figure by figure."""
    said, told = list(_said(ours)), list(_said(peer))
    if said != told:
        place = next((at for at, (one, two) in enumerate(zip(said, told, strict=False)) if one != two), -1)
        raise WrongAnswer(
            f"line {place}: {said[place]!r} is not {told[place]!r}; {len(said)} lines against {len(told)}"
        )
    chips = list(tree.chips(document))
    parts = _parts(ours)
    bound = etree.fromstring(parts["customXml/item1.xml"])
    if [each.text for each in bound] != [chip.bound for chip in chips]:
        raise WrongAnswer("the figures in part A are not those of the document")
    kept = proof.from_xml(etree.fromstring(parts["customXml/item2.xml"]))
    if not proof.is_signed_by(kept, bytes.fromhex(kept.public_key)) or len(kept.figures) != len(chips):
        raise WrongAnswer("the proof in the file is not signed, or not of all figures")


def _said(data: bytes) -> Iterator[str]:
    """The text of every paragraph and cell that has one, in order."""
    body = etree.fromstring(_parts(data)["word/document.xml"])
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for paragraph in body.iter(f"{word}p"):
        if text := "".join(each.text or "" for each in paragraph.iter(f"{word}t")).strip():
            yield re.sub(r"\s+", " ", text)
