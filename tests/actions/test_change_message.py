"""Editing, deleting, reacting, replying: who may, what is seen, what it costs, in a storm too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from teahouse.actions.append import Accepted
from teahouse.actions.delete_message import delete_message
from teahouse.actions.edit_message import edit_message
from teahouse.actions.react import react
from teahouse.actions.read_events import read_events
from teahouse.actions.read_messages import read_messages
from teahouse.actions.send_message import send_message, send_without_position
from teahouse.adapters.memory.store import MemoryStore
from teahouse.adapters.system import SystemClock
from teahouse.app import App
from teahouse.domain.errors import (
    Busy,
    ChatError,
    Conflict,
    Forbidden,
    Invalid,
    NotAMember,
    NotFound,
    StalePosition,
    TooLarge,
    VersionConflict,
)
from teahouse.domain.message import MAX_EDITS, MAX_EMOJI_KINDS
from teahouse.domain.user import User
from teahouse.ports import OutcomeUnknown
from teahouse.protocol.shapes import WireMessage

from tests.cast import ANN, BEN, CLEO, member, user
from tests.store_seam import seam, storm
from tests.world import (
    RecordingBroadcaster,
    app_on,
    head_of,
    listens,
    memory_app,
    open_den,
    start_of,
)

TEA = "🍵"
KINDS = [chr(0x1F300 + n) for n in range(MAX_EMOJI_KINDS + 1)]
OPERATION = "operation-0000-0000-0000"


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def app(request: pytest.FixtureRequest) -> App:
    return app_on(request.param, request)


@pytest.fixture
def den(app: App) -> str:
    """A room of ann's, with ben and cleo; ben has said something, in slot 2."""
    return den_of(app)


def den_of(app: App) -> str:
    den = open_den(app, BEN, CLEO)
    say(app, den, "hello")
    return den


def say(app: App, den: str, text: str, by: User = BEN, **changes: Any) -> Accepted:
    return send_message(
        app,
        sender_id=by.id,
        room_id=den,
        client_message_id=f"message-{text}-00000000000000",
        position=start_of(app, den),
        text=text,
        **changes,
    )


def edit(app: App, den: str, text: str, version: int = 1, by: User = BEN, **more: Any) -> Accepted:
    asked = {"editor_id": by.id, "room_id": den, "seq": 2, "version": version, "text": text}
    return edit_message(app, **{**asked, **more})


def delete(app: App, den: str, by: User = BEN, **more: Any) -> Accepted:
    return delete_message(app, **{"deleter_id": by.id, "room_id": den, "seq": 2, **more})


def like(app: App, den: str, emoji: str = TEA, by: User = CLEO, **more: Any) -> Accepted:
    asked = {"member_id": by.id, "room_id": den, "seq": 2, "emoji": emoji, "is_on": True}
    return react(app, **{**asked, **more})


def shown(app: App, den: str, to: User = ANN) -> WireMessage:
    return read_messages(app, user_id=to.id, room_id=den).messages[0]


def posts(app: App) -> RecordingBroadcaster:
    assert isinstance(app.broadcaster, RecordingBroadcaster)
    return app.broadcaster


def test_an_edit_is_shown_and_told(app: App, den: str) -> None:
    bens, anns = listens(app, den, BEN), listens(app, den, ANN)

    done = edit(app, den, " hello, tea? ", connection_id=bens, re="7")

    message = shown(app, den)
    assert (message.text, message.version, message.changed_seq) == ("hello, tea?", 2, 3)
    assert message.edited_at == done.entry.at
    [answer] = posts(app).to(bens)
    assert (answer["type"], answer["re"], answer["seq"]) == ("done", "7", 3)
    assert answer["event"]["kind"] == "messageEdited"
    assert answer["epoch"] == start_of(app, den).epoch
    [heard] = posts(app).to(anns)
    assert heard["events"] == [answer["event"]]
    assert heard["users"][BEN.id]["displayName"] == "Ben"
    assert posts(app).posts[0][0] == bens  # the one who asked is told first


def test_a_deleted_message_is_blank_on_every_page(app: App, den: str) -> None:
    edit(app, den, "hello, secret")
    like(app, den)

    delete(app, den)

    message = shown(app, den)
    assert (message.text, message.deleted, message.reactions) == ("", True, [])
    assert (message.changed_seq, message.number, message.by) == (5, 1, BEN.id)
    events = read_events(app, user_id=ANN.id, room_id=den).events
    assert [e["kind"] for e in events] == [
        "roomOpened",
        "messageSent",
        "messageEdited",
        "reactionAdded",
        "messageDeleted",
    ]
    assert [e.get("text") for e in events] == [None, "", "", None, None]


