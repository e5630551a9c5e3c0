"""Accounts on DynamoDB: profiles, user names, sessions, tickets and the keys that sign tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, PutError, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.tables import AccountsMeta, Model, connection
from teahouse.domain.errors import NotFound
from teahouse.domain.session import Session, Ticket
from teahouse.domain.user import User

_PROFILE = "USER"
_NAME = "NAME"
_TICKET = "TICKET"
_KEYS = "KEYS"
# All workers that find no key write this one, so that one of them wins; later ones sort behind it.
_FIRST_KEY = "0000000000000#first"
_TTL_GRACE_S = 3600  # readers compare with the clock; TTL only reclaims space

Row = TypeVar("Row")


class ProfileRow(Model):
    """Somebody, as others see them."""

    Meta = AccountsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=_PROFILE)
    n = UnicodeAttribute()
    c = UnicodeAttribute()
    k = UnicodeAttribute()
    un = UnicodeAttribute(null=True)
    av = UnicodeAttribute(null=True)
    la = UnicodeAttribute(null=True)


class NameRow(Model):
    """A user name in lower case: whose it is, and the hash of the password."""

    Meta = AccountsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=_NAME)
    u = UnicodeAttribute()
    h = UnicodeAttribute()


class SessionRow(Model):
    """A sign-in."""

    Meta = AccountsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    h = UnicodeAttribute()
    at = NumberAttribute()
    used = NumberAttribute()
    ttl = NumberAttribute()


class TicketRow(Model):
    """Leave to open one socket."""

    Meta = AccountsMeta

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=_TICKET)
    u = UnicodeAttribute()
    s = UnicodeAttribute()
    exp = NumberAttribute()
    ttl = NumberAttribute()


class KeyRow(Model):
    """A key that signs access tokens; the part of `sk` behind `#` is its id."""

    Meta = AccountsMeta

    pk = UnicodeAttribute(hash_key=True, default=_KEYS)
    sk = UnicodeAttribute(range_key=True)
    secret = UnicodeAttribute()


class DynamoDbAccounts:
    """The accounts' table."""

    def create(self, user: User, password_hash: str | None) -> bool:
        profile = _profile_row(user)
        if user.username is None or password_hash is None:
            with translated():
                profile.save()
            return True
        name = NameRow(_name_key(user.username), u=user.id, h=password_hash)
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
                return _user(ProfileRow.get(f"U#{user_id}", _PROFILE, consistent_read=True))
            except ProfileRow.DoesNotExist as error:
                raise NotFound from error

    def get_many(self, user_ids: Iterable[str]) -> dict[str, User]:
        keys = [(f"U#{user_id}", _PROFILE) for user_id in dict.fromkeys(user_ids)]
        if not keys:
            return {}
        with translated():
            users = [_user(row) for row in ProfileRow.batch_get(keys)]
        return {user.id: user for user in users}

    def change_profile(self, user: User) -> None:
        try:
            with translated():
                _profile_row(user).save(condition=ProfileRow.pk.exists())
        except PutError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise

    def find_by_username(self, username: str) -> tuple[User, str] | None:
        with translated():
            name = _find(NameRow, _name_key(username), _NAME)
            # A name that nobody has takes as many reads as one that somebody has (ASVS 6.3.8).
            profile = _find(ProfileRow, f"U#{name.u if name else '-'}", _PROFILE)
        return (_user(profile), name.h) if name and profile else None

    def put_session(self, session: Session) -> None:
        with translated():
            SessionRow(
                f"U#{session.user_id}",
                f"S#{session.id}",
                h=session.secret_hash,
                at=session.created_at,
                used=session.last_used_at,
                ttl=_ttl(session.ends_at),
            ).save()

    def find_session(self, user_id: str, session_id: str) -> Session | None:
        with translated():
            row = _find(SessionRow, f"U#{user_id}", f"S#{session_id}")
        return _session(row) if row else None

    def touch_session(self, session: Session, now_ms: int) -> None:
        row = SessionRow(f"U#{session.user_id}", f"S#{session.id}")
        ttl = _ttl(replace(session, last_used_at=now_ms).ends_at)
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
            SessionRow(f"U#{user_id}", f"S#{session_id}").delete()

    def sessions_of(self, user_id: str) -> list[Session]:
        with translated():
            rows = SessionRow.query(
                f"U#{user_id}", SessionRow.sk.startswith("S#"), consistent_read=True
            )
            return [_session(row) for row in rows]

    def put_ticket(self, ticket: Ticket) -> None:
        with translated():
            TicketRow(
                f"T#{ticket.secret_hash}",
                u=ticket.user_id,
                s=ticket.session_id,
                exp=ticket.expires_at,
                ttl=_ttl(ticket.expires_at),
            ).save()

    def take_ticket(self, secret_hash: str) -> Ticket | None:
        try:
            with translated():
                row = _find(TicketRow, f"T#{secret_hash}", _TICKET)
                if row is None:
                    return None
                # Of two that have read it, the condition lets one take it.
                row.delete(condition=TicketRow.u.exists())
        except DeleteError as error:
            if classify(error)[0] is Failure.CONDITION:
                return None
            raise
        return Ticket(
            secret_hash=secret_hash, user_id=row.u, session_id=row.s, expires_at=int(row.exp)
        )

    def signing_keys(self) -> Mapping[str, str]:
        keys = self._read_keys()
        if keys:
            return keys
        first = KeyRow(sk=_FIRST_KEY, secret=secrets.token_urlsafe(32))
        try:
            with translated():
                first.save(condition=KeyRow.pk.does_not_exist())
        except PutError as error:
            if classify(error)[0] is not Failure.CONDITION:
                raise
        return self._read_keys()

    def _read_keys(self) -> dict[str, str]:
        with translated():
            rows = list(KeyRow.query(_KEYS, consistent_read=True))
        return {row.sk.partition("#")[2]: row.secret for row in rows}

    def _is_own_name(self, user: User, username: str) -> bool:
        """Tell whether the name is taken by this very write, whose answer was lost."""
        with translated():
            name = _find(NameRow, _name_key(username), _NAME)
        return name is not None and name.u == user.id


def _find(model: type[Row], pk: str, sk: str) -> Row | None:
    kind: Any = model
    try:
        row: Row = kind.get(pk, sk, consistent_read=True)
    except kind.DoesNotExist:
        return None
    return row


def _name_key(username: str) -> str:
    return f"N#{username.lower()}"


def _ttl(until_ms: int) -> int:
    return until_ms // 1000 + _TTL_GRACE_S


def _profile_row(user: User) -> ProfileRow:
    return ProfileRow(
        f"U#{user.id}",
        n=user.display_name,
        c=user.color,
        k=user.kind,
        un=user.username,
        av=user.avatar,
        la=user.language,
    )


def _user(row: Any) -> User:
    return User(
        id=row.pk.removeprefix("U#"),
        display_name=row.n,
        color=row.c,
        kind=row.k,
        username=row.un,
        avatar=row.av,
        language=row.la,
    )


def _session(row: SessionRow) -> Session:
    return Session(
        id=row.sk.removeprefix("S#"),
        user_id=row.pk.removeprefix("U#"),
        secret_hash=row.h,
        created_at=int(row.at),
        last_used_at=int(row.used),
    )
