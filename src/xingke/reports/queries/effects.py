"""What confirming records would do: which indicators change, from what to what, and the evidence of which documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.periods import Period
from xingke.base.quantities import format_number
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import number as written
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators import wording
from xingke.indicators.choosing import indicator_url, running_year
from xingke.indicators.queries import effects
from xingke.indicators.queries.effects import Effect, Part
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Value
from xingke.ledger.actions import as_if_confirmed
from xingke.ledger.confirmations import Intended
from xingke.ledger.words import Words, measured
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.reports import queries
from xingke.reports.models import Document

MOST = 1_000  # records whose effect is worked out while somebody waits
PLACES = 5  # regions whose values are compared
FINEST = 10  # decimals; a 分 of 亿元 is the tenth
DOCUMENTS = 40  # newest documents looked at


@dataclass(frozen=True)
class EffectLine:
    """An indicator of a region that changes, with what it says before and after in each period where it does."""

    label: str
    url: str
    region: str
    cells: Sequence[tuple[str, str, str]]  # period, before, after


def effect(user: User, intended: Intended) -> Mapping[str, Any] | None:
    """The panel of the page that confirms many; None for whoever may read no indicators, or where nothing is confirmed."""
    if not intended.count or not registry.has(user, Permission.INDICATOR_READ):
        return None
    if intended.count > MOST:
        return {"is_too_many": True, "most": MOST}
    today, allowed = timezone.localdate(), registry.scope(user, Permission.INDICATOR_READ)
    regions = [*{each.pk: each for _kind, each in intended.places if allowed.covers(each.path)}.values()]
    kinds = {kind for kind, _region in intended.places}
    asked, periods = effects.touched_by(kinds), [running_year(today), Period.year(today.year - 1)]
    documents = _documents(user, regions)
    parts = effects.parts_of((each for figures in documents.values() for each in figures), kinds, regions)
    shown = regions[:PLACES]
    before, sealed = Reader().values(asked, shown, periods), effects.digests(parts)
    try:
        with as_if_confirmed(records=intended.records, by=user, now=timezone.now(), until=intended.until):
            after, then = Reader().values(asked, shown, periods), effects.digests(parts)
    except Refused:  # somebody else confirmed them meanwhile: pressing the button says so
        return None
    changed = {part for part in parts if sealed.get(part) != then.get(part)}
    return {
        "lines": _lines(effects.effects(before, after), today),
        "documents": _drifting(documents, changed),
        "earlier": sum(entry.on < periods[1].first for entry in intended.entries),
        "year": periods[1].first.year,
        "others": len(regions) - len(shown),
    }


def _documents(user: User, regions: Sequence[Region]) -> dict[Document, list[Any]]:
    """The newest documents somebody may read that speak of some regions or of what holds them, with their figures."""
    above = {pk for region in regions for pk in (region.pk, region.parent_id) if pk is not None}
    newest = queries.newest_visible_to(user).filter(region__in=above).defer("tree", "proof", "source")[:DOCUMENTS]
    public = queries.public_documents().filter(region__in=above).defer("tree", "proof", "source")[:DOCUMENTS]
    found: list[Document] = list({each.pk: each for each in (*newest, *public)}.values())
    return {each: [placed.figure for placed in each.figures.select_related("figure")] for each in found}


def _drifting(documents: Mapping[Document, Sequence[Any]], changed: set[Part]) -> list[dict[str, Any]]:
    """The documents with a figure that rests on what changes, and how many such figures."""
    touched = {
        document: sum(
            any((part["indicator"], part["region"], part["period"]) in changed for part in each.parts)
            for each in figures
        )
        for document, figures in documents.items()
    }
    return [
        {"title": each.title, "url": reverse("reports:document", args=[each.key]), "count": count}
        for each, count in touched.items()
        if count
    ]


def _lines(found: Sequence[Effect], today: date) -> list[EffectLine]:
    words = Words()
    lines: dict[tuple[str, int], list[Effect]] = {}
    for each in found:
        lines.setdefault((each.after.indicator.code, each.after.region.pk), []).append(each)
    return [
        EffectLine(
            some[0].after.indicator.label.in_language(wording.language()),
            indicator_url(some[0].after.indicator.code, some[0].after.region, some[0].after.period),
            some[0].after.region.name,
            [(_period(each.after, today), *_both(each, words)) for each in some],
        )
        for some in lines.values()
    ]


def _period(value: Value, today: date) -> str:
    return wording.running_words(today) if value.period == running_year(today) else period_words(value.period)


def _both(each: Effect, words: Words) -> tuple[str, str]:
    """A value before and after; where rounding says the same of both, as finely as it takes to tell them apart."""
    old, new = _said(each.before, words), _said(each.after, words)
    if old != new or not (each.before.is_known and each.after.is_known):
        return old, new
    finer = next((few for few in range(each.after.indicator.decimals + 1, FINEST) if _finely(each, few)), FINEST)
    unit = words.unit_after(each.after.indicator.unit)
    first, second = (measured(written(number, finer), unit) for number in _numbers(each, finer))
    return first, second


def _finely(each: Effect, decimals: int) -> bool:
    first, second = _numbers(each, decimals)
    return first != second


def _numbers(each: Effect, decimals: int) -> tuple[str, str]:
    known = [value.amount or Decimal(0) for value in (each.before, each.after)]
    return format_number(known[0], decimals), format_number(known[1], decimals)


def _said(value: Value, words: Words) -> str:
    """A value in a cell; what it is not known from where it is not."""
    if value.status == "partial":
        return measured(wording.part_words(value), words.unit_after(value.indicator.unit))
    number, unit = wording.amount_words(value, words)
    return measured(number, unit) if value.is_known else "—"
