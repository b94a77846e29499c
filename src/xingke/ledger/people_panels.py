"""What the ledger adds to the pages of people: those whom only lists name."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.ledger.queries import listed_people
from xingke.registry import queries as registry
from xingke.registry.models import Person


def way_to_listed(user: User, _shown: None) -> Mapping[str, Any] | None:
    """The way to those whom only lists name, for whoever may say who they are."""
    may = registry.has(user, Permission.PERSON_EDIT) and registry.has(user, Permission.RECORD_READ)
    return {} if may else None


def called_so(user: User, person: Person) -> Mapping[str, Any] | None:
    """Whom lists name by the very name of a person, for whoever may say that it is them. Two queries, most often one."""
    if person.region is None or not registry.may(user, Permission.PERSON_EDIT, at=person.region):
        return None
    other = listed_people.called_so(user, person)
    if other is None:
        return None
    into = f"?into={person.key}"
    return {
        "name": person.name,
        "count": len(other.records),
        "page": reverse("ledger:listed-person", args=[other.person.key]),
        "url": reverse("ledger:listed-person-merge", args=[other.person.key]) + into,
    }
