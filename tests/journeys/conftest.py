"""A real server, a real browser. Any console error, refused script or accessibility fault fails the test."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
REPOSITORY = Path(__file__).parents[2]
SIZES = {"tablet": {"width": 768, "height": 1024}, "desk": {"width": 1280, "height": 900}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder needs the browser."""
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class House:
    """The running program: where it answers, and the passwords it printed."""

    url: str
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The program as `make run` starts it, on an empty home with the sample shop."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    server = subprocess.Popen(
        [sys.executable, "-m", "counselor", "run"],
        cwd=REPOSITORY,
        env=environ | {"COUNSELOR_HOME": str(tmp_path_factory.mktemp("house")), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    url, passwords, said = "", {}, []
    alarm = threading.Timer(120, server.kill)
    alarm.start()
    for line in server.stdout:
        said.append(line)
        if found := re.search(r"http://\S+", line):
            url = found.group().rstrip("/")
        if found := re.search(r"username (\S+)\s+password (\S+)", line):
            passwords[found.group(1)] = found.group(2)
        if url and len(passwords) == 3:
            break
    alarm.cancel()
    assert url and len(passwords) == 3, "".join(said)
    drain = threading.Thread(target=lambda: [None for _ in server.stdout or ()], daemon=True)
    drain.start()
    yield House(url, passwords)
    server.send_signal(signal.SIGTERM)
    server.wait(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One headless browser for all journeys. Missing: a failure where CI says so, a skip elsewhere."""
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed; install the package chromium.")
        pytest.skip("Chromium is not installed; the browser journeys were not walked.")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Walker:
    """One signed-in person at a browser."""

    page: Any
    url: str
    faults: list[str] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Collect what a person would not see: script errors, refused scripts and styles, broken requests."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))

    def _hear(self, message: Any) -> None:
        expected = "status of 4" in message.text  # a refused form answers 409 or 422 on purpose
        if message.type == "error" and not expected:
            self.faults.append(f"{self.page.url}: {message.text}")

    def go(self, path: str) -> None:
        """Open an address of the house."""
        self.page.goto(self.url + path)

    def press(self, name: str, within: str = "body") -> None:
        """Press a button or a link by its words, and wait for the page it leads to."""
        target = self.page.locator(within).locator("button, a, summary").filter(has_text=name).first
        with self.page.expect_navigation():
            target.click()

    def look(self, name: str) -> None:
        """Judge the page as it stands, on a tablet and on a desk: no accessibility fault, nothing wider than
        the screen. With COUNSELOR_PICTURES set to a folder, pictures are kept there for people to look at.
        """
        from axe_playwright_python.sync_playwright import Axe

        kept = os.environ.get("COUNSELOR_PICTURES")
        for size, box in SIZES.items():
            self.page.set_viewport_size(box)
            self.page.wait_for_timeout(120)
            if kept:
                Path(kept).mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=f"{kept}/{name}-{box['width']}.png", full_page=True)
            wide = self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                self.faults.append(f"{name} ({size}): {wide} pixels wider than the screen")
            found = Axe().run(self.page).response["violations"]
            self.faults += [
                f"{name} ({size}): {one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}"
                for one in found
            ]
        self.page.set_viewport_size(SIZES["desk"])
        self.looked_at.append(name)

    def add(self, label: str, words: str) -> None:
        """Type a term into a list with type-ahead and press Enter."""
        box = self.page.get_by_role("combobox", name=label)
        box.fill(words)
        box.press("Enter")

    def answer(self, *topics: str, said: str = "no") -> None:
        """Answer safety topics."""
        for topic in topics:
            self.page.locator(f"#topic-{topic} input[value={said}]").check()

    def saved(self) -> None:
        """Wait until the draft is kept and the advice is of now."""
        self.page.locator("[data-save-state][data-state=saved]").first.wait_for()
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def walker(house: House, chromium: Any) -> Iterator[Callable[[str], Walker]]:
    """Sign somebody in at a browser of their own: `walker("counselor")`."""
    contexts, walkers = [], []

    def sign_in(username: str, *, scripts: bool = True) -> Walker:
        # axe is put into the page as a script, which our policy rightly refuses; the policy itself is held
        # to by the test that walks without this.
        context = chromium.new_context(
            viewport=SIZES["desk"], bypass_csp=scripts, java_script_enabled=scripts
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        person = Walker(context.new_page(), house.url)
        person.watch()
        walkers.append(person)
        person.go("/sign-in")
        person.page.fill("[name=username]", username)
        person.page.fill("[name=password]", house.passwords[username])
        with person.page.expect_navigation():
            person.page.press("[name=password]", "Enter")
        assert person.page.url == house.url + "/", person.page.url
        return person

    yield sign_in
    for context in contexts:
        context.close()
    faults = [fault for person in walkers for fault in person.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def strict(house: House, chromium: Any) -> Iterator[Callable[[str], Walker]]:
    """The same under the full Content-Security-Policy, as people have it."""
    contexts, walkers = [], []

    def sign_in(username: str) -> Walker:
        context = chromium.new_context(viewport=SIZES["desk"])
        context.set_default_timeout(15_000)
        contexts.append(context)
        person = Walker(context.new_page(), house.url)
        person.watch()
        walkers.append(person)
        person.go("/sign-in")
        person.page.fill("[name=username]", username)
        person.page.fill("[name=password]", house.passwords[username])
        with person.page.expect_navigation():
            person.page.press("[name=password]", "Enter")
        return person

    yield sign_in
    for context in contexts:
        context.close()
    faults = [fault for person in walkers for fault in person.faults]
    assert not faults, "\n".join(faults)
