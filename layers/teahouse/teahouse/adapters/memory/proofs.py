"""User names and what proves them, in memory."""

from __future__ import annotations

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.key import ApiKey
from teahouse.domain.user import Proof, User


class MemoryProofs:
    """User names, passwords, recovery codes, API keys."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def first_administrator(self) -> str | None:
        with self._store.lock:
            return self._store.first_administrator

    def create_first(self, user: User, password_hash: str) -> bool:
        with self._store.lock:
            return self._write(user, password_hash)

    def adopt(self, user: User, password_hash: str) -> bool:
        with self._store.lock:
            before = self._store.users.get(user.id)
            if before != user and (before is None or before.kind != "guest"):
                return False
            return self._write(user, password_hash)

    def find(self, username: str) -> Proof | None:
        with self._store.lock:
            return self._store.usernames.get(username.lower())

    def replace(self, before: Proof, after: Proof) -> bool:
        key = before.username.lower()
        with self._store.lock:
            if self._store.usernames.get(key) not in (before, after):
                return False
            self._store.usernames[key] = after
            return True

    def erase(self, user: User, username: str | None) -> None:
        with self._store.lock:
            proof = self._store.usernames.get((username or "").lower())
            if proof is not None and proof.user_id == user.id:
                del self._store.usernames[proof.username.lower()]
            self._store.users[user.id] = user
            self._store.erasing.pop(user.id, None)

    def note_progress(self, user_id: str, place: str) -> None:
        with self._store.lock:
            self._store.erasing[user_id] = place

    def progress(self, user_id: str) -> str | None:
        with self._store.lock:
            return self._store.erasing.get(user_id)

    def put_key(self, key: ApiKey) -> None:
        with self._store.lock:
            self._store.keys[key.user_id, key.id] = key

    def keys_of(self, user_id: str) -> list[ApiKey]:
        with self._store.lock:
            return [key for key in self._store.keys.values() if key.user_id == user_id]

    def remove_key(self, user_id: str, key_id: str) -> None:
        with self._store.lock:
            self._store.keys.pop((user_id, key_id), None)

    def _write(self, user: User, password_hash: str) -> bool:
        """Write profile, name and, of an administrator, the mark; with the lock held."""
        assert user.username is not None
        taken = self._store.usernames.get(user.username.lower())
        if taken is not None and taken.user_id != user.id:
            return False
        if user.is_administrator:
            if self._store.first_administrator not in (None, user.id):
                return False
            self._store.first_administrator = user.id
        self._store.usernames[user.username.lower()] = Proof(
            username=user.username, user_id=user.id, password_hash=password_hash
        )
        self._store.users[user.id] = user
        return True
