"""Where was this said? In one room, or in all of mine; in each the newest first.

There is no index: the log is read backwards, and what stands there now is compared. So an edit, a
deletion and a removal need nothing to follow them, and a message costs no more for being findable.
One request reads at most `MAX_SLOTS` slots of `ROOMS` rooms; `next` goes on from there, also after
nothing.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import msgspec
from msgspec import UNSET

from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.cursor import decode_cursor, encode_cursor
from teahouse.domain.entry import MessageSent
from teahouse.domain.errors import NotFound
from teahouse.domain.message import Message, message_of
from teahouse.domain.search import SearchQuery, parse_query
from teahouse.domain.values import dataclass
from teahouse.protocol.pages import FoundMessage, SearchPage
from teahouse.protocol.views import wire_message, wire_users

PAGE_FOUND = 20
STRETCH_SLOTS = 500
MAX_SLOTS = 5_000  # of one request: about 1.5 MB of usual messages, 400 read units
ROOMS = 50  # of one request: four reads each, however little was said there
_PLACE = re.compile(r"[0-9]{16}#[A-Za-z0-9_-]{1,64}#[0-9]{1,16}")


@dataclasses.dataclass(slots=True)
class _Found:
    room_id: str
    message: Message
    is_mine: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Spot:
    """How far a search has come: slots from `before` on have been looked at."""

    place: str  # of the room: when one joined it, and its id
    before: int  # 0: nothing of the room has been looked at


def search_messages(
    app: App, *, user_id: str, query: str, room_id: str | None = None, cursor: str | None = None
) -> SearchPage:
    """Find messages in a room, or in the rooms that a person is in now.

    Rooms are gone through one after the other, the one joined last first: an order that stays,
    whatever is said while somebody turns pages.

    Raises:
        NotAMember: not in the room that is named.
        Invalid: nothing to look for, or the cursor is none of ours.
    """
    wanted = parse_query(query)
    start = _read_cursor(cursor)
    found: list[_Found] = []
    left = MAX_SLOTS
    for count, place in enumerate(_places(app, user_id, room_id, start)):
        if count == ROOMS:
            return _page(app, found, _Spot(place, 0))
        before = start.before if start is not None and place == start.place else 0
        look = _look(app, user_id, place.partition("#")[2], wanted, before, left)
        for spot, match, slots in look:
            left -= slots
            if match is not None:
                found.append(match)
            if len(found) == PAGE_FOUND or left <= 0:
                return _page(app, found, _Spot(place, spot))
        start = None
    return _page(app, found, None)


def _places(app: App, user_id: str, room_id: str | None, start: _Spot | None) -> list[str]:
    """Name the rooms that are still to be gone through, in order."""
    if room_id is not None:
        require_member(app, room_id, user_id)
        place = f"{0:016}#{room_id}"
        return [place]
    places = (f"{one.joined_at:016}#{one.room_id}" for one in app.members.rooms_of(user_id))
    return sorted((p for p in places if start is None or p <= start.place), reverse=True)


def _look(
    app: App, user_id: str, room_id: str, wanted: SearchQuery, before: int, left: int
) -> Iterator[tuple[int, _Found | None, int]]:
    """Go backwards through a room: how far it is, what was found there, slots newly read."""
    try:
        before = before or app.log.newest(room_id).seq + 1
        first_seq = app.rooms.get(room_id).first_seq
    except NotFound:
        return
    while before > first_seq and left > 0:
        entries = app.log.read_back(
            room_id, before, max_entries=min(STRETCH_SLOTS, left, before - first_seq)
        ).entries
        if not entries:
            return
        left -= len(entries)
        before = entries[0].seq
        standings = app.messages.between(room_id, before, entries[-1].seq)
        mine = None
        for entry in reversed(entries):
            if not isinstance(entry.fact, MessageSent):
                continue
            message = message_of(entry, standings.get(entry.seq))
            if message.is_deleted or not wanted.finds(message.text):
                continue
            if message.reactions and mine is None:
                mine = app.messages.reactions_of(room_id, user_id, before, entries[-1].seq)
            emojis = frozenset(emoji for seq, emoji in mine or () if seq == entry.seq)
            yield entry.seq, _Found(room_id, message, emojis), 0
        yield before, None, len(entries)


def _read_cursor(cursor: str | None) -> _Spot | None:
    if cursor is None:
        return None
    place, _, before = decode_cursor(cursor, _PLACE).rpartition("#")
    return _Spot(place, int(before))


def _page(app: App, found: list[_Found], spot: _Spot | None) -> SearchPage:
    messages = [
        FoundMessage(
            room_id=one.room_id,
            **msgspec.structs.asdict(wire_message(one.message, one.is_mine)),
        )
        for one in found
    ]
    return SearchPage(
        messages=messages,
        users=wire_users(app.accounts.get_many({one.message.by for one in found})),
        next=UNSET if spot is None else encode_cursor(f"{spot.place}#{spot.before}"),
    )
