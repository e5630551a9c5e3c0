"""Accounts, lean: profiles, user names, sessions, tickets and the keys that sign tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from teahouse.adapters.items.accounts import (
    KEYS,
    SESSION_PREFIX,
    ApiKeyItem,
    KeyItem,
    NamedItem,
    NameItem,
    ProfileItem,
    SessionItem,
    TicketItem,
    api_key_key,
    api_key_of,
    ids_of,
    name_item,
    name_key,
    new_key_item,
    profile_item,
    profile_key,
    session_item,
    session_key,
    session_of,
    signing_key_of,
    ticket_item,
    ticket_key,
    ticket_of,
    ttl_when_used,
    user_of,
    user_partition,
)
from teahouse.adapters.lean.calls import ConditionFailed
from teahouse.adapters.lean.tables import Tables, place, places, values
from teahouse.domain.errors import NotFound
from teahouse.domain.key import ApiKey
from teahouse.domain.session import Session, SigningKey, Ticket
from teahouse.domain.user import Proof, User

_IF_ABSENT = "attribute_not_exists(#pk)"


class LeanAccounts:
    """The accounts' table."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._table = tables.accounts

    def create(self, user: User, password_hash: str | None) -> bool:
        profile = profile_item(user)
        if user.username is None or password_hash is None:
            self._table.put(profile)
            return True
        proof = Proof(username=user.username, user_id=user.id, password_hash=password_hash)
        name = name_item(proof)
        try:
            self._tables.transact(
                ("Put", self._table.putting(name, _IF_ABSENT)),
                ("Put", self._table.putting(profile)),
            )
        except ConditionFailed:
            # The name may be taken by this very write, whose answer was lost.
            taken = self._table.find(place(name_key(user.username)), NameItem)
            return taken is not None and user.id == taken.u.S
        return True

    def get(self, user_id: str) -> User:
        item = self._table.find(place(profile_key(user_id)), ProfileItem)
        if item is None:
            raise NotFound
        return user_of(item)

    def get_many(self, user_ids: Iterable[str]) -> dict[str, User]:
        keys = places(profile_key(user_id) for user_id in dict.fromkeys(user_ids))
        found = self._table.find_many(keys, ProfileItem, is_consistent=False)
        return {user.id: user for user in map(user_of, found)}

    def change_profile(self, user: User) -> None:
        with suppress(ConditionFailed):
            self._table.put(
                profile_item(user), "attribute_exists(#pk) AND attribute_not_exists(#d)"
            )

    def find_by_username(self, username: str) -> tuple[User, str] | None:
        name = self._table.find(place(name_key(username)), NameItem)
        # A name that nobody has takes as many reads as one that somebody has (ASVS 6.3.8).
        profile = self._table.find(place(profile_key(name.u.S if name else "-")), ProfileItem)
        return (user_of(profile), name.h.S) if name and profile else None

    def ids_by_username(self, usernames: Sequence[str]) -> dict[str, str]:
        keys = places(dict.fromkeys(name_key(name) for name in usernames))
        return ids_of(
            self._table.find_many(keys, NamedItem, is_consistent=False, is_projected=True)
        )

    def put_session(self, session: Session) -> None:
        self._table.put(session_item(session))

    def find_session(self, user_id: str, session_id: str) -> Session | None:
        item = self._table.find(place(session_key(user_id, session_id)), SessionItem)
        return session_of(item) if item else None

    def touch_session(self, session: Session, now_ms: int) -> None:
        with suppress(ConditionFailed):
            self._table.update(
                place(session_key(session.user_id, session.id)),
                "SET #used = :used, #ttl = :ttl",
                "attribute_exists(#h)",
                values(used=now_ms, ttl=ttl_when_used(session, now_ms)),
            )

    def remove_session(self, user_id: str, session_id: str) -> None:
        self._table.delete(place(session_key(user_id, session_id)))

    def sessions_of(self, user_id: str) -> list[Session]:
        items = self._table.query(
            "#pk = :pk AND begins_with(#sk, :session)",
            values(pk=user_partition(user_id), session=SESSION_PREFIX),
            SessionItem,
        )
        return [session_of(item) for item in items]

    def find_key(self, user_id: str, key_id: str) -> ApiKey | None:
        item = self._table.find(place(api_key_key(user_id, key_id)), ApiKeyItem)
        return api_key_of(item) if item else None

    def put_ticket(self, ticket: Ticket) -> None:
        self._table.put(ticket_item(ticket))

    def take_ticket(self, secret_hash: str) -> Ticket | None:
        key = place(ticket_key(secret_hash))
        item = self._table.find(key, TicketItem)
        if item is None:
            return None
        try:
            # Of two that have read it, the condition lets one take it.
            self._table.delete(key, "attribute_exists(#u)")
        except ConditionFailed:
            return None
        return ticket_of(item)

    def signing_keys(self) -> list[SigningKey]:
        found = self._table.query("#pk = :pk", values(pk=KEYS), KeyItem)
        return [signing_key_of(item) for item in found]

    def add_signing_key(self, number: int, now_ms: int) -> None:
        with suppress(ConditionFailed):
            self._table.put(new_key_item(number, now_ms), _IF_ABSENT)
