"""Can everybody use the page? axe on every screen, in both themes and both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.pictures import picture
from tests.e2e.window import Window

pytestmark = pytest.mark.e2e

AXE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TEXTS = ("plain", "**bold** `code` [words](https://example.com)", "> said\n\n- one", "🍵")
LANGUAGES = ["en-US", "zh-CN"]
THEMES: list[Literal["light", "dark"]] = ["light", "dark"]
PHONE = (360, 740)

# What is wider than its place is cut off, or has to be moved to be read.
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("dialog[open]")]
  .filter(part => part.scrollWidth > part.clientWidth)
  .map(part => part.innerText.slice(0, 80))"""

Check = Callable[[Window, str], None]


@pytest.fixture(scope="module")
def check() -> Check:
    source = AXE.read_text(encoding="utf-8")

    def run(window: Window, screen: str) -> None:
        window.page.evaluate(source)
        assert window.page.evaluate(TOO_WIDE) == [], screen
        told: list[str] = []
        for theme in THEMES:
            window.page.emulate_media(color_scheme=theme)
            found: list[dict[str, Any]] = window.page.evaluate(
                "async tags => (await axe.run({runOnly: tags})).violations", RULES
            )
            told += [
                f"{screen}, {theme}: {rule['id']} ({rule['help']})\n    {node['html'][:300]}\n"
                f"    {node['failureSummary']}"
                for rule in found
                for node in rule["nodes"]
            ]
        assert not told, "\n".join(told)

    return run


