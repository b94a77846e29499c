"""The numbers of the workbench: the year under way with the last full one beside it, and the regions below compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.periods import Period
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators import rules, wording
from xingke.indicators.cards import Cards
from xingke.indicators.choosing import choose, home_region, indicator_url, place_query, running_year
from xingke.indicators.queries import indicators
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Value
from xingke.indicators.rules import Indicator
from xingke.ledger.queries.caching import kept_alike
from xingke.ledger.words import Words, measured
from xingke.registry import queries as registry
from xingke.registry.models import Region

# What a director asks for first; those that are known are shown, in this order.
FIRST = (
    "high_tech_enterprises",
    "tech_sme_registered",
    "invention_patents",
    "rnd_expenditure",
    "rnd_intensity",
    "contract_registered_value",
    "high_tech_pass_rate",
    "inventions_per_10k",
    "high_value_inventions",
    "provincial_project_approvals",
    "project_funds_received",
    "results_converted",
    "talent_introduced",
    "firm_visits",
)
SHOWN = 8
COMPARED = 5  # indicators of the regions below
BELOW = 40  # regions below: more than a province has are a list of their own


@dataclass(frozen=True)
class Numbers:
    """The important numbers of a region, as figure cards. said: the period in words; fields: the choices of the page.

    below: the regions right below, compared; None where there are none.
    """

    region: Region
    period: Period
    said: str
    cards: Sequence[Mapping[str, Any]]
    fields: Sequence[Mapping[str, Any]]
    problems: Sequence[str]
    below: Mapping[str, Any] | None

    @property
    def query(self) -> str:
        return place_query(self.region, self.period)


@dataclass(frozen=True)
class Shown:
    """The numbers as the page shows them: which region they are of, and the part of the page, ready."""

    place: str
    is_fictional: bool
    html: SafeString


def shown(request: HttpRequest, user: User, *, today: date, links: Sequence[Any]) -> Shown | None:
    """The part of the page with the numbers; None for whoever may read none. See ``numbers``; links: ways on.

    Kept for the day, the language and the place and period asked for, until an act changes anything: the numbers are the
    same for all who may read the same numbers and records, what is made of them for all readers of the same rights.
    """

    choice = [request.GET.get(name, "") for name in ("region", "period")]
    name = repr((wording.language(), today, choice))
    asked = (Permission.INDICATOR_READ, Permission.RECORD_READ)
    found = kept_alike(user, f"numbers:{name}", lambda: numbers(request, user, today=today), *asked)
    if found is None:
        return None

    def ask() -> SafeString:
        return render_to_string("portal/numbers.html", {"numbers": found, "links": links})

    html = kept_alike(user, f"shown numbers:{name}", ask)
    return Shown(found.region.name, found.region.is_fictional, html)


def numbers(request: HttpRequest, user: User, *, today: date) -> Numbers | None:
    """The numbers of the place and period asked for, else of the reader's own region in the year under way.

    None for whoever may read none. One engine pass per record kind.
    """
    if not registry.has(user, Permission.INDICATOR_READ) or home_region(user, today=today) is None:
        return None
    chosen = choose(request, user, today=today)
    is_running = not request.GET.get("period", "").strip() or bool(chosen.problems)
    running, before = running_year(today), Period.year(today.year - 1)
    period = running if is_running else chosen.period
    region, known, reader = chosen.region, indicators(), Reader(is_for_page=True)
    asked = [known[code] for code in FIRST if code in known]
    cards = Cards(registry.scope(user, Permission.RECORD_READ))
    shown = (
        _running_cards(reader, cards, asked, region, running, before)
        if is_running
        else _cards(reader, cards, asked, region, period)
    )
    return Numbers(
        region,
        period,
        wording.running_words(today) if is_running else period_words(period),
        shown[:SHOWN],
        _fields(chosen.fields, today, "" if is_running else period.code),
        chosen.problems,
        _below(reader, asked, region, [period, before] if is_running else [period]),
    )


def _fields(fields: Sequence[Mapping[str, Any]], today: date, chosen: str) -> list[Mapping[str, Any]]:
    """The choices of the page: the year under way stands first among the periods."""
    place, period = fields
    running = {"value": "", "label": _("今年以来")}
    options = [each for each in period["options"] if each["value"] != running_year(today).code]
    return [place, {**period, "value": chosen, "options": [running, *options]}]


def _cards(
    reader: Reader, cards: Cards, asked: Sequence[Indicator], region: Region, period: Period
) -> list[dict[str, Any]]:
    growths, ranks = reader.overview(asked, region, period)
    return [
        cards.figure_card(growth.now, growth, rank) | {"period": ""}
        for growth, rank in zip(growths, ranks, strict=True)
        if growth.now.status != "unknown"
    ]


def _running_cards(
    reader: Reader, cards: Cards, asked: Sequence[Indicator], region: Region, running: Period, before: Period
) -> list[dict[str, Any]]:
    """The year under way, each with the last full year beside it; what nobody knows yet of this year, or has none of, is
    the last full year's, and says so."""
    growths, ranks = reader.overview(asked, region, before)
    current, standing = reader.values(asked, [region], [running]), reader.ranks(asked, region, running)
    found = []
    for now, place, growth, rank in zip(current, standing, growths, ranks, strict=True):
        if now.status != "unknown" and not (_has_not_begun(now) and (growth.now.amount or growth.now.known_part)):
            beside = {"change": _said(growth.now), "change_label": period_words(before)} if growth.now.is_known else {}
            found.append(cards.figure_card(now, None, place) | {"period": ""} | beside)
        elif growth.now.status != "unknown":
            found.append(cards.figure_card(growth.now, growth, rank))
    return found


