"""Rows A12 and A13 in the browser: what texts become, and that nothing of them ever runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.payloads import IN_NAMES, IN_TEXTS, MARKDOWN
from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e

# Whatever runs says so: dialogs, and a global that every payload tries to set or call.
WATCH = """
  window.ran = [];
  for (const name of ['alert', 'confirm', 'prompt', 'print'])
    window[name] = (...said) => { window.ran.push(`${name}: ${said}`); };
  window.reports = [];
  addEventListener('securitypolicyviolation',
    event => window.reports.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""

# Files of these names are let go over the room; none of them is a picture.
DROP_FILES = """(place, names) => {
  const data = new DataTransfer();
  for (const name of names) data.items.add(new File(['tea'], name, {type: 'text/plain'}));
  const init = {bubbles: true, cancelable: true, dataTransfer: data};
  for (const moment of ['dragenter', 'dragover', 'drop'])
    place.dispatchEvent(new DragEvent(moment, init));
}"""


@pytest.fixture
def watched(browser: Browser, base: str) -> Iterator[Window]:
    window = Window(browser, base)
    window.page.add_init_script(WATCH)
    yield window
    window.close()


def nothing_ran(window: Window) -> None:
    assert window.page.evaluate("window.ran") == []
    assert window.page.evaluate("window.reports") == []
    assert window.complaints == []
    foreign = window.page.evaluate(
        """() => [...document.querySelectorAll('main *, nav *')]
          .filter(element => ['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'STYLE', 'MATH', 'FORM']
              .includes(element.tagName) && !element.matches('[data-testid=composer]')
            || [...element.attributes].some(({name}) => name.startsWith('on'))
            || element.tagName === 'A'
              && !/^(https?:|mailto:)/.test(element.href))
          .map(element => element.outerHTML)"""
    )
    assert foreign == []


def test_a12_no_text_is_ever_run(watched: Window) -> None:
    assert len(set(IN_TEXTS)) >= 200
    watched.owns_a_room("Ann")
    path = f"/api/rooms/{watched.room_id}/messages"
    watched.calls_each("POST", path, [{"text": text} for text in IN_TEXTS])

    watched.sees_count(len(IN_TEXTS))
    expect(watched.page.locator(".markdown").first).to_be_visible()  # laid out, not only shown
    nothing_ran(watched)
    for link in watched.page.locator("[data-testid=message-text] a").all():
        link.dispatch_event("mouseover")
        assert {"noopener", "noreferrer", "nofollow"} <= set(
            (link.get_attribute("rel") or "").split()
        )
    watched.page.reload()
    expect(watched.find("message").first).to_be_visible()
    while watched.find("message").count() < len(IN_TEXTS):
        oldest = watched.find("message").first.get_attribute("data-seq")
        watched.find("messages").evaluate("list => list.scrollTo(0, 0)")
        expect(watched.find("message").first).not_to_have_attribute("data-seq", str(oldest))
    nothing_ran(watched)
    # The control: the watch hears what does run.
    watched.page.evaluate("alert(1)")
    assert watched.page.evaluate("window.ran") == ["alert: 1"]


def test_a12_no_name_is_ever_run(watched: Window) -> None:
    watched.signs_up("Ann")
    rooms = [{"name": name, "description": name} for name in IN_NAMES]
    opened = watched.calls_each("POST", "/api/rooms", rooms)
    expect(watched.find("room-item")).to_have_count(len(IN_NAMES) + 1)

    for answer, name in zip(opened, IN_NAMES, strict=True):
        watched.calls("PATCH", "/api/me", {"displayName": name[:32]})
        room = answer["room"]
        watched.calls("POST", f"/api/rooms/{room['id']}/messages", {"text": name})
    watched.page.reload()
    expect(watched.find("room-item")).to_have_count(len(IN_NAMES) + 1)
    for answer in opened[:8]:
        watched.page.locator(f"nav [data-room-id='{answer['room']['id']}']").first.click()
        expect(watched.find("room-name")).to_have_text(answer["room"]["name"])
        watched.find("open-members").click()
        expect(watched.find("member")).to_have_count(1)
    watched.page.keyboard.press("Control+k")
    expect(watched.find("switch-room").first).to_be_visible()
    nothing_ran(watched)


def test_a12_no_name_of_a_file_is_ever_run(watched: Window) -> None:
    watched.owns_a_room("Ann")

    watched.find("room").evaluate(DROP_FILES, list(IN_TEXTS))

    expect(watched.find("composer-picture")).to_have_count(len(IN_TEXTS))
    expect(watched.find("composer-picture").nth(0)).to_contain_text(IN_TEXTS[0])
    for remove in watched.find("remove-picture").all()[:8]:
        remove.hover()
    nothing_ran(watched)


def test_a12_markdown_is_laid_out(ann: Window) -> None:
    ann.owns_a_room("Ann")

    for number, (text, selector, shown) in enumerate(MARKDOWN, 1):
        ann.find("composer-text").fill(text)
        ann.find("send").click()
        ann.sees_count(number)
        last = ann.find("message").last
        expect(last.locator(f".markdown {selector}").first).to_have_text(shown)


def test_a13_an_emoji_is_picked_by_name_and_stands_large_alone(ann: Window, ben: Window) -> None:
    share_a_room(ann, ben)
    ann.find("composer-text").fill("tea? ")

    ann.find("open-emoji").click()
    ann.find("emoji-search").fill("teacup")
    ann.find("emoji").first.click()
    expect(ann.find("composer-text")).to_have_value("tea? 🍵")
    expect(ann.find("composer-text")).to_be_focused()
    ben.find("open-emoji").click()
    ben.find("emoji-search").fill("茶")
    expect(ben.find("emoji").filter(has_text="🍵")).to_have_count(1)
    ben.page.keyboard.press("Escape")
    expect(ben.find("emoji-picker")).to_have_count(0)

    ann.page.keyboard.press("Enter")
    ann.says("🍵🎉")
    ben.sees("🍵🎉")
    sizes = [
        ben.message(text)
        .get_by_test_id("message-text")
        .evaluate("e => getComputedStyle(e).fontSize")
        for text in ("tea? 🍵", "🍵🎉")
    ]
    assert [float(size.removesuffix("px")) for size in sizes] == [15, 32]


def test_somebody_is_named_by_at_and_sees_it_and_words_are_found_again(
    ann: Window, ben: Window
) -> None:
    """Control: what is said to nobody stands out to nobody, and is not found."""
    share_a_room(ann, ben)

    ann.says("good evening")
    composer = ann.find("composer-text")
    composer.press_sequentially("@be")
    expect(ann.find("suggestion")).to_have_count(1)
    composer.press("Enter")
    expect(composer).to_have_value(f"@{ben.username} ")
    composer.press_sequentially("the oolong is ready :teacup")
    expect(ann.find("suggestion").first).to_contain_text("🍵")
    composer.press("Tab")
    composer.press("Enter")
    said = f"@{ben.username} the oolong is ready 🍵"
    ben.sees(said)
    expect(ben.message(said)).to_have_attribute("data-names-me", "true")
    expect(ben.message("good evening")).not_to_have_attribute("data-names-me", "true")
    expect(ann.message(said)).not_to_have_attribute("data-names-me", "true")

    ben.page.keyboard.press("Control+Shift+F")
    ben.find("search-query").fill("OOLONG")
    ben.find("search-query").press("Enter")
    expect(ben.find("search-result")).to_have_count(1)
    expect(ben.find("search-result").locator("mark")).to_have_text("oolong")
    ben.find("search-query").fill("pu-erh")
    ben.find("search-query").press("Enter")
    expect(ben.find("search-note")).not_to_be_empty()
    expect(ben.find("search-result")).to_have_count(0)
    ben.page.get_by_test_id("choice-everywhere").click()
    ben.find("search-query").fill("oolong")
    ben.find("search-query").press("Enter")
    ben.find("search-result").click()
    expect(ben.message(said)).to_be_focused()
