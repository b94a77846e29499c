"""A declared list and a request become a page, or a file of exactly what the page shows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from itertools import islice
from typing import Any  # rows of any room, attributes of components
from urllib.parse import parse_qsl, urlsplit

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from xingke.base.templatetags.xk import number
from xingke.press.exports import About, file_addresses, table_response
from xingke.registry import queries
from xingke.registry.listing.asking import TAKE_BACK, ListRequest, all_columns, ask, kept_query
from xingke.registry.listing.cells import cell_words, row_writer
from xingke.registry.listing.paging import (
    SORTED,
    Found,
    ListPage,
    RowOrder,
    count_rows,
    in_order,
    only_keys,
    page_of,
)
from xingke.registry.listing.rules import BulkAct, DeclaredList, FileColumn, ListColumn, shown_columns
from xingke.registry.queries import saved_views

CHUNK = 500  # rows of a file that are loaded at once
CARRIED = ("sort", "columns")  # what stays when the choices are others
KEPT = "lists"  # in the session: what somebody last chose in each list, as its address


def list_response(
    request: HttpRequest,
    listed: DeclaredList,
    *,
    template: str = "registry/list.html",
    context: Callable[[ListRequest], Mapping[str, Any]] | None = None,
    asked: ListRequest | None = None,
    ticked: Sequence[str] | None = None,
) -> HttpResponse:
    """The page of a list, or the file of it that is asked for; 404 for whoever may see nothing of the kind.

    template: extends ``registry/list.html``, where a room says more. context: what it is given besides; asked for after the
    rows were loaded. asked: where the view has looked at it already. ticked: the rows that were ticked, of which alone the file is.
    """
    asked = asked or ask(listed, request)
    if (way := _remembered(request, asked)) is not None:
        return way
    found = _narrowed(asked) if ticked is None else only_ticked(_narrowed(asked), listed, ticked)
    kept = saved_views.kept_of(asked.reader, listed.code)
    chosen = (request.GET.get("columns", "") or kept.columns).split(",")
    count, is_more = (listed.count(asked), False) if listed.count else count_rows(found)
    order = _order(asked, is_large=is_more or count > SORTED)
    if asked.is_file:
        return _file(asked, shown_columns(all_columns(asked), chosen), _order_of(order, listed), found)
    page = page_of(found, _order_of(order, listed), count=count, is_more=is_more, asked=request.GET)
    rows = list(listed.load(asked, page.items))
    ticks = _ticks(listed, page.items, rows)
    columns = all_columns(asked)
    shown = shown_columns(columns, chosen)
    answer = {
        "asked": asked,
        "title": str(listed.title),
        "lead": str(listed.lead),
        "rows": rows,
        "count": page.count,
        "filters": asked.fields,
        "is_fictional": any(listed.is_fictional(row) for row in rows) if listed.is_fictional else False,
        "list": _attributes(asked, page, rows, ticks, found, columns, shown, order, kept),
    }
    if context is not None:
        answer |= context(asked)
    return render(request, template, answer)


# ── what was asked last time ──


def _remembered(request: HttpRequest, asked: ListRequest) -> HttpResponse | None:
    """Where to go instead: to what was chosen in this list before, where nothing is asked; on from taking it all back.

    Kept is what somebody chose on the list itself: a link to it from elsewhere is asked once.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    code, kept = asked.listed.code, request.session.get(KEPT, {})
    if "clear" in request.GET:
        if code in kept:
            request.session[KEPT] = {name: said for name, said in kept.items() if name != code}
        return redirect(request.path)
    if not request.GET:
        return redirect(f"{request.path}{kept[code]}") if code in kept else None
    if _comes_from_itself(request) and "format" not in request.GET:
        said = "" if (address := asked.address()) == TAKE_BACK else address
        if said != kept.get(code, ""):
            others = {name: each for name, each in kept.items() if name != code}
            request.session[KEPT] = {**others, code: said} if said else others
    return None


