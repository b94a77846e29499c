"""What waits on the workbench: cases and documents to be filed, lists to be signed for, volumes whose term is over."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts.models import User
from xingke.archive import queries
from xingke.archive.lists import EXPIRED, VOLUME
from xingke.archive.permissions import ArchivePermission
from xingke.base.tasks import Duty, Task, since
from xingke.ledger.queries.caching import kept_beside


def _to_file(user: User) -> Iterator[Task]:
    today = timezone.localdate()
    counts = kept_beside(user, f"to archive {today}", lambda: queries.counts_waiting(user, today))
    yield Task(_("待归档的事项"), counts["cases"], pgettext("cases", "件"), reverse("archive:case-list"))
    yield Task(_("待归档的文稿"), counts["documents"], pgettext("documents", "份"), reverse("archive:document-list"))
    url = f"{reverse('archive:finding-list')}?kind={VOLUME}&state={EXPIRED}"
    unit = pgettext("volumes", "卷")
    yield Task(_("保管期满、待鉴定的案卷"), counts["volumes"], unit, url, _("系统不会自己销毁"))


def _to_sign(user: User) -> Iterator[Task]:
    def waiting() -> tuple[int, datetime | None]:
        handed = list(queries.hand_overs_to_sign(user).order_by("seq").values_list("handed_at", flat=True))
        return len(handed), handed[0] if handed else None

    def to_destroy() -> int:
        return queries.volumes_to_destroy(user).count()

    count, first = kept_beside(user, "hand-overs to sign", waiting)
    gone = f"{reverse('archive:appraisal-list')}?verdict=waits"
    yield Task(_("待监销的案卷"), kept_beside(user, "volumes to destroy", to_destroy), pgettext("volumes", "卷"), gone)
    yield Task(_("待签收的移交清单"), count, pgettext("lists", "张"), reverse("archive:hand-over-list"), since(first))


DUTIES = (
    Duty(code="to-archive", permission=ArchivePermission.KEEP, find=_to_file, order=60, is_theirs=False),
    Duty(code="to-sign", permission=ArchivePermission.RECEIVE, find=_to_sign, order=61),
)
