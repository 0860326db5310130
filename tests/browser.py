"""A real Chromium, driven by its DevTools protocol."""

import asyncio
import base64
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--no-proxy-server",
    "--remote-debugging-port=0",
)


def chromium() -> str | None:
    """The browser's program, where there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Browser:
    """One page of a browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sent = 0
        self.complaints: list[str] = []

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the protocol; events that come meanwhile are read for complaints."""
        self._sent += 1
        await self._socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            message = json.loads(await self._socket.recv())
            if message.get("id") == self._sent:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return dict(message["result"])
            self._hear(message)

    async def evaluate(self, script: str) -> Any:
        """The value of an expression in the page; promises are awaited."""
        done = await self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(f"{script}: {done['exceptionDetails']}")
        return done["result"].get("value")

    async def until(self, script: str, *, within_s: float = 60) -> Any:
        """The expression's value as soon as it is true."""
        try:
            async with asyncio.timeout(within_s):
                while not (value := await self.evaluate(script)):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            shown = await self.evaluate("document.body.innerText")
            raise AssertionError(f"{script} was not true within {within_s} s; the page says: {shown}") from None
        return value

    async def open(self, url: str) -> None:
        """Go to an address and wait until its page is loaded."""
        await self.send("Page.navigate", url=url)
        await self.until(f"location.href.startsWith({url!r}) && document.readyState === 'complete'")

    async def text(self, selector: str) -> str:
        """The text of the first element that fits."""
        return str(await self.evaluate(f"document.querySelector({selector!r}).innerText"))

    async def click(self, selector: str) -> None:
        """Press the mouse on the middle of the first element that fits."""
        script = (
            f"(() => {{ const e = document.querySelector({selector!r}); e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        x, y = await self.evaluate(script)
        for type_ in ("mousePressed", "mouseReleased"):
            await self.send("Input.dispatchMouseEvent", type=type_, x=x, y=y, button="left", clickCount=1)

    async def type(self, text: str) -> None:
        """Write where the cursor is."""
        await self.send("Input.insertText", text=text)

    async def press(self, key: str) -> None:
        """Press a named key, such as Enter or Escape."""
        code = {"Enter": 13, "Escape": 27, "Tab": 9}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        about = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        await self.send("Input.dispatchKeyEvent", type="keyDown", **about, **text)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **about)

    async def look(self, width: int, height: int, *, dark: bool = False) -> None:
        """Set the window's size, and the colours that the reader prefers."""
        narrow = width < 600
        await self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=narrow
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.send("Emulation.setEmulatedMedia", features=[scheme])

    async def picture(self, file: Path) -> None:
        """Keep what the window shows as a PNG."""
        shot = await self.send("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(shot["data"]))

    def _hear(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        if message.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")


@asynccontextmanager
async def browser(*, language: str = "en") -> AsyncIterator[Browser]:
    """A browser with an own profile, closed at the end."""
    program = chromium()
    if program is None:
        raise FileNotFoundError(f"none of {', '.join(_NAMES)} is on the path; on Debian: apt-get install chromium")
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program,
            *_FLAGS,
            f"--user-data-dir={profile}",
            f"--lang={language}",
            f"--accept-lang={language}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            async with connect(await _page_address(Path(profile)), max_size=None, proxy=None) as socket:
                page = Browser(socket)
                for part in ("Page", "Runtime", "Log"):
                    await page.send(f"{part}.enable")
                await page.look(1280, 900)
                yield page
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _page_address(profile: Path) -> str:
    """The socket of the first page, as soon as the browser has told its port."""
    import httpx

    async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as client:
        file = profile / "DevToolsActivePort"
        while not (file.exists() and "\n" in file.read_text()):
            await asyncio.sleep(0.05)
        port = file.read_text().split("\n")[0]
        while True:
            targets = (await client.get(f"http://127.0.0.1:{port}/json/list")).json()
            pages = [t["webSocketDebuggerUrl"] for t in targets if t["type"] == "page"]
            if pages:
                return str(pages[0])
            await asyncio.sleep(0.05)
