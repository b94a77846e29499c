"""Reported figures: the list, the open choices, and choosing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import actions, queries
from xingke.ledger.forms.corrections import ReasonForm
from xingke.ledger.models import Observation, State
from xingke.ledger.queries import observations, records
from xingke.ledger.record_facts import import_beginning, indicator_url, rival
from xingke.ledger.relists import RELISTS
from xingke.ledger.words import Words, accepted_word, confidence_word, period_word, state_word
from xingke.press.exports import About, file_address, file_addresses, table_response, wants_file
from xingke.registry import filtering
from xingke.registry import queries as registry


@require_safe
def observation_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    allowed = registry.require_page(user, Permission.RECORD_READ)
    names = ("q", "document", "mapped", "period", "state")
    asked = {name: request.GET.get(name, "").strip() for name in names}
    choice = filtering.choose_region(allowed, request.GET.get("region", ""))
    found = observations.listed(
        user,
        document=asked["document"],
        mapped=asked["mapped"],
        period=asked["period"],
        state=asked["state"],
        search=asked["q"],
    ).filter(choice.narrow())
    words = Words()
    documents, periods = observations.choices(user)
    filters = [
        filtering.search("q", _("名称或位置"), asked["q"]),
        choice.field,
        filtering.select("document", _("文件"), asked["document"], [(code, code) for code in documents]),
        filtering.select("period", _("期间"), asked["period"], [(code, period_word(code)) for code in periods]),
        filtering.select("mapped", _("对应指标"), asked["mapped"], [("yes", _("已对应")), ("no", _("未对应"))]),
        filtering.select("state", _("状态"), asked["state"], [(state, state_word(state)) for state in State.values]),
    ]
    again = {each.code: listed for each in RELISTS if (listed := each.figures(found))}
    if (listed := again.get(request.GET.get("format", ""))) is not None:
        return table_response(
            request, listed.name, listed.columns, listed.rows, About(fields=filters, notes=listed.notes)
        )
    if wants_file(request):
        lines = (_line(words, row) for row in found.iterator())
        return table_response(request, _("上报数"), _header(), lines, About(fields=filters))
    page = Paginator(found, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    table = {
        "columns": [
            {"label": _("名称（原文）")},
            {"label": _("原文写法"), "numeric": True},
            {"label": _("区划")},
            {"label": _("期间"), "note": _("原文写的，实际的")},
            {"label": _("文件和位置")},
            {"label": _("对应指标")},
            {"label": _("状态")},
        ],
        "page": page,
        "export": file_addresses(request),
        **filtering.emptiness(
            request,
            _("还没有上报数"),
            _("您可以查看的范围里还没有登记上报数。"),
            problem=choice.problem,
            begin=import_beginning(user),
        ),
    }
    rows = [_row(words, row) for row in page.object_list]
    context = {
        "table": table,
        "rows": rows,
        "filters": [field for field in filters if field],
        "again_url": file_address(request, next(iter(again))) if again and rows else "",
        "choices": len(observations.open_choices(user)),
        "is_fictional": any(row["row"].is_fictional for row in rows),
    }
    return render(request, "ledger/observation_list.html", context)


def _row(words: Words, row: Observation) -> dict[str, Any]:
    return {
        "row": row,
        "url": reverse("ledger:record", args=[queries.OBSERVATION, row.record]),
        "stated": period_word(row.stated_period),
        "real": period_word(row.real_period) if row.real_period else "",
        "shifted": row.real_period != row.stated_period or row.confidence != "stated",
        "confidence": confidence_word(row.confidence),
        "indicator": words.indicator(row.indicator) if row.indicator else "",
        "indicator_url": indicator_url(row),
        "accepted": accepted_word(row),
        "measure": "" if row.measure == "level" else words.term("measure", row.measure),
    }


def _header() -> list[str]:
    return [
        _("名称（原文）"),
        _("原文写法"),
        _("数值"),
        _("计量单位"),
        _("说法"),
        _("区划"),
        _("区划代码"),
        _("区划推定"),
        _("原文期间"),
        _("实际期间"),
        _("期间把握"),
        _("文件"),
        _("位置"),
        _("对应指标"),
        _("资金口径"),
        _("部分"),
        _("状态"),
        _("选用"),
        _("虚构"),
    ]


def _line(words: Words, row: Observation) -> list[Any]:
    return [
        row.name,
        row.as_written,
        words.quantity(row).stated,
        row.unit,
        words.term("measure", row.measure),
        row.region.name,
        row.region.code,
        _("是") if row.is_region_inferred else "",
        row.stated_period,
        row.real_period,
        confidence_word(row.confidence),
        row.document,
        row.place,
        words.indicator(row.indicator) if row.indicator else "",
        words.term("layer", row.layer) if row.layer else "",
        row.part,
        state_word(row.state),
        accepted_word(row),
        _("是") if row.is_fictional else "",
    ]


@require_safe
def choice_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.OBSERVATION_CHOOSE)
    words = Words()
    choices = [_choice(words, choice) for choice in observations.open_choices(user)]
    context = {
        "choices": choices,
        "crumbs": _crumbs(_("待选定")),
        "is_fictional": any(choice["is_fictional"] for choice in choices),
    }
    return render(request, "ledger/choice_list.html", context)


def _choice(words: Words, choice: observations.Choice, form: ReasonForm | None = None) -> dict[str, Any]:
    first = choice.rows[0]
    return {
        "id": f"choice-{first.record}",
        "title": words.indicator(choice.indicator),
        "region": choice.region.name,
        "period": period_word(choice.period),
        "rivals": [rival(words, row) for row in choice.rows],
        "form": form,
        "reason": form["reason"].value() if form else "",
        "url": indicator_url(first),
        "is_fictional": first.is_fictional,
    }


@require_http_methods(["GET", "POST"])
def observation_choose(request: HttpRequest, record: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = records.record_to_change(user, queries.OBSERVATION, record, Permission.OBSERVATION_CHOOSE)
    if request.method == "GET":
        return redirect("ledger:record", queries.OBSERVATION, record)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.choose_observation(record=record, by=user, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("已采用“%(written)s”，其余的数已搁置。") % {"written": shown.current.as_written}
            )
            return redirect(_back(request, record))
    choice = observations.choice_of(shown.current)
    if choice is None:
        messages.error(request, _("这个数已不需要选定，可能刚由他人选过。"))
        return redirect("ledger:record", queries.OBSERVATION, record)
    context = {
        "choice": _choice(Words(), choice, form),
        "form": form,
        "crumbs": _crumbs(_("待选定"), _("采用此数")),
        "is_fictional": shown.current.is_fictional,
    }
    return render(request, "ledger/observation_choose.html", context)


def _back(request: HttpRequest, record: UUID) -> str:
    """Back to the choices, if the reader came from there; else to the figure's page."""
    if request.POST.get("from") == "choices":
        return reverse("ledger:choice-list")
    return reverse("ledger:record", args=[queries.OBSERVATION, record])


def _crumbs(*steps: str) -> list[dict[str, str]]:
    urls = {_("待选定"): reverse("ledger:choice-list")}
    first = {"label": pgettext("several", "上报数"), "url": reverse("ledger:observation-list")}
    return [first, *({"label": step, "url": urls.get(step, "")} for step in steps)]
