"""Titles whose term ends: what ends soon, what is in renewal, and what stands twice."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import actions, lists, queries
from xingke.ledger.models import Recognition
from xingke.ledger.queries import titles
from xingke.ledger.queries.holders import hide, holder_word, seen_by
from xingke.ledger.words import Words
from xingke.registry import queries as registry
from xingke.registry.listing import ListRequest, list_response


@require_safe
def title_list(request: HttpRequest) -> HttpResponse:
    """What ends within some months, and beside it what is in renewal or stands twice."""
    return list_response(request, lists.TITLES, template="ledger/title_list.html", context=_besides)


def _besides(asked: ListRequest) -> dict[str, Any]:
    words, user = Words(), asked.reader
    renewing = titles.in_renewal(user, on=timezone.localdate(), regions=asked.narrow)
    return {
        "renewing": [lists.title_row(words, each) for each in renewing],
        "twice": _twice(user, words, titles.duplicates(queries.readable(asked.allowed))),
        "renewing_within": titles.RENEWING,
        "crumbs": [{"label": _("台账"), "url": reverse("ledger:record-list")}, {"label": _("资质有效期")}],
    }


def _twice(user: User, words: Words, groups: Sequence[Sequence[Recognition]]) -> list[dict[str, Any]]:
    """Titles that stand twice; first the one to keep."""
    hide(seen_by(user), (row for group in groups for row in group))
    entering = registry.scope(user, Permission.RECORD_ENTER)
    return [
        {
            "holder": holder_word(group[0]),
            "keep": group[0].record,
            "may_merge": all(entering.covers(row.region.path) for row in group),
            "titles": [
                {
                    "name": words.subject(row),
                    "number": row.number,
                    "record": row.record,
                    "since": row.happened_on,
                    "url": reverse("ledger:record", args=["recognition", row.record]),
                }
                for row in group
            ],
        }
        for group in groups
    ]


@require_POST
def title_merge(request: HttpRequest) -> HttpResponse:
    """Merge a title into the one that is kept."""
    user = registry.reader(request.user)
    registry.require_page(user, Permission.RECORD_ENTER)
    try:
        keep, merge = UUID(request.POST.get("keep", "")), UUID(request.POST.get("merge", ""))
        actions.merge_titles(keep=keep, merge=merge, reason="", by=user, now=timezone.now())
    except ValueError:
        messages.error(request, _("页面不完整，请重新打开本页。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已并入一条：证书作为后续事件待确认，另一条的作废待他人核定。"))
    return redirect("ledger:title-list")
