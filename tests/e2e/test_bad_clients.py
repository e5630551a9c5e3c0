"""Clients do everything wrong, at the rates of a real house: what bounds each, and who suffers?

Over real sockets, through every real part. Each is told why; ann and ben, in the same room, go on.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.e2e.person import Json, Person, call, new_message_id, position_of
from tests.e2e.system import System, running
from tests.e2e.test_two_people_by_socket import two_in_a_room

pytestmark = pytest.mark.e2e

IDLE_S = 20.0
LIMITS = {"idle_ms": round(IDLE_S * 1_000), "header_ms": 1_000, "send_buffer_bytes": 32_768}
FLOOD = 240  # more than ten for each worker there can be
PROMPT_S = 5.0  # ann's words are on ben's screen by then, whatever goes on beside them


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("data")
    with running(folder, parameters={"RateScale": "1"}, limits=LIMITS) as whole:
        yield whole


class Room:
    """Ann and ben talk, and cleo, a member as they are, misbehaves."""

    def __init__(self, base: str) -> None:
        self.cleo = Person.registers(base, "Cleo")
        self.ann, self.ben, self.id = two_in_a_room(base)
        code = self.ann.asks("GET", f"/api/rooms/{self.id}").body["room"]["code"]
        assert self.cleo.asks("POST", "/api/memberships", {"code": code}).status == 201
        self.start = position_of(self.ann.joins(self.id))
        self.ben.joins(self.id)
        self.words = 0

    def goes_on(self) -> None:
        """Let ann say something, and ben hear it by a push."""
        self.words += 1
        text = f"word {self.words}"
        assert self.ann.sends(self.id, text, self.start)["type"] == "sent"
        self.ben.hears(
            lambda frame: (
                frame.get("type") == "events" and text in [e.get("text") for e in frame["events"]]
            ),
            PROMPT_S,
        )

    def stays_awake(self) -> None:
        """Let ann and ben each give a sign of life."""
        for person in (self.ann, self.ben):
            assert person.does({"action": "ping"})["type"] == "pong"

    def texts(self) -> list[str]:
        page = self.ann.asks("GET", f"/api/rooms/{self.id}/messages").body
        return [message["text"] for message in page["messages"]]


@pytest.fixture
def room(base: str) -> Room:
    return Room(base)


@dataclass
class Silent:
    """A line whose owner says nothing; `since` then."""

    line: ClientConnection
    since: float = field(default_factory=time.monotonic)


@pytest.fixture(scope="module", autouse=True)
def silent(system: System) -> Iterator[Silent]:
    """Open it before everything else, so that nobody waits for its end."""
    with line_of(Person.enters(system.url)) as line:
        yield Silent(line)


def test_who_lies_about_anything_is_told_and_nothing_is_written(room: Room) -> None:
    """Each lie has its control: the same frame with the truth in it."""
    room.cleo.opens_a_socket()
    own = room.cleo.sends(room.id, "mine", room.start)
    anns = room.ann.sends(room.id, "hers", room.start)
    ahead, never = {**room.start, "seq": 999}, {**room.start, "epoch": "never.1"}
    sends: Json = {
        "action": "sendMessage",
        "roomId": room.id,
        "clientMessageId": new_message_id(),
        "position": room.start,
        "text": "said",
    }
    edits: Json = {"action": "editMessage", "roomId": room.id, "seq": own["seq"], "version": 1}
    edits |= {"text": "otherwise"}
    joins: Json = {"action": "joinRoom", "roomId": room.id, "position": room.start}
    lies = {
        "a position ahead": (sends, {"position": ahead}, "stale_position"),
        "an epoch that never was": (sends, {"position": never}, "stale_position"),
        "a message to answer": (sends, {"replyTo": 999}, "invalid"),
        "whose message it is": (edits, {"seq": anns["seq"]}, "forbidden"),
        "which version it has seen": (edits, {"version": 9}, "version_conflict"),
        "where it has been": (joins, {"position": ahead}, "stale_position"),
    }
    before = room.texts()

    told = {what: room.cleo.does(truth | lie) for what, (truth, lie, _) in lies.items()}

    codes = {what: answer.get("code") for what, answer in told.items()}
    assert codes == {what: code for what, (_, _, code) in lies.items()}
    assert room.texts() == before
    for truth in (sends, edits, joins):
        assert room.cleo.does(truth)["type"] != "refused"
    assert room.cleo.does({**sends, "text": "another body"})["code"] == "conflict"
    assert room.texts() == ["otherwise", "hers", "said"]
    room.goes_on()


def test_who_takes_the_message_id_of_somebody_else_says_a_message_of_their_own(room: Room) -> None:
    room.cleo.opens_a_socket()
    taken = new_message_id()
    first = room.ann.sends(room.id, "from ann", room.start, taken)

    other = room.cleo.sends(room.id, "from cleo", room.start, taken)
    again = room.ann.sends(room.id, "from ann", room.start, taken)

    assert other["event"]["by"] == room.cleo.user["id"]
    assert (again["seq"], again["duplicate"]) == (first["seq"], True)
    assert room.texts() == ["from ann", "from cleo"]
    room.goes_on()


def answers_to(person: Person, frames: list[Json]) -> list[Json]:
    """Send all at once, and wait for what answers each."""
    asked = {f"q{number}": {**frame, "id": f"q{number}"} for number, frame in enumerate(frames)}
    for frame in asked.values():
        person.says(frame)
    answers: list[Json] = []
    while len(answers) < len(frames):
        answers.append(person.hears(lambda frame: frame.get("re") in asked))
    return answers


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[None]:
    """Do something meanwhile, and wait for its end."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        yield
        done.result()


