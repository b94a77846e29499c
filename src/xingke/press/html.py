"""Document tree → an HTML body for preview: the same text per paragraph as the .docx, figures drawn by the caller."""

from collections.abc import Callable, Sequence
from html import escape

from xingke.press.official import FICTIONAL_MARK
from xingke.press.tree import Aside, Chip, DocumentTree, Heading, Inline, Mention, Paragraph, Table, TextLine


def name(mention: Mention) -> str:
    """A name as plain text."""
    return escape(mention.text)


def render(
    document: DocumentTree, chip: Callable[[Chip], str], mention: Callable[[Mention], str] = name, *, title: str = "h1"
) -> str:
    """Semantic HTML, everything escaped but what chip and mention return: that must be safe HTML for one figure or name.

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
            lines.append(f'<p class="press-text">{_inlines(block.inlines, chip, mention)}</p>')
        elif isinstance(block, TextLine):
            kind = "press-number" if block.is_centred else "press-to"
            lines.append(f'<p class="{kind}">{escape(block.text)}</p>')
        elif isinstance(block, Aside):
            lines.append(f'<p class="press-notice" role="note">{escape(block.text)}</p>')
        else:
            lines.append(_table(block, chip, mention))
    lines.append(f'<p class="press-signature">{escape(document.issuer)}</p>')
    lines.append(f'<p class="press-signature">{escape(document.date)}</p>')
    return "\n".join(lines)


def _inlines(inlines: Sequence[Inline], chip: Callable[[Chip], str], mention: Callable[[Mention], str]) -> str:
    return "".join(
        chip(part) if isinstance(part, Chip) else mention(part) if isinstance(part, Mention) else escape(part)
        for part in inlines
    )


def _table(table: Table, chip: Callable[[Chip], str], mention: Callable[[Mention], str]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in table.header)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{_inlines(cell, chip, mention)}</td>" for cell in row) + "</tr>" for row in table.rows
    )
    return f'<div class="press-table"><table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table></div>'
