"""Values as components take them: figure cards, rows of lists, rank tables, trends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from xingke.base.templatetags.xk import coverage
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators import wording
from xingke.indicators.choosing import evidence_url, indicator_url
from xingke.indicators.queries.judging import IdentityTerm, Judged
from xingke.indicators.queries.values import Growth, Rank, Value
from xingke.ledger.words import Words, measured
from xingke.registry.models import Region
from xingke.registry.rules import Scope


@dataclass(frozen=True)
class IndicatorLine:
    """One indicator in a list: its number, growth, place, how it is known, and the way to its evidence."""

    code: str
    label: str
    meaning: str
    region: str
    period: str
    url: str
    status: str
    number: wording.PlainNumber
    unit: str
    change: wording.GrowthWords
    rank: str
    route: str
    route_word: str
    why: str
    known: int
    total: int
    evidence_url: str
    count: int


@dataclass(frozen=True)
class IdentityLine:
    """One identity at one place: what must hold, with the numbers and the way to each, and whether it does."""

    label: str
    status: str
    said: str
    equation: SafeString
    source: str


class Cards:
    """Makes components of values for one reader and one page. readable: where the reader may read records."""

    def __init__(self, readable: Scope) -> None:
        self.readable = readable
        self.words = Words()

    def evidence_url(self, value: Value, *, seq: int | None = None) -> str:
        """Where a known value's evidence stands; empty for whoever may not read the records of its region."""
        if not value.is_known or not self.readable.covers(value.region.path):
            return ""
        return evidence_url(value.indicator.code, value.region, value.period, seq=seq)

    def line(
        self, value: Value, growth: Growth | None = None, rank: Rank | None = None, *, seq: int | None = None
    ) -> IndicatorLine:
        """A value for one row of a list."""
        number, unit = wording.amount_words(value, self.words)
        if value.status == "partial":
            number, unit = wording.part_words(value), self.words.unit_after(value.indicator.unit)
        covered = value.covered
        return IndicatorLine(
            code=value.indicator.code,
            label=value.indicator.label.in_language(wording.language()),
            meaning=value.indicator.meaning.in_language(wording.language()),
            region=value.region.name,
            period=period_words(value.period),
            url=indicator_url(value.indicator.code, value.region, value.period),
            status=value.status,
            number=number,
            unit=unit,
            change=wording.change(growth),
            rank=wording.rank_words(rank),
            route=value.route,
            route_word=wording.route_word(value.route),
            why=wording.why_unknown(value, self.words),
            known=covered.known if covered else 0,
            total=covered.of if covered else 0,
            evidence_url=self.evidence_url(value, seq=seq),
            count=value.count,
        )

    def figure_card(
        self, value: Value, growth: Growth | None, rank: Rank | None, *, own_page: bool = True
    ) -> dict[str, Any]:
        """A value as the attributes of a ``figure_card``; own_page: whether its label leads to the indicator's page."""
        row = self.line(value, growth, rank)
        card: dict[str, Any] = {
            "label": row.label,
            "url": row.url if own_page else "",
            "period": value.period,
            "value": row.number,
            "unit": row.unit,
            "status": row.status,
            "reason": row.why,
            "known": row.known,
            "total": row.total,
            "change": row.change.text,
            "direction": row.change.direction,
            "judgement": row.change.judgement,
            "rank": row.rank,
            "route": {"records": "records", "observation": "observed"}.get(row.route, ""),
            "evidence_url": row.evidence_url,
        }
        if row.route == "children":
            card["evidence_label"] = _("由 %(count)s 个下级区划合计") % {"count": row.total}
        elif row.route == "formula":
            card["evidence_label"] = _("看参与计算的数")
        elif row.route == "observation" and value.observation is not None:
            card["evidence_label"] = wording.place_words(value.observation)
        else:
            card["evidence_count"] = row.count
        return card

    def rank_rows(self, rank: Rank, growths: Sequence[Growth], own: Region) -> list[dict[str, Any]]:
        """Siblings for a ``rank_table``: by place, the unknown last and without one."""
        placed = rank.places
        by_region = {growth.now.region.pk: growth for growth in growths}
        ordered = sorted(
            rank.values, key=lambda each: (placed.get(each.region.pk, len(rank.values) + 1), each.region.path)
        )
        return [
            {
                "rank": placed.get(each.region.pk),
                "name": each.region.name,
                "url": indicator_url(each.indicator.code, each.region, each.period),
                "value": each.amount,
                "text": str(wording.amount_words(each, self.words)[0]),
                "change": wording.change(by_region.get(each.region.pk)).text,
                "is_own": each.region == own,
            }
            for each in ordered
        ]

    def trend(self, values: Sequence[Value], *, title: str) -> dict[str, Any]:
        """Values of one indicator and region over periods, oldest first, as a ``trend_chart``."""
        asked = values[0].indicator
        rows = [{"label": period_words(value.period), "cells": [self._cell(value)]} for value in values]
        return {
            "id": "trend-chart",
            "kind": "bar" if asked.nature == "flow" else "line",
            "title": title,
            "unit": self.words.unit(asked.unit),
            "series": [values[0].region.name],
            "rows": rows,
            "note": "" if all(value.is_known for value in values) else _("没有数的时期留空，不连线，也不当作零。"),
        }

    def _cell(self, value: Value) -> dict[str, Any]:
        text = ""
        if value.status == "partial":
            text = str(wording.part_words(value))
        elif value.is_known:
            number, unit = wording.amount_words(value, self.words)
            is_own = unit == self.words.unit_after(value.indicator.unit)
            text = str(number) if is_own else measured(number, unit)
        return {
            "value": value.amount if value.is_known else value.known_part,
            "text": text,
            "status": "partial" if value.status == "partial" else "",
            "url": self.evidence_url(value),
        }

    def identity(self, judged: Judged) -> IdentityLine:
        """A judged identity for one row of a list."""
        terms = {term.name: self._term(term, judged) for term in judged.terms}
        return IdentityLine(
            label=judged.identity.label.in_language(wording.language()),
            status=judged.status,
            said=self._verdict(judged),
            equation=mark_safe(wording.relate(judged.identity, lambda name: terms[name])),  # each term is escaped
            source=judged.identity.source,
        )

    def _verdict(self, judged: Judged) -> str:
        if judged.verdict is None:
            names = _("、").join(wording.term_words(term.name, self.words) for term in judged.missing)
            return _("缺少：%(names)s。") % {"names": names} if names else _("除数为零，无法核对。")
        if judged.verdict.holds:
            return _("相符")
        size = wording.plain_number(abs(judged.verdict.difference))
        return (_("多出 %(n)s") if judged.identity.relation == "<=" else _("相差 %(n)s")) % {"n": size}

    def _term(self, term: IdentityTerm, judged: Judged) -> SafeString:
        """A term by name, with its number as the way to its evidence."""
        label = wording.term_words(term.name, self.words)
        if term.name.shift == "children":
            known = sum(value.is_known for value in term.values)
            text = wording.plain_number(term.amount.value) if term.amount else coverage(known, len(term.values))
            url = indicator_url(term.name.code, judged.region, judged.period)
        else:
            (line,) = (self.line(value) for value in term.values)
            text = measured(line.number, line.unit) if line.status == "known" else "—"
            url = line.evidence_url or line.url
        return format_html('{} <a class="tnum nowrap" href="{}">{}</a>', label, url, text)
