"""Reading an .xlsx: the gate before the parser, what the parser does not tell, then the rows of one sheet.

The parser (calamine) gives values. Formulas without result, error values, number formats, hidden rows and links are
taken from the sheet's XML in passing, while the gate unfolds it. Runs only inside the child process of ``sheets``.
"""

import html
import io
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any  # what a cell holds

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from xingke.base.press.cells import (
    Display,
    Note,
    Remark,
    display_of,
    is_secret,
    letters,
    plainly,
    position,
    secrecy_mark,
    sentence,
    text_of,
)
from xingke.base.press.delimited import RawRow
from xingke.base.press.packages import XLSX, Limits, Package, Unreadable
from xingke.base.sayings import say

Area = tuple[tuple[int, int], tuple[int, int]]  # first and last (row from 1, column from 0)

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_HEAD_ROWS = 5  # rows in which a marking of secrecy counts without a star
_MEMO = 50_000

_MACRO = say("文件里带有宏（程序），不予打开；请另存为不带宏的 .xlsx 或 CSV 再试。")
_LINKED = say("文件链接了外部内容（%(name)s），不予打开；请断开链接、另存为 .xlsx 再试。")
_EMBEDDED = say("文件里嵌入了别的文件或控件（%(name)s），不予打开；请删除后再试。")
_REFUSED_RELATIONS = {
    **dict.fromkeys(("vbaProject", "xlMacrosheet", "xlIntlMacrosheet", "wordVbaData", "dialogsheet"), _MACRO),
    **dict.fromkeys(("externalLink", "externalLinkPath", "connections", "queryTable", "webextension"), _LINKED),
    **dict.fromkeys(("oleObject", "package", "control", "activeXControlBinary", "attachedToolbars"), _EMBEDDED),
}
_REFUSED_NAMES = (
    (re.compile(r"vbaproject|(?:^|/)macrosheets/|(?:^|/)dialogsheets/"), _MACRO),
    (re.compile(r"(?:^|/)externallinks/|(?:^|/)connections\.xml$|(?:^|/)querytables/|(?:^|/)webextensions/"), _LINKED),
    (re.compile(r"(?:^|/)embeddings/|(?:^|/)activex/|oleobject"), _EMBEDDED),
)
_BAD_NAME = re.compile(r"^/|\\|^[a-z]:|(?:^|/)\.\.?(?:/|$)|[\x00-\x1f]|^$", re.IGNORECASE)


@dataclass(frozen=True)
class OpenedSheet:
    """One sheet: its rows, the merged areas, and what there is to say apart from rows."""

    name: str
    rows: Iterator[RawRow]
    merged: Sequence[Area]
    notes: Sequence[Note]


def open_sheet(data: bytes, wanted: str, *, limits: Limits, rows: int, columns: int) -> OpenedSheet:
    """The visible sheet called ``wanted``; the first one that holds anything where no name is given.

    rows, columns: the largest used area. Raises Unreadable for what the gate refuses, what is damaged or too large.
    """
    package = Package(data, limits, XLSX)
    _refuse_names(package)
    _refuse_active_content(package)
    listed = _listed_sheets(package)
    scans = {each.part.lower(): _Scan(each.name, rows, columns, _displays(package)) for each in listed}
    drawings = _Drawings()
    watchers = {name: drawings.take for name in package.entries if name.startswith("xl/drawings/")}
    package.inspect({**watchers, **{part: scan.take for part, scan in scans.items()}})
    for scan in scans.values():
        scan.finish()
    _refuse_marked(package, scans.values(), drawings)
    filled = [each for each in listed if scans[each.part.lower()].has_values]
    visible = [each for each in filled if each.is_visible]
    chosen = next((each for each in visible if wanted in ("", each.name)), None)
    if chosen is None and wanted:
        names = tuple(each.name for each in visible) or say("无")
        raise Unreadable(say("工作簿里没有名为“%(name)s”的有内容的工作表；可用：%(names)s。", name=wanted, names=names))
    if chosen is None and filled:
        hidden = filled[0].name
        raise Unreadable(say("工作簿里没有可导入的内容（有内容的工作表“%(name)s”是隐藏的，请取消隐藏）。", name=hidden))
    if chosen is None:
        raise Unreadable(say("工作簿里没有可导入的内容。"))
    del package
    scan = scans[chosen.part.lower()]
    others = [each.name for each in filled if each is not chosen]
    unread = say("工作表“%(name)s”没有读入，只读了“%(read)s”")
    notes = [Note(Remark.OTHER_SHEET, 1, 0, unread.filled(name=name, read=chosen.name)) for name in others[:20]]
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in others:
            _refuse_marked_sheet(book.get_sheet_by_name(name))
        sheet = book.get_sheet_by_name(chosen.name)
        merged = [
            ((top + 1, left), (bottom + 1, right)) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        ]
    except CalamineError as error:
        raise Unreadable(
            say(
                "工作表的内容前后矛盾，无法读出（%(error)s）；请在电子表格软件中打开后另存为 .xlsx 再试。",
                error=_short(error),
            )
        ) from error
    if sheet.end is not None and (sheet.end[0] >= rows + _SPARE_ROWS or sheet.end[1] >= columns):
        raise _too_large(sheet.end[0] + 1, sheet.end[1] + 1, rows, columns)
    return OpenedSheet(chosen.name, _rows(sheet, scan), merged, [*notes, *scan.notes])


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:80]


