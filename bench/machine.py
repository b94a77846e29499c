"""What figures were taken on: processor, memory, versions."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("django", "duckdb", "pyarrow", "numpy", "python-docx", "lxml", "docxtpl")


def description() -> list[tuple[str, str]]:
    """(what, how it is) in the order they are written down."""
    libraries = " · ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        ("Processor", f"{_processor()}, {len(os.sched_getaffinity(0))} cores"),
        ("Memory", f"{_memory():.0f} GB"),
        ("System", f"{platform.system()} {platform.release()}"),
        ("Python", f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}"),
        ("Libraries", libraries),
    ]


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        name, _colon, value = line.partition(":")
        if name.strip() in ("model name", "Model Name", "Hardware"):
            return value.strip()
    return platform.processor() or platform.machine()


def _memory() -> float:
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024 / 1e9
    return 0.0


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
