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
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from tools.browser import NONE_HERE, find_browser
from tools.populate import CAST, PASSWORD, DemoRoom, House, enter, furnish
from tools.screens import AT_HOME, STRANGER, Act, go, go_home

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
CLOSED = DemoRoom(
    "Winter market",
    "Stall seven, by the well.",
    "private",
    ("annie", "benny"),
    (("benny", "Sold out at noon."), ("annie", "Until next winter, then.")),
)
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
    CLOSED,
    DemoRoom(
        "Long evening",
        "",
        "private",
        ("annie", "benny"),
        tuple((who, f"Cup {cup}.") for cup in range(1, 36) for who in ("benny", "annie")),
    ),
    DemoRoom(
        "Night owls 夜猫子",
        "Open late, for whoever cannot sleep.",
        "public",
        ("xiaoming",),
        (("xiaoming", "还有人醒着吗？"),),
    ),
    DemoRoom("Release night", "", "private", MEMBER, (("benny", "All green. Going home."),)),
)


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
    rooms = house.need("GET", "/api/rooms", None, tokens["annie"])["rooms"]
    closed = next(room["id"] for room in rooms if room["name"] == CLOSED.name)
    house.need("DELETE", f"/api/rooms/{closed}", None, tokens["annie"])


def _take(browser: Browser, address: str, look: tuple[str, str], folder: Path, only: str) -> None:
    """Photograph every screen in one look, at every width."""
    theme, language = look
    context = browser.new_context(
        locale=language,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        service_workers="block",  # what passes one cannot be refused for a picture
    )
    page = context.new_page()
    page.goto(address)

    def visit(screens: dict[str, Act]) -> None:
        for width, (wide, high) in SIZES.items():
            page.set_viewport_size({"width": wide, "height": high})
            if screens is AT_HOME:
                page.goto(f"{address}/")
                page.get_by_test_id("room-item").first.wait_for()
                go_home(page)
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
    go(page, "Picnic", False)
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
