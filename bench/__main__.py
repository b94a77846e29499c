"""``python -m bench [NAMES] [--quick] [--large] [--record]``: run the benches one after the other and show one table.

Exit 1 when a bench fails or its answers are wrong. A goal that is missed is shown and is no failure: what a busy
machine measures must not decide whether a change is right.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from rich.console import Console

from bench import report
from bench.measuring import Line, Size

BENCHES = {
    "cells": "all monthly cells of the pack, against DuckDB by hand",
    "one-change": "one county's page after one event was filed in a ledger of 10^6",
    "document": "a .docx with proof, against docxtpl without",
    "list-page": "a list page, against a bare Django view",
    "importing": "importing reported figures, beside reading the file",
    "acts": "how long acts hold the counter, while nobody else can write",
    "case-steps": "a step of a case that files a record, in a ledger of 10^6",
    "case-queue": "a page of the cases of a bureau that has 10^5",
    "workbench": "eight browsers on the workbench, while somebody writes, against a bare view of the same server",
    "spreadsheet": "importing workbooks of patents and contracts, beside reading them bare",
}
LARGE = {"cells", "list-page"}  # what can be asked of ten or a hundred times as much
WIDTH = 150  # the table is not folded on narrower terminals and in logs
ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for. Returns the exit status."""
    options = _options(arguments)
    size: Size = "quick" if options.quick else "usual"
    console = Console(width=None if Console().width >= WIDTH else WIDTH)
    found: dict[str, list[Line]] = {}
    failed = []
    for name in options.names or BENCHES:
        sizes: list[Size] = [size, "large"] if options.large and name in LARGE else [size]
        for each in sizes:
            console.print(f"{name} ({each}) …", style="dim", highlight=False)
            lines = _measured(name, each, options.data)
            if lines is None:
                failed.append(f"{name} ({each})")
            found.setdefault(name, []).extend(lines or [])
    report.show(console, found, judged=not options.quick)
    if failed:
        console.print(f"failed: {', '.join(failed)}", style="bold red")
        return 1
    if options.record:
        report.record(PAGE, found, today=date.today())
        console.print(f"written into {PAGE.relative_to(ROOT)}")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Ours, the peer and the limit, from one run.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="; ".join(f"{name}: {what}" for name, what in BENCHES.items())
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, only to see that the benches work")
    parser.add_argument(
        "--large", action="store_true", help="also 10^7 events, with peak memory (minutes, 8 GB), and lists of 10^6"
    )
    parser.add_argument("--record", action="store_true", help="write the figures into docs/performance.md")
    parser.add_argument(
        "--data", type=Path, default=ROOT / "var" / "bench", metavar="FOLDER", help="where the benches keep their data"
    )
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(BENCHES)):
        parser.error(f"no bench is called {', '.join(unknown)}; known: {', '.join(BENCHES)}")
    if options.record and (options.quick or options.names):
        parser.error("--record writes the whole table at its usual size: give no names and no --quick")
    return options


def _measured(name: str, size: Size, data: Path) -> list[Line] | None:
    """Prepare and run one bench, each in a process of its own; None if either failed (its words are on stderr)."""
    folder = data.resolve() / f"{name}-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "XINGKE_DATA": str(folder), "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    environment.pop("XINGKE_DATABASE_URL", None)  # the benches fill and empty their databases: never somebody's own
    # Apart, so that making the data neither warms nor fattens the process that is measured; at quick size nobody looks.
    for steps in [("prepare", "run")] if size == "quick" else [("prepare",), ("run",)]:
        done = subprocess.run(
            [sys.executable, "-m", "bench.child", name.replace("-", "_"), size, *steps],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            return None
    return [Line(**json.loads(line)) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    sys.exit(main())