@contextmanager
def line_of(person: Person, **more: Any) -> Iterator[ClientConnection]:
    """Open one more line of somebody, by a ticket."""
    protocols = ["teahouse.v1", f"ticket.{person.ticket()}"]
    with opened(person.base, subprotocols=protocols, **more) as line:
        yield line


@contextmanager
def opened(base: str, **options: Any) -> Iterator[ClientConnection]:
    url = base.replace("http", "ws", 1) + "/ws"
    with connect(url, compression=None, close_timeout=0.5, **options) as line:
        yield line


def ended(line: ClientConnection, meanwhile: Callable[[], None] = lambda: None) -> int | None:
    """Read until a line is closed, and give the code that told of it."""
    looked_at = time.monotonic()
    while True:
        try:
            line.recv(timeout=1)
        except TimeoutError:
            pass
        except ConnectionClosed as closed:
            return closed.rcvd and closed.rcvd.code
        if time.monotonic() - looked_at >= 1:
            meanwhile()
            looked_at = time.monotonic()


def cookie_of_a_guest(base: str) -> str:
    answer = call(base, "POST", "/api/guests", {})
    assert answer.status == 201, answer
    return answer.headers["set-cookie"].partition(";")[0]


def by_cookie(base: str, cookie: str) -> dict[str, Any]:
    """Knock as a page of the site does."""
    headers = {"Cookie": cookie}
    return {"subprotocols": ["teahouse.v1"], "origin": base, "additional_headers": headers}


def knocks(base: str, cookie: str) -> int:
    """Come, and go at once; gives the status of the handshake."""
    try:
        with opened(base, **by_cookie(base, cookie)):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_who_floods_a_room_is_told_to_wait_and_the_room_goes_on(room: Room) -> None:
    room.cleo.opens_a_socket()
    room.cleo.joins(room.id)
    message: Json = {"action": "sendMessage", "roomId": room.id, "position": room.start}
    flood = [
        {**message, "clientMessageId": new_message_id(), "text": f"flood {number}"}
        for number in range(FLOOD)
    ]

    with beside(room.goes_on):
        answers = answers_to(room.cleo, flood)

    refused = [answer for answer in answers if answer["type"] == "refused"]
    assert {(answer["code"], answer["retryable"]) for answer in refused} == {
        ("too_many_requests", True)
    }
    room.goes_on()
    [page] = room.ann.asks("GET", f"/api/rooms/{room.id}/messages").body["messages"][-1:]
    assert page["number"] == FLOOD - len(refused) + room.words, "only what was taken is there"


def test_who_reads_slowly_is_cut_and_the_others_hear_at_once(room: Room) -> None:
    """Cleo's line takes in next to nothing, and much is said to it: three answers a moment."""
    room.ann.sends(room.id, "茶" * 3_000, room.start)
    with socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        narrow.connect(("127.0.0.1", int(room.cleo.base.rpartition(":")[2])))
        with line_of(room.cleo, sock=narrow, max_queue=1) as line:
            joins = {"action": "joinRoom", "roomId": room.id, "position": room.start}
            for _ in range(100):
                line.send(json.dumps(joins))
            room.goes_on()
            room.goes_on()

            assert ended(line, room.stays_awake) is not None

    room.goes_on()


def test_who_begins_a_handshake_and_never_ends_it_is_told_and_let_go(room: Room) -> None:
    address = ("127.0.0.1", int(room.cleo.base.rpartition(":")[2]))
    with ExitStack() as lines:
        silent = [lines.enter_context(socket.create_connection(address)) for _ in range(50)]
        for each in silent:
            each.sendall(b"GET /ws HTTP/1.1\r\nHost: local")
        room.goes_on()
        for each in silent:
            each.settimeout(PROMPT_S)
            assert each.recv(64).startswith(b"HTTP/1.1 408 ")

    room.goes_on()


def test_who_comes_again_and_again_by_ticket_waits_and_nobody_else_does(room: Room) -> None:
    asked = [room.cleo.asks("POST", "/api/tickets") for _ in range(30)]

    refused = [answer for answer in asked if answer.status == 429]
    assert len(refused) >= 10
    assert {answer.body["code"] for answer in refused} == {"too_many_requests"}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert room.ben.asks("POST", "/api/tickets").status == 201
    room.goes_on()


def test_who_comes_again_and_again_by_cookie_is_refused_and_nobody_else_is(
    base: str, room: Room
) -> None:
    """A browser's handshake needs no ticket."""
    loud, quiet = (cookie_of_a_guest(base) for _ in range(2))

    statuses = (knocks(base, loud) for _ in range(200))

    assert 429 in statuses
    assert knocks(base, quiet) == 101
    room.goes_on()


def test_the_eleventh_line_of_one_person_closes_the_oldest_and_says_why(
    base: str, room: Room
) -> None:
    cookie = cookie_of_a_guest(base)
    with ExitStack() as lines:
        first, *_ = (
            lines.enter_context(opened(base, **by_cookie(base, cookie))) for _ in range(11)
        )

        goodbye = json.loads(first.recv(timeout=PROMPT_S))
        with pytest.raises(ConnectionClosed):
            first.recv(timeout=PROMPT_S)

    assert (goodbye["type"], goodbye["code"]) == ("goodbye", "too_many_connections")
    assert goodbye["reconnect"] is False
    room.goes_on()


def test_who_connects_and_says_nothing_is_let_go_and_the_others_stay(
    room: Room, silent: Silent
) -> None:
    told = ended(silent.line, room.stays_awake)

    assert time.monotonic() - silent.since >= IDLE_S
    assert told == 1001
    room.goes_on()
