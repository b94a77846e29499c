"""Make .venv: an isolated Python with everything of requirements.lock, the project itself and its front end.

    python3 tools/setup.py

Uses the standard library only and parses under Python 3.7, so that an old one can be told so. A second run does
nothing but look at three stamps and at the files of every package; an environment that lost some is made anew.
Packages come from whatever index pip is configured to use.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
BASE_PYTHON: str = getattr(sys, "_base_executable", sys.executable)  # not .venv's own, should that be the active one
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
PIP_WHEELS = Path("/usr/share/python-wheels")  # where Debian keeps the pip of its venv package


def main() -> None:
    """Bring .venv up to date, doing only what a changed file asks for."""
    if sys.version_info < OLDEST:
        continue_with_a_newer_python()
    os.chdir(ROOT)
    if not os.access(ROOT, os.W_OK):
        stop(
            f"源码文件夹 {ROOT} 不可写，不能在其中建立 .venv。", f"{ROOT} is not writable: .venv cannot be made there."
        )
    lock = digest("requirements.lock", extra=sys.version)
    project = digest("pyproject.toml", "hatch_build.py", extra=lock)
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    place = f"{sys.version}\n{VENV}"  # an environment does not survive being moved
    lost = damage() if python.exists() and stamped("packages", lock) else ""
    if lost:
        print(f"== .venv 不完整（{lost}），重新建立 · .venv has lost files ({lost}) and is made anew", flush=True)
        shutil.rmtree(VENV)
    if not python.exists() or not stamped("python", place):
        step("正在建立 .venv · creating .venv", create)
        stamp("python", place)
    if not stamped("packages", lock):
        requirements = ["--require-hashes", "-r", "requirements.lock"]
        step(
            "正在安装依赖，首次需要几分钟 · installing packages, minutes the first time",
            lambda: pip(python, *requirements),
        )
        stamp("packages", lock)
    if not stamped("project", project) or not imports(python):
        editable = ["--no-deps", "--no-build-isolation", "-e", "."]
        step("正在安装兴科并构建前端 · installing Xingke, building the front end", lambda: pip(python, *editable))
        stamp("project", project)
        if not imports(python):
            stop(
                "装好的环境不能用；请运行 make clean 后重试。",
                "What was installed does not run: make clean, then again.",
            )
    elif subprocess.run([str(python), "hatch_build.py"], check=False).returncode != 0:
        sys.exit(1)


def damage() -> str:
    """The first thing that .venv has lost of what the lock names: a distribution, or one of its files; else nothing."""
    packages = (
        VENV
        / ("Lib" if os.name == "nt" else f"lib/python{sys.version_info[0]}.{sys.version_info[1]}")
        / "site-packages"
    )
    found = {plain(path.name.partition("-")[0]): path for path in packages.glob("*.dist-info")}
    for line in Path("requirements.lock").read_text(encoding="utf-8").splitlines():
        named = re.match(r"([A-Za-z0-9._-]+)==[^ ;]+(?: \\)?$", line)  # with a marker it may be for other machines
        if named and plain(named.group(1)) not in found:
            return named.group(1)
    records = (path / "RECORD" for name, path in found.items() if name not in ("xingke", "pip"))
    return next(filter(None, (lost_file(str(packages), record) for record in records)), "")


def lost_file(packages: str, record: Path) -> str:
    """The first file of a distribution that is gone or has another size than its record says."""
    try:
        with record.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except OSError:
        return str(record)
    for name, _digest, size in rows:
        try:
            if size and os.stat(f"{packages}/{name}").st_size != int(size):  # noqa: PTH116 - 25 000 times
                return name
        except OSError:
            return name
    return ""


def plain(name: str) -> str:
    """A distribution's name as everybody compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imports(python: Path) -> bool:
    """Whether the environment's Python can load what everything else needs."""
    return (
        subprocess.run([str(python), "-c", "import django, xingke"], stderr=subprocess.DEVNULL, check=False).returncode
        == 0
    )


