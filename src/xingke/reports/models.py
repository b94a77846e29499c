"""Documents that were written, and which figures they speak."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from xingke.base.keys import new_key
from xingke.indicators.models import Figure
from xingke.registry.models import Region


class Document(models.Model):
    """One edition of a document as it was written: its tree, its gaps, its signed proof. Never changed.

    The editions of one document share its ``work`` and are numbered; each but the first ``follows`` another. source: the
    text with tokens for its figures, see ``source.Source``; empty in documents from before there were editions.
    content: digest over title, figure texts and the frozen figures; fingerprint: the proof's own, over title and texts.
    """

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    work = models.UUIDField(default=new_key, editable=False)
    edition = models.PositiveIntegerField(default=1)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    source = models.JSONField(default=dict)
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
        constraints = (models.UniqueConstraint(fields=["work", "edition"], name="reports_document_edition"),)

    def __str__(self) -> str:
        return self.title


class WorkingText(models.Model):
    """What somebody is typing into a document and has not saved: kept every few seconds, gone when it is saved."""

    work = models.UUIDField()
    follows = models.ForeignKey(Document, models.PROTECT, related_name="+")
    source = models.JSONField()
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("未保存的文字")
        constraints = (models.UniqueConstraint(fields=["work", "kept_by"], name="reports_workingtext_once"),)

    def __str__(self) -> str:
        return f"{self.work} {self.kept_by_id}"


class DisclosureStep(models.Model):
    """One step of an edition towards the public, or back: who took it, when, with which opinion. Never changed.

    The last step says where the edition stands; without any it is a draft. digest: of the text the step was taken on.
    """

    class Step(models.TextChoices):
        ASKED = "asked", pgettext_lazy("done", "提交审查")
        PASSED = "passed", pgettext_lazy("done", "审查通过")
        REFUSED = "refused", pgettext_lazy("done", "退回")
        PUBLISHED = "published", pgettext_lazy("done", "公布")
        SUPERSEDED = "superseded", pgettext_lazy("done", "被新版替代")
        RETRACTED = "retracted", pgettext_lazy("done", "撤回")

    document = models.ForeignKey(Document, models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=12, choices=Step.choices)
    opinion = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("公开审查的一步")
        ordering = ("document", "number")
        constraints = (models.UniqueConstraint(fields=["document", "number"], name="reports_disclosurestep_number"),)

    def __str__(self) -> str:
        return f"{self.document_id} {self.number} {self.step}"


class HandUp(models.Model):
    """An edition handed up to the region above (报送), or that taken back (撤回报送), with the reason. Never changed.

    The last one says whether an edition is handed up. digest: of the text that was.
    """

    class Act(models.TextChoices):
        HANDED_UP = "handed_up", _("报送")
        RECALLED = "recalled", _("撤回报送")

    document = models.ForeignKey(Document, models.PROTECT, related_name="hand_ups")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=12, choices=Act.choices)
    to = models.ForeignKey(Region, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    digest = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("报送")
        ordering = ("document", "number")
        constraints = (models.UniqueConstraint(fields=["document", "number"], name="reports_handup_number"),)

    def __str__(self) -> str:
        return f"{self.document_id} {self.number} {self.act}"


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
