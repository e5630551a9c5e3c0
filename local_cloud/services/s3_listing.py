"""What is in a bucket? ListObjectsV2, and the removal of many keys at once, in S3's XML.

Source: Amazon S3 API Reference, "ListObjectsV2" and "DeleteObjects".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from local_cloud.http_messages import Answer
from local_cloud.services.objects import ObjectFacts, Objects
from local_cloud.services.s3_signatures import S3Refused

XML = ("Content-Type", "application/xml")
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
MAX_KEYS = 1_000


def listed(bucket: str, query: Mapping[str, str], objects: Objects) -> Answer:
    """Answer ListObjectsV2, and the older ListObjects as far as it is the same."""
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    encode = quote if query.get("encoding-type") == "url" else escape
    limit = _limit(query.get("max-keys"))
    after = _after(query)
    lines: list[str] = []
    groups: list[str] = []
    last = ""
    is_cut = False
    for facts in objects.page(bucket, prefix):
        group = _group(facts.key, prefix, delimiter)
        entry = group or facts.key
        if facts.key <= after or entry <= after or (group and group in groups):
            continue
        if len(lines) + len(groups) == limit:
            is_cut = True
            break
        last = entry
        if group:
            groups.append(group)
        else:
            lines.append(_entry(facts, encode))
    found = "".join(lines) + "".join(
        f"<CommonPrefixes><Prefix>{encode(group)}</Prefix></CommonPrefixes>" for group in groups
    )
    token = base64.urlsafe_b64encode(last.encode()).decode()
    more = f"<NextContinuationToken>{token}</NextContinuationToken>" if is_cut else ""
    text = (
        f'<ListBucketResult xmlns="{NAMESPACE}"><Name>{bucket}</Name>'
        f"<Prefix>{encode(prefix)}</Prefix><Delimiter>{encode(delimiter)}</Delimiter>"
        f"<MaxKeys>{limit}</MaxKeys><KeyCount>{len(lines) + len(groups)}</KeyCount>"
        f"<EncodingType>{query.get('encoding-type', '')}</EncodingType>"
        f"<IsTruncated>{'true' if is_cut else 'false'}</IsTruncated>{more}{found}"
        "</ListBucketResult>"
    )
    return Answer(200, (XML,), text.encode())


def deleted(body: bytes, delete: Callable[[str], None]) -> Answer:
    """Remove the keys that a DeleteObjects request names; a refusal is one key's own."""
    try:
        document = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        text = "The XML you provided was not well-formed"
        raise S3Refused(400, "MalformedXML", text) from error
    keys = [element.text or "" for element in document.iter() if element.tag.endswith("}Key")]
    if not 1 <= len(keys) <= MAX_KEYS:
        raise S3Refused(400, "MalformedXML", "A request names 1 to 1000 keys")
    lines = []
    for key in keys:
        try:
            delete(key)
        except S3Refused as error:
            told = f"<Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
            lines.append(f"<Error><Key>{escape(key)}</Key>{told}</Error>")
        else:
            lines.append(f"<Deleted><Key>{escape(key)}</Key></Deleted>")
    text = f'<DeleteResult xmlns="{NAMESPACE}">{"".join(lines)}</DeleteResult>'
    return Answer(200, (XML,), text.encode())


def _entry(facts: ObjectFacts, encode: Callable[[str], str]) -> str:
    modified = datetime.fromtimestamp(facts.modified_at_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return (
        f"<Contents><Key>{encode(facts.key)}</Key><LastModified>{modified}</LastModified>"
        f'<ETag>"{facts.etag}"</ETag><Size>{facts.size}</Size>'
        "<StorageClass>STANDARD</StorageClass></Contents>"
    )


def _group(key: str, prefix: str, delimiter: str) -> str:
    """Return the common prefix that a key is rolled up into, if any."""
    if not delimiter or delimiter not in key[len(prefix) :]:
        return ""
    return prefix + key[len(prefix) :].partition(delimiter)[0] + delimiter


def _limit(text: str | None) -> int:
    if text is None:
        return MAX_KEYS
    if not text.isdecimal():
        raise S3Refused(400, "InvalidArgument", "Provided max-keys not an integer")
    return min(int(text), MAX_KEYS)


def _after(query: Mapping[str, str]) -> str:
    token = query.get("continuation-token")
    if token is None:
        return query.get("start-after", query.get("marker", ""))
    try:
        return base64.urlsafe_b64decode(token).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        text = "The continuation token provided is incorrect"
        raise S3Refused(400, "InvalidArgument", text) from error