# --- the gate --------------------------------------------------------------------------------------


def _refuse_names(package: Package) -> None:
    for entry in package.entries.values():
        if _BAD_NAME.search(entry.orig_filename):
            name = entry.orig_filename[:60]
            raise Unreadable(say("文件里有名为“%(name)s”的部件，这样的名称可能用于攻击，不予打开。", name=name))
        if stat.S_ISLNK(entry.external_attr >> 16):
            name = entry.filename[:60]
            raise Unreadable(say("文件里的“%(name)s”是指向别处的链接，可能用于攻击，不予打开。", name=name))


def _refuse_active_content(package: Package) -> None:
    """Macros, links outside and embedded files; hyperlinks stay, for nothing here follows them."""
    for name in package.entries:
        for pattern, refusal in _REFUSED_NAMES:
            if pattern.search(name):
                raise Unreadable(refusal.filled(name=name))
    if b"macroEnabled" in (package.part("[Content_Types].xml") or b""):
        raise Unreadable(_MACRO)
    for name in package.entries:
        folder, separator, leaf = name.rpartition("_rels/")
        if separator and leaf.endswith(".rels"):
            for relation in package.all_relations(folder + leaf.removesuffix(".rels")):
                if refused := _REFUSED_RELATIONS.get(relation.kind):
                    raise Unreadable(refused.filled(name=relation.target[:60]))
                if relation.is_external and relation.kind != "hyperlink":
                    raise Unreadable(_LINKED.filled(name=relation.target[:60]))


@dataclass(frozen=True)
class _Listed:
    name: str
    part: str
    is_visible: bool


def _listed_sheets(package: Package) -> list[_Listed]:
    mains = [path for kind, path in package.relations("") if kind == "officeDocument"]
    main = mains[0] if len(mains) == 1 else ""
    root = package.xml(main) if main else None
    if root is None or root.tag != f"{_MAIN}workbook":
        raise Unreadable(say("这个压缩包不是 Excel 工作簿，请上传 .xlsx 或 CSV 文件。"))
    parts = {each.identifier: each for each in package.all_relations(main)}
    listed = []
    for sheet in root.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
        relation = parts.get(sheet.get(f"{_RELATIONSHIP}id") or "")
        if relation is None or (relation.kind == "worksheet" and relation.target.lower() not in package.entries):
            name = sheet.get("name") or ""
            raise Unreadable(say("工作簿缺少工作表“%(name)s”的内容，文件可能已经损坏。", name=name))
        if relation.kind == "worksheet":
            listed.append(_Listed(sheet.get("name") or "", relation.target, sheet.get("state") in (None, "visible")))
    if len({each.name for each in listed}) != len(listed):
        raise Unreadable(say("工作簿里有重名的工作表，不同软件会读出不同内容，不予打开。"))
    if len({each.part.lower() for each in listed}) != len(listed):
        raise Unreadable(say("工作簿里两张工作表用了同一份内容，文件可能已经损坏。"))
    return listed


