"""Erase an account: what it said, its memberships, its sessions and keys, its name.

Until a deadline, room by room: the membership ends, then every message of the room that is still
the person's is deleted; in rooms that they have left before, or that are closed, too. What was done
is not done again: the next call goes on where this one stopped. Only when no room is left is the
account itself erased, in one step; so whoever is interrupted is still signed in, and can go on.
"""

from __future__ import annotations

from contextlib import suppress

from teahouse.actions.attachments import remove_uploads
from teahouse.actions.change_message import summarize_change
from teahouse.actions.change_role import change_role
from teahouse.actions.erase_message import erase_message
from teahouse.actions.leave_room import leave_room
from teahouse.actions.read_stretch import read_onwards
from teahouse.actions.sign_out import close_sockets, sign_out_all
from teahouse.app import App
from teahouse.domain.entry import Entry, MessageSent
from teahouse.domain.errors import Busy, Forbidden, NotFound
from teahouse.domain.member import Membership
from teahouse.domain.session import Caller
from teahouse.domain.user import erased

DEADLINE_S = 8.0  # the function has 15
RUN_ENTRIES = 1000
BLOCKS = 100
HEIRS = 100  # looked at, to find who has been there longest


def erase_me(app: App, *, caller: Caller) -> None:
    """Erase the caller's account. About four writes a message, one query a thousand entries.

    Raises:
        Busy: not everything in time, or as `read_onwards`; the same again goes on.
        NotFound: the account is gone.
    """
    user = app.accounts.get(caller.user_id)
    deadline_s = app.clock.monotonic_s() + DEADLINE_S
    done = (app.proofs.progress(user.id) or "").partition("#")
    while rooms := _rooms(app, user.id):  # another device may bring one into more of them meanwhile
        for room_id, membership in sorted(rooms.items()):
            if membership is not None:
                _leave(app, membership)
            from_seq = int(done[2]) if room_id == done[0] else 1
            _take_back(app, user.id, room_id, from_seq, deadline_s)
            app.members.forget_left(user.id, room_id)
    for key in app.proofs.keys_of(user.id):
        app.proofs.remove_key(user.id, key.id)
        close_sockets(app, user.id, [key.id])
    _forget_blocks(app, user.id)
    remove_uploads(app, app.uploads.of_owner(user.id))
    app.proofs.erase(erased(user), user.username)
    sign_out_all(app, user.id)


def _rooms(app: App, user_id: str) -> dict[str, Membership | None]:
    """List where the person may have said something; None: they have left."""
    memberships = {m.room_id: m for m in app.members.rooms_of(user_id)}
    return {**dict.fromkeys(app.members.left_by(user_id)), **memberships}


def _take_back(app: App, user_id: str, room_id: str, from_seq: int, deadline_s: float) -> None:
    """Delete what the person said in a room; the log is read once, forwards, up to its end."""
    seq = max(from_seq, app.rooms.get(room_id).first_seq)
    while seq <= (newest_seq := app.log.newest(room_id).seq):
        entries = read_onwards(app, room_id, seq, newest_seq, max_entries=RUN_ENTRIES)
        for entry in entries:
            if app.clock.monotonic_s() > deadline_s:
                app.proofs.note_progress(user_id, f"{room_id}#{entry.seq}")
                raise Busy("Not everything is erased yet; the same again goes on.")
            if entry.by == user_id and _says_something(entry):
                erase_message(app, room_id, entry)
        seq = entries[-1].seq + 1
    summary = app.rooms.find_summary(room_id)
    if summary is not None and summary.by == user_id and summary.text:
        summarize_change(app, room_id, summary.seq, summary.number)


def _forget_blocks(app: App, user_id: str) -> None:
    """Remove whom the person has blocked, a page at a time from the first."""
    while blocks := app.safety.page_blocks(user_id, None, BLOCKS).items:
        for block in blocks:
            app.safety.unblock(user_id, block.user_id)


def _says_something(entry: Entry) -> bool:
    fact = entry.fact
    return isinstance(fact, MessageSent) and bool(fact.text or fact.attachments)


def _leave(app: App, membership: Membership) -> None:
    """End the membership; who would leave a room without an owner names an heir first."""
    room_id, user_id = membership.room_id, membership.user_id
    with suppress(NotFound, Forbidden):  # gone meanwhile; the heir has gone meanwhile: once more
        if membership.role == "owner" and app.rooms.get(room_id).needs_owner:
            heir_id = _heir(app, membership)
            if heir_id is not None:  # who is alone closes the room by leaving
                change_role(app, by_id=user_id, room_id=room_id, user_id=heir_id, role="owner")
        leave_room(app, user_id=user_id, room_id=room_id)


def _heir(app: App, membership: Membership) -> str | None:
    """Choose who owns the room from now on: moderators first, then who has been there longest."""
    members = app.members.page(membership.room_id, None, HEIRS).items
    others = [member for member in members if member.user.id != membership.user_id]
    others.sort(key=lambda member: (member.role != "moderator", member.joined_at))
    return others[0].user.id if others else None
