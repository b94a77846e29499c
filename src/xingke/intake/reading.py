"""Reading a table (.xlsx, CSV) in a child process, and making each row say what the table says around it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.intake.queries.naming import elsewhere, is_place
from xingke.intake.rows.incoming import (
    Options,
)
from xingke.intake.rules.lines import group_line, is_no_record
from xingke.intake.sheets import grouping
from xingke.intake.sheets.forms import SheetForm
from xingke.intake.sheets.whole_file import for_whole_file
from xingke.press.cells import Note, Remark
from xingke.press.headers import HeaderWords
from xingke.press.sheets import Sheet, read_sheet
from xingke.press.sniffing import FileKind
from xingke.registry import queries as registry

SIZE_LIMIT = 20 * 2**20


@dataclass(frozen=True)
class IncomingTable:
    """A file as read.

    numbers: each row's number in the file. encoding: UTF-8, GB18030 or UTF-16; XLSX or XLS for a workbook. damage: by row
    number, the cells whose value was lost before it came here, as (place, sentence). notes: what else there is to say.
    kind: what the file is, whatever it is called. header_row: the row that was taken for the header. above: the texts
    over it. groups: lines between the rows that name what those below belong to, as (row number, text), in order; totals:
    those that add up the rows above. behind: the texts of the lines under the rows. file_name: see ``read_table``.
    """

    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    encoding: str
    digest: str
    sheet_name: str = ""
    damage: Mapping[int, Sequence[tuple[int, Saying]]] = field(default_factory=dict)
    notes: Sequence[Saying] = ()
    kind: FileKind = FileKind.CSV
    header_row: int = 1
    above: Sequence[str] = ()
    groups: Sequence[tuple[int, str]] = ()
    totals: Sequence[tuple[int, str]] = ()
    behind: Sequence[str] = ()
    file_name: str = ""

    @property
    def where(self) -> Saying:
        """Which row, and of a workbook which sheet, was taken for the header."""
        if self.sheet_name:
            return _HEADER_OF_SHEET.filled(name=self.sheet_name, row=self.header_row)
        return _HEADER.filled(row=self.header_row)


_HEADER, _HEADER_OF_SHEET = say("以第 %(row)s 行为表头"), say("以工作表“%(name)s”第 %(row)s 行为表头")
SAYING_WHERE = frozenset({_HEADER.text, _HEADER_OF_SHEET.text})  # of the notes of a table, the one that says so


def header_words(form: SheetForm) -> tuple[str, ...]:
    """What the headers of a form's columns may be called: by them the sheet and the header of a file are found."""
    return tuple(name for column in form.column for name in column.headers)


def read_table(data: bytes, *, name: str = "", sheet: str = "", words: Sequence[str] = ()) -> IncomingTable:
    """Read a table, in a child process: of a workbook the sheet of that name, else the one with most of the words.

    name: the file's, if known. words: see ``header_words``. Raises Refused for what is no table, is dangerous, marked
    as secret, empty or too large.
    """
    if len(data) > SIZE_LIMIT:
        raise Refused(say("文件超过 20 MB，请分成几个文件导入。"))
    if not data.strip():
        raise Refused(say("文件是空的，没有可导入的内容。"))
    read = read_sheet(data, name=name, sheet=sheet, words=words)
    notes = [say("%(cell)s %(note)s", cell=note.cell, note=note.text) for note in read.notes if not note.is_damaging]
    kept: list[tuple[int, Sequence[str]]] = []
    groups: list[tuple[int, str]] = []
    totals: list[tuple[int, str]] = []
    behind: list[str] = []
    for number, cells in zip(read.numbers, read.rows, strict=True):
        if why := is_no_record(cells, read.header):
            notes.append(_NO_RECORD[why].filled(number=number))
            totals += [(number, next(filter(None, cells), ""))] if why == "total" else []
            behind += [text for text in cells if text] if why == "footer" else []
        elif (line := group_line(cells, read.header)) and line in read.above:
            notes.append(_NO_RECORD["header"].filled(number=number))
        elif line:
            groups.append((number, line))
        else:
            kept.append((number, cells))
    if not kept:
        if words and not HeaderWords.of(words).count(read.header):
            shown = " ".join(filter(None, read.header))[:30]
            raise Refused(
                say("文件不是表格：里面只有“%(text)s”，没有认得的列名；请选择 .xlsx 或 CSV 表格。", text=shown)
            )
        raise Refused(say("文件只有表头，没有数据行。"))
    return IncomingTable(
        header=read.header,
        rows=[cells for _number, cells in kept],
        numbers=[number for number, _cells in kept],
        encoding=read.encoding or read.kind.upper(),
        digest=hashlib.sha256(data).hexdigest(),
        sheet_name=read.sheet_name,
        damage=_damage(read),
        notes=notes,
        kind=read.kind,
        header_row=read.header_row,
        above=read.above,
        groups=groups,
        totals=totals,
        behind=behind,
        file_name=name,
    )


