"""The supervisor: what dies comes back, what is told to stop stops, and every request leaves a line."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from xingke.base.refusals import Refused
from xingke.config import serving
from xingke.config.tests import small

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks at processes as Linux shows them"),
]


class Running:
    """A site of its own, served by ``xingke serve``."""

    def __init__(self, folder: Path, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log_file = folder / "log"
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "xingke.config.command", "serve", "--port", str(self.port)],
                env=small.environment(data, XINGKE_LOG="json"),
                stdout=log,
                stderr=log,
            )

    def ask(self, path: str = "/sign-in/", timeout: float = 2) -> int:
        """Status of an answer; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_until_it_answers(self, seconds: float) -> float:
        """How long it took."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if self.ask() == 200:
                return time.monotonic() - started
            time.sleep(0.05)
        raise AssertionError(f"no answer within {seconds} s:\n{self.log_file.read_text()}")

    def events(self) -> list[dict[str, Any]]:
        """Every JSON line so far."""
        return [json.loads(line) for line in self.log_file.read_text().splitlines() if line.startswith("{")]

    def web_child(self) -> int:
        """The process that answers requests."""
        return self.child("web")

    def child(self, name: str) -> int:
        """The process of that name which the supervisor started last."""
        told = (each for each in self.events() if each.get("event") == "started")
        return [each["pid"] for each in told if each["child"] == name][-1]


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_there(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that was started once, which prepares it; a folder serves one site, so each has a copy."""
    folder = tmp_path_factory.mktemp("prepared")
    site = Running(tmp_path_factory.mktemp("first"), folder)
    try:
        site.wait_until_it_answers(120)
        site.process.terminate()
        site.process.wait(30)
    finally:
        site.process.kill()
    return folder


@pytest.fixture(scope="module")
def data(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the site that runs."""
    return shutil.copytree(prepared, tmp_path_factory.mktemp("running") / "data")


@pytest.fixture
def own(prepared: Path, tmp_path: Path) -> Path:
    """A data folder of one's own."""
    return shutil.copytree(prepared, tmp_path / "data")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Running]:
    site = Running(tmp_path_factory.mktemp("serve"), data)
    try:
        site.wait_until_it_answers(120)
        yield site
    finally:
        site.process.kill()
        site.process.wait()


def test_every_request_leaves_one_line_without_its_query(running: Running) -> None:
    assert running.ask("/sign-in/?next=/somebody's-search/") == 200

    line = [each for each in running.events() if each["logger"] == "xingke.request"][-1]

    assert (line["method"], line["path"], line["status"], line["user"]) == ("GET", "/sign-in/", 200, "")
    assert line["bytes"] > 1000
    assert line["ms"] >= 0
    assert "somebody" not in running.log_file.read_text()


def test_a_path_cannot_forge_a_line(running: Running) -> None:
    assert running.ask("/no%0A%7B%22level%22:%22x%22%7D/%E4%B8%AD") == 404

    line = [each for each in running.events() if each["logger"] == "xingke.request"][-1]

    assert line["path"] == "/no%0A%7B%22level%22:%22x%22%7D/%E4%B8%AD"


def test_static_files_leave_no_line(running: Running) -> None:
    before = len([each for each in running.events() if each["logger"] == "xingke.request"])

    running.ask("/static/no-such-file.css")

    assert len([each for each in running.events() if each["logger"] == "xingke.request"]) == before


def loading() -> float:
    """Seconds this machine needs at the moment just to load the site: on a quiet one two at most."""
    started = time.monotonic()
    small.python(Path(os.environ["XINGKE_DATA"]), "import xingke.config.site")
    return time.monotonic() - started


@pytest.mark.parametrize("whom", ["the web child", "its worker"])
def test_what_is_killed_outright_is_back_within_five_seconds(running: Running, whom: str) -> None:
    child = running.web_child()
    worker = children(child)[-1]

    os.kill(child if whom == "the web child" else worker, signal.SIGKILL)
    while is_there(worker):
        time.sleep(0.01)

    assert running.wait_until_it_answers(60) < max(5.0, 2.5 * loading())
    assert not is_there(child)
    assert running.web_child() != child
    died = [each for each in running.events() if each.get("event") == "died"][-1]
    assert died["child"] == "web"
    assert died["code"] == (-9 if whom == "the web child" else 1)


