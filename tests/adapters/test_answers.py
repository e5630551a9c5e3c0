"""Is every answer read as what it is, however it comes, and junk as junk?"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teahouse.adapters.aws.answers import (
    EMPTY_SUCCESS,
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    Answer,
    AnswerReader,
    is_empty_success,
)
from teahouse.adapters.aws.failures import NonsenseAnswer

POSTED = b"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"
COUNTED = b"HTTP/1.1 400 Bad Request\r\nX-Why: \t so \r\ncontent-length: 5\r\n\r\nfield"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
    b"5;note=x\r\nfield\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
)
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + COUNTED
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"

WHOLE = {
    POSTED: (200, b""),
    COUNTED: (400, b"field"),
    CHUNKED: (200, b"field0123456789"),
    INTERIM: (400, b"field"),
    EMPTY: (204, b""),
}


def read(data: bytes, *, cuts: tuple[int, ...] = ()) -> tuple[AnswerReader, Answer | None]:
    """Feed an answer in pieces; only the last may complete it."""
    reader, answer, edges = AnswerReader(), None, sorted({0, *cuts, len(data)})
    for begin, end in pairwise(edges):
        assert answer is None
        answer = reader.feed(data[begin:end])
    return reader, answer


@given(data=st.sampled_from(sorted(WHOLE)), cuts=st.sets(st.integers(0, 200)))
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(data: bytes, cuts: set[int]) -> None:
    reader, answer = read(data, cuts=tuple(cut for cut in cuts if cut < len(data)))

    assert answer is not None
    assert (answer.status, answer.body) == WHOLE[data]
    assert not reader.is_last
    assert not reader.has_begun


def test_headers_have_lower_case_names_and_trimmed_values() -> None:
    _, answer = read(COUNTED)

    assert answer is not None
    assert answer.headers == {"x-why": "so", "content-length": "5"}


def test_a_reader_takes_one_answer_after_another() -> None:
    reader, _ = read(COUNTED)

    answer = reader.feed(CHUNKED)

    assert answer is not None
    assert answer.body == b"field0123456789"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_the_last_answer_of_a_line_says_so(head: bytes) -> None:
    reader, answer = read(head)

    assert answer is not None
    assert reader.is_last
    assert not is_empty_success(head)


def test_a_body_without_a_length_ends_with_the_line() -> None:
    reader, answer = read(b"HTTP/1.1 500 Oh\r\n\r\nall of it")
    assert answer is None

    answer = reader.end()

    assert answer is not None
    assert (answer.status, answer.body, reader.is_last) == (500, b"all of it", True)


def test_a_line_that_ends_between_answers_has_said_nothing_wrong() -> None:
    reader, _ = read(COUNTED)

    assert reader.end() is None


@given(data=st.sampled_from(sorted(WHOLE)), share=st.floats(0, 1, exclude_max=True))
def test_half_an_answer_is_nonsense(data: bytes, share: float) -> None:
    reader = AnswerReader()
    assert reader.feed(data[: max(1, int(len(data) * share))]) is None

    with pytest.raises(NonsenseAnswer, match="half an answer"):
        reader.end()


@pytest.mark.parametrize(
    "junk",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 99 Low\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: line\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nlonger",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * MAX_HEAD_BYTES,
        POSTED + b"H",
        POSTED + POSTED,
    ],
)
def test_what_is_no_answer_is_nonsense(junk: bytes) -> None:
    with pytest.raises(NonsenseAnswer):
        AnswerReader().feed(junk)


LINES = st.lists(
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK",
            b"HTTP/1.1 410 Gone",
            b"Content-Length: 0",
            b"Content-Length: 3",
            b"content-length:0",
            b"Connection: close",
            b"Connection: keep-alive",
            b"Transfer-Encoding: chunked",
            b"",
            b"0",
            b"3",
            b"abc",
            b": ",
            b"\xff\0",
        ]
    ),
    max_size=8,
)


@given(
    first=st.sampled_from([b"HTTP/1.1 200 OK\r\n", b""]), lines=LINES, rest=st.binary(max_size=3)
)
def test_junk_raises_nothing_but_nonsense_and_a_glance_sees_what_a_look_does(
    first: bytes, lines: list[bytes], rest: bytes
) -> None:
    data = first + b"\r\n".join(lines) + rest
    reader = AnswerReader()
    try:
        answer = reader.feed(data) if data else None
    except NonsenseAnswer:
        answer = None
    if is_empty_success(data) and answer is not None:
        assert (answer.status, answer.body, reader.is_last) == (200, b"", False)


def test_the_answer_to_a_post_is_seen_at_a_glance() -> None:
    _, answer = read(POSTED)

    assert is_empty_success(POSTED)
    assert answer is not None
    assert (answer.status, answer.body) == (EMPTY_SUCCESS.status, EMPTY_SUCCESS.body)
    for other in (COUNTED, CHUNKED, INTERIM, EMPTY, POSTED[:-1], POSTED * 2, b""):
        assert not is_empty_success(other)
