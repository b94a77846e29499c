"""What the child does with a file: by its kind to a reader, of the reader's rows a table. Runs only there."""

from collections.abc import Iterator, Mapping
from typing import Any

from xingke.press import markup, old_books, workbooks
from xingke.press.cells import Note, Remark
from xingke.press.choosing import OpenedSheet
from xingke.press.delimited import read_rows
from xingke.press.headers import HeaderWords
from xingke.press.limits import Limits
from xingke.press.packages import Unreadable
from xingke.press.sniffing import ENCODING_NAMES, FileKind, Sniffed, disguise, no_table, sniff
from xingke.press.tables import FoundTable


def read(data: bytes, request: Mapping[str, Any], limits: Limits) -> Iterator[dict[str, Any]]:
    """Head, rows and notes of a file as messages."""
    sniffed = sniff(data)
    words = HeaderWords.of(request["words"])
    opened = _opened(data, sniffed, request["sheet"], words, limits)
    table = FoundTable(opened.rows, opened.merged, limits, words=words, is_csv=sniffed.kind is FileKind.CSV)
    said = disguise(sniffed, request["name"])
    yield {
        "head": {
            "kind": sniffed.kind,
            "encoding": ENCODING_NAMES.get(sniffed.encoding, ""),
            "sheet_name": opened.name,
            "header": table.header,
            "header_row": table.header_row,
            "above": table.above,
        }
    }
    yield from table.messages([*([Note(Remark.KIND, 1, 0, said)] if said else []), *opened.notes])


def _opened(data: bytes, sniffed: Sniffed, wanted: str, words: HeaderWords, limits: Limits) -> OpenedSheet:
    """The sheet to read. Raises Unreadable for a file that is none or holds none."""
    if refusal := no_table(sniffed):
        raise Unreadable(refusal)
    if sniffed.kind is FileKind.CSV:
        return OpenedSheet("", read_rows(data, sniffed.encoding))
    if sniffed.kind is FileKind.XLS:
        return old_books.open_sheet(data, wanted, words, limits)
    if sniffed.kind is FileKind.HTML:
        return markup.open_page(data, sniffed.encoding, wanted, words, limits)
    if sniffed.kind is FileKind.XML:
        return markup.open_xml(data, sniffed.encoding, wanted, words, limits)
    return workbooks.open_sheet(data, wanted, words, limits=limits.package, rows=limits.rows, columns=limits.columns)
