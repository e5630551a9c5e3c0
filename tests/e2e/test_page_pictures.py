"""Rows A2 and A12 in the browser: pictures are brought, seen on the way, sent and looked at."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.payloads import IN_NAMES
from tests.e2e.pictures import picture
from tests.e2e.window import Window, share_a_room

pytestmark = pytest.mark.e2e

# What the clipboard and a drag hand over: the page sees the same event.
HAND_OVER = """(place, [kind, type, color]) => {
  const canvas = new OffscreenCanvas(320, 200);
  const context = canvas.getContext('2d');
  context.fillStyle = color;
  context.fillRect(0, 0, 320, 200);
  return canvas.convertToBlob({type}).then(blob => {
    const data = new DataTransfer();
    data.items.add(new File([blob], 'handed.png', {type}));
    const init = {bubbles: true, cancelable: true};
    if (kind === 'paste')
      place.dispatchEvent(new ClipboardEvent('paste', {...init, clipboardData: data}));
    else for (const name of ['dragenter', 'dragover', 'drop'])
      place.dispatchEvent(new DragEvent(name, {...init, dataTransfer: data}));
  });
}"""


def test_a12_pictures_are_chosen_pasted_and_dropped_and_seen_large(
    ann: Window, ben: Window
) -> None:
    share_a_room(ann, ben)

    ann.picks(("teal.png", "image/png", picture()))
    ann.find("composer-text").evaluate(HAND_OVER, ["paste", "image/png", "brown"])
    ann.find("room").evaluate(HAND_OVER, ["drop", "image/webp", "olive"])
    expect(ann.find("composer-picture")).to_have_count(3)
    expect(ann.find("drop-hint")).to_have_count(0)
    ann.find("remove-picture").last.click()
    ann.says("two cups")  # said at once: it goes when the pictures are there

    ben.sees("two cups")
    ready = ben.page.locator("[data-testid=picture][data-state=ready]")
    expect(ready).to_have_count(2)
    expect(ann.page.locator("[data-testid=picture][data-state=ready]")).to_have_count(2)
    expect(ann.find("composer-picture")).to_have_count(0)
    ben.find("open-picture").first.click()
    large = ben.find("picture-large")
    expect(large).to_have_js_property("naturalWidth", 640)
    ben.page.keyboard.press("ArrowRight")
    expect(large).to_have_js_property("naturalWidth", 320)
    ben.page.keyboard.press("Escape")
    expect(ben.find("open-picture").first).to_be_focused()
    # A picture without words is a message too, here and in the list.
    ben.picks(("only.png", "image/png", picture("navy")))
    expect(ben.find("composer-picture")).to_have_attribute("data-state", "gone")
    ben.find("send").click()
    expect(ann.find("message")).to_have_count(2)
    expect(ann.find("room-item-preview").first).to_contain_text("🖼️")

    ann.page.set_viewport_size({"width": 360, "height": 740})
    frame = ann.find("open-picture").last.bounding_box()
    assert frame is not None
    assert frame["x"] + frame["width"] <= 360  # no wider than a phone


def test_a12_what_is_no_picture_is_refused_before_it_is_said_and_no_name_is_run(
    ann: Window,
) -> None:
    """Control: the picture that goes."""
    ann.owns_a_room("Ann")

    names = [re.sub(r"[/\\\0]", "_", name)[:80] for name in IN_NAMES[:9]]
    ann.picks(*((f"{name}.txt", "text/plain", b"tea") for name in names))
    failed = ann.page.locator("[data-testid=composer-picture][data-state=failed]")
    expect(failed).to_have_count(len(names))
    expect(failed.first).to_contain_text("Only pictures can go along")
    expect(ann.find("send")).to_be_disabled()
    for _ in names:
        ann.find("remove-picture").first.click()
    ann.picks(
        (f"{names[0]}.png", "image/png", picture()),
        ("lie.png", "image/png", b"<svg onload=alert(1)></svg>"),
    )
    brought = ann.find("composer-picture")
    expect(brought.nth(0)).to_have_attribute("data-state", "gone")
    expect(brought.nth(1)).to_have_attribute("data-state", "failed")
    ann.says("look")

    expect(ann.find("picture")).to_have_count(1)
    expect(ann.find("picture")).to_have_attribute("data-state", "ready")
    expect(brought).to_have_count(1)


def test_a2_a_face_is_chosen_and_seen_by_others_and_taken_away(ann: Window, ben: Window) -> None:
    """Control: a file that only claims to be a picture is refused, and the face stays."""
    share_a_room(ann, ben)
    ann.find("open-settings").click()
    mine = ann.find("avatar-field").locator(".avatar img")
    expect(mine).to_have_count(0)

    face = {"name": "me.png", "mimeType": "image/png", "buffer": picture("brown")}
    ann.find("avatar-file").set_input_files(face)
    expect(mine).to_have_js_property("naturalWidth", 256)
    ann.find("avatar-file").set_input_files({**face, "buffer": b"no picture at all"})
    expect(ann.find("avatar-field").get_by_role("alert")).to_be_visible()
    expect(mine).to_have_js_property("naturalWidth", 256)
    ann.page.keyboard.press("Escape")
    ann.says("that is me")
    ben.sees("that is me")
    ben.page.reload()
    expect(ben.message("that is me").locator(".face img")).to_have_js_property("naturalWidth", 256)

    ann.find("open-settings").click()
    ann.find("avatar-remove").click()
    expect(mine).to_have_count(0)


def test_a5_a_room_is_opened_with_a_picture_that_is_seen_large_and_changed(
    ann: Window, ben: Window
) -> None:
    """Control: before one is chosen, there is none."""
    ann.signs_up("Ann")
    ann.find("open-create").click()
    ann.find("create-name").fill("The den")
    chosen = ann.find("avatar-field").locator("img")
    expect(chosen).to_have_count(0)
    file = {"name": "den.png", "mimeType": "image/png", "buffer": picture("brown")}
    ann.find("avatar-file").set_input_files(file)
    expect(chosen).to_have_js_property("naturalWidth", 256)
    ann.find("create-submit").click()
    expect(ann.find("room-name")).to_have_text("The den")
    shown = ann.find("room-item").first.locator("img")
    expect(shown).to_have_js_property("naturalWidth", 256)
    ann.find("open-room-picture").click()
    expect(ann.find("picture-large")).to_have_js_property("naturalWidth", 256)
    ann.page.keyboard.press("Escape")
    expect(ann.find("open-room-picture")).to_be_focused()

    ben.signs_up("Ben")
    code = ann.calls("GET", f"/api/rooms/{ann.room_id}")["room"]["code"]
    ben.joins(f"{ben.base}/join/{code}", "The den")
    seen = ben.find("room-item").first.locator("img")
    expect(seen).to_have_js_property("naturalWidth", 256)
    ann.find("open-members").click()
    ann.find("open-room-settings").click()
    ann.find("avatar-remove").click()
    expect(seen).to_have_count(0)
