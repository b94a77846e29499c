"""Regions, organisations, people, grants, and the table of loaded definitions."""

import hashlib
import uuid
from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xingke.base import pinyin
from xingke.registry import rules


class Region(models.Model):
    """A place of the administrative tree. ``path`` is its six-digit code as a number: a subtree is one range."""

    class Level(models.TextChoices):
        NATION = "nation", _("国家")
        PROVINCE = "province", _("省级")
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")

    code = models.CharField(_("区划代码"), max_length=12)
    path = models.IntegerField(db_index=True)
    name = models.CharField(_("名称"), max_length=64, db_index=True)
    level = models.CharField(max_length=12, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    is_fictional = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("区划")
        ordering = ("path",)
        constraints = (
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="registry_region_one_current_per_code"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="registry_region_valid_from_before_to",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def range(self) -> tuple[int, int]:
        """The half-open range of paths of this region and everything below it."""
        return rules.path_range(self.path, self.level)

    def stands(self, day: date) -> bool:
        """Whether it is there on a day; ``valid_to`` is the first day on which it is not."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    @property
    def word(self) -> str:
        """How the region speaks of itself: 全国, 全省, 全市, 全县."""
        return {"nation": "全国", "province": "全省", "city": "全市"}.get(
            self.level, "全区" if self.name.endswith("区") else "全县" if self.name.endswith("县") else "全市"
        )


class Zone(models.Model):
    """A reporting zone (高新区, 经开区): a second dimension that overlaps counties, never part of the tree."""

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=64)
    region = models.ForeignKey(Region, models.PROTECT, related_name="zones")
    is_fictional = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("功能区")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class NameKeyField(models.CharField):  # type: ignore[type-arg]  # no generic at run time
    """What rows are sorted by that have a name: its pinyin, filled on every write of the name."""

    def __init__(self, *, is_person: bool = False, **options: Any) -> None:
        self.is_person = is_person
        super().__init__(**{"max_length": pinyin.LENGTH, "editable": False, "default": "", **options})

    def deconstruct(self) -> Any:
        name, path, positional, named = super().deconstruct()
        return name, path, positional, {**named, "is_person": self.is_person}

    def pre_save(self, row: models.Model, add: bool) -> str:
        key = pinyin.sort_key(getattr(row, "name"), is_person=self.is_person)  # noqa: B009 -- any model with a name
        setattr(row, self.attname, key)
        return key


class Organisation(models.Model):
    """A firm, institute, school or office. Its history is in the ledger; here stands what it is called now."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", _("企业")
        INSTITUTE = "institute", _("科研院所")
        UNIVERSITY = "university", _("高等学校")
        AGENCY = "agency", _("机关事业单位")
        TEAM = "team", _("团队")
        INDIVIDUAL = "individual", _("自然人")
        OTHER = "other", _("其他")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=120, db_index=True)
    name_key = NameKeyField(db_index=True)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ENTERPRISE)
    region = models.ForeignKey(Region, models.PROTECT, related_name="organisations")
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="organisations")
    industry = models.CharField(_("行业代码"), max_length=8, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    is_fictional = models.BooleanField(default=False)

    CORRECTABLE: ClassVar = ("name", "credit_code", "kind", "region", "zone", "industry", "founded_on")

    class Meta:
        verbose_name = _("单位")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="registry_organisation_credit_code"
            ),
        )
        indexes = (models.Index(fields=["region", "name"]), models.Index(fields=["region", "name_key"]))

    def __str__(self) -> str:
        return self.name

    @property
    def stamp(self) -> str:
        """What can be corrected, in short: whoever corrects says which state they saw."""
        standing = (
            self.name,
            self.credit_code,
            self.kind,
            self.region_id,
            self.zone_id,
            self.industry,
            self.founded_on,
        )
        return hashlib.sha256("\x1f".join(map(str, standing)).encode()).hexdigest()[:16]


