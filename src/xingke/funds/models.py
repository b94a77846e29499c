"""Pools of public money, what was decided of them, to which accounts it goes, and what was paid.

Every sum is int64 in 分. Rows are added; of those that stand only what ends them is written, once.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xingke.base.keys import new_key
from xingke.casework.models import Case, CaseStep
from xingke.funds.rules import AllotmentKind, CommitmentState
from xingke.registry.models import Organisation, Region


def _together(at: str, name: str) -> models.CheckConstraint:
    """A moment and who it was: both are there or none."""
    by = f"{at[:-3]}_by"
    none, both = (Q(**{f"{each}__isnull": flag for each in (at, by)}) for flag in (True, False))
    return models.CheckConstraint(condition=none | both, name=name)


class Pool(models.Model):
    """Money of one layer for one purpose and year, of which a bureau decides. level, purpose: terms."""

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    code = models.CharField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=120)
    region = models.ForeignKey(Region, models.PROTECT, related_name="pools")
    year = models.PositiveSmallIntegerField(_("年度"))
    level = models.CharField(_("资金层级"), max_length=40)
    purpose = models.CharField(_("用途"), max_length=40)
    is_fictional = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()

    class Meta:
        verbose_name = _("资金池")
        ordering = ("-year", "code")
        constraints = (models.UniqueConstraint(fields=["region", "year", "code"], name="pool_code_once"),)

    def __str__(self) -> str:
        return self.name


class Allotment(models.Model):
    """Money that came into a pool, or left it other than by a payment. amount: less than nothing where it left."""

    class Kind(models.TextChoices):
        GIVEN = AllotmentKind.GIVEN.value, _("下达")
        ADDED = AllotmentKind.ADDED.value, _("追加")
        CARRIED_IN = AllotmentKind.CARRIED_IN.value, _("上年结转")
        RETURNED = AllotmentKind.RETURNED.value, _("退回收回")
        CUT = AllotmentKind.CUT.value, _("核减")
        CARRIED_OUT = AllotmentKind.CARRIED_OUT.value, _("结转下年")

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="allotments")
    kind = models.CharField(max_length=12, choices=Kind)
    amount = models.BigIntegerField()
    document = models.CharField(_("预算指标文号"), max_length=80)
    on = models.DateField(_("日期"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    allotted_at = models.DateTimeField()
    allotted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()

    class Meta:
        verbose_name = _("指标")
        ordering = ("seq", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0, kind__in=["given", "added", "carried in", "returned"])
                | Q(amount__lt=0, kind__in=["cut", "carried out"]),
                name="allotment_sign",
            ),
            models.CheckConstraint(condition=~Q(document=""), name="allotment_document"),
        )

    def __str__(self) -> str:
        return f"{self.document} {self.amount}"


class Commitment(models.Model):
    """Money decided for a case and not paid yet, from one act to another.

    commitment: the same through all its versions. decision: the same for shares that were decided together, whose sum is ``decided``. thing,
    part: for what, and which part of it; see ``rules.CommittedThing``.
    """

    class State(models.TextChoices):
        STANDING = CommitmentState.STANDING.value, _("已安排")
        RELEASED = CommitmentState.RELEASED.value, _("已释放")
        PAID = CommitmentState.PAID.value, _("已拨付")

    commitment = models.UUIDField(db_index=True)
    decision = models.UUIDField(db_index=True)
    version = models.PositiveIntegerField()
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="commitments")
    case = models.ForeignKey(Case, models.PROTECT, related_name="commitments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="commitments")
    thing = models.CharField(_("事由"), max_length=120)
    thing_key = models.CharField(max_length=120, db_index=True)
    part = models.CharField(_("其中"), max_length=60, blank=True)
    amount = models.BigIntegerField(_("金额"))
    decided = models.BigIntegerField(_("审定金额"))
    state = models.CharField(max_length=10, choices=State)
    reason = models.CharField(_("原因"), max_length=500, blank=True)
    committed_at = models.DateTimeField()
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("安排")
        ordering = ("seq_from", "pk")
        constraints = (
            models.UniqueConstraint(fields=["commitment", "version"], name="commitment_version_once"),
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(seq_to__isnull=True), name="commitment_one_current"
            ),
            models.CheckConstraint(
                condition=Q(seq_to__isnull=True) | Q(seq_to__gt=F("seq_from")), name="commitment_seq_order"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, decided__gte=F("amount")), name="commitment_amount"),
        )
        indexes = (models.Index(fields=["pool", "state"], condition=Q(seq_to__isnull=True), name="commitment_now"),)

    def __str__(self) -> str:
        return f"{self.commitment} {self.version}"


class PayAccount(models.Model):
    """Where a bureau pays money of an organisation to. The number is sealed under a key of its own; ``shown`` are its last digits.

    region: of the bureau that pays: what it pays to, it enters and confirms itself, wherever the organisation lies. mark: the same for the
    same number, and says nothing of it. One counts from the act on in which another than whoever entered it confirmed it, until the next one
    of the same bureau does; until then, or once declined, it counts for nothing.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="pay_accounts")
    region = models.ForeignKey(Region, models.PROTECT, related_name="pay_accounts")
    name = models.CharField(_("户名"), max_length=120)
    bank = models.CharField(_("开户银行"), max_length=120)
    sealed = models.TextField()
    mark = models.CharField(max_length=64, db_index=True)
    shown = models.CharField(_("账号"), max_length=12)
    reason = models.CharField(_("原因"), max_length=500, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    declined_because = models.CharField(max_length=500, blank=True)
    seq_from = models.BigIntegerField(null=True)
    seq_to = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("收款账户")
        ordering = ("organisation", "pk")
        constraints = (
            _together("confirmed_at", "payaccount_confirmed_at_and_by"),
            _together("declined_at", "payaccount_declined_at_and_by"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, seq_from__isnull=True, seq_to__isnull=True)
                | Q(confirmed_at__isnull=False, seq_from__isnull=False, declined_at__isnull=True),
                name="payaccount_counts_once_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")), name="payaccount_two_people"
            ),
            models.UniqueConstraint(
                fields=["organisation", "region"],
                condition=Q(seq_from__isnull=False, seq_to__isnull=True),
                name="payaccount_one_counts",
            ),
            models.UniqueConstraint(
                fields=["organisation", "region"],
                condition=Q(confirmed_at__isnull=True, declined_at__isnull=True),
                name="payaccount_one_waits",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.shown}"


