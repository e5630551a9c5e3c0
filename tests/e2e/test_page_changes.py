"""Rows B2 and A11 in the browser: what was said is answered, edited, deleted, and gets emoji."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e


@pytest.fixture
def both(ann: Window, ben: Window) -> tuple[Window, Window]:
    """Ann and Ben, in a room of Ann's."""
    share_a_room(ann, ben)
    return ann, ben


def test_an_edit_is_seen_by_all_and_says_so(both: tuple[Window, Window]) -> None:
    ann, ben = both
    ann.says("tee is ready")
    ben.sees("tee is ready")
    ben.acts("tee is ready", "more")
    expect(ben.find("act-report")).to_be_visible()
    expect(ben.find("act-edit")).to_have_count(0)  # not one's own

    ann.find("composer-text").press("ArrowUp")
    expect(ann.find("composer-text")).to_have_value("tee is ready")
    ann.says("tea is ready")

    for window, mark in ((ann, "edited"), (ben, "已编辑")):
        row = window.message("tea is ready")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(mark)
    ann.page.reload()
    expect(ann.message("tea is ready")).to_contain_text("edited")
    expect(ann.find("message")).to_have_count(1)


def test_what_can_be_done_with_a_message_is_in_view_however_tall_it_is(ann: Window) -> None:
    """Control: the message begins further up than one sees."""
    ann.owns_a_room("Ann")
    path = f"/api/rooms/{ann.room_id}/messages"
    ann.calls_each("POST", path, [{"text": "\n".join(f"cup {n}" for n in range(80))}])
    row = ann.find("message")
    expect(row).to_contain_text("cup 79")
    ann.page.wait_for_function(
        "() => document.querySelector('[data-testid=message]').getBoundingClientRect().top < 0"
    )

    row.hover(position={"x": 200, "y": (row.bounding_box() or {})["height"] - 20})

    for act in ("act-quick", "act-reply", "act-more"):
        expect(ann.find(act).first).to_be_in_viewport(ratio=1)
    ann.find("act-more").click()
    expect(ann.find("act-edit")).to_be_in_viewport(ratio=1)


def test_an_edit_given_up_leaves_the_message_and_the_draft(both: tuple[Window, Window]) -> None:
    ann, _ = both
    ann.says("as it was")
    ann.sees("as it was")
    ann.find("composer-text").fill("half a thought")

    ann.acts("as it was", "edit")
    ann.find("composer-text").fill("otherwise")
    ann.page.keyboard.press("Escape")

    expect(ann.find("composer-aim")).to_have_count(0)
    expect(ann.find("composer-text")).to_have_value("half a thought")
    assert ann.texts() == ["as it was"]


def test_a_deleted_message_is_gone_for_all_and_its_words_too(both: tuple[Window, Window]) -> None:
    ann, ben = both
    ben.says("a secret")
    ann.sees("a secret")

    ann.acts("a secret", "delete")  # the room is Ann's, so she may
    ann.find("confirm-no").click()
    ann.sees("a secret")
    ann.acts("a secret", "delete")
    ann.find("confirm-yes").click()

    for window, words in ((ann, "This message was deleted."), (ben, "这条消息已删除。")):
        expect(window.find("message")).to_contain_text(words)
        expect(window.page.get_by_text("a secret")).to_have_count(0)
    ben.page.reload()
    expect(ben.find("message")).to_contain_text("这条消息已删除。")


def test_an_answer_shows_what_it_answers_and_leads_there(both: tuple[Window, Window]) -> None:
    ann, ben = both
    ann.says("green or black?")
    ben.sees("green or black?")

    ben.acts("green or black?", "reply")
    expect(ben.find("composer-aim")).to_contain_text("Ann")
    ben.says("green")

    ann.sees("green")
    quote = ann.message("green").get_by_test_id("quote")
    expect(quote).to_contain_text("green or black?")
    quote.click()
    expect(ann.find("message").first).to_be_focused()
    ann.says("fine")
    ann.sees("fine")
    expect(ann.message("fine").get_by_test_id("quote")).to_have_count(0)


def test_emoji_under_a_message_are_counted_and_taken_back(both: tuple[Window, Window]) -> None:
    ann, ben = both
    ann.says("tea?")
    ben.sees("tea?")

    ben.acts("tea?", "react")
    ben.find("emoji-search").fill("茶")
    ben.find("emoji").filter(has_text="🍵").click()
    chip = ann.find("reaction")
    expect(chip).to_have_text("🍵 1")
    expect(chip).to_have_attribute("aria-pressed", "false")
    expect(ben.find("reaction")).to_have_attribute("aria-pressed", "true")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(ben.find("reaction")).to_have_text("🍵 2")
    ben.page.reload()
    expect(ben.find("reaction")).to_have_text("🍵 2")
    expect(ben.find("reaction")).to_have_attribute("aria-pressed", "true")
    ben.find("reaction").click()
    chip.click()
    expect(chip).to_have_count(0)
    expect(ben.find("reaction")).to_have_count(0)
