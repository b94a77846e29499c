"""Accounts, the counter every write takes a number from, and the audit trail."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from xingke.base.sayings import Saying, told


class UserManager(BaseUserManager["User"]):
    """Reads users by name; accounts are made by ``actions.create_account`` only."""


class User(AbstractBaseUser):
    """Somebody who can sign in. What they may do is said by grants (registry), never by a flag here."""

    username = models.CharField(
        _("账号"), max_length=64, unique=True, validators=[UnicodeUsernameValidator()], db_collation=None
    )
    name = models.CharField(_("姓名或岗位"), max_length=64)
    language = models.CharField(max_length=8, default="zh-hans")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)  # somebody else knows it
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("账号")
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """One row: the number of the last write of this installation, and the installation's own identity.

    Every audited write takes the next number under the row's lock, so numbers are committed in order.
    """

    LEDGER: ClassVar[str] = "ledger"

    name = models.CharField(max_length=16, primary_key=True)
    value = models.BigIntegerField(default=0)
    ledger = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class AuditEntry(models.Model):
    """Who did what, when, to what: written in the same transaction as the change, never changed, chained by digest."""

    PARTS: ClassVar[str] = (
        "parts"  # what the row of an act says of the acts that were part of it: under this name in ``detail``
    )

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=64)
    action = models.CharField(max_length=64, db_index=True)
    target_kind = models.CharField(max_length=32)
    target = models.CharField(max_length=200, db_index=True)
    count = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("审计记录")
        ordering = ("-seq",)

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"

    def chained_digest(self, before: str) -> str:
        """SHA-256 over the entry's content and the digest of the entry before it."""
        content = [
            before,
            self.seq,
            self.at.timestamp(),
            self.by_id,
            self.by_name,
            self.action,
            self.target_kind,
            self.target,
            self.count,
            self.reason,
            self.detail,
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class Attachment(models.Model):
    """A file somebody handed over. Its bytes are kept by their digest; whatever refers to it says who may see it."""

    digest = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("附件")

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """Work that was asked for and is done by a child process: see ``base.jobs``.

    heartbeat: when the child that does it last gave a sign of life. attempts: how often it was begun; a child whose
    attempt is no longer the last has lost the job. failure: why it failed, a saying as JSON keeps it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未完成")
        CANCELLED = "cancelled", _("已取消")

    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    heartbeat = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_stop_asked = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    said = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    failure = models.JSONField(default=str, blank=True)

    class Meta:
        verbose_name = _("任务")
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["state", "id"], condition=models.Q(state__in=("queued", "running")), name="job_open")
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    @property
    def error(self) -> Saying:
        """Why it failed, for whoever reads it now; nothing where it did not."""
        return told(self.failure)

    def gives_signs_of_life(self, *, now: datetime, within: timedelta) -> bool:
        """Whether the child at work on it was heard of lately. A sign from after now is an old one: the clock was set
        back since."""
        return self.heartbeat is not None and abs(now - self.heartbeat) <= within

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)
