"""Files that were handed over, and what became or would become of their rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xingke.accounts.models import Job


class ImportBatch(models.Model):
    """One file handed over: what it was, how its columns were understood, and what became or would become of its rows.

    Prepared first, so that somebody can look; then filed under one number, or cancelled; what was filed may be taken back. checked_seq: the number its
    rows were last held against. ready: how many rows filing writes.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("待登记")
        FILED = "filed", _("已登记")
        CANCELLED = "cancelled", _("已取消")
        UNDONE = "undone", _("已撤销")

    kind = models.CharField(max_length=16)
    form = models.CharField(max_length=40)
    state = models.CharField(max_length=9, choices=State, default=State.PREPARED)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, db_index=True)
    encoding = models.CharField(max_length=16)
    sheet_name = models.CharField(max_length=64, blank=True)
    options = models.JSONField(default=dict)
    header = models.JSONField(default=list)
    damage = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    counts = models.JSONField()
    ready = models.PositiveIntegerField(default=0)
    checked_seq = models.BigIntegerField(default=0)
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seq = models.BigIntegerField(unique=True, null=True)
    imported_at = models.DateTimeField(null=True)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    check_job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    file_job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "ledger_importbatch"  # the ledger had it before there was this room
        verbose_name = _("导入批次")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(imported_at__isnull=True, imported_by__isnull=True, seq__isnull=True)
                | Q(imported_at__isnull=False, imported_by__isnull=False, seq__isnull=False),
                name="importbatch_imported_at_and_by",
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportChunk(models.Model):
    """Some hundred rows of an import that came out alike, in one value: [number, cells, problems] each."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="chunks")
    outcome = models.CharField(max_length=9)
    place = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    rows = models.JSONField()

    class Meta:
        db_table = "ledger_importchunk"
        verbose_name = _("导入行")
        ordering = ("batch", "place")
        constraints = [models.UniqueConstraint(fields=["batch", "place"], name="importchunk_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.place}"
