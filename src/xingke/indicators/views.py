"""The list of indicators, the page of one, and the records behind a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.queries import current_seq
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators import columns, queries, wording
from xingke.indicators.cards import Cards, IdentityLine, IndicatorLine
from xingke.indicators.choosing import Chosen, choose, evidence_url, indicator_url, place_query
from xingke.indicators.queries import aspects, judging
from xingke.indicators.queries.contributions import Contribution, contributions
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.values import Growth, Rank, Value
from xingke.indicators.rules import EvidenceRow, Indicator
from xingke.ledger.models import EventVersion, Version
from xingke.ledger.queries.evidence import evidence_counts
from xingke.ledger.queries.holders import holder_word, seen_by
from xingke.ledger.words import Words, measured, source_place_word
from xingke.press.exports import About, file_addresses, table_response, wants_file
from xingke.registry import queries as registry
from xingke.registry.filtering import PAGE_SIZE, search

STEPS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.INDICATOR_READ)
    chosen = choose(request, user, today=timezone.localdate())
    text = request.GET.get("q", "").strip()
    cards = Cards(registry.scope(user, Permission.RECORD_READ))
    lines = _lines(cards, chosen, [each for each in queries.indicators().values() if _matches(each, text)])
    fields = [*chosen.fields, search("q", _("指标"), text, _("名称里的字"))]
    if wants_file(request):
        return _list_file(request, chosen, lines, fields)
    return render(
        request,
        "indicators/indicator_list.html",
        {
            "chosen": chosen,
            "groups": _groups(lines),
            "found": len(lines),
            "known": sum(each.status == "known" for _group, each in lines),
            "filters": fields,
            "reset_url": place_query(chosen.region, chosen.period) if text else "",
            "export": file_addresses(request),
            "is_fictional": chosen.region.is_fictional,
            "crumbs": [{"label": pgettext("several", "指标"), "url": ""}],
        },
    )


@dataclass(frozen=True)
class Group:
    """The indicators of one group: those with something to say, and the names of those that are unknown."""

    code: str
    label: str
    lines: Sequence[IndicatorLine]
    unknown: Sequence[IndicatorLine]


def _matches(each: Indicator, text: str) -> bool:
    words = f"{each.label.zh} {each.label.en} {each.meaning.zh}".lower()
    return text.lower() in words


def _lines(cards: Cards, chosen: Chosen, asked: Sequence[Indicator]) -> list[tuple[str, IndicatorLine]]:
    """Each indicator's group and line. One engine pass for everything: the peers' values give the ranks."""
    reader = Reader()
    region, period = chosen.region, chosen.period
    growths, ranks = reader.overview(asked, region, period)
    return [
        (each.group, cards.line(growth.now, growth, rank))
        for each, growth, rank in zip(asked, growths, ranks, strict=True)
    ]


def _groups(lines: Sequence[tuple[str, IndicatorLine]]) -> list[Group]:
    order = list(dict.fromkeys([*wording.GROUPS, *(group for group, _line in lines)]))
    found = []
    for code in order:
        own = [line for group, line in lines if group == code]
        told = [line for line in own if line.status != "unknown"]
        if own:
            found.append(
                Group(code, wording.group_word(code), told, [line for line in own if line.status == "unknown"])
            )
    return found


def _list_file(
    request: HttpRequest, chosen: Chosen, lines: Sequence[tuple[str, IndicatorLine]], fields: Sequence[Any]
) -> HttpResponse:
    head = [
        _("分组"),
        _("指标"),
        _("代码"),
        _("区划"),
        _("时期"),
        _("数值"),
        _("计量单位"),
        _("同比"),
        _("位次"),
        _("来源"),
        _("说明"),
    ]
    return table_response(
        request,
        f"{_('指标')}-{chosen.region.name}-{chosen.period.code}",
        head,
        (
            [
                wording.group_word(group),
                line.label,
                line.code,
                line.region,
                line.period,
                _number(line) if line.status == "known" else "",
                line.unit,
                line.change.text,
                line.rank,
                line.route_word,
                line.why,
            ]
            for group, line in lines
        ),
        About(
            fields=fields,
            is_fictional=chosen.region.is_fictional,
            notes=[
                (_("数值"), _("只计已确认的记录和已采用的上报数；没有数的留空，不当作零。")),
                *((line.label, line.meaning) for _group, line in lines),
            ],
        ),
    )


def _number(line: IndicatorLine) -> Decimal | str:
    """A value as a spreadsheet reckons with it; one that is approximate stays words."""
    text = str(line.number).replace(",", "")
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.INDICATOR_READ)
    chosen = choose(request, user, today=timezone.localdate())
    asked, digest = _asked(code, chosen)
    title = asked.label.in_language(wording.language())
    region, period = chosen.region, chosen.period
    cards = Cards(registry.scope(user, Permission.RECORD_READ))
    reader = Reader()
    growths = reader.growths([asked], reader.peers(region, period), period)
    rank = reader.rank(asked, region, period)
    growth = next(each for each in growths if each.now.region == region)
    value = growth.now
    step, steps = _step(request.GET.get("step", ""), asked, chosen)
    periods = sorted({*chosen.reach.steps(STEPS[step]), *([period] if period.length == STEPS[step] else [])})
    history = reader.values([asked], [region], periods) if len(periods) > 1 else []
    parts = reader.parts(value)
    return render(
        request,
        "indicators/indicator.html",
        {
            "chosen": chosen,
            "asked": asked,
            "title": title,
            "value": value,
            "card": cards.figure_card(value, growth, rank, own_page=False),
            "is_readable": cards.readable.covers(region.path),
            "facts": wording.definition_facts(asked, digest, cards.words),
            "examples": [wording.example_words(asked, each, cards.words) for each in asked.examples],
            "trend": cards.trend(history, title=_("%(name)s，%(region)s") % {"name": title, "region": region.name})
            if history
            else None,
            "steps": steps,
            "rank": _rank_table(cards, rank, growths, chosen, asked),
            "parts": [cards.line(part) for part in parts],
            "parts_title": _parts_title(asked),
            "routes": _routes(value, cards),
            "rivals": [wording.observed_words(row) for row in value.rivals],
            "total": _total(reader, asked, chosen, cards),
            "may_choose": registry.scope(user, Permission.OBSERVATION_CHOOSE).covers(region.path),
            "two_growths": wording.two_growths(growth),
            "identities": _identities_of(asked, cards, reader, chosen),
            "is_fictional": region.is_fictional,
            "crumbs": [
                {"label": pgettext("several", "指标"), "url": reverse("indicators:indicator-list") + chosen.query},
                {"label": asked.label.in_language(wording.language()), "url": ""},
            ],
        },
    )


def _asked(code: str, chosen: Chosen) -> tuple[Indicator, str]:
    """The definition in force for the region and its hash, or 404."""
    try:
        found = registry.definition("indicator", code, region=chosen.region)
    except LookupError as error:
        raise Http404 from error
    return found.value, found.hash


def _parts_title(asked: Indicator) -> str:
    return _("参与计算的数") if asked.formula else _("下级区划")


def _step(text: str, asked: Indicator, chosen: Chosen) -> tuple[str, list[dict[str, Any]]]:
    """How long the periods of the trend are, and the choices there are; years where nothing else was asked."""
    offered = {
        step: words
        for step, words in (("year", _("按年")), ("half", _("按半年")), ("quarter", _("按季度")), ("month", _("按月")))
        if step == "year" or (len(chosen.reach.steps(STEPS[step])) > 1 and (asked.counts_records or step == "half"))
    }
    step = text if text in offered else "year"
    choices = [
        {
            "label": words,
            "url": place_query(chosen.region, chosen.period, step=each) + "#trend",
            "is_current": each == step,
        }
        for each, words in offered.items()
    ]
    return step, choices if len(choices) > 1 else []


def _rank_table(
    cards: Cards, rank: Rank, growths: Sequence[Growth], chosen: Chosen, asked: Indicator
) -> dict[str, Any] | None:
    """The siblings' values; None for a region that has no siblings, and where nobody knows anything."""
    known = sum(each.is_known for each in rank.values)
    if len(rank.values) < 2 or not known:
        return None
    note = _("数值相同的位次相同。只公开汇总数，其他区划的记录不公开。")
    if asked.direction == "none":
        note = _("这项指标不分好坏，不排位次。")
    elif known < len(rank.values):
        note = _("%(total)s 个同级区划中有 %(known)s 个已知，数不全，不排位次；未知的不当作零。") % {
            "total": len(rank.values),
            "known": known,
        }
    elif not rank.places:
        note = _("各地数值都一样，或者其中有约数，不排位次。")
    parent = chosen.region.parent
    return {
        "id": "rank",
        "caption": _("%(region)s各地") % {"region": parent.name} if parent else _("同级区划"),
        "unit": cards.words.unit(asked.unit),
        "rows": cards.rank_rows(rank, growths, chosen.region),
        "note": note,
    }


