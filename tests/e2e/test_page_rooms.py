"""Rows A6, A8 and A13, C2 and C4 in the browser: who is in a room, who comes, who goes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.system import System
from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def system(own_system: System) -> System:
    """Nobody is here yet."""
    return own_system


def test_a8_who_came_and_left_is_told_live_and_after_a_reload(ann: Window, ben: Window) -> None:
    share_a_room(ann, ben)
    notices = ann.find("notice").filter(has_text="Ben joined")
    expect(notices).to_have_count(1)

    ben.find("open-members").click()
    ben.find("leave-room").click()
    ben.find("confirm-yes").click()

    expect(ann.find("notice").filter(has_text="Ben left")).to_have_count(1)
    expect(ben.find("room-item").filter(has_text="The den")).to_have_count(0)
    ann.says("gone already?")
    ann.page.reload()
    expect(ann.message("gone already?")).to_have_count(1)
    expect(ann.find("notice").filter(has_text="Ben joined")).to_have_count(1)
    expect(ann.find("notice").filter(has_text="Ben left")).to_have_count(1)


def test_a13_leaving_asks_first_and_cancelling_stays(ann: Window, ben: Window) -> None:
    share_a_room(ann, ben)

    ben.find("open-members").click()
    ben.find("leave-room").click()
    ben.find("confirm-no").click()

    expect(ben.find("room-name")).to_have_text("The den")
    ben.find("leave-room").click()  # the control: confirmed, it leaves
    ben.find("confirm-yes").click()
    expect(ben.find("room-item").filter(has_text="The den")).to_have_count(0)


def test_c2_the_members_show_who_is_here_and_the_owner_can_remove_them(
    ann: Window, ben: Window
) -> None:
    share_a_room(ann, ben)

    ann.find("open-members").click()
    line = ann.find("member").filter(has_text="Ben")
    expect(line).to_have_attribute("data-online", "true")
    expect(ann.find("open-member")).to_have_count(1)  # not oneself
    ann.find("open-member").click()
    ann.find("remove-member").click()
    ann.find("confirm-yes").click()

    expect(line).to_have_count(0)
    expect(ann.find("notice").filter(has_text="Ben was removed")).to_have_count(1)
    expect(ben.find("room-item").filter(has_text="The den")).to_have_count(0)


def test_a13_an_owner_names_a_moderator_and_mutes_somebody_for_a_while(
    ann: Window, ben: Window
) -> None:
    share_a_room(ann, ben)
    ben.find("open-members").click()
    ben.find("open-member").click()
    expect(ben.find("talk")).to_be_visible()
    expect(ben.find("mute-hour")).to_have_count(0)  # a plain member decides nothing

    ann.find("open-members").click()
    ann.find("open-member").click()
    ann.find("make-moderator").click()
    expect(ann.find("mute-hour")).to_have_count(0)
    ann.find("make-member").click()
    ann.find("mute-hour").click()
    expect(ann.find("unmute")).to_be_visible()
    for words in ("Ben is a moderator now", "Ben was muted for a while"):
        expect(ann.find("notice").filter(has_text=words)).to_have_count(1)
    ben.page.keyboard.press("Escape")
    expect(ben.find("composer")).to_contain_text("禁言至")

    ann.find("unmute").click()
    expect(ben.find("composer")).not_to_contain_text("禁言至")
    ben.says("thank you")
    ann.sees("thank you")


def test_d2_who_enters_and_who_writes_is_seen_where_everybody_is_welcome(
    ann: Window, ben: Window
) -> None:
    ann.signs_up("Ann")
    ann.find("room-item").filter(has_text="Lobby").click()
    expect(ann.find("composer-text")).to_be_visible()
    ben.enters_as_guest("Ben")
    ben.find("room-item").first.click()
    ben.find("composer-text").fill("h")

    expect(ann.find("notice").filter(has_text="Ben entered")).to_have_count(1)
    expect(ann.find("typing")).to_have_text("Ben is writing…")
    ben.says("hello")
    expect(ann.find("typing")).to_have_text("")


def test_a13_a_room_is_renamed_and_closed_and_b2_a_person_is_told(ann: Window, ben: Window) -> None:
    share_a_room(ann, ben)
    ben_id = ben.calls("GET", "/api/me")["user"]["id"]

    told = {"kind": "reminder", "title": "Tea at nine", "link": f"/rooms/{ann.room_id}"}
    ann.calls("POST", f"/api/users/{ben_id}/notifications", told)
    expect(ben.find("open-notifications")).to_have_attribute("data-unread", "1")
    expect(ann.find("open-notifications")).to_have_attribute("data-unread", "0")
    ben.find("open-notifications").click()
    expect(ben.find("notification")).to_contain_text("Tea at nine")
    expect(ben.find("open-notifications")).to_have_attribute("data-unread", "0")
    ben.find("notification").click()
    expect(ben.find("notification")).to_have_count(0)

    ann.find("open-members").click()
    ann.find("open-room-settings").click()
    ann.find("room-form-name").fill("The hut")
    ann.find("room-submit").click()
    expect(ben.find("room-name")).to_have_text("The hut")
    ann.find("open-room-settings").click()
    ann.find("close-room").click()
    ann.find("confirm-yes").click()
    for window in (ann, ben):
        expect(window.find("room-closed")).to_be_visible()
        expect(window.find("composer-text")).to_have_count(0)


def test_a6_a_renewed_code_kills_the_old_link_and_the_picture_carries_the_new_one(
    ann: Window, ben: Window
) -> None:
    ann.signs_up("Ann")
    old = ann.creates("The den")
    ann.find("open-invite").click()
    expect(ann.find("qr-code")).to_have_attribute("data-text", old)

    ann.find("renew-code").click()
    ann.find("confirm-yes").click()

    expect(ann.find("invite-link")).not_to_have_value(old)
    new = ann.find("invite-link").input_value()
    expect(ann.find("qr-code")).to_have_attribute("data-text", new)
    ben.signs_up("Ben")
    ben.page.goto(old)
    expect(ben.find("invitation-dead")).to_be_visible()
    ben.joins(new, "The den")


def test_c4_two_conversations_stand_side_by_side(browser: Browser, base: str) -> None:
    ann = Window(browser, base, size=(1440, 900))
    ann.owns_a_room("Ann")
    ann.creates("The garden")

    ann.find("open-beside").click()
    ann.find("switch-room").filter(has_text="The den").click()

    views = ann.find("room")
    expect(views).to_have_count(2)
    views.nth(1).get_by_test_id("composer-text").fill("said beside")
    views.nth(1).get_by_test_id("send").click()
    expect(views.nth(1).get_by_test_id("message")).to_have_count(1)
    expect(views.nth(0).get_by_test_id("message")).to_have_count(0)
    ann.page.reload()
    expect(views).to_have_count(2)
    ann.find("close-beside").click()
    expect(views).to_have_count(1)
    expect(ann.find("room-name")).to_have_text("The garden")
    ann.close()


def test_a7_rooms_are_found_by_name_and_walked_by_keys(ann: Window) -> None:
    ann.signs_up("Ann")
    for number in range(1, 7):
        ann.calls("POST", "/api/rooms", {"name": f"Room {number}"})
    expect(ann.find("room-item")).to_have_count(7)

    ann.find("room-filter").fill("room 3")
    expect(ann.find("room-item")).to_have_count(1)
    ann.find("room-filter").press("Escape")
    ann.page.keyboard.press("Control+k")
    ann.find("switch-query").fill("5")
    ann.page.keyboard.press("Enter")
    expect(ann.find("room-name")).to_have_text("Room 5")

    names = ann.find("room-item-name").all_inner_texts()
    at = names.index("Room 5")
    ann.page.keyboard.press("Alt+ArrowDown")
    expect(ann.find("room-name")).to_have_text(names[at + 1])
    ann.page.keyboard.press("Alt+ArrowUp")
    expect(ann.find("room-name")).to_have_text("Room 5")
    ann.page.keyboard.press("Control+/")
    expect(ann.find("shortcuts")).to_be_visible()