def test_reactions_are_counted_and_show_which_are_mine(app: App, den: str) -> None:
    like(app, den, by=CLEO)
    like(app, den, by=ANN)
    like(app, den, "❤️", by=ANN)
    like(app, den, by=CLEO, is_on=False)

    seen = {r.emoji: (r.count, r.mine) for r in shown(app, den, ANN).reactions}
    assert seen == {TEA: (1, True), "❤️": (1, True)}
    assert {r.emoji: r.mine for r in shown(app, den, CLEO).reactions} == {TEA: False, "❤️": False}
    assert shown(app, den).version == 1  # a reaction raises none


def test_a_reaction_that_changes_nothing_answers_with_the_entry_that_made_it_so(
    app: App, den: str
) -> None:
    first = like(app, den)
    again = like(app, den)
    off = like(app, den, is_on=False)
    off_again = like(app, den, is_on=False)

    assert (again.entry, again.duplicate) == (first.entry, True)
    assert (off_again.entry, off_again.duplicate) == (off.entry, True)
    assert app.log.newest(den).seq == 4
    never = like(app, den, "❤️", by=ANN, is_on=False)
    assert never.entry == off.entry


def test_a_deletion_twice_is_one(app: App, den: str) -> None:
    first = delete(app, den)
    again = delete(app, den, by=ANN)

    assert (again.entry, again.duplicate) == (first.entry, True)
    assert app.log.newest(den).seq == 3


@pytest.mark.parametrize("at", ["position", "nowhere"])
def test_the_same_operation_again_is_the_same_entry(app: App, den: str, at: str) -> None:
    where = {"position": start_of(app, den)} if at == "position" else {}
    anns = listens(app, den, ANN)
    first = edit(app, den, "two", operation_id=OPERATION, **where)
    edit(app, den, "three", 2)

    again = edit(app, den, "two", operation_id=OPERATION, **where)

    assert (again.entry, again.duplicate) == (first.entry, True)
    assert shown(app, den).text == "three"
    assert [f["events"][0]["seq"] for f in posts(app).to(anns)] == [3, 4, 3]  # told again
    with pytest.raises(Conflict):
        edit(app, den, "another", operation_id=OPERATION, **where)


def test_who_may_edit_and_delete(app: App, den: str) -> None:
    for stranger in (ANN, CLEO):  # not even the owner edits
        with pytest.raises(Forbidden):
            edit(app, den, "no", by=stranger)
    with pytest.raises(Forbidden):
        delete(app, den, by=CLEO)
    assert app.log.newest(den).seq == 2

    edit(app, den, "the control: its author may")
    delete(app, den, by=ANN)
    assert shown(app, den).deleted


def test_a_moderator_deletes_what_a_member_said() -> None:
    app = memory_app()
    den = den_of(app)
    mo = user("mo")
    app.accounts.create(mo, None)
    app.members.admit(member(den, mo, role="moderator"), None, read=(1, 0))

    delete(app, den, by=mo)

    assert shown(app, den).deleted


def test_an_outsider_learns_nothing(app: App, den: str) -> None:
    dora = user("dora")
    for room_id in (den, "no-such-room"):
        for more in ({}, {"operation_id": OPERATION}, {"position": start_of(app, den)}):
            for act in (edit_of(dora), delete_of(dora), like_of(dora)):
                with pytest.raises(NotAMember):
                    act(app, room_id, **more)
    assert app.log.newest(den).seq == 2
    like(app, den)  # the control: a member may


def edit_of(who: User) -> Callable[..., Accepted]:
    return lambda app, den, **more: edit(app, den, "x", by=who, **more)


def delete_of(who: User) -> Callable[..., Accepted]:
    return lambda app, den, **more: delete(app, den, by=who, **more)


def like_of(who: User) -> Callable[..., Accepted]:
    return lambda app, den, **more: like(app, den, by=who, **more)


@pytest.mark.parametrize("seq", [1, 3, 9_999])
def test_what_is_no_message_is_not_found(app: App, den: str, seq: int) -> None:
    for act in (edit_of(BEN), delete_of(BEN), like_of(BEN)):
        with pytest.raises(NotFound) as refused:
            act(app, den, seq=seq)
        assert refused.value.code == "not_found"
    assert app.log.newest(den).seq == 2
    for act in (edit_of(BEN), like_of(BEN), delete_of(BEN)):
        act(app, den, seq=2)  # the control


