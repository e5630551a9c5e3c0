"""Who signed this request? AWS's Signature Version 4, verified in full.

Source: IAM User Guide, "Create a signed AWS API request"; held against botocore's signer.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from urllib.parse import quote, unquote

from local_cloud.credentials import Credentials, new_credentials
from local_cloud.resources import REGION

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_SKEW_S = 300  # AWS: "within five minutes of the time stamp"
AUTHORIZATION = re.compile(
    ALGORITHM + r" Credential=([A-Z0-9]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
TIMESTAMP = re.compile(r"\d{8}T\d{6}Z")


class Refusal(Enum):
    """Why a request is refused."""

    UNSIGNED = "no signature"
    UNKNOWN_KEY = "an unknown key or token"
    OUT_OF_TIME = "signed too long ago, or ahead"
    WRONG_SCOPE = "signed for another region or service"
    MISMATCH = "a signature that does not match"


@dataclass(frozen=True, slots=True)
class Request:
    """What is signed. `path` is as it travelled, query included; header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Signatures:
    """The keys of all functions, and the verification of what is signed with them."""

    def __init__(self, now_s: Callable[[], float] = time.time) -> None:
        self._now_s = now_s
        self._by_function: dict[str, Credentials] = {}
        self._by_key: dict[str, tuple[str, Credentials]] = {}

    def credentials_for(self, function_id: str) -> Credentials:
        """Return the function's keys, the same ones each time."""
        if function_id not in self._by_function:
            credentials = new_credentials()
            self._by_function[function_id] = credentials
            self._by_key[credentials.access_key_id] = (function_id, credentials)
        return self._by_function[function_id]

    def session_for(self, function_id: str) -> Credentials:
        """Return new keys of the function, as each of its workers has its own on AWS."""
        credentials = new_credentials()
        self._by_key[credentials.access_key_id] = (function_id, credentials)
        return credentials

    def forget(self, access_key_id: str) -> None:
        """Refuse what is signed with this key from now on; its worker is gone."""
        self._by_key.pop(access_key_id, None)

    def find(self, access_key_id: str) -> tuple[str, Credentials] | None:
        """Find the function that has these keys."""
        return self._by_key.get(access_key_id)

    def verify(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        service: str | None = None,
    ) -> str | None:
        """Return the function that signed this for `service` (None: for any), or None."""
        lower = {name.lower(): value for name, value in headers.items()}
        judged = self.judge(Request(method, path, lower, body), service)
        return None if isinstance(judged, Refusal) else judged

    def judge(self, request: Request, service: str | None = None) -> str | Refusal:
        """Return the function that signed the request, or why it is refused."""
        headers = request.headers
        match = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        timestamp = headers.get("x-amz-date", "")
        if match is None or TIMESTAMP.fullmatch(timestamp) is None:
            return Refusal.UNSIGNED
        key_id, day, region, signed_service, names, signature = match.groups()
        function_id, credentials = self._by_key.get(key_id, (None, None))
        if function_id is None or credentials is None:
            return Refusal.UNKNOWN_KEY
        token = headers.get("x-amz-security-token", "")
        if not hmac.compare_digest(token.encode(), credentials.session_token.encode()):
            return Refusal.UNKNOWN_KEY
        if region != REGION or service not in (None, signed_service):
            return Refusal.WRONG_SCOPE
        if day != timestamp[:8] or abs(self._now_s() - epoch_s(timestamp)) > MAX_SKEW_S:
            return Refusal.OUT_OF_TIME
        signed = names.split(";")
        if not covers_enough(signed, headers):
            return Refusal.MISMATCH
        scope = f"{day}/{region}/{signed_service}/aws4_request"
        canonical = canonical_request(request, signed)
        text = f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}"
        key = signing_key(credentials.secret_access_key, day, region, signed_service)
        expected = hmac.digest(key, text.encode(), "sha256").hex()
        if not hmac.compare_digest(expected, signature):
            return Refusal.MISMATCH
        return function_id


def covers_enough(signed: list[str], headers: Mapping[str, str]) -> bool:
    """Tell whether the signature covers the host and every x-amz- header, as AWS demands.

    Else X-Amz-Target could be changed on the way: PutItem into DeleteTable.
    """
    return (
        "host" in signed
        and all(name in headers for name in signed)
        and all(name in signed for name in headers if name.startswith("x-amz-"))
    )


def canonical_request(request: Request, signed: list[str]) -> bytes:
    """Return the text whose hash is signed; the body always stands in it by its hash."""
    path, _, query = request.path.partition("?")
    lines = [
        request.method,
        canonical_path(path),
        canonical_query(query) if query else "",
        *(f"{name}:{canonical_value(request.headers[name])}" for name in signed),
        "",
        ";".join(signed),
        hashlib.sha256(request.body).hexdigest(),
    ]
    return "\n".join(lines).encode()


@lru_cache(maxsize=4096)
def canonical_path(path: str) -> str:
    """Encode the path once more: all services but S3 sign it encoded twice, without dots."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    ending = "/" if path.endswith("/") and kept else ""
    return quote("/" + "/".join(kept) + ending, safe="/~")


def canonical_query(query: str) -> str:
    """Sort the parameters and encode each name and value once."""
    pairs = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        pairs.append((quote(unquote(name), safe="-_.~"), quote(unquote(value), safe="-_.~")))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def canonical_value(value: str) -> str:
    """Trim a header's value and make each run of white space one space."""
    return " ".join(value.split())


@lru_cache(maxsize=256)
def signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    """Derive the key of one day, region and service."""
    key = b"AWS4" + secret.encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


@lru_cache(maxsize=64)
def epoch_s(timestamp: str) -> float:
    """Return a timestamp of the form 20260102T030405Z in seconds; an impossible one as 0."""
    try:
        return datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
