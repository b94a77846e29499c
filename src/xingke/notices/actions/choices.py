"""What somebody wants to be told of and how, and what the system administrator says of messages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.noticing import NOTICE_KINDS
from xingke.base.refusals import Refused
from xingke.notices.models import Channel, MessageRules, Muted, NoticeAddress, Outgoing
from xingke.notices.permissions import NoticePermission
from xingke.notices.rules import addresses
from xingke.registry import queries as registry

KEPT = (30, 3650)  # days what was read may stay


def choose_channels(*, address: str, muted: Collection[tuple[str, str]], by: User, now: datetime) -> None:
    """Say where one wants to be written to, and of which kinds by which channel not. Raises Refused for no address.

    address: empty for none; a new one gets only what is told from now on, and no message that was made for the one before.
    muted: kind and channel; what is not known is left out. The trail says that it was done, and no address.
    """
    wanted = address.strip()
    if wanted:
        try:
            validate_email(wanted)
        except ValidationError:
            raise Refused(_("“%(address)s”不是一个邮箱地址，请核对。") % {"address": wanted[:254]}) from None
    known = {(kind.code, channel.value) for kind in NOTICE_KINDS if kind.leaves for channel in Channel}
    chosen = set(muted) & known
    with act(by=by, now=now, code="notices.chosen", kind="account", target=by.username) as done:
        done.lock()
        reach = NoticeAddress.objects.filter(user=by).first()
        before = set(Muted.objects.filter(user=by).values_list("kind", "channel"))
        if (reach.address if reach else "") == wanted and before == chosen:
            done.nothing()
            return
        if reach is not None and reach.address != wanted:
            reach.delete()
        if wanted and (reach is None or reach.address != wanted):
            NoticeAddress.objects.create(user=by, address=wanted, set_at=now, set_by=by)
        for kind, channel in before - chosen:
            Muted.objects.filter(user=by, kind=kind, channel=channel).delete()
        Muted.objects.bulk_create(
            Muted(user=by, kind=kind, channel=channel) for kind, channel in sorted(chosen - before)
        )


@dataclass(frozen=True, kw_only=True)
class RulesWanted:
    """What the system administrator says of messages; see ``MessageRules``."""

    webhook: str = ""
    quiet_from: time = time(20)
    quiet_to: time = time(8)
    quiet_off_days: bool = False
    keep_read_days: int = 180


def set_message_rules(*, wanted: RulesWanted, by: User, now: datetime) -> MessageRules:
    """Say where the webhook is, when it is quiet, and how long what was read stays. The trail says the host, no address.

    Raises Refused for an address that is none or leads into the house; where its name leads is looked at whenever something
    is sent.
    """
    registry.require(by, NoticePermission.MANAGE)
    webhook = wanted.webhook.strip()
    host = _checked(webhook).host if webhook else ""
    if not KEPT[0] <= wanted.keep_read_days <= KEPT[1]:
        raise Refused(_("已读的提醒应保留 %(least)s 到 %(most)s 天。") % {"least": KEPT[0], "most": KEPT[1]})
    with act(by=by, now=now, code="messages.ruled", kind="messages", target="rules") as done:
        done.lock()
        rules = MessageRules.objects.filter(pk=MessageRules.THE_ROW).first() or MessageRules(pk=MessageRules.THE_ROW)
        if rules.webhook != webhook:
            rules.webhook, rules.webhook_since = webhook, now if webhook else None
        rules.quiet_from, rules.quiet_to = wanted.quiet_from, wanted.quiet_to
        rules.quiet_off_days, rules.keep_read_days = wanted.quiet_off_days, wanted.keep_read_days
        rules.changed_at, rules.changed_by = now, by
        rules.save()
        done.says(
            host=host,
            quiet=f"{wanted.quiet_from:%H:%M}–{wanted.quiet_to:%H:%M}",
            off_days=wanted.quiet_off_days,
            keep_days=wanted.keep_read_days,
        )
    return rules


def _checked(webhook: str) -> addresses.Target:
    """The parts of an address. A host that is written as a number is looked at now, a name when it is used."""
    target = addresses.target_of(webhook)
    is_number = ":" in target.host or target.host.replace(".", "").isdigit()
    if is_number and not addresses.may_reach(target.host, settings.WEBHOOK_NETWORKS):
        raise Refused(_("这个网址指向内部或保留的网络地址，不能向它发送。"))
    return target


def try_again(*, message: Outgoing, by: User, now: datetime) -> None:
    """Let a message that was given up be tried from the beginning. Raises Refused for one that was not."""
    registry.require(by, NoticePermission.MANAGE)
    with act(by=by, now=now, code="message.again", kind="messages", target=str(message.pk)) as done:
        done.lock()
        rows = Outgoing.objects.filter(pk=message.pk, state=Outgoing.State.GIVEN_UP)
        if not rows.update(state=Outgoing.State.WAITING, tries=0, next_at=now, ended_at=None):
            raise Refused(_("只有不再尝试的消息才需要重发。"))
