"""Is somebody gone who has been erased, with all that they said, and nothing of others?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import UNSET
from teahouse.actions import erase_me as erasing
from teahouse.actions.ban_member import ban_member
from teahouse.actions.change_role import change_role
from teahouse.actions.close_room import close_room
from teahouse.actions.create_key import create_key
from teahouse.actions.delete_message import delete_message
from teahouse.actions.edit_message import edit_message
from teahouse.actions.enter_as_guest import enter_as_guest
from teahouse.actions.erase_me import erase_me
from teahouse.actions.leave_room import leave_room
from teahouse.actions.list_notifications import list_notifications
from teahouse.actions.list_rooms import list_rooms
from teahouse.actions.open_direct_room import open_direct_room
from teahouse.actions.open_session import SignedIn
from teahouse.actions.read_messages import read_messages
from teahouse.actions.recognize import recognize_key, recognize_session
from teahouse.actions.register import register
from teahouse.actions.remove_member import remove_member
from teahouse.actions.send_notification import send_notification
from teahouse.actions.sign_in import sign_in
from teahouse.adapters.memory.store import MemoryStore
from teahouse.app import App
from teahouse.domain.errors import Busy, NotFound, NotSignedIn, RoomClosed
from teahouse.domain.session import Caller
from teahouse.domain.user import ERASED_NAME
from teahouse.ports import Messages, OutcomeUnknown

from tests.actions.test_change_me import caller_of, open_socket
from tests.cast import CLEO
from tests.world import RecordingBroadcaster, listens, memory_app, open_den, says

ANN: dict[str, Any] = {"username": "ann-oolong", "password": "correct horse"}


@pytest.fixture
def wire() -> RecordingBroadcaster:
    return RecordingBroadcaster()


@pytest.fixture
def app(wire: RecordingBroadcaster) -> App:
    return memory_app(broadcaster=wire)


@pytest.fixture
def ann(app: App) -> SignedIn:
    return register(app, **ANN)


def texts_in(app: App, den: str) -> list[str]:
    messages = read_messages(app, user_id=CLEO.id, room_id=den).messages
    return [message.text for message in messages]


def test_what_one_said_is_gone_from_the_log_and_others_stay(app: App, ann: SignedIn) -> None:
    ben = register(app, username="ben-oolong", password="correct horse")
    den = open_den(app, ann.user, ben.user, owner=CLEO)
    for text in ("a canary", "another canary"):
        says(app, den, ann.user, text)
    says(app, den, ben.user, "three")

    erase_me(app, caller=caller_of(ann))

    assert texts_in(app, den) == ["", "", "three"]
    kept = repr(app.log.read_run(den, 1, max_entries=100))
    assert "canary" not in kept
    assert "three" in kept
    assert app.members.find(den, ann.user.id) is None
    assert app.members.rooms_of(ann.user.id) == []


def test_what_one_said_is_gone_from_rooms_that_one_is_no_more_in(
    app: App, wire: RecordingBroadcaster, ann: SignedIn
) -> None:
    ben = register(app, username="ben-oolong", password="correct horse")
    ways: dict[str, Callable[[str], None]] = {
        "left": lambda den: leave_room(app, user_id=ann.user.id, room_id=den),
        "removed": lambda den: remove_member(app, by_id=CLEO.id, room_id=den, user_id=ann.user.id),
        "banned": lambda den: ban_member(app, by_id=CLEO.id, room_id=den, user_id=ann.user.id),
    }
    dens = {way: open_den(app, ann.user, ben.user, owner=CLEO) for way in ways}
    for way, den in dens.items():
        says(app, den, ann.user, "a canary")
        says(app, den, ben.user, "kept")
        ways[way](den)
    hears = listens(app, dens["left"], CLEO)

    erase_me(app, caller=caller_of(ann))

    for den in dens.values():
        assert texts_in(app, den) == ["", "kept"]
        assert "canary" not in repr(app.log.read_run(den, 1, max_entries=100))
    events = [frame["events"][0]["kind"] for frame in wire.to(hears, "events")]
    assert events == ["messageDeleted"]
    assert app.members.left_by(ann.user.id) == []


def test_a_deletion_whose_answer_was_lost_is_told_once(
    app: App, wire: RecordingBroadcaster, ann: SignedIn
) -> None:
    den = open_den(app, ann.user, owner=CLEO)
    says(app, den, ann.user, "a canary")
    hears = listens(app, den, CLEO)

    erase_me(replace(app, messages=Lossy(app.messages)), caller=caller_of(ann))

    kinds = [frame["events"][0]["kind"] for frame in wire.to(hears, "events")]
    assert kinds == ["memberLeft", "messageDeleted"]
    assert texts_in(app, den) == [""]


class Lossy:
    """Changes messages, and does not say so."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    def __getattr__(self, name: str) -> Any:
        return getattr(self._messages, name)

    def change(self, *place: Any, **given: Any) -> None:
        self._messages.change(*place, **given)
        raise OutcomeUnknown


