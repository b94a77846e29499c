"""What a list is, said once: its columns, filters, order and bulk acts. Knows no Django.

What is sorted, narrowed and summed by stands here as the name of a column of the database (``region__path``). Words are
anything whose ``str()`` says them in the reader's language.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any  # rows are those of any room; what is asked is a ListRequest, which knows Django

Words = object


@dataclass(frozen=True, slots=True)
class ListedCell:
    """What a page shows in a cell beyond a bare text, number or day.

    url: where the text leads. sub: a second, smaller line. state: a code of ``state_tag``; the text are its words. hint:
    said when pointed at; the text is cut where it is long.
    """

    text: Any = ""
    url: str = ""
    sub: Any = ""
    state: str = ""
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class FileColumn:
    """A column of the file: what a column of the page says in one cell stands in a file each by itself."""

    label: Words
    value: Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    """A column: how it is shown, filed, sorted and summed.

    cell: of a row, a plain value or a ``ListedCell``; nothing is shown as a dash. file: its columns of the file; without,
    one of the same head with the text of the cell. sort: the column of the database, never empty where is_indexed: then a
    list of any size is sorted and paged by it. is_optional: shown to whoever chose it. total: the column of the database
    that is summed, an integer; amount: the same of a row; scale, unit: 100 and 元 where it is kept in 分.
    """

    code: str
    label: Words
    cell: Callable[[Any], Any]
    file: tuple[FileColumn, ...] = ()
    sort: str = ""
    is_indexed: bool = False
    is_optional: bool = False
    is_numeric: bool = False
    is_wide: bool = False  # takes a line of its own on a phone
    is_whole: bool = False  # never broken
    is_told: bool = False  # its head is repeated beside it on a phone
    is_filed: bool = True  # stands in the file too; buttons do not
    note: Words = ""
    total: str = ""
    amount: Callable[[Any], int | None] | None = None
    sum_label: Words = ""  # where the head says more than what is summed
    scale: int = 1
    unit: Words = ""


@dataclass(frozen=True, kw_only=True)
class SearchFilter:
    """Something typed. narrow: what it keeps; without, the list's ``rows`` sees to it. is_month: a month is picked."""

    name: str = "q"
    label: Words
    placeholder: Words = ""
    narrow: Callable[[str], Any] | None = None
    is_month: bool = False


@dataclass(frozen=True, kw_only=True)
class ChoiceFilter:
    """One of some codes. options: of what is asked, the codes and their words. everything: the words for no choice, where they are not 全部. today:
    what a code is called now that was called otherwise once."""

    name: str
    label: Words
    options: Callable[[Any], Sequence[tuple[str, str]]]
    narrow: Callable[[str], Any] | None = None
    everything: Callable[[], str] | None = None
    today: Callable[[str], str] = str


@dataclass(frozen=True, kw_only=True)
class RegionFilter:
    """A region of the reader's and what lies below it. path: what leads from a row to its region; "" by ``rows`` alone."""

    name: str = "region"
    path: str = "region"


@dataclass(frozen=True, kw_only=True)
class DayFilter:
    """Days from one to another, both included: ``NAME_from`` and ``NAME_to``. path: the day, or a moment's ``…__date``."""

    name: str
    label: Words
    path: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """Its two names in an address."""
        return f"{self.name}_from", f"{self.name}_to"


@dataclass(frozen=True, kw_only=True)
class OwnFilter:
    """What is the reader's own. path: the account of a row. label: 我登记的, 我办的."""

    name: str = "mine"
    label: Words
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class SectionFilter:
    """What is of the reader's sections 科室. path: the section of a row; region: what leads to its region."""

    name: str = "section"
    label: Words
    path: str = "section"
    region: str = "region"


ListFilter = SearchFilter | ChoiceFilter | RegionFilter | DayFilter | OwnFilter | SectionFilter


@dataclass(frozen=True, kw_only=True)
class BulkAct:
    """What may be done to the rows that are ticked: their ``key`` is posted as ``row`` to an address.

    hidden: what is posted along, of what is asked; None where it is not offered now. every: its words for all rows of the
    list, posted as ``all=1``.
    """

    code: str
    label: Words
    url_name: str
    permission: StrEnum
    icon: str = "checks"
    hidden: Callable[[Any], dict[str, str] | None] = lambda asked: {}
    every: Callable[[int], str] | None = None


@dataclass(frozen=True, kw_only=True)
class EmptyList:
    """What a list says that has nothing in it. begin: where the reader may make a beginning: address and words."""

    title: Words
    text: Words = ""
    begin: tuple[str, str] | None = None


def _as_loaded(asked: Any, items: Sequence[Any]) -> Sequence[Any]:
    return items


