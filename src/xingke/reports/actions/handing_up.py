"""Handing up (报送): a reviewed edition is put before the region above, and may be taken back; each act is a row."""

from contextlib import AbstractContextManager
from datetime import datetime

from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Answer, Refused
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.reports import queries
from xingke.reports.models import Document, HandUp
from xingke.reports.rules import disclosure


def hand_up(*, document: Document, number: int, by: User, now: datetime) -> HandUp:
    """Hand an edition up to the region above its own, whose readers see it from then on.

    number: of the act the page showed as the last one (0: none); a second press returns the act the first one did.
    Raises Refused where the edition was not reviewed, there is nobody above, or it, or a later one, is handed up already.
    """
    with _act(document, HandUp.Act.HANDED_UP, by=by, now=now) as done:
        last = _last(document, done)
        if _is_again(last, HandUp.Act.HANDED_UP, number, by):
            done.nothing()
            return last  # type: ignore[return-value]  # there is one, see above
        registry.require(by, Permission.DOCUMENT_PUBLISH, at=document.region)
        may_hand_up(document).or_refuse()
        _refuse_unseen(last, number)
        reviewed = document.steps.order_by("-number").first()
        if reviewed is None or reviewed.digest != queries.digest_of(document):
            raise Refused(_("文稿与审查时的内容不一致，不能继续。请告诉系统管理员。"))
        above = document.region.parent
        assert above is not None  # or it may not be handed up
        return _write(document, HandUp.Act.HANDED_UP, number + 1, above, "", done)


def recall(*, document: Document, number: int, reason: str, by: User, now: datetime) -> HandUp:
    """Take an edition back that was handed up: above it is gone, the acts and the audit trail keep it.

    number: as of ``hand_up``. Raises Refused without a reason, or where it is not handed up.
    """
    with _act(document, HandUp.Act.RECALLED, by=by, now=now) as done:
        last = _last(document, done)
        if _is_again(last, HandUp.Act.RECALLED, number, by):
            done.nothing()
            return last  # type: ignore[return-value]  # there is one, see above
        registry.require(by, Permission.DOCUMENT_PUBLISH, at=document.region)
        if last is None or last.act != HandUp.Act.HANDED_UP:
            raise Refused(_("这一版没有报送，不用撤回。"))
        _refuse_unseen(last, number)
        if not reason.strip():
            raise Refused(_("请写明理由。"))
        return _write(document, HandUp.Act.RECALLED, number + 1, last.to, reason, done)


def recall_along(*, document: Document, reason: str, done: Act) -> None:
    """The same as part of the act that retracts the edition."""
    last = document.hand_ups.order_by("-number")[:1].get()
    _keep(document, HandUp.Act.RECALLED, last.number + 1, last.to, reason, done)


def may_hand_up(document: Document) -> Answer:
    """Whether an edition can be handed up as it stands, whoever does it."""
    standing = document.steps.order_by("-number").first()
    return disclosure.may_hand_up(
        standing=standing.step if standing else disclosure.DRAFT,
        region=document.region.name,
        above=document.region.parent.name if document.region.parent else "",
        is_up=queries.is_handed_up(document),
        newer=max(queries.newest_handed_up(document.work), queries.newest_ever_public(document.work)),
        edition=document.edition,
    )


def _act(document: Document, what: str, *, by: User, now: datetime) -> AbstractContextManager[Act]:
    return act(by=by, now=now, code=f"document.{what.replace('_', '-')}", kind="document", target=str(document.key))


def _last(document: Document, done: Act) -> HandUp | None:
    done.lock()  # one after the other
    return document.hand_ups.order_by("-number").first()


def _is_again(last: HandUp | None, act: str, number: int, by: User) -> bool:
    return last is not None and (last.number, last.act, last.taken_by_id) == (number + 1, act, by.pk)


def _refuse_unseen(last: HandUp | None, number: int) -> None:
    if (last.number if last else 0) != number:
        raise Refused(_("这份文稿的状态已经变了，请看过再决定。"))


def _write(document: Document, what: str, number: int, to: Region, reason: str, done: Act) -> HandUp:
    written = _keep(document, what, number, to, reason, done)
    done.says(
        reason=written.reason[:500], title=document.title, edition=document.edition, to=to.name, digest=written.digest
    )
    return written


def _keep(document: Document, what: str, number: int, to: Region, reason: str, done: Act) -> HandUp:
    return HandUp.objects.create(
        document=document,
        number=number,
        act=what,
        to=to,
        reason=reason.strip()[:1000],
        digest=queries.digest_of(document),
        seq=done.seq,
        taken_at=done.now,
        taken_by=done.account,
    )
