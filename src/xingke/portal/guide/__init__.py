"""The user's guide: one Markdown file for each language, shown by the site itself, so that it is there without a network."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

LANGUAGES = ("zh-hans", "en")  # as Django writes them; the first is the source
NAMED = re.compile("【(.+?)】")  # what a page says


@dataclass(frozen=True)
class Guide:
    """The guide in one language, as HTML whose sections can be linked to."""

    title: str
    body: str
    sections: tuple[tuple[str, str], ...]  # (anchor, heading), in order


def file(language: str) -> Path:
    """The guide's source in that language; in Chinese where it is not written."""
    return Path(__file__).with_name(f"{language if language in LANGUAGES else LANGUAGES[0]}.md")


@cache
def guide(language: str) -> Guide:
    """Read and render it, once in a process."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(file(language).read_text(encoding="utf-8"))
    title, rest = tokens[1].content, tokens[3:]
    sections = []
    for opening, text in pairwise(rest):
        if opening.type == "heading_open":
            opening.attrSet("id", anchor(text.content))
            sections.append((anchor(text.content), text.content))
        elif opening.type == "table_open":
            opening.attrSet("class", "table")
    body = NAMED.sub(r'<b class="said">\1</b>', markdown.renderer.render(rest, markdown.options, {}))
    return Guide(title=title, body=body, sections=tuple(sections))


def anchor(heading: str) -> str:
    """The anchor that a site which shows Markdown gives a heading, so that links work in both places."""
    return heading.lower().replace(" ", "-")
