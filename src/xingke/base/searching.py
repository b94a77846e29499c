"""What can be found: base declares the list, the rooms fill it in ``AppConfig.ready()``, the search room keeps the index.

A room says which of its things changed between two ledger numbers, what text each has, where it lies and how a hit is
shown. It never says who may read it but by a permission: scope is applied in the search's own query.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xingke.base.register import Register

Changed = Callable[[int, int], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class Text:
    """What is indexed of one thing, and where it lies: its region's path and the organisation it belongs to.

    identifier: the official number people type (信用代码, 证书编号 …); names weigh more than text. is_finished: what is not
    lies before those of its own region only, never before their superiors. initials: of its name, as they are typed
    without changing to Chinese (``base.pinyin.initials``); found by their beginning, as a name is.
    """

    key: str
    names: str
    text: str = ""
    identifier: str = ""
    path: int | None = None
    organisation: int | None = None
    on: date | None = None
    is_finished: bool = True
    initials: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hit:
    """How one thing is shown; ``passage`` is a long text, of which the piece around the words is shown."""

    title: str
    line: str
    url: str
    passage: str = ""
    is_fictional: bool = False


@dataclass(frozen=True, kw_only=True)
class Searchable:
    """A kind of thing that can be found.

    changed: the keys of what changed after a ledger number and up to another, each at least once.
    texts: what is indexed of some keys now; what is gone is left out. hits: how some keys are shown now.
    is_everywhere: it lies in no region, and whoever holds the permission anywhere may find it. also: the keys of further
    things somebody may find, though these lie outside of their scope; the reader is what accounts call a user.
    """

    code: str
    label: Any  # gettext's lazy text, which has no public type of its own
    permission: str
    order: int
    changed: Changed
    texts: Callable[[Sequence[str]], Iterable[Text]]
    hits: Callable[[Sequence[str]], Mapping[str, Hit]]
    is_everywhere: bool = False
    also: Callable[[Any], Iterable[str]] | None = None
    recipe: int = 0  # raised when its texts say more than before: what is indexed of it is then made anew


def of_rows(
    rows: Callable[[], Any], *, text: Callable[[Any], Text], hit: Callable[[Any], Hit], **told: Any
) -> Searchable:
    """A kind whose things are entered once and never called otherwise: rows of one table with a ``key`` and the number of their act,
    ``seq``. rows: all of them, with what text and hit ask of one; told: the rest of what a ``Searchable`` says."""

    def changed(after: int, upto: int) -> Iterator[str]:
        found = rows().filter(seq__gt=after, seq__lte=upto).order_by()
        return (str(key) for key in found.values_list("key", flat=True).iterator())

    def known(keys: Sequence[str]) -> Iterable[Any]:
        found: Iterable[Any] = rows().filter(key__in=keys)
        return found

    return Searchable(
        changed=changed,
        texts=lambda keys: [text(each) for each in known(keys)],
        hits=lambda keys: {str(each.key): hit(each) for each in known(keys)},
        **told,
    )


@dataclass(frozen=True, kw_only=True)
class Further:
    """What a higher room adds to the text of another's things: a firm is found by the titles it holds.

    changed: the keys of things of which it says otherwise now. texts: what it adds, by key.
    """

    code: str
    to: str
    changed: Changed
    texts: Callable[[Sequence[str]], Mapping[str, str]]


SEARCHABLES: Register[Searchable] = Register("kind of things to find")
FURTHER: Register[Further] = Register("addition to what is found")


def searchables() -> tuple[Searchable, ...]:
    """Every kind, in the order hits are shown."""
    return tuple(sorted(SEARCHABLES, key=lambda each: (each.order, each.code)))


def changed(kind: Searchable, after: int, upto: int) -> Iterator[str]:
    """The keys of what changed of a kind after a number and up to another, whoever says so, each at least once."""
    yield from kind.changed(after, upto)
    if after:  # at the beginning that is everything
        for each in (each for each in FURTHER if each.to == kind.code):
            yield from each.changed(after, upto)


def added(kind: Searchable, keys: Sequence[str]) -> list[Mapping[str, str]]:
    """What other rooms add to the texts of some keys."""
    return [each.texts(keys) for each in FURTHER if each.to == kind.code]


def permissions() -> frozenset[str]:
    """The permissions with which something can be found."""
    return frozenset(each.permission for each in SEARCHABLES)
