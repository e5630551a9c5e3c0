"""Rows A1, A3, C1 and D4 in the browser: my name, my keys, my account, and where I am signed in."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.window import PASSWORD, Window, share_a_room

pytestmark = pytest.mark.e2e


def test_d4_a_new_name_is_shown_to_oneself_and_others(ann: Window, ben: Window) -> None:
    share_a_room(ann, ben)

    ben.says("hello")
    ann.sees("hello")
    ben.find("open-settings").click()
    ben.find("profile-name").fill("x" * 33)
    ben.find("profile-save").click()
    expect(ben.find("profile-name")).to_have_attribute("aria-invalid", "true")
    ben.find("profile-name").fill("小本")
    ben.find("profile-save").click()

    expect(ben.find("my-name")).to_have_text("小本")
    expect(ann.find("author").last).to_have_text("小本")
    ben.page.keyboard.press("Escape")
    ben.says("and good evening")
    ann.sees("and good evening")
    ann.page.reload()
    expect(ann.find("author").last).to_have_text("小本")


def test_a3_a_session_elsewhere_is_ended_from_here(browser: Browser, base: str) -> None:
    here, there = Window(browser, base), Window(browser, base)
    here.signs_up("Ann")
    there.signs_in(here.username)

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
    here.signs_up("Ann")
    there.signs_in(here.username)

    here.find("open-settings").click()
    here.find("sign-out-everywhere").click()
    here.find("confirm-yes").click()

    expect(here.find("guest-submit")).to_be_visible()
    expect(there.find("sign-in-form")).to_be_visible()
    here.page.reload()
    expect(here.find("guest-submit")).to_be_visible()
    here.close()
    there.close()


def test_a1_a_password_is_changed_and_one_that_is_lost_is_recovered(ann: Window) -> None:
    ann.signs_up("Ann")
    ann.find("open-settings").click()
    ann.find("open-recovery").click()
    ann.find("recovery-make").click()
    code = ann.find("recovery-code").input_value()
    ann.page.keyboard.press("Escape")

    ann.find("open-password").click()
    ann.find("password-old").fill("not my password")
    ann.find("password-new").fill("another good one")
    ann.find("password-submit").click()
    expect(ann.find("password-old")).to_have_attribute("aria-invalid", "true")
    ann.find("password-old").fill(PASSWORD)
    ann.find("password-submit").click()
    expect(ann.find("password-form")).to_have_count(0)

    ann.find("sign-out").click()
    ann.find("choice-signIn").click()
    ann.find("forgot-password").click()
    ann.find("recover-username").fill(ann.username)
    ann.find("recover-code").fill("not the code")
    ann.find("recover-password").fill(PASSWORD)
    ann.find("recover-submit").click()
    expect(ann.find("recover-code")).to_have_attribute("aria-invalid", "true")
    ann.find("recover-code").fill(code)
    ann.find("recover-submit").click()
    expect(ann.find("room-list")).to_be_visible()


def test_c1_a_guest_makes_an_account_and_stays_who_they_are(ann: Window) -> None:
    ann.enters_as_guest("小本")
    ann.creates("The den")
    ann.says("said as a guest")
    ann.sees("said as a guest")

    ann.find("open-settings").click()
    ann.find("open-upgrade").click()
    ann.find("upgrade-username").fill(f"xiaoben-{secrets.token_hex(4)}")
    ann.find("upgrade-password").fill(PASSWORD)
    ann.find("upgrade-submit").click()
    expect(ann.find("open-password")).to_be_visible()

    ann.page.reload()
    ann.sees("said as a guest")
    expect(ann.find("my-name")).to_have_text("小本")
    expect(ann.message("said as a guest")).to_have_attribute("data-mine", "true")


def test_a12_the_key_that_sends_can_be_chosen(ann: Window) -> None:
    ann.owns_a_room("Ann")
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
