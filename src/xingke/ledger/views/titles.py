"""Titles whose term ends: what ends soon, what is in renewal, and what stands twice."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import actions, queries
from xingke.ledger.models import Recognition
from xingke.ledger.queries import titles
from xingke.ledger.queries.holders import hide, holder_word, seen_by
from xingke.ledger.words import Words
from xingke.press.exports import About, file_addresses, table_response, wants_file
from xingke.registry import filtering
from xingke.registry import queries as registry


@require_safe
def title_list(request: HttpRequest) -> HttpResponse:
    """What ends within some months, and beside it what is in renewal or stands twice."""
    user = registry.reader(request.user)
    allowed = registry.require_page(user, Permission.RECORD_READ)
    choice = filtering.choose_region(allowed, request.GET.get("region", ""))
    typed = request.GET.get("months", "")
    months = int(typed) if typed.isdecimal() and int(typed) in titles.ENDS_WITHIN else titles.ENDS_WITHIN[1]
    today, words = timezone.localdate(), Words()
    found = titles.ending(user, on=today, months=months, regions=choice.narrow())
    rows = [_row(words, each) for each in found]
    fields = [
        *([choice.field] if choice.field else []),
        {
            "name": "months",
            "label": _("多少个月内"),
            "value": str(months),
            "options": [{"value": str(each), "label": _("%(n)d 个月") % {"n": each}} for each in titles.ENDS_WITHIN],
        },
    ]
    if wants_file(request):
        heads = [_("有效期至"), _("资质"), _("证书编号"), _("单位"), _("区划"), _("再次申报"), _("虚构")]
        return table_response(
            request, _("即将到期的资质"), heads, [each["line"] for each in rows], About(fields=fields)
        )
    context = {
        "rows": rows,
        "renewing": [_row(words, each) for each in titles.in_renewal(user, on=today, regions=choice.narrow())],
        "twice": _twice(user, words, titles.duplicates(queries.readable(allowed))),
        "filters": fields,
        "table": {
            "columns": [
                {"label": _("有效期至"), "class": "nowrap told"},
                {"label": _("资质")},
                {"label": _("单位")},
                {"label": _("区划")},
                {"label": _("再次申报"), "class": "nowrap told"},
            ],
            "count": len(rows),
            "export": file_addresses(request),
            "empty_title": _("没有即将到期的资质"),
            "empty_text": choice.problem or _("这段时间里没有资质到期；没有期限的资质不在此列。"),
        },
        "renewing_within": titles.RENEWING,
        "is_fictional": any(each["is_fictional"] for each in rows),
        "crumbs": [{"label": _("台账"), "url": reverse("ledger:record-list")}, {"label": _("资质有效期")}],
    }
    return render(request, "ledger/title_list.html", context)


def _row(words: Words, each: titles.Ending) -> dict[str, Any]:
    holder, region = holder_word(each.event), each.event.region
    name = words.subject(each.subject)
    return {
        "until": each.until,
        "name": name,
        "number": each.subject.number,
        "organisation": each.event.organisation,
        "holder": holder,
        "region": region.name,
        "applied_on": each.applied_on,
        "url": reverse("ledger:record", args=["recognition", each.event.subject]),
        "is_fictional": each.event.is_fictional,
        "line": (
            each.until,
            name,
            each.subject.number,
            holder,
            region.name,
            each.applied_on,
            _("是") if each.event.is_fictional else "",
        ),
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
