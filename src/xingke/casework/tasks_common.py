"""What stands on the workbench of common acts: agendas, decisions, minutes, publicity that ends, objections; and what may be applied for."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.panels import Panel
from xingke.base.tasks import Duty, Task
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import meetings, notices, publicity
from xingke.casework.queries.calls import calls_open
from xingke.casework.queries.common import regions_of_bureau
from xingke.casework.queries.offers import flows_to_open
from xingke.ledger.queries.caching import kept_beside
from xingke.registry import queries as registry


def _to_prepare(user: User) -> Iterator[Task]:
    def counts() -> tuple[int, int]:
        waiting = meetings.count_waiting(regions_of_bureau(user, CasePermission.HANDLE))
        return waiting, meetings.without_minutes(user, CasePermission.HANDLE)

    waiting, minutes = kept_beside(user, "before and after meetings", counts)
    url = reverse("casework:meeting-list")
    yield Task(_("等着上会的事项"), waiting, _("件"), url, _("列入下一次会议的议程"))
    yield Task(_("开过的会还没有纪要号"), minutes, _("次"), url)


def _to_decide(user: User) -> Iterator[Task]:
    undecided = kept_beside(user, "undecided", lambda: meetings.undecided(user))
    yield Task(_("会后待记的决定"), undecided, _("项"), reverse("casework:meeting-list"), _("记下后事项才往下走"))


def _to_show(user: User) -> Iterator[Task]:
    today = timezone.localdate()

    def counts() -> tuple[int, int, int]:
        where = regions_of_bureau(user, CasePermission.HANDLE)
        shown = publicity.waiting_to_be_shown(where).count()
        return publicity.objections_open(where), publicity.ends_on(where, today), shown

    objections, ending, waiting = kept_beside(user, f"publicity:{today}", counts)
    url = reverse("casework:publicity-list")
    yield Task(_("异议待答复"), objections, _("件"), url, _("答复以前，事项不能往下办"))
    yield Task(_("今天期满的公示"), ending, _("批"), url)
    yield Task(_("等着公示的事项"), waiting, _("件"), url)


def _to_sign(user: User) -> Iterator[Task]:
    waiting = kept_beside(user, "notices to sign", lambda: notices.to_sign(user))
    yield Task(_("待签收的通知"), waiting, _("份"), reverse("casework:notice-list"))


DUTIES = (
    Duty(code="notices", permission=CasePermission.READ, find=_to_sign, order=12),
    Duty(code="meetings-decided", permission=CasePermission.DECIDE, find=_to_decide, order=15),
    Duty(code="publicity-run", permission=CasePermission.HANDLE, find=_to_show, order=25),
    Duty(code="meetings-prepared", permission=CasePermission.HANDLE, find=_to_prepare, order=35),
)


def _to_apply(user: User, _shown: None) -> Mapping[str, Any] | None:
    """For what somebody may apply now: the calls that are open, and the flows that have none. None for whoever applies for nothing."""
    if not registry.has(user, CasePermission.APPLY):
        return None
    today, language = timezone.localdate(), get_language() or "zh"
    rows = kept_beside(user, f"apply:{today}:{language}", lambda: _applications(user, today, language))
    return {"rows": rows} if rows else None


def _applications(user: User, today: date, language: str) -> list[dict[str, Any]]:
    calls = calls_open(user, today=today)
    rows = [
        {
            "title": each.title,
            "about": reverse("casework:call", args=[each.key]),
            "until": each.until,
            "url": f"{reverse('casework:case-new', args=[each.flow])}?call={each.key}",
        }
        for each in calls
    ]
    called = {each.flow for each in calls}
    own = [each.flow for each in flows_to_open(user) if each.organisations or each.persons]
    return rows + [
        {"title": each.label.in_language(language), "url": reverse("casework:case-new", args=[each.code])}
        for each in own
        if each.code not in called
    ]


PANELS = (Panel(page="workbench", code="apply", template="casework/apply_panel.html", context=_to_apply, order=10),)
