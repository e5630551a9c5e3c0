"""What can the gateway ask for? Its commands, and the two ways a post is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple


class Purpose(Enum):
    """Why a function is invoked, and so which verb its outcome is told with."""

    AUTHORIZE = auto()
    CONNECT = auto()
    MESSAGE = auto()
    DISCONNECT = auto()


@dataclass(frozen=True, slots=True)
class Invoke:
    """Run a function and tell the outcome to `authorized`, `connected` or `answered`."""

    connection_id: str
    purpose: Purpose
    function_id: str
    event: Mapping[str, Any]
    timeout_ms: int
    delay_ms: int = 0
    is_two_way: bool = False  # the body of the result goes back to the sender


@dataclass(frozen=True, slots=True)
class Accept:
    """Write the 101, then tell `accepted`."""

    connection_id: str
    subprotocol: str | None


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer the upgrade with this status; the connection was never there."""

    connection_id: str
    status: int
    message: str
    request_id: str


class Send(NamedTuple):
    """Write one text frame, after a delay if a fault says so."""

    connection_id: str
    data: bytes
    delay_ms: int = 0


@dataclass(frozen=True, slots=True)
class Close:
    """Write a close frame and let go of the socket, then tell `closed`."""

    connection_id: str
    code: int
    reason: str
    is_silent: bool = False  # no code is on the wire; `$disconnect` hears of it all the same


Command = Invoke | Accept | Refuse | Send | Close


class GoneError(Exception):
    """The connection is unknown, closed or still inside `$connect`."""


class LimitExceededError(Exception):
    """The client does not read what it is sent, or a fault says so."""


class PostTooLargeError(Exception):
    """A fault says that a post is too large."""


class PostFailedError(Exception):
    """A fault says that API Gateway itself failed."""
