"""Reading a table that may come from anywhere (workbooks old and new, web pages, text), in a confined child process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from xingke.base.sayings import say, told
from xingke.press.cells import Note, Remark, address
from xingke.press.confined import ChildWork, answers
from xingke.press.limits import Limits as Limits
from xingke.press.packages import Unreadable
from xingke.press.sniffing import FileKind, no_table, sniff

LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table as read: every row as wide as the header, texts as the spreadsheet shows them in full.

    header_row: the row taken for the header; of two, the one with more known words. above: the texts over it. numbers:
    for each row, its number in the file (from 1, blank rows counted). encoding: UTF-8, GB18030 or UTF-16 of a text, ""
    for a workbook. sheet_name: "" where there is only one table. peak: bytes the child held at most.
    """

    kind: FileKind
    header: tuple[str, ...]
    header_row: int
    rows: Sequence[tuple[str, ...]]
    numbers: Sequence[int]
    encoding: str
    sheet_name: str
    above: Sequence[str] = ()
    notes: Sequence[Note] = ()
    peak: int = field(default=0, compare=False)

    def cell(self, index: int, column: int) -> str:
        """The address, as B7, of a cell of rows[index]."""
        return address(self.numbers[index], column)

    @cached_property
    def damage(self) -> Mapping[int, Sequence[Note]]:
        """By row number: the notes on cells whose value must not be used."""
        found: dict[int, list[Note]] = {}
        for note in self.notes:
            if note.is_damaging:
                found.setdefault(note.row, []).append(note)
        return found


WORK = ChildWork(
    module="xingke.press.opening",
    slow=say("读这个文件用了超过 %(seconds)s 秒，已停止；请分成几个文件，或另存为 CSV 再试。"),
    heavy=say("读这个文件需要的内存超过 %(memory)s MB 的上限，已停止；请分成几个文件，或另存为 CSV 再试。"),
    broken=say("这个文件读不出来，可能已经损坏；请在电子表格软件中打开后另存为 .xlsx 或 CSV 再试。"),
    long=say("文件里的文字超过 %(output)s MB 的上限；请分成几个文件导入。"),
)
_EMPTY = say("文件是空的，没有可导入的内容。")
_WORDS = 2_000  # known headers that are told to the child


def read_sheet(
    data: bytes, *, name: str = "", sheet: str = "", words: Sequence[str] = (), limits: Limits = LIMITS
) -> Sheet:
    """Read a table: of a workbook the sheet called ``sheet``, else the visible one that has most of the known words.

    name: the file's; where it says another kind than the file is, that is noted. words: what headers of the wanted
    table may be called; the row with most of them is the header. Without words it is told by how full rows are.

    Raises Unreadable for what is no table, is dangerous, secret, damaged or too large.
    """
    if not data:
        raise Unreadable(_EMPTY)
    if len(data) > limits.packed:
        raise Unreadable(say("文件超过 %(most)s MB，请分成几个文件导入。", most=limits.packed >> 20))
    head: dict[str, Any] = {}
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    notes: list[Note] = []
    pool: dict[str, str] = {}  # equal texts are kept once
    for message in answers(WORK, data, request_of(name, sheet, words), limits):
        if "error" in message:
            raise Unreadable(told(message["error"]))
        head |= message.get("head", {})
        numbers += message.get("numbers", ())
        rows += [tuple(map(pool.setdefault, row, row)) for row in message.get("rows", ())]
        notes += [
            Note(Remark(remark), row, column, told(text)) for remark, row, column, text in message.get("notes", ())
        ]
    return Sheet(
        kind=FileKind(head["kind"]),
        header=tuple(head["header"]),
        header_row=head["header_row"],
        rows=rows,
        numbers=numbers,
        encoding=head["encoding"],
        sheet_name=head["sheet_name"],
        above=head["above"],
        notes=notes,
        peak=head["peak"],
    )


def request_of(name: str, sheet: str, words: Sequence[str] = ()) -> dict[str, Any]:
    """What the child is told of a file beside its bytes."""
    return {"name": name[-200:], "sheet": sheet[:64], "words": list(words)[:_WORDS]}


def refuse_no_table(data: bytes) -> None:
    """Raise Unreadable for what is no table by its first bytes; the rest is read by the child."""
    if refusal := no_table(sniff(data)):
        raise Unreadable(refusal)
