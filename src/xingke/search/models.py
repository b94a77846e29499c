"""The index: what every thing is called and says, cut for the search, and how far it has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One thing that can be found. Derived, so replaced and never edited.

    The database keeps what it searches by itself: triggers fill the FTS5 table ``search_words`` on SQLite, a generated
    column ``words`` does the same on PostgreSQL (see the first migration).
    """

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    identifier = models.CharField(max_length=200, blank=True)
    path = models.IntegerField(null=True)
    organisation = models.BigIntegerField(null=True)
    on = models.DateField(null=True)
    is_finished = models.BooleanField(null=True)  # None: indexed before anybody asked, so hidden from superiors
    names = models.TextField()
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("搜索条目")
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="search_entry_once"),)

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class Progress(models.Model):
    """Up to which ledger number a kind is indexed, and by which recipe its text was cut."""

    kind = models.CharField(max_length=16, primary_key=True)
    seq = models.BigIntegerField()
    recipe = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("搜索进度")

    def __str__(self) -> str:
        return f"{self.kind}@{self.seq}"
