"""What does not fit into its column is refused with a sentence, whichever database is below.

PostgreSQL refuses a text that is too long with a fault nobody can read, and SQLite keeps it. Forms and actions say first what they
take; this is asked once more before any row is written, so that one that was forgotten loses nothing and ends in a sentence.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any  # columns and models of any room

from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import CharField, IntegerField, Model
from django.db.models.signals import pre_save

from xingke.base.refusals import Refused
from xingke.base.sayings import say

TOO_MUCH = say("填写的内容里有一处比能保存的更长或更大，没有保存；请改短后再试。")
_RANGES = BaseDatabaseOperations.integer_field_ranges


def refuse_unfitting(row: Model) -> None:
    """Raise Refused where a text of a row is longer than its column, or a whole number beyond it."""
    texts, numbers = _columns(type(row))
    known = row.__dict__
    for name, label, most in texts:
        value = known.get(name)
        if isinstance(value, str) and len(value) > most:
            raise Refused(
                say("“%(what)s”最多%(most)s个字，现有%(there)s个。", what=str(label), most=most, there=len(value))
            )
    for name, label, least, most in numbers:
        value = known.get(name)
        if isinstance(value, int) and not least <= value <= most:
            raise Refused(say("“%(what)s”的数字超出了可以保存的范围。", what=str(label)))


def refuse_any_unfitting(rows: Sequence[Model]) -> None:
    """The same of rows that are written at once, of which nobody is told."""
    for row in rows:
        refuse_unfitting(row)


def watch() -> None:
    """Look at every row of the house before it is written by itself."""
    pre_save.connect(_before_saving, dispatch_uid="xingke.base.fitting")


def _before_saving(sender: type[Model], instance: Model, raw: bool = False, **_more: Any) -> None:
    if not raw and sender.__module__.startswith("xingke."):
        refuse_unfitting(instance)


@cache
def _columns(model: type[Model]) -> tuple[list[tuple[str, object, int]], list[tuple[str, object, int, int]]]:
    texts: list[tuple[str, object, int]] = []
    numbers: list[tuple[str, object, int, int]] = []
    for each in model._meta.concrete_fields:
        if isinstance(each, CharField) and each.max_length:
            texts.append((each.attname, each.verbose_name, each.max_length))
        elif isinstance(each, IntegerField) and each.get_internal_type() in _RANGES:
            numbers.append((each.attname, each.verbose_name, *_RANGES[each.get_internal_type()]))
    return texts, numbers
