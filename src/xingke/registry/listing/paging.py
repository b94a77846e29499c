"""Pages of a list: from where the last one ended, where the order has an index; else so many rows on.

Where the last page ended is said by the row's value and its id, not by how many rows lie before it: page 10,000 costs what
page 1 costs, and a row that is filed or voided meanwhile makes nobody see another twice, or never.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter, or_
from typing import Any  # rows of any table

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import CharField, F, Field, Q, QuerySet, Value

from xingke.registry.filtering import PAGE_SIZE

COUNTED = 100_000  # rows that are counted, where a list does not keep its count: beyond, "more than" is said
ANYWHERE = 10**8  # the number no page has
SORTED = 50_000  # rows that are sorted by a column without an index
WIDE = 2_000  # rows that are sorted together with what is joined to them; of more the keys are found first

Found = QuerySet[Any, Any] | Mapping[str, QuerySet[Any, Any]]


@dataclass(frozen=True)
class RowOrder:
    """How rows are sorted: by a column of the database, then by id the same way round."""

    path: str
    is_down: bool
    is_indexed: bool

    @property
    def is_by_id(self) -> bool:
        return self.path in ("pk", "id")

    def of(self, found: QuerySet[Any, Any], *, is_turned: bool = False) -> QuerySet[Any, Any]:
        """Rows in this order, or in the opposite one."""
        down = self.is_down is not is_turned
        sign = "-" if down else ""
        if self.is_by_id:
            return found.order_by(f"{sign}{self.path}")
        if self.is_indexed:
            return found.order_by(f"{sign}{self.path}", f"{sign}pk")
        value = F(self.path)  # what has none comes last, whichever way it is sorted
        return found.order_by(value.desc(nulls_last=True) if down else value.asc(nulls_last=True), f"{sign}pk")


@dataclass(frozen=True)
class ListPage:
    """A page's objects, and how to get to those beside it.

    count: how many rows there are; is_more where there are more than were counted. number: which page it is; 0 where it is
    not known. before, after: what the addresses of its neighbours say of where they begin; "" where they are numbered, or
    where there is none, see has_before and has_after.
    """

    items: list[Any]
    count: int
    number: int
    is_more: bool = False
    has_before: bool = False
    has_after: bool = False
    before: str = ""
    after: str = ""
    is_by_key: bool = False

    @property
    def pages(self) -> int:
        return max(-(-self.count // PAGE_SIZE), 1)


def count_rows(found: Found) -> tuple[int, bool]:
    """How many rows there are, and whether there are more than were counted."""
    counted = 0
    for part in _parts(found):
        counted += part.order_by()[: COUNTED + 1 - counted].count()
        if counted > COUNTED:
            return COUNTED, True
    return counted, False


def _parts(found: Found) -> Sequence[QuerySet[Any, Any]]:
    return [found] if isinstance(found, QuerySet) else list(found.values())


def in_order(found: Found, order: RowOrder, *, is_turned: bool = False) -> QuerySet[Any, Any]:
    """All rows in order: of one queryset its objects, of several (code, id, what is sorted by)."""
    if isinstance(found, QuerySet):
        return order.of(found, is_turned=is_turned)
    return _together(found, order, is_turned=is_turned)


def _together(found: Mapping[str, QuerySet[Any, Any]], order: RowOrder, *, is_turned: bool) -> QuerySet[Any, Any]:
    parts: list[QuerySet[Any, Any]] = [
        part.annotate(list_part=Value(code, output_field=CharField()))
        .order_by()
        .values_list("list_part", "id", order.path)
        for code, part in found.items()
    ]
    sign = "-" if order.is_down is not is_turned else ""
    if len(parts) == 1:
        return parts[0].order_by(f"{sign}{order.path}", f"{sign}id")
    other = "-" if is_turned else ""  # two of one day and id, of two kinds, stand the same way in either direction
    together: QuerySet[Any, Any] = parts[0].union(*parts[1:], all=True)
    return together.order_by(f"{sign}{order.path}", f"{sign}id", f"{other}list_part")


def page_of(found: Found, order: RowOrder, *, count: int, is_more: bool, asked: Mapping[str, str]) -> ListPage:
    """The page that is asked for: ``after`` or ``before`` what the last one said, else by its number; the first for
    anything that is none. asked: what stands in the address."""
    number = _number(asked.get("page", ""), ANYWHERE if is_more else max(-(-count // PAGE_SIZE), 1))
    if order.is_indexed:
        for direction in ("after", "before"):
            key = _read_key(asked.get(direction, ""), found, order)
            if key is not None:
                page = _beside(found, order, key, is_before=direction == "before", number=number, count=count)
                if page is not None:
                    return _counted(page, count, is_more)
                number = 1
    items = _from(found, order, number, count)
    if not items and number > 1:
        number, items = 1, _from(found, order, 1, count)
    page = _page(items[:PAGE_SIZE], order, found, number, has_before=number > 1, has_after=len(items) > PAGE_SIZE)
    return _counted(page, count, is_more)


def _from(found: Found, order: RowOrder, number: int, count: int) -> list[Any]:
    """The rows of a page, and the one after it."""
    return _read(found, order, (number - 1) * PAGE_SIZE, count=count)


def _read(found: Found, order: RowOrder, first: int, *, count: int, is_turned: bool = False) -> list[Any]:
    """The rows of a page from one on, and the one after it. Of many rows the keys first: to sort 10^5 keys costs a tenth of
    sorting as many rows with all that is joined to them, and an index may hold all that it takes."""
    rows, last = in_order(found, order, is_turned=is_turned), first + PAGE_SIZE + 1
    if not isinstance(found, QuerySet) or not found.query.select_related or count <= WIDE:
        return list(rows[first:last])
    keys = list(rows.values_list("pk", flat=True)[first:last])
    read = found.order_by().in_bulk(keys)
    return [read[key] for key in keys if key in read]


def _number(text: str, last: int) -> int:
    return min(max(int(text), 1), last) if text.isdecimal() and len(text) < 10 else 1


def _beside(
    found: Found, order: RowOrder, key: list[Any], *, is_before: bool, number: int, count: int
) -> ListPage | None:
    """The page after or before a row; None where there is no full one before it."""
    beyond = _beyond(found, order, key, is_before=is_before)
    items = _read(beyond, order, 0, count=count, is_turned=is_before)
    if is_before and len(items) <= PAGE_SIZE:
        return None  # the first page, which is shown whole
    if not items:
        return None
    kept = items[:PAGE_SIZE]
    if is_before:
        return _page(kept[::-1], order, found, number, has_before=True, has_after=True)
    return _page(kept, order, found, number, has_before=True, has_after=len(items) > PAGE_SIZE)


def _beyond(found: Found, order: RowOrder, key: list[Any], *, is_before: bool) -> Found:
    down = order.is_down is not is_before
    if isinstance(found, QuerySet):
        return found.filter(_past(order, key[0], key[1], is_down=down))
    code = key[2]
    return {
        each: part.filter(
            _past(order, key[0], key[1], is_down=down, is_level=each < code if is_before else each > code)
        )
        for each, part in found.items()
    }


def _past(order: RowOrder, value: Any, pk: Any, *, is_down: bool, is_level: bool = False) -> Q:
    """The filter of what comes after a row. is_level: a row of the same value and id comes after it, too."""
    sign = "lt" if is_down else "gt"
    if order.is_by_id:
        return Q(**{f"{order.path}__{sign}": value})
    same = Q(**{order.path: value, f"pk__{sign}{'e' if is_level else ''}": pk})
    # The bound alone is what an index is entered by; an alternative is not.
    return Q(**{f"{order.path}__{sign}e": value}) & (Q(**{f"{order.path}__{sign}": value}) | same)


def _page(
    items: list[Any], order: RowOrder, found: Found, number: int, *, has_before: bool, has_after: bool
) -> ListPage:
    by_key = order.is_indexed and bool(items)
    return ListPage(
        items,
        0,
        number,
        has_before=has_before,
        has_after=has_after,
        before=_key_of(items[0], order) if by_key and has_before else "",
        after=_key_of(items[-1], order) if by_key and has_after else "",
        is_by_key=order.is_indexed,
    )


def _counted(page: ListPage, count: int, is_more: bool) -> ListPage:
    return ListPage(**{**page.__dict__, "count": count, "is_more": is_more})


# ── where a page ends, as addresses say it ──


def _key_of(item: Any, order: RowOrder) -> str:
    key = (
        [item[2], item[1], item[0]]
        if isinstance(item, tuple)
        else [attrgetter(order.path.replace("__", "."))(item), item.pk]
    )
    said = json.dumps(key, ensure_ascii=False, separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _read_key(text: str, found: Found, order: RowOrder) -> list[Any] | None:
    """What ``_key_of`` wrote; None for anything else."""
    if not text or len(text) > 2_000:
        return None
    parts = _parts(found)
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(key, list) or len(key) != (2 if isinstance(found, QuerySet) else 3):
            return None
        value = _field(parts[0], order.path).to_python(key[0])
        pk = parts[0].model._meta.pk.to_python(key[1])
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, ValidationError, FieldDoesNotExist):
        return None
    if isinstance(value, str) and ("\0" in value or not value.isprintable()):
        return None
    if value is None or pk is None or not -(2**63) <= _whole(pk) < 2**63 or not -(2**63) <= _whole(value) < 2**63:
        return None
    return [value, pk, *map(str, key[2:])]


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _field(found: QuerySet[Any, Any], path: str) -> "Field[Any, Any]":
    """The column of the database at the end of a path. Raises FieldDoesNotExist."""
    model: Any = found.model
    field: Any = None
    for name in path.split("__"):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        model = field.related_model
    if field.is_relation:
        field = field.target_field
    return field  # type: ignore[no-any-return]


def only_keys(found: QuerySet[Any, Any], path: str, keys: Sequence[str]) -> QuerySet[Any, Any]:
    """The rows with some keys, as an address says them; what is no key is left out."""
    field = _field(found, path)
    known = []
    for each in keys:
        with suppress(ValueError, ValidationError, OverflowError):
            known.append(field.to_python(each))
    return found.filter(**{f"{path}__in": known})


def any_of(conditions: Sequence[Q]) -> Q:
    """Whatever one of some conditions keeps; nothing where there are none."""
    return reduce(or_, conditions) if conditions else Q(pk__in=())
