"""Who hears of a new object? What a bucket's notification configuration names.

Sources: Amazon S3 User Guide, "Event message structure", and there "Supported event types": a form
is `ObjectCreated:Post`, not `Put`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote_plus

from local_cloud.resources import REGION
from local_cloud.services.objects import ObjectFacts

PUT, POST, COPY = "ObjectCreated:Put", "ObjectCreated:Post", "ObjectCreated:Copy"


@dataclass(frozen=True, slots=True)
class BucketTarget:
    """One line of a notification configuration; `arn` names a function or a queue."""

    arn: str
    event: str  # "s3:ObjectCreated:*"
    prefix: str = ""
    suffix: str = ""

    def hears(self, key: str, how: str = PUT) -> bool:
        """Tell whether a new object of that key is told."""
        is_event = fnmatchcase(f"s3:{how}", self.event)
        return is_event and key.startswith(self.prefix) and key.endswith(self.suffix)


def object_created(bucket: str, facts: ObjectFacts, how: str = PUT) -> dict[str, Any]:
    """Build the event; the key is encoded as in a form."""
    moment = datetime.fromtimestamp(facts.modified_at_s, UTC)
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "eventName": how,
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {
                "key": quote_plus(facts.key, safe="/"),
                "size": facts.size,
                "eTag": facts.etag,
            },
        },
    }
    return {"Records": [record]}