def test_a_list_that_still_shows_the_words_is_put_right_by_going_on() -> None:
    """Who dies between the deletion and the summary has deleted; the next call does the rest."""
    store = MemoryStore()
    app = memory_app(store)
    ann = register(app, **ANN)
    den = open_den(app, ann.user, owner=CLEO)
    seq = says(app, den, ann.user, "a canary")
    told = store.summaries[den]
    delete_message(app, deleter_id=ann.user.id, room_id=den, seq=seq)
    store.summaries[den] = told

    erase_me(app, caller=caller_of(ann))

    assert store.summaries[den].text == ""


def test_what_one_said_is_gone_from_a_closed_room_too(app: App, ann: SignedIn) -> None:
    """Its log takes no more, so no slot says so. Control: what others said stays."""
    den = open_den(app, ann.user, owner=CLEO)
    seq = says(app, den, ann.user, "a canary")
    edit_message(app, editor_id=ann.user.id, room_id=den, seq=seq, version=1, text="a cannery")
    says(app, den, CLEO, "kept")
    close_room(app, by_id=CLEO.id, room_id=den)

    erase_me(app, caller=caller_of(ann))

    shown = read_messages(app, user_id=CLEO.id, room_id=den).messages
    assert [(message.text, message.deleted) for message in shown] == [("", True), ("kept", UNSET)]
    assert "can" not in repr(app.log.read_run(den, 1, max_entries=100))
    with pytest.raises(RoomClosed):
        says(app, den, CLEO, "Still here?")


def test_name_sessions_keys_and_sockets_are_gone(
    app: App, ann: SignedIn, wire: RecordingBroadcaster
) -> None:
    there = sign_in(app, **ANN)
    open_socket(app, there, "there=")
    _, secret = create_key(app, caller=caller_of(ann), name="The weather", scopes=["read"])

    erase_me(app, caller=caller_of(ann))

    for credential in (ann.credential, there.credential):
        with pytest.raises(NotSignedIn):
            recognize_session(app, credential)
    with pytest.raises(NotSignedIn):
        recognize_key(app, secret)
    with pytest.raises(NotSignedIn):
        sign_in(app, **ANN)
    assert wire.closed == ["there="]
    left = app.accounts.get(ann.user.id)
    assert (left.display_name, left.username, left.is_deleted) == (ERASED_NAME, None, True)
    assert register(app, **ANN).user.id != ann.user.id, "the name is free for another"


def test_nobody_reads_the_erased_name_again_in_a_list_or_among_notifications(
    app: App, ann: SignedIn
) -> None:
    """Control: before that both told it."""
    ben = register(app, username="ben-oolong", password="correct horse")
    den = open_den(app, ann.user, ben.user, owner=CLEO)
    says(app, den, ann.user, "hello @ben-oolong")
    tell = Caller(user_id=ann.user.id, session_id="session")
    parts = {"kind": "note", "title": "Ann says", "body": "private words"}
    send_notification(app, caller=tell, user_id=ben.user.id, **parts)

    def seen() -> str:
        notifications = list_notifications(app, ben.user.id).notifications
        [last] = [r.last_message for r in list_rooms(app, ben.user.id).items if r.id == den]
        return str((last, notifications))

    theirs = ("ann-oolong", "Ann says", "private words")
    assert all(word in seen() for word in theirs)
    erase_me(app, caller=caller_of(ann))

    assert not any(word in seen() for word in theirs)
    assert seen().count(ERASED_NAME) >= 2, "the notifications are still there, and lead there"


