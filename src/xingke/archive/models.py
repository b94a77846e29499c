"""Archive volumes, what lies in them, and the lists by which they were handed over.

Rows are added. Of an open volume items may still be described and taken out; of a closed one nothing is written but where it is.
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xingke.base.keys import new_key
from xingke.casework.models import Case, CaseStep
from xingke.registry.models import Organisation, Region
from xingke.reports.models import Document


def _together(at: str, name: str) -> models.CheckConstraint:
    """A moment and who it was: both are there or none."""
    by = f"{at[:-3]}_by"
    none, both = (Q(**{f"{each}__isnull": flag for each in (at, by)}) for flag in (True, False))
    return models.CheckConstraint(condition=none | both, name=name)


class ArchiveVolume(models.Model):
    """A volume of a bureau, for one year, category and term. ordinal: runs without a gap among those.

    manifest: the canonical bytes that were signed when it was closed, see ``rules.VolumeManifest``; digest: over them.
    """

    class State(models.TextChoices):
        OPEN = "open", _("在卷")
        CLOSED = "closed", _("已封卷")
        HANDED = "handed", _("移交中，待签收")
        RECEIVED = "received", _("已移交")
        DESTROYED = "destroyed", _("已销毁")

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    number = models.CharField(_("档号"), max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, related_name="archive_volumes")
    fonds = models.CharField(_("全宗号"), max_length=10)
    category = models.CharField(_("门类"), max_length=10)
    year = models.PositiveSmallIntegerField(_("年度"))
    term = models.CharField(_("保管期限"), max_length=10)
    ordinal = models.PositiveIntegerField()
    title = models.CharField(_("题名"), max_length=200)
    kept_until = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    is_fictional = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField(db_index=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    manifest = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    public_key = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=128, blank=True)

    class Meta:
        verbose_name = _("案卷")
        ordering = ("-year", "number")
        constraints = (
            models.UniqueConstraint(fields=["region", "number"], name="archivevolume_number_once"),
            models.UniqueConstraint(
                fields=["region", "fonds", "category", "year", "term", "ordinal"], name="archivevolume_ordinal_once"
            ),
            _together("closed_at", "archivevolume_closed_at_and_by"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, manifest="", digest="", signature="")
                | (~Q(state="open") & Q(closed_at__isnull=False) & ~Q(manifest="") & ~Q(digest="") & ~Q(signature="")),
                name="archivevolume_closed_with_manifest",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_destroyed(self) -> bool:
        return self.state == self.State.DESTROYED

    def is_over(self, today: date) -> bool:
        """Whether its term is over, so that it waits to be appraised."""
        ended = self.kept_until is not None and self.kept_until < today
        return ended and not self.is_open and not self.is_destroyed


class ArchiveItem(models.Model):
    """What lies in a volume: a case as it stood at a step, or an edition of a document.

    ordinal: given when the volume is closed. responsible: 责任者; empty where that is a person, who is named by the register only.
    digest: what its source had. is_restricted: some of it says who sees it, and whoever does not see all gets no file of it.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    volume = models.ForeignKey(ArchiveVolume, models.PROTECT, related_name="items")
    ordinal = models.PositiveIntegerField(null=True)
    number = models.CharField(_("档号"), max_length=90, blank=True)
    title = models.CharField(_("题名"), max_length=250)
    responsible = models.CharField(_("责任者"), max_length=200, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    on = models.DateField(_("日期"))
    pages = models.PositiveIntegerField(_("页数"), null=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="archive_items")
    step = models.ForeignKey(CaseStep, models.PROTECT, null=True, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="archive_items")
    digest = models.CharField(max_length=64)
    is_restricted = models.BooleanField(default=False)
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField(db_index=True)
    out_at = models.DateTimeField(null=True)
    out_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    out_because = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("卷内文件")
        ordering = ("volume", "seq", "pk")
        constraints = (
            _together("out_at", "archiveitem_out_at_and_by"),
            models.CheckConstraint(
                condition=Q(case__isnull=False, step__isnull=False, document__isnull=True)
                | Q(case__isnull=True, step__isnull=True, document__isnull=False),
                name="archiveitem_of_one_source",
            ),
            models.UniqueConstraint(fields=["step"], condition=Q(out_at__isnull=True), name="archiveitem_case_once"),
            models.UniqueConstraint(
                fields=["document"], condition=Q(out_at__isnull=True), name="archiveitem_document_once"
            ),
        )

    def __str__(self) -> str:
        return self.number or self.title


class ArchiveFile(models.Model):
    """A file of an item, by the digest under which its bytes are kept."""

    item = models.ForeignKey(ArchiveItem, models.PROTECT, related_name="files")
    place = models.PositiveIntegerField()
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64, db_index=True)

    class Meta:
        verbose_name = _("归档的文件")
        ordering = ("item", "place")
        constraints = (models.UniqueConstraint(fields=["item", "place"], name="archivefile_place_once"),)

    def __str__(self) -> str:
        return self.name