def _has_not_begun(now: Value) -> bool:
    """Whether nothing of a flow is on record yet in the year under way: the last full year says more."""
    return now.indicator.nature == "flow" and not now.amount and not now.known_part


def _said(value: Value) -> str:
    number, unit = wording.amount_words(value, Words())
    return measured(number, unit)


def _below(
    reader: Reader, asked: Sequence[Indicator], region: Region, periods: Sequence[Period]
) -> Mapping[str, Any] | None:
    """The regions right below, by the first indicators any of them has: each value with its place among them.

    periods: where none of them has anything in the first, the next is taken, and the head says so.
    """
    if region.level == Region.Level.COUNTY:
        return None
    children = registry.children(region, on=periods[0].last)
    if not 2 <= len(children) <= BELOW:
        return None
    together = reader.values(asked, children, periods)
    found = (_column(together, at, len(children), periods) for at in range(len(asked)))
    columns = [column for column in found if column][:COMPARED]
    if not columns:
        return None
    words = Words()
    places = [_places(column[0].indicator, column) for column in columns]
    rows = [
        {
            "name": child.name,
            "url": f"?region={child.code}",
            "cells": [_cell(column[at], places[turn], words) for turn, column in enumerate(columns)],
        }
        for at, child in enumerate(children)
    ]
    heads = [_head(column[0], region, periods[0]) for column in columns]
    return {"heads": heads, "rows": rows, "title": _("%(region)s各下级区划") % {"region": region.name}}


def _column(together: Sequence[Value], at: int, size: int, periods: Sequence[Period]) -> list[Value]:
    """What the regions say of one indicator in the first period in which any says something; empty where none does."""
    turns = len(periods)
    for turn in range(turns):
        column = [together[(at * size + place) * turns + turn] for place in range(size)]
        if any(value.is_known and not _has_not_begun(value) for value in column):
            return column
    return []


def _head(value: Value, region: Region, usual: Period) -> dict[str, str]:
    asked, period = value.indicator, value.period
    return {
        "label": asked.label.in_language(wording.language()),
        "url": indicator_url(asked.code, region, period),
        "note": period_words(period) if period != usual else "",
    }


def _places(asked: Indicator, values: Sequence[Value]) -> Mapping[int, int]:
    """The place of each region, where all are known and one way is better."""
    amounts = {each.region.pk: each.amount for each in values}
    if asked.direction == "none" or None in amounts.values() or any(each.is_rough for each in values):
        return {}
    return rules.ranks({pk: amount for pk, amount in amounts.items() if amount is not None}, direction=asked.direction)


def _cell(value: Value, places: Mapping[int, int], words: Words) -> dict[str, Any]:
    number, unit = wording.amount_words(value, words)
    return {
        "text": measured(number, unit) if value.is_known else "—",
        "url": indicator_url(value.indicator.code, value.region, value.period) if value.is_known else "",
        "place": places.get(value.region.pk),
    }
