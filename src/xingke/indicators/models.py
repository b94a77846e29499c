"""Frozen figures, and what checking them found."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from xingke.base.keys import new_key
from xingke.registry.models import Region


class Figure(models.Model):
    """A number that was said: what it means, where and when, the ledger number it was read at, and its evidence.

    digest covers every record, version and contribution behind the number; parts say how it was put together. rules: by
    which rules of the engine it was worked out and worded (``engine.RULES``); 0: before they had a number.
    Never changed: a corrected ledger gives another figure.
    """

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    indicator = models.CharField(max_length=64)
    definition = models.CharField(max_length=64)
    definition_version = models.PositiveIntegerField()
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    aspect = models.CharField(max_length=80)
    seq = models.BigIntegerField()
    rules = models.PositiveIntegerField(default=0)
    value = models.CharField(max_length=64)
    text = models.CharField(max_length=64)
    route = models.CharField(max_length=12)
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    parts = models.JSONField()
    is_fictional = models.BooleanField(default=False)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("数字（已固化）")
        ordering = ("indicator", "region", "period", "aspect", "seq")
        constraints = (
            models.UniqueConstraint(
                fields=["indicator", "definition", "region", "period", "aspect", "digest", "text"],
                name="indicators_figure_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator}@{self.period}={self.text}"


class TextCheck(models.Model):
    """What holding the figures of a text against the ledger found, at the number of the last change that could matter.

    text: the key of whatever speaks the figures. found: as whoever checks it reads it. Derived: worked out again when the
    ledger or the engine's rules are others.
    """

    text = models.UUIDField(primary_key=True, editable=False)
    seq = models.BigIntegerField()
    rules = models.PositiveIntegerField()
    found = models.JSONField()

    class Meta:
        db_table = "indicators_check"  # as it was called first
        verbose_name = _("核对（文稿与台账）")

    def __str__(self) -> str:
        return f"{self.text}@{self.seq}"
