"""Installable: the page without a network, and when a newer version of it is there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.system import System, running
from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e

CACHED = """async () => {
  const paths = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys())
      paths.push(new URL(request.url).pathname);
  return paths;
}"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    site = tmp_path_factory.mktemp("page") / "dist"
    shutil.copytree(Path(__file__).parent.parent.parent / "frontend" / "dist", site)
    with running(tmp_path_factory.mktemp("data"), site=site) as whole:
        yield whole


def test_the_last_rooms_are_read_offline_and_what_is_written_is_sent_when_back(
    ann: Window, ben: Window
) -> None:
    share_a_room(ann, ben)
    ben.says("read me offline")
    ann.sees("read me offline")
    ann.is_kept()

    ann.context.set_offline(True)
    ann.page.reload()
    ann.sees("read me offline")
    expect(ann.find("room-name")).to_have_text("The den")
    expect(ann.find("connection-banner")).to_have_attribute("data-state", "offline")
    ann.says("written offline")
    expect(ann.message("written offline")).to_have_attribute(
        "data-state", re.compile("queued|sending")
    )
    ben.says("said meanwhile")
    ann.context.set_offline(False)

    ann.sees("written offline")
    ann.sees("said meanwhile")
    ben.sees("written offline")


def test_nothing_that_people_said_is_ever_cached(ann: Window) -> None:
    ann.owns_a_room("Ann")
    ann.says("not for the cache")
    ann.sees("not for the cache")
    ann.is_kept()
    ann.page.reload()
    ann.sees("not for the cache")

    cached = ann.page.evaluate(CACHED)

    assert "/index.html" in cached
    assert [path for path in cached if path.startswith(("/api", "/ws", "/media"))] == []


def test_a_stranger_without_a_network_is_told_so(ann: Window) -> None:
    ann.page.goto(ann.base)
    expect(ann.find("guest-submit")).to_be_visible()
    ann.is_kept()

    ann.context.set_offline(True)
    ann.page.reload()

    expect(ann.find("unreachable")).to_be_visible()
    ann.context.set_offline(False)
    expect(ann.find("guest-submit")).to_be_visible()


def test_a_newer_version_says_so_and_is_taken_on_request(
    browser: Browser, base: str, system: System
) -> None:
    window = Window(browser, base)
    window.signs_up("Ann")
    window.is_kept()
    window.creates("The den")
    window.find("composer-text").fill("half a thought")
    index = (system.site / "index.html").read_text()
    entry = re.search(r"/assets/index-[\w-]+\.js", index)
    assert entry
    newer = "/assets/index-newer.js"
    worker = system.site / "sw.js"

    shutil.copy(system.site / entry[0].lstrip("/"), system.site / newer.lstrip("/"))
    (system.site / "index.html").write_text(index.replace(entry[0], newer))
    worker.write_text(
        worker.read_text().replace(entry[0], newer).replace("teahouse-", "teahouse-2")
    )
    window.page.evaluate(
        "navigator.serviceWorker.getRegistration().then(found => found.update()).then(() => null)"
    )
    expect(window.find("new-version")).to_be_visible()
    window.find("take-new-version").click()

    expect(window.page.locator(f"script[src='{newer}']")).to_have_count(1)
    expect(window.find("composer-text")).to_have_value("half a thought")
    expect(window.find("new-version")).to_have_count(0)
    window.close()
