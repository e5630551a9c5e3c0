"""Is the page quick, however much is said?

    python -m benchmarks.bench_page [--runs 5]

The built page in a browser, its server inside it (`page_scene.js`), so that nothing but the page is
measured. Scrolling is compared with a plain list of as many messages, in turns, in one run.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import http.server
import json
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from benchmarks.machine import machine
from tools.browser import NONE_HERE, find_browser

DIST = Path(__file__).parent.parent / "frontend" / "dist"
SCENE = (Path(__file__).parent / "page_scene.js").read_text(encoding="utf-8")
LOADED = 5_000
STEPS = 60
STEP_PX = 800
INCOMING_PER_S = 50
KEYS = 60
STEADY_FROM, STEADY_TO = 5_000, 20_000

PLAIN = """count => {
  document.body.innerHTML = `<div id=list style="height:100vh;overflow:auto">${
    Array.from({length: count}, (_, n) => `<article style="padding:8px"><b>Ann</b>
      <time>12:00</time><p>tea is ready ${n}</p></article>`).join('')}</div>`;
}"""
SCROLL = """async ([selector, steps, px]) => {
  const list = document.querySelector(selector);
  for (let step = 0; step < steps; step += 1) {
    list.scrollBy(0, -px);
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  }
}"""
# From the moment of the key to the moment after the frame that shows its letter.
LISTEN = """() => {
  window.delays = [];
  const field = document.querySelector('[data-testid=composer-text]');
  field.addEventListener('keydown', event => {
    requestAnimationFrame(() => {
      const {port1, port2} = new MessageChannel();
      port1.onmessage = () => window.delays.push(performance.now() - event.timeStamp);
      port2.postMessage(null);
    });
  });
  field.focus();
}"""
BUSY = "ms => { window.busy = setInterval(() => window.scene.push(1), ms); }"


def main() -> int:
    """Measure, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    path = find_browser()
    assert path, NONE_HERE
    with site() as address, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--js-flags=--expose-gc"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        found = {
            "kib_gzip_until_composer": _bytes(browser, address),
            **_scrolling(browser, address, runs),
            **_typing(browser, address),
            **_memory(browser, address),
        }
        version = browser.version
        browser.close()
    print(json.dumps({"bench": "page", **found, "chromium": version, **machine()}))
    return 0


@contextmanager
def site() -> Iterator[str]:
    """Serve the built page; every address of the page itself is `index.html`."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def translate_path(self, path: str) -> str:
            file = super().translate_path(urlsplit(path).path)
            return file if Path(file).is_file() else str(DIST / "index.html")

    handler = functools.partial(Handler, directory=str(DIST))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def opened(browser: Browser, address: str, said: int) -> Page:
    """Open a room in which so much has been said."""
    context = browser.new_context(
        viewport={"width": 1180, "height": 760}, service_workers="block", reduced_motion="reduce"
    )
    page = context.new_page()
    page.add_init_script(SCENE)
    page.goto(f"{address}/rooms/den?said={said}")
    page.get_by_test_id("composer-text").wait_for()
    page.get_by_test_id("message").last.wait_for()
    return page


def _bytes(browser: Browser, address: str) -> float:
    """Count the scripts and styles that were fetched when the composer takes text."""
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(urlsplit(request.url).path))
    page.add_init_script(SCENE)
    page.goto(f"{address}/rooms/den")
    page.get_by_test_id("composer-text").fill("tea")
    files = {path for path in fetched if path.endswith((".js", ".css")) and path != "/sw.js"}
    context.close()
    sizes = [len(gzip.compress((DIST / path.lstrip("/")).read_bytes(), 9)) for path in files]
    return round(sum(sizes) / 1024, 1)


def _scrolling(browser: Browser, address: str, runs: int) -> dict[str, float]:
    """Scroll up through a long room, and through a plain list."""
    ours: list[dict[str, float]] = []
    plain: list[dict[str, float]] = []
    for _ in range(runs):
        page = opened(browser, address, LOADED)
        ours.append(_work(page, "[data-testid=messages]"))
        page.context.close()
        page = browser.new_context(viewport={"width": 1180, "height": 760}).new_page()
        page.evaluate(PLAIN, LOADED)
        page.evaluate("document.querySelector('#list').scrollTo(0, 1e9)")
        plain.append(_work(page, "#list"))
        page.context.close()

    def median(found: list[dict[str, float]], name: str) -> float:
        return round(statistics.median(one[name] for one in found), 2)

    return {
        "scroll_script_ms": median(ours, "script"),
        "scroll_work_ms": median(ours, "work"),
        "plain_scroll_script_ms": median(plain, "script"),
        "plain_scroll_work_ms": median(plain, "work"),
    }


def _work(page: Page, selector: str) -> dict[str, float]:
    """Scroll; gives the milliseconds of script, and of all the page did, for one step."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    before = _metrics(cdp)
    page.evaluate(SCROLL, [selector, STEPS, STEP_PX])
    after = _metrics(cdp)
    return {
        "script": (after["ScriptDuration"] - before["ScriptDuration"]) * 1000 / STEPS,
        "work": (after["TaskDuration"] - before["TaskDuration"]) * 1000 / STEPS,
    }


def _metrics(cdp: CDPSession) -> dict[str, float]:
    return {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}


def _typing(browser: Browser, address: str) -> dict[str, float]:
    """Type while others talk; the time from a key to its letter."""
    page = opened(browser, address, LOADED)
    page.evaluate(LISTEN)
    page.evaluate(BUSY, 1000 // INCOMING_PER_S)
    for _ in range(KEYS):
        page.keyboard.press("a")
        page.wait_for_timeout(90)
    delays = sorted(page.evaluate("window.delays"))
    assert len(delays) == KEYS, "a key was lost"
    page.evaluate("clearInterval(window.busy)")
    check_shown(page)
    page.context.close()
    return {
        "key_to_glyph_p50_ms": round(statistics.median(delays), 1),
        "key_to_glyph_p95_ms": round(delays[int(len(delays) * 0.95)], 1),
    }


def check_shown(page: Page, patience_ms: float = 20_000) -> None:
    """Hold the page to what came in: one that shows nothing is quick.

    Raises:
        AssertionError: the newest message is not there.
    """
    newest = page.evaluate("scene.newest()")
    expect(page.get_by_test_id("message").last).to_contain_text(newest, timeout=patience_ms)


def _memory(browser: Browser, address: str) -> dict[str, float]:
    """Let thousands of messages come in; what is held after the first and after the last."""
    page = opened(browser, address, 50)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    held: dict[int, dict[str, float]] = {}
    for count in range(50, STEADY_TO + 1, 50):
        page.evaluate("async () => { scene.push(50); await scene.frame(); }")
        if count in (STEADY_FROM, STEADY_TO):
            check_shown(page)
            page.evaluate("() => { gc(); gc(); }")
            held[count] = _metrics(cdp)
    page.context.close()
    mib = {count: one["JSHeapUsedSize"] / 2**20 for count, one in held.items()}
    return {
        "heap_mib_after_5k": round(mib[STEADY_FROM], 1),
        "heap_mib_after_20k": round(mib[STEADY_TO], 1),
        "nodes_after_5k": held[STEADY_FROM]["Nodes"],
        "nodes_after_20k": held[STEADY_TO]["Nodes"],
    }


if __name__ == "__main__":
    raise SystemExit(main())
