"""What cases wait for somebody on the workbench, and what somebody did today."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts.models import User
from xingke.base.tasks import Duty, OwnWork, Task
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import lists
from xingke.ledger.queries.caching import kept_beside


def _waiting(user: User) -> Iterator[Task]:
    said = {lists.LATE: _("已超期的事项"), lists.TODO: _("待我办的事项"), lists.SOON: _("快到期的事项")}
    yield from _counted(user, said)


def _taken(user: User, since: datetime) -> Iterator[Task]:
    count = kept_beside(user, f"steps taken:{since}", lambda: lists.steps_taken(user, since=since))
    yield Task(_("我今天办的步骤"), count, pgettext("steps", "步"), address(lists.DONE))
    yield from _counted(user, {lists.DONE: _("我办过的事项"), lists.OPENED: _("我发起的事项")})


def _counted(user: User, said: Mapping[str, str]) -> Iterator[Task]:
    counts = lists.own_counts(user)
    for state, words in said.items():
        yield Task(words, counts[state], pgettext("cases", "件"), address(state))


def address(state: str) -> str:
    """The list of somebody's own cases in a state."""
    return f"{reverse('casework:case-list')}?state={state}"


DUTIES = (Duty(code="cases", permission=CasePermission.READ, find=_waiting, order=28),)
OWN = OwnWork(code="cases", permission=CasePermission.READ, find=_taken, order=20)