def _total(reader: Reader, asked: Indicator, chosen: Chosen, cards: Cards) -> str:
    """What was counted since the records begin, and since when; empty where that is not more."""
    found = aspects.read(reader, asked, chosen.region, chosen.period, "total")
    return wording.total_words(found.values[0], cards.words) if found.values else ""


def _routes(value: Value, cards: Cards) -> list[dict[str, Any]]:
    """Both ways a value is known, side by side; empty where there is only one."""
    if value.also is None:
        return []
    number, unit = wording.amount_words(value, cards.words)
    return [
        {
            "word": wording.route_word(value.route),
            "figure": measured(number, unit),
            "where": "",
            "url": cards.evidence_url(value),
        },
        {
            "word": wording.route_word("observation"),
            "figure": cards.words.amount(value.also),
            "where": wording.place_words(value.also),
            "url": reverse("ledger:record", args=["observation", value.also.record])
            if cards.readable.covers(value.region.path)
            else "",
        },
    ]


def _identities_of(asked: Indicator, cards: Cards, reader: Reader, chosen: Chosen) -> list[IdentityLine]:
    """The identities an indicator stands in, those that differ first."""
    wanted = [each for each in judging.identities().values() if asked.code in {term.code for term in each.terms}]
    found = judging.judged(reader, wanted, [chosen.region], chosen.period)
    return [cards.identity(each) for each in sorted(found, key=lambda each: judging.ORDER.index(each.status))]