def says_a_few_things(window: Window) -> None:
    path = f"/api/rooms/{window.room_id}/messages"
    window.calls_each("POST", path, [{"text": text} for text in TEXTS])
    expect(window.find("message")).to_have_count(len(TEXTS))
    expect(window.page.locator(".markdown").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_strangers_find_nothing_in_their_way(
    browser: Browser, base: str, language: str, check: Check
) -> None:
    window = Window(browser, base, language)
    window.page.goto(base)
    for way in ("guest", "signIn", "signUp"):
        window.find(f"choice-{way}").click()
        check(window, way)
    window.find("sign-up-username").fill("ab")
    window.find("sign-up-submit").click()
    expect(window.find("sign-up-username")).to_have_attribute("aria-invalid", "true")
    check(window, "problems")
    window.page.goto(base + "/join/no-such-code")
    expect(window.find("invitation-dead").or_(window.find("guest-form")).first).to_be_visible()
    check(window, "join")
    window.page.goto(base + "/nothing/here")
    expect(window.page.locator("main")).to_be_visible()
    check(window, "lost")
    window.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_who_talk_find_nothing_in_their_way(
    browser: Browser, base: str, language: str, check: Check
) -> None:
    window = Window(browser, base, language, (1440, 900))
    window.signs_up("Ann")
    for number in range(6):
        window.calls("POST", "/api/rooms", {"name": f"Room {number}"})
    window.creates("The den")
    says_a_few_things(window)
    check(window, "room")
    window.find("message").nth(1).hover()
    check(window, "message")
    window.find("act-react").click()
    expect(window.find("emoji").first).to_be_visible()
    check(window, "react")
    window.find("emoji").first.click()
    expect(window.find("reaction")).to_have_count(1)
    window.find("message").nth(0).hover()
    window.find("act-reply").click()
    expect(window.find("composer-aim")).to_be_visible()
    check(window, "reply")
    window.says("an answer")
    expect(window.find("quote")).to_have_count(1)
    window.find("message").nth(0).hover()
    window.find("act-more").click()
    expect(window.find("act-delete")).to_be_visible()
    check(window, "menu")
    window.find("act-delete").click()
    expect(window.find("confirm-yes")).to_be_visible()
    check(window, "delete")
    window.find("confirm-yes").click()
    expect(window.find("message").nth(0).locator(".deleted")).to_be_visible()
    check(window, "changed")

    window.picks(("tea.png", "image/png", picture()), ("tea.txt", "text/plain", b"tea"))
    expect(window.find("composer-picture").first).to_have_attribute("data-state", "gone")
    window.find("composer-text").press_sequentially(":猫" if language == "zh-CN" else ":cat")
    expect(window.find("suggestion").first).to_be_visible()
    check(window, "pictures and suggestions")
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Enter")
    window.find("open-picture").click()
    expect(window.find("picture-large")).to_have_js_property("naturalWidth", 640)
    check(window, "picture")
    window.page.keyboard.press("Escape")
    window.find("remove-picture").click()
    expect(window.find("composer-picture")).to_have_count(0)

    for opener, sign in (
        ("open-members", "member"),
        ("open-search", "search-query"),
        ("open-invite", "qr-code"),
        ("open-settings", "session"),
        ("open-create", "create-form"),
        ("open-join", "public-room"),
        ("open-emoji", "emoji"),
    ):
        window.find(opener).click()
        expect(window.find(sign).first).to_be_visible()
        check(window, opener)
        window.page.keyboard.press("Escape")
        expect(window.find(sign)).to_have_count(0)
    window.page.keyboard.press("Control+k")
    expect(window.find("switch-room").first).to_be_visible()
    check(window, "switch")
    window.page.keyboard.press("Escape")
    window.page.keyboard.press("Control+/")
    expect(window.find("shortcuts")).to_be_visible()
    check(window, "shortcuts")
    window.page.keyboard.press("Escape")
    window.find("open-beside").click()
    window.find("switch-room").first.click()
    expect(window.find("room")).to_have_count(2)
    check(window, "beside")
    window.page.goto(base + "/rooms/no-such-room")
    expect(window.find("room-gone")).to_be_visible()
    check(window, "gone")
    window.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_with_a_phone_find_nothing_in_their_way(
    browser: Browser, base: str, language: str, check: Check
) -> None:
    window = Window(browser, base, language, PHONE)
    window.signs_up("Ann")
    check(window, "list")
    window.creates("The den")
    says_a_few_things(window)
    check(window, "room")
    window.find("open-invite").click()
    expect(window.find("qr-code")).to_be_visible()
    check(window, "invite")
    window.page.keyboard.press("Escape")
    window.find("open-members").click()
    expect(window.find("member")).to_have_count(1)
    check(window, "members")
    for opener, sign in (("open-room-settings", "room-form"), ("open-bans", "bans-note")):
        window.find(opener).click()
        expect(window.find(sign)).to_be_visible()
        check(window, opener)
        window.page.keyboard.press("Escape")
    window.find("close-members").click()
    window.find("open-emoji").click()
    expect(window.find("emoji").first).to_be_visible()
    check(window, "emoji")
    window.page.keyboard.press("Escape")
    window.find("back-to-rooms").click()
    for opener, sign in (("open-settings", "blocks"), ("open-join", "public-room")):
        window.find(opener).click()
        expect(window.find(sign).first).to_be_visible()
        check(window, opener)
        window.page.keyboard.press("Escape")
    window.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_refused_hidden_or_found_is_in_nobodys_way(
    browser: Browser, base: str, language: str, check: Check, ben: Window
) -> None:
    window = Window(browser, base, language)
    ben.owns_a_room("Ben")
    ben.calls("PATCH", f"/api/rooms/{ben.room_id}", {"kind": "public"})
    ben.calls("POST", f"/api/rooms/{ben.room_id}/messages", {"text": "buy my tea"})
    window.signs_up("Ann")
    window.page.goto(ben.page.url)
    expect(window.find("room-door")).to_be_visible()
    check(window, "door")
    window.find("door-enter").click()
    expect(window.message("buy my tea")).to_be_visible()
    window.find("open-members").click()
    window.find("open-member").click()
    expect(window.find("talk")).to_be_visible()
    check(window, "member")
    window.find("block").click()
    window.find("confirm-yes").click()
    expect(window.find("unblock")).to_be_visible()
    window.page.keyboard.press("Escape")
    expect(window.find("hidden-message")).to_be_visible()
    check(window, "hidden")

    window.says("no tea for me")
    window.sees("no tea for me")
    window.find("open-search").click()
    window.find("search-submit").click()
    expect(window.find("search-query")).to_have_attribute("aria-invalid", "true")
    check(window, "search, wrong")
    window.find("search-query").fill("tea")
    window.find("search-submit").click()
    expect(window.find("search-result").first).to_be_visible()
    check(window, "search, found")
    window.page.keyboard.press("Escape")
    for opener, submit in (("open-create", "create-submit"), ("open-join", "join-submit")):
        window.find(opener).click()
        window.find(submit).click()
        expect(window.page.locator("[aria-invalid=true]")).to_be_visible()
        check(window, submit)
        window.page.keyboard.press("Escape")
    sees_reports_as_an_administrator(window)
    check(window, "reports")
    window.close()


def sees_reports_as_an_administrator(window: Window) -> None:
    """Have the page take them for one, and show what was reported."""
    me = window.calls("GET", "/api/me")["user"]
    report = {
        **{"id": "1", "by": me["id"], "at": 1_700_000_000_000, "reason": "an advertisement"},
        **{"roomId": window.room_id, "seq": 2, "author": me["id"], "text": "buy my tea"},
    }
    answers: dict[str, object] = {
        "/api/me": {"user": {**me, "administrator": True}},
        "/api/reports": {"reports": [report], "users": {me["id"]: me}, "next": "more"},
    }
    window.page.route(
        re.compile(r"/api/(me|reports)$"),
        lambda route: route.fulfill(json=answers[urlsplit(route.request.url).path]),
    )
    window.page.reload()
    window.find("open-settings").click()
    window.find("open-reports").click()
    expect(window.find("report")).to_be_visible()


def test_a_room_is_left_and_entered_by_keyboard_alone(browser: Browser, base: str) -> None:
    window = Window(browser, base)
    window.owns_a_room("Ann")
    for text in ("one", "two", "three"):
        window.says(text)
        window.sees(text)

    window.find("messages").focus()
    window.page.keyboard.press("ArrowUp")
    expect(window.message("three")).to_be_focused()
    window.page.keyboard.press("ArrowUp")
    expect(window.message("two")).to_be_focused()
    window.page.keyboard.press("Tab")
    expect(window.find("act-quick").first).to_be_focused()
    window.find("open-members").press("Enter")
    expect(window.find("close-members")).to_be_visible()
    window.page.keyboard.press("Escape")
    expect(window.find("open-members")).to_be_focused()
    window.find("open-settings").press("Enter")
    expect(window.page.get_by_role("dialog")).to_be_visible()
    window.page.keyboard.press("Escape")
    expect(window.find("open-settings")).to_be_focused()
    window.close()
