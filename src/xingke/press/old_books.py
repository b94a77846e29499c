"""Reading an .xls (Excel 97–2003, and WPS .et, which is the same): the parser's values, and what it does not tell.

The parser (calamine) gives values and merged areas. Errors, number formats, hidden rows and sheets that are no tables
are taken from the records of the workbook's stream (MS-XLS 2.4). Runs only inside the child process of ``sheets``.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from xingke.base.sayings import say
from xingke.press.cells import Display, Note, Remark, display_of, is_secret, letters, secrecy_mark
from xingke.press.choosing import Candidate, OpenedSheet, choose, unread
from xingke.press.headers import HeaderWords
from xingke.press.limits import Limits
from xingke.press.packages import Unreadable
from xingke.press.workbooks import PRINT_CODES, head_of, refuse_marked_sheet, rows_of, too_large

_BROKEN = say("这个旧版 .xls 文件读不出来，可能已经损坏；请在电子表格软件中打开，另存为 .xlsx 再试。")
_MACRO = say("文件里带有宏（程序），不予打开；请另存为不带宏的 .xlsx 或 CSV 再试。")
_EMBEDDED = say("文件里嵌入了别的文件或控件，不予打开；请删除后再试。")
_LOCKED = say("文件加了密码，请去掉密码、另存为 .xlsx 再试。")


def open_sheet(data: bytes, wanted: str, words: HeaderWords, limits: Limits) -> OpenedSheet:
    """The visible sheet called ``wanted``; else the one whose header has the most known words, or the first filled."""
    if not data.startswith(_OLD_OFFICE):
        raise Unreadable(_BROKEN)  # the stream alone, as before 1993
    marks = _Marks(_workbook_stream(data))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return _chosen(book, marks, wanted, words, limits)
    except PasswordError as error:
        raise Unreadable(_LOCKED) from error
    except CalamineError as error:
        raise Unreadable(_LOCKED if "password" in str(error).lower() else _BROKEN) from error


def _chosen(book: CalamineWorkbook, marks: "_Marks", wanted: str, words: HeaderWords, limits: Limits) -> OpenedSheet:
    listed = book.sheets_metadata
    if len(listed) != len(marks.sheets):
        raise Unreadable(_BROKEN)
    if any(each.typ in (SheetTypeEnum.MacroSheet, SheetTypeEnum.Vba) for each in listed):
        raise Unreadable(_MACRO)
    places, candidates = [], []
    for at, each in enumerate(listed):
        sheet = book.get_sheet_by_index(at)
        if each.typ is not SheetTypeEnum.WorkSheet or sheet.start is None:
            continue
        refuse_marked_sheet(sheet)
        places.append(at)
        is_visible = each.visible is SheetVisibleEnum.Visible
        candidates.append(Candidate(each.name, is_visible, words.most(head_of(sheet)) if words.known else 0))
    chosen = choose(candidates, wanted)
    sheet, seen = book.get_sheet_by_index(places[chosen]), marks.sheets[places[chosen]]
    if sheet.end is not None and (sheet.end[0] >= limits.rows or sheet.end[1] >= limits.columns):
        raise too_large(sheet.end[0] + 1, sheet.end[1] + 1, limits.rows, limits.columns)
    merged = [((top + 1, left), (bottom + 1, right)) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
    rows = rows_of(sheet, seen.shown, seen.flagged)
    return OpenedSheet(sheet.name, rows, merged, [*unread(candidates, chosen), *seen.notes])


# --- the compound file -----------------------------------------------------------------------------

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_FREE = 0xFFFFFFFA  # from here on a number is no sector
_ROOT = 5


@dataclass(frozen=True)
class _Compound:
    """A compound file (MS-CFB): sectors in chains."""

    data: bytes
    size: int  # of a sector
    table: list[int]  # by sector, the next of its chain

    @classmethod
    def of(cls, data: bytes) -> "_Compound":
        size = 1 << struct.unpack_from("<H", data, 0x1E)[0]
        if size not in (512, 4096):
            raise Unreadable(_BROKEN)
        sectors = list(struct.unpack_from("<109I", data, 0x4C))
        following = struct.unpack_from("<I", data, 0x44)[0]
        for _ in range(len(data) // size):
            if following >= _FREE:
                break
            *more, following = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
            sectors += more
        table: list[int] = []
        for sector in sectors:
            if sector < _FREE:
                table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
        return cls(data, size, table)

    def chain(self, start: int) -> bytes:
        """The bytes of a chain of sectors. Raises Unreadable for one that runs in a circle."""
        pieces: list[bytes] = []
        while start < _FREE:
            if len(pieces) > len(self.data) // self.size:
                raise Unreadable(_BROKEN)
            pieces.append(self.data[(start + 1) * self.size : (start + 2) * self.size])
            start = self.table[start]
        return b"".join(pieces)

    def entries(self) -> dict[str, tuple[int, int, int]]:
        """By name: its kind, where it starts, its length."""
        directory = self.chain(struct.unpack_from("<I", self.data, 0x30)[0])
        found = {}
        for at in range(0, len(directory) - 127, 128):
            length = struct.unpack_from("<H", directory, at + 64)[0]
            name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", errors="replace")
            start, size = struct.unpack_from("<II", directory, at + 116)
            if directory[at + 66]:
                found[name] = (directory[at + 66], start, size)
        return found

    def stream(self, start: int, size: int, root: int) -> bytes:
        """A stream; a short one lies in the small sectors of the root's."""
        if size >= struct.unpack_from("<I", self.data, 0x38)[0]:
            return self.chain(start)[:size]
        inner = self.chain(struct.unpack_from("<I", self.data, 0x3C)[0])
        small = _Compound(bytes(64) + self.chain(root), 64, list(struct.unpack(f"<{len(inner) // 4}I", inner)))
        return small.chain(start)[:size]


