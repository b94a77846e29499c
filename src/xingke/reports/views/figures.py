"""A frozen figure: what it means, what it was read from, and whether the ledger still says it. Page and drawer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.periods import Period
from xingke.base.templatetags.xk import moment
from xingke.base.templatetags.xk import number as written
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators import wording
from xingke.indicators.choosing import evidence_url, indicator_url
from xingke.indicators.models import Figure
from xingke.indicators.queries import indicator
from xingke.indicators.queries.aspects import called, read
from xingke.indicators.queries.contributions import Contribution, contributions
from xingke.indicators.queries.drift import Drift, Readers, drift
from xingke.indicators.queries.reader import Reader
from xingke.indicators.rules import Indicator
from xingke.ledger.queries import evidence
from xingke.ledger.queries.caching import ledger_stamp
from xingke.ledger.queries.holders import holder_word, seen_by
from xingke.ledger.rules import Told
from xingke.ledger.words import Words, measured, source_place_word
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.registry.rules import Scope
from xingke.reports import queries
from xingke.reports.queries.verifying import record_changes
from xingke.reports.rows import changes_open_to

FIRST = 6  # records shown beside the figure


@require_safe
@vary_on_headers("HX-Request")
def figure(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.figure_for(user, key)
    asked = queries.definition_of(shown)
    words = Words()
    readable = registry.scope(user, Permission.RECORD_READ)
    readers = Readers()
    then = readers.at(shown.seq, shown)
    now = drift(shown, readers=readers) if shown.seq < ledger_stamp() else None
    changes, hidden = changes_open_to(record_changes(now), readable) if now else ([], 0)
    label = called(asked, shown.aspect, language=wording.language(), region=shown.region)
    documents = queries.documents_speaking(user, shown)
    context: dict[str, Any] = {
        "figure": shown,
        "title": label,
        "kicker": f"{shown.region.name} · {period_words(shown.period)}",
        "state": _state(now),
        "now": now,
        "now_text": now.now.text or _("未知") if now else shown.text,
        "changes": changes,
        "hidden": hidden,
        "parts": _parts(shown, readable, words),
        "records": _first_records(shown, asked, then, user, words),
        "more_url": _all_url(shown, readable),
        "is_counted": shown.parts[0]["route"] == "records" if len(shown.parts) == 1 else False,
        "facts": _facts(shown, asked),
        "definition": wording.definition_facts(asked, shown.definition, words),
        "documents": documents,
        "is_fictional": shown.is_fictional,
        "crumbs": [
            {"label": _("文稿"), "url": reverse("reports:document-list")},
            *[{"label": each.title, "url": reverse("reports:document", args=[each.key])} for each in documents[:1]],
            {"label": label, "url": ""},
        ],
    }
    is_drawer = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]  # set by django-htmx
    return render(request, "reports/figure.html#drawer" if is_drawer else "reports/figure.html", context)


def _state(now: Drift | None) -> str:
    if now is None or not now.fails:
        return "holds"
    return "drifted" if now.holds_then and not now.contradicts_its_evidence else "unbound"


def _facts(shown: Figure, asked: Indicator) -> list[dict[str, Any]]:
    return [
        {"label": _("含义"), "value": asked.meaning.in_language(wording.language())},
        *(
            [{"label": _("累计时段"), "value": period_words(shown.parts[0]["period"])}]
            if shown.aspect == "total"
            else []
        ),
        {"label": _("来源"), "value": wording.route_word(shown.route)},
        {"label": _("固化"), "value": moment(shown.frozen_at), "note": shown.frozen_by.name},
        {"label": _("台账号"), "value": shown.seq, "numeric": True, "note": _("按台账到这一笔为止的状态计算")},
        {
            "label": _("证据摘要"),
            "value": f"{shown.digest[:16]}…",
            "numeric": True,
            "note": _("%(n)s 条记录的 SHA-256") % {"n": shown.count},
        },
    ]


@dataclass(frozen=True)
class FigurePart:
    """One of the values a figure was read from. name is what tells it from the others, more whatever else does."""

    name: str
    more: str
    amount: str
    route: str
    count: int  # records behind it; 0 for a reported figure, which is one row
    url: str
    is_own: bool


def _parts(shown: Figure, readable: Scope, words: Words) -> list[FigurePart]:
    """What a growth, a rank, a ratio or a sum was read from; nothing for a figure that stands for itself."""
    if len(shown.parts) < 2:
        return []
    codes = {part["region"] for part in shown.parts}
    regions = registry.regions_ever_of(codes)
    return [_part(shown, part, regions, readable, words) for part in shown.parts]


def _part(
    shown: Figure, part: Mapping[str, Any], regions: Mapping[str, Region], readable: Scope, words: Words
) -> FigurePart:
    region, period, code = regions[part["region"]], Period.parse(part["period"]), part["indicator"]
    asked = indicator(code)
    said = {"region": region.name, "indicator": words.indicator(code), "period": period_words(period)}
    different = [name for name in said if len({each[name] for each in shown.parts}) > 1] or ["indicator"]
    is_open = readable.covers(region.path)
    return FigurePart(
        name=said[different[0]],
        more=" · ".join(said[name] for name in different[1:]),
        amount=measured(written(part["amount"]), words.unit_after(asked.unit)),
        route=wording.route_word(part["route"]),
        count=part["count"] if part["route"] == "records" else 0,
        url=evidence_url(code, region, period, seq=shown.seq) if is_open else indicator_url(code, region, period),
        is_own=len(regions) > 1 and region.pk == shown.region_id,
    )


@dataclass(frozen=True)
class Record:
    """One record behind the figure, in words."""

    when: Any  # a date
    happened: str
    what: str
    organisation: str
    url: str
    files: int = 0  # that prove it


def _first_records(shown: Figure, asked: Indicator, then: Reader, user: User, words: Words) -> list[Record]:
    """The first records behind a figure of one part, as they stood when it was frozen; for a reported one its row."""
    readable = registry.scope(user, Permission.RECORD_READ)
    if len(shown.parts) != 1 or not readable.covers(shown.region.path):
        return []
    (part,) = shown.parts
    told = read(then, asked, shown.region, Period.parse(shown.period), shown.aspect).told
    value = then.value(then.indicator(part["indicator"]), shown.region, Period.parse(part["period"]))
    if row := told or value.observation:
        return [_reported(row, words)]
    if value.route != "records":
        return []
    found = contributions(value, seq=shown.seq, seen=seen_by(user), limit=FIRST)
    events = [each.event for each in found if each.event]
    files = evidence.evidence_counts(key for event in events for key in (event.record, event.subject))
    return [_record(each, asked.of, words, files) for each in found]


def _reported(row: Told, words: Words) -> Record:
    return Record(
        row.happened_on,
        f"{row.source} {source_place_word(row.source_place)}".strip(),
        f"{row.name} {words.amount(row)}",
        wording.place_words(row),
        reverse("ledger:record", args=["observation", row.record]),
    )


def _record(each: Contribution, kind: str, words: Words, files: Mapping[UUID, int]) -> Record:
    event = each.event
    return Record(
        event.happened_on if event else None,
        words.event(kind, event.event) if event else "",
        words.subject(each.subject) if each.subject else "",
        holder_word(event) if event else "",
        reverse("ledger:record", args=[kind, UUID(each.evidence.record)]),
        sum(files.get(key, 0) for key in (event.record, event.subject)) if event else 0,
    )


def _all_url(shown: Figure, readable: Scope) -> str:
    """The list of everything behind the figure's value; empty for whoever may not read it."""
    if not readable.covers(shown.region.path):
        return ""
    period = shown.parts[0]["period"] if len(shown.parts) == 1 else shown.period
    return evidence_url(shown.indicator, shown.region, Period.parse(period), seq=shown.seq)
