"""Reading a spreadsheet (.xlsx, CSV) that may come from anywhere, in a child process with limits.

The parent only judges the size, hands the bytes over and takes rows back as JSON lines, which it bounds as well. The
child (``python -m xingke.base.press.sheets``) gives up memory, time and open files before it looks at the bytes.
"""

import codecs
import gc
import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, BinaryIO

from xingke.base.press import packages
from xingke.base.press.cells import Note, Remark, address, is_secret, letters, secrecy_mark, sentence
from xingke.base.press.delimited import RawRow, read_rows
from xingke.base.press.packages import Unreadable
from xingke.base.press.sniffing import ENCODING_NAMES, FileKind, contradictions, sniff, spoken
from xingke.base.sayings import Saying, kept, say, told


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What reading one file may cost.

    packed, unfolded, output: bytes of the file, of its parts together, of the rows handed back. memory: bytes above an
    idle process. ratio: unfolded : folded, of the whole and of each part above one MiB. seconds: wall clock, and of
    processor time. notes: remarks kept that damage nothing. damaged: damaged cells after which the file is refused.
    """

    packed: int = 20 << 20
    unfolded: int = 200 << 20
    ratio: int = 100
    entries: int = 1000
    rows: int = 200_000
    columns: int = 200
    memory: int = 300 << 20
    output: int = 128 << 20
    seconds: float = 30
    notes: int = 1000
    damaged: int = 10_000

    @property
    def package(self) -> packages.Limits:
        """The limits of the zip."""
        return packages.Limits(
            packed=self.packed, unfolded=self.unfolded, part=self.unfolded, entries=self.entries, ratio=self.ratio,
            part_ratio=self.ratio,
        )  # fmt: skip


LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table as read: every row as wide as the header, texts as the spreadsheet shows them in full.

    numbers: for each row, its number in the file (from 1, blank rows counted). encoding: UTF-8, GB18030 or UTF-16 of a
    CSV, "" for .xlsx. sheet_name: "" for a CSV. peak: bytes the child held at most.
    """

    kind: FileKind
    header: tuple[str, ...]
    header_row: int
    rows: Sequence[tuple[str, ...]]
    numbers: Sequence[int]
    encoding: str
    sheet_name: str
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


_SLOW = say("读这个文件用了超过 %(seconds)s 秒，已停止；请分成几个文件，或另存为 CSV 再试。")
_HEAVY = say("读这个文件需要的内存超过 %(memory)s MB 的上限，已停止；请分成几个文件，或另存为 CSV 再试。")
_BROKEN = say("这个文件读不出来，可能已经损坏；请在电子表格软件中打开后另存为 .xlsx 或 CSV 再试。")
_LONG = say("文件里的文字超过 %(output)s MB 的上限；请分成几个文件导入。")
_EMPTY = say("文件是空的，没有可导入的内容。")
_NO_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV)  # how native code ends when it gets none
_LINE = 64 << 20  # bytes of one line from the child
_BATCH, _BATCH_TEXT = 200, 1 << 20  # rows in a line; characters after which it ends early
_MODULE = "xingke.base.press.sheets"
_REQUEST = "XINGKE_SHEET_REQUEST"


