"""Accounts on DynamoDB: profiles, user names, sessions, tickets and the keys that sign tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pynamodb.exceptions import DeleteError, PutError, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.tables import AccountsMeta, connection, row_model
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
from teahouse.adapters.items.values import Key
from teahouse.domain.errors import NotFound
from teahouse.domain.key import ApiKey
from teahouse.domain.session import Session, SigningKey, Ticket
from teahouse.domain.user import Proof, User

ProfileRow: Any = row_model(ProfileItem, AccountsMeta)
NameRow: Any = row_model(NameItem, AccountsMeta)
NamedRow: Any = row_model(NamedItem, AccountsMeta)
SessionRow: Any = row_model(SessionItem, AccountsMeta)
TicketRow: Any = row_model(TicketItem, AccountsMeta)
ApiKeyRow: Any = row_model(ApiKeyItem, AccountsMeta)
KeyRow: Any = row_model(KeyItem, AccountsMeta)


class DynamoDbAccounts:
    """The accounts' table."""

    def create(self, user: User, password_hash: str | None) -> bool:
        profile = ProfileRow.of(profile_item(user))
        if user.username is None or password_hash is None:
            with translated():
                profile.save()
            return True
        proof = Proof(username=user.username, user_id=user.id, password_hash=password_hash)
        name = NameRow.of(name_item(proof))
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.save(name, condition=NameRow.pk.does_not_exist())
                transaction.save(profile)
        except TransactWriteError as error:
            if classify(error)[0] is Failure.CONDITION:
                return self._is_own_name(user, user.username)
            raise
        return True

    def get(self, user_id: str) -> User:
        with translated():
            try:
                row = ProfileRow.get(*profile_key(user_id), consistent_read=True)
            except ProfileRow.DoesNotExist as error:
                raise NotFound from error
        return user_of(row.item(ProfileItem))

    def get_many(self, user_ids: Iterable[str]) -> dict[str, User]:
        keys = [profile_key(user_id) for user_id in dict.fromkeys(user_ids)]
        if not keys:
            return {}
        with translated():
            users = [user_of(row.item(ProfileItem)) for row in ProfileRow.batch_get(keys)]
        return {user.id: user for user in users}

    def change_profile(self, user: User) -> None:
        try:
            with translated():
                ProfileRow.of(profile_item(user)).save(
                    condition=ProfileRow.pk.exists() & ProfileRow.d.does_not_exist()
                )
        except PutError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise

    def find_by_username(self, username: str) -> tuple[User, str] | None:
        with translated():
            name = find_row(NameRow, name_key(username))
            # A name that nobody has takes as many reads as one that somebody has (ASVS 6.3.8).
            profile = find_row(ProfileRow, profile_key(name.u if name else "-"))
        return (user_of(profile.item(ProfileItem)), name.h) if name and profile else None

    def ids_by_username(self, usernames: Sequence[str]) -> dict[str, str]:
        keys = list(dict.fromkeys(name_key(name) for name in usernames))
        with translated():
            rows = NamedRow.batch_get(keys, attributes_to_get=["pk", "sk", "u"])
            return ids_of([row.item(NamedItem) for row in rows])

    def put_session(self, session: Session) -> None:
        with translated():
            SessionRow.of(session_item(session)).save()

    def find_session(self, user_id: str, session_id: str) -> Session | None:
        with translated():
            row = find_row(SessionRow, session_key(user_id, session_id))
        return session_of(row.item(SessionItem)) if row else None

    def touch_session(self, session: Session, now_ms: int) -> None:
        row = SessionRow(*session_key(session.user_id, session.id))
        ttl = ttl_when_used(session, now_ms)
        try:
            with translated():
                row.update(
                    actions=[SessionRow.used.set(now_ms), SessionRow.ttl.set(ttl)],
                    condition=SessionRow.h.exists(),
                )
        except UpdateError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise

    def remove_session(self, user_id: str, session_id: str) -> None:
        with translated():
            SessionRow(*session_key(user_id, session_id)).delete()

    def sessions_of(self, user_id: str) -> list[Session]:
        with translated():
            rows = SessionRow.query(
                user_partition(user_id),
                SessionRow.sk.startswith(SESSION_PREFIX),
                consistent_read=True,
            )
            return [session_of(row.item(SessionItem)) for row in rows]

    def find_key(self, user_id: str, key_id: str) -> ApiKey | None:
        with translated():
            row = find_row(ApiKeyRow, api_key_key(user_id, key_id))
        return api_key_of(row.item(ApiKeyItem)) if row else None

    def put_ticket(self, ticket: Ticket) -> None:
        with translated():
            TicketRow.of(ticket_item(ticket)).save()

    def take_ticket(self, secret_hash: str) -> Ticket | None:
        try:
            with translated():
                row = find_row(TicketRow, ticket_key(secret_hash))
                if row is None:
                    return None
                # Of two that have read it, the condition lets one take it.
                row.delete(condition=TicketRow.u.exists())
        except DeleteError as error:
            if classify(error)[0] is Failure.CONDITION:
                return None
            raise
        return ticket_of(row.item(TicketItem))

    def signing_keys(self) -> list[SigningKey]:
        with translated():
            found = KeyRow.query(KEYS, consistent_read=True)
            return [signing_key_of(row.item(KeyItem)) for row in found]

    def add_signing_key(self, number: int, now_ms: int) -> None:
        row = KeyRow.of(new_key_item(number, now_ms))
        try:
            with translated():
                row.save(condition=KeyRow.pk.does_not_exist())
        except PutError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise

    def _is_own_name(self, user: User, username: str) -> bool:
        """Tell whether the name is taken by this very write, whose answer was lost."""
        with translated():
            name = find_row(NameRow, name_key(username))
        return name is not None and bool(name.u == user.id)


def find_row(model: Any, key: Key) -> Any:
    """Find one row, strongly; None if it is not there."""
    try:
        return model.get(*key, consistent_read=True)
    except model.DoesNotExist:
        return None
