"""Reading an .xlsx: the gate before the parser, what the parser does not tell, then the rows of one sheet.

The parser (calamine) gives values. Formulas without result, error values, number formats, hidden rows and links are
taken from the sheet's XML in passing, while the gate unfolds it. Runs only inside the child process of ``sheets``.
"""

import html
import io
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any  # what a cell holds

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from xingke.base.sayings import Saying, say
from xingke.press.cells import (
    Display,
    Displays,
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
from xingke.press.choosing import Candidate, OpenedSheet, choose, unread
from xingke.press.delimited import RawRow
from xingke.press.headers import LOOK_AHEAD, HeaderWords
from xingke.press.packages import XLSX, Package, PackageLimits, Unreadable

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_HEAD_ROWS = 5  # rows in which a marking of secrecy counts without a star
_MEMO = 50_000

_MACRO = say("文件里带有宏（程序），不予打开；请另存为不带宏的 .xlsx 或 CSV 再试。")
_LINKED = say("文件链接了外部内容（%(name)s），不予打开；请断开链接、另存为 .xlsx 再试。")
_EMBEDDED = say("文件里嵌入了别的文件或控件（%(name)s），不予打开；请删除后再试。")
_REFUSED_RELATIONS = {
    **dict.fromkeys(("vbaProject", "xlMacrosheet", "xlIntlMacrosheet", "wordVbaData", "dialogsheet"), _MACRO),
    **dict.fromkeys(("attachedTemplate", "webextension", "taskpane"), _LINKED),
    **dict.fromkeys(("oleObject", "package", "control", "activeXControlBinary", "attachedToolbars"), _EMBEDDED),
}
_REFUSED_NAMES = (
    (re.compile(r"vbaproject|(?:^|/)macrosheets/|(?:^|/)dialogsheets/"), _MACRO),
    (re.compile(r"(?:^|/)webextensions/"), _LINKED),
    (re.compile(r"(?:^|/)embeddings/|(?:^|/)activex/|oleobject"), _EMBEDDED),
)
_LINKS = frozenset({"externalLink", "externalLinkPath", "connections", "queryTable"})
_VALUES_ONLY = say("文件链接了外部内容（%(name)s）；只读了存着的值，没有打开链接")
_BAD_NAME = re.compile(r"^/|^[a-z]:|(?:^|/)\.\.?(?:/|$)|[\x00-\x1f]|^$", re.IGNORECASE)


def open_sheet(
    data: bytes, wanted: str, words: HeaderWords, *, limits: PackageLimits, rows: int, columns: int
) -> OpenedSheet:
    """The visible sheet called ``wanted``; else the one whose header has the most known words, or the first filled.

    rows, columns: the largest area that holds values. Raises Unreadable for what the gate refuses, what is damaged or
    too large.
    """
    package = Package(data, limits, XLSX)
    _refuse_names(package)
    links = _refuse_active_content(package)
    book = _workbook(package)
    scans = {each.part.lower(): _Scan(each.name, rows, columns, _displays(package, book)) for each in book.sheets}
    drawings = _Drawings()
    watchers = {name: drawings.take for name in package.entries if "drawings/" in name}
    package.inspect({**watchers, **{part: scan.take for part, scan in scans.items()}})
    for scan in scans.values():
        scan.finish()
    _refuse_marked(package, scans.values(), drawings)
    filled = [each for each in book.sheets if scans[each.part.lower()].has_values]
    if not filled:
        raise Unreadable(say("工作簿里没有可导入的内容。"))
    data = data if book.is_usual(package) else _as_usual(package, book)
    del package
    try:
        sheet, candidates, chosen = _chosen(CalamineWorkbook.from_filelike(io.BytesIO(data)), filled, wanted, words)
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
        raise too_large(sheet.end[0] + 1, sheet.end[1] + 1, rows, columns)
    scan = scans[filled[chosen].part.lower()]
    outside = [Note(Remark.OUTSIDE_LINK, 1, 0, links)] if links else []
    return OpenedSheet(
        sheet.name,
        rows_of(sheet, scan.shown, scan.flagged),
        merged,
        [*outside, *unread(candidates, chosen), *scan.notes],
    )


def _chosen(
    book: CalamineWorkbook, filled: "list[_Listed]", wanted: str, words: HeaderWords
) -> tuple[CalamineSheet, list[Candidate], int]:
    """The sheet to read, all sheets that hold something, and its place among them. At most two are held at a time."""
    candidates: list[Candidate] = []
    sheet: CalamineSheet | None = None
    for each in filled:
        sheet = book.get_sheet_by_name(each.name)
        refuse_marked_sheet(sheet)
        candidates.append(Candidate(each.name, each.is_visible, words.most(head_of(sheet)) if words.known else 0))
    chosen = choose(candidates, wanted)
    if sheet is None or sheet.name != filled[chosen].name:
        sheet = book.get_sheet_by_name(filled[chosen].name)
    return sheet, candidates, chosen


def head_of(sheet: CalamineSheet) -> Iterator[list[str]]:
    for _, row in zip(range(LOOK_AHEAD), sheet.iter_rows(), strict=False):
        yield [value for value in row if isinstance(value, str)]


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:80]


