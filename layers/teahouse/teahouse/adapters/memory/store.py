"""What does the reference store hold? Plain dictionaries behind one lock, shared by its ports."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from teahouse.domain.connection import Connection, Departure, Listener
from teahouse.domain.entry import Entry
from teahouse.domain.key import ApiKey
from teahouse.domain.member import Ban, Member, Membership
from teahouse.domain.message import Standing
from teahouse.domain.notification import Notification
from teahouse.domain.room import Room, Summary
from teahouse.domain.safety import Block, Report
from teahouse.domain.session import Session, SigningKey, Ticket
from teahouse.domain.upload import Upload
from teahouse.domain.user import Proof, User
from teahouse.ports import SlotTaken


@dataclass(slots=True)
class MemoryStore:
    """Everything, by key. Each port takes `lock` for the time of one call, as one transaction."""

    log: dict[str, dict[int, Entry]] = field(default_factory=dict)
    operations: dict[tuple[str, str, str], int] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    summaries: dict[str, Summary] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    bans: dict[tuple[str, str], Ban] = field(default_factory=dict)
    members: dict[tuple[str, str], Member] = field(default_factory=dict)
    left: set[tuple[str, str]] = field(default_factory=set)
    memberships: dict[tuple[str, str], Membership] = field(default_factory=dict)
    standings: dict[tuple[str, int], Standing] = field(default_factory=dict)
    reactions: dict[tuple[str, str, int, str], int] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    listeners: dict[str, dict[str, tuple[Listener, int]]] = field(default_factory=dict)
    notifications: dict[str, dict[str, Notification]] = field(default_factory=dict)
    blocks: dict[tuple[str, str], Block] = field(default_factory=dict)
    reports: dict[tuple[str, int, str], Report] = field(default_factory=dict)
    notifications_read: dict[str, str] = field(default_factory=dict)
    departures: dict[str, dict[str, Departure]] = field(default_factory=dict)
    tombstones: dict[tuple[str, str], int] = field(default_factory=dict)
    connections: dict[str, Connection] = field(default_factory=dict)
    ended_connections: dict[str, int] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    usernames: dict[str, Proof] = field(default_factory=dict)
    first_administrator: str | None = None
    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)
    erasing: dict[str, str] = field(default_factory=dict)
    keys: dict[tuple[str, str], ApiKey] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    signing_keys: dict[int, SigningKey] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def write_slot(self, room_id: str, entry: Entry | None) -> None:
        """Write a slot, if there is one.

        Raises:
            SlotTaken: it is not empty.
        """
        if entry is None:
            return
        slots = self.log.setdefault(room_id, {})
        if entry.seq in slots:
            raise SlotTaken
        slots[entry.seq] = entry

    def stands(self, member: Member) -> bool:
        """Tell whether a row is as it was read; the profile in it does not count."""
        known = self.members.get((member.room_id, member.user.id))
        return known is not None and replace(known, user=member.user) == member

    def may_still(self, by: Member) -> bool:
        """Tell whether somebody still has the role that was read."""
        known = self.members.get((by.room_id, by.user.id))
        return known is not None and known.role == by.role