class Person(models.Model):
    """Somebody: a name and a place, and what only those may see who need it, sealed under a key of their own.

    sealed: telephone, address, e-mail and number of identity, see ``sealing``. identity: the mark of that number, by which
    the same person is known again. A person an import names has nothing but a key. merged_into: who this is, where two
    turned out to be one; records keep the key they were filed with.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("姓名"), max_length=64, blank=True, db_index=True)
    name_key = NameKeyField(is_person=True, db_index=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="people")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="people")
    sealed = models.TextField(blank=True)
    identity = models.CharField(max_length=64, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    # whom they were merged into first, and the number of that act: counts as of an earlier one keep two
    merged_first = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    merged_seq = models.BigIntegerField(null=True, db_index=True)
    erased_at = models.DateTimeField(null=True)
    erased_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    is_fictional = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("人员")
        ordering = ("name", "id")
        indexes = (models.Index(fields=["region", "name_key"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["identity"],
                condition=~Q(identity="") & Q(merged_into__isnull=True),
                name="registry_person_identity_once",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, erased_by__isnull=True)
                | Q(erased_at__isnull=False, erased_by__isnull=False),
                name="registry_person_erased_at_and_by",
            ),
        )

    def __str__(self) -> str:
        return self.name or str(self.key)


class Employment(models.Model):
    """Where somebody works or worked, and as what; the one without an end is where they are."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="employments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="employments")
    employer = models.CharField(_("工作单位"), max_length=120)  # as written, where the register has it not
    post = models.CharField(_("职务职称"), max_length=80, blank=True)
    since = models.DateField(_("开始日期"), null=True)
    until = models.DateField(_("结束日期"), null=True)

    class Meta:
        verbose_name = _("任职")
        ordering = ("-since", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=Q(until__isnull=True), name="registry_employment_one_current"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="registry_employment_since_before_until",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}@{self.employer}"


class Grant(models.Model):
    """A role given to an account for a region, or for one organisation or one person in it; taken back, never deleted.

    person: who the account's holder is, where they act in their own name. section: the 科室 of the bureau it is held in, a
    term; empty for all of them. It says whose work something is, never what may be read.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, related_name="grants")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="grants")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="grants")
    section = models.CharField(max_length=40, blank=True)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("授权")
        ordering = ("user", "role", "region")
        constraints = (
            models.UniqueConstraint(
                fields=["user", "role", "region", "organisation"],
                condition=Q(revoked_at__isnull=True, organisation__isnull=False),
                name="registry_grant_once_per_organisation",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "region"],
                condition=Q(revoked_at__isnull=True, person__isnull=False),
                name="registry_grant_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region", "section"],
                condition=Q(revoked_at__isnull=True, organisation__isnull=True, person__isnull=True),
                name="registry_grant_once_per_region",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True, person__isnull=True)
                | Q(organisation__isnull=False, person__isnull=True, section="")
                | Q(organisation__isnull=True, person__isnull=False, section=""),
                name="registry_grant_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="registry_grant_revoked_at_and_by",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}:{self.role}@{self.region_id}"

    @property
    def is_for_region(self) -> bool:
        """Whether it is given for the region as a whole, and not for an organisation or a person in it."""
        return self.organisation_id is None and self.person_id is None

    @property
    def who(self) -> Person | None:
        """Whom it is given for as they stand in the register now: whoever they were merged into; None for nobody."""
        return self.person.merged_into or self.person if self.person is not None else None


class Definition(models.Model):
    """A loaded definition: what is used is this table, never the files. Rows are never edited."""

    kind = models.CharField(max_length=24)
    key = models.CharField(max_length=160)
    version = models.PositiveIntegerField()
    pack = models.CharField(max_length=40)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="definitions")
    hash = models.CharField(max_length=64)
    body = models.JSONField()
    seq = models.BigIntegerField()

    class Meta:
        verbose_name = _("定义")
        ordering = ("kind", "key", "version")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "key", "version"],
                condition=Q(region__isnull=True),
                name="registry_definition_version_everywhere",
            ),
            models.UniqueConstraint(
                fields=["kind", "key", "version", "region"],
                condition=Q(region__isnull=False),
                name="registry_definition_version_in_region",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}@{self.version}"


class SavedView(models.Model):
    """A view of a list that somebody keeps: its address with what is chosen there; nothing anybody sees that they may not.

    name: none for how the owner left the columns of the list; ``query`` are then their codes. region: of the bureau it is
    shared with; none where it is the owner's alone. A preference, not a fact: it is changed and deleted, and leaves no trail.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    list = models.CharField(max_length=40)
    name = models.CharField(_("名称"), max_length=40, blank=True)
    query = models.CharField(max_length=2000, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("保存的视图")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=["owner", "list", "name"], name="registry_savedview_name_once"),
            models.CheckConstraint(
                condition=~Q(name="") | Q(region__isnull=True), name="registry_savedview_columns_are_ones_own"
            ),
        )
        indexes = (models.Index(fields=["list", "region"]),)

    def __str__(self) -> str:
        return self.name
