"""Is this a picture, and what is left of it when it is drawn anew? Pillow's part.

Nothing of the uploaded file is kept but what is seen: metadata, places, colour profiles and what
hides behind a picture's end go. Only the decoder that the file's beginning names is ever asked, and
nothing is decoded before the size that the file claims has been looked at.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from teahouse.domain.upload import Picture, Purpose, Remade, Unacceptable, kind_of

MAX_PIXELS = 25_000_000  # of one frame: 100 MB once decoded
MAX_FRAMES = 200
MAX_PIXELS_OF_FRAMES = 40_000_000  # of all; beyond, only the first is kept
MAX_SIDE = 2_560  # of what is shown
THUMB_SIDE = 640
AVATAR_SIDE = 256
# Lambda answers at most 6 MB, in base64: Lambda quotas, "Invocation payload".
MAX_KEPT_BYTES = 4_000_000
_QUALITIES = (88, 75, 55)
_DECODERS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}


# A decoder that is given junk raises whatever its lines come to.
_OF_JUNK = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
)


class PillowPictures:
    """Decodes with Pillow, and writes JPEG or WebP."""

    def remake(self, data: bytes, purpose: Purpose) -> Remade:
        kind = kind_of(data)
        if kind is None:
            raise Unacceptable("not_a_picture")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow finds odd about a file is no news
            try:
                return _remade(data, kind, purpose)
            except Image.DecompressionBombError as error:
                raise Unacceptable("too_many_pixels") from error
            except _OF_JUNK as error:
                raise Unacceptable("damaged") from error


def _remade(data: bytes, kind: str, purpose: Purpose) -> Remade:
    with Image.open(BytesIO(data), formats=[_DECODERS[kind]]) as source:
        if source.width * source.height > MAX_PIXELS:
            raise Unacceptable("too_many_pixels")
        frames = _frames(source)
        if purpose == "avatar":
            square = ImageOps.fit(_upright(source), (AVATAR_SIDE, AVATAR_SIDE))
            return Remade(image=_encoded(square, "image/webp"))
        if frames > 1:
            return _animated(source)
        first = _upright(source)
        image = _within(first, MAX_SIDE)
        shown_as = "image/jpeg" if kind == "image/jpeg" else "image/webp"
        return Remade(
            image=_encoded(image, shown_as),
            thumb=_encoded(_within(first, THUMB_SIDE), shown_as),
        )


def _frames(source: Any) -> int:
    frames = int(getattr(source, "n_frames", 1))
    pixels = source.width * source.height * frames
    return frames if frames <= MAX_FRAMES and pixels <= MAX_PIXELS_OF_FRAMES else 1


def _upright(source: Any) -> Any:
    """Turn a picture as its metadata says, which is then forgotten."""
    return _bare(ImageOps.exif_transpose(_plain(source)))


def _plain(frame: Any) -> Any:
    """Bring a frame to red, green and blue, with transparency if it has any."""
    has_alpha = frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info
    return frame.convert("RGBA" if has_alpha else "RGB")


def _bare(image: Any) -> Any:
    """Forget what a file said besides its pixels: Pillow would write comments back."""
    image.info = {}
    return image


def _within(image: Any, side: int) -> Any:
    smaller = image.copy()
    smaller.thumbnail((side, side))
    return smaller


def _animated(source: Any) -> Remade:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(source):
        durations.append(min(max(int(frame.info.get("duration", 100)), 20), 10_000))
        frames.append(_within(_bare(_plain(frame)), THUMB_SIDE))
    first = frames[0]

    def write(into: BytesIO, quality: int) -> None:
        first.save(
            into,
            "WEBP",
            save_all=True,
            append_images=frames[1:],
            duration=durations,
            loop=0,
            quality=quality,
            method=2,
        )

    return Remade(image=_smallest(first, "image/webp", write), thumb=_encoded(first, "image/webp"))


def _encoded(image: Any, content_type: str) -> Picture:
    def write(into: BytesIO, quality: int) -> None:
        if content_type == "image/jpeg":
            image.convert("RGB").save(into, "JPEG", quality=quality, optimize=True)
        else:
            image.save(into, "WEBP", quality=quality, method=4)

    return _smallest(image, content_type, write)


def _smallest(image: Any, content_type: str, write: Callable[[BytesIO, int], None]) -> Picture:
    """Write with the best quality that is not too large."""
    for quality in _QUALITIES:
        into = BytesIO()
        write(into, quality)
        if into.tell() <= MAX_KEPT_BYTES:
            return Picture(
                data=into.getvalue(),
                content_type=content_type,
                width=image.width,
                height=image.height,
            )
    raise Unacceptable("too_many_pixels")
