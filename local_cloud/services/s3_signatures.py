"""Who signed this for S3? The header, the address or the form may carry the signature.

Sources: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)": "Using the
Authorization Header", "Using Query Parameters" and "Browser-Based Uploads Using POST". Unlike
other services S3 signs its paths encoded once, and the hash of a body only if its header says so.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from local_cloud.credentials import Credentials
from local_cloud.http_messages import Request
from local_cloud.resources import REGION
from local_cloud.services.s3_signatures_2 import signature_2, text_of_query
from local_cloud.signatures import (
    ALGORITHM,
    MAX_SKEW_S,
    TIMESTAMP,
    canonical_query,
    canonical_value,
    covers_enough,
    epoch_s,
    read_authorization,
    signing_key,
)

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
MAX_EXPIRES_S = 604_800  # "Using Query Parameters": at most seven days
CREDENTIAL = re.compile(r"([A-Z0-9]+)/(\d{8})/([a-z0-9-]+)/s3/aws4_request")

# access key -> (function, its credentials), or None
Find = Callable[[str], tuple[str, Credentials] | None]


class S3Refused(Exception):
    """A request is refused; `code` is S3's."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class _Claim:
    key_id: str
    day: str
    timestamp: str
    region: str
    names: list[str]
    signature: str
    token: str


