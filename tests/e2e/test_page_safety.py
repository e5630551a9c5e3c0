"""Who may enter a room, who may not, and what should not be there? Rows A5, A6, A13, C3."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e


def test_a6_a_public_room_is_found_and_entered_without_a_code(ann: Window, ben: Window) -> None:
    ann.signs_up("Ann")
    name = f"The garden {secrets.token_hex(4)}"
    ann.find("open-create").click()
    ann.find("create-name").fill(name)
    ann.find("choice-public").click()
    ann.find("create-submit").click()
    expect(ann.find("room-name")).to_have_text(name)
    porch = {"name": f"The porch {secrets.token_hex(4)}", "kind": "public"}
    porch_id = ann.calls("POST", "/api/rooms", porch)["room"]["id"]
    hut = f"The hut {secrets.token_hex(4)}"
    ann.creates(hut)
    ben.signs_up("Ben")

    ben.page.goto(f"{ben.base}/rooms/{ann.room_id}")
    expect(ben.find("room-gone")).to_be_visible()
    ben.page.goto(f"{ben.base}/rooms/{porch_id}")
    expect(ben.find("room-door")).to_contain_text(porch["name"])
    ben.find("door-enter").click()
    expect(ben.find("room-name")).to_have_text(porch["name"])

    ben.find("open-join").click()
    line = ben.find("public-room").filter(has_text=name)
    expect(line).to_have_count(1)
    expect(ben.find("public-room").filter(has_text=hut)).to_have_count(0)
    line.get_by_test_id("enter-room").click()
    expect(ben.find("room-name")).to_have_text(name)
    ben.says("found it")

    item = ann.find("room-item").filter(has_text=name)
    expect(item).to_have_attribute("data-unread", "1")
    item.click()
    ann.sees("found it")


def test_a5_an_owner_shuts_a_room_and_only_who_is_invited_comes_in(
    ann: Window, ben: Window
) -> None:
    ann.owns_a_room("Ann")
    ann.find("open-members").click()
    ann.find("open-room-settings").click()
    ann.find("choice-public").click()
    ann.find("room-submit").click()
    expect(ann.find("open-invite")).to_have_count(0)  # no code: everybody comes in
    room_id = ann.room_id
    ben.signs_up("Ben")
    ben.find("open-join").click()
    expect(ben.find("public-room").filter(has_text="The den").first).to_be_visible()
    ben.page.keyboard.press("Escape")

    ann.find("open-room-settings").click()
    ann.find("choice-private").click()
    ann.find("room-submit").click()

    expect(ann.find("open-invite")).to_be_visible()
    listed = ben.calls("GET", "/api/rooms/public")["rooms"]
    assert room_id not in {room["id"] for room in listed}


def test_a13_a_ban_keeps_out_and_lifted_lets_in(ann: Window, ben: Window) -> None:
    link = share_a_room(ann, ben)
    ann.find("open-members").click()
    ann.find("open-member").click()
    ann.find("ban-member").click()
    ann.find("confirm-yes").click()
    expect(ben.find("room-item").filter(has_text="The den")).to_have_count(0)
    ben.page.goto(link)
    ben.find("invitation-join").click()
    expect(ben.page.get_by_role("alert")).to_be_visible()

    ann.find("open-bans").click()
    expect(ann.find("bans")).to_contain_text("Ben")
    ann.find("person-act").click()
    expect(ann.find("bans-note")).to_be_visible()

    ben.joins(link, "The den")


def test_c3_whom_one_blocks_writes_to_one_no_more_until_they_are_unblocked(
    ann: Window, ben: Window
) -> None:
    share_a_room(ann, ben)
    ann.find("open-members").click()
    ann.find("open-member").click()
    ann.find("block").click()
    ann.find("confirm-yes").click()
    expect(ann.find("unblock")).to_be_visible()
    ann.page.keyboard.press("Escape")
    ben.says("not for her eyes")
    expect(ann.find("hidden-message")).to_have_count(1)
    ann.find("show-hidden").click()
    ann.sees("not for her eyes")
    ben.find("open-members").click()
    ben.find("open-member").click()
    ben.find("talk").click()
    expect(ben.page.get_by_role("alert")).to_be_visible()

    ann.find("open-settings").click()
    expect(ann.find("blocks")).to_contain_text("Ben")
    ann.find("person-act").click()
    expect(ann.find("blocks")).not_to_contain_text("Ben")

    ben.find("talk").click()
    expect(ben.find("room-name")).to_have_text("Ann")


def test_a13_a_reported_message_is_told_to_who_keeps_order_and_not_to_its_author(
    browser: Browser, base: str, ann: Window, ben: Window
) -> None:
    link = share_a_room(ann, ben)
    ben.says("buy my tea")
    ann.acts("buy my tea", "more")
    expect(ann.find("act-copy.link")).to_be_visible()
    ben.acts("buy my tea", "more")
    expect(ben.find("act-copy.link")).to_be_visible()
    expect(ben.find("act-report")).to_have_count(0)  # one does not report oneself
    cem = Window(browser, base)
    cem.signs_up("Cem")
    cem.joins(link, "The den")

    cem.acts("buy my tea", "report")
    cem.find("report-reason").fill("x" * 501)
    cem.find("report-submit").click()
    expect(cem.find("report-reason")).to_have_attribute("aria-invalid", "true")
    expect(cem.find("report-reason")).to_have_value("x" * 501)
    cem.find("report-reason").fill("an advertisement")
    cem.find("report-submit").click()

    expect(cem.find("report-done")).to_be_visible()
    expect(ann.find("open-notifications")).to_have_attribute("data-unread", "1")
    expect(ben.find("open-notifications")).to_have_attribute("data-unread", "0")
    cem.close()
