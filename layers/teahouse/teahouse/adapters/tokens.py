"""Access tokens: JWT, HS256 and nothing else.

Of a token's header only `kid` is read, and only to find one of our own keys: never `alg`, `jku`,
`jwk` or `x5u` (CVE-2022-29217 and its kin).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from teahouse.domain.session import (
    ACCESS_TOKEN_MS,
    KEYS_FOR_MS,
    Session,
    SigningKey,
    keys_that_check,
)
from teahouse.ports import Accounts

ISSUER = "teahouse"
AUDIENCE = "teahouse-api"
KIND = "access"
LOOK_AGAIN_MS = 10 * 1000  # a token of an unknown key makes us look, at most this often

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_REQUIRED = ["iss", "aud", "exp", "iat", "sub", "sid", "typ"]


class JwtTokens:
    """Signs with the newest key, reads with those that check; the keys are kept a while.

    Who signs makes the key of `number`, if there is none so new; so raising the number is all it
    takes to change keys, and who only reads tokens writes nothing.
    """

    def __init__(self, accounts: Accounts, number: int = 1) -> None:
        self._accounts = accounts
        self._number = number
        self._keys: Sequence[SigningKey] = ()
        self._keys_read_at = 0

    def issue(self, session: Session, now_ms: int) -> tuple[str, int]:
        key = self._signing_key(now_ms)
        expires_s = (now_ms + ACCESS_TOKEN_MS) // 1000
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now_ms // 1000,
            "exp": expires_s,
            "sub": session.user_id,
            "sid": session.id,
            "typ": KIND,
        }
        token = jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.id})
        return token, expires_s * 1000

    def read(self, token: str, now_ms: int) -> tuple[str, str] | None:
        try:
            key = self._key_of(token, now_ms)
            if key is None:
                return None
            claims = jwt.decode(
                token,
                key,
                algorithms=["HS256"],
                issuer=ISSUER,
                audience=AUDIENCE,
                # Times are compared below, with the clock that was passed in.
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            return None
        return _holder(claims, now_ms)

    def _key_of(self, token: str, now_ms: int) -> str | None:
        key_id = jwt.get_unverified_header(token).get("kid")
        if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
            return None
        known = _secret_of(key_id, self._keys_at(now_ms), now_ms)
        if known is None and abs(now_ms - self._keys_read_at) >= LOOK_AGAIN_MS:
            return _secret_of(key_id, self._read_keys(now_ms), now_ms)
        return known

    def _signing_key(self, now_ms: int) -> SigningKey:
        keys = self._keys_at(now_ms)
        if not keys or keys[-1].number < self._number:
            self._accounts.add_signing_key(self._number, now_ms)
            keys = self._read_keys(now_ms)
        return keys[-1]

    def _keys_at(self, now_ms: int) -> Sequence[SigningKey]:
        is_fresh = abs(now_ms - self._keys_read_at) < KEYS_FOR_MS
        return self._keys if self._keys and is_fresh else self._read_keys(now_ms)

    def _read_keys(self, now_ms: int) -> Sequence[SigningKey]:
        self._keys = self._accounts.signing_keys()
        self._keys_read_at = now_ms
        return self._keys


def _secret_of(key_id: str, keys: Sequence[SigningKey], now_ms: int) -> str | None:
    return next((key.secret for key in keys_that_check(keys, now_ms) if key.id == key_id), None)


def _holder(claims: Mapping[str, Any], now_ms: int) -> tuple[str, str] | None:
    """Give user id and session id, if the claims are of the right kind and time."""
    user_id, session_id, expires_s = claims["sub"], claims["sid"], claims["exp"]
    if claims["typ"] != KIND or not isinstance(expires_s, int) or expires_s * 1000 <= now_ms:
        return None
    if not isinstance(user_id, str) or not isinstance(session_id, str):
        return None
    return user_id, session_id
