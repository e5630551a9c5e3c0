"""Bad input at every door of the socket: a clear refusal, and the line stays usable."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.e2e.person import Person, position_of
from tests.e2e.test_two_people_by_socket import two_in_a_room

pytestmark = pytest.mark.e2e


@pytest.fixture
def ann(base: str) -> Person:
    person = Person.registers(base, "Ann")
    person.opens_a_socket()
    return person


def still_usable(person: Person) -> bool:
    return bool(person.does({"action": "ping"})["type"] == "pong")


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "5",
        "null",
        '{"action": []}',
        '{"action": {"a": 1}}',
        '{"no": "action"}',
        '{"action": "dance", "id": "1"}',
        '{"action": "$connect"}',
        '{"action": "$disconnect"}',
        '{"action": "$default"}',
        '{"action": "ping", "unknown": 1}',
        '{"action": "hello", "userId": "somebody"}',
        '{"action": "ping", "positions": [1]}',
        '{"action": "sendMessage"}',
        "[" * 10_000 + "]" * 10_000,
        '{"action":"hello","id":' + "[" * 10_000 + "]" * 10_000 + "}",
        '{"action":"hello","id":"' + "x" * 30_000 + '"}',
    ],
)
def test_junk_is_refused_and_the_socket_stays_usable(ann: Person, text: str) -> None:
    ann.says(text)

    refused = ann.hears_type("refused")

    assert refused["code"] == "bad_request"
    assert refused["retryable"] is False
    assert "Traceback" not in json.dumps(refused)
    assert ".py" not in refused["message"]
    assert still_usable(ann)


def test_other_peoples_rooms_look_like_rooms_that_are_not_there(base: str) -> None:
    ann, _, den = two_in_a_room(base)
    cleo = Person.registers(base, "Cleo")
    cleo.opens_a_socket()
    position = position_of(ann.joins(den))

    def asks(room_id: str) -> list[dict[str, Any]]:
        answers = [
            cleo.does({"action": "joinRoom", "roomId": room_id}),
            cleo.sends(room_id, "let me in", position),
            cleo.does({"action": "markRead", "roomId": room_id, "seq": 1}),
        ]
        return [{k: v for k, v in answer.items() if k != "re"} for answer in answers]

    theirs, nobodys = asks(den), asks("no-such-room-here")

    assert [a["code"] for a in theirs] == ["not_a_member"] * 3
    assert theirs == nobodys
    pong = cleo.does({"action": "ping", "positions": {den: {**position, "seq": 1}}})
    assert (pong["behind"], pong["reset"]) == ([], [])
    for path in ("", "/events", "/messages", "/members"):
        assert cleo.asks("GET", f"/api/rooms/{den}{path}").status == 404
        assert ann.asks("GET", f"/api/rooms/{den}{path}").status == 200  # the control


@pytest.mark.parametrize("ahead", [1, 1_000])
def test_a_forged_position_is_refused_and_nothing_is_written(base: str, ahead: int) -> None:
    ann, _, den = two_in_a_room(base)
    head = position_of(ann.joins(den))

    refused = ann.sends(den, "from the future", {**head, "seq": head["seq"] + ahead})
    foreign = ann.sends(den, "from elsewhere", {**head, "epoch": "foreign.1"})

    assert (refused["code"], refused["retryable"]) == ("stale_position", True)
    assert foreign["code"] == "stale_position"
    assert ann.asks("GET", f"/api/rooms/{den}/messages").body["messages"] == []
    assert ann.sends(den, "now", head)["type"] == "sent"  # the control


def test_nobody_can_say_that_they_are_somebody_else(base: str) -> None:
    ann, ben, den = two_in_a_room(base)
    position = position_of(ben.joins(den))

    forged = ben.does(
        {
            "action": "sendMessage",
            "roomId": den,
            "clientMessageId": "m" * 22,
            "position": position,
            "text": "I am ann",
            "by": ann.user["id"],
        }
    )

    assert forged["code"] == "bad_request"
    assert ben.sends(den, "I am ben", position)["event"]["by"] == ben.user["id"]


@pytest.mark.parametrize(
    ("frame", "code"),
    [("x" * 32_769, 1009), (b"\x00\x01", 1003)],
    ids=["over 32 KB", "binary"],
)
def test_a_frame_no_gateway_takes_closes_the_line_and_nothing_is_lost(
    base: str, frame: str | bytes, code: int
) -> None:
    ann, _, den = two_in_a_room(base)
    position = position_of(ann.joins(den))
    ann.sends(den, "before", position)
    assert ann.socket is not None

    ann.socket.send(frame)
    with pytest.raises(ConnectionClosed) as closed:
        ann.hears(lambda _: False)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code
    ann.opens_a_socket()
    assert [e["text"] for e in ann.joins(den, position)["events"]] == ["before"]


def refused_with(base: str, **options: Any) -> int:
    url = base.replace("http", "ws", 1) + "/ws"
    with pytest.raises(InvalidStatus) as refused, connect(url, compression=None, **options):
        pass
    return refused.value.response.status_code


def test_a_handshake_is_refused_by_its_status(base: str) -> None:
    ann = Person.registers(base, "Ann")
    used = ann.ticket()
    with connect(
        base.replace("http", "ws", 1) + "/ws",
        subprotocols=["teahouse.v1", f"ticket.{used}"],  # type: ignore[list-item]
        compression=None,
    ) as socket:
        assert socket.subprotocol == "teahouse.v1"

    def with_ticket(ticket: str) -> int:
        return refused_with(base, subprotocols=["teahouse.v1", f"ticket.{ticket}"])

    assert with_ticket(used) == 401  # once only
    assert with_ticket("never-was-a-ticket") == 401
    assert refused_with(base, subprotocols=["teahouse.v1"]) == 401  # nobody


def test_a_cookie_needs_the_sites_own_origin(base: str) -> None:
    from tests.e2e.person import call

    answer = call(base, "POST", "/api/guests", {})
    cookie = answer.headers["set-cookie"].partition(";")[0]
    url = base.replace("http", "ws", 1) + "/ws"

    def status(origin: str | None) -> int:
        try:
            with connect(
                url,
                subprotocols=["teahouse.v1"],  # type: ignore[list-item]
                additional_headers={"Cookie": cookie},
                origin=origin,  # type: ignore[arg-type]
                compression=None,
            ):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    assert status(base) == 101  # the control
    for origin in (None, "null", "https://evil.example", base + ".evil.example", base + "1"):
        assert status(origin) == 403, origin


def test_an_ended_session_is_refused_everywhere_and_its_socket_closes(base: str) -> None:
    ann = Person.registers(base, "Ann")
    ann.opens_a_socket()
    assert ann.asks("GET", "/api/me").status == 200

    assert ann.asks("DELETE", "/api/sessions/current").status == 204

    goodbye = ann.hears_type("goodbye")
    assert (goodbye["code"], goodbye["reconnect"]) == ("not_signed_in", False)
    with pytest.raises(ConnectionClosed):
        ann.hears(lambda _: False)
    assert ann.asks("GET", "/api/me").status == 401
    assert ann.asks("POST", "/api/tickets").status == 401
