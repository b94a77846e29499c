"""How large the rooms of the house are: lines of Python of their own, without tests, migrations, blank lines and comments.

    python -m tools.house            every room and desk
    python -m tools.house fieldwork  what bears that name: a room, a desk, a kind, the files of a pack

A desk is mostly data: its own Python stays below some 600 lines, or what lies below is mended first.
"""

import io
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "xingke"
MOST = 600  # lines of a desk's own Python
_IDLE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def lines_of(text: str) -> int:
    """How many lines of a Python text say something: neither blank nor only a comment. Docstrings count."""
    said: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _IDLE:
            said |= set(range(token.start[0], token.end[0] + 1))
    rows = text.splitlines()
    return sum(1 for number in said if rows[number - 1].strip())


def own_python(folder: Path) -> Iterator[Path]:
    """The Python files of a room that are neither tests nor migrations."""
    for path in sorted(folder.rglob("*.py")):
        if not {"tests", "migrations", "__pycache__"} & set(path.relative_to(folder).parts):
            yield path


def rooms() -> dict[str, int]:
    """Lines by room; of a desk as ``desks/NAME``."""
    folders = [path for path in sorted(SOURCE.iterdir()) if (path / "__init__.py").exists() and path.name != "desks"]
    folders += [path for path in sorted(SOURCE.glob("desks/*")) if (path / "__init__.py").exists()]
    return {
        path.relative_to(SOURCE).as_posix(): sum(lines_of(file.read_text("utf-8")) for file in own_python(path))
        for path in folders
    }


def named(name: str) -> dict[str, int]:
    """The files that bear a name, wherever they lie: Python by its lines, data of packs by lines that are not blank."""
    found: dict[str, int] = {}
    for path in sorted(SOURCE.rglob(f"{name}*")):
        parts = path.relative_to(SOURCE)
        if {"tests", "migrations", "__pycache__"} & set(parts.parts) or not path.is_file():
            continue
        text = path.read_text("utf-8")
        if path.suffix == ".py":
            found[parts.as_posix()] = lines_of(text)
        elif path.suffix == ".toml":
            found[parts.as_posix()] = sum(1 for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return found


def main(arguments: list[str]) -> int:
    """Print the table; 1 where a desk has become too large."""
    found = {key: count for name in arguments for key, count in named(name).items()} if arguments else rooms()
    for name, count in found.items():
        print(f"{count:7,}  {name}")
    large = [name for name, count in found.items() if name.startswith("desks/") and not arguments and count > MOST]
    for name in large:
        print(f"{name} has more than {MOST} lines: mend what lies below first", file=sys.stderr)
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
