"""Two people, two windows: the journey from signing up to nothing lost."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.e2e.system import System
from tools.browser import NONE_HERE, find_browser

pytestmark = pytest.mark.e2e

PATIENCE_MS = 20_000
PASSWORD = "correct horse battery"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_browser()
    assert path, NONE_HERE
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


class Window:
    """One person's window, and what the page complained about in it."""

    def __init__(self, browser: Browser, base: str, language: str = "en-US") -> None:
        self.base = base
        self.context = browser.new_context(
            locale=language, viewport={"width": 1180, "height": 760}, reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if "Content Security Policy" in text:
            self.complaints.append(text)

    def find(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    def signs_up(self, name: str) -> None:
        self.page.goto(self.base)
        self.page.get_by_test_id("choice-signUp").click()
        self.find("sign-up-username").fill(f"{name}-{secrets.token_hex(4)}")
        self.find("sign-up-password").fill(PASSWORD)
        self.find("sign-up-display-name").fill(name)
        self.find("sign-up-submit").click()
        expect(self.find("room-list")).to_be_visible()

    def enters_as_guest(self, nickname: str, path: str = "/") -> None:
        self.page.goto(self.base + path)
        self.page.get_by_test_id("choice-guest").click()
        self.find("guest-nickname").fill(nickname)
        self.find("guest-submit").click()

    def creates(self, room: str) -> str:
        """Create a room; gives the link that invites to it."""
        self.find("open-create").click()
        self.find("create-name").fill(room)
        self.find("create-submit").click()
        expect(self.find("room-name")).to_have_text(room)
        self.find("open-invite").click()
        link = (
            self.find("invite-link")
            .locator("input")
            .or_(self.find("invite-link"))
            .first.input_value()
        )
        self.page.keyboard.press("Escape")
        return link

    def says(self, text: str) -> None:
        self.find("composer-text").fill(text)
        self.find("composer-text").press("Enter")

    def message(self, text: str) -> Locator:
        return self.find("message").filter(has=self.page.get_by_text(text, exact=True))

    def sees(self, text: str, state: str = "sent") -> None:
        expect(self.message(text)).to_have_count(1)
        expect(self.message(text)).to_have_attribute("data-state", state)

    def texts(self) -> list[str]:
        return [text.strip() for text in self.find("message-text").all_inner_texts()]

    def close(self) -> None:
        self.context.close()
        assert self.complaints == []


@pytest.fixture
def ann(browser: Browser, base: str) -> Iterator[Window]:
    window = Window(browser, base)
    yield window
    window.close()


@pytest.fixture
def ben(browser: Browser, base: str) -> Iterator[Window]:
    window = Window(browser, base, language="zh-CN")
    yield window
    window.close()


def test_two_people_talk_and_nothing_is_lost_when_everything_is_killed(
    ann: Window, ben: Window, system: System, tmp_path: Path
) -> None:
    ann.signs_up("Ann")
    link = ann.creates("The den")
    ben.signs_up("Ben")
    ben.page.goto(link)
    ben.find("invitation-join").click()
    expect(ben.find("room-name")).to_have_text("The den")

    ann.says("hello Ben")
    ben.sees("hello Ben")
    ben.says("你好，Ann 🍵")
    ann.sees("你好，Ann 🍵")

    system.kill_everything()
    expect(ann.find("connection-banner")).to_be_visible()
    ann.says("said while everything was dead")
    expect(ann.message("said while everything was dead")).to_have_attribute(
        "data-state", re.compile("queued|sending")
    )
    system.start()

    ann.sees("said while everything was dead")
    ben.sees("said while everything was dead")
    ben.says("还在")
    ann.sees("还在")
    everything = ["hello Ben", "你好，Ann 🍵", "said while everything was dead", "还在"]
    assert ann.texts() == ben.texts() == everything
    ann.page.reload()
    ann.sees("还在")
    assert ann.texts() == everything
    ann.page.screenshot(path=tmp_path / "ann.png")
    assert (tmp_path / "ann.png").stat().st_size > 10_000


def test_a_message_waiting_to_be_sent_survives_a_reload(ann: Window, ben: Window) -> None:
    ann.signs_up("Ann")
    link = ann.creates("The den")
    ben.enters_as_guest("Ben", link.removeprefix(ben.base))
    ben.find("invitation-join").click()
    expect(ben.find("room-name")).to_have_text("The den")

    ann.context.set_offline(True)
    ann.says("written in a tunnel")
    expect(ann.message("written in a tunnel")).to_have_attribute(
        "data-state", re.compile("queued|sending")
    )
    ann.page.route("**/ws", lambda route: route.abort())
    ann.context.set_offline(False)
    ann.page.reload()

    ann.sees("written in a tunnel")
    ben.sees("written in a tunnel")
    assert ben.texts() == ["written in a tunnel"]


def test_a_guest_is_in_the_lobby_at_once_and_talks(ann: Window, ben: Window) -> None:
    ann.signs_up("Ann")
    ben.enters_as_guest("小本")
    for window in (ann, ben):
        window.find("room-item").first.click()
        expect(window.find("composer-text")).to_be_visible()

    word = f"hello {secrets.token_hex(3)}"
    ben.says(word)

    ann.sees(word)
    expect(ann.find("author").last).to_have_text("小本")


def test_enter_during_composition_does_not_send(ann: Window) -> None:
    ann.signs_up("Ann")
    ann.creates("The den")
    ann.find("composer-text").click()
    session = ann.context.new_cdp_session(ann.page)

    session.send("Input.imeSetComposition", {"text": "ni", "selectionStart": 2, "selectionEnd": 2})
    ann.page.keyboard.press("Enter")
    assert ann.texts() == []
    session.send("Input.insertText", {"text": "你"})

    ann.page.keyboard.press("Enter")  # the control: composed, it sends
    expect(ann.find("message")).to_have_count(1)


def test_forms_say_what_is_wrong_and_keep_what_was_typed(ann: Window) -> None:
    ann.page.goto(ann.base)
    ann.page.get_by_test_id("choice-signUp").click()
    ann.find("sign-up-username").fill("ab")
    ann.find("sign-up-password").fill("short")
    ann.find("sign-up-submit").click()

    expect(ann.find("sign-up-form")).to_be_visible()
    expect(ann.find("sign-up-form").locator("[aria-invalid=true]")).not_to_have_count(0)
    expect(ann.find("sign-up-username")).to_have_value("ab")
    ann.page.goto(ann.base + "/join/no-such-code-anywhere")
    expect(ann.find("invitation-dead").or_(ann.find("guest-form")).first).to_be_visible()
