"""Where do objects live? One file each: a line of JSON that describes it, then its bytes."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What is known of an object besides its bytes; `headers` are those that a GET repeats."""

    key: str
    size: int
    etag: str  # without its quotation marks
    modified_at_s: float
    headers: Mapping[str, str] = field(default_factory=dict)


class Objects:
    """The objects of all buckets, below one folder."""

    def __init__(
        self, folder: Path, buckets: list[str], now_s: Callable[[], float] = time.time
    ) -> None:
        self._folder = folder
        self._buckets = set(buckets)
        self._now_s = now_s
        for bucket in buckets:
            (folder / bucket).mkdir(parents=True, exist_ok=True)

    def has_bucket(self, bucket: str) -> bool:
        """Tell whether a bucket exists."""
        return bucket in self._buckets

    def put(self, bucket: str, key: str, data: bytes, headers: Mapping[str, str]) -> ObjectFacts:
        """Write an object, whole or not at all."""
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        facts = ObjectFacts(key, len(data), etag, float(int(self._now_s())), dict(headers))
        path = self._path(bucket, key)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
        fresh.write_bytes(json.dumps(asdict(facts)).encode() + b"\n" + data)
        os.replace(fresh, path)
        return facts

    def find(self, bucket: str, key: str) -> tuple[ObjectFacts, bytes] | None:
        """Read an object; None when there is none."""
        try:
            head, _, data = self._path(bucket, key).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        return ObjectFacts(**json.loads(head)), data

    def remove(self, bucket: str, key: str) -> None:
        """Remove an object, if it is there."""
        self._path(bucket, key).unlink(missing_ok=True)

    def page(self, bucket: str, prefix: str = "") -> Iterator[ObjectFacts]:
        """List a bucket's objects in the order of their keys' bytes."""
        found = []
        for path in (self._folder / bucket).glob("*.object"):
            with path.open("rb") as file:
                facts = ObjectFacts(**json.loads(file.readline()))
            if facts.key.startswith(prefix):
                found.append(facts)
        yield from sorted(found, key=lambda facts: facts.key.encode())

    def _path(self, bucket: str, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()  # a key may be no file name
        return self._folder / bucket / f"{name}.object"
