"""Who may see the addresses of reports."""

from collections.abc import Mapping
from typing import Any

from tests.access import BUSINESS, EVERYBODY, NEXT_DOOR, OWN, WRITE, Row, World
from tests.cast import NOW, load_outline
from xingke.base.periods import Period
from xingke.reports.actions import save_edition, write_document
from xingke.reports.actions.disclosing import take_step
from xingke.reports.models import Document
from xingke.reports.rules import source


def furnish(world: World) -> Mapping[str, Any]:
    """A draft, a document that everybody may read, and its next edition, which nobody has reviewed."""
    load_outline(world.folder)
    document, published = (_written(world, year) for year in (2024, 2025))
    by = world.cast
    for number, (step, who) in enumerate((("asked", by.officer), ("passed", by.reviewer), ("published", by.director))):
        take_step(document=published, step=step, number=number, opinion="", by=who, now=NOW)
    text = source.typed("不公开的新标题", ["paragraph"], ["高新技术企业{high_tech_enterprises}。"])
    edited = save_edition(follows=published, text=text, by=by.officer, now=NOW).document
    return {
        "document": document,
        "published": published,
        "edited": edited,
        "figure": document.figures.get(label="高新技术企业数").figure_id,
        "public_figure": published.figures.get(label="高新技术企业数").figure_id,
    }


def _written(world: World, year: int) -> Document:
    by, county = world.cast.officer, world.cast.county
    return write_document(outline="short", region=county, period=Period.year(year), by=by, now=NOW).document


def _document(world: World) -> dict[str, Any]:
    return {"key": world.document.key}


def _public(world: World) -> dict[str, Any]:
    return {"work": world.published.work}


ROWS = {
    "document-list": Row(BUSINESS | NEXT_DOOR),
    "document-write": Row(WRITE | NEXT_DOOR),
    "document": Row(OWN, _document),
    "document-file": Row(OWN, _document, is_page=False),
    "document-pdf": Row(OWN, _document, is_page=False),
    "document-edit": Row(WRITE, _document),
    "document-figures": Row(WRITE, _document, "q=高新", is_page=False),
    "document-compare": Row(OWN, lambda world: {"key": world.edited.key}),
    "document-update": Row(WRITE, _document),
    "document-review": Row(frozenset({"reviewer", "director"}), _document),
    "document-step": Row(OWN, _document, posts_only=True),
    "document-hand-up": Row(frozenset({"director"}), _document, posts_only=True),
    "document-recall": Row(frozenset({"director"}), _document, posts_only=True),
    "public-document": Row(EVERYBODY, _public, is_public=True),
    "public-document-file": Row(EVERYBODY, _public, is_public=True, is_page=False),
    "public-document-pdf": Row(EVERYBODY, _public, is_public=True, is_page=False),
    "public-figure": Row(EVERYBODY, lambda world: {"key": world.public_figure}, is_public=True),
    "figure": Row(OWN, lambda world: {"key": world.figure}),
    "verify": Row(EVERYBODY, is_public=True),
}