def test_lists_do_not_tell_an_erased_name_in_a_room_that_was_left_before(
    app: App, ann: SignedIn
) -> None:
    """Nor what was said there. Control: until then both were told."""
    ben = register(app, username="ben-oolong", password="correct horse")
    den = open_den(app, ann.user, ben.user, owner=CLEO)
    says(app, den, ann.user, "goodbye")
    leave_room(app, user_id=ann.user.id, room_id=den)

    def last() -> Any:
        [shown] = [r.last_message for r in list_rooms(app, ben.user.id).items if r.id == den]
        return shown

    assert (last().by_name, last().text) == (ann.user.display_name, "goodbye")
    erase_me(app, caller=caller_of(ann))

    assert (last().by_name, last().text, last().deleted) == ("", "", True)


def test_nobody_reaches_who_is_erased(app: App, ann: SignedIn) -> None:
    """Not even an administrator, whom everybody else is within reach of: the control."""
    ben = register(app, username="ben-oolong", password="correct horse")
    by = Caller(user_id=ann.user.id, session_id="session")
    told = {"user_id": ben.user.id, "kind": "note", "title": "hello"}
    send_notification(app, caller=by, **told)

    erase_me(app, caller=caller_of(ben))

    with pytest.raises(NotFound):
        send_notification(app, caller=by, **told)
    with pytest.raises(NotFound):
        open_direct_room(app, by_id=ann.user.id, user_id=ben.user.id)


def test_who_comes_after_an_erased_administrator_is_none(app: App, ann: SignedIn) -> None:
    assert ann.user.is_administrator

    erase_me(app, caller=caller_of(ann))

    assert not register(app, **ANN).user.is_administrator


def test_an_owner_leaves_the_room_to_a_moderator_or_to_who_was_there_longest(
    app: App, ann: SignedIn
) -> None:
    ben, cleo = (
        register(app, username=f"{name}-oolong", password="correct horse")
        for name in ("ben", "cleo")
    )
    first = open_den(app, ben.user, cleo.user, owner=ann.user)
    second = open_den(app, ben.user, cleo.user, owner=ann.user)
    moderator = {"user_id": cleo.user.id, "role": "moderator"}
    change_role(app, by_id=ann.user.id, room_id=second, **moderator)  # type: ignore[arg-type]

    erase_me(app, caller=caller_of(ann))

    roles = [role_of(app, den, ben) + "/" + role_of(app, den, cleo) for den in (first, second)]
    assert roles == ["owner/member", "member/owner"]
    assert app.members.find(first, ann.user.id) is None


def role_of(app: App, den: str, person: SignedIn) -> str:
    member = app.members.find(den, person.user.id)
    assert member is not None
    return member.role


def test_a_room_of_one_s_own_does_not_hold_one_back(app: App, ann: SignedIn) -> None:
    den = open_den(app, owner=ann.user)
    says(app, den, ann.user, "dear diary")

    erase_me(app, caller=caller_of(ann))

    assert "dear diary" not in repr(app.log.read_run(den, 1, max_entries=100))
    assert app.accounts.get(ann.user.id).is_deleted


def test_what_takes_too_long_goes_on_where_it_stopped(
    app: App, ann: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    den = open_den(app, ann.user, owner=CLEO)
    for number in range(6):
        says(app, den, ann.user, f"text {number}")
    monkeypatch.setattr(erasing, "RUN_ENTRIES", 2)
    ticking = Ticking(app, entries=4)
    monkeypatch.setattr(app.clock, "monotonic_s", ticking)
    with pytest.raises(Busy):
        erase_me(app, caller=caller_of(ann))
    begun = texts_in(app, den)
    assert "" in begun
    assert "text 5" in begun
    assert recognize_session(app, ann.credential), "still signed in, to go on"

    ticking.entries = 1000
    erase_me(app, caller=caller_of(ann))

    assert set(texts_in(app, den)) == {""}
    assert app.accounts.get(ann.user.id).is_deleted


class Ticking:
    """A clock that lets the deadline pass after so many looks at it."""

    def __init__(self, app: App, *, entries: int) -> None:
        self.entries = entries
        self._looks = 0

    def __call__(self) -> float:
        self._looks += 1
        return 0.0 if self._looks <= self.entries else 1000.0


def test_a_guest_is_erased_too(app: App) -> None:
    guest = enter_as_guest(app, nickname="Moon Otter", language="en")

    erase_me(app, caller=caller_of(guest))

    assert app.accounts.get(guest.user.id).display_name == ERASED_NAME
