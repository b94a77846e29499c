"""Which regions keep complete records of what, since when: there, and only there, records answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day
from xingke.ledger import actions
from xingke.ledger.forms.keeping import KeepingForm
from xingke.ledger.queries.keeping import keeping_declared
from xingke.ledger.tables import TABLES
from xingke.ledger.words import kind_word
from xingke.registry import queries as registry


@require_http_methods(["GET", "POST"])
def keeping(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.RECORD_READ)
    may_declare = registry.has(user, Permission.RECORD_CONFIRM)
    form = KeepingForm(user, request.POST or None) if may_declare else None
    if request.method == "POST":
        registry.require_page(user, Permission.RECORD_CONFIRM)
        if form is not None and form.is_valid():
            said = form.cleaned_data
            try:
                actions.declare_kinds(
                    region=said["region"], kinds=said["kinds"], since=said["since"], by=user, now=timezone.now()
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                words = _("已声明：%(region)s自 %(day)s 起台账完整，此后由台账计数。")
                messages.success(request, words % {"region": said["region"].name, "day": day(said["since"])})
                return redirect("ledger:keeping")
    declared = keeping_declared(user)
    rows = [{"row": each, "kind": kind_word(each.kind)} for each in declared]
    table: dict[str, Any] = {
        "columns": [
            {"label": _("区划")},
            {"label": _("类别")},
            {"label": _("起始日期"), "class": "nowrap told"},
            {"label": _("声明人")},
            {"label": _("声明时间"), "class": "nowrap told"},
        ],
        "count": len(rows),
        "empty_title": _("还没有声明"),
        "empty_text": _("在声明之前，指标只采用上报数；台账记录可以先登记和确认。"),
    }
    context = {
        "table": table,
        "rows": rows,
        "form": form,
        "kinds": len(TABLES),
        "crumbs": [{"label": _("台账"), "url": reverse("ledger:record-list")}, {"label": _("台账完整声明")}],
        "is_fictional": any(each.region.is_fictional for each in declared),
    }
    return render(request, "ledger/keeping.html", context)
