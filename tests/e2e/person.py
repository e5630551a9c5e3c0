"""Somebody who follows the contract by hand: plain HTTP and one bare socket, none of our code."""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, ClassVar

from websockets.sync.client import ClientConnection, connect

ANSWER_S = 15.0

Json = dict[str, Any]


@dataclass
class Answer:
    """What HTTP answered."""

    status: int
    headers: Mapping[str, str]
    body: Any


def call(
    base: str,
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    raw: bytes | None = None,
) -> Answer:
    """Make one HTTP request; any status is an answer."""
    data = raw if raw is not None else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data=data, method=method)
    if data is not None:
        request.add_header("Content-Type", "application/json")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return Answer(response.status, dict(response.headers), _read(response.read()))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, dict(error.headers), _read(error.read()))


def _read(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data.decode("utf-8", "replace")


@dataclass
class Person:
    """One signed-in person with at most one socket."""

    base: str
    user: Json
    access_token: str
    socket: ClientConnection | None = None
    seen: list[Json] = field(default_factory=list)
    line: ExitStack = field(default_factory=ExitStack)

    everyone: ClassVar[list[Person]] = []

    def __post_init__(self) -> None:
        self.everyone.append(self)

    @classmethod
    def registers(cls, base: str, name: str) -> Person:
        """Make an account and sign in."""
        answer = call(
            base,
            "POST",
            "/api/accounts",
            {
                "username": f"{name}-{secrets.token_hex(4)}",
                "password": "correct horse battery",
                "displayName": name,
                "tokens": True,
            },
        )
        assert answer.status == 201, answer
        return cls(base, answer.body["user"], answer.body["accessToken"])

    @classmethod
    def enters(cls, base: str, nickname: str | None = None) -> Person:
        """Enter as a guest."""
        body = {"tokens": True} | ({"nickname": nickname} if nickname else {})
        answer = call(base, "POST", "/api/guests", body)
        assert answer.status == 201, answer
        return cls(base, answer.body["user"], answer.body["accessToken"])

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Call REST with the access token."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call(
            self.base,
            method,
            path,
            body,
            headers={"Authorization": f"Bearer {self.access_token}", **named},
        )

    def ticket(self) -> str:
        """Get leave to open one socket."""
        answer = self.asks("POST", "/api/tickets")
        assert answer.status == 201, answer
        return str(answer.body["ticket"])

    def opens_a_socket(self) -> None:
        """Connect with a ticket, and forget what an earlier socket said."""
        self.closes()
        self.socket = self.line.enter_context(
            connect(
                self.base.replace("http", "ws", 1) + "/ws",
                subprotocols=["teahouse.v1", f"ticket.{self.ticket()}"],  # type: ignore[list-item]
                compression=None,
                open_timeout=ANSWER_S,
                max_size=2**20,
            )
        )
        assert self.socket.subprotocol == "teahouse.v1"
        self.seen = []

    def closes(self) -> None:
        self.line.close()
        self.socket = None

    def says(self, frame: Json | str) -> None:
        """Send a frame; text goes as it is."""
        assert self.socket is not None
        self.socket.send(frame if isinstance(frame, str) else json.dumps(frame, ensure_ascii=False))

    def hears(self, wanted: Callable[[Json], bool], within_s: float = ANSWER_S) -> Json:
        """Wait for a frame; those that came before it are kept in `seen`."""
        assert self.socket is not None
        deadline = time.monotonic() + within_s
        while True:
            frame = json.loads(self.socket.recv(timeout=deadline - time.monotonic()))
            self.seen.append(frame)
            if wanted(frame):
                return dict(frame)

    def hears_type(self, kind: str, within_s: float = ANSWER_S) -> Json:
        return self.hears(lambda frame: frame.get("type") == kind, within_s)

    def does(self, frame: Json) -> Json:
        """Send an action and wait for what answers it."""
        request_id = secrets.token_hex(4)
        self.says({**frame, "id": request_id})
        return self.hears(lambda answer: answer.get("re") == request_id)

    def joins(self, room_id: str, position: Json | None = None) -> Json:
        joined = self.does(
            {"action": "joinRoom", "roomId": room_id} | ({"position": position} if position else {})
        )
        assert joined["type"] == "joined", joined
        return joined

    def sends(self, room_id: str, text: str, position: Json, message_id: str = "") -> Json:
        return self.does(
            {
                "action": "sendMessage",
                "roomId": room_id,
                "clientMessageId": message_id or new_message_id(),
                "position": position,
                "text": text,
            }
        )


def new_message_id() -> str:
    """Draw a client message id."""
    return secrets.token_urlsafe(16)


def position_of(joined: Json) -> Json:
    """Name the head of a room as a position."""
    return {"epoch": joined["epoch"], "seq": joined["head"]}
