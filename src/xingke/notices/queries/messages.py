"""Messages that leave the house: the reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import Http404
from django.utils import timezone

from xingke.accounts.models import User
from xingke.base.noticing import NOTICE_KINDS
from xingke.notices.models import Channel, MessageRules, Muted, Notice, NoticeAddress, Outgoing
from xingke.notices.permissions import NoticePermission
from xingke.notices.rules.quiet import APART, QuietHours
from xingke.registry import queries as registry
from xingke.registry.queries.calendars import calendar_at_hand

RECENT = 3  # working days; what nobody read for longer is no news: it stands in the list of notices [parameter]


def rules_in_force() -> MessageRules:
    """What the system administrator said; before that the parameters as they come along. One query."""
    return MessageRules.objects.filter(pk=MessageRules.THE_ROW).first() or MessageRules(pk=MessageRules.THE_ROW)


def quiet_hours(rules: MessageRules) -> QuietHours:
    """When nothing leaves."""
    return QuietHours(rules.quiet_from, rules.quiet_to, rules.quiet_off_days)


def open_channels(rules: MessageRules) -> list[Channel]:
    """The channels that are set up."""
    mail = [Channel.MAIL] if settings.MAIL else []
    return [*mail, *([Channel.WEBHOOK] if rules.webhook else [])]


def address_of(user: User) -> str:
    """Where somebody wants to be written to; empty for nowhere."""
    return NoticeAddress.objects.filter(user=user).values_list("address", flat=True).first() or ""


def muted_by(user: User) -> set[tuple[str, str]]:
    """What somebody does not want to be told of: kind and channel."""
    return set(Muted.objects.filter(user=user).values_list("kind", "channel"))


@dataclass(frozen=True)
class Due:
    """What somebody is to be told of by a channel: how many of which kinds, up to which notice."""

    user: User
    channel: Channel
    counts: Mapping[str, int]
    upto: int


def due(rules: MessageRules, now: datetime) -> list[Due]:
    """Who is to get a message. A few queries, however many they are.

    Counted are the notices of the last working days that were not read, of kinds that may leave and were not muted, after those the
    last message counted and, for mail, after the address was given. Nobody gets two messages by a channel within ``APART``.
    """
    leaving = [kind.code for kind in NOTICE_KINDS if kind.leaves]
    rows = Notice.objects.filter(
        read_at__isnull=True, made_at__gte=_recently(now), made_at__lte=now, kind__in=leaving, user__is_active=True
    )
    fresh = list(rows.order_by("pk").values_list("user_id", "kind", "pk", "made_at"))
    if not fresh:
        return []
    users = User.objects.in_bulk({user for user, *_rest in fresh})
    silent = set(Muted.objects.filter(user__in=users).values_list("user_id", "kind", "channel"))
    reached = dict(NoticeAddress.objects.filter(user__in=users).values_list("user_id", "set_at"))
    last = {
        (user, channel): (upto, made)
        for user, channel, upto, made in Outgoing.objects.filter(user__in=users)
        .order_by()
        .values_list("user_id", "channel")
        .annotate(upto=Max("upto"), made=Max("made_at"))
    }
    found: list[Due] = []
    for channel in open_channels(rules):
        counts: dict[int, dict[str, int]] = {}
        upto: dict[int, int] = {}
        for user, kind, pk, made_at in fresh:
            counted, made = last.get((user, channel.value), (0, None))
            begun = rules.webhook_since if channel is Channel.WEBHOOK else reached.get(user)
            if begun is None or made_at < begun or pk <= counted or (user, kind, channel.value) in silent:
                continue
            if made is not None and timedelta(0) <= now - made < APART:
                continue
            counts.setdefault(user, {})[kind] = counts.get(user, {}).get(kind, 0) + 1
            upto[user] = pk
        found += [Due(users[user], channel, each, upto[user]) for user, each in counts.items()]
    return found


def _recently(now: datetime) -> datetime:
    """Since when something is news: working days are counted, for where nothing leaves on days off a holiday would swallow it."""
    day = calendar_at_hand().reach(timezone.localdate(now), -RECENT).day
    return timezone.make_aware(datetime.combine(day, time.min))


def outdated(message: Outgoing, rules: MessageRules) -> bool:
    """Whether a message was made for an address that is another now: who has that one was never asked about what waited."""
    if message.channel == Channel.WEBHOOK:
        since = rules.webhook_since
    else:
        since = NoticeAddress.objects.filter(user=message.user).values_list("set_at", flat=True).first()
    return since is not None and since > message.made_at


def to_send(now: datetime) -> QuerySet[Outgoing]:
    """What waits and may be tried, the oldest first."""
    return Outgoing.objects.filter(ended_at__isnull=True, next_at__lte=now).select_related("user").order_by("next_at")


def messages_listed(user: User, *, state: str = "", channel: str = "") -> QuerySet[Outgoing]:
    """The messages, newest first, or 404 for whoever does not look after them."""
    registry.require_page(user, NoticePermission.MANAGE)
    found = Outgoing.objects.select_related("user").order_by("-pk")
    if state in Outgoing.State.values:
        found = found.filter(state=state)
    return found.filter(channel=channel) if channel in Channel.values else found


def message_for(user: User, pk: int) -> Outgoing:
    """One message, or 404."""
    found = messages_listed(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
