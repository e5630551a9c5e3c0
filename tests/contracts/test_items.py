"""Do all adapters write the same items? What one writes, the other reads, every kind of row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from teahouse.app import App
from teahouse.domain.connection import LEASE_MS, ROOM_ROW_MS, Connection, Listener
from teahouse.domain.errors import NotFound
from teahouse.domain.room import Summary
from teahouse.domain.session import TICKET_MS, Session, Ticket, hash_secret
from teahouse.domain.user import User
from teahouse.ports import SlotTaken

from tests.cast import NOON_MS, joined, member, opened, room, said, user
from tests.world import CountedIds, engine_app, lean_app

UNTIL_MS = NOON_MS + ROOM_ROW_MS


@pytest.fixture(params=["lean reads", "dynamodb reads"])
def apps(request: pytest.FixtureRequest, engine_url: str) -> tuple[App, App]:
    """Make the App that writes and the one that reads."""
    pair = (engine_app(), lean_app())
    return pair if request.param == "lean reads" else pair[::-1]


@pytest.fixture
def new() -> Callable[[str], str]:
    """Make names that no other test has."""
    ids = CountedIds()
    return lambda name: f"{name}-{ids.new_id()}"


Named = Callable[[str], str]


def person(new: Named, **changes: object) -> User:
    name = new("p")
    return user(name, username=f"n-{name[-12:]}", **changes)


def test_rooms_members_slots_and_codes(apps: tuple[App, App], new: Named) -> None:
    writer, reader = apps
    ann, ben, cleo = person(new, avatar="pic"), person(new), person(new, kind="guest")
    den = replace(room(new("den"), owner_id=ann.id), kind="public", description="")
    owner = member(den.id, ann, role="owner")

    assert writer.rooms.create(den, owner, opened(ann))
    assert writer.members.admit(member(den.id, ben, decided_seq=2), joined(2, ben), read=(2, 0))
    writer.log.put(den.id, said(3, '喝茶 🍵 "quoted"\n'))
    writer.rooms.summarize(
        Summary(room_id=den.id, seq=3, number=1, at=NOON_MS, by=ann.id, text="喝茶")
    )
    writer.members.mark_read(den.id, ben.id, 3, 1)

    counted = replace(den, member_count=2, counted_seq=2)
    [(found, summary)] = reader.rooms.get_many([den.id]).values()
    assert found == reader.rooms.get(den.id) == counted
    assert summary is not None
    assert (summary.seq, summary.text, summary.by) == (3, "喝茶", ann.id)
    assert reader.rooms.find_by_code(str(den.code)) == den.id
    assert den.id in {id_ for id_ in pages(reader)}
    assert reader.members.find(den.id, ann.id) == owner
    assert reader.members.find(den.id, ben.id) == member(den.id, ben, decided_seq=2)
    listed = reader.members.membership(den.id, ben.id)
    assert listed is not None
    assert (listed.read_seq, listed.read_number) == (3, 1)
    assert [m.user.id for m in reader.members.page(den.id, None, 9).items] == sorted(
        [ann.id, ben.id]
    )
    run = reader.log.read_run(den.id, 1, max_entries=9)
    assert run.entries == (opened(ann), joined(2, ben), said(3, '喝茶 🍵 "quoted"\n'))
    with pytest.raises(SlotTaken):
        reader.log.put(den.id, said(3))
    assert not reader.members.admit(member(den.id, ben), joined(4, ben), read=(4, 1))
    assert reader.members.admit(member(den.id, cleo), joined(4, cleo), read=(4, 1))


def pages(app: App) -> list[str]:
    seen: list[str] = []
    page = app.rooms.page_public(None, 50)
    while page.cursor:
        seen += page.items
        page = app.rooms.page_public(page.cursor, 50)
    return [*seen, *page.items]


def test_operations_codes_and_removals(apps: tuple[App, App], new: Named) -> None:
    writer, reader = apps
    ann, ben, cleo = person(new), person(new), person(new)
    den = room(new("den"), owner_id=ann.id)
    owner = member(den.id, ann, role="owner")
    writer.rooms.create(den, owner, opened(ann))
    row = member(den.id, ben, decided_seq=2)
    writer.members.admit(row, joined(2, ben), read=(2, 0), code=den.code)
    hears = Listener(connection_id=new("c"), user_id=ben.id)
    writer.connections.register(den.id, hears, UNTIL_MS)
    assert reader.connections.of_room(den.id, NOON_MS) == [hears]

    assert writer.log.put_once(den.id, said(3, operation_id="o" * 22)) is None
    assert reader.log.put_once(den.id, said(4, operation_id="o" * 22)) == 3
    writer.rooms.replace_code(den, new("code"), by=owner)
    assert reader.rooms.find_by_code(str(den.code)) is None
    with pytest.raises(NotFound):
        reader.members.admit(member(den.id, cleo), None, read=(1, 0), code=den.code)
    assert writer.members.remove(row, None, tombstone_until=UNTIL_MS, by=owner)

    assert reader.members.find(den.id, ben.id) is None
    assert reader.connections.of_room(den.id, NOON_MS) == []
    assert reader.members.admit(row, None, read=(1, 0))
    assert writer.connections.of_room(den.id, NOON_MS) == [hears]


def test_connections_and_their_ends(apps: tuple[App, App], new: Named) -> None:
    writer, reader = apps
    ann, den = person(new), new("den")
    socket = Connection(
        id=new("c"),
        user_id=ann.id,
        session_id="session",
        connected_at=NOON_MS,
        lease_until=NOON_MS + LEASE_MS,
    )

    assert writer.connections.put_if_absent(socket)
    assert not reader.connections.put_if_absent(socket)
    writer.connections.register(den, Listener(connection_id=socket.id, user_id=ann.id), UNTIL_MS)
    assert reader.connections.find(socket.id) == socket
    assert [c.id for c in reader.connections.of_user(ann.id)] == [socket.id]
    reader.connections.renew(socket, NOON_MS + 2 * LEASE_MS)
    renewed = writer.connections.find(socket.id)
    assert renewed is not None
    assert renewed.lease_until == NOON_MS + 2 * LEASE_MS
    reader.connections.forget(socket.id, tombstone_until=UNTIL_MS)

    assert writer.connections.find(socket.id) is None
    assert writer.connections.of_user(ann.id) == []
    assert writer.connections.of_room(den, NOON_MS) == []
    assert not writer.connections.put_if_absent(socket)


def test_people_sessions_tickets_and_keys(apps: tuple[App, App], new: Named) -> None:
    writer, reader = apps
    ann = person(new, avatar="pic", language="zh-CN")
    session = Session(
        id=new("s"),
        user_id=ann.id,
        secret_hash=hash_secret("secret"),
        created_at=NOON_MS,
        last_used_at=NOON_MS,
    )
    ticket = Ticket(
        secret_hash=hash_secret(new("t")),
        user_id=ann.id,
        session_id=session.id,
        expires_at=NOON_MS + TICKET_MS,
    )

    assert writer.accounts.create(ann, "hash")
    assert reader.accounts.find_by_username(str(ann.username).upper()) == (ann, "hash")
    assert (
        reader.accounts.get_many([ann.id]) == {ann.id: reader.accounts.get(ann.id)} == {ann.id: ann}
    )
    writer.accounts.put_session(session)
    reader.accounts.touch_session(session, NOON_MS + 5)
    assert writer.accounts.sessions_of(ann.id) == [replace(session, last_used_at=NOON_MS + 5)]
    assert reader.accounts.find_session(ann.id, session.id) is not None
    reader.accounts.remove_session(ann.id, session.id)
    assert writer.accounts.find_session(ann.id, session.id) is None
    writer.accounts.put_ticket(ticket)
    assert reader.accounts.take_ticket(ticket.secret_hash) == ticket
    assert writer.accounts.take_ticket(ticket.secret_hash) is None
    writer.accounts.add_signing_key(1, NOON_MS)
    assert writer.accounts.signing_keys() == reader.accounts.signing_keys() != []
