# SPDX-License-Identifier: BSD-2-Clause
"""A headless Chromium, driven through chromedriver by the WebDriver protocol, which is JSON over HTTP."""

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.bench.measure import CannotMeasure
from harness.system.places import BUILD
from harness.system.printable import printable_text
from harness.system.process import child_command, find_program

MISSING = [name for name in ("chromium", "chromedriver") if not find_program(name)]
AXE = BUILD / "node_modules" / "axe-core" / "axe.min.js"  # npm install --prefix build axe-core

DEADLINE = 120.0  # seconds, of a machine that has much else to do
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the protocol's own name for a reference
KEYS = {"Down": "\ue015", "Up": "\ue013", "Left": "\ue012", "Right": "\ue014"}
KEYS |= {"Enter": "\ue007", "Esc": "\ue00c", "Tab": "\ue004", "Home": "\ue011", "End": "\ue010"}
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions")
OPTIONS += ("--remote-debugging-pipe",)  # with whose other end it ends
# What it would do on its own account, the network among it.
OPTIONS += ("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")


class Browser:
    """One window."""

    def __init__(self, port: int, folder: Path) -> None:
        self._at = f"http://127.0.0.1:{port}/session"
        options = {"binary": find_program("chromium"), "args": [*OPTIONS, f"--user-data-dir={folder}"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        answer = self._ask("POST", "", {"capabilities": {"alwaysMatch": wanted}})
        self._at += f"/{answer['sessionId']}"

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._at + path, data, {"Content-Type": "application/json"}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=DEADLINE) as answer:
            return json.load(answer)["value"]

    def open(self, address: str) -> None:
        self._ask("POST", "/url", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function with this body returns in the page."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, condition: str) -> None:
        """Waits until an expression is true in the page."""
        end = time.monotonic() + DEADLINE
        while not self.run(f"return Boolean({condition})"):
            if time.monotonic() > end:
                raise CannotMeasure(f"in Chromium, for {DEADLINE:g} s this does not become true: {condition}")
            time.sleep(0.02)

    def press(self, *keys: str) -> None:
        """Presses keys, each by its name or as the character that it types."""
        strokes = [
            {"type": kind, "value": KEYS.get(key, key)}
            for word in keys
            for key in ([word] if word in KEYS else word)
            for kind in ("keyDown", "keyUp")
        ]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": strokes}]})

    def click(self, selector: str) -> None:
        found = self._ask("POST", "/element", {"using": "css selector", "value": selector})
        self._ask("POST", f"/element/{found[ELEMENT]}/click", {})

    def back(self) -> None:
        self._ask("POST", "/back", {})

    def command(self, name: str, **parameters: Any) -> Any:
        """A command of the DevTools protocol."""
        return self._ask("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def complaints(self) -> list[str]:
        """What the browser has said on its console, since the last time."""
        return [entry["message"] for entry in self._ask("POST", "/se/log", {"type": "browser"})]

    def close(self) -> None:
        self._ask("DELETE", "")


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser that keeps what it has to keep in the folder, and that is gone in the end, with all its processes."""
    sockets = tempfile.TemporaryDirectory(prefix="t-", dir="/tmp")  # whose paths have to be short
    environment = os.environ | {"HOME": str(folder), "TMPDIR": sockets.name}
    command = child_command([str(find_program("chromedriver")), "--port=0"])
    driver = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, start_new_session=True)
    silence = threading.Timer(DEADLINE, driver.kill)
    silence.start()
    try:
        assert driver.stdout
        words = b""
        while not (found := re.search(rb"on port (\d+)\.", words)):
            line = driver.stdout.readline()
            if not line:
                raise CannotMeasure(f"chromedriver does not come up: {printable_text(words)}")
            words += line
        silence.cancel()
        window = Browser(int(found.group(1)), folder / "profile")
        try:
            yield window
        finally:
            window.close()
    finally:
        silence.cancel()
        os.killpg(driver.pid, signal.SIGKILL)
        driver.wait()
        assert driver.stdout
        driver.stdout.close()
        sockets.cleanup()
