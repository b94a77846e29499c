"""Disclosure: an edition is reviewed, published, replaced, retracted; each step is a row that is never changed."""

from datetime import datetime

from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.notices.actions import notify
from xingke.registry import queries as registry
from xingke.reports import queries, telling
from xingke.reports.actions import handing_up
from xingke.reports.models import DisclosureStep, Document
from xingke.reports.rules import disclosure


def take_step(*, document: Document, step: str, number: int, opinion: str, by: User, now: datetime) -> DisclosureStep:
    """Take the next step of an edition: asked, passed, refused, published or retracted.

    number: of the step the page showed as the last one (0: none), so that nobody decides on what they have not seen; a
    second press returns the step the first one took. Publishing replaces the edition that was public until then, in the
    same transaction. Raises Refused; then nothing is changed.
    """
    with act(by=by, now=now, code=f"document.{step}", kind="document", target=str(document.key)) as done:
        done.lock()  # one after the other
        return _take(document, step, number, opinion, done)


def _take(document: Document, step: str, number: int, opinion: str, done: Act) -> DisclosureStep:
    by = done.account
    last = document.steps.order_by("-number").first()
    if last is not None and last.number == number + 1 and (last.step, last.taken_by_id) == (step, by.pk):
        done.nothing()
        return last
    standing = last.step if last else disclosure.DRAFT
    if (last.number if last else 0) != number:
        raise Refused(_("这份文稿的状态已经变了，请看过再决定。"))
    disclosure.may_follow(step, standing).or_refuse()
    registry.require(by, disclosure.permission(step, standing), at=document.region)
    _check(document, step, last, opinion, by)
    if step == disclosure.REFUSED and queries.is_handed_up(document):
        raise Refused(_("这一版已经报送上级，请先撤回报送，再退回。"))
    replaced = None
    if step == disclosure.PUBLISHED:
        newest = queries.newest_ever_public(document.work)
        if newest > document.edition:
            raise Refused(_("已经公布了更新的第 %(n)s 版，不能再公布这一版。") % {"n": newest})
        replaced = queries.public_edition(document.work)
    taken = _write(document, step, number + 1, opinion, done)
    done.says(reason=opinion[:500], title=document.title, edition=document.edition, digest=taken.digest)
    if told := telling.told_after(step, document, by):
        kind, users = told
        key = str(document.key)
        notify(to=users, kind=kind, about="document", key=key, region=document.region, now=done.now, by=by)
    if step == disclosure.RETRACTED and queries.is_handed_up(document):  # what the public is told no more, nobody is
        handing_up.recall_along(document=document, reason=opinion, done=done)
        done.says(recalled=True)
    if replaced is not None:
        _write(replaced, disclosure.SUPERSEDED, replaced.steps.count() + 1, "", done)
        done.says(replaces=str(replaced.key))
    return taken


def _check(document: Document, step: str, last: DisclosureStep | None, opinion: str, by: User) -> None:
    if step in disclosure.NEEDS_REASON and not opinion.strip():
        raise Refused(_("请写明理由。"))
    if step == disclosure.PASSED:
        disclosure.may_review(by.pk, queries.authors_of(document)).or_refuse()
    if step == disclosure.PUBLISHED:
        disclosure.may_publish(by.pk, queries.authors_of(document)).or_refuse()
    if step == disclosure.ASKED and queries.newest_edition(document.work) != document:
        raise Refused(_("这不是最新的一版，请提交最新的一版。"))
    if last is not None and step != disclosure.ASKED and last.digest != queries.digest_of(document):
        raise Refused(_("文稿与审查时的内容不一致，不能继续。请告诉系统管理员。"))


def _write(document: Document, step: str, number: int, opinion: str, done: Act) -> DisclosureStep:
    return DisclosureStep.objects.create(
        document=document,
        number=number,
        step=step,
        opinion=opinion.strip(),
        digest=queries.digest_of(document),
        seq=done.seq,
        taken_at=done.now,
        taken_by=done.account,
    )
