"""Notices: sending one, and the receipt of each who got it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.models import CaseNotice, NoticeReceipt
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import PREPARES, require_home
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region

MOST_TEXT, MOST_ANSWER = 8000, 1000


@dataclass(frozen=True, kw_only=True)
class NewNotice:
    """A notice to be sent. answer_until: None where no answer is asked for. key: the same from one page, so that a second press sends none."""

    region: Region
    title: str
    text: str
    organisations: Sequence[Organisation] = ()
    users: Sequence[User] = ()
    document_number: str = ""
    answer_until: date | None = None
    key: UUID = field(default_factory=new_key)


def send_notice(*, new: NewNotice, by: User, now: datetime) -> CaseNotice:
    """Send a notice to organisations of the region and accounts of its bureau. Raises Refused."""
    require_home(by, new.region, *PREPARES)
    if not new.title.strip() or len(new.title) > 200:
        raise Refused(say("请写通知的标题，最多200字。"))
    if not new.text.strip() or len(new.text) > MOST_TEXT:
        raise Refused(say("请写通知的内容，最多%(most)s字。", most=MOST_TEXT))
    if not new.organisations and not new.users:
        raise Refused(say("请写发给谁。"))
    if new.answer_until is not None and new.answer_until < timezone.localtime(now).date():
        raise Refused(say("回执截止的日期已经过了。"))
    low, high = new.region.range
    known = registry.organisations_visible_to(by).filter(region__path__gte=low, region__path__lt=high)
    there = set(known.filter(pk__in=[each.pk for each in new.organisations]).values_list("pk", flat=True))
    for organisation in new.organisations:
        if organisation.pk not in there:
            raise Refused(say("“%(name)s”不在“%(region)s”的名录里。", name=organisation.name, region=new.region.name))
    for user in new.users:
        if not registry.may(user, CasePermission.READ, at=new.region):
            raise Refused(say("“%(name)s”在这里没有查看事项的权限，不能接着办。", name=user.name))
    with act(by=by, now=now, code="notice.sent", kind="notice", target=str(new.key)) as done:
        done.lock()
        said = {"title": new.title.strip(), "text": new.text.strip(), "document_number": new.document_number.strip()}
        if before := pressed_before(
            CaseNotice, new.key, region=new.region, answer_until=new.answer_until, sent_by=by, **said
        ):
            done.nothing()
            return before
        notice = CaseNotice.objects.create(
            key=new.key,
            region=new.region,
            title=new.title.strip(),
            document_number=new.document_number.strip(),
            text=new.text.strip(),
            answer_until=new.answer_until,
            is_fictional=new.region.is_fictional,
            seq=done.seq,
            sent_at=now,
            sent_by=by,
        )
        to = [NoticeReceipt(notice=notice, organisation=each) for each in dict.fromkeys(new.organisations)]
        to += [NoticeReceipt(notice=notice, user=each) for each in dict.fromkeys(new.users)]
        NoticeReceipt.objects.bulk_create(to)
        done.says(count=len(to))
    return notice


def sign_notice(*, receipt: NoticeReceipt, answer: str = "", by: User, now: datetime) -> NoticeReceipt:
    """Say that a notice was received, and answer it where it asks for that. A second press does nothing; an answer stands as it was given.

    For an organisation whoever may apply for it signs; an account signs for itself. Raises Refused.
    """
    words = answer.strip()
    if len(words) > MOST_ANSWER:
        raise Refused(say("回复最多%(most)s字。", most=MOST_ANSWER))
    own = registry.scope(by, CasePermission.APPLY).organisations
    if receipt.user_id != by.pk and receipt.organisation_id not in own:
        raise Refused(say("这份通知不是发给您的。"))
    with act(by=by, now=now, code="notice.signed", kind="notice", target=str(receipt.notice.key)) as done:
        done.lock()
        receipt = NoticeReceipt.objects.select_related("notice").get(pk=receipt.pk)
        if words and receipt.notice.answer_until is None:
            raise Refused(say("这份通知只要签收，不要回复。"))
        if receipt.answered_at is not None and words not in ("", receipt.answer):
            raise Refused(say("已经回复过了；要补充的，请联系发通知的人。"))
        signs, answers = receipt.seen_at is None, bool(words) and receipt.answered_at is None
        if not signs and not answers:
            done.nothing()
            return receipt
        if signs:
            receipt.seen_at, receipt.seen_by = now, by
        if answers:
            receipt.answer, receipt.answered_at, receipt.answered_by = words, now, by
        receipt.save(update_fields=["seen_at", "seen_by", "answer", "answered_at", "answered_by"])
    return receipt