def _workbook_stream(data: bytes) -> bytes:
    """The stream that holds the workbook. Raises Unreadable for macros, embedded files and what is damaged."""
    try:
        file = _Compound.of(data)
        entries = file.entries()
        if any(name.upper().startswith(("_VBA_PROJECT", "MACROS")) for name in entries):
            raise Unreadable(_MACRO)
        if any("Ole10Native" in name for name in entries):
            raise Unreadable(_EMBEDDED)
        found = next((entries[name] for name in entries if name.lower() in ("workbook", "book")), None)
        root = next((start for kind, start, _ in entries.values() if kind == _ROOT), _FREE)
        return b"" if found is None else file.stream(found[1], found[2], root)
    except (struct.error, IndexError, OverflowError) as error:
        raise Unreadable(_BROKEN) from error


# --- the records -----------------------------------------------------------------------------------

_BOF, _EOF, _FILEPASS, _FORMAT, _XF, _BOUNDSHEET = 0x809, 0x0A, 0x2F, 0x41E, 0xE0, 0x85
_FORMULAS, _BOOLERR, _NUMBERS, _MULRK = (0x06, 0x206, 0x406), 0x205, (0x203, 0x27E), 0xBD
_ROW, _COLINFO, _PRINTED = 0x208, 0x7D, (0x14, 0x15)
_ERROR_RESULT = 2


