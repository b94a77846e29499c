"""What several cases share: calls, meetings, publicity, notices. What was decided, shown or said is never changed."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xingke.accounts.models import Attachment
from xingke.base.keys import new_key
from xingke.casework.models.cases import Case, CaseStep
from xingke.casework.rules.meetings import MeetingVerdict, Presence
from xingke.casework.rules.publicity import ObjectionEnd
from xingke.registry.models import Organisation, Region


def together(name: str, *columns: str) -> models.CheckConstraint:
    """Columns of which all stand, or none."""
    none, every = (Q(**{f"{each}__isnull": flag for each in columns}) for flag in (True, False))
    return models.CheckConstraint(condition=none | every, name=name)


class CaseCall(models.Model):
    """A call 申报批次 for cases of one flow. Its cases run by the definitions it was made with, by hash.

    most: how many it takes in all; least: with fewer it does not come about. quotas: see ``rules.calls.CallQuota``. budget: 分.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    flow = models.CharField(max_length=40)
    flow_hash = models.CharField(max_length=64)
    forms = models.JSONField(default=dict)
    title = models.CharField(_("名称"), max_length=200)
    document_number = models.CharField(_("文号"), max_length=64, blank=True)
    published_on = models.DateField(_("发布日期"))
    since = models.DateField(_("开始申报"))
    until = models.DateField(_("截止申报"))
    asked = models.TextField(_("申报要求"), blank=True)
    least = models.PositiveIntegerField(null=True)
    most = models.PositiveIntegerField(null=True)
    budget = models.BigIntegerField(null=True)
    budget_text = models.CharField(_("经费"), max_length=200, blank=True)
    quotas = models.JSONField(default=list)
    is_fictional = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()

    class Meta:
        verbose_name = _("申报批次")
        constraints = (
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="casecall_since_before_until"),
            models.CheckConstraint(
                condition=Q(least__isnull=True) | Q(most__isnull=True) | Q(least__lte=F("most")),
                name="casecall_least_before_most",
            ),
        )
        indexes = (models.Index(fields=["region", "until"], name="casecall_open"),)

    def __str__(self) -> str:
        return self.title

    @property
    def budget_yuan(self) -> Decimal | None:
        """Its money in 元; None where it says none."""
        return Decimal(self.budget) / 100 if self.budget is not None else None


class Meeting(models.Model):
    """A meeting that decides cases. kind: a term. number: of its kind, region and year. quorum: see ``rules.meetings.quorum``; due: who belongs to
    it. held: when it was recorded who was there; closed: with the number of its minutes."""

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    on = models.DateField(_("开会日期"))
    place = models.CharField(_("地点"), max_length=120, blank=True)
    quorum = models.CharField(max_length=8)
    due = models.PositiveSmallIntegerField(null=True)
    minutes_number = models.CharField(_("纪要号"), max_length=64, blank=True)
    is_fictional = models.BooleanField(default=False)
    seq = models.BigIntegerField()
    called_at = models.DateTimeField()
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    held_at = models.DateTimeField(null=True)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("会议")
        constraints = (
            models.UniqueConstraint(fields=["region", "kind", "year", "number"], name="meeting_number_once"),
            models.UniqueConstraint(
                fields=["region", "minutes_number"], condition=~Q(minutes_number=""), name="meeting_minutes_once"
            ),
            together("meeting_held_at_and_by", "held_at", "held_by", "due"),
            together("meeting_closed_at_and_by", "closed_at", "closed_by"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | (Q(held_at__isnull=False) & ~Q(minutes_number="")),
                name="meeting_closed_with_minutes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.year}-{self.number}"


class MeetingPerson(models.Model):
    """Somebody who was asked to a meeting, as was recorded from one act to another."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="people")
    name = models.CharField(_("姓名"), max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    presence = models.CharField(
        max_length=9,
        choices=[
            (Presence.PRESENT.value, _("出席")),
            (Presence.ABSENT.value, _("请假")),
            (Presence.LISTENING.value, _("列席")),
        ],
    )
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("参会人员")
        constraints = (
            models.UniqueConstraint(
                fields=["meeting", "name"], condition=Q(seq_to__isnull=True), name="meetingperson_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class AgendaItem(models.Model):
    """A case on the agenda of a meeting, in its order. is_open: neither taken off nor decided: a case is on one open agenda at a time.

    corrects: the decision of an earlier meeting that is to be put right.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, models.PROTECT, related_name="agenda_items")
    place = models.PositiveSmallIntegerField()
    summary = models.CharField(_("提要"), max_length=500, blank=True)
    corrects = models.ForeignKey("Decision", models.PROTECT, null=True, related_name="corrected_by")
    is_open = models.BooleanField(default=True)
    put_at = models.DateTimeField()
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    taken_off_at = models.DateTimeField(null=True)
    taken_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("议题")
        ordering = ("place", "pk")
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=Q(is_open=True), name="agendaitem_one_open"),
            together("agendaitem_taken_off_at_and_by", "taken_off_at", "taken_off_by"),
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(taken_off_at__isnull=True), name="agendaitem_off_is_not_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.place}"


class AgendaPaper(models.Model):
    """A file that lies before a meeting for one item."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="papers")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("会议材料")

    def __str__(self) -> str:
        return f"{self.item_id}"


class AgendaWithdrawal(models.Model):
    """Somebody left for one item 回避, and does not count for it."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="withdrawals")
    person = models.ForeignKey(MeetingPerson, models.PROTECT, related_name="withdrawals")

    class Meta:
        verbose_name = _("回避")
        constraints = (models.UniqueConstraint(fields=["item", "person"], name="agendawithdrawal_once"),)

    def __str__(self) -> str:
        return f"{self.item_id} {self.person_id}"


