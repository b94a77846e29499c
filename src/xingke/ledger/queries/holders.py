"""Whose names a reader is told: a record may name an organisation that not everybody who reads it may see."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.ledger.kinds.record_kind import DetailType
from xingke.ledger.models import EventVersion, Observation, Version
from xingke.ledger.tables import kind_of
from xingke.registry import queries as registry
from xingke.registry.models import Organisation
from xingke.registry.rules import Scope


def seen_by(user: User) -> Scope:
    """Where somebody may see organisations."""
    return registry.scope(user, Permission.ORGANISATION_READ)


def is_seen(seen: Scope, holder: Organisation) -> bool:
    """Whether an organisation, loaded with its region, lies in a scope."""
    return seen.covers(holder.region.path) or holder.pk in seen.organisations


def local(row: Version) -> Organisation | None:
    """Whose a record or event is, where that lies in its own region: whoever may read the one may see the other.

    For what is said without knowing to whom. The row is loaded with both regions.
    """
    holder = row.organisation
    if holder is None:
        return None
    low, high = row.region.range
    return holder if low <= holder.region.path < high else None


def hide(seen: Scope, rows: Iterable[Version | None]) -> None:
    """Take from loaded rows the organisations their reader may not see, so that whatever shows them cannot name one.

    The rows must not be written afterwards; actions read their own.
    """
    for row in rows:
        if row is None:
            continue
        if row.organisation is not None and not is_seen(seen, row.organisation):
            row.organisation, row.is_holder_hidden = None, True
        for name in _named_besides(row):
            if (other := getattr(row, name)) is not None and not is_seen(seen, other):
                setattr(row, name, None)


def _named_besides(row: Version) -> list[str]:
    """The details of a record that name an organisation."""
    if isinstance(row, Observation | EventVersion):
        return []
    return [each.name for each in kind_of(row).names.details if each.type is DetailType.ORGANISATION]


def holder_word(row: Any) -> str:
    """Whose a record or event is, by name, after ``hide``: of another region, not said, or nobody's."""
    if row.organisation is not None:
        return str(row.organisation.name)
    if row.is_holder_hidden:
        return _("区外单位")
    is_owed = not isinstance(row, Observation) and kind_of(row).names.needs_holder
    return _("未写明") if is_owed else ""
