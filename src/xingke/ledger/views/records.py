"""Records: the list of events, and the page of one record with its history and its versions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.rules import SUFFIXES
from xingke.base.returning import Returned
from xingke.ledger import lists
from xingke.ledger.queries import records, undoing
from xingke.ledger.queries.proposals import proposals_waiting
from xingke.ledger.record_facts import (
    crumbs,
    entry_choices,
    evidence,
    facts,
    held_tag,
    history,
    lead,
    proposals,
    rivals,
    title,
    versions,
)
from xingke.ledger.relists import RELISTS, Relisted
from xingke.ledger.words import Words, kind_word
from xingke.press.exports import About, file_address, table_response
from xingke.registry import queries as registry
from xingke.registry.listing import ListRequest, ask, list_response


@require_safe
def record_list(request: HttpRequest) -> HttpResponse:
    asked = ask(lists.RECORDS, request)
    if "format" in request.GET and (listed := _again(asked).get(request.GET["format"])) is not None:
        about = About(fields=asked.fields, notes=listed.notes)
        return table_response(request, listed.name, listed.columns, listed.rows, about)
    return list_response(request, lists.RECORDS, template="ledger/record_list.html", context=_besides, asked=asked)


def _again(asked: ListRequest) -> dict[str, Relisted]:
    """The ways in which the records of the one kind that is chosen are had as a table to be handed over again."""
    wanted = lists.wanted_by(asked)
    return {each.code: listed for each in RELISTS if (listed := each.records(asked["kind"], asked.reader, wanted))}


def _besides(asked: ListRequest) -> dict[str, Any]:
    again = _again(asked)
    return {
        "entries": entry_choices(asked.reader),
        "waiting": proposals_waiting(asked.reader),
        "again_url": file_address(asked.request, next(iter(again))) if again else "",
    }


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
        "undo": undoing.act_of_record(user, shown.current, now=timezone.now()),
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
