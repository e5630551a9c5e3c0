"""What happened, from where clients stand? Lines of a history, as the checker reads them."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

Event = dict[str, Any]

APART = frozenset(
    {"seq", "kind", "by", "at", "text", "type"}
)  # in lines of their own, or no matter


def now_ms() -> float:
    """Read the clock that all lines of a run share."""
    return time.monotonic() * 1000


def digest(text: str) -> str:
    """Shorten a text to what tells it from others."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def message_id(author: str, client_message_id: str) -> str:
    """Name a message: two authors may have chosen the same id."""
    return f"{author}/{client_message_id}"


def what_of(kind: str, by: str, rest: Mapping[str, Any]) -> str:
    """Tell all there is of an entry that is no message, but for its text.

    `rest` may name its fields as the wire does, or as the store does.
    """
    told = {_camel(name): value for name, value in rest.items() if name not in APART and value}
    return " ".join([kind, by, *(f"{name}={told[name]}" for name in sorted(told))])


def face_of(event: Event) -> tuple[str, str, str]:
    """Give an entry's message id, what else it is, and the digest of its text."""
    if event["kind"] == "messageSent":
        id_ = message_id(event["by"], event["clientMessageId"])
        return id_, "", digest(event["text"])
    text = digest(event["text"]) if "text" in event else ""
    return "", what_of(event["kind"], event["by"], event), text


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


class Recorder:
    """Writes one history; lines of one client come in its own order."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", buffering=1 << 20)
        self.acknowledged = 0
        self.delivered = 0
        self.connects = 0

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, kind: str, **fields: Any) -> None:
        """Add a line, as of now."""
        line = {"kind": kind, "at": round(now_ms(), 1), **fields}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.acknowledged += kind == "ok"
        self.connects += kind == "connect"

    def deliver(self, client: str, room: str, epoch: str, event: Event) -> None:
        """Add that an entry is shown; there are millions of these."""
        id_, what, text = face_of(event)
        more = f',"what":{json.dumps(what)}' if what else ""
        self.delivered += 1
        self._file.write(
            f'{{"kind":"deliver","at":{now_ms():.1f},"client":"{client}","room":"{room}",'
            f'"epoch":"{epoch}","seq":{event["seq"]},"id":{json.dumps(id_)},"text":"{text}"'
            f"{more}}}\n"
        )