# --- the gate --------------------------------------------------------------------------------------


def _refuse_names(package: Package) -> None:
    for entry in package.entries.values():
        if _BAD_NAME.search(entry.orig_filename.replace("\\", "/")):
            name = entry.orig_filename[:60]
            raise Unreadable(say("文件里有名为“%(name)s”的部件，这样的名称可能用于攻击，不予打开。", name=name))
        if stat.S_ISLNK(entry.external_attr >> 16):
            name = entry.filename[:60]
            raise Unreadable(say("文件里的“%(name)s”是指向别处的链接，可能用于攻击，不予打开。", name=name))


def _refuse_active_content(package: Package) -> Saying | None:
    """Macros, templates outside and embedded files are refused; of other links what to say: nothing here follows them."""
    for name in package.entries:
        for pattern, refusal in _REFUSED_NAMES:
            if pattern.search(name):
                raise Unreadable(refusal.filled(name=name))
    if b"macroEnabled" in (package.part("[Content_Types].xml") or b""):
        raise Unreadable(_MACRO)
    links: list[str] = []
    for name in package.entries:
        folder, separator, leaf = name.rpartition("_rels/")
        if separator and leaf.endswith(".rels"):
            for relation in package.all_relations(folder + leaf.removesuffix(".rels")):
                if refused := _REFUSED_RELATIONS.get(relation.kind):
                    raise Unreadable(refused.filled(name=relation.target[:60]))
                if relation.kind in _LINKS or (relation.is_external and relation.kind != "hyperlink"):
                    links.append(relation.target[:60])
    return _VALUES_ONLY.filled(name=links[-1]) if links else None


@dataclass(frozen=True)
class _Listed:
    name: str
    part: str
    is_visible: bool


@dataclass(frozen=True)
class _Book:
    """A workbook as its relationships tell: its main part, its worksheets, its styles and its texts."""

    main: str
    sheets: list[_Listed]
    styles: str
    strings: str

    def is_usual(self, package: Package) -> bool:
        """Whether its parts are called as the parser expects."""
        names = {entry.filename for entry in package.entries.values()}
        used = [self.main, *(each.part for each in self.sheets), *filter(None, (self.styles, self.strings))]
        return (
            self.main == "xl/workbook.xml"
            and self.styles in ("", "xl/styles.xml")
            and self.strings in ("", "xl/sharedStrings.xml")
            and names.issuperset(used)
        )


def _workbook(package: Package) -> _Book:
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
    there = {
        each.kind: each.target
        for each in parts.values()
        if not each.is_external and each.target.lower() in package.entries
    }
    return _Book(main, listed, there.get("styles", ""), there.get("sharedStrings", ""))


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_USUAL = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
)


def _as_usual(package: Package, book: _Book) -> bytes:
    """The same workbook, its parts under the names the parser expects."""
    moved = {f"xl/worksheets/sheet{at}.xml": each.part for at, each in enumerate(book.sheets, 1)}
    kinds = ["worksheet"] * len(moved)
    for kind, path, part in (
        ("styles", "xl/styles.xml", book.styles),
        ("sharedStrings", "xl/sharedStrings.xml", book.strings),
    ):
        if part:
            moved[path] = part
            kinds.append(kind)
    listed = "".join(
        f'<sheet xmlns:r="{_OFFICE}" name="{html.escape(each.name)}" sheetId="{at}" r:id="rId{at}"/>'
        for at, each in enumerate(book.sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/{kind}" Target="{path.removeprefix("xl/")}"/>'
        for at, (kind, path) in enumerate(zip(kinds, moved, strict=True), 1)
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        made.writestr(
            "_rels/.rels",
            _USUAL % f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>',
        )
        made.writestr("xl/_rels/workbook.xml.rels", _USUAL % relations)
        made.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN[1:-1]}">{_dates(package, book)}<sheets>{listed}</sheets></workbook>',
        )
        for path, part in moved.items():
            with made.open(path, "w") as stream:
                package.unfold(part, stream.write)
    return target.getvalue()


