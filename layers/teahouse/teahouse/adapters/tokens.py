"""Access tokens: JWT, HS256 and nothing else.

Of a token's header only `kid` is read, and only to find one of our own keys: never `alg`, `jku`,
`jwk` or `x5u` (CVE-2022-29217 and its kin).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import jwt

from teahouse.domain.session import ACCESS_TOKEN_MS, Session
from teahouse.ports import Accounts

ISSUER = "teahouse"
AUDIENCE = "teahouse-api"
KIND = "access"
KEYS_FOR_MS = 5 * 60 * 1000  # a new or withdrawn key is known everywhere after this
LOOK_AGAIN_MS = 10 * 1000  # a token of an unknown key makes us look, at most this often

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_REQUIRED = ["iss", "aud", "exp", "iat", "sub", "sid", "typ"]


class JwtTokens:
    """Signs with the newest key, reads with any; the keys are kept a while."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._keys: Mapping[str, str] = {}
        self._keys_read_at = 0

    def issue(self, session: Session, now_ms: int) -> tuple[str, int]:
        key_id, key = list(self._keys_at(now_ms).items())[-1]
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
        token = jwt.encode(claims, key, algorithm="HS256", headers={"kid": key_id})
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
        key = self._keys_at(now_ms).get(key_id)
        if key is None and abs(now_ms - self._keys_read_at) >= LOOK_AGAIN_MS:
            key = self._read_keys(now_ms).get(key_id)
        return key

    def _keys_at(self, now_ms: int) -> Mapping[str, str]:
        is_fresh = abs(now_ms - self._keys_read_at) < KEYS_FOR_MS
        return self._keys if self._keys and is_fresh else self._read_keys(now_ms)

    def _read_keys(self, now_ms: int) -> Mapping[str, str]:
        self._keys = self._accounts.signing_keys()
        self._keys_read_at = now_ms
        return self._keys


def _holder(claims: Mapping[str, Any], now_ms: int) -> tuple[str, str] | None:
    """Give user id and session id, if the claims are of the right kind and time."""
    user_id, session_id, expires_s = claims["sub"], claims["sid"], claims["exp"]
    if claims["typ"] != KIND or not isinstance(expires_s, int) or expires_s * 1000 <= now_ms:
        return None
    if not isinstance(user_id, str) or not isinstance(session_id, str):
        return None
    return user_id, session_id
