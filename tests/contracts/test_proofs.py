"""The contract of Proofs, on every store that claims it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

import pytest
from teahouse.domain.errors import NotFound
from teahouse.domain.key import SCOPES, ApiKey
from teahouse.domain.user import Proof, User, erased
from teahouse.ports import Accounts, Proofs

from tests import engine
from tests.cast import NOON_MS
from tests.contracts.test_accounts import WRITERS, at_once, somebody
from tests.world import lean_tables


@dataclass(frozen=True)
class Names:
    """Two ports on one store."""

    accounts: Accounts
    proofs: Proofs


@pytest.fixture(params=["memory", "dynamodb"])
def names(request: pytest.FixtureRequest) -> Names:
    """Make an empty house: there has been no administrator."""
    if request.param == "memory":
        from teahouse.adapters.memory.accounts import MemoryAccounts
        from teahouse.adapters.memory.proofs import MemoryProofs
        from teahouse.adapters.memory.store import MemoryStore

        kept = MemoryStore()
        return Names(MemoryAccounts(kept), MemoryProofs(kept))
    from teahouse.adapters.dynamodb.accounts import DynamoDbAccounts
    from teahouse.adapters.dynamodb.proofs import DynamoDbProofs

    forget_the_administrator(request.getfixturevalue("engine_url"))
    return Names(DynamoDbAccounts(), DynamoDbProofs())


def forget_the_administrator(url: str) -> None:
    """Take the mark away that earlier tests left on the engine of this process."""
    dynamodb = engine.client(url)
    key = {"pk": {"S": "ADMINISTRATOR"}, "sk": {"S": "FIRST"}}
    dynamodb.delete_item(TableName="AccountsTable", Key=key)
    dynamodb.close()


def guest() -> User:
    return replace(somebody(), kind="guest", username=None)


def named(person: User) -> User:
    return replace(person, kind="account", username=f"Name-{secrets.token_hex(6)}")


def test_the_first_administrator_is_the_only_one(names: Names) -> None:
    first, second = (replace(somebody(), is_administrator=True) for _ in range(2))
    assert names.proofs.first_administrator() is None

    assert names.proofs.create_first(first, "hash")

    assert names.proofs.first_administrator() is not None
    assert names.accounts.get(first.id) == first
    assert not names.proofs.create_first(second, "hash")
    with pytest.raises(NotFound):
        names.accounts.get(second.id)
    assert names.proofs.create_first(first, "hash"), "an answer that was lost is asked for again"


def test_of_many_that_come_first_at_once_one_is_the_administrator(names: Names) -> None:
    people = [replace(somebody(), is_administrator=True) for _ in range(WRITERS)]

    got = at_once(lambda i: names.proofs.create_first(people[i], "hash"))

    assert got.count(True) == 1
    winner = people[got.index(True)]
    assert list(names.accounts.get_many(p.id for p in people)) == [winner.id]


def test_a_guest_gets_a_name_once(names: Names) -> None:
    person = guest()
    names.accounts.create(person, None)
    ann, other = named(person), named(person)

    assert names.proofs.adopt(ann, "hash")

    assert ann.username is not None
    assert names.accounts.find_by_username(ann.username) == (ann, "hash")
    assert not names.proofs.adopt(other, "hash"), "no guest any more"
    assert names.accounts.get(person.id) == ann
    assert other.username is not None
    assert names.proofs.find(other.username) is None


def test_a_guest_gets_no_name_that_is_taken_and_stays_a_guest(names: Names) -> None:
    ben, person = somebody(), guest()
    names.accounts.create(ben, "hash of ben")
    names.accounts.create(person, None)
    assert ben.username is not None

    taken = replace(person, kind="account", username=ben.username.upper())
    assert not names.proofs.adopt(taken, "hash")

    assert names.accounts.get(person.id) == person
    assert names.accounts.find_by_username(ben.username) == (ben, "hash of ben")
    assert names.proofs.adopt(named(person), "hash"), "another name is free"


def test_a_guest_that_is_not_there_gets_no_name(names: Names) -> None:
    nobody, person = guest(), guest()
    names.accounts.create(person, None)

    assert names.proofs.adopt(named(person), "hash")
    assert not names.proofs.adopt(named(nobody), "hash")


def test_a_proof_is_found_and_replaced_by_who_has_seen_it(names: Names) -> None:
    ann = somebody()
    names.accounts.create(ann, "hash")
    assert ann.username is not None
    before = Proof(username=ann.username, user_id=ann.id, password_hash="hash")
    assert names.proofs.find(ann.username.upper()) == before
    assert names.proofs.find("nobody-here") is None

    after = replace(before, password_hash="new", recovery_hash="code")
    assert names.proofs.replace(before, after)
    assert names.proofs.find(ann.username) == after
    assert names.proofs.replace(before, after), "an answer that was lost is asked for again"
    assert not names.proofs.replace(before, replace(before, password_hash="late"))
    assert not names.proofs.replace(
        replace(after, recovery_hash=None), replace(after, password_hash="no code seen")
    )
    used = replace(after, recovery_hash=None)
    assert names.proofs.replace(after, used)
    assert names.proofs.find(ann.username) == used


def test_of_many_that_replace_a_proof_at_once_one_does(names: Names) -> None:
    ann = somebody()
    names.accounts.create(ann, "hash")
    assert ann.username is not None
    before = names.proofs.find(ann.username)
    assert before is not None

    got = at_once(lambda i: names.proofs.replace(before, replace(before, password_hash=f"{i}")))

    assert got.count(True) == 1
    assert names.proofs.find(ann.username) == replace(before, password_hash=str(got.index(True)))


def key_of(person: User) -> ApiKey:
    return ApiKey(
        id=f"key-{secrets.token_hex(6)}",
        user_id=person.id,
        name="The weather",
        scopes=frozenset(SCOPES[:2]),
        secret_hash=secrets.token_hex(32),
        created_at=NOON_MS,
    )


def test_a_key_is_found_until_it_is_removed_and_by_its_owner_only(names: Names) -> None:
    ann, ben = somebody(), somebody()
    first, second, bens = key_of(ann), key_of(ann), key_of(ben)
    names.accounts.create(ann, "hash")
    for key in (first, second, bens):
        names.proofs.put_key(key)
    assert names.accounts.find_key(ann.id, first.id) == first
    assert names.accounts.find_key(ben.id, first.id) is None

    names.proofs.remove_key(ann.id, first.id)
    names.proofs.remove_key(ann.id, first.id)

    assert names.accounts.find_key(ann.id, first.id) is None
    assert names.proofs.keys_of(ann.id) == [second]


def test_a_socket_s_function_finds_the_key_that_rest_has_put(engine_url: str) -> None:
    from teahouse.adapters.dynamodb.proofs import DynamoDbProofs
    from teahouse.adapters.lean.accounts import LeanAccounts

    key = key_of(somebody())
    DynamoDbProofs().put_key(key)

    sockets = LeanAccounts(lean_tables())
    assert sockets.find_key(key.user_id, key.id) == key
    assert sockets.find_key(key.user_id, "key-of-nobody") is None


def test_an_erased_account_leaves_an_id_and_frees_its_name(names: Names) -> None:
    ann, ben = somebody(), somebody()
    names.accounts.create(ann, "hash")
    assert ann.username is not None
    names.proofs.note_progress(ann.id, "den#7")
    assert names.proofs.progress(ann.id) == "den#7"

    names.proofs.erase(erased(ann), ann.username)
    names.proofs.erase(erased(ann), ann.username)

    assert names.accounts.get(ann.id) == erased(ann)
    assert names.proofs.find(ann.username) is None
    assert names.proofs.progress(ann.id) is None
    namesake = replace(ben, username=ann.username)
    assert names.accounts.create(namesake, "hash")
    names.proofs.erase(erased(ann), ann.username)
    assert names.proofs.find(ann.username) is not None, "it is somebody else's by now"


def test_a_profile_that_was_erased_is_not_written_again(names: Names) -> None:
    ann = somebody()
    names.accounts.create(ann, "hash")
    names.proofs.erase(erased(ann), ann.username)

    names.accounts.change_profile(replace(ann, display_name="Anna"))

    assert names.accounts.get(ann.id) == erased(ann)