def read_sheet(data: bytes, *, name: str = "", sheet: str = "", limits: Limits = LIMITS) -> Sheet:
    """Read a CSV or one sheet of an .xlsx: the first filled one, or the one called ``sheet``.

    name: the file's; if given, it must not contradict what the file is.

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
    for message in answers(data, name=name, sheet=sheet, limits=limits):
        if "error" in message:
            raise Unreadable(told(message["error"]))
        head |= message.get("head", {})
        numbers += message.get("numbers", ())
        rows += [tuple(map(pool.setdefault, row, row)) for row in message.get("rows", ())]
        notes += [
            Note(Remark(remark), row, column, told(text)) for remark, row, column, text in message.get("notes", ())
        ]
    return Sheet(
        kind=FileKind(head["kind"]), header=tuple(head["header"]), header_row=head["header_row"], rows=rows,
        numbers=numbers, encoding=head["encoding"], sheet_name=head["sheet_name"], notes=notes, peak=head["peak"],
    )  # fmt: skip


def refuse_no_table(data: bytes, name: str) -> None:
    """Raise Unreadable for what is no table by its first bytes, or not what its name says; the rest is read by the child."""
    sniffed = sniff(data)
    if sniffed.kind is FileKind.EMPTY:
        raise Unreadable(_EMPTY)
    for contradiction in contradictions(sniffed, name):
        raise Unreadable(contradiction)
    if sniffed.kind not in (FileKind.CSV, FileKind.XLSX):
        raise Unreadable(_no_table(sniffed.kind))


# --- parent ----------------------------------------------------------------------------------------


def answers(data: bytes, *, name: str, limits: Limits, sheet: str = "") -> Iterator[dict[str, Any]]:
    """What the child says, message by message; the last has "error" (a saying) or the head's "peak".

    The child sees the file as its standard input, no other open file and no variable of this process's environment.
    """
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", _MODULE],
            stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True,
            env=_environment(name, sheet, limits),
        )  # fmt: skip
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            child.kill()

        clock = threading.Timer(limits.seconds, stop)
        clock.daemon = True
        clock.start()
        assert child.stdout is not None
        try:
            is_complete = yield from _messages(child.stdout, limits)
        finally:
            clock.cancel()
            child.kill()
            child.stdout.close()
            child.wait()
        if not is_complete:
            yield {"error": kept(_ended(child.returncode, overdue.is_set(), limits))}


def _environment(name: str, sheet: str, limits: Limits) -> dict[str, str]:
    source = Path(packages.__file__).parents[3]  # the folder that holds xingke
    return {
        "PYTHONPATH": str(source),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",
        _REQUEST: json.dumps({"name": name[-200:], "sheet": sheet[:64], "limits": asdict(limits)}),
    }


def _messages(stream: IO[bytes], limits: Limits) -> Generator[dict[str, Any], None, bool]:
    """Messages up to the last one; returns whether it came. Nothing the child says may grow without bound."""
    taken = 0
    while line := stream.readline(_LINE):
        taken += len(line)
        if taken > limits.output:
            yield {"error": kept(_LONG.filled(output=limits.output >> 20))}
            return True
        if not line.endswith(b"\n"):
            return False
        message = json.loads(line)
        yield message
        if "error" in message or "peak" in message.get("head", {}):
            return True
    return False


def _ended(code: int | None, is_overdue: bool, limits: Limits) -> Saying:
    if is_overdue or code == -signal.SIGXCPU:
        return _SLOW.filled(seconds=f"{limits.seconds:g}")
    if code in _NO_MEMORY:
        return _HEAVY.filled(memory=limits.memory >> 20)
    return _BROKEN


# --- child -----------------------------------------------------------------------------------------


def main() -> None:
    """The child: confine, read standard input, answer on standard output."""
    request = json.loads(os.environ[_REQUEST])
    limits = Limits(**request["limits"])
    from xingke.base.press import workbooks  # loads the parser, which a parent never needs

    gc.disable()  # the process ends long before garbage would matter
    status = _own_status()
    _confine(limits)
    out = sys.stdout.buffer
    try:
        data = sys.stdin.buffer.read(limits.packed + 1)
        for message in _read(data, request, limits, workbooks.open_sheet):
            _say(out, message)
        _say(out, {"head": {"peak": _peak(status)}})
    except Unreadable as error:
        _say(out, {"error": kept(error.saying), "peak": _peak(status)})
    except MemoryError:
        _say(out, {"error": kept(_HEAVY.filled(memory=limits.memory >> 20)), "peak": _peak(status)})
    except BaseException as error:  # a panic of native code is no Exception
        _say(out, {"error": kept(_BROKEN), "peak": _peak(status), "cause": type(error).__name__})


def _say(out: BinaryIO, message: Mapping[str, Any]) -> None:
    out.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(errors="replace") + b"\n")
    out.flush()


def _confine(limits: Limits) -> None:
    """Bound this process for good. From here on it opens no file, starts no process and leaves no core."""
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gb2312", "cp437", "ascii"):
        codecs.lookup(encoding)  # later its module could not be opened any more
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, _address_space() + limits.memory)
    _limit(resource.RLIMIT_CPU, math.ceil(limits.seconds))
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_NOFILE, 3)


def _limit(what: int, most: int) -> None:
    with suppress(ValueError, OSError):  # a lower hard limit is already set
        resource.setrlimit(what, (most, most))


def _address_space() -> int:
    """Bytes of address space this process takes now."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 256 << 20


def _peak(status: int | None) -> int:
    """Bytes this process held at most, by its open /proc/self/status; what getrusage tells includes the parent's."""
    if status is None:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    lines = os.pread(status, 1 << 14, 0).decode().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def _own_status() -> int | None:
    try:
        return os.open("/proc/self/status", os.O_RDONLY)
    except OSError:
        return None


