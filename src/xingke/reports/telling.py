"""Who is told of a step of disclosure: whoever has the next one to take."""

from collections.abc import Callable, Iterable
from functools import partial

from django.urls import reverse

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.noticing import NoticeKind
from xingke.base.sayings import say
from xingke.registry import queries as registry
from xingke.reports import queries
from xingke.reports.models import Document
from xingke.reports.rules import disclosure


def _page(name: str, key: str) -> str:
    return reverse(name, args=[key])


_REVIEW, _DOCUMENT = partial(_page, "reports:document-review"), partial(_page, "reports:document")
TO_REVIEW = NoticeKind(code="document-to-review", word=say("有文稿等您审查"), address=_REVIEW)
TO_PUBLISH = NoticeKind(code="document-to-publish", word=say("有文稿审查通过，等您公布"), address=_REVIEW)
SENT_BACK = NoticeKind(code="document-sent-back", word=say("您的文稿被退回"), address=_DOCUMENT)
KINDS = (TO_REVIEW, TO_PUBLISH, SENT_BACK)


def _may(permission: Permission, document: Document) -> Iterable[User]:
    return registry.accounts_that_may(permission, at=document.region)


_NEXT: dict[str, tuple[NoticeKind, Callable[[Document], Iterable[User]]]] = {
    disclosure.ASKED: (TO_REVIEW, partial(_may, Permission.DOCUMENT_DISCLOSE)),
    disclosure.PASSED: (TO_PUBLISH, partial(_may, Permission.DOCUMENT_PUBLISH)),
    disclosure.REFUSED: (SENT_BACK, queries.writers_of),
}


def told_after(step: str, document: Document, by: User) -> tuple[str, list[User]] | None:
    """The kind of notice a step is told as, and to whom: never to whoever took it. None for one that leaves nothing to do."""
    if step not in _NEXT:
        return None
    kind, find = _NEXT[step]
    return kind.code, [user for user in find(document) if user.pk != by.pk]
