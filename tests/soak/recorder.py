"""What happened, from where clients stand? Lines of a history, as the checker reads them."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any

Event = dict[str, Any]


def now_ms() -> float:
    """Read the clock that all lines of a run share."""
    return time.monotonic() * 1000


def digest(text: str) -> str:
    """Shorten a text to what tells it from others."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def message_id(author: str, client_message_id: str) -> str:
    """Name a message: two authors may have chosen the same id."""
    return f"{author}/{client_message_id}"


def message_of(event: Event) -> tuple[str, str]:
    """Give an entry's message id and the digest of its text; both empty if it is no message."""
    if event["kind"] != "messageSent":
        return "", ""
    return message_id(event["by"], event["clientMessageId"]), digest(event["text"])


class Recorder:
    """Writes one history; lines of one client come in its own order."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", buffering=1 << 20)
        self.acknowledged = 0
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
        id_, text = message_of(event)
        self._file.write(
            f'{{"kind":"deliver","at":{now_ms():.1f},"client":"{client}","room":"{room}",'
            f'"epoch":"{epoch}","seq":{event["seq"]},"id":{json.dumps(id_)},"text":"{text}"}}\n'
        )
