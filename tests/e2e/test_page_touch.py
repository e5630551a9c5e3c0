"""Where nothing can be pointed at, only tapped: is everything within a finger's reach?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e

PHONE = (360, 740)
FINGER_PX = 44  # WCAG 2.5.5
MINE = ("edit", "copy.text", "copy.link", "delete")
OTHERS = ("copy.text", "copy.link", "report", "delete")


@pytest.fixture
def phone(browser: Browser, base: str, ben: Window) -> Iterator[Window]:
    """Ann's; in her room Ben and she have said something."""
    phone = Window(browser, base, size=PHONE, has_touch=True)
    share_a_room(phone, ben)
    ben.says("green or black?")
    phone.sees("green or black?")
    phone.says("green")
    phone.sees("green")
    yield phone
    phone.close()


def is_tapped(button: Locator) -> None:
    """It is whole, uncovered and large enough."""
    expect(button).to_be_in_viewport(ratio=1)
    button.tap(trial=True)
    box = button.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= FINGER_PX


def reaches(phone: Window, *acts: str) -> None:
    """See the bar and, in its menu, each of `acts`, and none else."""
    bar = phone.find("message-actions").get_by_role("button")
    expect(bar).to_have_count(7)
    for button in bar.all():
        is_tapped(button)
    phone.find("act-more").tap()
    expect(phone.page.get_by_role("menuitem")).to_have_count(len(acts))
    for act in acts:
        is_tapped(phone.find(f"act-{act}"))
    phone.find("act-more").tap()
    expect(phone.find("message-menu")).to_have_count(0)


def test_what_can_be_done_with_a_message_is_a_tap_away(phone: Window) -> None:
    page = phone.page
    assert page.evaluate("matchMedia('(hover: none) and (pointer: coarse)').matches")
    expect(phone.find("message-actions")).to_have_count(0)

    phone.message("green or black?").tap()
    reaches(phone, *OTHERS)
    phone.message("green or black?").tap()  # of two taps the second takes nothing away
    reaches(phone, *OTHERS)
    phone.message("green").tap()
    reaches(phone, *MINE)

    phone.find("act-reply").tap()
    expect(phone.find("composer-aim")).to_be_visible()
    expect(phone.find("composer-text")).to_be_focused()


def test_what_can_be_done_with_a_message_covers_no_other(phone: Window) -> None:
    for number in range(12):
        phone.says(f"a line, the {number}th")
    phone.message("a line, the 11th").tap()
    bar = phone.find("message-actions").bounding_box()
    words = phone.find("messages").bounding_box()
    assert bar
    assert words
    assert bar["y"] + bar["height"] <= words["y"]

    phone.find("act-leave").tap()
    expect(phone.find("message-actions")).to_have_count(0)
    phone.find("open-members").tap(trial=True)  # the header is there again


def test_a_question_that_was_answered_gives_the_focus_back_to_its_message(phone: Window) -> None:
    phone.message("green").tap()
    phone.find("act-react").tap()
    phone.page.get_by_role("dialog").get_by_role("button", name="Close").tap()
    expect(phone.find("act-react")).to_be_focused()
    phone.find("act-more").tap()
    phone.find("act-delete").tap()
    phone.page.get_by_role("dialog").get_by_role("button", name="Close").tap()
    expect(phone.find("act-more")).to_be_focused()

    phone.find("act-react").tap()
    phone.find("emoji-search").fill("tea")
    phone.find("emoji").filter(has_text="🍵").tap()
    expect(phone.find("reaction")).to_have_attribute("aria-pressed", "true")
    expect(phone.find("act-react")).to_be_focused()

    phone.find("act-more").tap()
    phone.find("act-delete").tap()
    phone.find("confirm-yes").tap()
    expect(phone.find("message").last).to_contain_text("was deleted")
    expect(phone.find("message").last).to_be_focused()


def test_what_was_opened_by_a_tap_gives_the_focus_back_to_its_button(phone: Window) -> None:
    phone.find("open-members").tap()
    phone.find("close-members").tap()
    expect(phone.find("open-members")).to_be_focused()
    phone.find("open-emoji").tap()
    phone.find("emoji").first.wait_for()
    phone.find("open-emoji").tap()
    expect(phone.find("emoji")).to_have_count(0)

    phone.find("back-to-rooms").tap()
    for opener in ("open-notifications", "open-join", "open-create", "open-settings"):
        phone.find(opener).tap()
        phone.page.get_by_role("dialog").get_by_role("button", name="Close").first.tap()
        expect(phone.find(opener)).to_be_focused()
