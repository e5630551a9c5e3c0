"""Where the system's few colours take the place of all of ours: can things still be told apart?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e

# What forced colours leave of a look. Shadows are gone, and so is what a colour of ours has told.
LOOK = """part => {
  const look = getComputedStyle(part);
  return [
    look.backgroundColor,
    ...["top", "left", "bottom", "right"].map(
      side => ["style", "width", "color"].map(of => look[`border-${side}-${of}`]).join(" "),
    ),
    look.outlineStyle === "none" ? "" : `${look.outlineColor} ${look.outlineWidth}`,
  ];
}"""


@pytest.fixture
def window(browser: Browser, base: str) -> Iterator[Window]:
    window = Window(browser, base, has_forced_colors=True)
    yield window
    window.close()


def look(part: Locator) -> Any:
    """Tell how it looks, words aside."""
    return part.evaluate(LOOK)


def test_rooms_messages_and_what_is_pressed_are_told_apart(window: Window, ben: Window) -> None:
    share_a_room(window, ben)
    assert window.page.evaluate("matchMedia('(forced-colors: active)').matches")
    window.says("green or black?")
    ben.sees("green or black?")
    window.creates("The garden")
    ben.says(f"black, @{window.username}")
    ben.says("or green")
    rooms = window.find("room-item")
    den, garden = rooms.filter(has_text="The den"), rooms.filter(has_text="The garden")
    unread = den.get_by_test_id("room-item-unread")
    expect(unread).to_be_visible()

    assert look(garden) != look(den)  # only one of them is open
    assert look(unread)[0] != look(den)[0]

    den.click()
    window.sees("or green")
    bubbles = [
        window.message(text).locator(".bubble")
        for text in ("green or black?", f"black, @{window.username}", "or green")
    ]
    looks = [tuple(look(bubble)) for bubble in bubbles]
    assert len(set(looks)) == len(looks)  # mine, one that names me, another
    assert all("solid" in edge for one in looks for edge in one[1:5])

    window.message("or green").hover()
    window.find("act-react").click()
    window.find("emoji-search").fill("tea")
    window.find("emoji").filter(has_text="🍵").click()
    chip = window.find("reaction")
    expect(chip).to_have_attribute("aria-pressed", "true")
    pressed = look(chip)
    chip_of_ben = ben.find("reaction")
    chip_of_ben.click()
    expect(chip).to_contain_text("2")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "false")
    assert look(chip)[0] != pressed[0]


def test_the_focus_and_what_is_chosen_are_seen(window: Window) -> None:
    window.owns_a_room("Ann")
    composer = window.find("composer-text")
    settings = window.find("open-settings")
    box = composer.locator("xpath=..")
    window.find("open-create").focus()
    resting = look(box), look(settings)

    composer.focus()
    assert look(box) != resting[0]
    settings.focus()
    window.page.keyboard.press("Shift+Tab")
    window.page.keyboard.press("Tab")
    expect(settings).to_be_focused()
    assert look(settings) != resting[1]

    settings.press("Enter")
    dark = window.find("choice-dark")
    unchosen = look(dark.locator("span"))
    dark.click()
    expect(dark.locator("input")).to_be_checked()
    window.page.mouse.move(0, 0)
    assert look(dark.locator("span")) != unchosen
    window.page.keyboard.press("Escape")
    window.page.keyboard.press("Control+k")
    found = window.find("switch-room")
    expect(found).to_have_count(2)
    assert look(found.first) != look(found.last)  # the first is where Enter leads
