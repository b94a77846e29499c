"""Letters that were issued, which are never changed, and links for somebody without an account, which end."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xingke.base.keys import new_key
from xingke.casework.models import Case, CaseStep
from xingke.registry.models import Region


class CaseLetter(models.Model):
    """A letter that was issued with a step. tree: the document as ``press.tree.to_json`` writes it; paper: the .docx, digest: its SHA-256.

    code, definition: the template, by the hash it had. check_code: by which whoever holds the paper checks it. is_for_all: whether all who see the
    case see the step it was issued with; the others' letters stand on the page of the case only.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    code = models.CharField(max_length=32)
    definition = models.CharField(max_length=64)
    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="letter")
    case = models.ForeignKey(Case, models.PROTECT, related_name="letters")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    number = models.CharField(_("文号"), max_length=64)
    title = models.CharField(_("标题"), max_length=200)
    to = models.CharField(_("主送"), max_length=200, blank=True)
    day = models.DateField(_("日期"))
    tree = models.TextField()
    paper = models.BinaryField()
    digest = models.CharField(max_length=64)
    check_code = models.CharField(_("校验码"), max_length=14, unique=True)
    is_for_all = models.BooleanField(default=True)
    is_fictional = models.BooleanField(default=False)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()

    class Meta:
        verbose_name = _("文书")
        constraints = (models.UniqueConstraint(fields=["code", "region", "number"], name="letter_number_once"),)
        indexes = (models.Index(fields=["region", "issued_at"], name="letter_by_region"),)

    def __str__(self) -> str:
        return self.number


class OutsideLink(models.Model):
    """A link by which somebody without an account takes one step of one case as one party of it.

    digest: of its token, word: the keyed digest of the second word; neither is kept itself. name: to whom it was given. tries: wrong words since
    the last right one, the last of them from the address tried_from. ended: how, see
    ``rules.links.LinkEnd``; empty while it holds, and where its time just went by.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="outside_links")
    step = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    word = models.CharField(max_length=64)
    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    tried_from = models.GenericIPAddressField(null=True)
    ended = models.CharField(max_length=8, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()

    class Meta:
        verbose_name = _("外部链接")
        constraints = (
            models.CheckConstraint(
                condition=Q(ended="", ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended="revoked", ended_at__isnull=False, ended_by__isnull=False)
                | Q(ended__in=("used", "tries"), ended_at__isnull=False, ended_by__isnull=True),
                name="outsidelink_ended_at_and_by",
            ),
        )
        indexes = (
            models.Index(fields=["until"], name="outsidelink_until"),
            models.Index(fields=["tried_from", "tried_at"], name="outsidelink_tried_from"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.step} {self.role}"
