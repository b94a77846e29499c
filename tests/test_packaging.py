"""What the repository promises to somebody who clones it elsewhere: no host, no machine, no file that only we have."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hatch_build
from tools import lock

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
BINARY = {".docx", ".gif", ".ico", ".jpg", ".parquet", ".pdf", ".png", ".woff2", ".xls", ".xlsx", ".zip"}

# Each letter or dot in brackets keeps the pattern from finding itself.
FOREIGN = {
    "a path of some machine": r"/(?:[w]ork|[f]arm|[h]ome/\w+)/|/[r]oot/[.]",
    "a folder outside the repository": r"[.][.]/[s]hared",
    "a mirror": r"://[a-z0-9.-]*(?:mirror|artifactory|nexus)",
    "a package index": r"pypi[.]org|[p]ythonhosted|registry[.](?:npmjs|npmmirror|yarnpkg)|tuna[.]tsinghua",
}


def files() -> list[Path]:
    """Every file of the repository: tracked, and new ones that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """Name and content of every file that is text."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in files()
        if path.suffix not in BINARY
    }


def pyproject() -> str:
    return (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def requirements() -> list[Requirement]:
    """Everything pyproject.toml asks for by name, in all groups."""
    content = tomllib.loads(pyproject())
    groups = [content["project"]["dependencies"], *content["dependency-groups"].values()]
    groups += content["project"].get("optional-dependencies", {}).values()
    return [Requirement(item) for group in groups for item in group if isinstance(item, str)]


def pins() -> dict[str, set[str]]:
    """The pinned versions of each package; some have one version per Python."""
    found: dict[str, set[str]] = {}
    for pin in map(Requirement, lock.pins_in(pyproject())):
        found.setdefault(canonicalize_name(pin.name), set()).update(part.version for part in pin.specifier)
    return found


# Nothing names a host or a machine


def test_the_repository_is_where_these_tests_look():
    names = {path.relative_to(ROOT).as_posix() for path in files()}

    assert {"pyproject.toml", "requirements.lock", "frontend/package-lock.json", "src/xingke/__init__.py"} <= names


def test_the_python_lock_names_no_host():
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_the_pins_name_no_host():
    assert "://" not in lock.BLOCK.search(pyproject()).group()


def test_the_npm_lock_names_no_registry():
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_the_lock_of_uv_stays_out_because_it_cannot_be_freed_of_hosts():
    assert "uv.lock" not in {path.name for path in files()}


def test_every_text_is_utf_8_with_unix_line_ends():
    assert [name for name, text in texts().items() if "\r\n" in text or text.startswith("\ufeff")] == []


@pytest.mark.parametrize("what", FOREIGN)
def test_no_file_mentions(what):
    pattern = re.compile(FOREIGN[what], re.IGNORECASE)

    found = [f"{name}: {match.group()}" for name, text in texts().items() for match in pattern.finditer(text)]

    assert found == []


def test_these_patterns_do_find_what_they_are_for():
    examples = {
        "a path of some machine": "cd /" + "work/main",
        "a folder outside the repository": "open('../" + "shared/x')",
        "a mirror": "https://" + "mirrors.example.cn/simple",
        "a package index": "https://pypi" + ".org/simple",
    }

    assert {what for what, text in examples.items() if re.search(FOREIGN[what], text)} == FOREIGN.keys()


# Dependencies


def test_every_dependency_says_what_it_is_for():
    table = re.compile(r"^(?:dependencies|\w+) = \[\n(.*?)^\]", re.MULTILINE | re.DOTALL)
    content = pyproject()
    declared = content[content.index("[project]") : content.index("[tool.")]
    lines = [line for block in table.findall(declared) for line in block.splitlines() if line.lstrip().startswith('"')]

    assert len(lines) == len(requirements())
    assert [line.strip() for line in lines if not re.search(r'",\s+# \S', line)] == []


def test_every_dependency_is_pinned_to_a_version_it_allows():
    pinned = pins()

    wrong = [
        f"{wanted}: pinned {sorted(pinned.get(canonicalize_name(wanted.name), set()))}"
        for wanted in requirements()
        if not any(wanted.specifier.contains(version) for version in pinned.get(canonicalize_name(wanted.name), ()))
    ]

    assert wrong == [], "run `make lock`"


def test_pip_and_uv_are_given_the_same_pins():
    exported = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert lock.pins_of(exported) == lock.pins_in(pyproject())


def test_every_pin_has_a_hash():
    exported = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", "")

    assert [line for line in exported.splitlines() if "==" in line and "--hash=sha256:" not in line] == []


def test_the_build_hook_asks_for_what_the_environment_has():
    asked = tomllib.loads(pyproject())["dependency-groups"]["build"]

    assert {hatch_build.NODE_REQUIREMENT, hatch_build.BABEL_REQUIREMENT} <= set(asked)


# A release


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A wheel and a source archive of this tree, built with what stands in the environment."""
    folder = tmp_path_factory.mktemp("release")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    return folder


CARRIED = {
    "xingke/base/static/dist/app.css",
    "xingke/base/static/dist/app.js",
    "xingke/base/static/dist/charts.js",
    "xingke/locale/en/LC_MESSAGES/django.mo",
}


def test_a_wheel_carries_the_built_front_end_and_the_translations(release):
    with zipfile.ZipFile(next(release.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())

    assert CARRIED - names == set()
    assert [name for name in names if "node_modules" in name] == []


def test_a_source_archive_installs_without_node_and_without_babel(release, tmp_path):
    with tarfile.open(next(release.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = next(tmp_path.iterdir())

    assert {name for name in CARRIED if not (unpacked / "src" / name).is_file()} == set()
    assert not hatch_build.frontend_is_stale(unpacked)
    assert list(hatch_build.stale_catalogues(unpacked)) == []
