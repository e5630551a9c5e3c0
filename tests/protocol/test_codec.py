"""Frames: what is read, what is refused, and that nothing breaks the reader."""

from __future__ import annotations

import json
from typing import Any, cast, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from teahouse.domain import errors
from teahouse.domain.entry import FACTS
from teahouse.domain.errors import BadRequest, ChatError, TooLarge
from teahouse.protocol import codec
from teahouse.protocol.frames import (
    MAX_FRAME_BYTES,
    Action,
    ClientFrame,
    Hello,
    RefusalCode,
    SendMessage,
)

from tests.cast import BEN, joined, opened, said

KINDS = cast("tuple[type[Action], ...]", get_args(ClientFrame))
POSITION = {"epoch": "k3yk3y.1", "seq": 4}
SEND = {
    "action": "sendMessage",
    "id": "7",
    "roomId": "den",
    "clientMessageId": "m" * 22,
    "position": POSITION,
    "text": "你好",
}

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["hello", "sendMessage", "ping", "$connect", "__proto__"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["action", "id", "roomId", "position", "positions", "text", "seq"])
            | st.text(max_size=8),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


def test_a_frame_is_read_whole() -> None:
    frame = codec.decode(json.dumps(SEND, ensure_ascii=False), SendMessage)

    assert (frame.id, frame.room_id, frame.text) == ("7", "den", "你好")
    assert frame.position.seq == 4


@pytest.mark.parametrize(
    "change",
    [
        {"userId": "ben"},  # nobody says who they are
        {"text": None},
        {"text": 5},
        {"roomId": ""},
        {"roomId": "den#1"},
        {"roomId": "den\n"},
        {"roomId": "x" * 65},
        {"clientMessageId": "short"},
        {"clientMessageId": ["m" * 22]},
        {"position": {"epoch": "e", "seq": 0}},
        {"position": {"epoch": "e", "seq": -1}},
        {"position": {"epoch": "e", "seq": 1.5}},
        {"position": {"epoch": "e", "seq": "4"}},
        {"position": {"epoch": "e", "seq": 4, "more": 1}},
        {"position": None},
        {"action": "sendmessage"},
        {"action": ["sendMessage"]},
        {"id": {"deep": []}},
        {"id": "x" * 65},
        {"attachments": ["a"] * 11},
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        codec.decode(json.dumps({**SEND, **change}), SendMessage)

    codec.decode(json.dumps(SEND), SendMessage)  # the control: unchanged it fits


@pytest.mark.parametrize(
    "text",
    ["", " ", "null", "[]", "5", '"hello"', "{", '{"action":"hello"', "[" * 9_000, '{"a":' * 3_000],
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        codec.decode(text, Hello)


def test_deeply_nested_json_is_refused_and_has_no_id() -> None:
    text = '{"action":"hello","id":' + "[" * 5_000 + "]" * 5_000 + "}"

    with pytest.raises(BadRequest):
        codec.decode(text, Hello)
    assert codec.request_id(text) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"action":"' + "x" * (MAX_FRAME_BYTES - 13) + '"}',
        '{"action":"hello","' + "x" * (MAX_FRAME_BYTES - 24) + '":1}',
        '{"action":"' + "\\u0001" * 5_400 + '"}',
    ],
    ids=["action", "field", "escaped"],
)
def test_a_refusal_is_short_whatever_name_the_frame_made_up(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        codec.decode(text, Hello)

    assert len(codec.encode(codec.refusal(refused.value, "i" * 64))) < 2_000


def test_a_frame_over_the_limit_is_refused_before_it_is_read() -> None:
    text = json.dumps({**SEND, "text": "x" * MAX_FRAME_BYTES})

    with pytest.raises(TooLarge):
        codec.decode(text, SendMessage)


@given(junk)
@settings(max_examples=400)
def test_structured_junk_is_a_frame_or_a_refusal(value: Any) -> None:
    text = json.dumps(value)
    for kind in KINDS:
        try:
            assert isinstance(codec.decode(text, kind), kind)
        except ChatError:
            continue
    assert codec.request_id(text) is None or isinstance(codec.request_id(text), str)


@given(st.text(max_size=200))
def test_any_text_is_a_frame_or_a_refusal(text: str) -> None:
    for kind in KINDS:
        try:
            codec.decode(text, kind)
        except ChatError:
            continue


@given(st.text(max_size=300))
def test_every_text_travels_unchanged_and_unescaped(text: str) -> None:
    event = codec.wire_event(said(2, text))
    frame = codec.encode({"text": event["text"]})

    assert json.loads(frame)["text"] == text
    assert b"\\u4f60" not in frame


def test_an_entry_travels_with_its_kind_and_in_camel_case() -> None:
    assert codec.wire_event(opened()) == {
        "seq": 1,
        "kind": "roomOpened",
        "by": "ann",
        "at": opened().at,
        "name": "The den",
    }
    assert codec.wire_event(said(2))["clientMessageId"] == said(2).operation_id
    assert "replyTo" not in codec.wire_event(said(2))


def test_every_kind_is_in_the_past_tense_and_of_its_class() -> None:
    for kind, fact in FACTS.items():
        assert kind[0].lower() + kind[1:] == fact.__name__[0].lower() + fact.__name__[1:]
    assert codec.wire_event(joined(2, BEN))["kind"] == "memberJoined"


def test_the_wire_knows_every_refusal_and_no_other() -> None:
    def tree(root: type[ChatError]) -> set[type[ChatError]]:
        return {root}.union(*(tree(child) for child in root.__subclasses__()))

    raised = {kind.code for kind in tree(ChatError) if kind is not ChatError}
    assert raised == set(RefusalCode.__args__)  # type: ignore[attr-defined]
    assert issubclass(errors.Busy, ChatError)


def test_a_chunk_never_passes_its_space_and_nothing_is_lost() -> None:
    events = [codec.wire_event(said(seq, "x" * (seq * 37 % 900))) for seq in range(2, 60)]

    runs = list(codec.chunks(events, 2_000))

    assert [e for run in runs for e in run] == events
    assert all(len(codec.encode(run)) <= 2_000 for run in runs)
    assert list(codec.chunks([], 2_000)) == []
