"""Is the way things get into a room's log sound? Every interleaving of a small world answers.

Clients have one message each and say it again until it is acknowledged, also while the first
handler still runs. A handler may die before any of its steps. Every call of the store is one atomic
step, but a Query may return slot n + 1 without slot n ("torn"). Beside them an owner removes a
member and lets them in again, somebody edits, a sweeper ends the retention of old slots, and once
the store may be restored to a copy. What may happen, and how often, is the world's budget; what is
left out of the design is its flaw.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.model.world import (
    ACKNOWLEDGED,
    ANSWER,
    EDITED,
    JOINED,
    LOOK,
    MEMBER,
    OPENED,
    PUT,
    QUERY,
    REMOVED,
    SENDING,
    UNKNOWN,
    Budget,
    Client,
    Handler,
    Reader,
    World,
    newest,
    run_from,
    with_client,
    with_handler,
    with_handlers,
    with_slot,
)


@dataclass(frozen=True)
class Design:
    """A way to do it; `flaw` names what is left out."""

    flaw: str = ""
    attempts: int = 2
    polls: int = 2

    def start(self, budget: Budget, *, clients: int = 2, readers: int = 2) -> World:
        """Make the world before anything happens."""
        return World(
            log=((1, OPENED),),
            gone=(),
            first=1,
            generation=1,
            row=1,
            version=0,
            copy=None,
            budget=budget,
            clients=(Client(SENDING, 0, 1, 1),) * clients,
            handlers=(),
            readers=(Reader(1, 1, ((1, OPENED),), self.polls),) * readers,
        )

    def steps(self, world: World) -> Iterator[tuple[str, World]]:
        """Give everything that can happen next."""
        slots = dict(world.log)
        for number in range(len(world.clients)):
            yield from self._of_client(world, slots, number)
        for place, handler in enumerate(world.handlers):
            rest = world.handlers[:place] + world.handlers[place + 1 :]
            budget = world.budget
            if budget.crashes:
                budget = budget._replace(crashes=budget.crashes - 1)
                yield f"handler of {handler.who} dies", world._replace(handlers=rest, budget=budget)
            yield from self._of_handler(world, slots, handler, rest)
        yield from self._of_others(world, slots)
        for number in range(len(world.readers)):
            yield from self._of_reader(world, slots, number)

    # What clients do -----------------------------------------------------------------------------

    def _of_client(
        self, world: World, slots: dict[int, int], number: int
    ) -> Iterator[tuple[str, World]]:
        client = world.clients[number]
        if client.state != SENDING:
            return
        if client.generation != world.generation and self.flaw != "epoch-ignored":
            # Another epoch: what was attempted is unknown, what was not goes on from the new head.
            told = Client(SENDING, 0, newest(slots), world.generation)
            if client.attempts:
                told = client._replace(state=UNKNOWN)
            yield f"{number} is told of the reset", with_client(world, number, told)
            return
        if client.attempts < self.attempts:
            yield f"{number} sends after {client.position}", self._sent(world, number, client)
            budget = world.budget
            if number == MEMBER and budget.forgeries:
                spent = world._replace(budget=budget._replace(forgeries=budget.forgeries - 1))
                for forged in range(newest(slots), newest(slots) + 3):
                    if forged != client.position:
                        lie = client._replace(position=forged, has_lied=True)
                        label = f"{number} sends after {forged}, a forgery"
                        yield label, self._sent(spent, number, lie, kept=client.position)
        if client.attempts:
            yield from self._catching_up(world, slots, number, client)

    def _sent(self, world: World, number: int, client: Client, kept: int | None = None) -> World:
        handler = Handler(number, QUERY, client.position, client.generation)
        position = client.position if kept is None else kept
        sent = client._replace(attempts=client.attempts + 1, position=position)
        return with_client(with_handler(world, world.handlers, handler), number, sent)

    def _catching_up(
        self, world: World, slots: dict[int, int], number: int, client: Client
    ) -> Iterator[tuple[str, World]]:
        """The client pages the log, looking for its message, and moves its position there."""
        run = run_from(slots, client.position + 1)
        last = run[-1][0] if run else client.position
        if self.flaw == "unlooked-position":
            moved = client._replace(position=newest(slots))
        elif world.first > client.position + 1:
            moved = client._replace(state=UNKNOWN)
            if self.flaw == "gone-entries-skipped":
                moved = client._replace(position=newest(slots))
        elif found := [seq for seq, what in run if what == number]:
            moved = client._replace(state=ACKNOWLEDGED, slot=found[0])
        else:
            moved = client._replace(position=last)
        if moved != client:
            yield f"{number} catches up", with_client(world, number, moved)

    # What handlers do ----------------------------------------------------------------------------

    def _of_handler(
        self, world: World, slots: dict[int, int], handler: Handler, rest: tuple[Handler, ...]
    ) -> Iterator[tuple[str, World]]:
        if handler.who >= 40:
            yield from self._sweeping(world, slots, handler, rest)
        elif handler.who >= 10:
            yield from self._deciding(world, slots, handler, rest)
        elif handler.step == QUERY:
            yield from self._querying(world, slots, handler, rest)
        elif handler.step == LOOK:
            yield from self._looking(world, handler, rest)
        elif handler.step == PUT:
            yield from self._putting(world, slots, handler, rest)
        else:
            client = world.clients[handler.who]
            told = with_handlers(world, rest)
            if client.state == SENDING:
                said = client._replace(
                    state=ACKNOWLEDGED, slot=handler.last, generation=handler.generation
                )
                told = with_client(told, handler.who, said)
            yield f"{handler.who} is acknowledged", told

    def _querying(
        self, world: World, slots: dict[int, int], handler: Handler, rest: tuple[Handler, ...]
    ) -> Iterator[tuple[str, World]]:
        who, position = handler.who, handler.position
        if self.flaw == "row-before-query" and handler.row < 0:
            row = world.row if who == MEMBER else 1
            yield f"{who} reads its row", with_handler(world, rest, handler._replace(row=row))
            return
        is_proven = position in slots or self.flaw == "position-believed"
        if handler.generation != world.generation and self.flaw != "epoch-ignored":
            is_proven = False
        if not is_proven:
            yield f"{who} is refused: stale", with_handlers(world, rest)
            return
        for is_torn in (False, True):
            view = {seq: what for seq, what in slots.items() if seq >= position}
            if is_torn:
                if not world.budget.torn or not {position + 1, position + 2} <= view.keys():
                    continue
                del view[position + 1]
            run = run_from(view, position)
            last = run[-1][0] if run else position
            if self.flaw == "highest-of-torn":
                last = max(view)
            mine = [seq for seq, what in run if what == who]
            if mine and self.flaw != "no-look-before-put":
                new = handler._replace(step=ANSWER, last=mine[0])
            else:
                about = [seq for seq, what in run if what in (REMOVED + who, JOINED + who)]
                new = handler._replace(step=LOOK, last=last, decided=max(about, default=0))
            yield f"{who} queries{' torn' * is_torn}", with_handler(world, rest, new)

    def _looking(
        self, world: World, handler: Handler, rest: tuple[Handler, ...]
    ) -> Iterator[tuple[str, World]]:
        who = handler.who
        row = world.row if who == MEMBER else 1
        if handler.row >= 0 and self.flaw in ("row-before-query", "row-kept"):
            row = handler.row
        if not row:
            yield f"{who} is refused: no member", with_handlers(world, rest)
        elif handler.decided > row and self.flaw != "row-kept":
            again = Handler(who, QUERY, handler.position, handler.generation)
            yield f"{who} looks again", with_handler(world, rest, again)
        else:
            yield f"{who} is let", with_handler(world, rest, handler._replace(step=PUT, row=row))

    def _putting(
        self, world: World, slots: dict[int, int], handler: Handler, rest: tuple[Handler, ...]
    ) -> Iterator[tuple[str, World]]:
        who, seq = handler.who, handler.last + 1
        if self.flaw == "answer-before-write" and handler.decided >= 0:
            # Told now, written later; -1 marks that it was told.
            client = world.clients[who]._replace(
                state=ACKNOWLEDGED, slot=seq, generation=handler.generation
            )
            early = with_handler(world, rest, handler._replace(decided=-1))
            yield f"{who} is acknowledged early", with_client(early, who, client)
        elif seq in slots:
            kept = handler.row if self.flaw == "row-kept" else -1
            again = Handler(who, QUERY, handler.position, handler.generation, row=kept)
            yield f"{who} finds {seq} taken", with_handler(world, rest, again)
        else:
            done = with_slot(world, seq, who)
            answer = handler._replace(step=ANSWER, last=seq, decided=0, row=-1)
            yield f"{who} puts {seq}", with_handler(done, rest, answer)

    def _deciding(
        self, world: World, slots: dict[int, int], handler: Handler, rest: tuple[Handler, ...]
    ) -> Iterator[tuple[str, World]]:
        """Removal, admission and edit: look, then change row or item together with the slot."""
        kind, head = handler.who, newest(slots)
        if handler.step == 0:
            standing = world.version if kind == EDITED else world.row
            if (kind == REMOVED and not standing) or (kind == JOINED and standing):
                yield "there is nothing to decide", with_handlers(world, rest)
                return
            seen = handler._replace(step=1, last=head, row=standing)
            yield f"{kind} looks", with_handler(world, rest, seen)
            return
        seq, now = handler.last + 1, world.version if kind == EDITED else world.row
        if handler.step == 1 and (seq in slots or now != handler.row):
            again = handler._replace(step=0, last=0, row=-1)
            yield f"{kind} looks again", with_handler(world, rest, again)
        elif kind == EDITED and self.flaw == "edit-in-two-writes" and handler.step == 1:
            half = with_slot(world, seq, EDITED)
            later = handler._replace(step=2)
            yield "the edit takes its slot", with_handler(half, rest, later)
        elif kind == EDITED:
            done = world._replace(version=world.version + 1)
            if handler.step == 1:
                done = with_slot(done, seq, EDITED)
            yield "the edit is done", with_handlers(done, rest)
        else:
            done = with_slot(world, seq, kind + MEMBER)
            row = seq if kind == JOINED else 0
            yield f"{kind} is decided in {seq}", with_handlers(done._replace(row=row), rest)

    def _sweeping(
        self, world: World, slots: dict[int, int], handler: Handler, rest: tuple[Handler, ...]
    ) -> Iterator[tuple[str, World]]:
        """End the retention of slots below `last`: say so first, then delete upwards.

        A slot is kept for days and a handler lives for seconds, so none that has looked is left.
        """
        gone = [seq for seq in slots if seq < handler.last]
        if any(h.step for h in rest) and self.flaw != "handler-outlives-retention":
            return
        raised = world._replace(first=max(world.first, handler.last))
        says_first = self.flaw != "deleted-before-said"
        if says_first and handler.step == 0:
            begun = handler._replace(step=1)
            yield f"retention begins at {handler.last}", with_handler(raised, rest, begun)
        elif gone:
            oldest = world.log[0]
            less = world._replace(log=world.log[1:], gone=(*world.gone, oldest))
            yield f"slot {oldest[0]} is deleted", with_handler(less, rest, handler)
        else:
            yield "swept", with_handlers(world if says_first else raised, rest)

    # What else happens ---------------------------------------------------------------------------

    def _of_others(self, world: World, slots: dict[int, int]) -> Iterator[tuple[str, World]]:
        budget, head = world.budget, newest(slots)
        for name, who in (("removals", REMOVED), ("admissions", JOINED), ("edits", EDITED)):
            left = getattr(budget, name)
            if left:
                spent = world._replace(budget=budget._replace(**{name: left - 1}))
                handler = Handler(who, 0, 0, world.generation)
                yield f"{name} begin", with_handler(spent, world.handlers, handler)
        if budget.trims and head > 1:
            spent = world._replace(budget=budget._replace(trims=budget.trims - 1))
            until = head + 1 if self.flaw == "newest-deleted" else head
            handler = Handler(40, 0, 0, world.generation, last=until)
            yield "sweeping begins", with_handler(spent, world.handlers, handler)
        if budget.restores and world.copy is None:
            copy = (world.log, world.first, world.row, world.version)
            yield "the store is copied", world._replace(copy=copy)
        if budget.restores and world.copy is not None and world.copy[0] != world.log:
            log, first, row, version = world.copy
            restored = world._replace(log=log, first=first, row=row, version=version)
            restored = restored._replace(
                generation=world.generation + 1,
                handlers=(),  # the workers of the old store are stopped with it
                budget=budget._replace(restores=budget.restores - 1),
            )
            yield "the store is restored", restored

    def _of_reader(
        self, world: World, slots: dict[int, int], number: int
    ) -> Iterator[tuple[str, World]]:
        reader = world.readers[number]
        if not reader.polls:
            return
        for is_torn in (False, True):
            view = dict(slots)
            if is_torn:
                after = {reader.cursor + 1, reader.cursor + 2}
                if not world.budget.torn or not after <= view.keys():
                    continue
                del view[reader.cursor + 1]
            read = self.read(world, reader, view)._replace(polls=reader.polls - 1)
            readers = (*world.readers[:number], read, *world.readers[number + 1 :])
            yield f"reader {number} polls{' torn' * is_torn}", world._replace(readers=readers)

    def read(self, world: World, reader: Reader, view: dict[int, int]) -> Reader:
        """Show what follows, or start afresh: another epoch, or entries that are gone."""
        is_other = reader.generation != world.generation and self.flaw != "epoch-ignored"
        if is_other or world.first > reader.cursor + 1:
            shown = run_from(view, world.first)
            return reader._replace(
                generation=world.generation, cursor=shown[-1][0] if shown else 0, shown=shown
            )
        if self.flaw == "highest-seen":
            run = tuple(sorted(slot for slot in view.items() if slot[0] > reader.cursor))
        else:
            run = run_from(view, reader.cursor + 1)
        cursor = run[-1][0] if run else reader.cursor
        return reader._replace(generation=world.generation, cursor=cursor, shown=reader.shown + run)
