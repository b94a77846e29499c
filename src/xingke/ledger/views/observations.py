"""Reported figures: the list, the open choices, and choosing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import actions, lists, queries
from xingke.ledger.forms.corrections import ReasonForm
from xingke.ledger.queries import observations, records
from xingke.ledger.record_facts import indicator_url, rival
from xingke.ledger.relists import RELISTS, Relisted
from xingke.ledger.words import Words, period_word
from xingke.press.exports import About, file_address, table_response
from xingke.registry import queries as registry
from xingke.registry.listing import ListRequest, ask, list_response


@require_safe
def observation_list(request: HttpRequest) -> HttpResponse:
    asked = ask(lists.OBSERVATIONS, request)
    if "format" in request.GET and (listed := _again(asked).get(request.GET["format"])) is not None:
        about = About(fields=asked.fields, notes=listed.notes)
        return table_response(request, listed.name, listed.columns, listed.rows, about)
    return list_response(
        request, lists.OBSERVATIONS, template="ledger/observation_list.html", context=_besides, asked=asked
    )


def _again(asked: ListRequest) -> dict[str, Relisted]:
    """The ways in which the figures are had as a table to be handed over again."""
    found = lists.OBSERVATIONS.rows(asked).filter(asked.narrow)
    return {each.code: listed for each in RELISTS if (listed := each.figures(found))}


def _besides(asked: ListRequest) -> dict[str, Any]:
    again = _again(asked)
    return {
        "again_url": file_address(asked.request, next(iter(again))) if again else "",
        "choices": len(observations.open_choices(asked.reader)),
    }


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