@require_safe
def identity_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.INDICATOR_READ)
    chosen = choose(request, user, today=timezone.localdate())
    cards = Cards(registry.scope(user, Permission.RECORD_READ))
    reader = Reader()
    with columns.held():
        found = list(judging.judged(reader, judging.identities().values(), [chosen.region], chosen.period))
        disagreements = judging.disagreements(reader, chosen.region, chosen.period)
    lines = [cards.identity(each) for each in found]
    return render(
        request,
        "indicators/identity_list.html",
        {
            "chosen": chosen,
            "filters": chosen.fields,
            "groups": [(status, [line for line in lines if line.status == status]) for status in judging.ORDER],
            "counts": [
                {"label": label, "value": sum(line.status == status for line in lines), "unit": _("项")}
                for status, label in (
                    ("differs", _("不相符")),
                    ("holds", _("相符")),
                    ("unknown", _("数不全，无法核对")),
                )
            ],
            "disagreements": [_disagreement(cards, each) for each in disagreements],
            "is_fictional": chosen.region.is_fictional,
            "crumbs": [
                {"label": pgettext("several", "指标"), "url": reverse("indicators:indicator-list") + chosen.query},
                {"label": _("核对关系"), "url": ""},
            ],
        },
    )


def _disagreement(cards: Cards, each: judging.Disagreement) -> dict[str, str]:
    """A reported figure beside what is worked out."""
    line = cards.line(each.value)
    growths = wording.two_growths(each.growth) if each.growth else None
    told = each.growth.reported if each.growth else each.value.also
    assert told is not None  # or nothing would disagree
    return {
        "label": _("%(name)s（同比）") % {"name": line.label} if growths else line.label,
        "url": line.url,
        "worked_out": growths.computed if growths else measured(line.number, line.unit),
        "route": line.route_word,
        "reported": growths.reported if growths else cards.words.amount(told),
        "where": wording.place_words(told),
        "reported_url": reverse("ledger:record", args=["observation", told.record])
        if cards.readable.covers(each.value.region.path)
        else "",
    }


@require_safe
def evidence(request: HttpRequest, code: str) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.INDICATOR_READ)
    chosen = choose(request, user, today=timezone.localdate())
    asked, _digest = _asked(code, chosen)
    seq = _seq(request.GET.get("seq", ""))
    cards = Cards(registry.scope(user, Permission.RECORD_READ))
    reader = Reader(seq=seq)
    value = reader.value(asked, chosen.region, chosen.period)
    context: dict[str, Any] = {
        "chosen": chosen,
        "asked": asked,
        "title": asked.label.in_language(wording.language()),
        "value": value,
        "line": cards.line(value, seq=seq),
        "seq": seq,
        "now_url": evidence_url(code, chosen.region, chosen.period),
        "indicator_url": indicator_url(code, chosen.region, chosen.period),
        "is_fictional": chosen.region.is_fictional,
        "crumbs": [
            {"label": pgettext("several", "指标"), "url": reverse("indicators:indicator-list") + chosen.query},
            {
                "label": asked.label.in_language(wording.language()),
                "url": indicator_url(code, chosen.region, chosen.period),
            },
            {"label": _("证据"), "url": ""},
        ],
    }
    if not cards.readable.covers(chosen.region.path):
        return render(request, "indicators/evidence_closed.html", context)
    if value.route == "records":
        return _records(request, user, reader, value, cards.words, context)
    parts = reader.parts(value)
    context |= {
        "parts": [cards.line(part, seq=seq) for part in parts],
        "parts_title": _parts_title(asked),
        "is_sum": value.route == "children",
        "sum": wording.sum_words(value, parts),
        "spelled": wording.formula_words(asked.formula, cards.words) if asked.formula else "",
        "observations": [
            (row, source_place_word(row.source_place))
            for row in ([value.observation] if value.observation else value.rivals)
        ],
        "words": cards.words,
    }
    return render(request, "indicators/evidence_parts.html", context)


