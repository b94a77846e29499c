"""What waits on the workbench of whoever gives roles."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts import queries as accounts
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.tasks import Duty, Task
from xingke.registry.models import Grant


def _without_roles(_user: User) -> Iterator[Task]:
    held = Grant.objects.filter(user=OuterRef("pk"), revoked_at__isnull=True)
    without = accounts.accounts().filter(~Exists(held), is_active=True).count()
    yield Task(_("还没有授权的账号"), without, pgettext("accounts", "个"), reverse("registry:grant-give"))


DUTIES = (Duty(code="accounts", permission=Permission.GRANT_MANAGE, find=_without_roles, order=90),)