def _dates(package: Package, book: _Book) -> str:
    """The part of a workbook that says from which year its days are counted."""
    root = package.xml(book.main)
    found = None if root is None else root.find(f"{_MAIN}workbookPr")
    return '<workbookPr date1904="1"/>' if found is not None and found.get("date1904") in ("1", "true") else ""


def _displays(package: Package, book: _Book) -> dict[bytes, Display]:
    """By cell style: how its numbers are shown, where that is not as they are stored."""
    root = package.xml(book.styles) if book.styles else None
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

PRINT_CODES = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f+-]{6}|[LCRPNDTFAZGBIUESXY])')


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
            words += PRINT_CODES.split(text)
    core = package.xml("docProps/core.xml")
    if core is not None:
        words += [str(each.text or "") for each in core]
    for word in words:
        if mark := secrecy_mark(word, is_at_head=True):
            raise Unreadable(is_secret(mark))


def refuse_marked_sheet(sheet: CalamineSheet) -> None:
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
        self._look_at_rows(block, look)
        self._look_at_cells(block, look)
        self._look_around(block, look)

    def _look_at_rows(self, block: bytes, look: "_Patterns") -> None:
        """That they are not too many or too wide, and which are hidden."""
        for name in set(look.wide.findall(block)):
            self._bound(0, position(f"{name.decode()}1")[1])
        for attributes in look.row.findall(block):
            if attributes.startswith(b' r="%d"' % (self._last_row + 1)) and b"hidden" not in attributes:
                self._last_row += 1  # as nearly every row
            else:
                self._row(attributes)
        if self._last_row > self.most_rows + _SPARE_ROWS:
            for row in look.deep.findall(block):
                self._bound(int(row), 0)

    def _look_at_cells(self, block: bytes, look: "_Patterns") -> None:
        """One by one only where some may need it: most sheets have cells that say nothing but their value."""
        self.has_values = self.has_values or look.value.search(block) is not None
        if look.formula_mark in block:
            for found in look.formula.finditer(block):
                if not (found[2] and _TYPE_TEXT.search(found[1])):  # "" as a result is a result
                    self._flag(found[1], Remark.NO_RESULT)
        if self.displays or b'"e"' in block or b"'e'" in block:
            for found in look.cell.finditer(block):
                self._cell(found[0])

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
            raise too_large(row, column + 1, self.most_rows, self.most_columns)

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
        # a cell that holds a value; a literal beginning makes the search fast, and the parser's area is bounded too
        valued = rb"[^>]*>\s*<" + p + rb"(?:v|is|f)\b"
        self.wide = re.compile(rb' r="([A-Z]{2,3})[0-9]+"' + valued)
        self.deep = re.compile(rb' r="[A-Z]{1,3}([0-9]{1,9})"' + valued)
        self.row = re.compile(rb"<" + p + rb"row\b([^>]*)>")
        self.value = re.compile(rb"<" + p + rb"(?:v|is|f)\b")
        self.column = re.compile(rb"<" + p + rb"col\b([^>]*)>")
        self.formula_mark = b"<" + (root[1] or b"" if root else b"") + b"f"
        self.formula = re.compile(
            rb"<" + p + rb"c\b([^>]*)>\s*<" + p + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</" + p + rb"f>)\s*"
            rb"(<" + p + rb"v\s*/>|<" + p + rb"v>\s*</" + p + rb"v>)?\s*</" + p + rb"c>"
        )
        styles = b"|".join(displays)
        style = rb"""s\s*=\s*["'](?:""" + styles + rb""")["']|""" if styles else b""
        self.cell = re.compile(rb"<" + p + rb"c\b[^>]*?\s(?:" + style + rb"""t\s*=\s*["']e["'])[^>]*>""")
        self.link = re.compile(rb"<" + p + rb"""hyperlink\b[^>]*?\sref\s*=\s*["']([A-Z]{1,3}[1-9]\d{0,6})""")
        self.page = re.compile(rb"<" + p + rb"(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]*)<")


def too_large(row: int, column: int, rows: int, columns: int) -> Unreadable:
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


def rows_of(sheet: CalamineSheet, displays: Displays, flags: Mapping[int, Mapping[int, Remark]]) -> Iterator[RawRow]:
    """The rows that hold anything. What repeats is judged once. displays, flags: by row from 1 and column."""
    if sheet.start is None:
        return
    first = sheet.start[1]
    lead = [""] * first
    known = _Known()
    odd = known.remarks
    for number, values in enumerate(sheet.iter_rows(), 1):
        shown = displays.get(number)
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
        for column, remark in flags.get(number, {}).items():
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
