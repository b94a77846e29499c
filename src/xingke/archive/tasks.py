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
from xingke.ledger.queries.caching import kept_for


def _to_file(user: User) -> Iterator[Task]:
    cases = kept_for(user, "cases to archive", lambda: queries.cases_to_file(user).count())
    documents = kept_for(user, "documents to archive", lambda: queries.documents_to_file(user).count())
    yield Task(_("待归档的事项"), cases, pgettext("cases", "件"), reverse("archive:case-list"))
    yield Task(_("待归档的文稿"), documents, pgettext("documents", "份"), reverse("archive:document-list"))


def _to_appraise(user: User) -> Iterator[Task]:
    today = timezone.localdate()
    rows = queries.volumes_seen(user, ArchivePermission.KEEP).filter(queries.outlived(today))
    count = kept_for(user, f"volumes to appraise {today}", rows.count)
    url = f"{reverse('archive:finding-list')}?kind={VOLUME}&state={EXPIRED}"
    yield Task(_("保管期满、待鉴定的案卷"), count, pgettext("volumes", "卷"), url, _("系统不会自己销毁"))


def _to_sign(user: User) -> Iterator[Task]:
    def waiting() -> tuple[int, datetime | None]:
        handed = list(queries.hand_overs_to_sign(user).order_by("seq").values_list("handed_at", flat=True))
        return len(handed), handed[0] if handed else None

    count, first = kept_for(user, "hand-overs to sign", waiting)
    yield Task(_("待签收的移交清单"), count, pgettext("lists", "张"), reverse("archive:hand-over-list"), since(first))


DUTIES = (
    Duty(code="to-archive", permission=ArchivePermission.KEEP, find=_to_file, order=60, is_theirs=False),
    Duty(code="to-sign", permission=ArchivePermission.RECEIVE, find=_to_sign, order=61),
    Duty(code="to-appraise", permission=ArchivePermission.KEEP, find=_to_appraise, order=62, is_theirs=False),
)