def _read(data: bytes, request: Mapping[str, Any], limits: Limits, open_sheet: Any) -> Iterator[dict[str, Any]]:
    """Head, rows and notes of a file as messages."""
    sniffed = sniff(data)
    for contradiction in contradictions(sniffed, request["name"]):
        raise Unreadable(contradiction)
    merged: Sequence[Any] = ()
    notes: list[Note] = []
    sheet_name = ""
    if sniffed.kind is FileKind.CSV:
        rows = read_rows(data, sniffed.encoding)
    elif sniffed.kind is FileKind.XLSX:
        opened = open_sheet(data, request["sheet"], limits=limits.package, rows=limits.rows, columns=limits.columns)
        rows, merged, sheet_name = opened.rows, opened.merged, opened.name
        notes += opened.notes
    else:
        raise Unreadable(_no_table(sniffed.kind))
    table = _Table(rows, merged, limits, is_csv=sniffed.kind is FileKind.CSV)
    yield {
        "head": {
            "kind": sniffed.kind, "encoding": ENCODING_NAMES.get(sniffed.encoding, ""), "sheet_name": sheet_name,
            "header": table.header, "header_row": table.header_row,
        }
    }  # fmt: skip
    yield from table.messages(notes)


def _no_table(kind: FileKind) -> Saying:
    if kind is FileKind.EMPTY:
        return _EMPTY
    if kind is FileKind.XLSM:
        return say("文件里带有宏（程序），不予打开；请另存为不带宏的 .xlsx 或 CSV 再试。")
    if kind is FileKind.ENCRYPTED:
        return say("文件加了密码，请去掉密码、另存为 .xlsx 再试。")
    if kind is FileKind.UNKNOWN:
        return say(
            "这不是 CSV 或 .xlsx 文件，或者编码不对；文本请用 UTF-8 或 GB18030 编码，表格请另存为 .xlsx 或 CSV 后再导入。"
        )
    return say(
        "这不是 CSV 文件。内容是%(found)s，请在电子表格软件中打开，另存为 .xlsx 或 CSV 后再导入。", found=spoken(kind)
    )


_LOOK_AHEAD = 20  # rows among which the header is sought
_HEAD_ROWS = 5  # rows in which a marking of secrecy counts without a star


class _Table:
    """Rows told apart into what stands above the header, the header, and what stands below it."""

    def __init__(self, rows: Iterable[RawRow], merged: Sequence[Any], limits: Limits, *, is_csv: bool) -> None:
        self.limits = limits
        self.is_csv = is_csv
        self.merged = merged
        rows = iter(rows)
        ahead = list(islice(rows, _LOOK_AHEAD))
        if not ahead:
            raise Unreadable(_EMPTY)
        for index, (number, cells, _) in enumerate(ahead):
            if index < _HEAD_ROWS or number <= _HEAD_ROWS:
                _refuse_secret(cells)
        at = _header_index([cells for _, cells, _ in ahead])
        self.above = ahead[:at]
        self.header_row, named, self.header_notes = ahead[at]
        self.header = _trimmed(["".join(name.split("\n")) for name in named])
        self._judge_header(ahead[at + 1] if at + 1 < len(ahead) else None)
        self.rows = chain(ahead[at + 1 :], rows)

    def _judge_header(self, following: RawRow | None) -> None:
        if len(self.header) > self.limits.columns:
            count, most = len(self.header), self.limits.columns
            raise Unreadable(
                say("表格有 %(count)s 列，超过 %(most)s 列的上限；请删除多余的列。", count=count, most=most)
            )
        first: dict[str, int] = {}
        if following is not None and self._is_doubled(following):
            raise Unreadable(
                say(
                    "表头占了两行（第 %(one)s 行和第 %(other)s 行）；请合并成一行，每列一个名称，不要合并单元格。",
                    one=self.header_row,
                    other=following[0],
                )
            )
        for column, name in enumerate(self.header):
            if name and name in first:
                there, here = address(self.header_row, first[name]), address(self.header_row, column)
                raise Unreadable(
                    say(
                        "表头有两列都叫“%(name)s”（%(there)s 和 %(here)s）；请改成不同的名称，或删去一列。",
                        name=name[:40],
                        there=there,
                        here=here,
                    )
                )
            first[name] = column

    def _is_doubled(self, following: RawRow) -> bool:
        """Whether the row below belongs to the header: areas merged across both, or gaps in one filled by the other."""
        number, below, _ = following
        if any(top <= self.header_row < bottom and number <= bottom for (top, _), (bottom, _) in self.merged):
            return True
        filled = {column for column, text in enumerate(below) if text}
        if any(_is_number(below[column]) for column in filled):
            return False
        for (top, left), (_, right) in self.merged:
            if top == self.header_row and right > left and filled & set(range(left + 1, right + 1)):
                return True
        named = {column for column, text in enumerate(self.header) if text}
        return bool({each for each in filled - named if each < len(self.header)}) and bool(named - filled)

    def messages(self, notes: list[Note]) -> Iterator[dict[str, Any]]:
        """Rows in batches, each with its notes."""
        pending = [*notes, *self._notes_above(), *self.header_notes]
        teller = _Teller(self.limits)
        rows = self._data_rows(pending)
        while batch := list(_batch(rows)):
            yield {
                "numbers": [number for number, _ in batch],
                "rows": [cells for _, cells in batch],
                "notes": teller.told(pending),
            }
            pending.clear()
        yield {"notes": [*teller.told(pending), *teller.untold()]}

    def _data_rows(self, pending: list[Note]) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header, as wide as it is; what there is to say goes to ``pending``."""
        unnamed: set[int] = set()
        for count, (number, cells, notes) in enumerate(self.rows, 1):
            if count > self.limits.rows:
                raise Unreadable(say("文件超过 %(most)s 行，请分成几个文件导入。", most=f"{self.limits.rows:,}"))
            pending += notes
            yield number, self._fitted(number, cells, unnamed, pending)

    def _notes_above(self) -> Iterator[Note]:
        for number, cells, _ in self.above:
            column = next(at for at, text in enumerate(cells) if text)
            skipped = say("表头之前的“%(text)s”没有作为数据读入", text=cells[column][:40])
            yield Note(Remark.SKIPPED, number, column, skipped)
        for (top, left), (bottom, right) in self.merged:
            where = f"{address(top, left)}:{address(bottom, right)}"
            if top <= self.header_row <= bottom:
                named = say("表头 %(where)s 是合并单元格，只有 %(column)s 列有名称", where=where, column=letters(left))
                yield Note(Remark.MERGED, top, left, named)
            elif top > self.header_row:
                filled = say(
                    "%(where)s 是合并单元格，只有 %(cell)s 有值，其余按空白读入", where=where, cell=address(top, left)
                )
                yield Note(Remark.MERGED, top, left, filled)

    def _fitted(self, number: int, cells: list[str], unnamed: set[int], pending: list[Note]) -> list[str]:
        """A row as wide as the header."""
        width = len(self.header)
        if len(cells) == width:
            return cells
        if len(cells) < width:
            return cells + [""] * (width - len(cells))
        beyond = next((at for at in range(width, len(cells)) if cells[at]), None)
        if beyond is not None and self.is_csv:
            pending.append(Note(Remark.SHIFTED, number, beyond, sentence(Remark.SHIFTED, "")))
        elif beyond is not None and beyond not in unnamed:
            unnamed.add(beyond)
            text = say("%(column)s 列没有列名，其中的内容没有读入", column=letters(beyond))
            pending.append(Note(Remark.OUTSIDE, number, beyond, text))
        return cells[:width]


def _batch(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The next rows that make one message."""
    size = 0
    for each in islice(rows, _BATCH):
        yield each
        size += sum(map(len, each[1]))
        if size > _BATCH_TEXT:
            return


