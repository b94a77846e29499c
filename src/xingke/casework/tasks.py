"""What cases wait for somebody on the workbench, and what somebody did today."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts.models import User
from xingke.base.tasks import Duty, OwnWork, Task
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import lists
from xingke.ledger.queries.caching import kept_for


def _waiting(user: User) -> Iterator[Task]:
    url, word = reverse("casework:case-list"), pgettext("cases", "件")
    states = (lists.LATE, lists.TODO, lists.SOON)
    counts = kept_for(
        user, f"cases:{this_hour()}", lambda: [lists.cases_listed(user, state=each).count() for each in states]
    )
    words = (_("已超期的事项"), _("待我办的事项"), _("快到期的事项"))
    for state, count, said in zip(states, counts, words, strict=True):
        yield Task(said, count, word, f"{url}?state={state}")


def _taken(user: User, since: datetime) -> Iterator[Task]:
    count = kept_for(user, f"steps taken:{since}", lambda: lists.steps_taken(user, since=since))
    url = f"{reverse('casework:case-list')}?state={lists.DONE}"
    yield Task(_("我今天办的步骤"), count, pgettext("steps", "步"), url)


def this_hour() -> str:
    """What is late now may be late since a moment ago: what is kept of it is kept for the hour."""
    return f"{timezone.localtime():%Y%m%d%H}"


DUTIES = (Duty(code="cases", permission=CasePermission.READ, find=_waiting, order=28),)
OWN = OwnWork(code="cases", permission=CasePermission.READ, find=_taken, order=20)
