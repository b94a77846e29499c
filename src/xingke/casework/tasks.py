"""What cases wait for somebody on the workbench, and what somebody did today."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts.models import User
from xingke.base.tasks import Duty, OwnWork, Task
from xingke.casework.models import CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import lists


def _waiting(user: User) -> Iterator[Task]:
    url, word = reverse("casework:case-list"), pgettext("cases", "件")
    late = lists.cases_listed(user, state=lists.LATE).count()
    yield Task(_("已超期的事项"), late, word, f"{url}?state={lists.LATE}")
    todo = lists.cases_listed(user, state=lists.TODO).count()
    yield Task(_("待我办的事项"), todo, word, f"{url}?state={lists.TODO}")
    soon = lists.cases_listed(user, state=lists.SOON).count()
    yield Task(_("快到期的事项"), soon, word, f"{url}?state={lists.SOON}")


def _taken(user: User, since: datetime) -> Iterator[Task]:
    count = CaseStep.objects.filter(taken_by=user, taken_at__gte=since, taken_at__lte=timezone.now()).count()
    url = f"{reverse('casework:case-list')}?state={lists.DONE}"
    yield Task(_("我今天办的步骤"), count, pgettext("steps", "步"), url)


DUTIES = (Duty(code="cases", permission=CasePermission.READ, find=_waiting, order=30),)
OWN = OwnWork(code="cases", permission=CasePermission.READ, find=_taken, order=20)
