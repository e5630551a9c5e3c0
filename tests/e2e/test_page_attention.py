"""What asks for attention, and what is kept while one is away? Rows A7, A12 and A13."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.pictures import picture
from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e


def test_a7_a_quiet_room_counts_for_itself_only_and_being_named_stands_out(
    ann: Window, ben: Window
) -> None:
    share_a_room(ann, ben)
    ann.find("open-members").click()
    ann.find("quiet-room").click()
    expect(ann.find("quiet-room")).to_have_attribute("aria-pressed", "true")
    ann.creates("The hut")
    den = ann.find("room-item").filter(has_text="The den")
    expect(den.get_by_test_id("room-item-quiet")).to_be_visible()

    ben.says("anybody here?")
    expect(den).to_have_attribute("data-unread", "1")
    expect(ann.page).to_have_title("The hut · Teahouse")
    expect(den.get_by_test_id("room-item-names-me")).to_have_count(0)
    ben.says(f"@{ann.username} are you here?")

    expect(den.get_by_test_id("room-item-names-me")).to_be_visible()
    expect(ann.page).to_have_title("(1) The hut · Teahouse")  # the control: what I am told counts
    ann.page.reload()
    expect(den.get_by_test_id("room-item-quiet")).to_be_visible()
    expect(den.get_by_test_id("room-item-names-me")).to_be_visible()
    den.click()
    expect(den.get_by_test_id("room-item-names-me")).to_have_count(0)
    ann.find("open-members").click()
    ann.find("quiet-room").click()
    expect(den.get_by_test_id("room-item-quiet")).to_have_count(0)


def test_a12_words_and_pictures_that_were_not_sent_survive_a_reload(ann: Window) -> None:
    """Control: what was sent, or taken out, does not come again."""
    ann.owns_a_room("Ann")
    brought = ann.find("composer-picture")
    ann.picks(("one.png", "image/png", picture()), ("two.png", "image/png", picture("brown")))
    expect(brought).to_have_count(2)
    for at in range(2):
        expect(brought.nth(at)).to_have_attribute("data-state", "gone")
    ann.find("remove-picture").first.click()
    ann.find("composer-text").fill("look at this")

    ann.page.reload()

    expect(ann.find("composer-text")).to_have_value("look at this")
    expect(brought).to_have_count(1)
    expect(brought).to_have_attribute("data-state", "gone")
    ann.find("send").click()
    expect(ann.find("picture")).to_have_count(1)
    ann.sees("look at this")
    ann.page.reload()
    ann.sees("look at this")
    expect(brought).to_have_count(0)


def test_a12_keys_mark_words_and_walk_the_parts_of_the_page(ann: Window) -> None:
    ann.owns_a_room("Ann")
    composer = ann.find("composer-text")
    composer.fill("strong tea")
    composer.press("Shift+Home")

    composer.press("Control+b")
    expect(composer).to_have_value("**strong tea**")
    composer.press("Control+i")
    expect(composer).to_have_value("***strong tea***")
    composer.press("Control+b")
    expect(composer).to_have_value("*strong tea*")
    composer.press("Enter")
    expect(ann.find("message").locator(".markdown em")).to_have_text("strong tea")

    ann.page.keyboard.press("Control+F6")
    expect(ann.page.locator("nav [aria-current=page]")).to_be_focused()
    ann.page.keyboard.press("Control+F6")
    expect(ann.find("messages")).to_be_focused()
    ann.page.keyboard.press("Control+F6")
    expect(composer).to_be_focused()
    ann.page.keyboard.press("Control+Shift+F6")
    expect(ann.find("messages")).to_be_focused()
