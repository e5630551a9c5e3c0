"""With which keys does a function sign? Random ones of its own, made at every start."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # the alphabet of AWS's key ids


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a role's session holds; AWS refuses a request that lacks the token."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """Return the variables in which Lambda gives them to a handler."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }


def new_credentials() -> Credentials:
    """Return fresh keys; the prefix ASIA marks a role's, as IAM's "Unique identifiers" says."""
    return Credentials(
        access_key_id="ASIA" + "".join(secrets.choice(BASE32) for _ in range(16)),
        secret_access_key=secrets.token_urlsafe(30),
        session_token=secrets.token_urlsafe(96),
    )
