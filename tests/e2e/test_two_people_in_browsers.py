"""Two people, two windows: the journey from signing up to nothing lost."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.system import System
from tests.e2e.window import Window

pytestmark = pytest.mark.e2e


def test_two_people_talk_and_nothing_is_lost_when_everything_is_killed(
    ann: Window, ben: Window, system: System, tmp_path: Path
) -> None:
    ann.signs_up_by_form("Ann")
    link = ann.creates("The den")
    ben.signs_up_by_form("Ben")
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


OPEN_TEN = """() => Promise.all([...Array(10)].map(() => new Promise((open, fail) => {
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws', ['teahouse.v1']);
  socket.onopen = open;
  socket.onerror = fail;
})))"""


def test_a_window_too_many_rests_until_it_is_used_again(ann: Window, ben: Window) -> None:
    ann.signs_up("Ann")
    link = ann.creates("The den")
    ben.signs_up("Ben")
    ben.joins(link, "The den")
    expect(ann.find("stopped")).to_have_count(0)

    ann.page.evaluate(OPEN_TEN)
    expect(ann.find("stopped")).to_be_visible()
    ben.says("said while it rests")
    ann.says("written while it rests")
    ann.find("resume").click()

    ann.sees("said while it rests")
    ben.sees("written while it rests")
    expect(ann.find("stopped")).to_have_count(0)


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
