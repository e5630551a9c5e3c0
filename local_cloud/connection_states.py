"""Where does a connection stand? The phases of its life, and what is known of it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from local_cloud.gateway_commands import Send
from local_cloud.lambda_events import Connection, Handshake


class Phase(Enum):
    """Where a connection stands.

    opened ─► AUTHORIZING ─► CONNECTING ─► ACCEPTED ─► OPEN ─► CLOSING ─► forgotten
                   │              │       (101 is being         ▲
                   └── refused ───┘         written)    closed ─┘
    """

    AUTHORIZING = auto()
    CONNECTING = auto()
    ACCEPTED = auto()
    OPEN = auto()
    CLOSING = auto()


@dataclass(slots=True)
class ConnectionState:
    """What the gateway knows of one connection."""

    facts: Connection
    handshake: Handshake | None  # forgotten once `$connect` has run
    request_id: str  # of the handshake
    phase: Phase = Phase.AUTHORIZING
    invoked_at_ms: int = 0
    last_active_ms: int = 0
    is_lost: bool = False  # the client left during the handshake
    is_disconnected: bool = False  # `$disconnect` has been told already
    held: tuple[int, Send] | None = None  # since when, and the post that is overtaken
