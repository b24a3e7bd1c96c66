"""A headless Chromium driven by its own DevTools protocol: no driver to install, none to download."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HERE = "127.0.0.1"
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--remote-debugging-port=0",
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HERE}",
    "about:blank",
)


class Chromium:
    """One page of the browser, and what it has said and asked for since it was opened."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._sent = socket, 0
        self.errors: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Do something by the DevTools protocol, noting what the page says meanwhile."""
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._socket.recv(timeout=30))
            if said.get("id") == self._sent:
                assert "error" not in said, said["error"]
                return said["result"]
            self._note(said["method"], said["params"])

    def _note(self, event: str, told: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif event == "Network.webSocketCreated":
            self.requests.append(told["url"])
        elif event == "Runtime.exceptionThrown":
            self.errors.append(
                told["exceptionDetails"].get("exception", told["exceptionDetails"]).get("description", "")
            )
        elif event == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif event == "Runtime.consoleAPICalled" and told["type"] in ("error", "assert"):
            self.errors.append(" ".join(str(part.get("value", part.get("description"))) for part in told["args"]))

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, script: str, holds: Callable[[Any], object] = bool, seconds: float = 20) -> Any:
        """Wait until the value of an expression is as wanted."""
        until = time.monotonic() + seconds
        while not holds(value := self.run(script)):
            assert time.monotonic() < until, f"after {seconds} s {script} is {value!r}; errors: {self.errors}"
            time.sleep(0.05)
        return value

    def open(self, address: str, width: int = 1440, height: int = 1000) -> None:
        """Go to a page, as wide as that."""
        self.resize(width, height)
        self.call("Page.navigate", url=address)

    def resize(self, width: int, height: int = 1000) -> None:
        """Make the window as wide as that; a narrow one is a telephone's."""
        phone = width < 700
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def click(self, script: str) -> None:
        """Click, as a mouse would, in the middle of the element that an expression gives."""
        x, y = self.place(script)
        for kind in ("mousePressed", "mouseReleased"):
            self._mouse(kind, x, y)

    def place(self, script: str) -> tuple[float, float]:
        """Scroll to the element that an expression gives, and say where its middle is once it moves no more."""
        self.wait(f"!!({script})")
        middle = (
            f"new Promise(done => setTimeout(() => {{ const e = {script};"
            "e.scrollIntoView({block: 'center', behavior: 'instant'});"
            "const r = e.getBoundingClientRect(); done([r.x + r.width / 2, r.y + r.height / 2]); }, 60))"
        )
        before, now = None, self.run(middle)
        for _ in range(50):
            if now == before:
                break
            before, now = now, self.run(middle)
        return now[0], now[1]

    def drag(self, script: str, right: float, moves: int, pause: float) -> None:
        """Press the mouse in the middle of an element, move it to the right in so many moves, and release it."""
        x, y = self.place(script)
        self._mouse("mousePressed", x, y)
        for move in range(1, moves + 1):
            self._mouse("mouseMoved", x + right * move / moves, y)
            time.sleep(pause)
        self._mouse("mouseReleased", x + right, y)

    def _mouse(self, kind: str, x: float, y: float) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)

    def key(self, name: str, code: int, text: str = "") -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            said = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code, **said)

    def write(self, script: str, text: str) -> None:
        """Replace what stands in a field, and leave the field."""
        self.click(script)
        self.run(f"({script}).select()")
        self.call("Input.insertText", text=text)
        self.key("Enter", 13, "\r")
        self.key("Tab", 9)

    def picture(self, path: Path, whole: bool = True) -> None:
        """Save what the page looks like."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(answer["data"]))

    def pdf(self) -> bytes:
        """The page as it prints, in the size of paper that it asks for."""
        answer = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(answer["data"])

    def strangers(self) -> list[str]:
        """Addresses asked for that are not on this machine."""
        local = ("data", "blob", "about")
        asked = ((url, urlsplit(url)) for url in self.requests)
        return [url for url, parts in asked if parts.scheme not in local and parts.hostname != HERE]


@contextmanager
def chromium(profile: Path) -> Iterator[Chromium]:
    """Start the browser, with a profile in an empty folder."""
    assert PROGRAM is not None
    process = subprocess.Popen(
        [PROGRAM, f"--user-data-dir={profile}", *ARGUMENTS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with connect(_page_address(profile), max_size=None) as socket:
            yield Chromium(socket)
    finally:
        process.terminate()
        process.wait(20)


def _page_address(profile: Path) -> str:
    """Where the browser listens for the page that it starts with."""
    from urllib.request import urlopen

    told = profile / "DevToolsActivePort"
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if told.exists() and (lines := told.read_text().split()):
            with urlopen(f"http://{HERE}:{lines[0]}/json/list") as answer:
                pages = [page for page in json.load(answer) if page["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise AssertionError("Chromium did not start within 30 s")
