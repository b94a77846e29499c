"""Notices, the messages made of them, and the feeds of the calendar. None of these rows says what a matter is about."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xingke.registry.models import Region


class Channel(models.TextChoices):
    """How a message leaves the house."""

    MAIL = "mail", _("电子邮件")
    WEBHOOK = "webhook", _("群机器人或其他网址")


class Notice(models.Model):
    """One account is told that something of a kind happened, once for each act.

    kind: one that a room announced. about, key: what it is about, as the trail names its targets. seq: the number of the act.
    made_by: who acted; None for the program. read_at: when its addressee, and nobody else, had read it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", db_index=False)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=32)
    key = models.CharField(max_length=200)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("提醒")
        constraints = (models.UniqueConstraint(fields=["user", "kind", "about", "key", "seq"], name="notice_once"),)
        indexes = (
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["read_at"], condition=Q(read_at__isnull=False), name="notice_read"),
            models.Index(fields=["made_at"], name="notice_made"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.about} {self.key}"


class NoticeAddress(models.Model):
    """Where somebody wants to be written to."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    address = models.EmailField(_("电子邮箱"), max_length=254)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("接收地址")

    def __str__(self) -> str:
        return str(self.user_id)


class Muted(models.Model):
    """A kind of notice that somebody does not want to be told of by a channel."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "kind", "channel"], name="muted_once"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}/{self.channel}"


class Outgoing(models.Model):
    """One message to one person by one channel: how many notices of which kinds waited for them.

    upto: the last notice that was counted; the next message begins after it. counts: by kind. next_at: when it is tried, or tried
    again. error: why it did not go out, a saying as JSON keeps it; never an address, never what the other side answered.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("未发出，将再试")
        GIVEN_UP = "given-up", _("不再尝试")

    channel = models.CharField(max_length=8, choices=Channel)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    upto = models.BigIntegerField()
    counts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("外发消息")
        indexes = (
            models.Index(fields=["next_at"], condition=Q(ended_at__isnull=True), name="outgoing_open"),
            models.Index(fields=["channel", "user", "upto"], name="outgoing_last"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.channel} {self.state}"


class MessageRules(models.Model):
    """One row, which the system administrator changes: where the webhook is, when it is quiet, how long what was read stays.

    webhook: an https address, which may hold a secret: shown to whoever may change it, and never in the trail or a log. webhook_since: from
    when on there is one; what was told before does not go there.
    """

    THE_ROW = 1

    webhook = models.CharField(_("网址"), max_length=500, blank=True)
    webhook_since = models.DateTimeField(null=True)
    quiet_from = models.TimeField(default=time(20))
    quiet_to = models.TimeField(default=time(8))
    quiet_off_days = models.BooleanField(default=False)
    keep_read_days = models.PositiveSmallIntegerField(default=180)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(changed_at__isnull=True, changed_by__isnull=True)
                | Q(changed_at__isnull=False, changed_by__isnull=False),
                name="message_rules_changed_at_and_by",
            ),
        )

    def __str__(self) -> str:
        return "message rules"


class CalendarFeed(models.Model):
    """An address under which another program reads somebody's calendar. Of its token only the digest is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("日历订阅")
        constraints = (
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at__isnull=True), name="feed_one_each"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="feed_ended_at_and_by",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class RoundDone(models.Model):
    """The last day on which a daily round was done."""

    code = models.CharField(max_length=40, primary_key=True)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.code}: {self.day}"
