"""Bad input in every form of the page: what is wrong, where, in my language, and then again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.forms import GUEST_ACCOUNT, MINE, REPORT, ROOMS, STRANGERS, THIS_ROOM, Form
from tests.e2e.system import ROOT
from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e

I18N = ROOT / "frontend" / "src" / "i18n"
OFFLINE = 0
# What no field is to blame for.
ANYWHERE = (
    ((429, "too_many_requests", ""), ("", "refusal.too_many_requests")),
    ((500, "internal_error", ""), ("", "refusal.internal_error")),
    ((OFFLINE, "", ""), ("", "refusal.unreachable")),
)
SHOWN = """() => ({
  said: [...document.querySelectorAll('[role=alert]')]
    .filter(one => one.checkVisibility()).map(one => one.innerText.trim()),
  wrong: [...document.querySelectorAll('[aria-invalid=true]')].map(one => one.dataset.testid),
  isTooWide: [document.documentElement, ...document.querySelectorAll('dialog[open]')]
    .some(part => part.scrollWidth > part.clientWidth),
})"""
PHONE = (360, 740)


@pytest.fixture
def walker(browser: Browser, base: str) -> Iterator[Walker]:
    """Somebody at a desk."""
    walker = Walker(Window(browser, base), "en")
    yield walker
    walker.window.close()


@pytest.fixture
def wanderer(browser: Browser, base: str) -> Iterator[Walker]:
    """Somebody with a phone."""
    wanderer = Walker(Window(browser, base, "zh-CN", PHONE), "zh-CN")
    yield wanderer
    wanderer.window.close()


class Walker:
    """Somebody who does everything wrong that can be done in a form."""

    def __init__(self, window: Window, language: str) -> None:
        self.window = window
        text = (I18N / f"{language}.json").read_text(encoding="utf-8")
        self.words: dict[str, str] = json.loads(text)

    def walks(self, form: Form) -> None:
        """See every mistake and refusal told; leave the form filled in as is right."""
        form.opens(self.window)
        for typed, told in form.wrong:
            self._fills({**form.right, **typed})
            self._hears(form, told)
            self._puts_right(told[0][0])
        for answer, told_at in form.refused + ANYWHERE:
            self._fills(form.right)
            with self.answered(form, *answer):
                self._hears(form, (told_at,))
            self._puts_right(told_at[0])
        self._fills(form.right)

    def goes_through(self, form: Form) -> None:
        """Send it as it stands: nothing is wrong any more."""
        self.window.find(form.submit).click()
        expect(self.window.page.locator("[aria-invalid=true]")).to_have_count(0)
        expect(self.window.page.get_by_role("alert").filter(visible=True)).to_have_count(0)

    def _fills(self, typed: Mapping[str, str]) -> None:
        for field, text in typed.items():
            self.window.find(field).fill(text)

    def _hears(self, form: Form, told: tuple[tuple[str, str], ...]) -> None:
        window = self.window
        typed = [window.find(field).input_value() for field in form.right]
        window.find(form.submit).click()
        fields = [field for field, _ in told if field]
        texts = [self.words[key] for _, key in told]
        expect(window.page.get_by_role("alert").filter(has_text=texts[0])).to_be_in_viewport()
        if fields:
            expect(window.find(fields[0])).to_be_focused()
        shown: dict[str, Any] = window.page.evaluate(SHOWN)
        expected = {"said": texts, "wrong": fields, "isTooWide": False}
        assert shown == expected, f"{form.name}: {told}"
        assert [window.find(field).input_value() for field in form.right] == typed

    def _puts_right(self, field: str) -> None:
        """What is edited is wrong no more, before it is sent again."""
        if field:
            self.window.page.keyboard.type("x")
            expect(self.window.find(field)).not_to_have_attribute("aria-invalid", "true")

    @contextmanager
    def answered(self, form: Form, status: int, code: str, field: str) -> Iterator[None]:
        """Let the form's call be answered like this; other calls go through."""
        method, path = form.call
        body = {"code": code, "message": code, "fields": {field: "wrong"} if field else {}}

        def answer(route: Route) -> None:
            if route.request.method != method:
                route.fallback()
            elif status == OFFLINE:
                route.abort("internetdisconnected")
            else:
                route.fulfill(status=status, json=body)

        self.window.page.route(self.window.base + path, answer)
        yield
        self.window.page.unroute(self.window.base + path, answer)


def test_strangers_are_told_what_is_wrong_and_come_in(wanderer: Walker) -> None:
    wanderer.window.page.goto(wanderer.window.base)
    for form in STRANGERS:
        wanderer.walks(form)

    wanderer.goes_through(STRANGERS[-1])

    expect(wanderer.window.find("room-list")).to_be_visible()
    wanderer.walks(GUEST_ACCOUNT)
    wanderer.window.find("upgrade-username").fill(f"up-{secrets.token_hex(6)}")
    wanderer.goes_through(GUEST_ACCOUNT)
    expect(wanderer.window.find("open-password")).to_be_visible()


def test_what_is_wrong_with_my_account_is_told_where_i_change_it(walker: Walker) -> None:
    window = walker.window
    window.signs_up("Ann")
    me = window.calls("GET", "/api/me")["user"]
    for form in MINE:
        # Only the page takes them for an administrator.
        window.page.route(
            window.base + "/api/me",
            lambda route: route.fulfill(json={"user": {**me, "administrator": True}}),
            times=1,
        )
        window.page.reload()
        walker.walks(form)
        if form.call[1] != "/api/announcements":
            walker.goes_through(form)
    with walker.answered(MINE[-1], 401, "not_signed_in", ""):
        window.find(MINE[-1].submit).click()
        window.find("sign-in-again").click()
        expect(window.page.get_by_text(walker.words["entry.ended"])).to_be_visible()
        expect(window.find("sign-in-username")).to_be_visible()


def test_what_is_wrong_with_a_room_is_told_where_it_is_made_and_looked_after(
    wanderer: Walker, ben: Window
) -> None:
    window = wanderer.window
    link = share_a_room(window, ben)
    ben.says("hello")
    window.sees("hello")
    wanderer.walks(REPORT)
    wanderer.goes_through(REPORT)
    expect(window.find("report-done")).to_be_visible()
    window.page.keyboard.press("Escape")
    for form in THIS_ROOM:
        wanderer.walks(form)
        wanderer.goes_through(form)
        window.page.reload()
    window.page.goto(window.base)
    for form in ROOMS:
        wanderer.walks(form)
        if form.name == "a code":
            window.find("join-code").fill(link)
        wanderer.goes_through(form)
        expect(window.find("room-name")).to_be_visible()
        window.page.goto(window.base)
