"""What a declaration of a list may say, without a database."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from xingke.registry.listing.rules import (
    BulkAct,
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    ListColumn,
    SearchFilter,
    check_list,
    day_or_none,
    shown_columns,
)


class _Permission(StrEnum):
    READ = "read"


def column(code: str, **more: Any) -> ListColumn:
    return ListColumn(code=code, label=code, cell=str, **more)


def declared(*columns: ListColumn, **more: Any) -> DeclaredList:
    known = columns or (column("name", sort="name", is_indexed=True),)
    fine: dict[str, Any] = {
        "code": "things",
        "title": "Things",
        "url_name": "room:thing-list",
        "permission": _Permission.READ,
        "rows": lambda asked: [],
        "columns": known,
        "order": "name",
        "empty": lambda asked: EmptyList(title="None"),
    }
    return DeclaredList(**{**fine, **more})


NAME = column("name", sort="name", is_indexed=True)
ACT = BulkAct(code="go", label="Go", url_name="room:go", permission=_Permission.READ)
WRONG = [
    ("a column twice", declared(NAME, NAME), "column 'name' is there twice"),
    ("no such order", declared(NAME, order="-day"), "order: no column 'day'"),
    ("an order that is none", declared(column("name")), "order: column 'name' cannot be sorted by"),
    ("an index of nothing", declared(NAME, column("x", is_indexed=True)), "column 'x' is indexed, but not sorted by"),
    ("a sum of words", declared(NAME, column("x", total="x")), "column 'x' is summed, but no number"),
    ("a scale of none", declared(NAME, column("x", scale=0)), "column 'x': scale 0"),
    ("a code with a space", declared(NAME, column("a b")), "column 'a b': a code is letters, digits and dashes"),
    ("ticks without keys", declared(acts=(ACT,)), "rows are ticked, but have no key"),
    ("a filter called page", declared(filters=(SearchFilter(name="page", label=""),)), "filter 'page': the name is"),
    (
        "two filters of one name",
        declared(filters=(DayFilter(name="on", label=""), SearchFilter(name="on_to", label=""))),
        "filter 'on_to' is there twice",
    ),
    (
        "nothing shown",
        declared(column("name", sort="name", is_indexed=True, is_optional=True)),
        "every column is optional: nothing is shown",
    ),
]


@pytest.mark.parametrize("story, listed, said", WRONG, ids=[story for story, *_rest in WRONG])
def test_what_is_wrong_is_said_in_a_sentence(story: str, listed: DeclaredList, said: str) -> None:
    (found,) = check_list(listed)

    assert found.startswith(said)


def test_a_good_one_has_nothing_wrong() -> None:
    choice = ChoiceFilter(name="kind", label="", options=lambda asked: [])
    good = declared(NAME, column("sum", is_numeric=True, total="sum"), filters=(choice,), acts=(ACT,), key=str)

    assert list(check_list(good)) == []
    assert list(check_list(replace(good, order=lambda asked: "whatever it says then"))) == []


def test_columns_are_shown_in_the_order_chosen_and_the_usual_ones_where_nothing_known_is() -> None:
    name, day, more = NAME, column("day"), column("more", is_optional=True)

    assert shown_columns([name, day, more], []) == [name, day]
    assert shown_columns([name, day, more], ["more", "name", "more", "gone"]) == [more, name]
    assert shown_columns([name, day, more], ["gone", ""]) == [name, day]


@pytest.mark.parametrize("text", ["", "2026-02-30", "20260101", "2026-1-1", "2026-01-01T00", "昨天"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert day_or_none(text) is None


def test_a_day_is_read_as_browsers_write_it() -> None:
    assert day_or_none("2026-11-30") == date(2026, 11, 30)
