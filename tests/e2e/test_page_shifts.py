"""Does what one reads stay where it is while the page tells something?"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.system import System
from tests.e2e.window import Window

pytestmark = pytest.mark.e2e

UNNOTICED = 0.01
PHONE = {"width": 360, "height": 740}
# https://wicg.github.io/layout-instability: what a person has just pressed may move things.
WATCH = """() => {
  window.moved = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.moved += shift.value;
  }).observe({type: "layout-shift", buffered: true});
}"""
DRAWN = "() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))"


@pytest.fixture(scope="module")
def system(own_system: System) -> System:
    """The first account is the administrator's."""
    return own_system


@pytest.fixture
def reader(ann: Window) -> Window:
    """Ann's, on a phone, in a room where more was said than fits."""
    ann.page.set_viewport_size(PHONE)
    ann.owns_a_room("Ann")
    path = f"/api/rooms/{ann.room_id}/messages"
    ann.calls_each("POST", path, [{"text": f"cup {number}"} for number in range(24)])
    ann.sees("cup 23")
    return ann


def moved(window: Window) -> float:
    """How much has moved by itself since it was watched."""
    window.page.evaluate(DRAWN)
    total: float = window.page.evaluate("window.moved")
    return total


def box(window: Window, what: str) -> Any:
    return window.page.locator(what).bounding_box()


def test_what_is_told_late_moves_nothing_that_is_read(reader: Window) -> None:
    page, list_ = reader.page, reader.find("messages")
    page.evaluate(WATCH)
    for top in (300, 100_000):  # amid what was said, and at its end
        list_.evaluate("(list, top) => list.scrollTo(0, top)", top)
        page.evaluate(DRAWN)
        page.evaluate("window.moved = 0")

        reader.calls("POST", "/api/announcements", {"text": "The house closes at ten. " * 3})
        expect(reader.find("announcement")).to_be_visible()
        reader.context.set_offline(True)
        strip = reader.find("connection-banner").locator(".strip")
        expect(strip).to_contain_text("offline")
        assert moved(reader) < UNNOTICED
        reader.context.set_offline(False)
        expect(strip).to_have_count(0)
        reader.find("close-announcement").evaluate("button => button.click()")
        expect(reader.find("announcement")).to_have_count(0)
        assert moved(reader) < UNNOTICED

    page.evaluate("document.querySelector('main').style.paddingTop = '60px'")
    assert moved(reader) > UNNOTICED  # the control


def test_the_first_that_was_said_can_be_read_under_what_is_told(reader: Window) -> None:
    reader.context.set_offline(True)
    expect(reader.find("connection-banner").locator(".strip")).to_contain_text("offline")
    reader.find("messages").evaluate("list => list.scrollTo(0, 0)")

    strip = box(reader, "[data-testid=connection-banner] .strip")
    first = box(reader, "[data-testid=messages] .edge")
    assert first["y"] >= strip["y"] + strip["height"]
    # Walked by key, a message never comes to stand under it either.
    reader.find("messages").evaluate("list => list.scrollTo(0, 100000)")
    reader.find("message").last.focus()
    for _ in range(15):
        reader.page.keyboard.press("ArrowUp")
        walked = box(reader, "[data-testid=message]:focus")
        assert walked["y"] >= strip["y"] + strip["height"]


def test_a_room_that_opens_comes_to_rest_at_once(reader: Window) -> None:
    reader.page.add_init_script(f"({WATCH})()")
    reader.page.reload()
    reader.sees("cup 23")
    expect(reader.find("notice")).to_have_count(1)

    assert moved(reader) < UNNOTICED
