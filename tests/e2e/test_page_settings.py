"""Rows A3 and D4 in the browser: my name, my keys, and where I am signed in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.window import Window

pytestmark = pytest.mark.e2e


def test_d4_a_new_name_is_shown_to_oneself_and_others(ann: Window, ben: Window) -> None:
    ann.signs_up("Ann")
    link = ann.creates("The den")
    ben.signs_up("Ben")
    ben.joins(link, "The den")

    ben.find("open-settings").click()
    ben.find("profile-name").fill("x" * 33)
    ben.find("profile-save").click()
    expect(ben.find("profile-name")).to_have_attribute("aria-invalid", "true")
    ben.find("profile-name").fill("小本")
    ben.find("profile-save").click()

    expect(ben.find("my-name")).to_have_text("小本")
    ben.page.keyboard.press("Escape")
    ben.says("hello")
    ann.sees("hello")
    ann.page.reload()
    expect(ann.find("author").last).to_have_text("小本")


def test_a3_a_session_elsewhere_is_ended_from_here(browser: Browser, base: str) -> None:
    here, there = Window(browser, base), Window(browser, base)
    username = here.signs_up("Ann")
    there.signs_in(username)

    here.find("open-settings").click()
    expect(here.find("session")).to_have_count(2)
    here.find("end-session").click()

    expect(here.find("session")).to_have_count(1)
    expect(there.find("sign-in-form")).to_be_visible()
    here.page.keyboard.press("Escape")
    expect(here.find("room-list")).to_be_visible()
    here.close()
    there.close()


def test_a3_signing_out_everywhere_ends_every_window(browser: Browser, base: str) -> None:
    here, there = Window(browser, base), Window(browser, base)
    username = here.signs_up("Ann")
    there.signs_in(username)

    here.find("open-settings").click()
    here.find("sign-out-everywhere").click()
    here.find("confirm-yes").click()

    expect(here.find("guest-submit")).to_be_visible()
    expect(there.find("sign-in-form")).to_be_visible()
    here.page.reload()
    expect(here.find("guest-submit")).to_be_visible()
    here.close()
    there.close()


def test_a12_the_key_that_sends_can_be_chosen(ann: Window) -> None:
    ann.signs_up("Ann")
    ann.creates("The den")
    ann.find("open-settings").click()
    ann.find("choice-ctrlEnter").click()
    ann.page.keyboard.press("Escape")

    ann.find("composer-text").fill("one")
    ann.page.keyboard.press("Enter")
    ann.page.keyboard.type("two")
    expect(ann.find("composer-text")).to_have_value("one\ntwo")
    ann.page.keyboard.press("Control+Enter")

    expect(ann.find("message")).to_have_count(1)
    assert ann.texts() == ["one\ntwo"]


def test_a_language_and_a_theme_stay_chosen(ann: Window) -> None:
    ann.signs_up("Ann")
    ann.find("open-settings").click()
    ann.find("choice-zh-CN").click()
    ann.find("choice-dark").click()

    ann.page.reload()

    html = ann.page.locator("html")
    expect(html).to_have_attribute("lang", "zh-CN")
    expect(html).to_have_attribute("data-theme", "dark")