def _displays(package: Package) -> dict[bytes, Display]:
    """By cell style: how its numbers are shown, where that is not as they are stored."""
    path = next((each for each in package.entries if each.endswith("xl/styles.xml")), None)
    root = package.xml(path) if path else None
    if root is None:
        return {}
    codes = {
        each.get("numFmtId"): each.get("formatCode") or "" for each in root.iterfind(f"{_MAIN}numFmts/{_MAIN}numFmt")
    }
    shown = {}
    for at, style in enumerate(root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")):
        number = style.get("numFmtId") or "0"
        if number.isdecimal() and (display := display_of(int(number), codes.get(number))):
            shown[str(at).encode()] = display
    return shown


# --- markings of secrecy ---------------------------------------------------------------------------

_PRINT_CODES = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f+-]{6}|[LCRPNDTFAZGBIUESXY])')


class _Drawings:
    """The words of shapes, which may carry a marking."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def take(self, chunk: bytes) -> None:
        if len(self.bytes) < 4 << 20:
            self.bytes += chunk

    def texts(self) -> Iterator[str]:
        for paragraph in re.findall(rb"<a:p\b.*?</a:p>", self.bytes, re.DOTALL):
            yield _decoded(b"".join(re.findall(rb"<a:t\b[^>]*>([^<]*)<", paragraph)))


def _refuse_marked(package: Package, scans: "Iterable[_Scan]", drawings: _Drawings) -> None:
    words = list(drawings.texts())
    for scan in scans:
        words.append(scan.name)
        for text in scan.page_texts:
            words += _PRINT_CODES.split(text)
    core = package.xml("docProps/core.xml")
    if core is not None:
        words += [str(each.text or "") for each in core]
    for word in words:
        if mark := secrecy_mark(word, is_at_head=True):
            raise Unreadable(is_secret(mark))


def _refuse_marked_sheet(sheet: CalamineSheet) -> None:
    for _, row in zip(range(_HEAD_ROWS), sheet.iter_rows(), strict=False):
        for value in row:
            if isinstance(value, str) and (mark := secrecy_mark(value, is_at_head=True)):
                raise Unreadable(is_secret(mark))


# --- what the parser does not tell -----------------------------------------------------------------

_SPARE_ROWS = 100  # titles and blank rows do not count against the limit
_CARRY = 32 << 20  # bytes of one row


def _decoded(raw: bytes) -> str:
    return html.unescape(raw.decode(errors="replace"))


@dataclass
class _Scan:
    """Passes over a sheet's XML in blocks that end between rows."""

    name: str
    most_rows: int
    most_columns: int
    displays: dict[bytes, Display]
    has_values: bool = False
    shown: dict[int, dict[int, Display]] = field(default_factory=dict)
    flagged: dict[int, dict[int, Remark]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    page_texts: list[str] = field(default_factory=list)
    _carry: bytes = b""
    _patterns: "_Patterns | None" = None
    _last_row: int = 0

    def take(self, chunk: bytes) -> None:
        block = self._carry + chunk
        end = block.rfind(b"row>") + 4
        if end < 4:
            if len(block) > _CARRY:
                raise Unreadable(say("工作表“%(name)s”里有一行超过 32 MB，不予打开。", name=self.name))
            self._carry = block
            return
        self._carry = block[end:]
        self._look(block[:end])

    def finish(self) -> None:
        self._look(self._carry)
        self._carry = b""

    def _look(self, block: bytes) -> None:
        if self._patterns is None:
            self._patterns = _Patterns(block, self.displays)
        look = self._patterns
        if b"dimension" in block:
            for found in look.dimension.finditer(block):
                self._bound(int(found[2]), position(f"{found[1].decode()}1")[1])
        for name in set(_WIDE.findall(block)):
            self._bound(0, position(f"{name.decode()}1")[1])
        for attributes in look.row.findall(block):
            if attributes.startswith(b' r="%d"' % (self._last_row + 1)) and b"hidden" not in attributes:
                self._last_row += 1  # as nearly every row
            else:
                self._row(attributes)
        self._bound(self._last_row, 0)
        self.has_values = self.has_values or look.value.search(block) is not None
        if look.formula_mark in block:
            for found in look.formula.finditer(block):
                if not (found[2] and _TYPE_TEXT.search(found[1])):  # "" as a result is a result
                    self._flag(found[1], Remark.NO_RESULT)
        if self.displays or b'"e"' in block or b"'e'" in block:
            for found in look.cell.finditer(block):
                self._cell(found[0])
        self._look_around(block, look)

    def _look_around(self, block: bytes, look: "_Patterns") -> None:
        """What stands before and behind the rows."""
        if b"hidden" in block:
            for found in look.column.finditer(block):
                self._column(found[1])
        if b"hyperlink" in block:
            for found in look.link.finditer(block):
                row, column = position(found[1].decode())
                self.notes.append(Note(Remark.LINK, row, column, say("单元格带有超链接，只读文字，不打开链接")))
        if b"eader" in block or b"ooter" in block:
            self.page_texts += [_decoded(text) for text in look.page.findall(block)]

    def _bound(self, row: int, column: int) -> None:
        if row > self.most_rows + _SPARE_ROWS or column >= self.most_columns:
            raise _too_large(row, column + 1, self.most_rows, self.most_columns)

    def _row(self, attributes: bytes) -> None:
        written_number = _ROW_NUMBER.search(attributes)
        number = int(written_number[1]) if written_number else self._last_row + 1
        if number <= self._last_row:
            raise Unreadable(
                say(
                    "工作表“%(name)s”的第 %(number)s 行出现了两次或次序颠倒，不同软件会读出不同内容，不予打开。",
                    name=self.name,
                    number=number,
                )
            )
        self._bound(number, 0)
        self._last_row = number
        if b"hidden" in attributes and _HIDDEN.search(attributes):
            self.notes.append(
                Note(Remark.HIDDEN_ROW, number, 0, say("第 %(number)s 行是隐藏的，仍已读入", number=number))
            )

    def _column(self, attributes: bytes) -> None:
        if _HIDDEN.search(attributes) and (span := _SPAN.search(attributes)):
            column = int(span[1]) - 1
            hidden = say("%(column)s 列起有隐藏的列，仍已读入", column=letters(column))
            self.notes.append(Note(Remark.HIDDEN_COLUMN, 1, column, hidden))

    def _cell(self, tag: bytes) -> None:
        style = _STYLE.search(tag)
        if style and (display := self.displays.get(style[1])):
            row, column = self._place(tag)
            self.shown.setdefault(row, {})[column] = display
        if _TYPE_ERROR.search(tag):
            self._flag(tag, Remark.ERROR)

    def _flag(self, tag: bytes, remark: Remark) -> None:
        row, column = self._place(tag)
        self.flagged.setdefault(row, {})[column] = remark

    def _place(self, tag: bytes) -> tuple[int, int]:
        place = _CELL_PLACE.search(tag)
        if place is None:
            raise Unreadable(
                say("工作表“%(name)s”的单元格没有地址，请在电子表格软件中打开后另存为 .xlsx 再试。", name=self.name)
            )
        return position(place[1].decode())


_WIDE = re.compile(
    rb' r="([A-Z]{2,3})[0-9]'
)  # a literal beginning makes the search fast; the parser's area is bounded too
_ROW_NUMBER = re.compile(rb"""(?:^|\s)r\s*=\s*["'](\d{1,9})["']""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true|on)["']""")
_SPAN = re.compile(rb"""\smin\s*=\s*["'](\d{1,5})["']""")
_TYPE_TEXT = re.compile(rb"""\st\s*=\s*["']str["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d{1,6})["']""")
_TYPE_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_CELL_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3}[1-9]\d{0,6})["']""")


