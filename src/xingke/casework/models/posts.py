"""Who stands in for whom, working groups with their members, and links between cases. Ended, never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xingke.base.keys import new_key
from xingke.casework.models.cases import Case
from xingke.casework.models.common import together
from xingke.registry.models import Region


class Substitution(models.Model):
    """Somebody stands in for an account from one day to another, both included; ended_at: before its time."""

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    since = models.DateField(_("开始日期"))
    until = models.DateField(_("截止日期"))
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    seq = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("AB岗")
        ordering = ("-since", "-pk")
        constraints = (
            models.CheckConstraint(condition=~Q(user=F("substitute")), name="substitution_is_another"),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="substitution_since_before_until"),
            together("substitution_ended_at_and_by", "ended_at", "ended_by"),
        )
        indexes = (
            models.Index(
                fields=["substitute", "until"], condition=Q(ended_at__isnull=True), name="substitution_of_other"
            ),
            models.Index(fields=["user", "until"], condition=Q(ended_at__isnull=True), name="substitution_of_user"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.substitute_id} {self.since}"


class CaseLink(models.Model):
    """Two cases hang together, from one act to another. The one opened first comes first; kind: what ``other`` is to
    ``case``, a ``rules.links.LinkKind``."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="links", db_index=False)
    other = models.ForeignKey(Case, models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=8)
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("关联事项")
        constraints = (
            models.CheckConstraint(condition=Q(case__lt=F("other")), name="caselink_in_order"),
            models.UniqueConstraint(
                fields=["case", "other"], condition=Q(seq_to__isnull=True), name="caselink_one_current"
            ),
            together("caselink_ended_by_and_at", "seq_to", "ended_by"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"


class WorkingGroup(models.Model):
    """A working group or joint meeting of a region. kind: a ``rules.groups.GroupKind``."""

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7)
    name = models.CharField(_("名称"), max_length=200)
    is_fictional = models.BooleanField(default=False)
    seq = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("工作专班")

    def __str__(self) -> str:
        return self.name


class GroupChange(models.Model):
    """A document by which a group was set up, or its members changed, from a day on."""

    group = models.ForeignKey(WorkingGroup, models.PROTECT, related_name="changes")
    document_number = models.CharField(_("文号"), max_length=64)
    on = models.DateField(_("自哪天起"))
    seq = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("人员变动")
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return self.document_number


class GroupMember(models.Model):
    """Somebody in a post of a group, from the day of one document until that of another. post: a ``rules.groups.GroupPost``.
    No account: it gives no access."""

    group = models.ForeignKey(WorkingGroup, models.PROTECT, related_name="members")
    post = models.CharField(max_length=6)
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("姓名"), max_length=64)
    of = models.CharField(_("单位职务"), max_length=120, blank=True)
    came = models.ForeignKey(GroupChange, models.PROTECT, related_name="came")
    left = models.ForeignKey(GroupChange, models.PROTECT, null=True, related_name="left")

    class Meta:
        verbose_name = _("专班成员")
        ordering = ("place", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["group", "name", "of"], condition=Q(left__isnull=True), name="groupmember_one_seat"
            ),
        )

    def __str__(self) -> str:
        return self.name


class GroupDuty(models.Model):
    """What a group has to do until a day. who: as it is said: a member, a body. done_on: None while it is not done."""

    group = models.ForeignKey(WorkingGroup, models.PROTECT, related_name="duties")
    text = models.CharField(_("任务"), max_length=500)
    who = models.CharField(_("由谁办"), max_length=120)
    due = models.DateField(_("办到哪一天"))
    seq = models.BigIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("专班任务")
        ordering = ("due", "pk")
        constraints = (together("groupduty_done_on_and_by", "done_on", "done_by"),)

    def __str__(self) -> str:
        return self.text