def test_a_deleted_message_is_neither_edited_nor_reacted_to(app: App, den: str) -> None:
    like(app, den)  # the control
    delete(app, den)

    with pytest.raises(NotFound):
        edit(app, den, "again")
    with pytest.raises(NotFound):
        like(app, den, "❤️")
    with pytest.raises(NotFound):
        like(app, den, is_on=False)


def test_an_edit_of_another_version_is_refused(app: App, den: str) -> None:
    edit(app, den, "two", 1)

    for version in (1, 3):
        with pytest.raises(VersionConflict):
            edit(app, den, "late", version)

    edit(app, den, "three", 2)  # the control
    assert shown(app, den).text == "three"


def test_texts_and_emojis_have_their_limits(app: App, den: str) -> None:
    with pytest.raises(Invalid):
        edit(app, den, "  \u200b ")
    with pytest.raises(TooLarge):
        edit(app, den, "x" * 8_001)
    with pytest.raises(Invalid):
        like(app, den, "tea")
    assert app.log.newest(den).seq == 2
    edit(app, den, "x" * 8_000)  # the control


def test_twenty_kinds_of_emoji_and_no_more() -> None:
    app = memory_app()
    den = den_of(app)
    for emoji in KINDS[:-1]:
        like(app, den, emoji)

    with pytest.raises(Invalid):
        like(app, den, KINDS[-1])

    like(app, den, KINDS[0], by=ANN)  # the control: one that is there already
    like(app, den, KINDS[1], is_on=False)
    like(app, den, KINDS[-1])
    assert len(shown(app, den).reactions) == MAX_EMOJI_KINDS


def test_fifty_edits_and_no_more_and_all_of_them_go(app: App, den: str) -> None:
    for n in range(MAX_EDITS):
        edit(app, den, f"draft {n}", n + 1)

    with pytest.raises(Invalid):
        edit(app, den, "one too many", MAX_EDITS + 1)

    delete(app, den)  # the control: it can still be deleted, edits and all
    events = read_events(app, user_id=ANN.id, room_id=den).events
    assert {e.get("text") for e in events} == {None, ""}


def test_a_stale_position_is_refused(app: App, den: str) -> None:
    head = head_of(app, den)
    for forged in (replace(head, seq=head.seq + 1), replace(head, epoch="0ther.1")):
        for act in (edit_of(BEN), delete_of(BEN), like_of(BEN)):
            with pytest.raises(StalePosition):
                act(app, den, position=forged)
    edit(app, den, "the control", position=head)


def test_a_reply_names_a_message_of_this_room(app: App, den: str) -> None:
    for nothing in (1, 9_999):  # the slot that opened the room, and none
        with pytest.raises(Invalid) as refused:
            say(app, den, "re", reply_to=nothing)
        assert refused.value.fields == {"replyTo": "there is no such message in this room"}
        with pytest.raises(Invalid):
            send_without_position(
                app,
                sender_id=BEN.id,
                room_id=den,
                operation_id=OPERATION,
                text="re",
                reply_to=nothing,
            )
    say(app, den, "re", reply_to=2)  # the control

    assert read_messages(app, user_id=ANN.id, room_id=den).messages[1].reply_to == 2


def test_the_summary_follows_what_becomes_of_the_newest_message(app: App, den: str) -> None:
    def last() -> Any:
        [(_, summary)] = app.rooms.get_many([den]).values()
        assert summary is not None
        return summary

    assert last().text == "hello"
    edit(app, den, "hello, tea?")
    assert (last().text, last().seq, last().number) == ("hello, tea?", 2, 1)
    delete(app, den, by=ANN)
    assert (last().text, last().by) == ("", BEN.id)

    app.clock.sleep(2)
    say(app, den, "news")
    say(app, den, "unsummarized")
    edit(app, den, "news, corrected", by=BEN, seq=5)
    assert last().text == "news, corrected"
    edit(app, den, "newest", by=BEN, seq=6)
    edit(app, den, "older", 2, by=BEN, seq=5)
    assert last().text == "newest"


