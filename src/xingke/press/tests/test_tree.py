"""The document tree: what it refuses, its sentences, its stored form."""

from dataclasses import replace

import pytest

from xingke.press import tree
from xingke.press.tests.cast import SHORT, chip, long_document
from xingke.press.tree import DocumentTree, Heading, Paragraph, Table


def test_a_document_stored_as_json_comes_back_equal() -> None:
    for document in (SHORT, long_document()):
        assert tree.from_json(tree.to_json(document)) == document


def test_the_stored_form_does_not_depend_on_the_run() -> None:
    assert tree.to_json(SHORT).startswith('{"blocks":[{"kind":"notice","text":"文中数字由台账生成')


def test_sentences_end_after_stops_and_semicolons_and_keep_figures_whole() -> None:
    first, second = chip(1, "36项；", "甲"), chip(2, "6项", "乙")

    found = tree.sentences(Paragraph(inlines=("申报", first, "；立项", second, "。“好！”他说。完")))

    assert found == (("申报", first, "；"), ("立项", second, "。"), ("“好！”",), ("他说。",), ("完",))


def test_each_figure_knows_the_sentence_it_stands_in() -> None:
    found = {place.chip.slot: place.sentence for place in tree.places(SHORT)}

    assert found[1] == found[2] == "2024年上半年，全县申报省级科技项目36项，立项6项；"
    assert found[4] == "到位资金230万元，增长13.5%。"
    assert found[7] == "数值：高新技术企业｜15家｜第3位"
    assert found[8] == "位次：高新技术企业｜15家｜第3位"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("36项", ("", "36", "项")),
        ("增长13.5%", ("增长", "13.5%", "")),
        ("居全市第2位", ("居全市第", "2", "位")),
        ("近1.2万家", ("近", "1.2", "万家")),
        ("2~3家", ("", "2~3", "家")),
        ("两批", ("", "两批", "")),
    ],
)
def test_the_numeral_of_a_figure_is_what_gets_bound(text: str, expected: tuple[str, str, str]) -> None:
    assert tree.split_bound(text) == expected


def _document(*blocks: tree.Block) -> DocumentTree:
    return replace(SHORT, blocks=blocks)


@pytest.mark.parametrize(
    "blocks, message",
    [
        ((Paragraph(inlines=(chip(2, "36项", "甲"),)),), "numbered 1 to 1 in reading order, got \\[2\\]"),
        ((Heading(level=5, text="一"),), "heading level must be 1 to 4, got 5"),
        ((Table(header=("甲", "乙"), rows=((("一",),),)),), "every table row needs 2 cells, got \\[1\\]"),
        ((Paragraph(inlines=(chip(1, " ", "甲"),)),), "figure 1 \\(甲\\) has no one-line text"),
        ((Paragraph(inlines=("响铃\x07",)),), "cannot stand in a document"),
    ],
)
def test_a_tree_that_cannot_be_proved_is_refused(blocks: tuple[tree.Block, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _document(*blocks)
