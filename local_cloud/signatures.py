"""Who signed this request? AWS's Signature Version 4, verified in full.

Source: IAM User Guide, "Create a signed AWS API request"; held against botocore's signer.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from local_cloud.credentials import Credentials, new_credentials
from local_cloud.resources import REGION

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

ALGORITHM = "AWS4-HMAC-SHA256"
BLOCK_BYTES = 64  # of SHA-256, as RFC 2104 needs it
MAX_SKEW_S = 300  # AWS: "within five minutes of the time stamp"
CLAIM = re.compile(
    ALGORITHM + r" Credential=([A-Z0-9]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?"
)
SIGNATURE = re.compile(r"[0-9a-f]{64}")
REMEMBERED_BYTES = 32_768  # of a body; a fan-out has the same one in every post
TIMESTAMP = re.compile(r"\d{8}T\d{6}Z")


class Refusal(Enum):
    """Why a request is refused."""

    UNSIGNED = "no signature"
    UNKNOWN_KEY = "an unknown key or token"
    OUT_OF_TIME = "signed too long ago, or ahead"
    WRONG_SCOPE = "signed for another region or service"
    MISMATCH = "a signature that does not match"


class Request(NamedTuple):
    """What is signed. `path` is as it travelled, query included; header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says to have signed, for when and where, and which headers by lower-case name."""

    key_id: str
    day: str
    region: str
    service: str
    signed: tuple[str, ...]


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
        claim, signature = read_authorization(headers.get("authorization", ""))
        timestamp = headers.get("x-amz-date", "")
        if claim is None or TIMESTAMP.fullmatch(timestamp) is None:
            return Refusal.UNSIGNED
        function_id, credentials = self._by_key.get(claim.key_id, (None, None))
        if function_id is None or credentials is None:
            return Refusal.UNKNOWN_KEY
        token = headers.get("x-amz-security-token", "")
        if not hmac.compare_digest(token.encode(), credentials.session_token.encode()):
            return Refusal.UNKNOWN_KEY
        if claim.region != REGION or service not in (None, claim.service):
            return Refusal.WRONG_SCOPE
        if claim.day != timestamp[:8] or abs(self._now_s() - epoch_s(timestamp)) > MAX_SKEW_S:
            return Refusal.OUT_OF_TIME
        if not covers_enough(claim.signed, headers):
            return Refusal.MISMATCH
        scope = f"{claim.day}/{claim.region}/{claim.service}/aws4_request"
        canonical = canonical_request(request, claim.signed)
        text = f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashlib.sha256(canonical).hexdigest()}"
        secret = credentials.secret_access_key
        expected = signature_of(text, secret, claim.day, claim.region, claim.service)
        if not hmac.compare_digest(expected, signature):
            return Refusal.MISMATCH
        return function_id


def read_authorization(header: str) -> tuple[Claim | None, str]:
    """Take a header apart: what is claimed (None: it cannot be read) and the signature for it."""
    claim, _, signature = header.rpartition("Signature=")
    if SIGNATURE.fullmatch(signature) is None:
        return None, ""
    return read_claim(claim), signature


@lru_cache(maxsize=256)
def read_claim(text: str) -> Claim | None:
    """Read all but the signature, which is the same in each request of a worker's day."""
    match = CLAIM.fullmatch(text)
    if match is None:
        return None
    key_id, day, region, service, names = match.groups()
    return Claim(key_id, day, region, service, tuple(names.split(";")))


def covers_enough(signed: Sequence[str], headers: Mapping[str, str]) -> bool:
    """Tell whether the signature covers the host and every x-amz- header, as AWS demands.

    Else X-Amz-Target could be changed on the way: PutItem into DeleteTable.
    """
    missing = [name for name in signed if name not in headers]
    uncovered = [name for name in headers if name.startswith("x-amz-") and name not in signed]
    return "host" in signed and not missing and not uncovered


def canonical_request(request: Request, signed: Sequence[str]) -> bytes:
    """Return the text whose hash is signed; the body always stands in it by its hash."""
    path, _, query = request.path.partition("?")
    lines = [
        request.method,
        canonical_path(path),
        canonical_query(query) if query else "",
        *[f"{name}:{canonical_value(request.headers[name])}" for name in signed],
        "",
        ";".join(signed),
        body_hash(request.body),
    ]
    return "\n".join(lines).encode()


def body_hash(body: bytes) -> str:
    """Return the hash of a body, in hexadecimal."""
    remembers = len(body) <= REMEMBERED_BYTES
    return _remembered_hash(body) if remembers else hashlib.sha256(body).hexdigest()


@lru_cache(maxsize=16)
def _remembered_hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


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


@lru_cache(maxsize=1024)
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


def signature_of(text: str, secret: str, day: str, region: str, service: str) -> str:
    """Sign a text: HMAC by its parts (RFC 2104), so that a key is hashed once a day."""
    keyed_inner, keyed_outer = _keyed(secret, day, region, service)
    inner, outer = keyed_inner.copy(), keyed_outer.copy()
    inner.update(text.encode())
    outer.update(inner.digest())
    return outer.hexdigest()


@lru_cache(maxsize=256)
def _keyed(secret: str, day: str, region: str, service: str) -> tuple[Hash, Hash]:
    key = signing_key(secret, day, region, service).ljust(BLOCK_BYTES, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
    return hashlib.sha256(inner), hashlib.sha256(outer)


@lru_cache(maxsize=64)
def epoch_s(timestamp: str) -> float:
    """Return a timestamp of the form 20260102T030405Z in seconds; an impossible one as 0."""
    try:
        return datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0
