"""Records: the list of events, and the page of one record with its history and its versions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.queries import current_seq
from xingke.accounts.rules import SUFFIXES
from xingke.base.returning import Returned
from xingke.ledger import kinds
from xingke.ledger.models import State
from xingke.ledger.queries import events, records
from xingke.ledger.queries.evidence import evidence_counts
from xingke.ledger.queries.holders import holder_word, seen_by
from xingke.ledger.queries.proposals import proposals_waiting
from xingke.ledger.record_facts import (
    crumbs,
    entry_choices,
    evidence,
    facts,
    held_tag,
    history,
    import_beginning,
    lead,
    proposals,
    rivals,
    title,
    versions,
)
from xingke.ledger.relists import RELISTS
from xingke.ledger.tables import TABLES
from xingke.ledger.words import Words, kind_choices, kind_word, state_word
from xingke.press.exports import About, file_address, file_addresses, table_response, wants_file
from xingke.registry import filtering
from xingke.registry import queries as registry
from xingke.registry.models import Organisation
from xingke.registry.rules import Scope

CHUNK = 500


ASKED = ("q", "kind", "event", "year", "state", "region")


def asked_for(allowed: Scope, typed: QueryDict) -> tuple[dict[str, str], filtering.RegionChoice, events.Wanted]:
    """What a list of records was asked for: as typed, its regions, and the events it shows."""
    asked = {name: typed.get(name, "").strip() for name in ASKED}
    asked["kind"] = kinds.current(asked["kind"])
    choice = filtering.choose_region(allowed, asked["region"])
    wanted = events.Wanted(
        kind=asked["kind"],
        event=asked["event"],
        year=asked["year"],
        state=asked["state"],
        search=asked["q"],
        regions=choice.narrow(),
    )
    return asked, choice, wanted


@require_safe
def record_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    allowed = registry.require_page(user, Permission.RECORD_READ)
    asked, choice, wanted = asked_for(allowed, request.GET)
    until = current_seq()  # before anything is read, so that what is shown is not older
    found = events.events_listed(user, wanted)
    words = Words()
    again = {each.code: listed for each in RELISTS if (listed := each.records(asked["kind"], user, wanted))}
    if (listed := again.get(request.GET.get("format", ""))) is not None:
        about = About(fields=_filters(words, asked, choice, []), notes=listed.notes)
        return table_response(request, listed.name, listed.columns, listed.rows, about)
    if wants_file(request):
        about = About(
            fields=_filters(words, asked, choice, events.event_years(user)), notes=[(_("台账序号"), str(until))]
        )
        return table_response(request, _("台账"), _header(), _lines(words, found.iterator(), seen_by(user)), about)
    pages = Paginator(found, filtering.PAGE_SIZE)
    pages.count = events.events_counted(user, wanted)
    page = pages.get_page(request.GET.get("page"))
    seen = seen_by(user)
    shown = events.entries(page.object_list, seen)
    proved = evidence_counts(key for entry in shown for key in (entry.event.record, entry.event.subject))
    rows = [
        {**row_of(words, entry), "files": proved.get(entry.event.record, 0) + proved.get(entry.event.subject, 0)}
        for entry in shown
    ]
    confirming = asked["state"] == State.DRAFT and bool(rows) and registry.has(user, Permission.RECORD_CONFIRM)
    table = {
        "columns": [
            *([{"label": _("选")}] if confirming else []),
            {"label": _("日期"), "class": "nowrap"},
            {"label": _("事件")},
            {"label": _("事项")},
            {"label": _("单位")},
            {"label": _("区划")},
            {"label": _("状态")},
        ],
        "page": page,
        "export": file_addresses(request),
        **filtering.emptiness(
            request,
            _("还没有记录"),
            _("您可以查看的范围里还没有登记任何事项。"),
            problem=choice.problem,
            begin=import_beginning(user),
        ),
    }
    context = {
        "table": table,
        "rows": rows,
        "filters": _filters(words, asked, choice, events.event_years(user)),
        "is_fictional": any(row["is_fictional"] for row in rows),
        "entries": entry_choices(user),
        "confirming": {"asked": asked, "until": until} if confirming else None,
        "waiting": proposals_waiting(user),
        "again_url": file_address(request, next(iter(again))) if again and rows else "",
    }
    return render(request, "ledger/record_list.html", context)


def _filters(
    words: Words, asked: dict[str, str], choice: filtering.RegionChoice, years: list[int]
) -> list[dict[str, Any]]:
    kinds = [asked["kind"]] if asked["kind"] in TABLES else list(TABLES)
    fields = [
        filtering.search("q", _("单位、名称或编号"), asked["q"], _("如 明渠、GR2025、20231012")),
        filtering.select("kind", _("类别"), asked["kind"], kind_choices()),
        choice.field,
        filtering.select("year", _("年份"), asked["year"], [(str(year), str(year)) for year in years]),
        filtering.select("event", _("事件"), asked["event"], words.events(kinds)),
        filtering.select("state", _("状态"), asked["state"], [(state, state_word(state)) for state in State.values]),
    ]
    return [dict(field) for field in fields if field]


def record_url(kind: str, record: UUID) -> str:
    """The page of a record; worked out once for a kind, since a list has fifty."""
    return _pattern(get_script_prefix(), "ledger:record", kind).replace(str(_NOBODY), str(record))


def _organisation_url(organisation: Organisation) -> str:
    return _pattern(get_script_prefix(), "registry:organisation").replace(str(_NOBODY), str(organisation.key))


_NOBODY = UUID(int=0)


@lru_cache(maxsize=64)
def _pattern(_prefix: str, name: str, *before: str) -> str:
    """An address whose last argument is a key that is still to be written into it."""
    return reverse(name, args=[*before, _NOBODY])


def row_of(words: Words, entry: events.TimelineEntry) -> dict[str, Any]:
    """One event of a list, in words."""
    event, subject = entry.event, entry.subject
    number, measures = getattr(subject, "number", ""), _measures(words.measures(event))
    return {
        "on": entry.on,
        "day": entry.on.isoformat(),
        "event": words.event(entry.kind, event.event),
        "effect": event.effect,
        "effect_word": words.effect(entry.kind, event.effect),
        "what": words.subject(subject),
        "measures": measures,
        "number": number,
        "known_by": f"{number} · {measures}" if number and measures else number or measures,
        "organisation": event.organisation,
        "organisation_url": _organisation_url(event.organisation) if event.organisation else "",
        "holder": holder_word(event),
        "region": event.region.name,
        "state": event.state,
        "is_void": event.state == State.VOID,
        "url": record_url(entry.kind, event.record),
        "key": f"{entry.kind}:{event.record}",
        "is_fictional": event.is_fictional,
        "kind": words.kind(entry.kind),
        "region_code": event.region.code,
    }


def _measures(told: Sequence[tuple[str, str]]) -> str:
    """What a list says an event amounts to; two sums of money, which only their names tell apart, with those."""
    if not told:
        return ""
    ends = Counter(said[-1] for _label, said in told)
    return _("，").join(f"{label} {said}" if ends[said[-1]] > 1 else said for label, said in told)


def _header() -> list[str]:
    return [
        _("日期"),
        _("类别"),
        _("事件"),
        _("作用"),
        _("事项"),
        _("数量"),
        _("编号"),
        _("单位"),
        _("统一社会信用代码"),
        _("区划"),
        _("区划代码"),
        _("状态"),
        _("虚构"),
    ]


def _lines(words: Words, found: Iterator[Any], seen: Scope) -> Iterable[list[Any]]:
    while part := list(islice(found, CHUNK)):
        for row in (row_of(words, entry) for entry in events.entries(part, seen)):
            holder = row["organisation"]
            yield [
                row["on"],
                row["kind"],
                row["event"],
                row["effect_word"],
                row["what"],
                row["measures"],
                row["number"],
                row["holder"],
                holder.credit_code if holder else "",
                row["region"],
                row["region_code"],
                state_word(row["state"]),
                _("是") if row["is_fictional"] else "",
            ]


@require_safe
def record(request: HttpRequest, kind: str, record: UUID) -> HttpResponse:
    return page_of_record(request, registry.reader(request.user), kind, record)


def page_of_record(
    request: HttpRequest,
    user: User,
    kind: str,
    record: UUID,
    *,
    returned: Returned | None = None,
    files_held: Sequence[Any] = (),
    status: int = 200,
) -> HttpResponse:
    """The page of a record. returned: a small form of it that was refused; files_held: the files that came with it."""
    shown = records.record_page(user, kind, record)
    words, allowed = Words(), registry.scope(user, Permission.RECORD_READ)
    proposed = [
        _returned(each, f"answer-{each['of'].pk}", "answer_id", returned) for each in proposals(words, shown, user)
    ]
    files = [_returned(each, f"withdraw-{each['pk']}", "reason_id", returned) for each in evidence(words, shown, user)]
    context = {
        "kind": kind,
        "shown": shown,
        "row": shown.current,
        "kicker": f"{kind_word(kind)} · {shown.current.region.name}",
        "title": title(words, shown),
        "lead": lead(words, shown, timezone.localdate()),
        "held": held_tag(shown, timezone.localdate()),
        "facts": facts(words, shown, allowed, user),
        "history": history(words, shown, allowed),
        "versions": versions(words, shown),
        "rivals": rivals(words, shown, allowed),
        "rights": records.rights(user, shown),
        "evidence": files,
        "suffixes": SUFFIXES,
        "returned": returned,
        "held_files": files_held,
        "proposals": proposed,
        "waiting": next((each for each in proposed if each["is_open"]), None),
        "crumbs": crumbs(words, shown),
        "is_fictional": shown.current.is_fictional,
    }
    return render(request, "ledger/record.html", context, status=status)


def _returned(item: dict[str, Any], field: str, name: str, returned: Returned | None) -> dict[str, Any]:
    """An item of a list with the id of its reason, and whether that is what was refused."""
    return {**item, name: field, "is_returned": returned is not None and returned.field == field}
