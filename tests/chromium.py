"""A client for Chromium's DevTools protocol, with the commands that tests of web pages need."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

BINARIES = ("chromium", "chromium-browser", "google-chrome")
PHONE, DESKTOP = (390, 844), (1280, 900)
WAIT_S = 60

joined = partial(connect, max_size=64 * 2**20, compression=None, proxy=None)

# This script waits until the page has checked its own seal, and then returns the result.
TESTED = """new Promise((done) => {
  const look = () => document.body && document.body.dataset.proof !== "none"
    ? done(document.body.dataset.proof) : setTimeout(look, 5);
  look();
})"""


def chromium() -> str | None:
    """Return the path of Chromium or Chrome, or None if neither is installed."""
    return next(filter(None, map(shutil.which, BINARIES)), None)


class Tab:
    """A browser tab that stores its events. By default the tab has no network."""

    def __init__(self, socket: ClientConnection, offline: bool = True) -> None:
        self._socket = socket
        self._sent = 0
        self.events: list[dict[str, Any]] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send(
            "Network.emulateNetworkConditions",
            offline=offline,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result.

        Events that arrive before the result are stored in `events`.
        """
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=WAIT_S))
            if message.get("id") == self._sent:
                assert "error" not in message, (method, message["error"])
                return message["result"]
            if "method" in message:
                self.events.append(message)

    def run(self, script: str) -> Any:
        """Run a script and return its value. If the value is a promise, wait for its result."""
        answer = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def open(self, path: Path) -> str:
        """Open a file. Return the result of the page's check of its own seal: sealed or broken."""
        self.visit(path.as_uri())
        return self.run(TESTED)

    def visit(self, url: str) -> None:
        """Open an address and wait until the page is loaded."""
        self.events.clear()
        self.send("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(json.loads(self._socket.recv(timeout=WAIT_S)))

    def press(self, selector: str, text: str = "") -> None:
        """Click on the first visible element that matches *selector* and contains *text*."""
        place = self.run(
            f"""(() => {{
              const all = [...document.querySelectorAll({json.dumps(selector)})];
              const found = all.filter((each) => each.checkVisibility()
                && each.textContent.includes({json.dumps(text)}));
              found[0].scrollIntoView({{ block: "center", behavior: "instant" }});
              const box = found[0].getBoundingClientRect();
              return [box.x + Math.min(box.width, 200) / 2, box.y + box.height / 2];
            }})()"""
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send(
                "Input.dispatchMouseEvent",
                type=kind,
                x=place[0],
                y=place[1],
                button="left",
                clickCount=1,
            )

    def key(self, key: str, code: int) -> None:
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    def resize(self, width: int, height: int) -> None:
        """Set the size of the screen in pixels. A width below DESKTOP's means a mobile device."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < DESKTOP[0],
        )

    def picture(self, path: Path, whole: bool = True) -> None:
        """Save a picture of the whole page, or only of its visible part if *whole* is False."""
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def printed(self) -> bytes:
        """Return the page as a PDF."""
        return base64.b64decode(self.send("Page.printToPDF", printBackground=True)["data"])

    @property
    def complaints(self) -> list[str]:
        """Return the page's errors and warnings, and the network addresses that it requested."""
        found = []
        for event in self.events:
            method, said = event["method"], event["params"]
            if (
                method == "Runtime.exceptionThrown"
                or (method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"))
                or (method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning"))
            ):
                found.append(json.dumps(said))
            elif method == "Network.requestWillBeSent":
                url = said["request"]["url"]
                if not url.startswith(("file:", "data:")):
                    found.append(url)
        return found


@contextmanager
def browsing(profile: Path, offline: bool = True) -> Iterator[Tab]:
    """Start a browser that uses the folder *profile*, yield its tab, and end the browser."""
    binary = chromium()
    assert binary
    command = [
        binary,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        "about:blank",
    ]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    try:
        yield from _tab(process, offline)
    finally:
        process.terminate()
        process.wait(timeout=WAIT_S)
        assert process.stderr
        process.stderr.close()


def _tab(process: "subprocess.Popen[str]", offline: bool) -> Iterator[Tab]:
    """Yield the only tab of a browser that has just started."""
    assert process.stderr
    for line in process.stderr:
        if "DevTools listening on " in line:
            address = line.partition("DevTools listening on ")[2].strip()
            break
    else:
        raise AssertionError("the browser did not start")
    host = address.split("/")[2]
    with joined(address) as whole:
        whole.send(json.dumps({"id": 1, "method": "Target.getTargets"}))
        targets = json.loads(whole.recv(timeout=WAIT_S))["result"]["targetInfos"]
    page = next(each["targetId"] for each in targets if each["type"] == "page")
    with joined(f"ws://{host}/devtools/page/{page}") as socket:
        yield Tab(socket, offline)
