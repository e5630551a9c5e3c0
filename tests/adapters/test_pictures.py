"""Is what people upload a picture, and is nothing left of it but what is seen?"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from teahouse.adapters.pictures import AVATAR_SIDE, MAX_SIDE, THUMB_SIDE, PillowPictures
from teahouse.domain.upload import Unacceptable, kind_of

SECRET = b"taken at 48.2082 N 16.3738 E"


def picture(
    kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any
) -> bytes:
    into = BytesIO()
    Image.new(mode, size, "#0f766e80" if mode == "RGBA" else "teal").save(into, kind, **options)
    return into.getvalue()


def shown(data: bytes) -> Any:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("kind", "shown_as"),
    [("PNG", "image/webp"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/webp")],
)
def test_a_picture_is_drawn_anew(kind: str, shown_as: str) -> None:
    remade = PillowPictures().remake(picture(kind), "attachment")

    assert kind_of(remade.image.data) == remade.image.content_type == shown_as
    assert (remade.image.width, remade.image.height) == (40, 20)
    assert remade.thumb is not None
    assert kind_of(remade.thumb.data) == shown_as


def test_nothing_but_what_is_seen_is_kept_and_the_picture_stands_upright() -> None:
    """Control: the metadata is in what was uploaded."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), 6  # ImageDescription; Orientation: turned right
    uploaded = picture("JPEG", exif=exif, comment=SECRET) + SECRET

    remade = PillowPictures().remake(uploaded, "attachment")
    assert uploaded.count(SECRET) == 3
    assert SECRET not in remade.image.data
    assert (remade.image.width, remade.image.height) == (20, 40)
    assert not dict(shown(remade.image.data).getexif())


def test_a_large_picture_is_made_smaller_and_has_a_thumbnail() -> None:
    remade = PillowPictures().remake(picture(size=(4_000, 1_000)), "attachment")

    assert (remade.image.width, remade.image.height) == (MAX_SIDE, MAX_SIDE // 4)
    assert remade.thumb is not None
    assert (remade.thumb.width, remade.thumb.height) == (THUMB_SIDE, THUMB_SIDE // 4)


def test_transparency_stays_and_an_avatar_is_a_square() -> None:
    seen_through = picture("PNG", mode="RGBA")
    remade = PillowPictures().remake(seen_through, "avatar")

    assert (remade.image.width, remade.image.height) == (AVATAR_SIDE, AVATAR_SIDE)
    assert remade.thumb is None
    kept = PillowPictures().remake(seen_through, "attachment").image
    assert shown(kept.data).mode == "RGBA"


def test_an_animation_stays_one() -> None:
    frames = [Image.new("RGB", (30, 30), color) for color in ("red", "green", "blue")]
    into = BytesIO()
    frames[0].save(into, "GIF", save_all=True, append_images=frames[1:], duration=80)

    remade = PillowPictures().remake(into.getvalue(), "attachment")
    assert shown(remade.image.data).n_frames == 3


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89",
        b"%PDF-1.7",
        b"RIFF0000WAVEfmt ",
        b"",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """Control: the pictures above."""
    with pytest.raises(Unacceptable, match="not_a_picture"):
        PillowPictures().remake(data, "attachment")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_damaged_picture_is_refused(kind: str) -> None:
    whole = picture(kind, (200, 200))

    assert PillowPictures().remake(whole, "attachment")
    with pytest.raises(Unacceptable, match="damaged"):
        PillowPictures().remake(whole[: len(whole) // 2], "attachment")


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    """40,000 x 40,000 pixels in a few bytes; decoding them would take 4.8 GB."""
    side = 40_000
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")

    with pytest.raises(Unacceptable, match="too_many_pixels"):
        PillowPictures().remake(b"\x89PNG\r\n\x1a\n" + body, "attachment")


def chunk(kind: bytes, data: bytes) -> bytes:
    """Write a chunk of a PNG (its specification, 5.3)."""
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
