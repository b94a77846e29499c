"""Taking back one's own act, and offering it right after."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import UNDO
from xingke.ledger import actions
from xingke.ledger.queries import undoing
from xingke.ledger.queries.undoing import ActRead
from xingke.ledger.rules.undoing import ALREADY
from xingke.registry import queries as registry


@require_POST
def act_undo(request: HttpRequest, seq: int) -> HttpResponse:
    user = registry.reader(request.user)
    entry = undoing.own_act(user, seq)
    if entry is None or entry.action.endswith(f".{undoing.IMPORTED}"):  # an import is taken back from its own page
        raise Http404
    try:
        count = actions.undo_act(seq=seq, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("已撤销，登记的 %(n)s 条记录已作废，原有版本仍可查看。") % {"n": count} if count else str(ALREADY)
        messages.success(request, said)
    return redirect(_where(undoing.act_read(entry)))


def _where(read: ActRead) -> str:
    """The page of what an act filed, where that is one thing; else the list."""
    if len(read.heads) == 1 or (not read.heads and len(read.events) == 1):
        return reverse("ledger:record", args=[read.kind, read.filed[0].record])
    return reverse("ledger:record-list")


def filed(request: HttpRequest, kind: str, record: UUID, said: str) -> None:
    """Say that something was filed, with the button that takes it back."""
    seq = undoing.act_that_filed(kind, record)
    assert seq is not None  # it was filed a moment ago
    messages.success(request, said, extra_tags=f"{UNDO}{reverse('ledger:act-undo', args=[seq])}")