_NO_RECORD = {
    "total": say("第 %(number)s 行是合计，没有作为数据读入"),
    "footer": say("第 %(number)s 行是表尾的说明，没有作为数据读入"),
    "header": say("第 %(number)s 行重复了表头，没有作为数据读入"),
    "example": say("第 %(number)s 行是模板里的示例，没有作为数据读入"),
}


def with_groups(form: SheetForm, table: IncomingTable, options: Options) -> IncomingTable:
    """A table whose rows say themselves what the lines above them say: their place, or their holder.

    A row that says no place below one of another place than the usual one is not filed there: its place was left out.
    """
    usual = registry.regions_by_code([options.region]).get(options.region) if options.region else None
    whole = grouping.Whole(table.sheet_name if is_place(table.sheet_name) else "", elsewhere(_around(table), usual))
    totals = [(number, elsewhere([text], usual)) for number, text in table.totals]
    found = grouping.belonging(
        form, table.header, table.rows, table.numbers, table.groups, totals=totals, whole=whole, is_place=is_place
    )
    damage = {number: list(each) for number, each in table.damage.items()}
    for number, place, above in found.unplaced:
        if usual is None or not (
            above.endswith(usual.name) or usual.name.startswith(above) or above.startswith(usual.code)
        ):
            damage.setdefault(number, []).append((place, _UNPLACED.filled(above=above[:40])))
    return replace(
        table,
        header=found.header,
        rows=found.rows,
        numbers=found.numbers,
        damage=damage,
        notes=[table.where, *table.notes, *found.notes],
    )


_UNPLACED = say("区划空着，而上面的行写的是“%(above)s”；请补上这一行的区划。")


def _around(table: IncomingTable) -> list[str]:
    """What may say of which place a whole table is, the nearest first: its sheet, what is over and under it, its file."""
    return [table.sheet_name, *reversed(table.above), *table.behind, table.file_name.rpartition(".")[0]]


def _damage(sheet: Sheet) -> dict[int, list[tuple[int, Saying]]]:
    found: dict[int, list[tuple[int, Saying]]] = {}
    for number, notes in sheet.damage.items():
        found[number] = [(_place(note), say("%(cell)s %(note)s。", cell=note.cell, note=note.text)) for note in notes]
    return found


def _place(note: Note) -> int:
    return -1 - note.column if note.remark is Remark.SHIFTED else note.column


def with_whole_file(form: SheetForm, table: IncomingTable, options: Options) -> tuple[IncomingTable, Options]:
    """A table with what was said for the whole file as columns at its end, and the options with what stands above it."""
    added = for_whole_file(form, table.header, options.given)
    if added.header:
        rows = [(*row, *added.cells) for row in table.rows]
        table = replace(table, header=(*table.header, *added.header), rows=rows)
    table = replace(table, notes=[*table.notes, *added.notes])
    return table, replace(options, above=(*table.above, *table.behind))


# ── reading rows, and holding them against the ledger ───────────────────────────────────────────────────────────────
