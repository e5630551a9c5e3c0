"""Is the list of refusals one list: the classes, the frames and the page?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from teahouse.domain.errors import ChatError
from teahouse.protocol.codec import encode, refusal
from teahouse.protocol.frames import RefusalCode

from tests.architecture.declared import ROOT

# The contract's statuses: a code that is not here is no part of it.
STATUSES = {
    "bad_request": 400,
    "not_signed_in": 401,
    "forbidden": 403,
    "muted": 403,
    "not_found": 404,
    "not_a_member": 404,
    "conflict": 409,
    "version_conflict": 409,
    "stale_position": 409,
    "room_closed": 409,
    "too_large": 413,
    "invalid": 422,
    "too_many_requests": 429,
    "internal_error": 500,
    "busy": 503,
}
RETRYABLE = {"busy", "internal_error", "stale_position", "too_many_requests"}
NOT_RAISED_YET = {"version_conflict"}  # edits and deletions raise it, and are not built


def refusals(kind: type[ChatError] = ChatError) -> Iterator[type[ChatError]]:
    """List every class of refusal."""
    for each in kind.__subclasses__():
        yield each
        yield from refusals(each)


def test_the_frames_know_every_code_of_the_contract() -> None:
    assert set(get_args(RefusalCode)) == STATUSES.keys()


def test_every_refusal_has_a_code_of_the_contract_with_its_status() -> None:
    classes = list(refusals())

    assert len({kind.code for kind in classes}) == len(classes)
    assert {kind.code for kind in classes} | NOT_RAISED_YET == STATUSES.keys()
    for kind in classes:
        assert kind.http_status == STATUSES[kind.code]
        assert kind.retryable == (kind.code in RETRYABLE)


def test_a_refusal_travels_in_one_shape_and_tells_nothing_of_the_machine() -> None:
    for kind in refusals():
        frame = encode(refusal(kind(), "request-1")).decode()

        assert f'"code":"{kind.code}"' in frame
        assert f'"message":"{kind.text}"' in frame
        assert "Traceback" not in frame


def test_the_page_has_words_for_every_code_in_both_languages() -> None:
    words = {
        path.name: path.read_text("utf-8")
        for path in (ROOT / "frontend" / "src" / "i18n").iterdir()
        if any(name in path.name for name in ("zh", "en"))
    }

    assert len(words) >= 2
    for name, text in words.items():
        for code in STATUSES.keys() - NOT_RAISED_YET:
            assert code in text, f"{name} has no words for {code}"
