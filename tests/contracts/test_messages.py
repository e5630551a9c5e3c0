"""The contract of Messages, on every store that claims it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from teahouse.app import App
from teahouse.domain.entry import (
    ChangingFact,
    Entry,
    Fact,
    MessageDeleted,
    MessageEdited,
    ReactionAdded,
    ReactionRemoved,
    body_hash,
)
from teahouse.domain.message import MAX_EDITS, Standing, blanked, changed, standing_of
from teahouse.ports import OutcomeUnknown, SlotTaken

from tests.cast import ANN, BEN, said
from tests.store_seam import refuse, seam
from tests.world import app_on, open_den

TEA, HEART = "🍵", "❤️"


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


@pytest.fixture
def den(app: App) -> str:
    room_id = open_den(app, BEN)
    app.log.put(room_id, said(2, "喝茶"))
    return room_id


def entry(seq: int, fact: Fact, by: str = ANN.id) -> Entry:
    operation_id = f"operation-of-slot-{seq:04}"
    made = replace(said(seq), by=by, fact=fact, operation_id=operation_id, number=1)
    return replace(made, body_hash=body_hash(fact))


def change(
    app: App,
    den: str,
    before: Standing,
    written: Entry,
    *,
    blank: Mapping[int, Any] | None = None,
    is_recorded: bool = False,
) -> Standing:
    fact = written.fact
    assert isinstance(fact, ChangingFact)
    after = changed(before, written, fact)
    app.messages.change(
        den, written, before=before, after=after, blank=blank or {}, is_recorded=is_recorded
    )
    return after


def test_a_message_that_was_never_changed_has_no_standing(app: App, den: str) -> None:
    assert app.messages.find(den, 2) is None
    assert app.messages.between(den, 1, 99) == {}
    assert app.messages.reactions_of(den, ANN.id, 1, 99) == set()


def test_a_change_stands_with_its_slot(app: App, den: str) -> None:
    sent = standing_of(said(2, "喝茶"))

    edited = change(app, den, sent, entry(3, MessageEdited(target=2, text="喝水 🚰", version=2)))
    liked = change(app, den, edited, entry(4, ReactionAdded(target=2, emoji=TEA), BEN.id))
    loved = change(app, den, liked, entry(5, ReactionAdded(target=2, emoji=HEART), ANN.id))

    assert app.messages.find(den, 2) == loved
    assert loved.reactions == ((TEA, 1), (HEART, 1))
    assert (loved.version, loved.text, loved.edit_seqs) == (2, "喝水 🚰", (3,))
    assert app.log.newest(den).fact == ReactionAdded(target=2, emoji=HEART)
    assert app.messages.find_reaction(den, 2, BEN.id, TEA) == 4
    assert app.messages.find_reaction(den, 2, ANN.id, TEA) is None
    assert app.messages.reactions_of(den, BEN.id, 2, 2) == {(2, TEA)}
    assert app.messages.reactions_of(den, BEN.id, 3, 99) == set()


def test_a_reaction_is_taken_back_and_can_be_put_again(app: App, den: str) -> None:
    sent = standing_of(said(2, "喝茶"))
    liked = change(app, den, sent, entry(3, ReactionAdded(target=2, emoji=TEA)))
    bare = change(app, den, liked, entry(4, ReactionRemoved(target=2, emoji=TEA)))

    assert app.messages.find_reaction(den, 2, ANN.id, TEA) is None
    assert bare.reactions == ()
    with pytest.raises(SlotTaken):
        change(app, den, bare, entry(5, ReactionRemoved(target=2, emoji=TEA)))
    change(app, den, bare, entry(5, ReactionAdded(target=2, emoji=TEA)))
    assert app.messages.find_reaction(den, 2, ANN.id, TEA) == 5


def test_words_are_redacted_without_a_slot_that_says_so(app: App, den: str) -> None:
    """Control: on an older look nothing is."""
    first = app.log.read_run(den, 2, max_entries=1).entries[0]
    sent = standing_of(first)
    edited = change(app, den, sent, entry(3, MessageEdited(target=2, text="喝水", version=2)))
    newest = app.log.newest(den)
    after = changed(edited, newest, MessageDeleted(target=2))

    with pytest.raises(SlotTaken):
        app.messages.redact(den, before=sent, after=after, blank=blanked(first, sent))
    assert app.messages.find(den, 2) == edited

    app.messages.redact(den, before=edited, after=after, blank=blanked(first, edited))

    assert app.messages.find(den, 2) == after
    assert app.log.newest(den).seq == newest.seq
    texts = [getattr(e.fact, "text", None) for e in app.log.read_run(den, 2, max_entries=9).entries]
    assert texts == ["", ""]


def test_a_change_on_an_older_look_changes_nothing(app: App, den: str) -> None:
    sent = standing_of(said(2, "喝茶"))
    edited = change(app, den, sent, entry(3, MessageEdited(target=2, text="two", version=2)))
    late = entry(4, MessageEdited(target=2, text="late", version=2))

    with pytest.raises(SlotTaken):
        change(app, den, sent, late)
    with pytest.raises(SlotTaken):
        change(app, den, edited, replace(late, seq=3))
    with pytest.raises(SlotTaken):
        change(app, den, replace(edited, changed_seq=99), late)

    assert app.messages.find(den, 2) == edited
    assert app.log.newest(den).seq == 3
    change(app, den, edited, replace(late, fact=MessageEdited(target=2, text="late", version=3)))


def test_one_person_one_emoji_once(app: App, den: str) -> None:
    sent = standing_of(said(2, "喝茶"))
    liked = change(app, den, sent, entry(3, ReactionAdded(target=2, emoji=TEA)))

    with pytest.raises(SlotTaken):
        change(app, den, liked, entry(4, ReactionAdded(target=2, emoji=TEA)))

    both = change(app, den, liked, entry(4, ReactionAdded(target=2, emoji=TEA), BEN.id))
    assert both.reactions == ((TEA, 2),)


def test_a_deletion_blanks_the_slot_and_all_its_edits_at_once(app: App, den: str) -> None:
    sent = app.log.read_run(den, 2, max_entries=1).entries[0]
    standing = standing_of(sent)
    for n in range(MAX_EDITS):
        fact = MessageEdited(target=2, text=f"draft {n}", version=n + 2)
        standing = change(app, den, standing, entry(3 + n, fact))
    seq = 3 + MAX_EDITS

    gone = change(
        app, den, standing, entry(seq, MessageDeleted(target=2)), blank=blanked(sent, standing)
    )

    entries = app.log.read_run(den, 2, max_entries=99).entries
    assert [getattr(e.fact, "text", "") for e in entries] == [""] * (MAX_EDITS + 2)
    assert [e.seq for e in entries] == list(range(2, seq + 1))
    assert replace(entries[0], fact=sent.fact) == sent
    assert [e.fact.version for e in entries[1:-1]] == list(range(2, MAX_EDITS + 2))  # type: ignore[union-attr]
    assert app.messages.find(den, 2) == gone
    assert (gone.is_deleted, gone.text, gone.reactions) == (True, "", ())


def test_standings_are_found_by_their_place(app: App, den: str) -> None:
    for seq in (3, 4, 5):
        app.log.put(den, said(seq))
    one = change(
        app, den, standing_of(said(2)), entry(6, MessageEdited(target=2, text="a", version=2))
    )
    two = change(
        app, den, standing_of(said(4)), entry(7, MessageEdited(target=4, text="b", version=2))
    )

    assert app.messages.between(den, 1, 9) == {2: one, 4: two}
    assert app.messages.between(den, 3, 4) == {4: two}
    assert app.messages.between(den, 5, 9) == {}
    assert app.messages.between(f"{den}-other", 1, 9) == {}


def test_a_recorded_operation_is_found_and_written_once(app: App, den: str) -> None:
    written = entry(3, MessageEdited(target=2, text="two", version=2))
    standing = change(app, den, standing_of(said(2)), written, is_recorded=True)

    assert app.messages.find_operation(den, ANN.id, written.operation_id) == 3
    assert app.messages.find_operation(den, BEN.id, written.operation_id) is None
    again = replace(entry(4, MessageEdited(target=2, text="3", version=3)))
    again = replace(again, operation_id=written.operation_id)
    with pytest.raises(SlotTaken):
        change(app, den, standing, again, is_recorded=True)
    assert app.messages.find(den, 2) == standing


@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
@pytest.mark.parametrize("code", ["TransactionConflictException", "ThrottlingException"])
def test_a_failure_that_a_retry_may_mend_leaves_the_outcome_open(
    request: pytest.FixtureRequest, kind: str, code: str
) -> None:
    app = app_on(kind, request)
    den = open_den(app)
    app.log.put(den, said(2))
    written = entry(3, MessageEdited(target=2, text="two", version=2))

    def fault(operation, params, call):  # type: ignore[no-untyped-def]
        raise refuse(operation, code)

    with seam(fault), pytest.raises(OutcomeUnknown):
        change(app, den, standing_of(said(2)), written)

    change(app, den, standing_of(said(2)), written)  # the control: without the fault it is written
    assert app.log.newest(den).seq == 3
