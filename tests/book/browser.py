"""A headless Chromium and a local server, for looking at the built site as a reader does."""

import functools
import http.server
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
CHATTER = ("[PST]:", "[togglebutton]:")  # what the theme says when all is well


class Rendered(NamedTuple):
    """What Chromium made of a page."""

    dom: str
    console: list[str]


def render(url: str) -> Rendered:
    """Open a page, let its scripts finish, and return its DOM and what it wrote to the console.

    No name but the local server's resolves, so a page that asks another host for anything says so on the console.
    """
    assert CHROMIUM, "the tests of the site need Chromium: apt-get install chromium"
    with tempfile.TemporaryDirectory() as profile:
        outcome = subprocess.run(
            [
                CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                f"--user-data-dir={profile}", "--enable-logging=stderr", "--v=0", "--window-size=1280,900",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                "--virtual-time-budget=15000", "--dump-dom", url,
            ],
            capture_output=True, text=True, timeout=600,
        )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr
    said = re.findall(r'CONSOLE[^"]*"(.*)", source:', outcome.stderr)
    return Rendered(outcome.stdout, [text for text in said if not text.startswith(CHATTER)])


class Server(NamedTuple):
    """A running server: its address, every request it answered with its status, and pages of the tests' own."""

    address: str
    log: list[tuple[str, int]]
    extra: dict[str, str]


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Serve a folder on loopback."""
    log: list[tuple[str, int]] = []
    extra: dict[str, str] = {}

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path not in extra:
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(extra[self.path].encode())

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            log.append((self.path, int(code)))

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Server(f"http://127.0.0.1:{server.server_port}", log, extra)
        finally:
            server.shutdown()
            thread.join()


class Page(HTMLParser):
    """What the tests need to know of an HTML file: its anchors, its links, its pictures and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.downloads: list[str] = []
        self.images: list[dict[str, str]] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.anchors |= {attributes[name] for name in ("id", "name") if name in attributes}
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
            if "download" in attributes:
                self.downloads.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes)
        if tag == "link" and attributes.get("rel") != "canonical":
            self.loads.append(attributes.get("href", ""))
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed", "object"):
            self.loads += [attributes[name] for name in ("src", "data", "srcset") if name in attributes]
