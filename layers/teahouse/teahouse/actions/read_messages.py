"""What was said in a room, as it stands now? One page of its messages.

Messages are found in the log, among whatever else happened. Every slot carries the number of the
newest message up to it, so it is known from one slot how many messages lie before it, and a stretch
without any is skipped by halving: however many people came and went in between, a page is a bounded
number of reads, and it is empty only where there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import field

from teahouse.actions.read_stretch import LOOKS, read_stretch
from teahouse.actions.require_member import require_member
from teahouse.app import App
from teahouse.domain.entry import ChangingFact, Entry, MessageSent
from teahouse.domain.errors import Busy, Invalid
from teahouse.domain.message import Message, Standing, message_of
from teahouse.domain.values import dataclass
from teahouse.protocol.codec import encode
from teahouse.protocol.pages import MessagesPage
from teahouse.protocol.shapes import WireMessage
from teahouse.protocol.views import wire_message, wire_users

PAGE_MESSAGES = 50
MAX_MESSAGES = 200
MAX_BYTES = 1_048_576
MAX_STRETCHES = 10  # reads of one page, halving apart; then what was found must do


def read_messages(
    app: App,
    *,
    user_id: str,
    room_id: str,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = PAGE_MESSAGES,
) -> MessagesPage:
    """Show messages before, after or around a slot; without any, the newest.

    Ascending, at most `limit` and 1 MiB. `head` is read before them: entries after it may change
    what is shown here.

    Raises:
        NotAMember: not in the room.
        Invalid: more than one of `before`, `after` and `around`.
        Busy: as `read_stretch`; or again and again a change was not to be seen.
    """
    require_member(app, room_id, user_id)
    if sum(place is not None for place in (before, after, around)) > 1:
        raise Invalid(fields={"around": "only one of `before`, `after` and `around`"})
    newest = app.log.newest(room_id)
    log = _Log(app, room_id, user_id, app.rooms.get(room_id).first_seq, newest)
    if after is not None:
        messages = _page(log.forwards(after + 1), limit)
    elif around is not None:
        messages = [
            *_page(log.backwards(around), limit - limit // 2, MAX_BYTES // 2)[::-1],
            *_page(log.forwards(around + 1), limit // 2, MAX_BYTES // 2),
        ]
    else:
        last_seq = newest.seq if before is None else before - 1
        messages = _page(log.backwards(last_seq), limit)[::-1]
    return MessagesPage(
        epoch=app.epoch(newest.room_key),
        head=newest.seq,
        messages=messages,
        users=wire_users(app.accounts.get_many({message.by for message in messages})),
    )


def _page(found: Iterable[_Shown], limit: int, max_bytes: int = MAX_BYTES) -> list[WireMessage]:
    """Take as many as a page has room for, and one at least."""
    page: list[WireMessage] = []
    space = max_bytes
    for shown in found:
        if len(page) == limit:
            break
        message = wire_message(shown.message, shown.mine)
        space -= len(encode(message)) + 1
        if space < 0 and page:
            break
        page.append(message)
    return page


@dataclass(frozen=True, slots=True)
class _Shown:
    """A message as it stands now, and the reader's own emojis under it."""

    message: Message
    mine: Set[str]


@dataclass(frozen=True, slots=True)
class _Log:
    """The messages of one room's log, up to the slot that was its newest."""

    app: App
    room_id: str
    reader_id: str
    first_seq: int
    newest: Entry
    stretches: dict[tuple[int, int], tuple[Entry, ...]] = field(default_factory=dict)

    def backwards(self, last_seq: int) -> Iterator[_Shown]:
        """Go through the messages up to a slot, newest first."""
        last_seq = min(last_seq, self.newest.seq)
        for _ in range(MAX_STRETCHES):
            first_seq = max(self.first_seq, last_seq - PAGE_MESSAGES + 1)
            entries = self._stretch(first_seq, last_seq)
            said = _said(entries)
            yield from reversed(self._shown(said))
            left = _number_before(entries)
            if first_seq == self.first_seq or not left:
                return
            last_seq = first_seq - 1
            if not said:
                last_seq = self._first_with(left, self.first_seq, last_seq)

    def forwards(self, first_seq: int) -> Iterator[_Shown]:
        """Go through the messages from a slot on, oldest first."""
        first_seq = max(first_seq, self.first_seq)
        for _ in range(MAX_STRETCHES):
            last_seq = min(first_seq + PAGE_MESSAGES - 1, self.newest.seq)
            entries = self._stretch(first_seq, last_seq)
            said = _said(entries)
            yield from self._shown(said)
            if not entries or entries[-1].number == self.newest.number:
                return
            first_seq = last_seq + 1
            if not said:
                first_seq = self._first_with(entries[-1].number + 1, first_seq, self.newest.seq)

    def _shown(self, said: list[Entry]) -> list[_Shown]:
        """Look up what has become of messages; after their slots, so that a deletion is seen."""
        if not said:
            return []
        first_seq, last_seq = said[0].seq, said[-1].seq
        standings = self._standings(said)
        mine: Set[tuple[int, str]] = set()
        if any(standing.reactions for standing in standings.values()):
            mine = self.app.messages.reactions_of(self.room_id, self.reader_id, first_seq, last_seq)
        return [
            _Shown(
                message_of(entry, standings.get(entry.seq)),
                {emoji for seq, emoji in mine if seq == entry.seq},
            )
            for entry in said
        ]

    def _standings(self, said: list[Entry]) -> Mapping[int, Standing]:
        """Look until everything is seen that slots up to the newest have changed.

        A slot can be seen before what was written in one step with it. Who shows the page goes on
        after its head, and would never hear of that change.

        Raises:
            Busy: again and again a change was not to be seen.
        """
        last_seq = self.newest.seq
        lately = self._stretch(max(self.first_seq, last_seq - PAGE_MESSAGES + 1), last_seq)
        changed_at = {x.fact.target: x.seq for x in lately if isinstance(x.fact, ChangingFact)}
        for _ in range(LOOKS):
            standings = self.app.messages.between(self.room_id, said[0].seq, said[-1].seq)
            seen_to = {seq: standing.changed_seq for seq, standing in standings.items()}
            if all(changed_at.get(x.seq, 0) <= seen_to.get(x.seq, x.seq) for x in said):
                return standings
        raise Busy

    def _stretch(self, first_seq: int, last_seq: int) -> tuple[Entry, ...]:
        place = first_seq, last_seq
        if place not in self.stretches:
            self.stretches[place] = read_stretch(self.app, self.room_id, first_seq, last_seq)
        return self.stretches[place]

    def _first_with(self, number: int, low: int, high: int) -> int:
        """Find the first slot from `low` to `high` that counts `number` messages, by halving."""
        while low < high:
            middle = (low + high) // 2
            if self._stretch(middle, middle)[0].number >= number:
                high = middle
            else:
                low = middle + 1
        return low


def _said(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if isinstance(entry.fact, MessageSent)]


def _number_before(entries: tuple[Entry, ...]) -> int:
    """Count the messages before a stretch."""
    if not entries:
        return 0
    return entries[0].number - isinstance(entries[0].fact, MessageSent)
