"""Cases and their steps. A step is never changed; the last one says where its case stands."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xingke.accounts.models import Attachment
from xingke.base.keys import new_key
from xingke.registry.models import Organisation, Person, Region


class Case(models.Model):
    """One piece of business of one flow, for as long as it is kept.

    flow, flow_hash: the definition it runs by, in the version it was opened with: a new one moves no open case. forms: the hashes of
    those of its steps, by code, likewise. number: see ``CaseSequence``. parent, parent_step: the case it stands below, and the
    step of that which opened it. call: the call it was opened for.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    flow = models.CharField(max_length=40)
    flow_hash = models.CharField(max_length=64)
    forms = models.JSONField(default=dict)
    number = models.CharField(_("编号"), max_length=64, blank=True)
    title = models.CharField(_("名称"), max_length=200)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="cases")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="cases")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    parent_step = models.PositiveIntegerField(null=True)
    call = models.ForeignKey("CaseCall", models.PROTECT, null=True, related_name="cases")
    is_fictional = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    seq = models.BigIntegerField(db_index=True)

    class Meta:
        verbose_name = _("事项")
        constraints = (
            models.UniqueConstraint(
                fields=["flow", "region", "number"], condition=~Q(number=""), name="case_number_once"
            ),
        )
        indexes = (models.Index(fields=["opened_by"], name="case_by_opener"),)

    def __str__(self) -> str:
        return self.number or str(self.key)


class CaseStep(models.Model):
    """A step of a case that was taken. Nothing of it is ever changed but ``seq_to``, when the next one follows.

    stands: the step at which the case stands from then on: this one, but where it corrects or transfers the one before. on: the
    day on which it was done. opinion: what was said. form, form_hash, answers: what was asked and answered, see ``rules.forms``; prefilled: the
    names of those answers that say what was filled in.
    digest: over all that was said and the digest before. due: until when the next step must follow; late: the one that follows by
    itself after that; is_guessed: it rests on a year without calendar. assignee: who is to take the next. ended: how the case has ended with it.
    link, outsider, vouched_by: where somebody without an account took it, the key of their link, who they are, and who gave them the link.
    in_place_of: whom it was given to, where their substitute took it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", db_index=False)
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    stands = models.CharField(max_length=40)
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)
    on = models.DateField()
    kind = models.CharField(max_length=40, blank=True)
    opinion = models.CharField(max_length=2000, blank=True)
    form = models.CharField(max_length=40, blank=True)
    form_hash = models.CharField(max_length=64, blank=True)
    answers = models.JSONField(default=dict)
    prefilled = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    corrects = models.PositiveIntegerField(null=True)
    due = models.DateTimeField(null=True)
    is_guessed = models.BooleanField(default=False)
    late = models.CharField(max_length=40, blank=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    ended = models.CharField(max_length=10, blank=True)
    # what lists of where cases stand are narrowed by, as their case says it; is_below: it stands below another
    flow = models.CharField(max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", db_index=False)
    is_below = models.BooleanField(default=False)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    link = models.UUIDField(null=True)
    outsider = models.CharField(max_length=120, blank=True)
    vouched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    in_place_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("办理步骤")
        ordering = ("case", "number")
        constraints = (
            models.UniqueConstraint(fields=["case", "number"], name="casestep_number"),
            models.UniqueConstraint(fields=["case"], condition=Q(seq_to__isnull=True), name="casestep_one_current"),
            models.CheckConstraint(
                condition=Q(seq_to__isnull=True) | Q(seq_to__gt=F("seq_from")), name="casestep_seq_order"
            ),
            models.CheckConstraint(
                condition=Q(link__isnull=True, outsider="", vouched_by__isnull=True)
                | Q(link__isnull=False, vouched_by__isnull=False, taken_by__isnull=True) & ~Q(outsider=""),
                name="casestep_account_or_link",
            ),
        )
        indexes = (
            # these two hold all that lists of where cases stand are narrowed and sorted by, so that no row is read to find a page
            models.Index(
                fields=["region", "case", "ended", "due"],
                condition=Q(seq_to__isnull=True, is_below=False),
                name="casestep_by_case",
            ),
            models.Index(fields=["due"], condition=Q(seq_to__isnull=True) & ~Q(late=""), name="casestep_late"),
            models.Index(fields=["assignee"], condition=Q(seq_to__isnull=True), name="casestep_now_assigned"),
            models.Index(fields=["taken_by", "taken_at"], name="casestep_by_taker"),
            models.Index(
                fields=["region", "flow", "stands", "due", "assignee", "is_below"],
                condition=Q(seq_to__isnull=True, ended=""),
                name="casestep_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.step}"


class CaseParty(models.Model):
    """Who has to do with a case, in which role, from one act to another: an organisation, a person or an account."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    role = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("当事人")
        constraints = (
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, person__isnull=True, user__isnull=True)
                | Q(organisation__isnull=True, person__isnull=False, user__isnull=True)
                | Q(organisation__isnull=True, person__isnull=True, user__isnull=False),
                name="caseparty_is_one",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.role}"


