"""Document tree → an HTML body for preview: the same text per paragraph as the .docx, figures drawn by the caller."""

from collections.abc import Callable, Sequence
from html import escape

from xingke.base.press.official import FICTIONAL_MARK
from xingke.base.press.tree import Chip, Document, Heading, Inline, Notice, Paragraph, Table


def render(document: Document, chip: Callable[[Chip], str], *, title: str = "h1") -> str:
    """Semantic HTML, everything escaped but what chip returns: that must be safe HTML for one figure, such as a link.

    The title is an h1 (or the element named), headings follow as h2 to h5; classes press-* carry the look. Ends with
    issuer and date.
    """
    lines = []
    if document.is_fictional:
        lines.append(f'<p class="press-fictional">{FICTIONAL_MARK}</p>')
    if document.number:
        lines.append(f'<p class="press-issuer">{escape(document.issuer)}</p>')
        lines.append(f'<p class="press-number">{escape(document.number)}</p>')
    lines.append(f'<{title} class="press-title">{escape(document.title)}</{title}>')
    for block in document.blocks:
        if isinstance(block, Heading):
            lines.append(f'<h{block.level + 1} class="press-heading">{escape(block.text)}</h{block.level + 1}>')
        elif isinstance(block, Paragraph):
            lines.append(f'<p class="press-text">{_inlines(block.inlines, chip)}</p>')
        elif isinstance(block, Notice):
            lines.append(f'<p class="press-notice" role="note">{escape(block.text)}</p>')
        else:
            lines.append(_table(block, chip))
    lines.append(f'<p class="press-signature">{escape(document.issuer)}</p>')
    lines.append(f'<p class="press-signature">{escape(document.date)}</p>')
    return "\n".join(lines)


def _inlines(inlines: Sequence[Inline], chip: Callable[[Chip], str]) -> str:
    return "".join(escape(part) if isinstance(part, str) else chip(part) for part in inlines)


def _table(table: Table, chip: Callable[[Chip], str]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.header)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{_inlines(cell, chip)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return f'<div class="press-table"><table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>'
