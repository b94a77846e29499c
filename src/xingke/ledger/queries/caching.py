"""Answers that are kept until something is filed, or until anything is changed or a reader's rights are.

Every answer is kept under what it was asked at: the number and digest of the last act, read from the database before
anything is looked up. An act that was committed before a page was asked for has another; nothing is ever thrown away
early or late, in however many processes. What takes no number must not be kept here: a file that was checked waits to be
filed, and the ledger is as it was.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from django.db import connection

from xingke.accounts import keeping
from xingke.accounts.acts import may_be_undone
from xingke.accounts.models import User
from xingke.accounts.queries import last_change, last_change_beside, trail_digest, trail_digests
from xingke.base.remembering import remembered
from xingke.base.single_flight import in_turn
from xingke.ledger.models import Observation, RecordKeeping
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry
from xingke.registry.models import Definition, Person
from xingke.registry.rules import Scope

T = TypeVar("T")


def ledger_stamp() -> int:
    """The number of the last write that a figure or name can depend on: records, reported figures, declarations, definitions, persons who turned out to be one.

    A document written at this number or later says what the ledger says. One query that reads the ends of indexes only.
    """
    return max(_last_numbers().values())


# Acts that write to the tables of records and figures alone. Not imports, which bring organisations and people, nor what is rare. By their
# whole codes: a room above may begin the code of an act of its own with the name of a kind.
_OF_A_RECORD = (
    *("filed", "event-filed", "event-confirmed", "event-corrected", "event-voided", "corrected"),
    *(
        f"{change}-{done}"
        for change in ("correction", "void")
        for done in ("proposed", "accepted", "declined", "withdrawn")
    ),
)
_OF_A_FIGURE = ("confirmed", "corrected", "voided", "chosen")
OF_RECORDS = frozenset(
    {
        "records.confirmed",
        *(f"observation.{done}" for done in _OF_A_FIGURE),
        *(f"{kind}.{done}" for kind in TABLES for done in _OF_A_RECORD),
    }
)
DEFINITIONS, FIGURES, DECLARATIONS, PERSONS, REGIONS = "definition", "observation", "keeping", "person", "region"


def _last_numbers() -> dict[str, int]:
    """The number of the last write to each kind of records, by its code, and to what else ``states`` names, but regions."""
    quoted = connection.ops.quote_name
    newest = [
        f"SELECT '{DEFINITIONS}', max(seq) FROM {quoted(Definition._meta.db_table)}",
        f"SELECT '{PERSONS}', max(merged_seq) FROM {quoted(Person._meta.db_table)}",  # two who are one count as one
    ]
    for code, name in _tables():
        newest.append(f"SELECT '{code}', max(seq_from) FROM {quoted(name)}")
        newest.append(f"SELECT '{code}', max(seq_to) FROM {quoted(name)} WHERE seq_to IS NOT NULL")
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(newest))
        for code, number in cursor.fetchall():
            found[code] = max(found.get(code, 0), number or 0)
    return found


def _tables() -> Iterator[tuple[str, str]]:
    """The tables of versions, each with what its state is called."""
    for code, kind in TABLES.items():
        yield code, kind.event._meta.db_table
        yield code, kind.subject._meta.db_table
    yield FIGURES, Observation._meta.db_table
    yield DECLARATIONS, RecordKeeping._meta.db_table


def states() -> Mapping[str, str]:
    """How each part of the ledger stands, by the code of a kind and by FIGURES, DECLARATIONS, DEFINITIONS, PERSONS and REGIONS: a
    text that is other once anything was written to it, also where a backup was restored. At most three queries after a
    change.

    Definitions stand as this request knows them, not as the ledger's last change says: it may have looked at them before
    somebody loaded others, and asked for the last change after that.
    """
    name = f"states:{last_change()}"
    found = remembered(f"xingke.ledger.{name}", lambda: _once(name, _ask_for_states))
    return {**found, DEFINITIONS: f"{found[DEFINITIONS]}:{registry.definitions_in_force()}"}


def _ask_for_states() -> dict[str, str]:
    numbers = _last_numbers()
    digests = trail_digests(numbers.values())
    found = {code: f"{number}:{digests.get(number, '')}" for code, number in numbers.items()}
    return found | {REGIONS: registry.region_tree_stamp()}


def stamp() -> int:
    """The ledger's stamp, not asked for again while nothing changed."""
    return _once(f"stamp:{last_change()}", ledger_stamp)


def moment() -> str:
    """The ledger as it stands: its stamp, the trail up to there, other after a backup was restored, the regions, and the
    definitions as this request knows them, see ``states``."""
    found = _once(f"moment:{last_change()}", lambda: f"{stamp()}:{trail_digest(stamp())}:{states()[REGIONS]}")
    return f"{found}:{registry.definitions_in_force()}"


def kept(name: str, ask: Callable[[], T]) -> T:
    """What was found, kept until something is filed. name: says everything else that the answer depends on."""
    return _once(f"{name}:{moment()}", ask)


def kept_for(user: User, name: str, ask: Callable[[], T]) -> T:
    """What was found for a reader, kept until anything is changed by an act, or their rights are."""
    return _once(f"{name}:{user.pk}:{registry.rights(user)}:{last_change()}", ask)


def kept_beside(user: User, name: str, ask: Callable[[], T]) -> T:
    """The same, kept also while nothing but records is filed and changed: ``ask`` must read no records and no reported figures."""
    return _once(f"{name}:{user.pk}:{registry.rights(user)}:{last_change_beside(OF_RECORDS)}", ask)


def kept_alike(user: User, name: str, ask: Callable[[], T], *permissions: StrEnum) -> T:
    """The same for all readers of the same rights: ``ask`` must not look at who the reader is besides.

    permissions: those it asks about where it asks about no others; readers who differ in others share the answer.
    """
    return _once(f"{name}:{permissions}:{registry.rights(user, *permissions)}:{last_change()}", ask)


def kept_of(parts: Iterable[str], name: str, ask: Callable[[], T]) -> T:
    """What was found in some parts of the ledger, see ``states``, kept until one of them changes.

    ``ask`` must read nothing else, and name must say everything else that it depends on.
    """
    known = states()
    return _once(f"{name}:{[known[part] for part in sorted({*parts, REGIONS})]}", ask)


def kept_within(allowed: Scope, parts: Iterable[str], name: str, ask: Callable[[], T]) -> T:
    """The same for what is seen in a scope, whoever looks."""
    return kept_of(parts, f"{name}:{allowed.in_order}", ask)


def _once(name: str, ask: Callable[[], T]) -> T:
    """What is kept by a name, else found by one of those who ask for it now; see ``accounts.keeping``."""
    if may_be_undone():
        return ask()
    key = f"xingke.{sha256(name.encode()).hexdigest()}"
    found: tuple[T] | None = keeping.found(key)
    if found is None:
        with in_turn(key):
            found = keeping.found(key)
            if found is None:
                found = (ask(),)
                keeping.keep(key, found)
    return found[0]
