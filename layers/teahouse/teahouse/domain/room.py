"""What is a room, and what does its list entry say?"""

from __future__ import annotations

import base64
import hashlib
from typing import Literal

from teahouse.domain.errors import Invalid
from teahouse.domain.text import clean_line, clean_paragraph
from teahouse.domain.values import dataclass

RoomKind = Literal["private", "public", "direct"]

LOBBY_ID = "lobby"  # the one room whose id is known in advance; made on demand
NAME_CHARS = 64
DESCRIPTION_CHARS = 500
SMALL_ROOM_MEMBERS = 200  # up to here joining and leaving take slots of the log
ROLL_CALL_MEMBERS = 100  # above this, presence is a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room as its members know it. `room_key` is its random part of the epoch."""

    id: str
    name: str
    description: str
    kind: RoomKind
    owner_id: str
    room_key: str
    created_at: int
    member_count: int
    counted_seq: int = 1  # `member_count` counts who joined and left up to this slot
    code: str | None = None  # of private rooms; for those who may invite
    first_seq: int = 1  # retention raises it
    owners: int = 1  # the lobby may have none, direct rooms have none
    closed_at: int | None = None
    avatar: str | None = None  # the id of an upload
    pair: tuple[str, str] | None = None  # whose a direct room is

    def other_than(self, user_id: str) -> str | None:
        """Name the other one of a direct room."""
        others = [one for one in self.pair or () if one != user_id]
        return others[0] if others else None

    @property
    def needs_owner(self) -> bool:
        """Tell whether its owner is the last one, and must not go before there is another."""
        return self.owners == 1 and self.closed_at is None and self.id != LOBBY_ID

    @property
    def is_listed(self) -> bool:
        """Public rooms are shown to everybody while they are open."""
        return self.kind == "public" and self.closed_at is None

    @property
    def takes_slots_for_joining(self) -> bool:
        return self.id != LOBBY_ID and self.member_count < SMALL_ROOM_MEMBERS

    @property
    def takes_slots_for_leaving(self) -> bool:
        is_small = self.member_count <= SMALL_ROOM_MEMBERS
        return self.id != LOBBY_ID and is_small and self.closed_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a list shows of a room: a maximum register, best effort, so it may lag.

    It shows the message `seq`, as the entry `changed_seq` left it; a text of "" is one deleted.
    Whoever said it is named when it is shown, by the name of that day.
    """

    room_id: str
    seq: int
    number: int
    at: int
    by: str | None = None
    text: str | None = None  # shortened
    changed_seq: int | None = None  # of an edit or a deletion


def direct_room_id(one_id: str, other_id: str) -> str:
    """Name the room of two people, whoever asks. Who knows it knows both ids, and gains nothing."""
    pair = " ".join(sorted((one_id, other_id)))
    digest = hashlib.sha256(pair.encode()).digest()[:18]
    return f"direct-{base64.urlsafe_b64encode(digest).decode()}"


def clean_room_name(name: str) -> str:
    """Trim and check a room's name.

    Raises:
        Invalid: empty, or over `NAME_CHARS`.
    """
    return clean_line(name, field="name", max_chars=NAME_CHARS)


def clean_description(text: str) -> str:
    """Trim and check a room's description; it may be empty.

    Raises:
        Invalid: over `DESCRIPTION_CHARS`.
    """
    cleaned = clean_paragraph(text)
    if len(cleaned) > DESCRIPTION_CHARS:
        raise Invalid(fields={"description": f"at most {DESCRIPTION_CHARS} characters"})
    return cleaned


def shorten(text: str, max_chars: int = 120) -> str:
    """Cut a message's text to what a list has room for."""
    line = " ".join(text.split())
    return line if len(line) <= max_chars else line[: max_chars - 1] + "…"