@dataclass
class _Seen:
    """What the records of one sheet tell apart from values; rows from 1."""

    shown: dict[int, dict[int, Display]] = field(default_factory=dict)
    flagged: dict[int, dict[int, Remark]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


class _Marks:
    """Passes over a workbook's stream record by record."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._codes: dict[int, str] = {}
        self._styles: list[int] = []
        self._is_wide = True  # strings of 16 bits, since Excel 97
        starts: list[int] = []
        try:
            for kind, body in self._records(0):
                if kind == _BOUNDSHEET:
                    starts.append(struct.unpack_from("<I", body)[0])
                else:
                    self._global(kind, body)
            self._displays = list(map(self._display, self._styles))
            self.sheets = [self._seen(start) for start in starts]
        except (struct.error, IndexError) as error:
            raise Unreadable(_BROKEN) from error

    def _records(self, at: int) -> Iterator[tuple[int, bytes]]:
        """The records of one part of the stream, from its beginning to its end; of parts inside it none."""
        depth = 0
        while at + 4 <= len(self._stream):
            kind, length = struct.unpack_from("<HH", self._stream, at)
            body = self._stream[at + 4 : at + 4 + length]
            at += 4 + length
            depth += (kind == _BOF) - (kind == _EOF)
            if depth <= 0:
                return
            if depth == 1:
                yield kind, body

    def _global(self, kind: int, body: bytes) -> None:
        if kind == _FILEPASS:
            raise Unreadable(_LOCKED)
        if kind == _BOF:
            self._is_wide = struct.unpack_from("<H", body)[0] >= 0x600
        elif kind == _FORMAT:
            self._codes[struct.unpack_from("<H", body)[0]] = self._text(body[2:], is_short=not self._is_wide)
        elif kind == _XF:
            self._styles.append(struct.unpack_from("<H", body, 2)[0])

    def _text(self, body: bytes, *, is_short: bool) -> str:
        if not self._is_wide:
            return body[1:].decode("gb18030", errors="replace") if is_short else ""
        if len(body) < 3:
            return ""
        count, flags = struct.unpack_from("<HB", body)
        return body[3:].decode("utf-16-le" if flags & 1 else "latin-1", errors="replace")[:count]

    def _display(self, number: int) -> Display | None:
        return display_of(number, self._codes.get(number))

    def _seen(self, start: int) -> _Seen:
        seen = _Seen()
        for kind, body in self._records(start):
            if kind in _FORMULAS:
                row, column, style = struct.unpack_from("<HHH", body)
                if body[12:14] == b"\xff\xff" and body[6] == _ERROR_RESULT:
                    seen.flagged.setdefault(row + 1, {})[column] = Remark.ERROR
                self._show(seen, row, column, style)
            elif kind == _BOOLERR and body[7]:
                row, column = struct.unpack_from("<HH", body)
                seen.flagged.setdefault(row + 1, {})[column] = Remark.ERROR
            elif kind in _NUMBERS:
                self._show(seen, *struct.unpack_from("<HHH", body))
            elif kind == _MULRK:
                row, first = struct.unpack_from("<HH", body)
                for at in range((len(body) - 6) // 6):
                    self._show(seen, row, first + at, struct.unpack_from("<H", body, 4 + 6 * at)[0])
            else:
                self._look_around(seen, kind, body)
        return seen

    def _show(self, seen: _Seen, row: int, column: int, style: int) -> None:
        if style < len(self._displays) and (display := self._displays[style]):
            seen.shown.setdefault(row + 1, {})[column] = display

    def _look_around(self, seen: _Seen, kind: int, body: bytes) -> None:
        if kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
            number = struct.unpack_from("<H", body)[0] + 1
            hidden = say("第 %(number)s 行是隐藏的，仍已读入", number=number)
            seen.notes.append(Note(Remark.HIDDEN_ROW, number, 0, hidden))
        elif kind == _COLINFO and struct.unpack_from("<H", body, 8)[0] & 1:
            column = struct.unpack_from("<H", body)[0]
            text = say("%(column)s 列起有隐藏的列，仍已读入", column=letters(column))
            seen.notes.append(Note(Remark.HIDDEN_COLUMN, 1, column, text))
        elif kind in _PRINTED:
            for word in PRINT_CODES.split(self._text(body, is_short=True)):
                if mark := secrecy_mark(word, is_at_head=True):
                    raise Unreadable(is_secret(mark))
