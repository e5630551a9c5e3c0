from __future__ import annotations

import pytest
from teahouse.actions.authorize_socket import authorize_socket
from teahouse.actions.connect import connect
from teahouse.actions.create_key import create_key
from teahouse.actions.delete_key import delete_key
from teahouse.actions.issue_ticket import issue_ticket
from teahouse.actions.list_keys import list_keys
from teahouse.actions.open_session import SignedIn
from teahouse.actions.recognize import recognize_key
from teahouse.actions.register import register
from teahouse.app import App
from teahouse.domain.errors import Conflict, Forbidden, Invalid, NotFound, NotSignedIn
from teahouse.domain.key import KEYS_PER_USER, require_scope
from teahouse.domain.session import Caller

from tests.actions.test_change_me import caller_of
from tests.world import RecordingBroadcaster, memory_app


@pytest.fixture
def wire() -> RecordingBroadcaster:
    return RecordingBroadcaster()


@pytest.fixture
def app(wire: RecordingBroadcaster) -> App:
    return memory_app(broadcaster=wire)


@pytest.fixture
def ann(app: App) -> SignedIn:
    return register(app, username="ann-oolong", password="correct horse")


def test_a_key_acts_as_its_owner_as_far_as_its_scopes_reach(app: App, ann: SignedIn) -> None:
    key, secret = create_key(app, caller=caller_of(ann), name=" The weather ", scopes=["read"])

    caller = recognize_key(app, secret)

    assert (caller.user_id, caller.session_id) == (ann.user.id, key.id)
    assert caller.scopes == frozenset({"read"})
    assert key.name == "The weather"
    require_scope(caller.scopes, "read")
    for needed in ("write", "notify", "session"):
        with pytest.raises(Forbidden):
            require_scope(caller.scopes, needed)  # type: ignore[arg-type]
        require_scope(None, needed)  # type: ignore[arg-type]  # a session may


def test_only_the_hash_of_a_key_is_kept(app: App, ann: SignedIn) -> None:
    key, secret = create_key(app, caller=caller_of(ann), name="The weather", scopes=["read"])

    assert secret.startswith("thk_")
    assert secret.rpartition(".")[2] not in repr(app.accounts.find_key(ann.user.id, key.id))


def test_what_is_nearly_a_key_is_nobody(app: App, ann: SignedIn) -> None:
    key, secret = create_key(app, caller=caller_of(ann), name="The weather", scopes=["read"])
    assert recognize_key(app, secret).user_id == ann.user.id

    for junk in (
        "",
        "thk_",
        secret.removeprefix("thk_"),
        secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        secret.replace(key.id, ann.session.id),
        f"thk_{ann.credential}",
        secret + "x",
        secret + "\n",
    ):
        with pytest.raises(NotSignedIn):
            recognize_key(app, junk)


@pytest.mark.parametrize("scopes", [[], ["read", "everything"], [""], ["READ"]])
def test_a_key_has_scopes_of_the_list(app: App, ann: SignedIn, scopes: list[str]) -> None:
    with pytest.raises(Invalid):
        create_key(app, caller=caller_of(ann), name="The weather", scopes=scopes)

    assert list_keys(app, caller=caller_of(ann)) == []


def test_one_has_so_many_keys_at_most(app: App, ann: SignedIn) -> None:
    for number in range(KEYS_PER_USER):
        create_key(app, caller=caller_of(ann), name=f"Key {number}", scopes=["read"])

    with pytest.raises(Conflict):
        create_key(app, caller=caller_of(ann), name="One more", scopes=["read"])

    newest = list_keys(app, caller=caller_of(ann))[0]
    delete_key(app, caller=caller_of(ann), key_id=newest.id)
    create_key(app, caller=caller_of(ann), name="One more", scopes=["read"])


def test_a_revoked_key_is_nobody_at_once_and_its_sockets_are_closed(
    app: App, ann: SignedIn, wire: RecordingBroadcaster
) -> None:
    key, secret = create_key(app, caller=caller_of(ann), name="The weather", scopes=["read"])
    other, other_secret = create_key(app, caller=caller_of(ann), name="Other", scopes=["read"])
    late, _ = issue_ticket(app, caller=recognize_key(app, secret))
    open_socket(app, recognize_key(app, secret), "keys=")
    open_socket(app, recognize_key(app, other_secret), "others=")

    delete_key(app, caller=caller_of(ann), key_id=key.id)

    with pytest.raises(NotSignedIn):
        recognize_key(app, secret)
    assert wire.closed == ["keys="]
    assert [frame["type"] for frame in wire.to("keys=")] == ["goodbye"]
    with pytest.raises(NotSignedIn):
        by_ticket(app, late)
    assert recognize_key(app, other_secret).session_id == other.id


def test_a_ticket_is_good_for_what_its_key_is_good_for(app: App, ann: SignedIn) -> None:
    _, secret = create_key(app, caller=caller_of(ann), name="The weather", scopes=["read"])

    ticket, _ = issue_ticket(app, caller=recognize_key(app, secret))

    assert by_ticket(app, ticket) == recognize_key(app, secret)


def test_somebody_elses_key_is_not_there(app: App, ann: SignedIn) -> None:
    ben = register(app, username="ben-oolong", password="correct horse")
    key, secret = create_key(app, caller=caller_of(ann), name="The weather", scopes=["read"])

    for key_id in (key.id, "key-of-nobody", ann.session.id):
        with pytest.raises(NotFound):
            delete_key(app, caller=caller_of(ben), key_id=key_id)

    assert recognize_key(app, secret).user_id == ann.user.id
    assert list_keys(app, caller=caller_of(ben)) == []


def open_socket(app: App, caller: Caller, connection_id: str) -> None:
    connect(app, caller=caller, connection_id=connection_id, connected_at=app.clock.now_ms())


def by_ticket(app: App, ticket: str) -> Caller:
    return authorize_socket(app, ticket=ticket, credential=None, origin=None, is_own_origin=False)
