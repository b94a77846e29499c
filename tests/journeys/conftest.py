"""A small demonstration, served as `xingke serve` serves it, and a Chromium to walk through it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Site:
    """The running demonstration: its address, its data folder, and the passwords it printed."""

    url: str
    data: Path
    passwords: dict[str, str]


def environment(data: Path) -> dict[str, str]:
    """What a user's shell has: a data folder of its own, and none of the tests' settings."""
    source = str(Path(__file__).parents[2] / "src")
    return {
        **os.environ,
        "XINGKE_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "xingke.config.settings",
        "PYTHONPATH": source,
    }


def xingke(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as its user would, on a data folder of its own."""
    command = [sys.executable, "-m", "xingke.config.command", *arguments]
    return subprocess.run(command, env=environment(data), capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("demo")
    prepared = xingke(data, "demo", "--no-serve", "--scale", "0.05")
    assert prepared.returncode == 0, prepared.stderr
    with served(data) as url:
        lines = (data / "demo-accounts.txt").read_text().splitlines()
        yield Site(url, data, dict(line.split(" ", 1) for line in lines))


@contextmanager
def served(data: Path) -> Iterator[str]:
    """An installation served on a free port; ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "xingke.config.command", "serve", "--port", str(port)]
    with (data / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment(data), stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/health/")
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "browser journeys need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


class Visitor:
    """Somebody at a browser: every console error and every request to another host is remembered."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.site = site
        self.context = context
        self.complaints: list[str] = []
        self.page = self.watch(context.new_page())

    def watch(self, page: Page) -> Page:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site.url, "data:", "blob:")):
            self.complaints.append(f"asked an outside host: {url}")

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.site.url}{path}")
        return self.page

    def sign_in(self, name: str) -> "Visitor":
        self.open("/sign-in/")
        self.page.fill("input[name=username]", name)
        self.page.fill("input[name=password]", self.site.passwords[name])
        self.page.click("button[type=submit]:has-text('登录')")
        self.page.wait_for_url(re.compile(f"{re.escape(self.site.url)}/(password/)?$"))
        return self

    def check_accessibility(self) -> list[str]:
        """What axe-core finds wrong on the page as it stands."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("async () => (await axe.run()).violations")
        return [f"{self.page.url} {each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]

    def width_overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture(params=[1440, 390], ids=["desktop", "phone"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True, locale="zh-CN")
    someone = Visitor(context, site)
    yield someone
    context.close()
    assert someone.complaints == []


Somebody = Callable[[str], AbstractContextManager[Visitor]]


@pytest.fixture
def somebody(browser: Browser, site: Site) -> Somebody:
    """A browser of one's own: ``with somebody("officer") as visitor``; "" is a stranger."""

    @contextmanager
    def arrive(name: str) -> Iterator[Visitor]:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True, locale="zh-CN")
        visitor = Visitor(context, site)
        yield visitor.sign_in(name) if name else visitor
        context.close()
        # a refused text is answered with 409, which the browser writes to its console
        assert [each for each in visitor.complaints if "409" not in each] == []

    return arrive


def kept(page: Page) -> None:
    """Wait until the editor has kept what was typed."""
    expect(page.locator("[data-state]")).to_contain_text("草稿已存", timeout=10_000)


@pytest.fixture
def browser_without_script(browser: Browser, site: Site) -> Iterator[Visitor]:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    yield Visitor(context, site)
    context.close()
