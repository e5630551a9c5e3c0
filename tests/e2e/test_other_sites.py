"""Can a page of another site reach what listens on this machine? In a real browser: it cannot.

Whoever runs the local cloud also reads the web, and every page can send requests to every port of
127.0.0.1, with or without reading the answers.
"""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from local_cloud.cloud import LocalCloud, running
from tests.e2e.window import FLAGS
from tests.local_cloud.conftest import SAMPLES
from tools.browser import find_browser

pytestmark = pytest.mark.e2e

# Every way a page has to send something without being asked; it answers what it could read.
TRY = """
async ({ window, connection, store }) => {
  const read = [];
  const attempt = async (name, url, options) => {
    try {
      const answer = await fetch(url, options);
      const text = await answer.text();
      if (answer.ok && text) read.push(name);
    } catch {}
  };
  const plain = { "Content-Type": "text/plain" };
  const target = { "X-Amz-Target": "DynamoDB_20120810.ListTables" };
  for (const mode of ["cors", "no-cors"]) {
    await attempt(`window ${mode}`, window, { mode });
    await attempt(`connection ${mode}`, connection, { mode, method: "POST", body: "x" });
    await attempt(`store ${mode}`, store, { mode, method: "POST", headers: plain, body: "{}" });
  }
  await attempt("store preflight", store, { method: "POST", headers: target, body: "{}" });
  const frame = document.createElement("iframe");
  const loaded = new Promise((resolve) => { frame.onload = resolve; });
  frame.src = window;
  document.body.append(frame);
  await loaded;
  return read;
}
"""


@contextmanager
def another_site() -> Iterator[int]:
    """Serve an empty page on a port of its own."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Evil</title><body></body>")

        def log_message(self, format: str, *args: Any) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@contextmanager
def browser_page() -> Iterator[Any]:
    """Open a browser that finds tea.example on this machine, as after a rebinding."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
            args=[*FLAGS, "--host-resolver-rules=MAP tea.example 127.0.0.1"],
        )
        yield browser.new_page()
        browser.close()


def addresses(cloud: LocalCloud) -> dict[str, str]:
    return {
        "window": f"{cloud.url}/_local/state",
        "connection": f"{cloud.url}/ws/@connections/AAAAAAAAAAAAAAA%3D",
        "store": f"{cloud.store_url}/",
    }


def look(cloud: LocalCloud, site: str) -> tuple[list[str], dict[str, set[int]]]:
    """Let a page of that site try; return what it could read, and all statuses by address."""
    seen: dict[str, set[int]] = {}
    with browser_page() as page:
        page.goto(site)
        page.on("response", lambda a: seen.setdefault(a.url.split("?")[0], set()).add(a.status))
        read = page.evaluate(TRY, addresses(cloud))
    return read, seen


async def test_a_page_of_another_site_reads_nothing_and_does_nothing(tmp_path: Path) -> None:
    """Control: the cloud's own page reads the window; neither store nor connections, even it."""
    (tmp_path / "index.html").write_text("<!doctype html><title>Own</title><body></body>")
    async with running(SAMPLES / "template.yaml", data=None, site=tmp_path) as cloud:
        with another_site() as port:
            read, seen = await asyncio.to_thread(look, cloud, f"http://evil.localhost:{port}/")
            neighbour, _ = await asyncio.to_thread(look, cloud, f"http://localhost:{port}/")
        own, _ = await asyncio.to_thread(look, cloud, f"{cloud.url}/")

    assert read == []
    assert neighbour == []
    assert set(seen) >= set(addresses(cloud).values())
    assert {status for statuses in seen.values() for status in statuses} == {403}
    assert own == ["window cors", "window no-cors"]


# What a page can still ask of its own origin, once its name leads here.
ASK = """
async ({ there, paths }) => {
  const opened = new Promise((resolve) => {
    const socket = new WebSocket(there.replace("http", "ws") + "/ws");
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
  });
  const statuses = [];
  for (const path of paths) statuses.push((await fetch(there + path)).status);
  return [await opened, ...statuses];
}
"""
PATHS = ["/_local/state", "/", "/api/cups/ann"]


async def test_a_name_that_is_rebound_to_this_machine_is_refused(tmp_path: Path) -> None:
    """Its page is then of the same origin as all that is here: only the Host tells them apart.

    Control: a page under localhost is answered.
    """
    (tmp_path / "index.html").write_text("<!doctype html><title>Own</title><body></body>")

    def asked(cloud: LocalCloud, there: str) -> list[str | int]:
        with browser_page() as page:
            page.goto(f"{there}/")
            page.context.add_cookies([{"name": "who", "value": "ann", "url": there}])
            answers: list[str | int] = page.evaluate(ASK, {"there": there, "paths": PATHS})
            return answers

    async with running(SAMPLES / "template.yaml", data=None, site=tmp_path) as cloud:
        rebound = await asyncio.to_thread(asked, cloud, f"http://tea.example:{cloud.port}")
        own = await asyncio.to_thread(asked, cloud, cloud.url)

    assert rebound == ["refused", 403, 403, 403]
    assert own == ["open", 200, 200, 404]


async def test_the_window_draws_itself_within_its_own_policy() -> None:
    """No script of another place, no inline style, no error on its console."""

    def visit(cloud: LocalCloud) -> tuple[list[str], str]:
        said: list[str] = []
        with browser_page() as page:
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(f"{cloud.url}/_local")
            page.wait_for_selector("#invocations td")
            page.get_by_text("Open connections").wait_for()
            return said, page.title()

    async with running(SAMPLES / "template.yaml", data=None) as cloud:
        assert await asyncio.to_thread(visit, cloud) == ([], "Local cloud")
