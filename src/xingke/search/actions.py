"""The index: how it is made and how it catches up. It is derived, so nothing here is audited."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from django.db import OperationalError, transaction

from xingke.accounts.queries import current_seq
from xingke.base import searching
from xingke.base.searching import Searchable, Text
from xingke.base.waiting import impatient
from xingke.search.models import Entry, Progress
from xingke.search.rules import cut, identifier, recipe

PIECE = 400  # things that are read and written at a time


def catch_up(*, limit: int | None = None) -> bool:
    """Bring the index to the ledger's number; whether it is there now.

    limit: for whoever waits for an answer. Kinds with little to do are brought along; of the others what changed last,
    so that what was just filed is found whatever lies before it; the job child does the rest. Does nothing if somebody
    else is writing. Running it twice, or stopping it half way, does no harm: what was done is done again.
    """
    seq = current_seq()
    behind = [(each, after) for each, after in _progress() if after < seq]
    if limit is None:
        for each, after in behind:
            _index(each, searching.changed(each, after, seq), seq)
        return True
    if not behind:
        return True
    whole, rest = _divided(behind, seq, limit)
    left = max(limit - sum(len(keys) for _kind, keys in whole), limit // 4)
    try:
        with impatient(), transaction.atomic():
            for kind, keys in whole:
                _index(kind, keys, seq)
            for kind, keys in _newest(rest, seq, left) if rest else ():
                _replace_all(kind, keys)
    except OperationalError:  # somebody is writing: the next one to ask will bring it along
        return False
    return not rest


class _Changed(NamedTuple):
    """Things of one kind that changed."""

    kind: Searchable
    keys: Sequence[str]


def _divided(
    behind: Sequence[tuple[Searchable, int]], seq: int, limit: int
) -> tuple[list[_Changed], list[tuple[Searchable, int]]]:
    """The kinds that can be brought along within the limit, the smallest first; and those that cannot."""
    whole: list[_Changed] = []
    rest: list[tuple[Searchable, int]] = []
    left = limit
    changed = [(_Changed(each, keys_changed(each, after, seq, most=limit + 1)), after) for each, after in behind]
    for each, after in sorted(changed, key=lambda pair: len(pair[0].keys)):
        if len(each.keys) <= left:
            whole.append(each)
            left -= len(each.keys)
        else:
            rest.append((each.kind, after))
    return whole, rest


def _newest(behind: Sequence[tuple[Searchable, int]], seq: int, limit: int) -> Iterator[_Changed]:
    """What changed last of each kind, and what is itself new where only what is added to it floods the kind."""
    for kind, after in behind:
        most = max(limit // len(behind), 1)
        own = _distinct(kind.changed(after, seq), most + 1)
        yield _Changed(kind, own if len(own) <= most else _last_changed(kind, after, seq, most))


def _last_changed(kind: Searchable, after: int, seq: int, most: int) -> list[str]:
    """The keys of what changed in the longest time that holds no more; of one larger act as many as there may be."""
    found = keys_changed(kind, seq - 1, seq, most=most)
    back, since = 1, seq - 1
    while len(found) < most and since > after:
        back *= 2
        since = max(after, seq - back)
        longer = keys_changed(kind, since, seq, most=most + 1)
        if len(longer) > most:
            break
        found = longer
    return found


def keys_changed(kind: Searchable, after: int, upto: int, *, most: int) -> list[str]:
    """The keys of what changed of a kind after a ledger number and up to another, each once, at most so many."""
    return _distinct(searching.changed(kind, after, upto), most)


def _distinct(keys: Iterable[str], most: int) -> list[str]:
    """The first of some keys, each once; no more are asked for than that."""
    found: dict[str, None] = {}
    for key in keys:
        found[key] = None
        if len(found) >= most:
            break
    return list(found)


def count_left(*, most: int) -> int:
    """How many things are not indexed yet, as far as they are worth counting."""
    seq, found = current_seq(), 0
    for kind, after in _progress():
        if after < seq:
            found += len(keys_changed(kind, after, seq, most=most - found))
        if found >= most:
            break
    return found


def rebuild() -> None:
    """Make the index anew."""
    with transaction.atomic():
        Progress.objects.all().delete()
        Entry.objects.all().delete()
    catch_up()


def _progress() -> list[tuple[Searchable, int]]:
    """Every kind and how far it is indexed: from the beginning where its text was cut otherwise."""
    known = {(kind, recipe): seq for kind, recipe, seq in Progress.objects.values_list("kind", "recipe", "seq")}
    return [(each, known.get((each.code, recipe(each)), 0)) for each in searching.searchables()]


def _index(kind: Searchable, keys: Iterable[str], seq: int) -> None:
    """Replace the entries of some things, piece by piece, then note how far the kind has come."""
    _replace_all(kind, keys)
    Progress.objects.update_or_create(kind=kind.code, defaults={"seq": seq, "recipe": recipe(kind)})


def _replace_all(kind: Searchable, keys: Iterable[str]) -> None:
    rest = iter(dict.fromkeys(keys))
    while piece := list(islice(rest, PIECE)):
        with transaction.atomic():
            _replace(kind, piece)


def _replace(kind: Searchable, keys: Sequence[str]) -> None:
    Progress.objects.get_or_create(kind=kind.code, defaults={"seq": 0, "recipe": recipe(kind)})
    Progress.objects.select_for_update().get(kind=kind.code)  # one at a time, whoever comes second
    Entry.objects.filter(kind=kind.code, key__in=keys).delete()
    Entry.objects.bulk_create(entries_of(kind, keys))


def entries_of(kind: Searchable, keys: Sequence[str]) -> list[Entry]:
    """What the index is to say of some things now, not yet saved; what is gone is left out."""
    further = searching.added(kind, keys)
    said = [(each, " ".join(text.get(each.key, "") for text in further)) for each in kind.texts(keys)]
    return [_entry(kind, each, more) for each, more in said]


def _entry(kind: Searchable, said: Text, more: str) -> Entry:
    number = identifier(said.identifier)
    return Entry(
        kind=kind.code,
        key=said.key,
        identifier=number,
        path=said.path,
        organisation=said.organisation,
        on=said.on,
        is_finished=said.is_finished,
        names=" ".join(part for part in (cut(said.names), number, *said.initials) if part),
        text=cut(f"{said.identifier} {said.text} {more}"),
    )
