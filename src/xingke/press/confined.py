"""Work on a file that may come from anywhere, in a child process with limits.

The parent hands the bytes over and takes answers back as JSON lines, which it bounds. The child (``python -m
xingke.press.confined MODULE``) gives up memory, time and open files before it looks at the bytes, then lets the
``read`` of that module work on them.
"""

import codecs
import gc
import importlib
import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from xingke.base.sayings import Saying, kept
from xingke.press import packages
from xingke.press.limits import Limits
from xingke.press.packages import Unreadable


@dataclass(frozen=True, kw_only=True)
class ChildWork:
    """What a child may be asked to do: the module whose ``read`` does it, and what is said when it comes to no end.

    slow may name %(seconds)s, heavy %(memory)s in MB, long %(output)s in MB.
    """

    module: str
    slow: Saying
    heavy: Saying
    long: Saying
    broken: Saying


_NO_MEMORY = (-signal.SIGABRT, -signal.SIGSEGV)  # how native code ends when it gets none
_LINE = 64 << 20  # bytes of one line from the child
_MODULE = "xingke.press.confined"
_MODULES = frozenset({"xingke.press.opening", "xingke.press.examining"})


def answers(work: ChildWork, data: bytes, request: Mapping[str, Any], limits: Limits) -> Iterator[dict[str, Any]]:
    """What the child says, message by message; the last has "error" (a saying) or the head's "peak".

    The child sees the request and the file as its standard input, no other open file and no variable of this process's
    environment.
    """
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps({**request, "limits": asdict(limits)}, ensure_ascii=False).encode() + b"\n")
        file.write(data)
        file.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", _MODULE, work.module],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            env=environment(),
        )
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            child.kill()

        clock = threading.Timer(limits.seconds, stop)
        clock.daemon = True
        clock.start()
        assert child.stdout is not None
        try:
            is_complete = yield from _messages(child.stdout, work, limits)
        finally:
            clock.cancel()
            child.kill()
            child.stdout.close()
            child.wait()
        if not is_complete:
            yield {"error": kept(_ended(child.returncode, overdue.is_set(), work, limits))}


def environment() -> dict[str, str]:
    """All the variables the child gets."""
    source = Path(packages.__file__).parents[2]  # the folder that holds xingke
    return {
        "PYTHONPATH": str(source),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _messages(stream: IO[bytes], work: ChildWork, limits: Limits) -> Generator[dict[str, Any], None, bool]:
    """Messages up to the last one; returns whether it came. Nothing the child says may grow without bound."""
    taken = 0
    while line := stream.readline(_LINE):
        taken += len(line)
        if taken > limits.output:
            yield {"error": kept(work.long.filled(output=limits.output >> 20))}
            return True
        if not line.endswith(b"\n"):
            return False
        message = json.loads(line)
        if "no_memory" in message:
            message["error"] = kept(work.heavy.filled(memory=limits.memory >> 20))
        if "no_end" in message:
            message["error"] = kept(work.broken)
        yield message
        if "error" in message or "peak" in message.get("head", {}):
            return True
    return False


def _ended(code: int | None, is_overdue: bool, work: ChildWork, limits: Limits) -> Saying:
    if is_overdue or code == -signal.SIGXCPU:
        return work.slow.filled(seconds=f"{limits.seconds:g}")
    if code in _NO_MEMORY:
        return work.heavy.filled(memory=limits.memory >> 20)
    return work.broken


# --- child -----------------------------------------------------------------------------------------


def main(module: str) -> None:
    """The child: confine, read standard input, answer on standard output."""
    if module not in _MODULES:
        sys.exit(f"no module for confined work: {module}")
    reader = importlib.import_module(module)  # with the parsers, which a parent never needs
    stream = sys.stdin.buffer
    request = json.loads(stream.readline())
    limits = Limits(**request["limits"])
    gc.disable()  # the process ends long before garbage would matter
    status = _own_status()
    confine(limits)
    out = sys.stdout.buffer
    try:
        data = stream.read(limits.packed + 1)
        for message in reader.read(data, request, limits):
            _say(out, message)
        _say(out, {"head": {"peak": _peak(status)}})
    except Unreadable as error:
        _say(out, {"error": kept(error.saying), "peak": _peak(status)})
    except MemoryError:
        _say(out, {"no_memory": True, "peak": _peak(status)})
    except BaseException as error:  # a panic of native code is no Exception
        _say(out, {"no_end": True, "peak": _peak(status), "cause": type(error).__name__})


def _say(out: BinaryIO, message: Mapping[str, Any]) -> None:
    out.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode(errors="replace") + b"\n")
    out.flush()


def confine(limits: Limits) -> None:
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
    main(sys.argv[1])
    os._exit(0)  # all is said and flushed; taking a million cells apart would only cost time
