"""What waits on the workbench for a letter: cases of which nothing else can become."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts.models import User
from xingke.base.tasks import Duty, Task
from xingke.casework.permissions import CasePermission
from xingke.ledger.queries.caching import kept_beside
from xingke.letters import queries


def _to_write(user: User) -> Iterator[Task]:
    def count() -> dict[tuple[str, str, str], int]:
        return {(each.flow.code, each.step.code, each.step.label.zh): each.is_only for each in queries.offered(user)}

    for (flow, step, _label), waiting in kept_beside(user, "letters to write", count).items():
        url = reverse("letters:letter-issue", args=[flow, step])
        yield Task(_("等着出具文书的事项"), waiting, pgettext("cases", "件"), url)


DUTIES = (Duty(code="letters", permission=CasePermission.READ, find=_to_write, order=33),)