class _Patterns:
    """Patterns for one sheet, whose elements may carry a prefix."""

    def __init__(self, head: bytes, displays: dict[bytes, Display]) -> None:
        root = re.search(rb"<([A-Za-z_][\w.-]*:)?worksheet\b", head)
        p = re.escape((root[1] or b"") if root else b"")
        self.dimension = re.compile(
            rb"<" + p + rb"""dimension\b[^>]*?\sref\s*=\s*["'][A-Z0-9$]+:\$?([A-Z]{1,3})\$?(\d{1,9})["']"""
        )
        self.row = re.compile(rb"<" + p + rb"row\b([^>]*)>")
        self.value = re.compile(rb"<" + p + rb"(?:v|is|f)\b")
        self.column = re.compile(rb"<" + p + rb"col\b([^>]*)>")
        self.formula_mark = b"<" + (root[1] or b"" if root else b"") + b"f"
        self.formula = re.compile(
            rb"<" + p + rb"c\b([^>]*)>\s*<" + p + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</" + p + rb"f>)\s*"
            rb"(<" + p + rb"v\s*/>|<" + p + rb"v>\s*</" + p + rb"v>)?\s*</" + p + rb"c>"
        )  # fmt: skip
        styles = b"|".join(displays)
        style = rb"""s\s*=\s*["'](?:""" + styles + rb""")["']|""" if styles else b""
        self.cell = re.compile(rb"<" + p + rb"c\b[^>]*?\s(?:" + style + rb"""t\s*=\s*["']e["'])[^>]*>""")
        self.link = re.compile(rb"<" + p + rb"""hyperlink\b[^>]*?\sref\s*=\s*["']([A-Z]{1,3}[1-9]\d{0,6})""")
        self.page = re.compile(rb"<" + p + rb"(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]*)<")


