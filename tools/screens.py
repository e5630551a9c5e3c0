"""Which screens has the page, and how does one get to each of them?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tools.populate import PASSWORD

# What was not sent offline is taken back, so that the pictures after this one are the same.
FORGET_OUTBOX = """async () => {
  for (const { name } of await indexedDB.databases())
    await new Promise(resolve => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => {
        const stores = [...opening.result.objectStoreNames];
        const clearing = opening.result.transaction(stores, "readwrite");
        for (const store of stores) clearing.objectStore(store).clear();
        clearing.oncomplete = resolve;
      };
    });
}"""

Act = Callable[[Page, bool], None]
STRANGER: dict[str, Act] = {}
AT_HOME: dict[str, Act] = {}


def screen(name: str, among: dict[str, Act]) -> Callable[[Act], Act]:
    """Name what is to be seen; the function brings it on screen and away again."""

    def register(act: Act) -> Act:
        among[name] = act
        return act

    return register


@screen("entry-guest", STRANGER)
def _guest(page: Page, _is_phone: bool) -> None:
    page.goto(_origin(page))
    page.get_by_test_id("choice-guest").click()


@screen("entry-sign-up", STRANGER)
def _sign_up(page: Page, _is_phone: bool) -> None:
    page.get_by_test_id("choice-signUp").click()
    page.get_by_test_id("sign-up-username").fill("ab")
    page.get_by_test_id("sign-up-submit").click()
    page.locator("[aria-invalid]").first.wait_for()


@screen("entry-sign-in", STRANGER)
def _sign_in(page: Page, _is_phone: bool) -> None:
    page.get_by_test_id("choice-signIn").click()


@screen("invitation-dead", STRANGER)
def _dead(page: Page, _is_phone: bool) -> None:
    page.goto(f"{_origin(page)}/join/no-such-code")
    page.get_by_test_id("invitation-dead").wait_for()


@screen("list", AT_HOME)
def _list(page: Page, is_phone: bool) -> None:
    if is_phone:
        page.get_by_test_id("back-to-rooms").click()
    page.get_by_test_id("room-item").first.wait_for()


@screen("room", AT_HOME)
def _room(page: Page, is_phone: bool) -> None:
    if is_phone:
        page.get_by_test_id("room-item").filter(has_text="Kitchen table").click()
    page.get_by_test_id("message").last.wait_for()
    page.mouse.move(0, 0)  # what one points at shows its actions


@screen("empty-room", AT_HOME)
def _empty(page: Page, is_phone: bool) -> None:
    go(page, "Garden", is_phone)
    page.get_by_test_id("nothing-said").wait_for()


@screen("message-actions", AT_HOME)
def _actions(page: Page, is_phone: bool) -> None:
    go(page, "Kitchen table", is_phone)
    page.get_by_test_id("message").nth(2).hover()
    page.get_by_test_id("message-actions").wait_for()


@screen("message-menu", AT_HOME)
def _menu(page: Page, is_phone: bool) -> None:
    _actions(page, is_phone)
    page.get_by_test_id("act-more").click()
    page.get_by_test_id("message-menu").wait_for()


@screen("emoji", AT_HOME)
def _emoji(page: Page, _is_phone: bool) -> None:
    page.get_by_test_id("open-emoji").click()
    page.get_by_test_id("emoji").first.wait_for()


def _opens(opener: str, sign: str, *, closes_first: bool = True) -> Act:
    def act(page: Page, _is_phone: bool) -> None:
        if closes_first:
            page.keyboard.press("Escape")
        page.get_by_test_id(opener).first.click()
        page.get_by_test_id(sign).first.wait_for()

    return act


@screen("suggestions", AT_HOME)
def _suggestions(page: Page, _is_phone: bool) -> None:
    page.keyboard.press("Escape")
    page.get_by_test_id("composer-text").fill("")
    page.get_by_test_id("composer-text").press_sequentially("@")
    page.get_by_test_id("suggestion").first.wait_for()


@screen("pictures", AT_HOME)
def _pictures(page: Page, is_phone: bool) -> None:
    page.get_by_test_id("composer-text").fill("")
    go(page, "Picnic", is_phone)
    page.locator("[data-testid=picture][data-state=ready]").first.wait_for()
    page.wait_for_function("() => [...document.images].every(image => image.complete)")


@screen("picture-large", AT_HOME)
def _large(page: Page, _is_phone: bool) -> None:
    page.get_by_test_id("open-picture").first.click()
    page.get_by_test_id("picture-large").wait_for()


@screen("report", AT_HOME)
def _report(page: Page, _is_phone: bool) -> None:
    page.keyboard.press("Escape")
    page.locator("[data-testid=message][data-mine=false]").first.hover()
    page.get_by_test_id("act-more").click()
    page.get_by_test_id("act-report").click()
    page.get_by_test_id("report-form").wait_for()


@screen("search", AT_HOME)
def _search(page: Page, _is_phone: bool) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+f")
    page.get_by_test_id("search-query").fill("tea")
    page.get_by_test_id("choice-everywhere").click()
    page.get_by_test_id("search-query").press("Enter")
    page.get_by_test_id("search-result").first.wait_for()


screen("invite", AT_HOME)(_opens("open-invite", "qr-code"))
screen("members", AT_HOME)(_opens("open-members", "member"))
screen("room-settings", AT_HOME)(_opens("open-room-settings", "room-form", closes_first=False))
screen("bans", AT_HOME)(_opens("open-bans", "person-line"))
screen("member", AT_HOME)(_opens("open-member", "mute-hour"))


@screen("settings", AT_HOME)
def _settings(page: Page, is_phone: bool) -> None:
    page.keyboard.press("Escape")
    page.get_by_test_id("close-members").click()
    if is_phone:
        page.get_by_test_id("back-to-rooms").click()
    _opens("open-settings", "session")(page, is_phone)


@screen("reports", AT_HOME)
def _reports(page: Page, _is_phone: bool) -> None:
    page.get_by_test_id("open-reports").click()
    page.get_by_test_id("report").first.wait_for()


@screen("create", AT_HOME)
def _create(page: Page, is_phone: bool) -> None:
    page.keyboard.press("Escape")
    _opens("open-create", "create-form")(page, is_phone)


@screen("join", AT_HOME)
def _join(page: Page, is_phone: bool) -> None:
    _opens("open-join", "public-room")(page, is_phone)


@screen("switch", AT_HOME)
def _switch(page: Page, _is_phone: bool) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_test_id("switch-room").first.wait_for()


@screen("shortcuts", AT_HOME)
def _shortcuts(page: Page, _is_phone: bool) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Control+/")
    page.get_by_test_id("shortcuts").wait_for()


@screen("gone", AT_HOME)
def _gone(page: Page, _is_phone: bool) -> None:
    page.goto(f"{_origin(page)}/rooms/no-such-room")
    page.get_by_test_id("room-gone").wait_for()


@screen("door", AT_HOME)
def _door(page: Page, _is_phone: bool) -> None:
    room_id = page.evaluate(
        """async () => (await (await fetch('/api/rooms/public')).json()).rooms
        .find(({ name }) => name.startsWith('Night owls')).id"""
    )
    page.goto(f"{_origin(page)}/rooms/{room_id}")
    page.get_by_test_id("room-door").wait_for()


@screen("invitation", AT_HOME)
def _invitation(page: Page, _is_phone: bool) -> None:
    code = page.evaluate(
        """async () => (await (await fetch('/api/rooms')).json()).rooms
        .find(({ name }) => name.startsWith('Book club')).code"""
    )
    page.goto(f"{_origin(page)}/join/{code}")
    page.get_by_test_id("invitation").wait_for()


@screen("closed-room", AT_HOME)
def _closed(page: Page, is_phone: bool) -> None:
    _start_again(page)
    go_home(page)
    go(page, "Winter market", is_phone)
    page.get_by_test_id("room-closed").wait_for()
    page.get_by_test_id("message").last.wait_for()


@screen("room-failed", AT_HOME)
def _failed(page: Page, is_phone: bool) -> None:
    with _refusing(page, "/api/rooms/*/messages?*", 503):
        go(page, "The tea room", is_phone)
        page.get_by_test_id("messages-failed").wait_for()


@screen("history-failed", AT_HOME)
def _history(page: Page, is_phone: bool) -> None:
    with _refusing(page, "/api/rooms/*/messages?*before=*", 503):
        go(page, "Long evening", is_phone)
        page.get_by_test_id("messages").evaluate("list => list.scrollTo(0, 0)")
        page.get_by_test_id("history-retry").wait_for()
        page.mouse.move(0, 0)
        page.get_by_test_id("messages").evaluate("list => list.scrollTo(0, 0)")


@screen("offline", AT_HOME)
def _offline(page: Page, is_phone: bool) -> None:
    go(page, "Kitchen table", is_phone)
    page.get_by_test_id("message").last.wait_for()
    page.mouse.move(0, 0)
    page.context.set_offline(True)
    page.locator("[data-testid=connection-banner][data-state=offline] .strip").wait_for()
    page.get_by_test_id("composer-text").fill("Is anybody there?")
    page.get_by_test_id("composer-text").press("Enter")
    page.locator("[data-testid=message]:is([data-state=queued], [data-state=sending])").wait_for()


@screen("ended", AT_HOME)
def _ended(page: Page, _is_phone: bool) -> None:
    origin = _origin(page)
    page.evaluate(FORGET_OUTBOX)
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(origin)
    _opens("open-settings", "open-password", closes_first=False)(page, False)
    page.get_by_test_id("open-password").click()
    page.get_by_test_id("password-old").fill(PASSWORD)
    page.get_by_test_id("password-new").fill(PASSWORD)
    with _refusing(page, "/api/me", 401), _refusing(page, "/api/sessions/renew", 401):
        page.get_by_test_id("password-submit").click()
        page.get_by_test_id("sign-in-again").wait_for()


@screen("ended-entry", AT_HOME)
def _ended_entry(page: Page, _is_phone: bool) -> None:
    page.get_by_test_id("sign-in-again").click()
    page.get_by_test_id("sign-in-form").wait_for()


@screen("lost", AT_HOME)
def _lost(page: Page, _is_phone: bool) -> None:
    page.goto(f"{_origin(page)}/no/such/page")
    page.locator("main").wait_for()


def go(page: Page, room: str, is_phone: bool) -> None:
    """Open the room of this name; on a phone by way of the list."""
    if is_phone:
        page.get_by_test_id("back-to-rooms").click()
    page.get_by_test_id("room-item").filter(has_text=room).click()
    expect(page.get_by_test_id("room-name")).to_contain_text(room)


def _origin(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


def _start_again(page: Page) -> None:
    page.goto(_origin(page))
    page.get_by_test_id("room-item").first.wait_for()


@contextmanager
def _refusing(page: Page, path: str, status: int) -> Iterator[None]:
    """Let nothing through to `path` meanwhile."""
    refusal = {"code": "busy" if status == 503 else "not_signed_in", "message": ""}
    page.route(f"**{path}", lambda route: route.fulfill(status=status, json=refusal))
    yield
    page.unroute(f"**{path}")


def go_home(page: Page) -> None:
    """Begin in the liveliest room; on a phone too, so that one can go back from it."""
    page.get_by_test_id("room-item").filter(has_text="Kitchen table").click()
    page.get_by_test_id("message").last.wait_for()
