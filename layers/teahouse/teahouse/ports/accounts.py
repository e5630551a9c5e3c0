"""What does the core need to know people and their sessions?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from teahouse.domain.key import ApiKey
from teahouse.domain.session import Session, SigningKey, Ticket
from teahouse.domain.user import Proof, User


class Accounts(Protocol):
    """People, how they sign in, and the keys that sign tokens."""

    def create(self, user: User, password_hash: str | None) -> bool:
        """Write a user, and the user name if there is one; False if that name is taken."""
        ...

    def get(self, user_id: str) -> User:
        """Get a user.

        Raises:
            NotFound: there is none.
        """
        ...

    def get_many(self, user_ids: Iterable[str]) -> dict[str, User]:
        """Get users; who is not there is left out. May lag."""
        ...

    def change_profile(self, user: User) -> None:
        """Write a user's profile anew; nothing happens if there is none, or it was erased."""
        ...

    def find_by_username(self, username: str) -> tuple[User, str] | None:
        """Find a user and the password hash by user name, letters of either case, strongly."""
        ...

    def ids_by_username(self, usernames: Sequence[str]) -> dict[str, str]:
        """Find whose user names (at most 100) these are, by name in lower case. May lag."""
        ...

    def put_session(self, session: Session) -> None: ...

    def find_session(self, user_id: str, session_id: str) -> Session | None:
        """Find a session, strongly; whether it is still alive is for the caller to say."""
        ...

    def touch_session(self, session: Session, now_ms: int) -> None:
        """Move the idle clock on; a session that has been removed stays so."""
        ...

    def remove_session(self, user_id: str, session_id: str) -> None: ...

    def sessions_of(self, user_id: str) -> list[Session]:
        """List a person's sessions, strongly; ended ones may be among them."""
        ...

    def find_key(self, user_id: str, key_id: str) -> ApiKey | None:
        """Find an API key, strongly."""
        ...

    def put_ticket(self, ticket: Ticket) -> None: ...

    def take_ticket(self, secret_hash: str) -> Ticket | None:
        """Remove a ticket and give it; None if it is not there (any more)."""
        ...

    def signing_keys(self) -> list[SigningKey]:
        """List the keys that sign access tokens by number, the newest last, strongly."""
        ...

    def add_signing_key(self, number: int, now_ms: int) -> None:
        """Make the signing key of this number, if there is none."""
        ...


class Proofs(Protocol):
    """User names and what proves them, and API keys; for REST alone, where people sign in."""

    def first_administrator(self) -> str | None:
        """Find who was made administrator first, strongly; None if nobody ever was."""
        ...

    def create_first(self, user: User, password_hash: str) -> bool:
        """Write an administrator with the mark that there has been one, in one step.

        False, and nothing changes, if there has been one, or the user name is taken.
        """
        ...

    def adopt(self, user: User, password_hash: str) -> bool:
        """Write a guest's profile anew, as an account's, and its user name.

        False, and nothing changes, if the name is taken or the user is no guest (any more); for an
        administrator also as `create_first`.
        """
        ...

    def find(self, username: str) -> Proof | None:
        """Find what proves a user name, in either case, strongly; one read, found or not."""
        ...

    def replace(self, before: Proof, after: Proof) -> bool:
        """Write the proof of a user name anew; False if it is not the one before (any more)."""
        ...

    def erase(self, user: User, username: str | None) -> None:
        """Write what is left of a user and free the user name, in one step; again is no harm."""
        ...

    def note_progress(self, user_id: str, place: str) -> None:
        """Remember how far the erasing of an account has come."""
        ...

    def progress(self, user_id: str) -> str | None:
        """Find what `note_progress` last wrote, strongly."""
        ...

    def put_key(self, key: ApiKey) -> None: ...

    def keys_of(self, user_id: str) -> list[ApiKey]:
        """List a person's API keys, strongly."""
        ...

    def remove_key(self, user_id: str, key_id: str) -> None: ...


class Passwords(Protocol):
    """Slow hashing."""

    def hash(self, password: str) -> str: ...

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Compare; with None, take the same time and say no."""
        ...


class Tokens(Protocol):
    """Short-lived access tokens."""

    def issue(self, session: Session, now_ms: int) -> tuple[str, int]:
        """Sign a token for a session; returns it and when it expires."""
        ...

    def read(self, token: str, now_ms: int) -> tuple[str, str] | None:
        """Return (user id, session id) of a token that holds, else None."""
        ...
