"""Handing up (报送): a reviewed edition is put before the region above, and may be taken back; each act is a row."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from xingke.accounts.actions import record_audit, take_seq
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Answer, Refused
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.reports import disclosure, queries
from xingke.reports.models import Document, HandUp


@transaction.atomic
def hand_up(*, document: Document, number: int, by: User, now: datetime) -> HandUp:
    """Hand an edition up to the region above its own, whose readers see it from then on.

    number: of the act the page showed as the last one (0: none); a second press returns the act the first one did.
    Raises Refused where the edition was not reviewed, there is nobody above, or it, or a later one, is handed up already.
    """
    last = _last(document)
    if _is_again(last, HandUp.Act.HANDED_UP, number, by):
        return last  # type: ignore[return-value]  # there is one, see above
    registry.require(by, Permission.DOCUMENT_PUBLISH, region=document.region)
    may_hand_up(document).or_refuse()
    _refuse_unseen(last, number)
    reviewed = document.steps.order_by("-number").first()
    if reviewed is None or reviewed.digest != queries.digest_of(document):
        raise Refused(_("文稿与审查时的内容不一致，不能继续。请告诉系统管理员。"))
    above = document.region.parent
    assert above is not None  # or it may not be handed up
    return _write(document, HandUp.Act.HANDED_UP, number + 1, above, "", by, now)


@transaction.atomic
def recall(*, document: Document, number: int, reason: str, by: User, now: datetime) -> HandUp:
    """Take an edition back that was handed up: above it is gone, the acts and the audit trail keep it.

    number: as of ``hand_up``. Raises Refused without a reason, or where it is not handed up.
    """
    last = _last(document)
    if _is_again(last, HandUp.Act.RECALLED, number, by):
        return last  # type: ignore[return-value]  # there is one, see above
    registry.require(by, Permission.DOCUMENT_PUBLISH, region=document.region)
    if last is None or last.act != HandUp.Act.HANDED_UP:
        raise Refused(_("这一版没有报送，不用撤回。"))
    _refuse_unseen(last, number)
    if not reason.strip():
        raise Refused(_("请写明理由。"))
    return _write(document, HandUp.Act.RECALLED, number + 1, last.to, reason, by, now)


def recall_along(*, document: Document, reason: str, seq: int, by: User, now: datetime) -> None:
    """The same as part of another act, which has the number and leaves the audit row: the edition was retracted."""
    last = document.hand_ups.order_by("-number")[:1].get()
    _keep(document, HandUp.Act.RECALLED, last.number + 1, last.to, reason, seq, by, now)


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


def _last(document: Document) -> HandUp | None:
    list(Document.objects.select_for_update().filter(work=document.work).values_list("pk"))  # one after the other
    return document.hand_ups.order_by("-number").first()


def _is_again(last: HandUp | None, act: str, number: int, by: User) -> bool:
    return last is not None and (last.number, last.act, last.taken_by_id) == (number + 1, act, by.pk)


def _refuse_unseen(last: HandUp | None, number: int) -> None:
    if (last.number if last else 0) != number:
        raise Refused(_("这份文稿的状态已经变了，请看过再决定。"))


def _write(document: Document, act: str, number: int, to: Region, reason: str, by: User, now: datetime) -> HandUp:
    seq = take_seq()
    written = _keep(document, act, number, to, reason, seq, by, now)
    record_audit(
        seq=seq, by=by, action=f"document.{act.replace('_', '-')}", target_kind="document", target=str(document.key),
        now=now, reason=written.reason[:500],
        detail={"title": document.title, "edition": document.edition, "to": to.name, "digest": written.digest},
    )  # fmt: skip
    return written


def _keep(
    document: Document, act: str, number: int, to: Region, reason: str, seq: int, by: User, now: datetime
) -> HandUp:
    return HandUp.objects.create(
        document=document, number=number, act=act, to=to, reason=reason.strip()[:1000], digest=queries.digest_of(document),
        seq=seq, taken_at=now, taken_by=by,
    )  # fmt: skip