def _too_large(row: int, column: int, rows: int, columns: int) -> Unreadable:
    return Unreadable(
        say(
            "工作表的区域到了第 %(row)s 行、%(column)s 列，超过 %(rows)s 行、%(columns)s 列的上限；"
            "请删除多余的空行空列，或分成几个文件导入。",
            row=max(row, 1),
            column=letters(min(column, 16_384) - 1),
            rows=f"{rows:,}",
            columns=columns,
        )
    )


# --- rows ------------------------------------------------------------------------------------------


def _rows(sheet: CalamineSheet, scan: _Scan) -> Iterator[RawRow]:
    """The rows that hold anything. What repeats is judged once."""
    if sheet.start is None:
        return
    first = sheet.start[1]
    lead = [""] * first
    known = _Known()
    odd = known.remarks
    for number, values in enumerate(sheet.iter_rows(), 1):
        shown = scan.shown.get(number)
        notes: list[Note] = []
        if shown is None and _MEMORABLE.issuperset(map(type, values)):
            row = [*lead, *[known[value] for value in values]] if first else [known[value] for value in values]
            if odd and not odd.keys().isdisjoint(values):
                remarks = [(first + at, odd[value]) for at, value in enumerate(values) if value in odd]
                notes = [Note(each, number, column, sentence(each, row[column])) for column, each in remarks]
        else:
            judged = [known.judge(value, shown.get(at) if shown else None) for at, value in enumerate(values, first)]
            row = [*lead, *[text for text, _ in judged]]
            for column, (text, remark) in enumerate(judged, first):
                if remark is not None:
                    notes.append(Note(remark, number, column, sentence(remark, text)))
        for column, remark in scan.flagged.get(number, {}).items():
            notes.append(Note(remark, number, column, sentence(remark, "")))
        if notes or any(row):
            yield number, row, notes


_MEMORABLE = frozenset({str, float})  # True and 1.0 are one key: rows with other types are judged cell by cell


class _Known(dict[Any, str]):
    """Texts of values seen before. remarks: for values there is something to say about, what."""

    def __init__(self) -> None:
        super().__init__()
        self.remarks: dict[Any, Remark] = {}

    def __missing__(self, value: Any) -> str:
        text = None if type(value) is str and "密" in value else plainly(value)
        if text is None:
            text, remark = self.judge(value, None)
            if remark is not None:
                self.remarks[value] = remark  # at most one for each distinct cell, which the parser holds as well
        if len(self) < _MEMO:
            self[value] = text
        return text

    def judge(self, value: Any, display: Display | None) -> tuple[str, Remark | None]:
        """The text of a value and what there is to say. Raises Unreadable for a marking of secrecy."""
        if type(value) is str and "密" in value and (mark := secrecy_mark(value, is_at_head=False)):
            raise Unreadable(is_secret(mark))
        return text_of(value, display)