def _seq(text: str) -> int | None:
    """The ledger number of an address; None for now, and for what is no number of this ledger."""
    return int(text) if text.isdecimal() and len(text) < 19 and int(text) <= current_seq() else None


def _records(
    request: HttpRequest, user: User, reader: Reader, value: Value, words: Words, context: dict[str, Any]
) -> HttpResponse:
    """The records behind a counted value: 50 a page, or all of them as a file."""
    sealed, seen = reader.sealed(value), seen_by(user)
    if wants_file(request):
        return _records_file(request, value, _rows(words, value, contributions(value, seq=reader.seq, seen=seen)))
    page = Paginator(range(sealed.count), PAGE_SIZE).get_page(request.GET.get("page"))
    start = max(page.start_index() - 1, 0)
    rows = contributions(value, seq=reader.seq, seen=seen, offset=start, limit=PAGE_SIZE)
    context |= {
        "page": page,
        "rows": _rows(words, value, rows, _files(rows)),
        "sealed": sealed,
        "total": queries.added(value.indicator, sealed.total),
        "decimals": value.indicator.decimals if value.indicator.sum else 0,
        "holds": value.amount == queries.added(value.indicator, sealed.total),
        "columns": [
            {"label": _("日期"), "class": "nowrap"},
            {"label": _("事件")},
            {"label": _("事项"), "class": "wide"},
            {"label": _("单位")},
            {"label": _("计入"), "numeric": True},
        ],
        "export": file_addresses(request),
    }
    return render(request, "indicators/evidence.html", context)


@dataclass(frozen=True)
class ListedEvidence:
    """One record behind a value, in words."""

    evidence: EvidenceRow
    amount: Decimal  # in the indicator's unit
    event: EventVersion | None
    subject: Version | None
    what: str
    happened: str
    holder: str
    url: str
    files: int  # that prove it


def _files(found: Sequence[Contribution]) -> dict[UUID, int]:
    """How many files prove each record of a page, by its key and its subject's. One query."""
    events = [each.event for each in found if each.event]
    return evidence_counts(key for event in events for key in (event.record, event.subject))


def _rows(
    words: Words, value: Value, found: Sequence[Contribution], files: Mapping[UUID, int] | None = None
) -> list[ListedEvidence]:
    proved = files or {}
    kind = value.indicator.of
    return [
        ListedEvidence(
            each.evidence,
            each.amount,
            each.event,
            each.subject,
            words.subject(each.subject) if each.subject else "",
            words.event(kind, each.event.event) if each.event else "",
            holder_word(each.event) if each.event else "",
            reverse("ledger:record", args=[kind, UUID(each.evidence.record)]),
            proved.get(each.event.record, 0) + proved.get(each.event.subject, 0) if each.event else 0,
        )
        for each in found
    ]


def _records_file(request: HttpRequest, value: Value, rows: Sequence[ListedEvidence]) -> HttpResponse:
    head = [
        _("日期"),
        _("事件"),
        _("事项"),
        _("证书编号或申请号"),
        _("单位"),
        _("计入"),
        _("记录"),
        pgettext("one", "版本"),
    ]
    name = f"{value.indicator.label.in_language(wording.language())}-{value.region.name}-{value.period.code}"
    return table_response(
        request,
        name,
        head,
        (
            [
                row.event.happened_on if row.event else None,
                row.happened,
                row.what,
                getattr(row.subject, "number", ""),
                row.holder,
                row.amount,
                row.evidence.record,
                row.evidence.version,
            ]
            for row in rows
        ),
        About(
            is_fictional=value.region.is_fictional,
            notes=[
                (_("区划"), value.region.name),
                (_("时期"), period_words(value.period)),
                (_("计量单位"), Words().unit(value.indicator.unit)),
                (_("含义"), value.indicator.meaning.in_language(wording.language())),
            ],
        ),
    )
