"""Write the pins: requirements.lock (with hashes) and the block of pins in pyproject.toml. Neither names a host.

    python -m tools.lock                      resolve anew, keeping every pin that still fits
    python -m tools.lock --upgrade            the newest of everything that pyproject.toml allows
    python -m tools.lock --upgrade-package X  the newest X (may be repeated)

uv.lock records the address of every file and cannot be freed of them, so it is git-ignored and made in a folder that
is thrown away. pip reads requirements.lock; uv reads the pins.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "requirements.lock"

BEGIN, END = "# BEGIN pins (written by tools/lock.py)\n", "# END pins\n"
BLOCK = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==\S+(?: ; [^\\]+)?")


def main(arguments: list[str] | None = None) -> None:
    """Entry point of ``python -m tools.lock``."""
    parser = argparse.ArgumentParser(prog="python -m tools.lock", description="Write requirements.lock and the pins.")
    parser.add_argument("--upgrade", action="store_true", help="forget every pin first")
    parser.add_argument("--upgrade-package", action="append", default=[], metavar="NAME", help="forget this pin first")
    options = parser.parse_args(arguments)

    text = PYPROJECT.read_text(encoding="utf-8")
    before = [] if options.upgrade else without(pins_in(text), options.upgrade_package)
    exported = resolve(with_pins(text, before))
    after = pins_of(exported)
    LOCK.write_text(exported, encoding="utf-8")
    PYPROJECT.write_text(with_pins(text, after), encoding="utf-8")
    for line in sorted({*after} ^ {*pins_in(text)}):
        print(("+ " if line in after else "- ") + line)
    print(f"{len(after)} pins")


def resolve(pyproject: str) -> str:
    """The export of a resolution of ``pyproject``: names, versions, markers and hashes of every group and extra.

    Raises SystemExit with uv's own words when nothing fits, or when an address would get into the lock.
    """
    uv = find_uv_bin()
    with tempfile.TemporaryDirectory(prefix="xingke-lock-") as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text(pyproject, encoding="utf-8")
        for carried in ("README.md", "hatch_build.py"):
            shutil.copy(ROOT / carried, folder / carried)
        if subprocess.run([uv, "lock", "--no-progress"], cwd=folder, check=False).returncode != 0:
            sys.exit("No set of versions fits. If an old pin is in the way, free it: --upgrade-package NAME.")
        export = [uv, "export", "--quiet", "--frozen", "--no-header", "--no-annotate", "--no-emit-project"]
        selection = ["--all-groups", "--all-extras", "--format", "requirements-txt"]
        done = subprocess.run([*export, *selection], cwd=folder, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    if "://" in done.stdout:
        sys.exit(
            "The export holds an address. Every dependency must come from the index, by name: mend pyproject.toml."
        )
    return done.stdout


def pins_of(exported: str) -> list[str]:
    """``name==version`` with its marker, if any, of every package in an export."""
    return [found.group().rstrip() for line in exported.splitlines() if (found := PIN.match(line))]


def pins_in(pyproject: str) -> list[str]:
    """The pins standing in the block of ``pyproject``. Raises SystemExit if the block is missing."""
    if not (block := BLOCK.search(pyproject)):
        sys.exit(
            f"pyproject.toml has lost the lines {BEGIN.strip()!r} and {END.strip()!r}: put them back in [tool.uv]."
        )
    return [found[1] for found in re.finditer(r'^    "([^"]+)",$', block.group(), re.MULTILINE)]


def without(pins: Iterable[str], names: Iterable[str]) -> list[str]:
    """``pins`` less those of the packages ``names``, however their names are spelt."""
    gone = {canonical(name) for name in names}
    return [pin for pin in pins if canonical(pin.split("==")[0]) not in gone]


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def with_pins(pyproject: str, pins: list[str]) -> str:
    """``pyproject`` with the block holding exactly ``pins``."""
    lines = "".join(f'    "{pin}",\n' for pin in pins)
    block = f"{BEGIN}constraint-dependencies = [\n{lines}]\n{END}"
    return BLOCK.sub(lambda _: block, pyproject)


if __name__ == "__main__":
    main()
