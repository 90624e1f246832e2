"""The whole program (`manage.py demo`: web, worker, beat, demo company) and real Chromium before it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

PROJECT = Path(__file__).resolve().parents[2]
AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "tenure-demo"
START_SECONDS = 600
# generous: a slow machine is no fault of the page
expect.set_options(timeout=20_000)
DESKTOP = {"width": 1440, "height": 900}
TURN, SETTLES_WITHIN = 50, 20_000  # milliseconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def program() -> Iterator[str]:
    """The address of a running demo with data of its own, in a folder that root's servers may enter too.

    While one writes a test, E2E_ADDRESS names a demo that runs already.
    """
    if running := os.environ.get("E2E_ADDRESS"):
        yield running
        return
    folder = Path(tempfile.mkdtemp(prefix="tenure-e2e-"))
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO", "TEST_", "PYTEST"))
    }
    environment |= {"VAR_DIR": str(folder / "var"), "PORT": str(port), "DEMO": "1"}
    log = folder / "program.log"
    with open(log, "wb") as output:
        command = [sys.executable, "manage.py", "demo"]
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    address = f"http://localhost:{port}"
    try:
        wait_until_ready(address, process, log)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=180)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"The program did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture
def empty_program() -> Iterator[str]:
    """The address of an installation that nobody has set up: web server alone, on a database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="tenure-empty-"))
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO", "TEST_", "PYTEST", "DEMO"))
    }
    environment |= {"VAR_DIR": str(folder / "var")}
    run = [sys.executable, "manage.py"]
    subprocess.run([*run, "migrate", "--verbosity", "0"], cwd=PROJECT, env=environment, check=True)
    log = folder / "program.log"
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    with open(log, "wb") as output:
        command = [*web, "--blocking-threads", "2", "--no-ws", "crm.wsgi:application"]
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=output, stderr=output)
    address = f"http://localhost:{port}"
    try:
        wait_until_ready(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)
        subprocess.run([*run, "embedded", "stop"], cwd=PROJECT, env=environment, check=False)
        shutil.rmtree(folder, ignore_errors=True)


class Tab:
    """A signed-in browser tab that remembers what the console said."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))
        self.asked: set[Request] = set()
        page.on("request", self.ask)
        page.on("requestfinished", self.answer)
        page.on("requestfailed", self.answer)

    def ask(self, request: Request) -> None:
        self.asked.add(request)

    def answer(self, request: Request) -> None:
        self.asked.discard(request)

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.settled()

    def settled(self) -> Page:
        """When everything that was asked for is there, and nothing was asked for in the meantime."""
        quiet = 0
        for _turn in range(SETTLES_WITHIN // TURN):
            self.page.wait_for_timeout(TURN)
            quiet = 0 if self.asked else quiet + 1
            if quiet == 2:
                return self.page
        pytest.fail(f"{self.page.url} still waits for {[request.url for request in self.asked]}")

    def sign_in(self, role: str) -> "Tab":
        page = self.go("/")
        page.fill("input[name=login]", f"{role}@tenure.example")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{self.address}/")
        return self

    def first_customer(self, query: str = "") -> Page:
        page = self.go(f"/customers/{query}")
        page.locator("#results tbody tr td.main-cell a").first.click()
        page.wait_for_url("**/customers/*/**")
        return self.settled()

    def violations(self, *rules: str) -> list[str]:
        """What axe finds on the page as it stands, by all rules or by these."""
        self.page.evaluate(AXE.read_text())
        options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
        found: dict[str, Any] = self.page.evaluate("options => axe.run(options)", options)
        return [
            f"{self.page.url} {item['id']}: {node['target']} {node['html'][:120]}"
            for item in found["violations"]
            for node in item["nodes"]
        ]


@pytest.fixture
def tab(program: str, browser: Browser) -> Iterator[Callable[..., Tab]]:
    """tab("rep", theme="dark", width=390) -> a Tab signed in as that role; fails if the console said anything."""
    contexts = []
    tabs: list[Tab] = []

    def opened(role: str, *, theme: str = "light", width: int = 1440, touch: bool = False) -> Tab:
        context = browser.new_context(
            has_touch=touch,
            viewport={"width": width, "height": DESKTOP["height"]},
            color_scheme="dark" if theme == "dark" else "light",
        )
        contexts.append(context)
        tabs.append(Tab(context.new_page(), program).sign_in(role))
        return tabs[-1]

    yield opened
    said = [text for one in tabs for text in one.said]
    for context in contexts:
        context.close()
    assert said == []
