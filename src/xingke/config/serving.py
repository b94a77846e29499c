"""The supervisor behind ``xingke serve``: starts the children, starts again what died, and stops them together."""

import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from xingke.base.refusals import Refused

FIRST_PAUSE = 0.25  # seconds before a child is started again; doubles up to LONGEST_PAUSE
LONGEST_PAUSE = 30.0
STEADY = 60.0  # seconds a child has to live for its earlier deaths to be forgotten
GIVE_UP = 10  # deaths in a row
GRACE = 15.0  # seconds a child has to end after SIGTERM
log = logging.getLogger("xingke.serve")


@dataclass
class Child:
    """A process that should be there for as long as the supervisor is.

    is_essential: whether the supervisor gives up where it dies again and again; without the others it goes on.
    """

    name: str
    command: Sequence[str]
    is_essential: bool = True
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    deaths: int = 0

    def start(self, ended: "Callable[[Child, subprocess.Popen[bytes]], None]") -> None:
        """Start it at the head of a group of its own; ``ended`` is called, in a thread, when it is gone."""
        group: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
        process = subprocess.Popen(self.command, stdin=subprocess.PIPE, **group)
        self.process, self.started = process, time.monotonic()
        log.info("%s started", self.name, extra={"event": "started", "child": self.name, "pid": process.pid})

        def watch() -> None:
            process.wait()
            assert process.stdin is not None  # it was given a pipe
            process.stdin.close()
            ended(self, process)

        threading.Thread(target=watch, daemon=True).start()

    def pause_after_death(self) -> float:
        """Count a death; seconds to wait before the next start."""
        lived = time.monotonic() - self.started
        self.deaths = 1 if lived >= STEADY else self.deaths + 1
        return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.deaths - 1, 16)))

    def terminate(self) -> None:
        """Ask it to end; its workers are its own business."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill_group(self) -> None:
        """End whatever is left of it and of the processes it started."""
        if self.process is None:
            return
        if sys.platform == "win32":
            self.process.kill()
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # nobody left
            return


@dataclass
class Supervisor:
    """Keeps children alive until a signal says stop. ``run`` must be called in the main thread."""

    children: Sequence[Child]
    _events: "queue.SimpleQueue[tuple[str, Any]]" = field(default_factory=queue.SimpleQueue)

    def run(self) -> int:
        """Exit code: 0 after SIGTERM, SIGINT or SIGHUP; 1 when an essential child died again and again."""
        stopping = [number for name in ("SIGTERM", "SIGINT", "SIGHUP") if (number := getattr(signal, name, None))]
        before = {number: signal.signal(number, self._told_to_stop) for number in stopping}
        try:
            for child in self.children:
                child.start(self._ended)
            return self._supervise()
        finally:
            self._stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _told_to_stop(self, number: int, _frame: object) -> None:
        self._events.put(("stop", signal.Signals(number).name))

    def _ended(self, child: Child, process: "subprocess.Popen[bytes]") -> None:
        self._events.put(("ended", (child, process)))

    def _supervise(self) -> int:
        due: dict[str, tuple[float, Child]] = {}  # children that wait to be started again
        while True:
            event, what = self._next(min((when for when, _child in due.values()), default=None))
            if event == "stop":
                log.info("stopping on %s", what, extra={"event": "stopping", "signal": what})
                return 0
            if event == "ended":
                child, process = what
                child.kill_group()  # workers of a killed parent would go on answering
                pause = child.pause_after_death()
                told = {"event": "died", "child": child.name, "code": process.returncode, "pause": pause}
                log.error("%s died with code %s", child.name, process.returncode, extra=told)
                if child.deaths >= GIVE_UP and child.is_essential:
                    log.critical("%s died %d times in a row: giving up", child.name, child.deaths, extra=told)
                    return 1
                due[child.name] = (time.monotonic() + pause, child)
            for name, (when, child) in list(due.items()):
                if when <= time.monotonic():
                    del due[name]
                    child.start(self._ended)

    def _next(self, until: float | None) -> tuple[str, Any]:
        try:
            return self._events.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
        except queue.Empty:
            return ("due", None)

    def _stop(self) -> None:
        for child in self.children:
            child.terminate()
        deadline = time.monotonic() + GRACE
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    log.error("%s did not end in time", child.name, extra={"event": "killed", "child": child.name})
                child.kill_group()
        log.info("stopped", extra={"event": "stopped"})


def web_child(*, host: str, port: int, workers: int) -> Child:
    """The child that answers requests."""
    return Child("web", (sys.executable, "-m", "xingke.config.web", host, str(port), str(workers)))


def job_child() -> Child:
    """The child that does what is too long for a request; pages are answered without it."""
    return Child("jobs", (sys.executable, "-m", "xingke.config.jobs"), is_essential=False)


def require_free(host: str, port: int) -> None:
    """Raise Refused if the address cannot be listened on, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise Refused(
                f"无法在 {host} 的 {port} 端口上提供服务：{error}。"
                "请另选端口（加 --port 8001；用 make 时写 PORT=8001 make demo），或停止占用它的程序。"
            ) from error
