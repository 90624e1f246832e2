"""Take the pictures of the README from the real program: starts the demo on a free port and signs in."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

RULE = {
    "all": [
        {"field": "lifetime_value", "op": "gte", "value": 500},
        {"related": "orders", "op": "count_at_least", "value": 3},
        {"not": {"field": "rfm_group", "op": "any_of", "value": ["champions"]}},
    ]
}
PROJECT = Path(__file__).resolve().parent.parent
TARGET = PROJECT / "docs" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_until_ready(url: str, demo: "subprocess.Popen[bytes]") -> None:
    while demo.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(1)
    sys.exit("The demo did not start.")


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.fill("input[name=login]", "manager@tenure.example")
    page.fill("input[name=password]", "tenure-demo")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/$"))


def shoot(page: Page, url: str, suffix: str) -> None:
    by_rule = "/customers/?" + urlencode({"sort": "-lifetime_value", "rule": json.dumps(RULE)})
    for name, path in () if suffix else (("value", "/value/"), ("model", "/model/"), ("list", by_rule)):
        page.goto(url + path)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=TARGET / f"{name}{suffix}.png")
    # the customer at risk who is worth the most: every part of the value panel has something to say
    page.goto(f"{url}/customers/?risk=high&sort=-lifetime_value")
    links = page.locator("main a[href^='/customers/']")
    paths = [path for path in links.evaluate_all("all => all.map(a => a.getAttribute('href'))") if path]
    page.goto(url + next(path for path in paths if re.fullmatch(r"/customers/\d+/.*", path)).split("?")[0])
    page.wait_for_load_state("networkidle")
    page.screenshot(path=TARGET / f"customer{suffix}.png")


def main() -> int:
    if CHROMIUM is None:
        sys.exit("No Chromium on PATH (chromium, chromium-browser or google-chrome).")
    port = free_port()
    url = f"http://localhost:{port}"
    TARGET.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"PORT": str(port), "HOST": "127.0.0.1", "DEMO": "1"}
    with subprocess.Popen([sys.executable, "manage.py", "demo"], cwd=PROJECT, env=environment) as demo:
        try:
            wait_until_ready(url, demo)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                for suffix, scheme in (("", "light"), ("-dark", "dark")):
                    context = browser.new_context(
                        viewport={"width": 1440, "height": 900},
                        color_scheme="dark" if scheme == "dark" else "light",
                    )
                    page = context.new_page()
                    sign_in(page, url)
                    shoot(page, url, suffix)
                browser.close()
        finally:
            demo.send_signal(signal.SIGTERM)
    return 0


if __name__ == "__main__":
    sys.exit(main())
