"""The index: how it is made and how it catches up. It is derived, so nothing here is audited."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from django.conf import settings
from django.db import OperationalError, connection, transaction

from xingke.accounts.queries import current_seq
from xingke.base import searching
from xingke.base.searching import Searchable, Text
from xingke.search.models import Entry, Progress
from xingke.search.rules import RECIPE, cut, identifier

PIECE = 400  # things that are read and written at a time


def catch_up(*, limit: int | None = None) -> bool:
    """Bring the index to the ledger's number; whether it is there now.

    limit: for whoever waits for an answer. Does nothing if more things than that changed, or somebody else is writing.
    Running it twice, or stopping it half way, does no harm: what was done is done again.
    """
    seq = current_seq()
    behind = [(each, after) for each, after in _progress() if after < seq]
    if not behind:
        return True
    if limit is None:
        for each, after in behind:
            _index(each, each.changed(after, seq), seq)
        return True
    changed = [(each, list(islice(dict.fromkeys(each.changed(after, seq)), limit + 1))) for each, after in behind]
    if sum(len(keys) for _each, keys in changed) > limit:
        return False
    try:
        with _impatient(), transaction.atomic():
            for each, keys in changed:
                _index(each, keys, seq)
    except OperationalError:  # somebody is writing: the next one to ask will bring it along
        return False
    return True


def rebuild() -> None:
    """Make the index anew."""
    with transaction.atomic():
        Progress.objects.all().delete()
        Entry.objects.all().delete()
    catch_up()


def _progress() -> list[tuple[Searchable, int]]:
    """Every kind and how far it is indexed: from the beginning where its text was cut otherwise."""
    known = dict(Progress.objects.filter(recipe=RECIPE).values_list("kind", "seq"))
    return [(each, known.get(each.code, 0)) for each in searching.searchables()]


def _index(kind: Searchable, keys: Iterable[str], seq: int) -> None:
    """Replace the entries of some things, piece by piece, then note how far the kind has come."""
    rest = iter(dict.fromkeys(keys))
    while piece := list(islice(rest, PIECE)):
        with transaction.atomic():
            _replace(kind, piece)
    Progress.objects.update_or_create(kind=kind.code, defaults={"seq": seq, "recipe": RECIPE})


def _replace(kind: Searchable, keys: Sequence[str]) -> None:
    Progress.objects.get_or_create(kind=kind.code, defaults={"seq": 0, "recipe": RECIPE})
    Progress.objects.select_for_update().get(kind=kind.code)  # one at a time, whoever comes second
    Entry.objects.filter(kind=kind.code, key__in=keys).delete()
    Entry.objects.bulk_create(_entry(kind, each) for each in kind.texts(keys))


def _entry(kind: Searchable, said: Text) -> Entry:
    number = identifier(said.identifier)
    return Entry(
        kind=kind.code, key=said.key, identifier=number, path=said.path, organisation=said.organisation, on=said.on,
        names=f"{cut(said.names)} {number}".strip(), text=cut(f"{said.identifier} {said.text}"),
    )  # fmt: skip


@contextmanager
def _impatient() -> Iterator[None]:
    """Where another writer holds the database, give up at once instead of waiting for it."""
    usual = settings.DATABASES["default"].get("OPTIONS", {}).get("timeout", 5) * 1000
    statements = {
        "sqlite": ("PRAGMA busy_timeout = 0", f"PRAGMA busy_timeout = {usual:.0f}"),
        "postgresql": ("SET lock_timeout = '100ms'", "SET lock_timeout = DEFAULT"),
    }
    before, afterwards = statements[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(before)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(afterwards)
