"""What becomes of a conversation when the line is slow, old, cut, or its session has expired?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.system import System, running
from tests.e2e.window import PASSWORD, Window, share_a_room

pytestmark = pytest.mark.e2e

AGE_MS = 12_000  # instead of two hours
ROTATION = "01:56:00"  # a page takes a new line before the two hours are over
SLOW = {  # a train in the hills: kilobytes a second, and most of a second each way
    "offline": False,
    "latency": 700,
    "downloadThroughput": 60_000,
    "uploadThroughput": 30_000,
}


@pytest.fixture(scope="module")
def short_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("short"), limits={"age_ms": AGE_MS}) as whole:
        yield whole


@pytest.fixture
def both(browser: Browser, short_lived: System) -> Iterator[tuple[Window, Window]]:
    """Ann and Ben, whose lines are cut again and again."""
    windows = Window(browser, short_lived.url), Window(browser, short_lived.url)
    yield windows
    for window in windows:
        window.close()


def lines_of(window: Window) -> list[str]:
    """Note each socket that the page opens from now on."""
    lines: list[str] = []
    window.page.on("websocket", lambda socket: lines.append(socket.url))
    return lines


def test_on_a_slow_network_the_page_comes_and_nothing_is_lost_or_doubled(
    ann: Window, ben: Window
) -> None:
    share_a_room(ann, ben)
    session = ben.context.new_cdp_session(ben.page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    ben.page.reload()
    expect(ben.find("room-name")).to_have_text("The den")

    for number in range(3):
        ben.says(f"slowly {number}")
        ann.says(f"at once {number}")

    for window in (ann, ben):
        for number in range(3):
            window.sees(f"slowly {number}")
            window.sees(f"at once {number}")
    assert sorted(ann.texts()) == sorted(ben.texts())
    assert len(ann.texts()) == 6


def test_a_page_takes_a_new_line_before_the_old_one_ends_and_nobody_notices(
    ann: Window, ben: Window
) -> None:
    ann.page.clock.install()
    share_a_room(ann, ben)
    ann.says("on the first line")
    ben.sees("on the first line")
    lines = lines_of(ann)
    banners = ann.page.evaluate_handle(
        """() => {
          const seen = [];
          const look = () => {
            const strip = document.querySelector('[data-testid=connection-banner]');
            if (strip && strip.dataset.state !== 'connected') seen.push(strip.dataset.state);
          };
          new MutationObserver(look).observe(document.body, {
            subtree: true, childList: true, attributes: true,
          });
          return seen;
        }"""
    )

    ann.page.clock.fast_forward(ROTATION)
    ben.says("while it changes")
    ann.says("me too")

    ann.sees("while it changes")
    ben.sees("me too")
    assert len(lines) == 1
    assert banners.json_value() == []
    assert sorted(ann.texts()) == sorted(["on the first line", "while it changes", "me too"])


def test_lines_that_are_cut_at_their_age_are_followed_by_others(
    both: tuple[Window, Window],
) -> None:
    ann, ben = both
    share_a_room(ann, ben)
    lines = lines_of(ann)
    said: list[str] = []

    while len(lines) < 2:
        said.append(f"cup {len(said)}")
        ann.says(said[-1])
        ben.sees(said[-1])

    assert ann.texts() == ben.texts() == said


def test_whose_session_has_expired_signs_in_and_finds_all_they_wrote(
    ann: Window, ben: Window
) -> None:
    share_a_room(ann, ben)
    room = ann.page.url
    ann.says("before")
    ben.sees("before")
    ann.is_kept()
    ann.context.set_offline(True)
    ann.page.reload()
    ann.says("written meanwhile")
    expect(ann.message("written meanwhile")).to_have_attribute(
        "data-state", re.compile("queued|sending")
    )
    ann.find("composer-text").fill("half a thought")
    ann.context.clear_cookies()
    ann.context.set_offline(False)

    ann.find("choice-signIn").click()
    ann.find("sign-in-username").fill(ann.username)
    ann.find("sign-in-password").fill(PASSWORD)
    ann.find("sign-in-submit").click()
    expect(ann.find("room-list")).to_be_visible()

    ben.sees("written meanwhile")
    ann.page.goto(room)
    ann.sees("written meanwhile")
    expect(ann.find("composer-text")).to_have_value("half a thought")
    assert ann.texts() == ben.texts() == ["before", "written meanwhile"]
