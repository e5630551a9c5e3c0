"""Was a promise broken? One function a promise; each gives what speaks against it.

A finding is a sentence with the ids to look for. An empty list is a kept promise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.checker.fold import Fold, deletions
from tests.checker.history import BLANK, Heard, History, Screen, Shown, Slot

JOINED = ("roomOpened", "memberJoined")
GONE = ("memberLeft", "memberRemoved", "memberBanned")


def lost(history: History) -> Iterator[str]:
    """Acknowledged, and not in the log; or there, and not on the screen of who has to show it."""
    ids = {place: {slot.id for slot in slots} for place, slots in history.logs.items()}
    for place, said in history.acknowledged.items():
        for one in said:
            if one.id not in ids.get(place, ()):
                yield f"{one.id}: acknowledged in {place} as {one.seq}, and not in its log"
    for place, changes in history.changed.items():
        seqs = {slot.seq for slot in history.logs.get(place, ())}
        for client, made in changes:
            if made.seq not in seqs:
                yield f"{client}: {made.what} is made in {place} as {made.seq}, not in its log"
    for client, room in sorted(history.expected):
        yield from _missing_on_the_last_screen(history, client, room)


def duplicated(history: History) -> Iterator[str]:
    """The same message in two slots, or shown twice on one screen."""
    for place, slots in history.logs.items():
        seen: dict[str, int] = {}
        for slot in slots:
            if slot.id and slot.id in seen:
                yield f"{slot.id}: in slots {seen[slot.id]} and {slot.seq} of {place}"
            seen[slot.id] = slot.seq
    for screen in history.every_screen():
        shown_ids: set[str] = {one.id for one in screen.snapshot if one.id}
        applied = screen.begins_after
        for one in screen.shown:
            if one.seq <= applied or (one.id and one.id in shown_ids):
                yield f"{_name(screen)}: slot {one.seq} ({one.id}) shown twice"
            shown_ids.add(one.id)
            applied = max(applied, one.seq)


def reordered(history: History) -> Iterator[str]:
    """A screen passed over a slot, went back, or showed what belongs to no screen of its room."""
    for screen in history.every_screen():
        applied = screen.begins_after
        for one in screen.shown:
            if one.seq > applied + 1:
                yield f"{_name(screen)}: slot {one.seq} after {applied}"
            applied = max(applied, one.seq)
        seqs = [one.seq for one in screen.snapshot]
        if seqs != sorted(seqs):
            yield f"{_name(screen)}: the snapshot is out of order"
    for line in history.stray:
        yield f"{line['client']} in {line['room']}: slot {line['seq']} of another epoch"


def divergent(history: History) -> Iterator[str]:
    """One slot with two contents, among the log and all screens, or acknowledged elsewhere."""
    held = {place: _contents(history, slots) for place, slots in history.logs.items()}
    for place, slots in history.logs.items():
        seqs = [slot.seq for slot in slots]
        if len(set(seqs)) != len(seqs):
            yield f"{place}: the dump has a slot twice"
        contents = held[place]
        for one in history.acknowledged.get(place, ()):
            if one.seq in contents and contents[one.seq][0] != (one.id, ""):
                yield f"{one.id}: acknowledged as {one.seq}, where the log has another entry"
        for client, made in history.changed.get(place, ()):
            if made.seq in contents and not _is_held(contents, made):
                yield f"{client}: {made.what} acknowledged as {made.seq}, the log has another"
    for screen in history.every_screen():
        contents = held.get((screen.room, screen.epoch), {})
        for shown in screen.shown:
            if not _is_held(contents, shown):
                yield (
                    f"{_name(screen)}: slot {shown.seq} shows {shown.id or shown.what}, "
                    "the log has another"
                )


def unexpected(history: History) -> Iterator[str]:
    """In the log, or shown, though nobody said it so, or though it was refused for good."""
    for place, slots in history.logs.items():
        deleted = deletions(slots)
        for slot in slots:
            if not slot.id:
                continue
            said = history.invoked.get(slot.id)
            if said is None:
                yield f"{slot.id}: in {place}, and nobody said it"
            elif (said.user, said.room, said.what) != (slot.by, place[0], slot.what) or (
                said.text != slot.text and not (slot.text == BLANK and slot.about in deleted)
            ):
                yield f"{slot.id}: in {place} by {slot.by}, said otherwise by {said.user}"
            elif said.has_failed:
                yield f"{slot.id}: in {place}, though it was refused"
    for screen in history.every_screen():
        for id_ in _ids(screen):
            if id_ and id_ not in history.invoked:
                yield f"{_name(screen)}: shows {id_}, which nobody said"


def leaked(history: History) -> Iterator[str]:
    """An entry reached somebody who was no member when it was written.

    What is pushed must not hold any slot after the person's removal, up to the next admission. A
    page may, if it was asked for before the removal was acknowledged: the two overlapped.
    """
    for place, heard in history.heard.items():
        slots = history.logs.get(place, [])
        outside = {user: _outside(slots, user) for user in {one.user for one in heard}}
        for one in heard:
            for begins, ends in outside[one.user]:
                if begins < one.seq < ends and not _is_excused(history, place[0], one):
                    yield f"{one.user} heard slot {one.seq} of {place}, outside since {begins}"


def sender_order(history: History) -> Iterator[str]:
    """What one client said in a room stands there in another order."""
    places = {i: said.place for i, said in history.invoked.items() if said.place is not None}
    for place, slots in history.logs.items():
        acknowledged = {one.id for one in history.acknowledged.get(place, ())}
        last: dict[str, tuple[int, str]] = {}
        for slot in slots:
            if slot.id not in acknowledged or slot.id not in places:
                continue
            client = history.invoked[slot.id].client
            before = last.get(client, (-1, ""))
            if places[slot.id] < before[0]:
                yield f"{place}: {slot.id} stands after {before[1]}, and was said before it"
            last[client] = (places[slot.id], slot.id)


def real_time_order(history: History) -> Iterator[str]:
    """Said after another was acknowledged, and standing before it."""
    for place, slots in history.logs.items():
        acknowledged = sorted(history.acknowledged.get(place, ()), key=lambda one: one.at)
        said = [(history.invoked[s.id].at, s.seq, s.id) for s in slots if s.id in history.invoked]
        highest, known = 0, 0
        for at, seq, id_ in sorted(said):
            while known < len(acknowledged) and acknowledged[known].at < at:
                highest = max(highest, acknowledged[known].seq)
                known += 1
            if seq < highest:
                yield f"{place}: {id_} in slot {seq} was said after {highest} was acknowledged"


def gaps(history: History) -> Iterator[str]:
    """A log with a hole, or whose messages are not counted one by one."""
    for place, slots in history.logs.items():
        number = slots[0].number - (slots[0].event == "messageSent")
        for before, slot in zip([None, *slots], slots, strict=False):
            if before is not None and slot.seq != before.seq + 1:
                yield f"{place}: slot {slot.seq} after {before.seq}"
            number += slot.event == "messageSent"
            if slot.number != number:
                yield f"{place}: slot {slot.seq} counts {slot.number} messages, not {number}"


def receipts(history: History) -> Iterator[str]:
    """A read position that went back, or an `unread` that is not the recount."""
    for (user, room, epoch), reads in history.reads.items():
        slots = history.logs.get((room, epoch), [])
        numbers = {slot.seq: slot.number for slot in slots}
        highest = 0
        for read_seq, _ in reads:
            if read_seq < highest:
                yield f"{user} in {room}: read up to {highest}, then only {read_seq}"
            highest = max(highest, read_seq)
        read_seq, unread = reads[-1]
        if slots and unread != slots[-1].number - numbers.get(read_seq, 0):
            yield f"{user} in {room}: {unread} unread after {read_seq}, which is not the recount"


def unfolded(history: History) -> Iterator[str]:
    """Messages that do not look like what the log makes of them, or are there though deleted."""
    for place, slots in history.logs.items():
        deleted = deletions(slots)
        for slot in slots:
            is_text = slot.event in ("messageSent", "messageEdited")
            if is_text and slot.about in deleted and slot.text != BLANK:
                yield f"{place}: slot {slot.seq} holds the text of a message that was deleted"
        fold = Fold(history, slots)
        for seq in fold.strays():
            yield f"{place}: slot {seq} changes what is no message"
        for page in history.pages.get(place, ()):
            for look in page.looks:
                if not fold.is_so(look, page.seq):
                    yield f"{page.name} in {place}: {look} is not what the log makes of it"
        digests: dict[tuple[int, int], str] = {}
        for client, seq, first, digest in history.looks.get(place, ()):
            if (seq, first) not in digests:
                digests[seq, first] = fold.digest(seq, first)
            if digest != digests[seq, first]:
                yield f"{client}: what was changed in {place} up to {seq} looks otherwise"


VERDICTS: Mapping[str, Callable[[History], Iterator[str]]] = {
    "lost": lost,
    "duplicated": duplicated,
    "reordered": reordered,
    "divergent": divergent,
    "unexpected": unexpected,
    "leaked": leaked,
    "sender_order": sender_order,
    "real_time_order": real_time_order,
    "gaps": gaps,
    "receipts": receipts,
    "unfolded": unfolded,
}


def _missing_on_the_last_screen(history: History, client: str, room: str) -> Iterator[str]:
    end = history.drained.get((client, room))
    screens = history.screens.get((client, room))
    if end is None or not screens:
        yield f"{client} never got to the head of {room}"
        return
    screen = screens[-1]
    slots = history.logs.get((room, screen.epoch), [])
    head = slots[-1].seq if slots else 0
    if end != (screen.epoch, head) or screen.last != head:
        yield f"{client} ended at {end} in {room}, its screen at {screen.last}; the head is {head}"
    shown = set(_ids(screen))
    first = screen.first if screen.snapshot else screen.begins_after + 1
    for slot in slots:
        id_ = slot.face[0]
        if id_ and slot.seq >= first and id_ not in shown:
            yield f"{client} does not show {id_}, slot {slot.seq} of {room}"


def _contents(history: History, slots: list[Slot]) -> dict[int, tuple[tuple[str, str], set[str]]]:
    """Give each slot's face, and the texts it has had: a deleted one may be blank by now."""
    deleted = deletions(slots)
    contents: dict[int, tuple[tuple[str, str], set[str]]] = {}
    for slot in slots:
        texts = {slot.text}
        if slot.about in deleted and slot.id in history.invoked:
            texts.add(history.invoked[slot.id].text)
        contents[slot.seq] = slot.face, texts
    return contents


