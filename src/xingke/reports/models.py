"""Documents that were written, and which figures they speak."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from xingke.base.keys import new_key
from xingke.indicators.models import Figure
from xingke.registry.models import Region


class Document(models.Model):
    """A document as it was written: its tree, its gaps, its signed proof. Never changed.

    content: digest over title, figure texts and the frozen figures; fingerprint: the proof's own, over title and texts.
    """

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    title = models.CharField(max_length=200)
    outline = models.CharField(max_length=40)
    outline_version = models.PositiveIntegerField()
    outline_hash = models.CharField(max_length=64)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    seq = models.BigIntegerField()
    tree = models.TextField()
    gaps = models.JSONField()
    proof = models.TextField()
    content = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, db_index=True)
    is_fictional = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("文稿")
        ordering = ("-written_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["outline_hash", "region", "period", "content"], name="reports_document_once"
            ),
        )

    def __str__(self) -> str:
        return self.title


class DocumentFigure(models.Model):
    """A figure in its place: ``slot`` is its order in the document."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="figures")
    slot = models.PositiveIntegerField()
    figure = models.ForeignKey(Figure, models.PROTECT, related_name="documents")
    label = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("文稿中的数字")
        ordering = ("document", "slot")
        constraints = (models.UniqueConstraint(fields=["document", "slot"], name="reports_documentfigure_slot"),)

    def __str__(self) -> str:
        return f"{self.document_id}#{self.slot}"
