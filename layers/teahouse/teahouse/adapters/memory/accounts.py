"""Accounts in memory."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.errors import NotFound
from teahouse.domain.key import ApiKey
from teahouse.domain.session import Session, SigningKey, Ticket
from teahouse.domain.user import Proof, User


class MemoryAccounts:
    """People, sessions, tickets, keys."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def create(self, user: User, password_hash: str | None) -> bool:
        with self._store.lock:
            if user.username is not None and password_hash is not None:
                taken = self._store.usernames.get(user.username.lower())
                if taken is not None and taken.user_id != user.id:
                    return False
                proof = Proof(username=user.username, user_id=user.id, password_hash=password_hash)
                self._store.usernames[user.username.lower()] = proof
            self._store.users[user.id] = user
            return True

    def get(self, user_id: str) -> User:
        with self._store.lock:
            user = self._store.users.get(user_id)
        if user is None:
            raise NotFound
        return user

    def get_many(self, user_ids: Iterable[str]) -> dict[str, User]:
        with self._store.lock:
            known = self._store.users
            return {user_id: known[user_id] for user_id in user_ids if user_id in known}

    def change_profile(self, user: User) -> None:
        with self._store.lock:
            before = self._store.users.get(user.id)
            if before is not None and not before.is_deleted:
                self._store.users[user.id] = user

    def find_by_username(self, username: str) -> tuple[User, str] | None:
        with self._store.lock:
            proof = self._store.usernames.get(username.lower())
            return (self._store.users[proof.user_id], proof.password_hash) if proof else None

    def ids_by_username(self, usernames: Sequence[str]) -> dict[str, str]:
        with self._store.lock:
            known = self._store.usernames
            wanted = {name.lower() for name in usernames}
            return {name: known[name].user_id for name in wanted if name in known}

    def put_session(self, session: Session) -> None:
        with self._store.lock:
            self._store.sessions[session.user_id, session.id] = session

    def find_session(self, user_id: str, session_id: str) -> Session | None:
        with self._store.lock:
            return self._store.sessions.get((user_id, session_id))

    def touch_session(self, session: Session, now_ms: int) -> None:
        key = (session.user_id, session.id)
        with self._store.lock:
            if key in self._store.sessions:
                self._store.sessions[key] = replace(session, last_used_at=now_ms)

    def remove_session(self, user_id: str, session_id: str) -> None:
        with self._store.lock:
            self._store.sessions.pop((user_id, session_id), None)

    def sessions_of(self, user_id: str) -> list[Session]:
        with self._store.lock:
            return [s for s in self._store.sessions.values() if s.user_id == user_id]

    def find_key(self, user_id: str, key_id: str) -> ApiKey | None:
        with self._store.lock:
            return self._store.keys.get((user_id, key_id))

    def put_ticket(self, ticket: Ticket) -> None:
        with self._store.lock:
            self._store.tickets[ticket.secret_hash] = ticket

    def take_ticket(self, secret_hash: str) -> Ticket | None:
        with self._store.lock:
            return self._store.tickets.pop(secret_hash, None)

    def signing_keys(self) -> list[SigningKey]:
        with self._store.lock:
            return sorted(self._store.signing_keys.values(), key=lambda key: key.number)

    def add_signing_key(self, number: int, now_ms: int) -> None:
        secret = secrets.token_urlsafe(32)
        made = SigningKey(id=str(number), number=number, secret=secret, made_at=now_ms)
        with self._store.lock:
            self._store.signing_keys.setdefault(number, made)