def continue_with_a_newer_python() -> NoReturn:
    """Replace this process by a Python new enough, or end with one sentence."""
    for name in NEWER_NAMES:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, __file__])  # the same script, nothing from outside
    version = sys.version.split()[0]
    stop(
        f"需要 Python 3.11 或更高版本，本机为 {version}。",
        f"Python 3.11 or newer is needed and this is {version}: install one, or name it with `make setup PYTHON=…`.",
    )


def create() -> None:
    """Make an empty .venv that has pip: with ensurepip, else with any pip that the machine already has.

    A fresh Debian has the venv module but not ensurepip, which comes with its package python3-venv.
    """
    shutil.rmtree(VENV, ignore_errors=True)
    if has_module("ensurepip"):
        run(BASE_PYTHON, "-m", "venv", str(VENV))
        return
    if not has_module("venv"):
        stop_for_want_of_venv()
    run(BASE_PYTHON, "-m", "venv", "--without-pip", str(VENV))
    python = VENV / "bin/python"
    if has_module("pip"):
        run(BASE_PYTHON, "-m", "pip", "--python", str(python), "install", "--quiet", "pip")
        return
    wheel = next(iter(sorted(PIP_WHEELS.glob("pip-*.whl"), reverse=True)), None)
    if wheel is None:
        stop_for_want_of_venv()
    run(str(python), str(wheel / "pip"), "install", "--quiet", "--no-index", str(wheel))


def stop_for_want_of_venv() -> NoReturn:
    """End with the name of the missing package; nothing half made is left."""
    shutil.rmtree(VENV, ignore_errors=True)
    stop(
        "本机 Python 缺少 venv 组件，也没有 pip：请先安装 python3-venv（apt install python3-venv）。",
        "This Python has neither its venv package nor pip: apt install python3-venv, then run again.",
    )


def has_module(name: str) -> bool:
    """Whether this Python can import ``name``; asked of a fresh process, as Debian patches ensurepip's import."""
    return subprocess.run([BASE_PYTHON, "-c", "import " + name], stderr=subprocess.DEVNULL, check=False).returncode == 0


def pip(python: Path, *arguments: str) -> None:
    """``pip install`` inside .venv, quiet unless something is wrong."""
    # What the hook builds with stands in .venv itself: --no-build-isolation finds node and babel there, pinned by hash.
    quietly = ["--quiet", "--no-input", "--no-compile", "--disable-pip-version-check"]
    run(str(python), "-m", "pip", "install", *quietly, *arguments)


def run(*command: str) -> None:
    """Run ``command``; if it fails, end with its exit code and what to look at."""
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        stop(
            "上一步没有完成，原因见上面几行；若是网络问题，请检查 pip 的软件源设置后重试；不能联网的机器，见 docs/deployment.md 的“内网离线安装”。",
            "This step failed; the lines above say why. If it is the network, check pip's index settings; offline, see docs/deployment.md.",
        )


def step(title: str, do: Callable[[], None]) -> None:
    """Say what begins, do it, say how long it took."""
    print("== " + title, flush=True)
    started = time.monotonic()
    do()
    print(f"   {time.monotonic() - started:.1f} s", flush=True)


def digest(*names: str, extra: str) -> str:
    """SHA-256 of files in the root and of ``extra``."""
    found = hashlib.sha256(extra.encode())
    for name in names:
        found.update((ROOT / name).read_bytes())
    return found.hexdigest()


def stamped(name: str, value: str) -> bool:
    """Whether the last finished step ``name`` was for this ``value``."""
    path = VENV / (".xingke-" + name)
    return path.is_file() and path.read_text(encoding="utf-8") == value


def stamp(name: str, value: str) -> None:
    """Remember that step ``name`` is finished for ``value``."""
    (VENV / (".xingke-" + name)).write_text(value, encoding="utf-8")


def stop(chinese: str, english: str) -> NoReturn:
    """End with one sentence in each language."""
    sys.exit(chinese + "\n" + english)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        stop("\n已中断；再运行一次，会接着做完。", "Interrupted; run it again to finish.")
