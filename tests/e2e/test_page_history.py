"""Rows A10 and A11 in the browser: all that was said, at both ends, and what is new."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e

SAID = 400
MOST_ROWS = 350  # what a room holds at once, with its leeway


def fill(window: Window, count: int) -> None:
    """Say `1`, `2`, `3` … in the open room."""
    path = f"/api/rooms/{window.room_id}/messages"
    window.calls_each("POST", path, [{"text": str(number)} for number in range(1, count + 1)])


def fill_unseen(window: Window, count: int) -> None:
    """Say them while the room is not open, and open it again: nothing is drawn meanwhile."""
    room = window.page.url
    path = f"{window.base}/api/rooms/{window.room_id}/messages"
    window.page.goto("about:blank")
    for number in range(1, count + 1):
        key = {"Origin": window.base, "Idempotency-Key": f"said-by-number-{number:08}"}
        answer = window.context.request.post(path, data={"text": str(number)}, headers=key)
        assert answer.status == 201, answer.text()
    window.page.goto(room)


def test_a10_history_is_endless_in_both_directions_and_the_window_is_bounded(ann: Window) -> None:
    ann.owns_a_room("Ann")
    fill_unseen(ann, SAID)
    ann.sees(str(SAID))
    messages = ann.find("messages")

    for first in range(SAID - 50, 0, -50):
        messages.evaluate("list => list.scrollTo(0, 0)")
        expect(ann.message(str(first))).to_have_count(1)
    messages.evaluate("list => list.scrollTo(0, 0)")
    expect(ann.message("1")).to_have_count(1)
    assert len(ann.texts()) <= MOST_ROWS
    expect(messages).to_have_attribute("data-live", "false")
    expect(ann.message(str(SAID))).to_have_count(0)

    while messages.get_attribute("data-live") == "false":
        last = ann.texts()[-1]
        messages.evaluate("list => list.scrollTo(0, list.scrollHeight)")
        expect(ann.find("message-text").last).not_to_have_text(last)
        assert len(ann.texts()) <= MOST_ROWS
    ann.sees(str(SAID))
    numbers = [int(text) for text in ann.texts()]
    assert numbers == list(range(numbers[0], SAID + 1))


def test_a10_what_is_read_stays_where_it_is_when_older_messages_come(ann: Window) -> None:
    ann.owns_a_room("Ann")
    fill_unseen(ann, 120)
    ann.sees("120")
    assert "60" not in ann.texts()
    ann.find("composer-text").press("PageUp")
    expect(ann.find("jump-to-latest")).to_be_visible()
    ann.find("composer-text").press("PageDown")
    expect(ann.find("jump-to-latest")).not_to_be_visible()

    # The oldest message stands at the top; the page that comes in goes above it.
    place = ann.page.evaluate(
        """async () => {
          const list = document.querySelector('[data-testid=messages]');
          const row = list.querySelector('[data-testid=message]');
          list.scrollTo(0, 0);
          const before = row.getBoundingClientRect().top;
          const count = () => list.querySelectorAll('[data-testid=message]').length;
          const known = count();
          await new Promise(done => {
            const look = () => count() > known ? requestAnimationFrame(done)
              : requestAnimationFrame(look);
            look();
          });
          return [before, row.getBoundingClientRect().top];
        }"""
    )

    assert abs(place[0] - place[1]) <= 2
    expect(ann.message("60")).to_have_count(1)


def test_a10_who_is_at_the_end_stays_there_however_tall_what_comes_in_is(
    ann: Window, ben: Window
) -> None:
    """Control: who reads further up stays there, too."""
    share_a_room(ann, ben)
    fill(ben, 30)
    ann.sees("30")
    is_at_end = """() => {
      const {scrollHeight, scrollTop, clientHeight} =
        document.querySelector('[data-testid=messages]');
      return Math.abs(scrollHeight - scrollTop - clientHeight) <= 2;
    }"""

    for tall in ("\n".join(f"line {number} of {what}" for number in range(40)) for what in "ab"):
        path = f"/api/rooms/{ben.room_id}/messages"
        ben.calls_each("POST", path, [{"text": tall}])
        expect(ann.find("message-text").last).to_contain_text("line 39 of " + tall[-1])
        ann.page.wait_for_function(is_at_end)

    ann.find("messages").evaluate("list => list.scrollTo(0, 0)")
    expect(ann.find("jump-to-latest")).to_be_visible()
    ben.says("below")
    expect(ann.message("below")).to_have_count(1)
    assert ann.find("messages").evaluate("list => list.scrollTop") == 0


def test_a10_a_link_leads_to_one_message(ann: Window) -> None:
    ann.owns_a_room("Ann")
    fill_unseen(ann, 120)
    ann.sees("120")
    seq = int(ann.message("120").get_attribute("data-seq") or 0) - 110

    ann.page.goto(f"{ann.base}/rooms/{ann.room_id}/{seq}")

    expect(ann.message("10")).to_be_in_viewport()
    expect(ann.message("10")).to_be_focused()
    expect(ann.message("120")).to_have_count(0)
    ann.find("jump-to-latest").click()
    expect(ann.message("120")).to_be_in_viewport()
    ann.says("and on")
    ann.sees("and on")


def test_a11_new_messages_are_marked_counted_and_found(ann: Window, ben: Window) -> None:
    share_a_room(ann, ben)
    ben.says("read already")
    ann.sees("read already")
    expect(ann.page).to_have_title(re.compile("^The den"))
    ann.creates("Elsewhere")

    fill(ben, 40)
    expect(ann.page).to_have_title(re.compile(r"^\(40\) Elsewhere"))
    expect(ann.page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("unread"))
    ann.find("room-item").filter(has_text="The den").click()

    ann.sees("40")
    expect(ann.find("new-mark")).to_have_count(1)
    expect(ann.page).to_have_title(re.compile("^The den"))
    expect(ann.find("new-mark")).not_to_be_in_viewport()
    ann.find("jump-to-unread").click()
    expect(ann.find("new-mark")).to_be_in_viewport()
    expect(ann.find("jump-to-unread")).to_have_count(0)
    ben.says("one more")
    expect(ann.find("jump-to-latest")).to_contain_text("1 new message")
    ann.page.keyboard.press("Escape")
    expect(ann.message("one more")).to_be_in_viewport()
    expect(ann.find("jump-to-latest")).to_have_count(0)