class Decision(models.Model):
    """What a meeting decided of a case; never changed: what was wrong is put right by a later meeting. step: the one that was taken by it."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="decision")
    verdict = models.CharField(
        max_length=8,
        choices=[
            (MeetingVerdict.STEP.value, _("议定")),
            (MeetingVerdict.PUT_OFF.value, _("缓议")),
            (MeetingVerdict.AMENDED.value, _("更正前次决定")),
        ],
    )
    step = models.OneToOneField(CaseStep, models.PROTECT, null=True, related_name="decision")
    words = models.CharField(max_length=2000, blank=True)
    seq = models.BigIntegerField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("会议决定")
        constraints = (
            models.CheckConstraint(
                condition=Q(verdict=MeetingVerdict.STEP.value, step__isnull=False)
                | (~Q(verdict=MeetingVerdict.STEP.value) & Q(step__isnull=True)),
                name="decision_step_or_none",
            ),
        )

    def __str__(self) -> str:
        return f"{self.item_id}: {self.verdict}"


class MeetingDuty(models.Model):
    """What somebody was charged with by a decision, until a day."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="duties")
    text = models.CharField(max_length=500)
    due = models.DateField()
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("会议交办")
        ordering = ("due", "pk")

    def __str__(self) -> str:
        return self.text


class Publicity(models.Model):
    """Cases that are shown to everybody for some days, after which they may go on. since, until: both are part of it.

    step: the one that was taken by it. amount: the field of a form whose amounts are shown; empty for none.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", db_index=False)
    flow = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    title = models.CharField(_("标题"), max_length=200)
    text = models.TextField(_("公示内容"), blank=True)
    published_in = models.CharField(_("发布在"), max_length=200, blank=True)
    contact = models.CharField(_("受理异议"), max_length=300)
    amount = models.CharField(max_length=40, blank=True)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"))
    is_fictional = models.BooleanField(default=False)
    seq = models.BigIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("公示")
        constraints = (models.CheckConstraint(condition=Q(since__lte=F("until")), name="publicity_since_before_until"),)
        indexes = (models.Index(fields=["region", "until"], name="publicity_by_region"),)

    def __str__(self) -> str:
        return self.title


class PublicityItem(models.Model):
    """One case of a publicity, as everybody was shown it. step: the one taken by it. amount: 分."""

    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="items")
    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="publicity_item")
    case = models.ForeignKey(Case, models.PROTECT, related_name="publicity_items")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=64, blank=True)
    holder = models.CharField(max_length=120, blank=True)
    amount = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("公示事项")
        ordering = ("place", "pk")

    def __str__(self) -> str:
        return self.title

    @property
    def amount_yuan(self) -> Decimal | None:
        """The amount in 元; None where none is shown."""
        return Decimal(self.amount) / 100 if self.amount is not None else None


class Objection(models.Model):
    """What somebody has against a publicity, or one case of it. who: empty where nobody's name is under it; never shown but to the bureau."""

    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="objections")
    item = models.ForeignKey(PublicityItem, models.PROTECT, null=True, related_name="objections")
    who = models.CharField(_("异议人"), max_length=120, blank=True)
    on = models.DateField(_("收到日期"))
    content = models.CharField(_("异议内容"), max_length=2000)
    answer = models.CharField(_("答复"), max_length=2000, blank=True)
    end = models.CharField(
        max_length=12,
        blank=True,
        choices=[
            (ObjectionEnd.UPHELD.value, _("成立")),
            (ObjectionEnd.NOT_UPHELD.value, _("不成立")),
            (ObjectionEnd.NOT_TAKEN_UP.value, _("不予受理")),
        ],
    )
    seq = models.BigIntegerField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("异议")
        ordering = ("pk",)
        constraints = (
            together("objection_answered_at_and_by", "answered_at", "answered_by"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, end="") | (Q(answered_at__isnull=False) & ~Q(end="")),
                name="objection_answered_with_end",
            ),
        )

    def __str__(self) -> str:
        return f"{self.publicity_id}: {self.on}"


class CaseNotice(models.Model):
    """A notice 通知 to organisations and accounts, each of whom is asked for a receipt.

    answer_until: the last day for an answer; None where none is asked for.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    title = models.CharField(_("标题"), max_length=200)
    document_number = models.CharField(_("文号"), max_length=64, blank=True)
    text = models.TextField(_("内容"))
    answer_until = models.DateField(_("回执截止"), null=True)
    is_fictional = models.BooleanField(default=False)
    seq = models.BigIntegerField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("通知")

    def __str__(self) -> str:
        return self.title


class NoticeReceipt(models.Model):
    """To whom a notice went: an organisation or an account; who saw it first, and what was answered."""

    notice = models.ForeignKey(CaseNotice, models.PROTECT, related_name="receipts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=1000, blank=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("回执")
        constraints = (
            models.UniqueConstraint(fields=["notice", "organisation"], name="noticereceipt_organisation_once"),
            models.UniqueConstraint(fields=["notice", "user"], name="noticereceipt_user_once"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, user__isnull=True)
                | Q(organisation__isnull=True, user__isnull=False),
                name="noticereceipt_is_one",
            ),
            together("noticereceipt_seen_at_and_by", "seen_at", "seen_by"),
            together("noticereceipt_answered_at_and_by", "answered_at", "answered_by"),
        )

    def __str__(self) -> str:
        return f"{self.notice_id}"