def _is_held(contents: dict[int, tuple[tuple[str, str], set[str]]], shown: Shown) -> bool:
    face, texts = contents.get(shown.seq, (None, set()))
    return face == shown.face and shown.text in texts


def _outside(slots: list[Slot], user: str) -> list[tuple[int, float]]:
    """List the stretches of a log (both ends excluded) in which somebody is no member."""
    stretches: list[tuple[int, float]] = []
    since: int | None = 0
    for slot in slots:
        if slot.subject != user:
            continue
        if slot.event in JOINED and since is not None:
            stretches.append((since, slot.seq))
            since = None
        elif slot.event in GONE:
            since = slot.seq
    if since is not None:
        stretches.append((since, float("inf")))
    return stretches


def _is_excused(history: History, room: str, heard: Heard) -> bool:
    """Tell whether somebody may know by now what was written while they were outside.

    Who is admitted (again) may read everything. While a removal is under way, a page that was
    asked for may hold what came after it; a push may not.
    """
    steps = [(at, what) for at, what in history.doors[heard.user, room] if at <= heard.at]
    if not steps:
        return False
    last = max(steps)[1]
    if last == "removes":
        return heard.asked is not None
    if last == "removed":
        acknowledged_at = max(steps)[0]
        return heard.asked is not None and heard.asked < acknowledged_at
    return True


def _ids(screen: Screen) -> Iterator[str]:
    yield from (look.id for look in screen.snapshot)
    yield from (one.id for one in screen.shown)


def _name(screen: Screen) -> str:
    return f"{screen.client} in {screen.room}, {screen.epoch}"
