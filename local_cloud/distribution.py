"""Which paths of the one host lead to a bucket? A CloudFront distribution's cache behaviours.

Requests pass as CloudFront passes them without an origin request policy: no cookies, no
`Authorization`, no query. The page itself, the default behaviour, is `static_site.py`.
Sources: CloudFront Developer Guide, "Request and response behavior for Amazon S3 origins" and
"Cache behavior settings"; CloudFormation, AWS::CloudFront::Distribution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from local_cloud.http_messages import Request

BUCKET_HOST = re.compile(r"(.+)\.s3[.-].*amazonaws\.com")
# The one kind of function that is understood: it gives every request the same path.
REWRITE = re.compile(r"\{[^{}]*request\.uri\s*=\s*['\"](/[^'\"]*)['\"]\s*;\s*return[^{}]*\}")
WITHHELD = frozenset({"cookie", "authorization"})


@dataclass(frozen=True, slots=True)
class BucketPath:
    """One behaviour: `path` is what the bucket is asked for, None for the path that was asked."""

    pattern: str
    bucket: str
    methods: tuple[str, ...]
    path: str | None = None

    def leads(self, request: Request) -> bool:
        """Tell whether this behaviour takes a request; `*` and `?` are as in a file name."""
        expression = re.escape(self.pattern).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(expression, request.path) is not None and request.method in self.methods

    def at_the_bucket(self, request: Request) -> Request:
        """Make of a viewer's request the one that reaches the bucket, with a path-style address."""
        path = request.path if self.path is None else self.path
        kept = tuple(header for header in request.headers if header[0].lower() not in WITHHELD)
        return replace(request, target=f"/{self.bucket}{path}", headers=kept)


def bucket_paths(
    config: Mapping[str, Any], buckets: Mapping[str, str], functions: Mapping[str, str]
) -> Iterator[BucketPath]:
    """List the behaviours before buckets.

    `buckets` are names by name, as `RegionalDomainName` begins; `functions` the code of CloudFront
    functions by ARN.

    Raises:
        ValueError: a function before a bucket does more than set one path.
    """
    origins = {origin["Id"]: str(origin["DomainName"]) for origin in config.get("Origins") or ()}
    for behaviour in config.get("CacheBehaviors") or ():
        match = BUCKET_HOST.fullmatch(origins.get(behaviour["TargetOriginId"], ""))
        if match is None or match[1] not in buckets:
            continue
        codes = [
            functions.get(str(one["FunctionARN"]), "")
            for one in behaviour.get("FunctionAssociations") or ()
            if one["EventType"] == "viewer-request"
        ]
        rewrites = [REWRITE.search(code) for code in codes]
        if None in rewrites:
            raise ValueError(f"{behaviour['PathPattern']}: its function is not understood here")
        yield BucketPath(
            str(behaviour["PathPattern"]),
            match[1],
            tuple(behaviour.get("AllowedMethods") or ("GET", "HEAD")),
            next((found[1] for found in rewrites if found is not None), None),
        )