class PaymentBatch(models.Model):
    """Payments that are made by one act. ordinal: runs without a gap in a region and year. on: the day it was paid; voucher: 支付凭证号."""

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    number = models.CharField(_("批次号"), max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="payment_batches")
    year = models.PositiveSmallIntegerField()
    ordinal = models.PositiveIntegerField()
    title = models.CharField(_("名称"), max_length=120)
    is_fictional = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    voucher = models.CharField(_("支付凭证号"), max_length=80, blank=True)
    on = models.DateField(_("拨付日期"), null=True)
    paid_at = models.DateTimeField(null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    paid_seq = models.BigIntegerField(null=True)
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    voided_because = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("拨付批次")
        ordering = ("-year", "-ordinal")
        constraints = (
            models.UniqueConstraint(fields=["region", "year", "ordinal"], name="paymentbatch_number_once"),
            _together("paid_at", "paymentbatch_paid_at_and_by"),
            _together("voided_at", "paymentbatch_voided_at_and_by"),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True, paid_seq__isnull=True)
                | (
                    Q(paid_at__isnull=False, paid_seq__isnull=False, on__isnull=False, voided_at__isnull=True)
                    & ~Q(voucher="")
                ),
                name="paymentbatch_paid_with_voucher",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether it was neither paid nor voided."""
        return self.paid_at is None and self.voided_at is None


class PaymentItem(models.Model):
    """One payment of a batch: what is committed, to which account. step: that of the case by which it was paid.

    commitment: the version that was put on the batch. refused: why it was not paid with its batch, a saying. seq_to: the act that
    took it off, or in which it was refused.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="items")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="items")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, models.PROTECT, related_name="payment_items")
    amount = models.BigIntegerField(_("金额"))
    account = models.ForeignKey(PayAccount, models.PROTECT, related_name="items")
    document = models.CharField(_("预算指标文号"), max_length=80)
    put_at = models.DateTimeField()
    put_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)
    step = models.ForeignKey(CaseStep, models.PROTECT, null=True, related_name="payments")
    paid_seq = models.BigIntegerField(null=True)
    voucher = models.CharField(_("支付凭证号"), max_length=80, blank=True)
    refused = models.JSONField(null=True)

    class Meta:
        verbose_name = _("拨付明细")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(document=""), name="paymentitem_amount_document"),
            models.CheckConstraint(
                condition=Q(step__isnull=True, paid_seq__isnull=True, voucher="")
                | (Q(step__isnull=False, paid_seq__isnull=False, seq_to__isnull=True) & ~Q(voucher="")),
                name="paymentitem_paid_by_step_with_voucher",
            ),
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(seq_to__isnull=True), name="paymentitem_once_on_a_batch"
            ),
        )
        indexes = (models.Index(fields=["pool", "paid_seq"], name="paymentitem_paid"),)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.amount}"
