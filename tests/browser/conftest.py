"""A real Chromium on a running app. Without Chromium or Playwright the tests are skipped, and say so."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.pages.conftest import illustrative  # noqa: F401  (the same warehouse, as a fixture)

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("PRACTICE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
READY = '[data-testid="stApp"][data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]'
SECONDS = 60
# Streamlit's own: a grouped navigation puts its headings between <ul> and <li>; nothing of ours is in it.
KNOWN = {("list", "stSidebarNavItems"), ("listitem", "stSidebarNav")}


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed: apt-get install -y --no-install-recommends chromium fonts-liberation")
    with api.sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield started
        started.close()


@contextlib.contextmanager
def running_app(warehouse: Path, log: Path, *, project: Path = ROOT, **environment: str) -> Iterator[str]:
    """Address of the app on a warehouse, on a port of its own.

    Parameters
    ----------
    project : folder of the app, where what it downloads is kept
    """
    with socket.socket() as held:
        held.bind(("localhost", 0))
        port = held.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    given = os.environ | {"PRACTICE_DATABASE": str(warehouse)} | environment
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=project, env=given, stdout=written, stderr=written)
    address = f"http://localhost:{port}"
    try:
        _wait_for(address, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=SECONDS)


def _wait_for(address: str, log: Path) -> None:
    for _ in range(SECONDS * 5):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"The app did not start: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def address(illustrative: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: F811
    """Address of one app, running for the whole session."""
    with running_app(illustrative, tmp_path_factory.mktemp("app") / "log.txt") as running:
        yield running


@dataclass
class Visit:
    """A tab, and all that went wrong in it."""

    page: object
    address: str
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def settle(self) -> None:
        """Wait until the app has run and its charts are drawn."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_selector(READY, timeout=SECONDS * 1000)
        if self.page.locator('[data-testid="stVegaLiteChart"]').count():
            self.page.wait_for_selector('[data-testid="stVegaLiteChart"] svg.marks', timeout=SECONDS * 1000)
        self.page.wait_for_timeout(300)

    def go(self, path: str) -> None:
        """Open an address of the app."""
        self.page.goto(self.address + path)
        self.settle()

    def press(self, name: str) -> None:
        """Press the button of a name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.settle()

    def follow(self, name: str) -> None:
        """Follow the link of a name that is on the page itself."""
        self.page.locator('[data-testid="stMain"]').get_by_role("link", name=name, exact=True).first.click()
        self.settle()

    def choose(self, label: str, text: str) -> None:
        """Choose from a list by typing, as with a keyboard alone."""
        box = self.page.get_by_role("combobox", name=label).first
        box.click()
        box.fill(text)
        self.page.keyboard.press("Enter")
        self.settle()

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        return self.page.evaluate(
            """() => Math.max(...[document.documentElement, ...document.querySelectorAll('[data-testid="stMain"]')]
                .map(e => e.scrollWidth - e.clientWidth))"""
        )

    def barriers(self) -> list[str]:
        """Serious and critical findings of axe that are not Streamlit's own known ones."""
        axe = pytest.importorskip(
            "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
        )
        found = []
        for violation in axe.Axe().run(self.page).response["violations"]:
            if violation["impact"] not in ("serious", "critical"):
                continue
            for node in violation["nodes"]:
                own = self.page.evaluate(
                    """selector => { const e = document.querySelector(selector);
                        return !!(e && e.closest('[data-testid="stSidebarNav"], [data-testid="stSidebarNavItems"]')) }""",
                    node["target"][0],
                )
                if not (own and violation["id"] in {rule for rule, _ in KNOWN}):
                    found.append(f"{violation['id']}: {node['html'][:120]}")
        return found


@pytest.fixture
def visit(browser, address: str) -> Iterator[Callable[..., Visit]]:
    """Opens tabs of a width, and listens to what they ask for and complain about."""
    contexts = []

    def opened(width: int = 1280, at: str = address, **settings: object) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True, **settings)
        contexts.append(context)
        tab = Visit(context.new_page(), at)
        host = urllib.parse.urlparse(at).netloc

        def complaint(message) -> None:
            # Streamlit first probes <page>/_stcore for a base path: a 404 of its own.
            if message.type == "error" and "_stcore/" not in (message.location or {}).get("url", ""):
                tab.errors.append(message.text[:200])

        def request(one) -> None:
            asked = urllib.parse.urlparse(one.url)
            if asked.scheme not in ("data", "blob") and asked.netloc != host:
                tab.outside.append(one.url[:120])

        tab.page.on("console", complaint)
        tab.page.on("pageerror", lambda error: tab.errors.append(str(error)[:200]))
        tab.page.on("request", request)
        tab.page.on("websocket", lambda one: host in one.url or tab.outside.append(one.url[:120]))
        return tab

    yield opened
    for context in contexts:
        context.close()
