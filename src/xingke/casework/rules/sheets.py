"""A sheet in which many answered the same form: which of its rows belong to one answer, and what was typed there. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xingke.casework.rules.answers import NOTHING_SAID
from xingke.casework.rules.forms import FieldType, FormField
from xingke.casework.rules.shown_answers import AskedColumn

SEVERAL = re.compile(r"[、，,；;\n]+")


@dataclass(frozen=True)
class SheetEntry:
    """One answer of a sheet. number: its first row in the file. beside: what stands in the columns that are none of the form's. typed: as
    a page would send it. rows: for each row of a table, its row in the file."""

    number: int
    beside: Mapping[str, str]
    typed: Mapping[str, Any]
    rows: Mapping[str, Sequence[int]] = field(default_factory=dict)


def said_in(entry: SheetEntry, values: Mapping[str, Any]) -> str:
    """What an entry says once it is read: the same however it was typed, by whom, and whatever else is known today. values: as kept."""
    own = {name: values[name] for name in entry.typed if name in values}
    return json.dumps(own, ensure_ascii=False, sort_keys=True)


def header_key(text: str) -> str:
    """A header as it is compared: spaces and the width of brackets and colons say nothing."""
    return re.sub(r"\s+", "", text).translate(str.maketrans("():", "（）："))


def entries(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int],
    *,
    columns: Mapping[str, AskedColumn],
    beside: Mapping[str, str],
) -> Iterator[SheetEntry]:
    """What a sheet says, answer by answer. columns: of the form, by header; beside: names of the other columns, by header.

    A row in which nothing stands but in columns of a table goes on with the answer above it; an empty row is passed over.
    """
    places = {header_key(text): at for at, text in enumerate(header) if text.strip()}
    own = [(each, places[header_key(name)]) for name, each in columns.items() if header_key(name) in places]
    others = [(name, places[header_key(text)]) for text, name in beside.items() if header_key(text) in places]
    open_: SheetEntry | None = None
    for cells, number in zip(rows, numbers, strict=True):
        said = {name: cells[at].strip() for name, at in others}
        plain = {each.name: _typed(each.asked, cells[at]) for each, at in own if each.table is None}
        tables: dict[str, dict[str, Any]] = {}
        for each, at in own:
            if each.table is not None:
                tables.setdefault(each.table.name, {})[each.asked.name] = _typed(each.asked, cells[at])
        tables = {name: row for name, row in tables.items() if any(map(_says, row.values()))}
        if any(map(_says, [*said.values(), *plain.values()])):
            if open_ is not None:
                yield open_
            open_ = SheetEntry(number, said, plain)
        elif open_ is None and tables:
            open_ = SheetEntry(number, said, plain)
        if open_ is not None:
            open_ = _with(open_, tables, number)
    if open_ is not None:
        yield open_


def _with(entry: SheetEntry, tables: Mapping[str, Mapping[str, Any]], number: int) -> SheetEntry:
    typed = {**entry.typed, **{name: [*entry.typed.get(name, []), row] for name, row in tables.items()}}
    rows = {**entry.rows, **{name: [*entry.rows.get(name, []), number] for name in tables}}
    return SheetEntry(entry.number, entry.beside, typed, rows)


def _typed(asked: FormField, cell: str) -> Any:
    text = cell.strip()
    return [part.strip() for part in SEVERAL.split(text) if part.strip()] if asked.type is FieldType.TERMS else text


def _says(cell: Any) -> bool:
    return bool(cell) if isinstance(cell, list) else cell not in NOTHING_SAID
