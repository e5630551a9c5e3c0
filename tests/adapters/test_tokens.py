from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from teahouse.adapters.memory.accounts import MemoryAccounts
from teahouse.adapters.memory.store import MemoryStore
from teahouse.adapters.tokens import (
    AUDIENCE,
    ISSUER,
    LOOK_AGAIN_MS,
    JwtTokens,
)
from teahouse.domain.session import (
    ACCESS_TOKEN_MS,
    KEYS_FOR_MS,
    RETIRES_AFTER_MS,
    Session,
    SigningKey,
    hash_secret,
)

from tests.cast import NOON_MS

KEY = "k" * 43
NEW_KEY = "n" * 43
SESSION = Session(
    id="session-id",
    user_id="ann",
    secret_hash=hash_secret("s"),
    created_at=NOON_MS,
    last_used_at=NOON_MS,
)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(signing_keys={1: key(1)})


@pytest.fixture
def tokens(store: MemoryStore) -> JwtTokens:
    return JwtTokens(MemoryAccounts(store))


def key(number: int, made_at: int = NOON_MS, **changes: Any) -> SigningKey:
    secret = KEY if number == 1 else NEW_KEY
    return SigningKey(id=f"k{number}", number=number, secret=secret, made_at=made_at, **changes)


def forged(key: str = KEY, headers: dict[str, Any] | None = None, **changes: Any) -> str:
    """Sign a token as we would, but for `changes`; None takes a claim away."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": NOON_MS // 1000,
        "exp": NOON_MS // 1000 + 600,
        "sub": "ann",
        "sid": "session-id",
        "typ": "access",
    } | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm="HS256", headers={"kid": "k1"} | (headers or {}))


def unsigned(header: dict[str, Any]) -> str:
    payload = forged().split(".")[1]
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{encoded}.{payload}."


def test_a_token_names_its_session_for_ten_minutes(tokens: JwtTokens) -> None:
    token, expires_at = tokens.issue(SESSION, NOON_MS)

    assert expires_at == NOON_MS + ACCESS_TOKEN_MS
    assert tokens.read(token, expires_at - 1) == ("ann", "session-id")
    assert tokens.read(token, expires_at) is None


def test_a_token_made_elsewhere_with_our_key_is_read(tokens: JwtTokens) -> None:
    assert tokens.read(forged(), NOON_MS) == ("ann", "session-id")


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat", "sub", "sid", "typ"])
def test_a_token_without_a_claim_is_refused(tokens: JwtTokens, claim: str) -> None:
    assert tokens.read(forged(), NOON_MS) is not None
    without: dict[str, Any] = {claim: None}
    assert tokens.read(forged(**without), NOON_MS) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"iss": "teahous"},
        {"aud": "other"},
        {"typ": "refresh"},
        {"sub": 7},
        {"sid": ["session-id"]},
        {"exp": "soon"},
        {"key": "x" * 43},
        {"headers": {"kid": "k2"}},
        {"headers": {"kid": "../../etc/passwd"}},
        {"headers": {"kid": "k1\n"}},
        {"headers": {"crit": ["x"], "x": 1}},
    ],
)
def test_a_token_with_something_else_is_refused(tokens: JwtTokens, changes: dict[str, Any]) -> None:
    assert tokens.read(forged(), NOON_MS) is not None
    assert tokens.read(forged(**changes), NOON_MS) is None


@pytest.mark.parametrize(
    "junk",
    [
        "",
        "a.b.c",
        "a" * 9000,
        "." * 9,
        unsigned({"alg": "none", "kid": "k1"}),
        unsigned({"alg": "HS512", "kid": "k1"}),
        unsigned({"alg": "HS256", "kid": ["k1"]}),
        unsigned({"alg": "HS256"}),
        "安.全.么",
    ],
)
def test_junk_is_no_token(tokens: JwtTokens, junk: str) -> None:
    assert tokens.read(forged(), NOON_MS) is not None
    assert tokens.read(junk, NOON_MS) is None


def test_a_key_in_the_header_is_not_looked_at(tokens: JwtTokens) -> None:
    own = "x" * 43
    encoded = base64.urlsafe_b64encode(own.encode()).decode()
    token = forged(key=own, headers={"jwk": {"kty": "oct", "k": encoded}})

    assert tokens.read(forged(), NOON_MS) is not None
    assert tokens.read(token, NOON_MS) is None


def test_two_keys_live_while_one_follows_the_other(store: MemoryStore, tokens: JwtTokens) -> None:
    before, _ = tokens.issue(SESSION, NOON_MS)
    store.signing_keys[2] = key(2)
    later = NOON_MS + KEYS_FOR_MS

    after, _ = tokens.issue(SESSION, later)

    assert jwt.get_unverified_header(before)["kid"] == "k1"
    assert jwt.get_unverified_header(after)["kid"] == "k2"
    assert tokens.read(before, later) == tokens.read(after, later) == ("ann", "session-id")


def test_a_raised_number_makes_a_key_once_and_nobody_is_signed_out(store: MemoryStore) -> None:
    """Control: a worker that still has the lower number makes none, and signs with the new one."""
    old, new, other = (JwtTokens(MemoryAccounts(store), number) for number in (1, 2, 2))
    before, _ = old.issue(SESSION, NOON_MS)

    after, _ = new.issue(SESSION, NOON_MS)
    again, _ = other.issue(SESSION, NOON_MS)
    of_old, _ = old.issue(SESSION, NOON_MS + KEYS_FOR_MS)

    kids = [jwt.get_unverified_header(token)["kid"] for token in (before, after, again, of_old)]
    assert kids == ["k1", "2", "2", "2"]
    assert [made.number for made in store.signing_keys.values()] == [1, 2]
    for tokens in (old, new, other):
        for token in (before, after):
            assert tokens.read(token, NOON_MS + LOOK_AGAIN_MS) == ("ann", "session-id")


def test_who_only_reads_tokens_makes_no_key() -> None:
    """Only what signs people in may write keys; the control is the first that does."""
    store = MemoryStore()
    tokens = JwtTokens(MemoryAccounts(store), 3)

    assert tokens.read(forged(), NOON_MS) is None
    assert store.signing_keys == {}
    tokens.issue(SESSION, NOON_MS)
    assert list(store.signing_keys) == [3]


def test_a_key_that_was_followed_checks_as_long_as_a_token_of_it_may_live(
    store: MemoryStore, tokens: JwtTokens
) -> None:
    """A worker signs with it for five minutes more, and a token lives for ten."""
    stolen = forged(exp=NOON_MS // 1000 + 24 * 3600)
    store.signing_keys[2] = key(2)
    newer = forged(key=NEW_KEY, headers={"kid": "k2"}, exp=NOON_MS // 1000 + 24 * 3600)

    assert RETIRES_AFTER_MS >= KEYS_FOR_MS + ACCESS_TOKEN_MS
    assert tokens.read(stolen, NOON_MS + RETIRES_AFTER_MS - 1) is not None
    assert tokens.read(stolen, NOON_MS + RETIRES_AFTER_MS) is None
    assert tokens.read(newer, NOON_MS + RETIRES_AFTER_MS) is not None


def test_a_withdrawn_key_signs_nobody_in_after_five_minutes(
    store: MemoryStore, tokens: JwtTokens
) -> None:
    token = forged(exp=NOON_MS // 1000 + 3600)
    assert tokens.read(token, NOON_MS) is not None
    store.signing_keys = {2: key(2)}

    assert tokens.read(token, NOON_MS + KEYS_FOR_MS) is None


def test_a_key_that_another_worker_has_begun_to_use_is_found(
    store: MemoryStore, tokens: JwtTokens
) -> None:
    assert tokens.read(forged(), NOON_MS) is not None
    store.signing_keys[2] = key(2)
    newer = forged(key=NEW_KEY, headers={"kid": "k2"})

    assert tokens.read(newer, NOON_MS + LOOK_AGAIN_MS - 1) is None, "not at every token"
    assert tokens.read(newer, NOON_MS + LOOK_AGAIN_MS) is not None
