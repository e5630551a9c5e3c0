"""replay(events) == snapshot, whatever joins, leaves, drops, doubles and retries in between.

A small client that follows the contract, and nothing else, is driven through the real actions on
the reference store by random steps. In the end the fold of what it applied is what REST shows.
"""

from __future__ import annotations

import functools
import json
import random
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from teahouse.actions.read_messages import read_messages
from teahouse.domain.entry import FACTS, MessageDeleted, MessageSent
from teahouse.domain.errors import NotAMember
from teahouse.domain.user import User
from teahouse.protocol.codec import encode, wire_event

from tests.cast import ANN, BEN, CLEO
from tests.properties.follower import Client, Fold, Screen
from tests.properties.replay_world import World, run, snapshot

CHANGES = ("show", "look", "edit", "like", "unlike", "edit", "delete")
COMMON = (
    *("say", "say", "say", "repeat", "join", "leave", "connect", "drop"),
    *("listen", "listen", "edit", "edit", "delete", "like", "like", "unlike"),
    *("show", "show", "look", "look"),
)
KINDS_OF_STEP = (*COMMON, "role", "mute", "remove", "ban", "lift", "room", "close")
PEOPLE = (ANN, BEN, CLEO)
MAX_STEPS = 60
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS_OF_STEP), st.sampled_from(PEOPLE)), max_size=MAX_STEPS
)


@given(steps=STEPS, seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_what_was_replayed_is_what_the_snapshot_shows(
    steps: list[tuple[str, User]], seed: int
) -> None:
    world = run(steps, seed)

    for client in world.all_home():
        assert client.fold.to(client.user.id) == snapshot(world, client.user.id)
        assert client.seen == list(range(1, client.applied + 1))
    said = [entry.seq for entry in world.log() if isinstance(entry.fact, MessageSent)]
    assert sorted(said) == sorted(world.acknowledged.values())


@given(steps=STEPS, seed=st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_who_comes_late_replays_the_same_and_finds_no_deleted_text(
    steps: list[tuple[str, User]], seed: int
) -> None:
    """Redacted entries fold to the state that the whole ones made."""
    world = run(steps, seed)
    early = world.somebody_at_home()
    late = Client(world.app, early.user, world.room_id)
    early.catch_up()

    late.catch_up()

    assert late.fold == early.fold
    deleted = {e.fact.target for e in world.log() if isinstance(e.fact, MessageDeleted)}
    for entry in world.log():
        about = entry.seq if isinstance(entry.fact, MessageSent) else entry.fact
        target = about if isinstance(about, int) else getattr(about, "target", None)
        if target in deleted:
            assert getattr(entry.fact, "text", "") == ""


@given(steps=STEPS, later=STEPS, seed=st.integers(0, 2**32))
@example(
    steps=[], later=[("room", ANN), ("role", ANN), ("ban", ANN), ("connect", CLEO)], seed=0
)  # who is banned knocks at an open door
@settings(max_examples=100, deadline=None)
def test_a_page_says_which_entries_it_already_holds(
    steps: list[tuple[str, User]], later: list[tuple[str, User]], seed: int
) -> None:
    """`changedSeq` says which entries a message already holds, however old the page's `head`."""
    world = run(steps, seed)
    head = world.app.log.newest(world.room_id).seq
    for kind, who in later:
        world.step(kind, who)
    reader = world.somebody_at_home().user
    page = read_messages(world.app, user_id=reader.id, room_id=world.room_id, limit=200)

    events = [wire_event(entry) for entry in world.log() if entry.seq > head]
    held = {message.seq: message.changed_seq for message in page.messages}
    about = [event for event in events if event.get("target") in held]

    assert all(held[event["target"]] >= event["seq"] for event in about)
    changed = {event["target"]: event["seq"] for event in about}
    assert all(held[target] == seq for target, seq in changed.items())


def test_the_random_steps_write_every_kind_of_entry_there_is() -> None:
    """A kind that no step writes would hold in every story told above."""
    written: set[str] = set()
    for seed in range(100):
        draw = random.Random(seed)
        steps = [(draw.choice(KINDS_OF_STEP), draw.choice(PEOPLE)) for _ in range(MAX_STEPS)]
        written |= {entry.kind for entry in run(steps, seed).log()}
        if written == FACTS.keys():
            break

    assert written == FACTS.keys(), f"missing after {seed + 1} stories"


def test_the_check_sees_an_event_that_was_never_applied() -> None:
    """The control: a fold that skips one event is not the snapshot."""
    world = run([("say", ANN), ("say", BEN)], seed=0)
    [client] = [c for c in world.all_home() if c.user == BEN]
    del client.fold.messages[max(client.fold.messages)]

    assert client.fold.to(BEN.id) != snapshot(world, BEN.id)


@functools.cache
def stories() -> list[World]:
    """Tell forty stories, and keep those that ann stays in; in every other one nobody closes it."""
    told: list[World] = []
    for seed in range(40):
        draw = random.Random(seed)
        steps = [("say", BEN), ("show", BEN)] + [(k, BEN) for k in CHANGES]
        steps += [(draw.choice(COMMON), draw.choice((ANN, BEN, CLEO))) for _ in range(20)]
        decided = ["role", "mute", "mute", "room", "remove", "ban"] + ["close"] * (seed % 2)
        told.append(run([*steps, *((kind, ANN) for kind in decided)], seed))
    return [world for world in told if world.app.members.find(world.room_id, ANN.id)]


def folded(world: World, *, without: str) -> Screen | None:
    """Fold a log for ann, but for one kind of entry; None if the others do not fit any more."""
    fold = Fold()
    with suppress(KeyError):
        for entry in world.log():
            if entry.kind != without:
                fold.apply(json.loads(encode(wire_event(entry))))
        return fold.to(ANN.id)
    return None


@pytest.mark.parametrize("kind", FACTS)
def test_who_passes_over_any_kind_of_entry_does_not_have_the_snapshot(kind: str) -> None:
    """The control of each kind there is: it happens in stories, and what it does is to be seen."""
    happens = [world for world in stories() if kind in {entry.kind for entry in world.log()}]
    seen = [world for world in happens if folded(world, without=kind) != snapshot(world, ANN.id)]

    assert happens
    assert seen
    assert all(folded(world, without="") == snapshot(world, ANN.id) for world in happens)


def test_who_left_is_refused_and_hears_nothing_more() -> None:
    world = run([("connect", BEN), ("leave", BEN), ("say", ANN)], seed=0)
    ben = world.clients[BEN.id]

    with pytest.raises(NotAMember):
        ben.catch_up()
    assert ben.fold.messages == {}
    messages, *_ = snapshot(world, ANN.id)
    assert [text for _, text, *_ in messages.values()] == ["message-1"]
