"""The same step of many cases at once: what it will do, what was done, and why some were left."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.casework import queries, showing
from xingke.casework.actions.together import MOST, take_steps
from xingke.casework.models import Case
from xingke.casework.permissions import CasePermission
from xingke.casework.rules.flows import FlowStep
from xingke.registry import queries as registry

SHOWN = 50


@require_POST
def cases_together(request: HttpRequest) -> HttpResponse:
    """Take ``step`` of the cases in ``case``, each as ``KEY:N`` with the number of the last step seen of it.

    ``opinion``: the words where the step wants some; asked for where they are missing. ``back``: the address of the list.
    """
    user = registry.reader(request.user)
    registry.require_page(user, CasePermission.READ)
    step, opinion, back = request.POST.get("step", ""), request.POST.get("opinion", "").strip(), _back(request)
    chosen = request.POST.getlist("case")
    try:
        cases = _cases(user, chosen)
        asks = _asked(cases, step)
        if asks is not None and asks.reason and not opinion:
            return _page(request, cases=cases, step=step, asks=asks, back=back)
        done = take_steps(cases=cases, step=step, opinion=opinion, by=user, now=timezone.now())
    except Refused as refusal:
        return _page(request, cases=[], step=step, refusal=refusal, back=back)
    if done.taken:
        messages.success(
            request,
            _("已办理 %(n)d 件：%(step)s。") % {"n": len(done.taken), "step": _word(asks, step)},
        )
    if not done.refused:
        return redirect(back)
    return _page(request, cases=[], step=step, asks=asks, left=done.refused, back=back)


def _cases(user: User, chosen: Sequence[str]) -> list[tuple[Case, int]]:
    """The cases that were chosen, in their order, each once. Raises 404 where the user sees one of them not, or it is none."""
    wanted: dict[UUID, int] = {}
    for each in chosen[: MOST + 1]:
        key, _colon, number = each.partition(":")
        try:
            wanted.setdefault(UUID(key), int(number) if number.isdecimal() and len(number) < 9 else 0)
        except ValueError:
            raise Http404 from None
    seen = queries.cases_seen(user).filter(key__in=wanted)
    found = {case.key: case for case in seen.select_related("region", "organisation__region", "person")}
    if len(found) < len(wanted):
        raise Http404
    return [(found[key], number) for key, number in wanted.items()]


def _asked(cases: Sequence[tuple[Case, int]], step: str) -> FlowStep | None:
    """The step, as the first flow that has it says it."""
    found = (queries.definitions_of(case).flow.steps.get(step) for case, _seen in cases)
    return next((each for each in found if each is not None), None)


def _back(request: HttpRequest) -> str:
    """Where the list was: an address of ours, else the whole list."""
    back = request.POST.get("back", "")
    return (
        back
        if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        else reverse("casework:case-list")
    )


def _word(asks: FlowStep | None, step: str) -> str:
    return asks.label.in_language(get_language() or "zh") if asks is not None else step


def _page(
    request: HttpRequest,
    *,
    cases: Sequence[tuple[Case, int]],
    step: str,
    back: str,
    asks: FlowStep | None = None,
    refusal: Refused | None = None,
    left: Sequence[tuple[Case, Refused]] = (),
) -> HttpResponse:
    word = _word(asks, step)
    context = {
        "title": word if asks is not None else _("一起办理"),
        "word": word,
        "step": step,
        "back": back,
        "refusal": refusal,
        "chosen": [f"{case.key}:{seen}" for case, seen in cases],
        "rows": [_row(case) for case, _seen in cases[:SHOWN]],
        "count": len(cases),
        "left": [{**_row(case), "reason": str(why)} for case, why in left],
        "crumbs": [{"label": _("业务"), "url": reverse("casework:case-list")}, {"label": word}],
    }
    return render(request, "casework/cases_together.html", context)


def _row(case: Case) -> dict[str, str]:
    flow = queries.definitions_of(case).flow
    return {
        "url": reverse("casework:case", args=[case.key]),
        "number": case.number,
        "title": showing.title_of(case, flow),
        "flow": flow.label.in_language(get_language() or "zh"),
    }
