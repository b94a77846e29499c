"""What waits on the workbench of whoever imports."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.tasks import Duty, Task
from xingke.intake.queries import imports_to_file, rows_turned_back


def _to_file(user: User) -> Iterator[Task]:
    """A file that was checked, and rows that were turned back, take no number: they are counted each time."""
    waiting, url = imports_to_file(user).count(), reverse("intake:import-list")
    yield Task(_("待登记的导入"), waiting, _("个文件"), url, _("已核对，等您确认登记"))
    yield Task(_("导入时被退回的行"), rows_turned_back(user), _("行"), url, _("改正后可再导入"))


DUTIES = (Duty(code="importing", permission=Permission.IMPORT_RUN, find=_to_file, order=80),)
