"""What waits on the workbench of whoever writes, reviews and publishes documents."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.tasks import Duty, Task, since
from xingke.base.templatetags.xk import day
from xingke.ledger.queries.caching import kept_beside
from xingke.reports import queries
from xingke.reports.models import DisclosureStep, Document
from xingke.reports.rules import disclosure

EACH = 3  # documents named one by one


def _to_review(user: User) -> Iterator[Task]:
    def waiting() -> QuerySet[Document]:
        return queries.documents_standing(user, Permission.DOCUMENT_DISCLOSE, disclosure.ASKED)

    return _tasks(user, _("待我审查的文稿"), waiting, disclosure.ASKED, "reports:document-review")


def _to_publish(user: User) -> Iterator[Task]:
    def waiting() -> QuerySet[Document]:
        return queries.documents_standing(user, Permission.DOCUMENT_PUBLISH, disclosure.PASSED)

    return _tasks(user, _("待我公布的文稿"), waiting, disclosure.PASSED, "reports:document-review")


def _to_mend(user: User) -> Iterator[Task]:
    return _tasks(user, _("被退回的文稿"), lambda: queries.sent_back_to(user), disclosure.REFUSED, "reports:document")


def _tasks(user: User, label: str, find: Callable[[], QuerySet[Document]], standing: str, page: str) -> Iterator[Task]:
    """Documents that wait, each with the way straight to it, since when and from whom; many only in one line."""
    count, rows = kept_beside(user, f"documents:{standing}", lambda: _first(find()))
    if count > EACH:
        yield Task(label, count, _("份"), reverse("reports:document-list"), since(rows[-1][2]))
        return
    for key, title, taken, taker in rows:
        note = _("%(title)s · %(who)s · %(day)s") % {
            "title": title,
            "who": taker,
            "day": day(timezone.localtime(taken).date()),
        }
        yield Task(label, 1, _("份"), reverse(page, args=[key]), note)


def _first(found: QuerySet[Document]) -> tuple[int, list[tuple[UUID, str, datetime, str]]]:
    """How many documents wait, and the newest: key, title, and when and by whom the last step was taken."""
    last = DisclosureStep.objects.filter(document=OuterRef("pk")).order_by("-number")
    steps = {"taken": Subquery(last.values("taken_at")[:1]), "taker": Subquery(last.values("taken_by__name")[:1])}
    annotated: QuerySet[Any] = found.annotate(**steps)
    rows = list(annotated.values_list("key", "title", "taken", "taker")[: EACH + 1])
    return (found.count() if len(rows) > EACH else len(rows)), rows


DUTIES = (
    Duty(code="reviewing", permission=Permission.DOCUMENT_DISCLOSE, find=_to_review, order=50),
    Duty(code="publishing", permission=Permission.DOCUMENT_PUBLISH, find=_to_publish, order=60),
    Duty(code="mending", permission=Permission.DOCUMENT_WRITE, find=_to_mend, order=70),
)
