"""Reading a table that may come from anywhere (workbooks old and new, web pages, text), in a child process with limits.

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
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, BinaryIO

from xingke.base.press import packages
from xingke.base.press.cells import Note, Remark, address
from xingke.base.press.limits import Limits as Limits
from xingke.base.press.packages import Unreadable
from xingke.base.press.sniffing import FileKind, no_table, sniff
from xingke.base.sayings import Saying, kept, say, told

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


_SLOW = say("读这个文件用了超过 %(seconds)s 秒，已停止；请分成几个文件，或另存为 CSV 再试。")
_HEAVY = say("读这个文件需要的内存超过 %(memory)s MB 的上限，已停止；请分成几个文件，或另存为 CSV 再试。")
_BROKEN = say("这个文件读不出来，可能已经损坏；请在电子表格软件中打开后另存为 .xlsx 或 CSV 再试。")
_LONG = say("文件里的文字超过 %(output)s MB 的上限；请分成几个文件导入。")
_EMPTY = say("文件是空的，没有可导入的内容。")
_NO_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV)  # how native code ends when it gets none
_LINE = 64 << 20  # bytes of one line from the child
_WORDS = 2_000  # known headers that fit into the request
_MODULE = "xingke.base.press.sheets"
_REQUEST = "XINGKE_SHEET_REQUEST"


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
    for message in answers(data, name=name, sheet=sheet, words=words, limits=limits):
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
        numbers=numbers, encoding=head["encoding"], sheet_name=head["sheet_name"], above=head["above"], notes=notes,
        peak=head["peak"],
    )  # fmt: skip


def refuse_no_table(data: bytes) -> None:
    """Raise Unreadable for what is no table by its first bytes; the rest is read by the child."""
    if refusal := no_table(sniff(data)):
        raise Unreadable(refusal)


# --- parent ----------------------------------------------------------------------------------------


def answers(
    data: bytes, *, name: str, limits: Limits, sheet: str = "", words: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """What the child says, message by message; the last has "error" (a saying) or the head's "peak".

    The child sees the file as its standard input, no other open file and no variable of this process's environment.
    """
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", _MODULE],
            stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", start_new_session=True,
            env=_environment(name, sheet, limits, words),
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


def _environment(name: str, sheet: str, limits: Limits, words: Sequence[str] = ()) -> dict[str, str]:
    source = Path(packages.__file__).parents[3]  # the folder that holds xingke
    return {
        "PYTHONPATH": str(source),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",
        _REQUEST: json.dumps(
            {"name": name[-200:], "sheet": sheet[:64], "words": list(words)[:_WORDS], "limits": asdict(limits)}
        ),
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
    from xingke.base.press import opening  # loads the parsers, which a parent never needs

    gc.disable()  # the process ends long before garbage would matter
    status = _own_status()
    _confine(limits)
    out = sys.stdout.buffer
    try:
        data = sys.stdin.buffer.read(limits.packed + 1)
        for message in opening.read(data, request, limits):
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
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "gb2312", "cp437", "ascii"):
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


if __name__ == "__main__":
    main()
    os._exit(0)  # all is said and flushed; taking a million cells apart would only cost time