def test_a_lost_answer_is_found_again_and_no_conflict() -> None:
    """The write happened and the answer did not: the second look finds one's own entry."""
    store = MemoryStore()
    app = memory_app(store)
    den = den_of(app)
    real = app.messages

    class Lost:
        lost = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def change(self, *place: Any, **given: Any) -> None:
            real.change(*place, **given)
            if not self.lost:
                self.lost += 1
                raise OutcomeUnknown

    for more in ({}, {"operation_id": OPERATION}, {"position": head_of(app, den)}):
        version = shown(app, den).version
        accepted = edit(replace(app, messages=Lost()), den, f"text {more}", version, **more)
        assert accepted.duplicate
        assert shown(app, den).version == version + 1


@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
def test_what_each_change_costs(request: pytest.FixtureRequest, kind: str) -> None:
    """Read and write units of the whole action, fan-out and summary too; as the engine counts."""
    app = app_on(kind, request)
    den = den_of(app)
    head = head_of(app, den)
    listens(app, den, ANN)
    costs: dict[str, tuple[float, float]] = {}

    def measured(name: str, step: Callable[[], object]) -> None:
        with seam() as seen:
            step()
        costs[name] = (seen.write_units, seen.read_units)

    measured("first reaction", lambda: like(app, den, position=head))
    measured("reaction", lambda: like(app, den, by=ANN, position=head))
    measured("reaction taken back", lambda: like(app, den, is_on=False, position=head))
    measured("edit", lambda: edit(app, den, "two", position=head))
    measured("edit, recorded", lambda: edit(app, den, "three", 2, operation_id=OPERATION))
    measured("deletion", lambda: delete(app, den, position=head))
    measured("page", lambda: read_messages(app, user_id=ANN.id, room_id=den))

    assert costs == {
        "first reaction": (7, 9),  # one and four of them to tell the author, who may have blocked
        "reaction": (7, 9),
        "reaction taken back": (6, 5),
        "edit": (5, 5),
        "edit, recorded": (7, 6),
        "deletion": (11, 5),
        "page": (0, 5.5),
    }


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", ["dynamodb", "lean"])
def test_sixteen_people_at_one_message_in_a_storm_lose_and_double_nothing(
    request: pytest.FixtureRequest, kind: str, seed: int
) -> None:
    """On the real engine, with conflicts, throttles, lost answers and torn reads injected."""
    app = app_on(kind, request, clock=SystemClock())
    people = [user(f"liker{n}") for n in range(16)]
    den = open_den(app, *people)
    author = people[0]
    say(app, den, "hello", by=author)
    start = start_of(app, den)
    injected: Counter[str] = Counter()

    def insist(step: Callable[[], Accepted]) -> Accepted:
        while True:
            try:
                return step()
            except Busy:
                continue

    def act(person: User) -> list[int]:
        mine = []
        for n, (emoji, is_on) in enumerate([(TEA, True), ("❤️", True), (TEA, False)]):
            operation = f"{person.id}-operation-{n}-00000000"
            more: dict[str, Any] = {"operation_id": operation, "position": start}
            step = lambda e=emoji, on=is_on, m=more: like(app, den, e, person, is_on=on, **m)  # noqa: E731 # bound now, tried again later
            first = insist(step)
            assert insist(step).entry == first.entry  # said again: the same
            mine.append(first.entry.seq)
        if person == author:
            for version in (1, 2, 3):
                text, more = f"version {version + 1}", {"position": start}
                more["operation_id"] = f"edit-{version}-0000000000000000"
                mine.append(
                    insist(lambda: edit(app, den, text, version, person, **more)).entry.seq  # noqa: B023 # called at once
                )
        return mine

    with seam(storm(seed, share=0.4, seen=injected)), ThreadPoolExecutor(16) as pool:
        seqs = [seq for mine in pool.map(act, people) for seq in mine]

    entries = app.log.read_run(den, 1, max_entries=1_000).entries
    assert sorted(seqs) == list(range(3, len(entries) + 1))  # each once, nothing else
    message = shown(app, den, author)
    assert [(r.emoji, r.count, r.mine) for r in message.reactions] == [("❤️", 16, True)]
    assert (message.text, message.version) == ("version 4", 4)
    assert message.changed_seq == len(entries)
    for made in ("conflict", "throttle", "lost_before", "lost_after", "torn"):
        assert injected[made] > 0, f"the storm made no {made}: {injected}"


def test_every_refusal_of_a_change_is_a_chat_error(app: App, den: str) -> None:
    with pytest.raises(ChatError) as refused:
        like(app, den, by=user("nobody"))

    assert refused.value.code == "not_a_member"