@dataclass(frozen=True, kw_only=True)
class DeclaredList:
    """A list. See the package for how it becomes a page and a file.

    rows: of what is asked, the queryset with the reader's scope, or several by a code each, which are shown as one list.
    load: of what is asked, and of a page's objects (or (code, id, what is sorted by)), the rows that the cells are given;
    in the same order, one each. count, totals: where they are kept or cheaper than counted. further: columns that depend on what is
    asked, not sorted by; asked for after ``load``, for a file before it. order: the column it is sorted by unless asked otherwise; ``-`` turns it round.
    """

    code: str
    title: Words
    url_name: str
    permission: StrEnum
    rows: Callable[[Any], Any]
    columns: tuple[ListColumn, ...]
    order: str | Callable[[Any], str]
    empty: Callable[[Any], EmptyList]
    caption: Words = ""  # what the table lists
    file_name: Words = ""
    lead: Words = ""
    filters: tuple[ListFilter, ...] = ()
    leading: int = 6  # filters that are seen at once; the others are folded away until one of them is chosen
    load: Callable[[Any, Sequence[Any]], Sequence[Any]] = _as_loaded
    count: Callable[[Any], int] | None = None
    totals: Callable[[Any, Any, Sequence[ListColumn]], dict[str, int | None]] | None = None
    further: Callable[[Any], Sequence[ListColumn]] | None = None
    acts: tuple[BulkAct, ...] = ()
    or_permissions: tuple[StrEnum, ...] = ()  # whoever has one of these may see it as well
    of_bureau: bool = False  # only whoever has it in a bureau of their own: superiors, firms and experts do not
    key: Callable[[Any], str] | None = (
        None  # what a tick says of a row; of several shown as one behind ``CODE:``; its id where not said
    )
    key_path: str = "pk"  # the column of the database that holds it
    row_words: Callable[[Any], str] | None = None  # what a row's tick is called; as its first cell where not said
    row_class: Callable[[Any], str] | None = None
    is_fictional: Callable[[Any], bool] | None = None
    notes: Callable[[Any], Sequence[tuple[str, str]]] | None = None  # on the second sheet of the file


RESERVED = {"sort", "page", "after", "before", "columns", "format", "clear", "row"}
"""Names in an address that no filter may have."""


def check_list(listed: DeclaredList) -> Iterator[str]:
    """What is wrong with a declaration, one sentence each."""
    for what, codes in (
        ("column", [each.code for each in listed.columns]),
        ("act", [each.code for each in listed.acts]),
        ("filter", _names(listed)),
    ):
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield f"{what} {code!r} is there twice"
    for name in sorted(RESERVED & {*_names(listed)}):
        yield f"filter {name!r}: the name is taken by the list itself"
    if isinstance(listed.order, str):
        yield from _check_order(listed, listed.order)
    for column in listed.columns:
        yield from _check_column(column)
    if listed.columns and all(column.is_optional for column in listed.columns):
        yield "every column is optional: nothing is shown"
    if listed.acts and listed.key is None:
        yield "rows are ticked, but have no key"


def _names(listed: DeclaredList) -> list[str]:
    return [name for each in listed.filters for name in (each.names if isinstance(each, DayFilter) else (each.name,))]


def _check_order(listed: DeclaredList, order: str) -> Iterator[str]:
    known = {column.code: column for column in listed.columns}
    column = known.get(order.removeprefix("-"))
    if column is None:
        yield f"order: no column {order.removeprefix('-')!r}"
    elif not column.sort:
        yield f"order: column {column.code!r} cannot be sorted by"


def _check_column(column: ListColumn) -> Iterator[str]:
    if not column.code.replace("-", "_").isidentifier():
        yield f"column {column.code!r}: a code is letters, digits and dashes"
    if column.is_indexed and not column.sort:
        yield f"column {column.code!r} is indexed, but not sorted by"
    if column.total and not column.is_numeric:
        yield f"column {column.code!r} is summed, but no number"
    if column.scale < 1:
        yield f"column {column.code!r}: scale {column.scale}"


# ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────


EVERY = "every"
"""In place of columns that were chosen: all of them."""


def shown_columns(columns: Sequence[ListColumn], chosen: Sequence[str]) -> list[ListColumn]:
    """The columns in the order they were chosen in, ``EVERY`` for all there are; those shown to everybody where nothing known was chosen."""
    if EVERY in chosen:
        return list(columns)
    known = {column.code: column for column in columns}
    found = [known[code] for code in dict.fromkeys(chosen) if code in known]
    return found or [column for column in columns if not column.is_optional]


def day_or_none(text: str) -> date | None:
    """A day as a browser writes it; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