def _comes_from_itself(request: HttpRequest) -> bool:
    """Whether a list was left for itself: another site may name a page of the same path."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return False
    return (came_from.netloc, came_from.path) == (request.get_host(), request.path)


def _narrowed(asked: ListRequest) -> Found:
    found: Any = asked.listed.rows(asked)
    if isinstance(found, QuerySet):
        return found.filter(asked.narrow) if asked.narrow else found
    return {code: part.filter(asked.narrow) if asked.narrow else part for code, part in found.items()}


def only_ticked(found: Found, listed: DeclaredList, ticked: Sequence[str]) -> Found:
    """The ticked rows, of those a list shows anyway."""
    if isinstance(found, QuerySet):
        return only_keys(found, listed.key_path, ticked)
    parts: dict[str, list[str]] = {code: [] for code in found}
    for each in ticked:
        code, _colon, key = each.partition(":")
        parts.get(code, []).append(key)
    return {code: only_keys(part, listed.key_path, parts[code]) for code, part in found.items()}


# ── order ──


def _order(asked: ListRequest, *, is_large: bool) -> str:
    """The column a list is sorted by, with ``-`` where it is turned round: as asked, where that can be."""
    wanted = asked.request.GET.get("sort", "")
    known = {column.code: column for column in asked.listed.columns}
    column = known.get(wanted.removeprefix("-"))
    if column is not None and column.sort and (column.is_indexed or not is_large):
        return wanted
    usual = asked.listed.order
    return usual if isinstance(usual, str) else usual(asked)


def _order_of(order: str, listed: DeclaredList) -> RowOrder:
    column = next(each for each in listed.columns if each.code == order.removeprefix("-"))
    return RowOrder(column.sort, order.startswith("-"), column.is_indexed)


# ── a file ──


def _file(asked: ListRequest, shown: Sequence[ListColumn], order: RowOrder, found: Found) -> HttpResponse:
    listed = asked.listed
    told = [each for column in shown for each in _in_file(column)]
    if listed.is_fictional:
        is_fictional = listed.is_fictional
        told.append(FileColumn(label=_("虚构"), value=lambda row: _("是") if is_fictional(row) else ""))
    lines = ([each.value(row) for each in told] for row in _all_rows(asked, in_order(found, order)))
    about = About(fields=asked.fields, notes=listed.notes(asked) if listed.notes else ())
    return table_response(
        asked.request, str(listed.file_name or listed.title), [str(each.label) for each in told], lines, about
    )


def _in_file(column: ListColumn) -> Sequence[FileColumn]:
    if not column.is_filed:
        return ()
    cell = column.cell
    return column.file or (FileColumn(label=column.label, value=lambda row: cell_words(cell(row))),)


def _all_rows(asked: ListRequest, found: QuerySet[Any, Any]) -> Iterator[Any]:
    """Every row, some hundreds at a time."""
    objects = found.iterator(chunk_size=CHUNK)
    while part := list(islice(objects, CHUNK)):
        yield from asked.listed.load(asked, part)


# ── the page ──


def _attributes(
    asked: ListRequest,
    page: ListPage,
    rows: Sequence[Any],
    ticks: Sequence[str],
    found: Found,
    columns: Sequence[ListColumn],
    shown: Sequence[ListColumn],
    order: str,
    kept: "saved_views.KeptViews",
) -> dict[str, Any]:
    """What the component of a list takes."""
    listed, request = asked.listed, asked.request
    is_large = page.is_more or page.count > SORTED
    acts = _acts(asked, page.count) if rows else []
    totals = _totals(asked, found, shown) if rows else []
    summed = next((column for column in shown if column.amount), None)
    codes = [column.code for column in shown]
    usual = [column.code for column in shown_columns(columns, ())]
    return {
        "id": listed.code,
        "is_bare": not rows and not asked.chosen,
        "caption": str(listed.caption or listed.title),
        "columns": [_head(column, order, is_large=is_large) for column in shown],
        "body": _body(asked, shown, rows, summed, ticks),
        "count": page.count,
        "count_text": _("超过 %(n)s 条") % {"n": number(page.count)} if page.is_more else "",
        "total_text": "\N{EM SPACE}".join(totals),
        "filters": asked.leading_fields,
        "further": asked.further_fields,
        "is_further_chosen": any(field["value"] for field in asked.further_fields),
        "carried": [{"name": name, "value": said} for name in CARRIED if (said := request.GET.get(name, ""))],
        "chips": asked.chips,
        "clear_url": TAKE_BACK,
        "export": file_addresses(request),
        "pages": _pages(request, page),
        "acts": acts,
        "hidden": {name: value for each in acts for name, value in each["hidden"].items()},
        "sum_scale": summed.scale if summed else 0,
        "sum_unit": str(summed.unit) if summed else "",
        "empty": _empty(asked),
        "views": _views(asked, kept),
        "own_views": _own_views(asked, kept),
        "bureaus": [{"code": each.code, "name": each.name} for each in queries.bureaus_of(asked.reader)],
        "save_url": reverse("registry:view-save", args=[listed.code]),
        "columns_url": reverse("registry:list-columns", args=[listed.code]),
        "all_columns": _choosable(columns, shown),
        "query": asked.address(columns=""),
        "view_query": asked.address(columns="" if codes == usual else ",".join(codes)),
    }


def _head(column: ListColumn, order: str, *, is_large: bool) -> dict[str, Any]:
    head: dict[str, Any] = {
        "label": str(column.label),
        "numeric": column.is_numeric,
        "class": " ".join(
            name
            for name, holds in (("nowrap", column.is_whole), ("told", column.is_told), ("wide", column.is_wide))
            if holds
        ),
        "note": str(column.note),
    }
    if column.sort and (column.is_indexed or not is_large):
        head["key"] = column.code
        if column.code == order.removeprefix("-"):
            head["sort"] = "desc" if order.startswith("-") else "asc"
    elif column.sort:
        head["why"] = _("超过 %(n)s 条，不能按这一列排序；请先用条件缩小范围。") % {"n": number(SORTED)}
    return head


def _body(
    asked: ListRequest,
    shown: Sequence[ListColumn],
    rows: Sequence[Any],
    summed: ListColumn | None,
    ticks: Sequence[str],
) -> SafeString:
    listed, first, css = asked.listed, asked.listed.columns[0], asked.listed.row_class
    cells, said = row_writer(shown, first), []
    for row, key in zip(rows, ticks, strict=True):
        opened = f'<tr class="{escape(name)}">' if css and (name := css(row)) else "<tr>"
        named = first.cell(row)
        said.append(f"{opened}{_tick(listed, row, key, named, summed)}{cells(row, named)}</tr>")
    return mark_safe("\n".join(said))


def _ticks(listed: DeclaredList, items: Sequence[Any], rows: Sequence[Any]) -> list[str]:
    """What the tick of each row says: its key, else its id, of several tables shown as one with the code of its table."""
    if listed.key is not None:
        return [listed.key(row) for row in rows]
    return [f"{item[0]}:{item[1]}" if isinstance(item, tuple) else str(item.pk) for item in items]


def _tick(listed: DeclaredList, row: Any, key: str, named: Any, summed: ListColumn | None) -> str:
    """The cell of a row that ticks it, with the amount that is summed up while somebody ticks. named: what its first cell says."""
    amount = summed.amount(row) if summed is not None and summed.amount else None
    words = listed.row_words(row) if listed.row_words else strip_tags(str(cell_words(named) or ""))
    counted = "" if amount is None else f' data-amount="{escape(str(amount))}"'
    return (
        f'<td class="pick"><input type="checkbox" name="row" value="{escape(key)}" form="{listed.code}-bulk" '
        f'aria-label="{escape(str(words))}"{counted}></td>'
    )


def _acts(asked: ListRequest, count: int) -> list[dict[str, Any]]:
    """The bulk acts the reader may do now; the file of the ticked rows is one of every list."""
    filed: dict[str, Any] = {"code": "export", "label": _("导出所选"), "icon": "download", "every": ""}
    filed |= {"url": reverse("registry:list-export", args=[asked.listed.code]), "hidden": {"list-query": _filed(asked)}}
    return [
        *(
            {
                "code": each.code,
                "label": str(each.label),
                "icon": each.icon,
                "url": reverse(each.url_name),
                "hidden": hidden,
                "every": each.every(count) if each.every else "",
            }
            for each in asked.listed.acts
            if (hidden := _hidden(asked, each)) is not None
        ),
        filed,
    ]


def _filed(asked: ListRequest) -> str:
    """What a file of the ticked rows is asked with: the same choices, order and columns."""
    address = asked.address()
    return "" if address == TAKE_BACK else address


def _hidden(asked: ListRequest, each: BulkAct) -> dict[str, str] | None:
    return each.hidden(asked) if queries.has(asked.reader, each.permission) else None


def _totals(asked: ListRequest, found: Found, shown: Sequence[ListColumn]) -> list[str]:
    """The sums of what is shown over every row of the list; one query, where the list does not keep them."""
    summed = [column for column in shown if column.total]
    if not summed:
        return []
    if asked.listed.totals is not None:
        sums = asked.listed.totals(asked, found, summed)
    elif isinstance(found, QuerySet):
        sums = found.order_by().aggregate(**{_name(column): Sum(column.total) for column in summed})
        sums = {column.code: sums[_name(column)] for column in summed}
    else:
        return []  # sums of different kinds of things add up to nothing
    return [
        _("%(what)s合计 %(sum)s") % {"what": str(column.sum_label or column.label), "sum": amount_words(column, total)}
        for column in summed
        if (total := sums.get(column.code)) is not None
    ]


def _name(column: ListColumn) -> str:
    return f"sum_of_{column.code.replace('-', '_')}"


def amount_words(column: ListColumn, total: int) -> str:
    """An exact sum in words: 8,421.5 万元."""
    said = number(Decimal(total) / column.scale)
    return f"{said} {column.unit}" if str(column.unit) else said


def _pages(request: HttpRequest, page: ListPage) -> dict[str, Any] | None:
    """The way to other pages; None where there is but one."""
    if not (page.has_before or page.has_after):
        return None
    last = page.pages
    return {
        "number": page.number,
        "last": 0 if page.is_more else last,
        "first_url": _elsewhere(request) if page.has_before else "",
        "before_url": _step(request, page, -1) if page.has_before else "",
        "after_url": _step(request, page, +1) if page.has_after else "",
        "numbers": _numbers(request, page) if last <= NUMBERED and not page.is_more else [],
        "rows": len(page.items),
    }


NUMBERED = 40  # pages that are led to by their numbers; further on every page leads to the next


def _step(request: HttpRequest, page: ListPage, by: int) -> str:
    where = {"after": page.after} if by > 0 else {"before": page.before}
    if not page.is_by_key:
        return _elsewhere(request, page=str(page.number + by))
    return _elsewhere(request, page=str(max(page.number + by, 1)), **where)


def _numbers(request: HttpRequest, page: ListPage) -> list[dict[str, Any]]:
    last = page.pages
    near = {1, last, *range(max(page.number - 2, 1), min(page.number + 2, last) + 1)}
    found: list[dict[str, Any]] = []
    for number_ in sorted(near):
        if found and number_ > found[-1]["number"] + 1:
            found.append({"number": 0})
        found.append(
            {
                "number": number_,
                "url": _elsewhere(request, page=str(number_)),
                "is_current": number_ == page.number,
            }
        )
    return found


def _elsewhere(request: HttpRequest, **where: str) -> str:
    """The address of another page of the same list."""
    query = request.GET.copy()
    for name in ("page", "after", "before"):
        query.pop(name, None)
    for name, value in where.items():
        query[name] = value
    return f"?{query.urlencode()}" if query else "?page=1"


def _empty(asked: ListRequest) -> dict[str, str]:
    """What is said where there are no rows: loosen the choices if there are any, else why there is nothing."""
    if asked.problem or asked.chosen:
        return {"text": asked.problem or _("请放宽条件，或检查写法。"), "url": TAKE_BACK}
    empty = asked.listed.empty(asked)
    url, action = empty.begin or ("", "")
    return {"title": str(empty.title), "text": str(empty.text), "url": url, "action": action}


def _choosable(columns: Sequence[ListColumn], shown: Sequence[ListColumn]) -> list[dict[str, Any]]:
    """The columns there are, the shown ones first."""
    order = [*shown, *(column for column in columns if column not in shown)]
    return [{"code": each.code, "label": str(each.label), "is_shown": each in shown} for each in order]


def _views(asked: ListRequest, kept: "saved_views.KeptViews") -> list[dict[str, Any]]:
    """The views above the list, those of the reader first, and which of them is looked at."""
    now = _without_columns(asked.address())
    addresses = [(each, kept_query(asked.listed, each.query) or TAKE_BACK) for each in kept.views]
    return [
        {
            "name": each.name,
            "url": address,
            "is_current": _without_columns(address) == now,
            "is_shared": each.region_id is not None,
        }
        for each, address in addresses
    ]


def _without_columns(address: str) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in parse_qsl(address.removeprefix("?")) if name != "columns")


def _own_views(asked: ListRequest, kept: "saved_views.KeptViews") -> list[dict[str, Any]]:
    """The reader's own views, to be called otherwise, shared or let go."""
    bureaus = {each.pk: each.code for each in queries.bureaus_of(asked.reader)}
    return [
        {
            "pk": each.pk,
            "name": each.name,
            "region": bureaus.get(each.region_id or 0, ""),
            "rename_url": reverse("registry:view-rename", args=[each.pk]),
            "delete_url": reverse("registry:view-delete", args=[each.pk]),
        }
        for each in kept.views
        if each.owner_id == asked.reader.pk
    ]
