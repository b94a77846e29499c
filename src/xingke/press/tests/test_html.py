"""The preview: escaped, semantic, the same text as the file."""

import re
from html import unescape

from xingke.press.html import render
from xingke.press.tests.cast import SHORT, chip
from xingke.press.tree import Chip, DocumentTree, Paragraph, TextLine, passages, plain


def _link(figure: Chip) -> str:
    return f'<a href="/figures/{figure.figure}">{figure.text}</a>'


def test_figures_are_drawn_by_the_caller_and_the_rest_is_escaped() -> None:
    blocks = (Paragraph(inlines=("<script>&", chip(1, "36项", "甲"))),)
    html = render(DocumentTree(id="x", title="甲<乙", issuer="局", date="2024年1月1日", blocks=blocks), _link)

    assert '<p class="press-text">&lt;script&gt;&amp;<a href="/figures/fig-1">36项</a></p>' in html
    assert '<h1 class="press-title">甲&lt;乙</h1>' in html
    assert "虚构" not in html


def test_the_preview_says_what_the_tree_says() -> None:
    html = render(SHORT, _link)
    said = unescape(re.sub(r"<[^>]*>", "", html))

    assert all(plain(passage) in said for passage in passages(SHORT))
    assert '<th scope="col">指标</th>' in html and "<h2" in html and "<h3" in html
    assert html.startswith('<p class="press-fictional">虚构数据</p>')


def test_a_line_of_a_letter_stands_at_the_edge_or_in_the_middle_and_is_escaped() -> None:
    blocks = (TextLine(text="甲〔2026〕1号", is_centred=True), TextLine(text="<乙>："))
    html = render(DocumentTree(id="x", title="甲", issuer="局", date="2024年1月1日", blocks=blocks), _link)

    assert '<p class="press-number">甲〔2026〕1号</p>' in html
    assert '<p class="press-to">&lt;乙&gt;：</p>' in html
