"""Whom does a message or a reaction concern? They are told, each once however often it is retried.

    the entry is in the log
    who is concerned, a member, and has not       read, strongly
    blocked who spoke
    the notification, named by the entry          written if absent
    the answer to who spoke or reacted
    a frame to every device of those concerned

The notification is kept before the answer: whoever got none asks again with the same id, and finds
it kept. It never holds what was said, which may be deleted; it leads there.
"""

from __future__ import annotations

from collections.abc import Sequence

from teahouse.actions.acknowledge import best_effort
from teahouse.actions.append import Accepted
from teahouse.actions.notify import push_notification
from teahouse.actions.settle import settle
from teahouse.app import App
from teahouse.domain.entry import Entry, MessageSent, ReactionAdded
from teahouse.domain.mention import names_in
from teahouse.domain.notification import Notification, mark_of, notification_id
from teahouse.domain.user import User
from teahouse.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told what, kept just now and not pushed yet."""

    user_id: str
    notification: Notification


def keep_for_concerned(app: App, room_id: str, accepted: Accepted) -> Sequence[Told]:
    """Keep what an entry gives others to know; nothing is read where it concerns nobody.

    One write for each who is told.

    Raises:
        Busy: the store is; asking again with the same id is safe.
    """
    return settle(app, lambda: _keep(app, room_id, accepted))


def _keep(app: App, room_id: str, accepted: Accepted) -> Sequence[Told]:
    entry, author = accepted.entry, accepted.author
    if author is None or author.user.id != entry.by:
        return ()
    told = []
    for user_id, kind in _concerned(app, room_id, entry).items():
        if user_id != entry.by and _may_be_told(app, room_id, user_id, entry.by):
            made = _notification(room_id, entry, kind, author.user)
            if app.notifications.put_if_absent(user_id, made):
                told.append(Told(user_id, made))
    return told


def push_to_concerned(app: App, told: Sequence[Told]) -> None:
    """Push what was kept; a hint, for which nobody waits."""
    for one in told:
        best_effort(lambda one=one: push_notification(app, one.user_id, one.notification))  # type: ignore[misc]


def _may_be_told(app: App, room_id: str, user_id: str, by_id: str) -> bool:
    """Only who is in the room is told, and only of people they have not blocked."""
    is_here = app.members.find(room_id, user_id) is not None
    return is_here and not app.notifications.is_blocked(user_id, by_id)


def _concerned(app: App, room_id: str, entry: Entry) -> dict[str, str]:
    """Name who is concerned, and by what; who is named and answered is named."""
    fact = entry.fact
    if isinstance(fact, ReactionAdded):
        standing = app.messages.find(room_id, fact.target)
        return {standing.by: "reaction"} if standing else {}
    if not isinstance(fact, MessageSent):
        return {}
    concerned: dict[str, str] = {}
    if fact.reply_to is not None:
        answered = app.log.read_run(room_id, fact.reply_to, max_entries=1).entries
        concerned |= {message.by: "reply" for message in answered}
    return concerned | {user_id: "mention" for user_id in _mentioned(app, fact.text)}


def _mentioned(app: App, text: str) -> list[str]:
    names = names_in(text)
    if not names:
        return []
    ids = app.accounts.ids_by_username([name for spellings in names for name in spellings])
    found = [[ids[x.lower()] for x in spellings if x.lower() in ids] for spellings in names]
    return [user_ids[0] for user_ids in found if user_ids]


def _notification(room_id: str, entry: Entry, kind: str, author: User) -> Notification:
    fact = entry.fact
    seq = fact.target if isinstance(fact, ReactionAdded) else entry.seq
    return Notification(
        id=notification_id(entry.at, mark_of(room_id, str(entry.seq), kind)),
        kind=kind,
        title=author.display_name,
        body=fact.emoji if isinstance(fact, ReactionAdded) else None,
        link=f"/rooms/{room_id}/{seq}",
        by=author.id,
    )
