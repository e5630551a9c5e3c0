"""What does every screen look like? Each in both themes and languages, at three widths.

`python -m tools.screenshots FOLDER` writes one sheet a screen (its twelve looks side by side) and
the single pictures.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright

from tools.browser import NONE_HERE, find_browser
from tools.populate import CAST, PASSWORD, DemoRoom, House, enter, furnish

ROOT = Path(__file__).parent.parent
SIZES = {"360": (360, 740), "768": (768, 1024), "1440": (1440, 900)}
LOOKS = [(theme, language) for language in ("en-US", "zh-CN") for theme in ("light", "dark")]
PHONE_PX = 720
SHEET_ROW_PX = 640
MEMBER = ("annie", "benny", "xiaoming")
# sky, hill behind, hill in front
PAINTINGS = {
    "morning": ("#bcd3cf", "#7c9a7e", "#4f6f52"),
    "evening": ("#e3b58f", "#96706a", "#5b4a58"),
}
SCENE = (
    DemoRoom(
        "Picnic",
        "Saturday, on the hill.",
        "private",
        ("annie", "benny", "xiaoming"),
        (("xiaoming", "照片呢？"),),
    ),
    DemoRoom(
        "Book club 读书会",
        "One book a month, one pot an evening.",
        "private",
        MEMBER,
        (
            ("benny", "Has everybody finished chapter three?"),
            ("xiaoming", "快了，还差十页。"),
            ("annie", "Finished. The **tea ceremony** scene is *wonderful*."),
        ),
    ),
    DemoRoom(
        "Kitchen table",
        "Who brings what on Friday?",
        "private",
        ("benny", "annie", "xiaoming"),
        (
            ("benny", "So, Friday. I can bring:\n\n- oolong\n- two kinds of biscuits"),
            ("benny", "Anything else?"),
            ("xiaoming", "我带龙井和月饼 🥮"),
            ("annie", "Lovely. The recipe for the cakes is at https://example.com/mooncakes"),
            ("benny", "For the timer:\n\n```python\nfor cup in range(3):\n    steep(80, 120)\n```"),
            ("xiaoming", "哈哈，程序员泡茶。"),
            ("xiaoming", "八十度，两分钟，对吗？"),
            ("annie", "> 八十度，两分钟\n\nExactly right."),
            ("benny", "🍵"),
        ),
    ),
    DemoRoom("Garden 花园", "", "private", ("annie",), ()),
    DemoRoom(
        "Night owls 夜猫子",
        "Open late, for whoever cannot sleep.",
        "public",
        ("xiaoming",),
        (("xiaoming", "还有人醒着吗？"),),
    ),
    DemoRoom("Release night", "", "private", MEMBER, (("benny", "All green. Going home."),)),
)

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
    _go(page, "Garden", is_phone)
    page.get_by_test_id("nothing-said").wait_for()


@screen("message-actions", AT_HOME)
def _actions(page: Page, is_phone: bool) -> None:
    _go(page, "Kitchen table", is_phone)
    page.get_by_test_id("message").nth(2).hover()
    page.get_by_test_id("message-actions").wait_for()


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
    _go(page, "Picnic", is_phone)
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


@screen("lost", AT_HOME)
def _lost(page: Page, _is_phone: bool) -> None:
    page.goto(f"{_origin(page)}/no/such/page")
    page.locator("main").wait_for()


def _go(page: Page, room: str, is_phone: bool) -> None:
    if is_phone:
        page.get_by_test_id("back-to-rooms").click()
    page.get_by_test_id("room-item").filter(has_text=room).click()
    expect(page.get_by_test_id("room-name")).to_contain_text(room)


def _origin(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def _house() -> Iterator[str]:
    """Run all of it, furnished, until the pictures are taken; gives its address."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "tools.run", "--port", "0", "--data", data]
        running = subprocess.Popen(
            [*command, "--rate-scale", "1000"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert running.stdout
        try:
            address = next(
                found[1]
                for line in running.stdout
                if (found := re.search(r"Page +(http://\S+?)/?$", line.strip()))
            )
            _furnish(address)
            yield address
        finally:
            running.terminate()
            running.wait()
            running.stdout.close()


def _furnish(address: str) -> None:
    parts = urlsplit(address)
    assert parts.hostname
    assert parts.port
    house = House(parts.hostname, parts.port)
    tokens = {person.username: enter(house, person) for person in CAST}
    for room in SCENE:
        furnish(house, room, tokens)


def _take(browser: Browser, address: str, look: tuple[str, str], folder: Path, only: str) -> None:
    """Photograph every screen in one look, at every width."""
    theme, language = look
    context = browser.new_context(
        locale=language,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)

    def visit(screens: dict[str, Act]) -> None:
        for width, (wide, high) in SIZES.items():
            page.set_viewport_size({"width": wide, "height": high})
            if screens is AT_HOME:
                page.goto(f"{address}/")
                page.get_by_test_id("room-item").first.wait_for()
                _home(page)
            for name, act in screens.items():
                act(page, wide <= PHONE_PX)
                if not only or re.fullmatch(only, name):
                    page.screenshot(path=folder / f"{name}.{language}.{theme}.{width}.png")

    visit(STRANGER)
    _sign_annie_in(page)
    visit(AT_HOME)
    context.close()


def _sign_annie_in(page: Page) -> None:
    page.evaluate(
        """async body => { await fetch('/api/sessions', {method: 'POST',
        headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)}); }""",
        {"username": "annie", "password": PASSWORD},
    )


def _hang_pictures(browser: Browser, address: str) -> None:
    """Say something with pictures, and keep somebody out, as a person does."""
    page = browser.new_page()
    page.goto(address)
    _sign_annie_in(page)
    page.goto(address)
    _go(page, "Picnic", False)
    page.get_by_test_id("choose-pictures").set_input_files(
        [
            FilePayload(name=f"{name}.png", mimeType="image/png", buffer=_painted(*colors))
            for name, colors in PAINTINGS.items()
        ]
    )
    page.get_by_test_id("composer-text").fill("From the hill, before the rain.")
    page.get_by_test_id("composer-text").press("Enter")
    page.locator("[data-testid=picture][data-state=ready]").nth(len(PAINTINGS) - 1).wait_for()
    message = page.locator("[data-testid=message][data-mine=false]").first
    page.evaluate(
        """async body => { await fetch('/api/reports', {method: 'POST',
        headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)}); }""",
        {
            "roomId": page.url.split("/")[-1],
            "seq": int(message.get_attribute("data-seq") or 0),
            "reason": "There are no pictures yet.",
        },
    )
    page.get_by_test_id("open-members").click()
    page.get_by_test_id("member").filter(has_text="Ben").get_by_test_id("open-member").click()
    page.get_by_test_id("ban-member").click()
    page.get_by_test_id("confirm-yes").click()
    page.get_by_test_id("member").filter(has_text="Ben").wait_for(state="detached")
    page.context.close()


def _painted(sky: str, hill: str, near: str) -> bytes:
    """Paint a landscape of three colours."""
    painting = Image.new("RGB", (960, 640), sky)
    brush = ImageDraw.Draw(painting)
    brush.ellipse((640, 90, 760, 210), fill="#f6e7c1")
    brush.ellipse((-300, 330, 760, 1200), fill=hill)
    brush.ellipse((280, 400, 1400, 1300), fill=near)
    into = BytesIO()
    painting.save(into, "PNG")
    return into.getvalue()


def _home(page: Page) -> None:
    """Begin in the liveliest room; on a phone too, so that one can go back from it."""
    page.get_by_test_id("room-item").filter(has_text="Kitchen table").click()
    page.get_by_test_id("message").last.wait_for()


def _sheet(folder: Path, name: str) -> None:
    """Put the looks of a screen side by side, a row a width."""
    rows = []
    for width in SIZES:
        pictures = [
            Image.open(folder / f"{name}.{language}.{theme}.{width}.png")
            for theme, language in LOOKS
        ]
        scale = SHEET_ROW_PX / pictures[0].height
        size = (round(pictures[0].width * scale), SHEET_ROW_PX)
        rows.append([picture.resize(size) for picture in pictures])
    wide = max(sum(picture.width + 8 for picture in row) for row in rows)
    sheet = Image.new("RGB", (wide, len(rows) * (SHEET_ROW_PX + 8)), "#808080")
    for down, row in enumerate(rows):
        for across, picture in enumerate(row):
            sheet.paste(picture, (across * (picture.width + 8), down * (SHEET_ROW_PX + 8)))
    sheet.save(folder / f"sheet-{name}.png")


def main() -> int:
    """Take the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="a pattern of names of screens")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    path = find_browser()
    if path is None:
        print(NONE_HERE, file=sys.stderr)
        return 1
    with _house() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        _hang_pictures(browser, address)
        for look in LOOKS:
            _take(browser, address, look, options.folder, options.only)
        browser.close()
    for name in (*STRANGER, *AT_HOME):
        if not options.only or re.fullmatch(options.only, name):
            _sheet(options.folder, name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