class _Teller:
    """Chooses the notes that are handed back: every damaging one, of the others so many."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.kept = self.damaged = self.left_out = 0
        self.last: Note | None = None

    def told(self, notes: Iterable[Note]) -> list[list[Any]]:
        """Notes as they travel. Raises Unreadable where too much is damaged."""
        told = []
        for note in notes:
            if note.is_damaging:
                self.damaged += 1
                if self.damaged > self.limits.damaged:
                    raise Unreadable(
                        say(
                            "超过 %(most)s 个单元格的值不可用，如 %(cell)s：%(note)s。",
                            most=self.limits.damaged,
                            cell=note.cell,
                            note=note.text,
                        )
                    )
            elif self.kept >= self.limits.notes:
                self.left_out, self.last = self.left_out + 1, note
                continue
            else:
                self.kept += 1
            told.append(_travelling(note.remark, note, note.text))
        return told

    def untold(self) -> list[list[Any]]:
        """One note for those that were left out."""
        if self.last is None:
            return []
        text = say("另有 %(count)s 处提示没有列出，最后一处：%(last)s", count=self.left_out, last=self.last.text)
        return [_travelling(Remark.UNTOLD, self.last, text)]


def _travelling(remark: Remark, note: Note, text: Saying) -> list[Any]:
    return [remark, note.row, note.column, kept(text)]


def _refuse_secret(cells: Sequence[str]) -> None:
    for text in cells:
        if mark := secrecy_mark(text, is_at_head=True):
            raise Unreadable(is_secret(mark))


def _header_index(rows: Sequence[Sequence[str]]) -> int:
    """The first row at least half as full as the rest: titles and 单位：万元 stand above in a cell or two.

    "The rest" is the second fullest row, so that one overlong line does not become the header.
    """
    filled = [sum(map(bool, cells)) for cells in rows]
    usual = sorted(filled)[-2] if len(filled) > 1 else filled[0]
    enough = max(min(2, max(filled)), (usual + 1) // 2)
    return next(at for at, count in enumerate(filled) if count >= enough)


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace("%", "").lstrip("+-").replace(".", "", 1).isdecimal()


if __name__ == "__main__":
    main()
    os._exit(0)  # all is said and flushed; taking a million cells apart would only cost time
