"""The page for whoever changes the program names files, commands and marks that exist."""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "developing.md").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"(?:src|tests|docs|bench)/[\w./-]+[\w/]", PAGE)) - {"tests/test_developing.py"})


@pytest.mark.parametrize("path", PATHS)
def test_every_file_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_it_names_files_of_every_kind() -> None:
    assert len(PATHS) > 20


def test_every_make_target_it_names_is_one() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"make ([a-z-]+)", PAGE)) <= targets


def test_every_mark_it_names_is_known() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    known = {mark.partition(":")[0] for mark in options["markers"]}

    assert set(re.findall(r"pytest\.mark\.(\w+)", PAGE)) <= known
    assert set(re.findall(r"-m (\w+)", PAGE)) <= known


def test_the_names_it_writes_code_with_are_those_of_the_code() -> None:
    from xingke.accounts.acts import Act, act
    from xingke.ledger.actions import write_next_version
    from xingke.ledger.kinds.record_kind import RecordKind
    from xingke.ledger.models import make_tables

    for name in (act, write_next_version, RecordKind, make_tables):
        assert name.__name__ in PAGE
    for method in re.findall(r"done\.(\w+)\(", PAGE):
        assert hasattr(Act, method)


def test_what_a_room_announces_is_what_base_has_registers_for() -> None:
    rows = re.findall(r"^\| .* \| `(src/xingke/base/\w+\.py)` \| `(\w+)[.(](?:add\((\w+))?", PAGE, re.MULTILINE)
    announced = {path: (register, entry) for path, register, entry in rows}

    modules = [path for path in (ROOT / "src/xingke/base").glob("*.py") if "] = Register(" in path.read_text("utf-8")]
    assert set(announced) == {path.relative_to(ROOT).as_posix() for path in modules}
    for path, names in announced.items():
        module = import_module(path.removeprefix("src/").removesuffix(".py").replace("/", "."))
        assert all(hasattr(module, name) for name in names if name), path
