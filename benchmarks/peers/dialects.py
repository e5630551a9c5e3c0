"""What do the servers want to hear? The little in which the client program differs for each."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any, Protocol

from benchmarks.peers.socket_line import SocketLine, open_socket
from tests.soak.rest import Person

AT_A_TIME = 8  # of those who come in
ROOM = "den"


class LostError(Exception):
    """A server refused or closed where it should not: the run has no figures."""


class Dialect(Protocol):
    """How members come into the room, and how they speak there."""

    async def enter(self, members: int, crowd: Crowd) -> list[SocketLine]:
        """Bring so many into one room, each with a socket of its own."""
        ...

    def say(self, line: SocketLine, text: str) -> None:
        """Say something into the room."""
        ...

    def heard(self, line: SocketLine, frame: bytes) -> None:
        """Take a frame besides what its texts say: answer, remember, complain."""
        ...


class Crowd(Protocol):
    """Who counts what is heard."""

    def on_text(self, line: SocketLine, frame: bytes) -> None:
        """Take a frame."""
        ...


class SocketIo:
    """Engine.IO 4 and Socket.IO 5 over a WebSocket, as its own clients speak it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._joined: dict[SocketLine, asyncio.Event] = {}

    async def enter(self, members: int, crowd: Crowd) -> list[SocketLine]:
        """Open sockets, and join."""
        lines: list[SocketLine] = []
        for start in range(0, members, AT_A_TIME):
            part = range(start, min(members, start + AT_A_TIME))
            lines += await asyncio.gather(*(self._enter_one(index, crowd) for index in part))
        return lines

    def say(self, line: SocketLine, text: str) -> None:
        """Emit `say`."""
        line.send(b"42" + json.dumps(["say", {"room": ROOM, "text": text}]).encode())

    def heard(self, line: SocketLine, frame: bytes) -> None:
        """Answer a ping; go on inside the handshake."""
        if frame == b"2":
            line.send(b"3")
        elif frame.startswith(b"40"):
            line.send(b"42" + json.dumps(["join", ROOM]).encode())
        elif frame.startswith(b'42["joined"'):
            self._joined[line].set()
        elif frame.startswith(b"4") and not frame.startswith(b"42"):
            raise LostError(frame.decode())

    async def _enter_one(self, index: int, crowd: Crowd) -> SocketLine:
        path = "/socket.io/?EIO=4&transport=websocket"
        line = await open_socket(index, self._port, path, "", crowd.on_text)
        self._joined[line] = asyncio.Event()
        line.send(b"40")
        await asyncio.wait_for(self._joined[line].wait(), 30)
        return line


class Teahouse:
    """Our own contract: guests, tickets, positions."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._room = ""
        self._epoch = ""
        self._head = 0
        self._applied: dict[SocketLine, int] = {}  # of those who have spoken
        self._ahead: dict[SocketLine, set[int]] = {}
        self._unanswered: dict[SocketLine, bytes] = {}
        self._joined: dict[SocketLine, asyncio.Event] = {}

    async def enter(self, members: int, crowd: Crowd) -> list[SocketLine]:
        """Open a room; let guests become members; open their sockets, and join."""
        owner = Person(self._port, f"owner-{secrets.token_hex(4)}", is_account=True)
        await owner.enters()
        opened = await owner.asks("POST", "/api/rooms", {"name": ROOM}, key=secrets.token_hex(8))
        self._room = opened.body["room"]["id"]
        code = (await owner.asks("POST", f"/api/rooms/{self._room}/code")).body["code"]
        people: list[Person] = []
        for start in range(0, members, AT_A_TIME):
            part = range(start, min(members, start + AT_A_TIME))
            people += await asyncio.gather(*(self._guest(index, code) for index in part))
        lines: list[SocketLine] = []
        for start in range(0, members, AT_A_TIME):
            some = list(enumerate(people))[start : start + AT_A_TIME]
            lines += await asyncio.gather(*(self._enter_one(*one, crowd) for one in some))
        return lines

    def say(self, line: SocketLine, text: str) -> None:
        """Send a message, from where the sender stands."""
        if line not in self._applied:
            self._applied[line], self._ahead[line] = self._head, set()
        frame = {
            "action": "sendMessage",
            "roomId": self._room,
            "clientMessageId": secrets.token_urlsafe(16),
            "position": {"epoch": self._epoch, "seq": self._applied[line]},
            "text": text,
        }
        self._unanswered[line] = json.dumps(frame).encode()
        line.send(self._unanswered[line])

    def heard(self, line: SocketLine, frame: bytes) -> None:
        """Move the position of one who speaks; all others only listen."""
        if frame.startswith(b'{"type":"joined"'):
            joined = json.loads(frame)
            self._epoch, self._head = joined["epoch"], max(self._head, joined["head"])
            self._joined[line].set()
        elif frame.startswith(b'{"type":"refused"'):
            self._refused(line, json.loads(frame))
        elif line in self._applied:
            self._apply(line, json.loads(frame))

    def _refused(self, line: SocketLine, refused: dict[str, Any]) -> None:
        if refused["code"] != "busy":
            raise LostError(str(refused))
        line.send(self._unanswered[line])  # the same id, from the same position

    def _apply(self, line: SocketLine, frame: dict[str, Any]) -> None:
        events = frame.get("events") or [frame["event"]]
        ahead = self._ahead[line]
        ahead.update(event["seq"] for event in events)
        while self._applied[line] + 1 in ahead:
            self._applied[line] += 1
            ahead.discard(self._applied[line])
        self._head = max(self._head, self._applied[line])

    async def _guest(self, index: int, code: str) -> Person:
        person = Person(self._port, f"guest {index}")
        await person.enters()
        answer = await person.asks("POST", "/api/memberships", {"code": code})
        if answer.status != 201:
            raise LostError(str(answer))
        return person

    async def _enter_one(self, index: int, person: Person, crowd: Crowd) -> SocketLine:
        ticket = (await person.asks("POST", "/api/tickets")).body["ticket"]
        protocols = f"teahouse.v1, ticket.{ticket}"
        line = await open_socket(index, self._port, "/ws", protocols, crowd.on_text)
        self._joined[line] = asyncio.Event()
        line.send(json.dumps({"action": "joinRoom", "roomId": self._room}).encode())
        await asyncio.wait_for(self._joined[line].wait(), 30)
        return line
