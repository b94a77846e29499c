"""Lists, declared once: what a list says of itself becomes its page, its file and its print.

A room writes one ``DeclaredList`` in its ``lists.py`` and announces it in ``apps.py`` (``LISTS.add(lists.ORGANISATIONS)``);
its view is one line::

    @require_safe
    def organisation_list(request: HttpRequest) -> HttpResponse:
        return list_response(request, lists.ORGANISATIONS)

and, where its page says more than a heading, a template that extends ``registry/list.html`` (blocks ``actions``, ``above``,
``notes``) with ``list_response(…, template=…, context=…)``. From the declaration follow: filters and their chips, the count,
sums, sorting, pages, the columns somebody chose, saved views, bulk acts, .xlsx, CSV and print, of the ticked rows too, keys, and
what is said where there is nothing. The queries of a page do not grow with its rows.

The declaration (``rules``): ``DeclaredList`` of ``ListColumn`` (with ``FileColumn`` where a file says more), ``SearchFilter``,
``ChoiceFilter``, ``RegionFilter``, ``DayFilter``, ``OwnFilter``, ``SectionFilter``, ``BulkAct``, ``EmptyList``; a cell is a
plain value or a ``ListedCell``. Its functions are given a ``ListRequest``: ``asked.reader``, ``asked.allowed`` (their scope),
``asked["name of a filter"]``, ``asked.region``.

- ``rows(asked)`` gives the queryset *with the reader's scope*; filters that have a ``path`` or ``narrow`` are laid on it.
- ``of_bureau`` where it is a bureau's own: then ``permission`` counts only where the reader is one of the bureau.
- ``load(asked, objects)`` makes of a page's objects what cells are given: here what a page needs is read, once for all rows.
- A column sorts a list of any size where ``is_indexed``: its column of the database has an index and is never empty
  (``tests/test_lists.py`` looks). Any other sorts at most ``paging.SORTED`` rows; beyond, its head is grey and says why.
"""

from xingke.base.register import Register
from xingke.registry.listing.answering import list_response
from xingke.registry.listing.asking import (
    ListRequest,
    ask,
    filter_names,
    kept_query,
    month_of,
    require_list,
    typed_values,
    where_listed,
)
from xingke.registry.listing.rules import (
    BulkAct,
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    OwnFilter,
    RegionFilter,
    SearchFilter,
    SectionFilter,
    check_list,
    day_or_none,
)

LISTS: Register[DeclaredList] = Register("list")

__all__ = [
    "LISTS",
    "BulkAct",
    "ChoiceFilter",
    "DayFilter",
    "DeclaredList",
    "EmptyList",
    "FileColumn",
    "ListColumn",
    "ListRequest",
    "ListedCell",
    "OwnFilter",
    "RegionFilter",
    "SearchFilter",
    "SectionFilter",
    "ask",
    "check_list",
    "day_or_none",
    "filter_names",
    "kept_query",
    "list_response",
    "month_of",
    "require_list",
    "typed_values",
    "where_listed",
]