class AppraisalQuerySet(models.QuerySet["VolumeAppraisal"]):
    """What was decided of volumes."""

    def waiting(self) -> "AppraisalQuerySet":
        """Those by which a volume is to be destroyed, and which nobody settled."""
        return self.filter(term="", done_at__isnull=True, spared_at__isnull=True)


class VolumeAppraisal(models.Model):
    """What was decided of a volume whose term was over 鉴定. term: it is kept for that much longer, until kept_until, None for good;
    "" where it is to be destroyed: another account does that, saying in which way, or spares it."""

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    volume = models.ForeignKey(ArchiveVolume, models.PROTECT, related_name="appraisals")
    term = models.CharField(_("续存"), max_length=10, blank=True)
    kept_until = models.DateField(null=True)
    reason = models.CharField(_("鉴定意见"), max_length=500)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField(db_index=True)
    way = models.CharField(_("销毁方式"), max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    spared_at = models.DateTimeField(null=True)
    spared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    spared_because = models.CharField(max_length=500, blank=True)
    objects = AppraisalQuerySet.as_manager()

    class Meta:
        verbose_name = _("案卷鉴定")
        ordering = ("-seq",)
        constraints = (
            _together("done_at", "volumeappraisal_done_at_and_by"),
            _together("spared_at", "volumeappraisal_spared_at_and_by"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, spared_at__isnull=True)
                | Q(term="", done_at__isnull=True)
                | Q(term="", spared_at__isnull=True),
                name="volumeappraisal_done_or_spared",
            ),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True) | ~Q(done_by=F("made_by")), name="volumeappraisal_two_people"
            ),
            models.UniqueConstraint(
                fields=["volume"],
                condition=Q(term="", done_at__isnull=True, spared_at__isnull=True),
                name="volumeappraisal_one_waits",
            ),
        )

    def __str__(self) -> str:
        return f"{self.volume_id} {self.term}"

    @property
    def is_waiting(self) -> bool:
        """Whether a volume is to be destroyed by it, and nobody settled it."""
        return not self.term and self.done_at is None and self.spared_at is None


class ArchiveHandOver(models.Model):
    """Volumes that were handed over by one list, and who signed for them: another account. Until then it may be declined."""

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    number = models.CharField(_("移交号"), max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="archive_hand_overs")
    year = models.PositiveSmallIntegerField()
    ordinal = models.PositiveIntegerField()
    to = models.CharField(_("接收单位"), max_length=120)
    on = models.DateField(_("移交日期"))
    note = models.CharField(_("说明"), max_length=500, blank=True)
    is_fictional = models.BooleanField(default=False)
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField(db_index=True)
    received_on = models.DateField(_("签收日期"), null=True)
    received_note = models.CharField(_("签收说明"), max_length=500, blank=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    declined_because = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("案卷移交")
        ordering = ("-year", "-ordinal")
        constraints = (
            models.UniqueConstraint(fields=["region", "year", "ordinal"], name="archivehandover_number_once"),
            _together("received_at", "archivehandover_received_at_and_by"),
            _together("declined_at", "archivehandover_declined_at_and_by"),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True) | Q(received_on__isnull=False, declined_at__isnull=True),
                name="archivehandover_received_or_declined",
            ),
            models.CheckConstraint(
                condition=Q(received_by__isnull=True) | ~Q(received_by=F("handed_by")),
                name="archivehandover_two_people",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_waiting(self) -> bool:
        """Whether it was neither signed for nor declined."""
        return self.received_at is None and self.declined_at is None


class HandedVolume(models.Model):
    """A volume on a list. is_standing: not declined; a volume stands on one at a time."""

    hand_over = models.ForeignKey(ArchiveHandOver, models.PROTECT, related_name="volumes")
    volume = models.ForeignKey(ArchiveVolume, models.PROTECT, related_name="handed")
    is_standing = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("移交的案卷")
        ordering = ("hand_over", "volume__number")
        constraints = (
            models.UniqueConstraint(fields=["volume"], condition=Q(is_standing=True), name="handedvolume_on_one_list"),
        )

    def __str__(self) -> str:
        return f"{self.hand_over_id} {self.volume_id}"
