"""What do people, sign-ins, tickets and signing keys look like in the table?"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace

from teahouse.adapters.items.values import (
    Item,
    Key,
    Number,
    Text,
    int_of,
    number,
    text_or_none,
    value_of,
    wrapped,
)
from teahouse.domain.key import SCOPES, ApiKey
from teahouse.domain.session import Scope, Session, SigningKey, Ticket
from teahouse.domain.user import Proof, User

KEYS = "KEYS"  # the partition of the keys that sign tokens
SESSION_PREFIX = "S#"
KEY_PREFIX = "K#"
TTL_GRACE_S = 3600  # readers compare with the clock; TTL only reclaims space


class ProfileItem(Item):
    """Somebody, as others see them."""

    pk: Text
    sk: Text
    n: Text
    c: Text
    k: Text
    un: Text | None = None
    av: Text | None = None
    la: Text | None = None
    ad: Number | None = None
    d: Number | None = None


class NameItem(Item):
    """A user name in lower case: whose it is, how it is spelt, and the hashes that prove it."""

    pk: Text
    sk: Text
    u: Text
    h: Text
    n: Text | None = None
    rh: Text | None = None


class ErasingItem(Item):
    """How far the erasing of an account has come."""

    pk: Text
    sk: Text
    at: Text


class NamedItem(Item):
    """Whose a user name is; what proves it is not even read."""

    pk: Text
    sk: Text
    u: Text


class AdministratorItem(Item):
    """The mark that there has been an administrator."""

    pk: Text
    sk: Text
    u: Text


class SessionItem(Item):
    """A sign-in."""

    pk: Text
    sk: Text
    h: Text
    at: Number
    used: Number
    ttl: Number


class TicketItem(Item):
    """Leave to open one socket."""

    pk: Text
    sk: Text
    u: Text
    s: Text
    exp: Number
    ttl: Number
    sc: Text | None = None
    o: Text | None = None


class ApiKeyItem(Item):
    """An API key; its scopes are words with spaces between."""

    pk: Text
    sk: Text
    h: Text
    n: Text
    sc: Text
    at: Number


class KeyItem(Item):
    """A key that signs access tokens; `sk` is its number and, behind `#`, its id.

    All workers that miss a number write the same row, so that one of them wins.
    """

    pk: Text
    sk: Text
    secret: Text
    at: Number | None = None


def user_partition(user_id: str) -> str:
    """Name the partition of a person."""
    return f"U#{user_id}"


def profile_key(user_id: str) -> Key:
    """Name a profile."""
    return user_partition(user_id), "USER"


def name_key(username: str) -> Key:
    """Name a user name; letters of either case name the same."""
    return f"N#{username.lower()}", "NAME"


def ids_of(rows: Iterable[NamedItem]) -> dict[str, str]:
    """Tell whose user names were found, by name in lower case."""
    return {row.pk.S.removeprefix("N#"): row.u.S for row in rows}


def session_key(user_id: str, session_id: str) -> Key:
    """Name a sign-in."""
    return user_partition(user_id), f"{SESSION_PREFIX}{session_id}"


def erasing_key(user_id: str) -> Key:
    """Name how far the erasing of an account has come."""
    return user_partition(user_id), "ERASING"


def api_key_key(user_id: str, key_id: str) -> Key:
    """Name an API key."""
    return user_partition(user_id), f"{KEY_PREFIX}{key_id}"


def administrator_key() -> Key:
    """Name the mark that there has been an administrator."""
    return "ADMINISTRATOR", "FIRST"


def ticket_key(secret_hash: str) -> Key:
    """Name a ticket."""
    return f"T#{secret_hash}", "TICKET"


def profile_item(user: User) -> ProfileItem:
    """Make the item of a profile."""
    return ProfileItem(
        *wrapped(profile_key(user.id)),
        n=Text(user.display_name),
        c=Text(user.color),
        k=Text(user.kind),
        un=text_or_none(user.username),
        av=text_or_none(user.avatar),
        la=text_or_none(user.language),
        ad=number(1) if user.is_administrator else None,
        d=number(1) if user.is_deleted else None,
    )


def user_of(item: ProfileItem) -> User:
    """Make the user of an item."""
    return User(
        id=item.pk.S.removeprefix("U#"),
        display_name=item.n.S,
        color=item.c.S,
        kind=item.k.S,  # type: ignore[arg-type]  # only `profile_item` writes it
        username=value_of(item.un),
        avatar=value_of(item.av),
        language=value_of(item.la),  # type: ignore[arg-type]  # as above
        is_administrator=item.ad is not None,
        is_deleted=item.d is not None,
    )


def name_item(proof: Proof) -> NameItem:
    """Make the item of a user name."""
    return NameItem(
        *wrapped(name_key(proof.username)),
        u=Text(proof.user_id),
        h=Text(proof.password_hash),
        n=Text(proof.username),
        rh=text_or_none(proof.recovery_hash),
    )


def proof_of(item: NameItem) -> Proof:
    """Make the proof of an item."""
    return Proof(
        username=value_of(item.n) or item.pk.S.removeprefix("N#"),
        user_id=item.u.S,
        password_hash=item.h.S,
        recovery_hash=value_of(item.rh),
    )


def administrator_item(user: User) -> AdministratorItem:
    """Make the mark of the first administrator."""
    return AdministratorItem(*wrapped(administrator_key()), u=Text(user.id))


def session_item(session: Session) -> SessionItem:
    """Make the item of a sign-in."""
    return SessionItem(
        *wrapped(session_key(session.user_id, session.id)),
        h=Text(session.secret_hash),
        at=number(session.created_at),
        used=number(session.last_used_at),
        ttl=number(_ttl(session.ends_at)),
    )


def session_of(item: SessionItem) -> Session:
    """Make the session of an item."""
    return Session(
        id=item.sk.S.removeprefix(SESSION_PREFIX),
        user_id=item.pk.S.removeprefix("U#"),
        secret_hash=item.h.S,
        created_at=int(item.at),
        last_used_at=int(item.used),
    )


def ttl_when_used(session: Session, now_ms: int) -> int:
    """Tell until when the row of a session that is used now must stay."""
    return _ttl(replace(session, last_used_at=now_ms).ends_at)


def ticket_item(ticket: Ticket) -> TicketItem:
    """Make the item of a ticket."""
    return TicketItem(
        *wrapped(ticket_key(ticket.secret_hash)),
        u=Text(ticket.user_id),
        s=Text(ticket.session_id),
        exp=number(ticket.expires_at),
        ttl=number(_ttl(ticket.expires_at)),
        sc=None if ticket.scopes is None else _scopes_text(ticket.scopes),
        o=text_or_none(ticket.origin),
    )


def ticket_of(item: TicketItem) -> Ticket:
    """Make the ticket of an item."""
    return Ticket(
        secret_hash=item.pk.S.removeprefix("T#"),
        user_id=item.u.S,
        session_id=item.s.S,
        expires_at=int(item.exp),
        scopes=None if item.sc is None else _scopes_of(item.sc),
        origin=value_of(item.o),
    )


def api_key_item(key: ApiKey) -> ApiKeyItem:
    """Make the item of an API key."""
    return ApiKeyItem(
        *wrapped(api_key_key(key.user_id, key.id)),
        h=Text(key.secret_hash),
        n=Text(key.name),
        sc=_scopes_text(key.scopes),
        at=number(key.created_at),
    )


def api_key_of(item: ApiKeyItem) -> ApiKey:
    """Make the API key of an item."""
    return ApiKey(
        id=item.sk.S.removeprefix(KEY_PREFIX),
        user_id=item.pk.S.removeprefix("U#"),
        name=item.n.S,
        scopes=_scopes_of(item.sc),
        secret_hash=item.h.S,
        created_at=int(item.at),
    )


def new_key_item(number_: int, now_ms: int) -> KeyItem:
    """Make the item of a new signing key, of 256 random bits."""
    place = f"{number_:013}#{number_}"
    secret = Text(secrets.token_urlsafe(32))
    return KeyItem(pk=Text(KEYS), sk=Text(place), secret=secret, at=number(now_ms))


def signing_key_of(item: KeyItem) -> SigningKey:
    """Make the signing key of an item."""
    digits, _, key_id = item.sk.S.partition("#")
    made_at = int_of(item.at) or 0
    return SigningKey(id=key_id, number=int(digits), secret=item.secret.S, made_at=made_at)


def _scopes_text(scopes: frozenset[Scope]) -> Text:
    return Text(" ".join(scope for scope in SCOPES if scope in scopes))


def _scopes_of(text: Text) -> frozenset[Scope]:
    words = text.S.split()
    return frozenset(scope for scope in SCOPES if scope in words)


def _ttl(until_ms: int) -> int:
    return until_ms // 1000 + TTL_GRACE_S