class S3Signatures:
    """Verifies the three forms; `find` knows the keys of the functions."""

    def __init__(self, find: Find, now_s: Callable[[], float] = time.time) -> None:
        self._find = find
        self._now_s = now_s

    def caller_of(self, request: Request) -> str:
        """Return the function that signed a request.

        Raises:
            S3Refused: nobody did, or not so that it holds.
        """
        query = dict(parse_qsl(request.query_string, keep_blank_values=True))
        if "X-Amz-Signature" in query:
            return self._by_query(request, query)
        if "AWSAccessKeyId" in query:
            return self._by_older_query(request, query)
        read, signature = read_authorization(request.header("authorization") or "")
        timestamp = request.header("x-amz-date") or ""
        if read is None or TIMESTAMP.fullmatch(timestamp) is None:
            raise S3Refused(403, "AccessDenied", "Access Denied")
        token = request.header("x-amz-security-token") or ""
        signed = list(read.signed)
        claim = _Claim(read.key_id, read.day, timestamp, read.region, signed, signature, token)
        if abs(self._now_s() - epoch_s(timestamp)) > MAX_SKEW_S:
            text = "The difference between the request time and the current time is too large."
            raise S3Refused(403, "RequestTimeTooSkewed", text)
        if not covers_enough(signed, request.fields):
            raise _mismatch()
        payload = request.header("x-amz-content-sha256") or ""
        self._check_payload(payload, request.body)
        return self._verify(claim, _canonical(request, request.query_string, signed, payload))

    def signer_of_form(self, fields: Mapping[str, str]) -> str:
        """Return the function that signed a form's policy.

        Raises:
            S3Refused: nobody did, or not so that it holds.
        """
        if "awsaccesskeyid" in fields and "policy" in fields:
            key_id, signature = fields["awsaccesskeyid"], fields.get("signature", "")
            token = fields.get("x-amz-security-token", "")
            return self._verify_older(key_id, token, fields["policy"], signature)
        match = CREDENTIAL.fullmatch(fields.get("x-amz-credential", ""))
        timestamp = fields.get("x-amz-date", "")
        is_whole = fields.get("x-amz-algorithm") == ALGORITHM and TIMESTAMP.fullmatch(timestamp)
        if match is None or not is_whole or "policy" not in fields:
            raise S3Refused(403, "AccessDenied", "Access Denied")
        key_id, day, region = match.groups()
        token = fields.get("x-amz-security-token", "")
        signature = fields.get("x-amz-signature", "")
        claim = _Claim(key_id, day, timestamp, region, [], signature, token)
        return self._verify_text(claim, fields["policy"])

    def _by_query(self, request: Request, query: Mapping[str, str]) -> str:
        match = CREDENTIAL.fullmatch(query.get("X-Amz-Credential", ""))
        timestamp, expires = query.get("X-Amz-Date", ""), query.get("X-Amz-Expires", "")
        is_whole = query.get("X-Amz-Algorithm") == ALGORITHM and TIMESTAMP.fullmatch(timestamp)
        if match is None or not is_whole or not expires.isdecimal():
            text = "Query-string authentication needs all of its X-Amz- parameters"
            raise S3Refused(400, "AuthorizationQueryParametersError", text)
        if not 0 < int(expires) <= MAX_EXPIRES_S:
            text = "X-Amz-Expires must be less than a week (in seconds)"
            raise S3Refused(400, "AuthorizationQueryParametersError", text)
        now_s, signed_at_s = self._now_s(), epoch_s(timestamp)
        if now_s > signed_at_s + int(expires) or signed_at_s > now_s + MAX_SKEW_S:
            raise S3Refused(403, "AccessDenied", "Request has expired")
        signed = query.get("X-Amz-SignedHeaders", "").split(";")
        if "host" not in signed or not all(name in request.fields for name in signed):
            raise _mismatch()
        kept = [
            part
            for part in request.query_string.split("&")
            if not part.startswith("X-Amz-Signature=")
        ]
        key_id, day, region = match.groups()
        token = query.get("X-Amz-Security-Token", "")
        signature = query["X-Amz-Signature"]
        claim = _Claim(key_id, day, timestamp, region, signed, signature, token)
        payload = request.header("x-amz-content-sha256") or UNSIGNED_PAYLOAD
        self._check_payload(payload, request.body)
        return self._verify(claim, _canonical(request, "&".join(kept), signed, payload))

    def _by_older_query(self, request: Request, query: Mapping[str, str]) -> str:
        expires = query.get("Expires", "")
        if not expires.isdecimal() or int(expires) < self._now_s():
            raise S3Refused(403, "AccessDenied", "Request has expired")
        token = query.get("x-amz-security-token", "")
        text = text_of_query(request, query)
        return self._verify_older(query["AWSAccessKeyId"], token, text, query.get("Signature", ""))

    def _check_payload(self, payload: str, body: bytes) -> None:
        if payload.startswith("STREAMING-"):
            text = "A body in signed chunks is not known to the local cloud"
            raise S3Refused(501, "NotImplemented", text)
        if payload not in (UNSIGNED_PAYLOAD, hashlib.sha256(body).hexdigest()):
            text = "The provided 'x-amz-content-sha256' header does not match what was computed."
            raise S3Refused(400, "XAmzContentSHA256Mismatch", text)

    def _verify(self, claim: _Claim, canonical: bytes) -> str:
        scope = f"{claim.day}/{claim.region}/s3/aws4_request"
        digest = hashlib.sha256(canonical).hexdigest()
        return self._verify_text(claim, f"{ALGORITHM}\n{claim.timestamp}\n{scope}\n{digest}")

    def _verify_text(self, claim: _Claim, text: str) -> str:
        function_id, credentials = self._known(claim.key_id, claim.token)
        if claim.region != REGION or claim.day != claim.timestamp[:8]:
            wrong = f"the region '{claim.region}' is wrong; expecting '{REGION}'"
            raise S3Refused(400, "AuthorizationHeaderMalformed", wrong)
        key = signing_key(credentials.secret_access_key, claim.day, claim.region, "s3")
        expected = hmac.digest(key, text.encode(), "sha256").hex()
        if not hmac.compare_digest(expected, claim.signature):
            raise _mismatch()
        return function_id

    def _verify_older(self, key_id: str, token: str, text: str, signature: str) -> str:
        function_id, credentials = self._known(key_id, token)
        expected = signature_2(credentials.secret_access_key, text)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise _mismatch()
        return function_id

    def _known(self, key_id: str, token: str) -> tuple[str, Credentials]:
        found = self._find(key_id)
        if found is None:
            text = "The AWS Access Key Id you provided does not exist in our records."
            raise S3Refused(403, "InvalidAccessKeyId", text)
        if not hmac.compare_digest(token.encode(), found[1].session_token.encode()):
            raise S3Refused(400, "InvalidToken", "The provided token is malformed or invalid.")
        return found


def _canonical(request: Request, query: str, signed: list[str], payload: str) -> bytes:
    lines = [
        request.method,
        quote(unquote(request.path), safe="/~"),
        canonical_query(query) if query else "",
        *(f"{name}:{canonical_value(request.fields[name])}" for name in signed),
        "",
        ";".join(signed),
        payload,
    ]
    return "\n".join(lines).encode()


def _mismatch() -> S3Refused:
    text = "The request signature we calculated does not match the signature you provided."
    return S3Refused(403, "SignatureDoesNotMatch", text)