def test_a_job_child_that_is_killed_is_started_again(running: Running) -> None:
    before = running.child("jobs")

    os.kill(before, signal.SIGKILL)

    deadline = time.monotonic() + 10
    while running.child("jobs") == before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running.child("jobs") != before
    assert not is_there(before) and is_there(running.child("jobs"))


def test_a_second_site_on_the_same_port_is_refused_before_anything_starts(running: Running, tmp_path: Path) -> None:
    refused = small.command(tmp_path, "serve", "--port", str(running.port))

    assert refused.returncode == 2
    assert f"无法在 127.0.0.1 的 {running.port} 端口上提供服务" in refused.stderr
    assert not (tmp_path / "xingke.sqlite3").exists()


def test_a_second_site_on_the_same_folder_is_refused_on_any_port(running: Running, data: Path) -> None:
    refused = small.command(data, "serve", "--port", "0")

    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert refused.stderr.startswith("已有一个 xingke serve（或 xingke demo）在用数据文件夹")
    assert running.ask() == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_stops_with_all_its_children(tmp_path: Path, own: Path, number: signal.Signals) -> None:
    site = Running(tmp_path, own)
    try:
        site.wait_until_it_answers(120)
        child = site.web_child()
        everybody = [child, *children(child), site.child("jobs")]

        site.process.send_signal(number)

        assert site.process.wait(15) == 0
        assert [pid for pid in everybody if is_there(pid)] == []
        assert site.events()[-1]["event"] == "stopped"
    finally:
        site.process.kill()


def test_no_child_outlives_a_supervisor_that_is_killed_outright(tmp_path: Path, own: Path) -> None:
    site = Running(tmp_path, own)
    try:
        site.wait_until_it_answers(120)
        child = site.web_child()
        everybody = [child, *children(child), site.child("jobs")]
    finally:
        site.process.kill()
        site.process.wait()

    deadline = time.monotonic() + 10
    while any(map(is_there, everybody)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in everybody if is_there(pid)] == []


def test_a_child_that_dies_again_and_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(serving, "LONGEST_PAUSE", 0.02)
    broken = serving.Child("broken", (sys.executable, "-c", "raise SystemExit(3)"))
    steady = serving.Child("steady", (sys.executable, "-c", "import time; time.sleep(600)"))

    assert serving.Supervisor([steady, broken]).run() == 1

    assert broken.deaths == serving.GIVE_UP
    assert steady.process is not None
    assert steady.process.poll() == -signal.SIGTERM


def test_without_a_child_that_is_not_essential_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(serving, "LONGEST_PAUSE", 0.02)
    jobs = serving.Child("jobs", (sys.executable, "-c", "raise SystemExit(3)"), is_essential=False)
    web = serving.Child("web", (sys.executable, "-c", "import time; time.sleep(600)"))
    supervisor = serving.Supervisor([web, jobs])
    counted = serving.Child.pause_after_death

    def count(child: serving.Child) -> float:
        if child.deaths == 2 * serving.GIVE_UP:
            supervisor._told_to_stop(signal.SIGTERM, None)
        return counted(child)

    monkeypatch.setattr(serving.Child, "pause_after_death", count)

    assert supervisor.run() == 0

    assert jobs.deaths > 2 * serving.GIVE_UP
    assert web.process is not None and web.deaths == 0
    assert serving.job_child().is_essential is False and serving.web_child(host="", port=1, workers=1).is_essential


@pytest.mark.parametrize("deaths, pause", [(0, 0.25), (1, 0.5), (2, 1.0), (5, 8.0), (8, 30.0), (5000, 30.0)])
def test_each_death_in_a_row_doubles_the_pause_up_to_half_a_minute(deaths: int, pause: float) -> None:
    child = serving.Child("web", (), started=time.monotonic(), deaths=deaths)

    assert child.pause_after_death() == pause


def test_a_child_that_lived_for_a_minute_starts_anew_with_a_short_pause() -> None:
    child = serving.Child("web", (), started=time.monotonic() - 61, deaths=7)

    assert child.pause_after_death() == 0.25


def test_an_address_of_some_other_machine_cannot_be_listened_on() -> None:
    with pytest.raises(Refused, match=r"无法在 192\.0\.2\.1 的 8000 端口上提供服务"):
        serving.require_free("192.0.2.1", 8000)
