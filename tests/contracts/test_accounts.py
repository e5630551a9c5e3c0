"""The contract of Accounts, on every store that claims it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from teahouse.domain.errors import NotFound
from teahouse.domain.session import TICKET_MS, Session, Ticket, hash_secret
from teahouse.domain.user import User
from teahouse.ports import Accounts

from tests import cast
from tests.cast import NOON_MS, user
from tests.world import lean_tables

WRITERS = 8


@pytest.fixture(params=["memory", "dynamodb", "lean"])
def accounts(request: pytest.FixtureRequest) -> Accounts:
    if request.param == "memory":
        from teahouse.adapters.memory.accounts import MemoryAccounts
        from teahouse.adapters.memory.store import MemoryStore

        return MemoryAccounts(MemoryStore())
    request.getfixturevalue("engine_url")
    if request.param == "lean":
        from teahouse.adapters.lean.accounts import LeanAccounts

        return LeanAccounts(lean_tables())
    from teahouse.adapters.dynamodb.accounts import DynamoDbAccounts

    return DynamoDbAccounts()


def somebody(**changes: Any) -> User:
    """Make a person whom no other test knows."""
    mark = secrets.token_hex(6)
    return replace(cast.user(f"p{mark}"), username=f"Name-{mark}", **changes)


def session_of(user: User, **changes: Any) -> Session:
    session = Session(
        id=secrets.token_urlsafe(12),
        user_id=user.id,
        secret_hash=hash_secret("secret"),
        created_at=NOON_MS,
        last_used_at=NOON_MS,
    )
    return replace(session, **changes)


def ticket_of(user: User) -> Ticket:
    return Ticket(
        secret_hash=hash_secret(secrets.token_urlsafe(32)),
        user_id=user.id,
        session_id="session",
        expires_at=NOON_MS + TICKET_MS,
    )


def at_once(act: Callable[[int], object]) -> list[object]:
    """Let several do the same at the same moment."""
    gate = threading.Barrier(WRITERS)

    def one(number: int) -> object:
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(WRITERS)))


def test_an_account_is_found_by_id_and_by_name_in_either_case(accounts: Accounts) -> None:
    ann = somebody(avatar="pic", language="zh-CN")
    assert accounts.create(ann, "hash")
    assert ann.username is not None

    assert accounts.get(ann.id) == ann
    assert accounts.find_by_username(ann.username) == (ann, "hash")
    assert accounts.find_by_username(ann.username.upper()) == (ann, "hash")
    assert accounts.find_by_username(ann.username + "x") is None


def test_nobody_is_not_found(accounts: Accounts) -> None:
    ann = somebody()
    accounts.create(ann, "hash")

    assert accounts.get(ann.id).id == ann.id
    with pytest.raises(NotFound):
        accounts.get("nobody")


def test_a_name_is_taken_once_in_letters_of_either_case(accounts: Accounts) -> None:
    ann, imposter, other = somebody(), somebody(), somebody()
    assert accounts.create(ann, "hash")
    assert ann.username is not None

    assert not accounts.create(replace(imposter, username=ann.username.upper()), "other hash")
    assert accounts.find_by_username(ann.username) == (ann, "hash")
    with pytest.raises(NotFound):
        accounts.get(imposter.id)
    assert accounts.create(other, "hash"), "another name is free"


def test_of_many_that_want_a_name_at_once_one_gets_it(accounts: Accounts) -> None:
    people = [replace(somebody(), username="") for _ in range(WRITERS)]
    name = f"name-{secrets.token_hex(6)}"

    got = at_once(lambda i: accounts.create(replace(people[i], username=name), f"hash {i}"))

    assert got.count(True) == 1
    winner = people[got.index(True)]
    assert accounts.find_by_username(name) == (
        replace(winner, username=name),
        f"hash {got.index(True)}",
    )


def test_the_same_account_written_again_is_no_other(accounts: Accounts) -> None:
    ann = somebody()

    assert accounts.create(ann, "hash")
    assert accounts.create(ann, "hash"), "an answer that was lost is asked for again"


def test_guests_have_no_name_to_be_found_by(accounts: Accounts) -> None:
    guest = replace(somebody(), username=None, kind="guest")

    assert accounts.create(guest, None)
    assert accounts.get(guest.id) == guest


def test_many_are_got_at_once_and_who_is_not_there_is_left_out(accounts: Accounts) -> None:
    people = [somebody() for _ in range(120)]
    for person in people:
        accounts.create(person, None)
    ids = [person.id for person in people]

    assert accounts.get_many([*ids, "nobody", ids[0]]) == {p.id: p for p in people}
    assert accounts.get_many([]) == {}


def test_a_profile_is_changed_and_none_is_made(accounts: Accounts) -> None:
    ann, stranger = somebody(), somebody()
    accounts.create(ann, "hash")

    accounts.change_profile(replace(ann, display_name="Anna", language="en"))
    accounts.change_profile(stranger)

    assert accounts.get(ann.id) == replace(ann, display_name="Anna", language="en")
    with pytest.raises(NotFound):
        accounts.get(stranger.id)


def test_a_session_is_found_until_it_is_removed(accounts: Accounts) -> None:
    ann = somebody()
    here, there = session_of(ann), session_of(ann)
    accounts.put_session(here)
    accounts.put_session(there)
    assert accounts.find_session(ann.id, here.id) == here

    accounts.remove_session(ann.id, here.id)
    accounts.remove_session(ann.id, here.id)

    assert accounts.find_session(ann.id, here.id) is None
    assert accounts.find_session(ann.id, there.id) == there, "the other stays"


def test_somebody_elses_session_is_not_found(accounts: Accounts) -> None:
    ann, ben = somebody(), somebody()
    session = session_of(ann)
    accounts.put_session(session)

    assert accounts.find_session(ann.id, session.id) == session
    assert accounts.find_session(ben.id, session.id) is None


def test_a_session_that_is_used_lives_longer(accounts: Accounts) -> None:
    ann = somebody()
    session = session_of(ann)
    accounts.put_session(session)

    accounts.touch_session(session, NOON_MS + 5)

    assert accounts.find_session(ann.id, session.id) == replace(session, last_used_at=NOON_MS + 5)


def test_using_a_removed_session_does_not_bring_it_back(accounts: Accounts) -> None:
    ann = somebody()
    session, other = session_of(ann), session_of(ann)
    accounts.put_session(session)
    accounts.put_session(other)
    accounts.remove_session(ann.id, session.id)

    accounts.touch_session(session, NOON_MS + 5)
    accounts.touch_session(other, NOON_MS + 5)

    assert accounts.find_session(ann.id, session.id) is None
    assert accounts.find_session(ann.id, other.id) is not None


def test_somebodys_sessions_are_listed_and_nobody_elses(accounts: Accounts) -> None:
    ann, ben = somebody(), somebody()
    accounts.create(ann, "hash")
    mine = [session_of(ann) for _ in range(3)]
    for session in (*mine, session_of(ben)):
        accounts.put_session(session)

    assert {s.id for s in accounts.sessions_of(ann.id)} == {s.id for s in mine}


def test_a_ticket_is_taken_once(accounts: Accounts) -> None:
    ticket = ticket_of(somebody())
    accounts.put_ticket(ticket)

    assert accounts.take_ticket(ticket.secret_hash) == ticket
    assert accounts.take_ticket(ticket.secret_hash) is None
    assert accounts.take_ticket("nothing") is None


def test_a_ticket_remembers_what_it_is_good_for(accounts: Accounts) -> None:
    ticket = replace(
        ticket_of(somebody()), scopes=frozenset({"read"}), origin="https://chat.example.org"
    )
    accounts.put_ticket(ticket)

    assert accounts.take_ticket(ticket.secret_hash) == ticket


def test_of_many_that_take_a_ticket_at_once_one_gets_it(accounts: Accounts) -> None:
    ticket = ticket_of(somebody())
    accounts.put_ticket(ticket)

    got = at_once(lambda _: accounts.take_ticket(ticket.secret_hash))

    assert [t for t in got if t is not None] == [ticket]


def test_all_workers_make_the_same_signing_key(accounts: Accounts) -> None:
    numbers = [key.number for key in accounts.signing_keys()]
    number = max(numbers, default=0) + 1

    at_once(lambda n: accounts.add_signing_key(number, NOON_MS + n))

    made = accounts.signing_keys()[-1]
    assert [key.number for key in accounts.signing_keys()] == [*numbers, number]
    assert (made.id, len(made.secret)) == (str(number), 43), "256 bits, base64url"
    assert NOON_MS <= made.made_at < NOON_MS + WRITERS


def test_a_signing_key_of_a_higher_number_follows(accounts: Accounts) -> None:
    last = max((key.number for key in accounts.signing_keys()), default=0)
    for number in (last + 10, last + 2, last + 2):
        accounts.add_signing_key(number, NOON_MS)

    found = accounts.signing_keys()

    assert [key.number for key in found[-2:]] == [last + 2, last + 10]
    assert len({key.secret for key in found}) == len(found)


def test_user_names_tell_whose_they_are_in_either_case(accounts: Accounts) -> None:
    person = user(f"p{secrets.token_hex(6)}")
    assert person.username is not None
    accounts.create(person, "a hash")

    found = accounts.ids_by_username([person.username.upper(), person.username, "nobody-here"])

    assert found == {person.username: person.id}
    assert accounts.ids_by_username([]) == {}
