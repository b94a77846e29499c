"""Messages: gathering what nobody read, sending it, trying again. Done by the job child, in no act and under no number."""

import logging
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from xingke.base.sayings import Saying, kept, say
from xingke.notices import sending
from xingke.notices.models import Channel, MessageRules, Outgoing
from xingke.notices.queries import kind_of, messages
from xingke.notices.rules.quiet import next_try
from xingke.registry.queries.calendars import calendar_at_hand

LEASE = timedelta(minutes=2)  # after which a message whose sender was killed is tried by another
MOST = 5  # messages sent in one go: jobs come first
log = logging.getLogger("xingke.messages")


def send_due(*, now: datetime) -> int:
    """Gather and send what is due, unless it is quiet; returns how many messages went out."""
    rules = messages.rules_in_force()
    if not messages.open_channels(rules) and not messages.to_send(now).exists():
        return 0
    local = timezone.localtime(now)
    if messages.quiet_hours(rules).hold(local, calendar_at_hand().is_worked):
        return 0
    gather(rules=rules, now=now)
    begun = monotonic()
    # each is claimed from when it is its turn: the ones before may have taken longer than a claim holds
    return sum(_send(row, rules, now + _whole_seconds(monotonic() - begun)) for row in messages.to_send(now)[:MOST])


def _whole_seconds(seconds: float) -> timedelta:
    return timedelta(seconds=int(seconds))


@transaction.atomic
def gather(*, rules: MessageRules, now: datetime) -> list[Outgoing]:
    """Make one message for each person and channel of what they have not read; see ``queries.messages.due``."""
    MessageRules.objects.get_or_create(pk=MessageRules.THE_ROW)
    MessageRules.objects.select_for_update().get(pk=MessageRules.THE_ROW)  # one gathers at a time
    return Outgoing.objects.bulk_create(
        Outgoing(
            channel=each.channel, user=each.user, upto=each.upto, counts=dict(each.counts), made_at=now, next_at=now
        )
        for each in messages.due(rules, now)
    )


def _send(row: Outgoing, rules: MessageRules, now: datetime) -> bool:
    """Try one message; whether it went out. It is claimed first: of two children one sends it."""
    mine = Outgoing.objects.filter(pk=row.pk, tries=row.tries, ended_at__isnull=True)
    if not mine.update(tries=F("tries") + 1, next_at=now + LEASE):
        return False
    row.tries += 1
    try:
        _deliver(row, rules)
    except sending.Undelivered as failure:
        again = next_try(row.tries, now) if failure.again else None
        if again is None:
            _keep(row, state=Outgoing.State.GIVEN_UP, error=kept(failure.saying), ended_at=now)
        else:
            _keep(row, state=Outgoing.State.FAILED, error=kept(failure.saying), next_at=again)
        told = {"event": "message-not-sent", "outgoing": row.pk, "channel": row.channel, "tries": row.tries}
        log.warning("message %s not sent: %s", row.pk, failure.saying.text, extra=told)
        return False
    _keep(row, state=Outgoing.State.SENT, error={}, ended_at=now)
    return True


def _keep(row: Outgoing, **changes: Any) -> None:
    Outgoing.objects.filter(pk=row.pk).update(**changes)


def _deliver(row: Outgoing, rules: MessageRules) -> None:
    """Send one message. Raises Undelivered, for good where there is nobody or nowhere to send it to any more."""
    if not row.user.is_active:
        raise sending.Undelivered(say("账号已停用。"), again=False)
    with translation.override(row.user.language):
        letter = letter_of(row)
    if messages.outdated(row, rules):
        raise sending.Undelivered(say("排队之后收件的地址改过，没有发往新地址；以后的提醒发到新地址。"), again=False)
    if row.channel == Channel.WEBHOOK:
        if not rules.webhook:
            raise sending.Undelivered(say("已不再设有网址。"), again=False)
        sending.send_webhook(letter, url=rules.webhook, allowed=settings.WEBHOOK_NETWORKS)
        return
    to = messages.address_of(row.user)
    if not to or not settings.MAIL:
        raise sending.Undelivered(say("没有设邮件服务器，或本人已不再要邮件。"), again=False)
    sending.send_mail(letter, to=to)


def letter_of(row: Outgoing) -> sending.Letter:
    """A message in words, in the language of the moment: what kinds, how many of each, and the way to the list."""
    counts = {kind: int(number) for kind, number in row.counts.items()}
    total, link = sum(counts.values()), f"{settings.SITE}{reverse('notices:notice-list')}"
    subject = ngettext("兴科：有 %(n)d 条新提醒", "兴科：有 %(n)d 条新提醒", total) % {"n": total}
    lines = [_("%(what)s：%(n)d 条") % {"what": word_of(kind), "n": number} for kind, number in counts.items()]
    if row.channel == Channel.WEBHOOK:
        lines.insert(0, _("账号：%(name)s") % {"name": row.user.username})
    told = {
        "to": row.user.username,
        "count": total,
        "kinds": [{"code": kind, "word": str(word_of(kind)), "count": number} for kind, number in counts.items()],
        "url": link,
    }
    text = "\n".join([*lines, "", _("登录后查看：%(link)s") % {"link": link}])
    return sending.Letter(f"{row.pk}-{row.upto}", subject, text, told)


def word_of(code: str) -> Saying | str:
    """A kind in words; its code where the room that told of it is gone."""
    kind = kind_of(code)
    return kind.word if kind else code