class CaseFact(models.Model):
    """What a form asked and lists show, typed: one of the columns, by the type of its field. The newest stands."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="facts", db_index=False)
    name = models.CharField(max_length=40)
    text = models.CharField(max_length=200, blank=True)
    number = models.BigIntegerField(null=True)
    day = models.DateField(null=True)
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("事项内容")
        constraints = (
            models.UniqueConstraint(
                fields=["case", "name"], condition=Q(seq_to__isnull=True), name="casefact_one_current"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class CaseOnce(models.Model):
    """What a case says that no other may say, see ``FormField.once``. name: of the set; value: as it is compared. What stands is what the
    newest answers say; whether the case counts, its last step tells."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="said_once")
    name = models.CharField(max_length=40)
    value = models.CharField(max_length=200)
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("只用一次的内容")
        constraints = (
            models.UniqueConstraint(
                fields=["case", "name", "value"], condition=Q(seq_to__isnull=True), name="caseonce_one_current"
            ),
        )
        indexes = (models.Index(fields=["name", "value"], condition=Q(seq_to__isnull=True), name="caseonce_said"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class Filed(models.Model):
    """A record that a step filed, or filed something further of; many steps may feed one record."""

    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="filed")
    kind = models.CharField(max_length=16)
    record = models.UUIDField(db_index=True)

    class Meta:
        verbose_name = _("登记的记录")
        constraints = (models.UniqueConstraint(fields=["step", "record"], name="filed_once"),)

    def __str__(self) -> str:
        return f"{self.kind}:{self.record}"


class CaseFile(models.Model):
    """A file that a form asked for. field: by its name; the answers hold its digest."""

    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="files")
    field = models.CharField(max_length=40)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("事项的文件")

    def __str__(self) -> str:
        return f"{self.step_id} {self.field}"


class CaseSealed(models.Model):
    """What a step answered that is personal: one sealed text under the key of its case, and the names of the fields it answers.

    The answers of the step hold none of it, nor does its digest. Erasing empties it; the names stay, so that one sees that there was
    something. erased_by: nobody where its time was over.
    """

    step = models.OneToOneField(CaseStep, models.PROTECT, related_name="sealed")
    fields = models.JSONField(default=list)
    sealed = models.TextField()
    erased_at = models.DateTimeField(null=True)
    erased_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("事项的个人信息")
        constraints = (
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, erased_by__isnull=True) | Q(erased_at__isnull=False, sealed=""),
                name="casesealed_erased_is_empty",
            ),
        )

    def __str__(self) -> str:
        return f"{self.step_id}: {len(self.fields)}"


class CaseSequence(models.Model):
    """The last number given to cases of a flow in a region and year; given within an act, so none is given twice or left out."""

    flow = models.CharField(max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("事项编号")
        constraints = (models.UniqueConstraint(fields=["flow", "region", "year"], name="casesequence_once"),)

    def __str__(self) -> str:
        return f"{self.flow} {self.year}: {self.last}"


class CaseDraft(models.Model):
    """A form somebody began to fill in. It is changed as often as they like, counts for nothing, and goes when the step is taken or
    its time is over. case: None for one that would open a case; then whose: the firm, person and call it would be of. typed: as it came
    from the page, but for what is personal; beside: what stands beside the form; files: by field, the names and digests of what
    was handed over.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="drafts")
    flow = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    whose = models.CharField(max_length=120, blank=True)
    typed = models.JSONField(default=dict)
    beside = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("未提交的表单")
        constraints = (
            models.UniqueConstraint(
                fields=["user", "flow", "step", "whose"], condition=Q(case__isnull=True), name="casedraft_once_new"
            ),
            models.UniqueConstraint(
                fields=["user", "case", "step"], condition=Q(case__isnull=False), name="casedraft_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.flow} {self.step}"
