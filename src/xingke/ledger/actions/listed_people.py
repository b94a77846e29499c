"""Saying who somebody is whom only lists name: entering them, or that they are one who is entered."""

from collections.abc import Mapping
from datetime import datetime

from xingke.accounts.models import User
from xingke.ledger.queries.listed_people import places_of
from xingke.registry.actions import people
from xingke.registry.models import Person, Region


def enter_listed_person(
    *, person: Person, name: str, region: Region, facts: Mapping[str, str], by: User, now: datetime
) -> Person:
    """Enter them under the key their records have; see ``people.enter_listed``. No count changes: it is the same one."""
    return people.enter_listed(person=person, name=name, region=region, facts=facts, places=places_of, by=by, now=now)


def merge_listed_person(*, person: Person, kept: Person, reason: str, by: User, now: datetime) -> Person:
    """Say that they are ``kept``; see ``people.merge_people``. As of an earlier number they are counted as two."""
    return people.merge_people(kept=kept, other=person, reason=reason, places=places_of, by=by, now=now)
