"""What do messages look like on one screen, after all that was done to them?"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.soak.recorder import Event, digest, message_id


@dataclass(slots=True)
class Look:
    """One message that was changed; all entries up to `changed_seq` are in it."""

    text: str  # its digest
    changed_seq: int
    version: int = 1
    is_deleted: bool = False
    reactions: Counter[str] = field(default_factory=Counter)


class Looks:
    """The changed messages of one screen, by seq; it shows none before `first`."""

    def __init__(self) -> None:
        self.first = 0
        self._texts: dict[int, str] = {}
        self._changed: dict[int, Look] = {}

    def version(self, seq: int) -> int:
        """Give the version of a message, or 0 if it is deleted."""
        look = self._changed.get(seq)
        if look is None:
            return 1
        return 0 if look.is_deleted else look.version

    def start(self, messages: Iterable[Event], first: int) -> None:
        """Begin with pages of messages, the oldest of which is at `first`, or later if it is 0."""
        self.first = first
        self._texts.clear()
        self._changed.clear()
        for message in messages:
            _, _, text, changed_seq, version, is_deleted, reactions = told(message)
            self._texts[message["seq"]] = text
            if changed_seq != message["seq"]:
                look = Look(text, changed_seq, version, is_deleted, Counter(reactions))
                self._changed[message["seq"]] = look

    def apply(self, event: Event) -> None:
        """Apply the next entry, unless the message holds it already."""
        if event["kind"] == "messageSent":
            self._texts.setdefault(event["seq"], digest(event["text"]))
        target = event.get("target")
        if target is None or target < self.first:
            return
        look = self._changed.setdefault(target, Look(self._texts[target], target))
        if event["seq"] <= look.changed_seq:
            return
        look.changed_seq = event["seq"]
        match event["kind"]:
            case "messageEdited":
                look.text, look.version = digest(event["text"]), event["version"]
            case "messageDeleted":
                look.text, look.is_deleted = digest(""), True
                look.reactions.clear()
            case "reactionAdded":
                look.reactions[event["emoji"]] += 1
            case "reactionRemoved":
                look.reactions[event["emoji"]] -= 1

    def digest(self) -> str:
        """Name in one word how everything looks, as the checker does."""
        changed = [
            [seq, look.text, look.version, look.is_deleted, sorted((+look.reactions).items())]
            for seq, look in sorted(self._changed.items())
            if look.version > 1 or look.is_deleted or +look.reactions
        ]
        return hashlib.blake2b(json.dumps(changed).encode(), digest_size=16).hexdigest()


def told(message: Event) -> tuple[int, str, str, int, int, bool, dict[str, int]]:
    """Tell a message of a page as histories do."""
    return (
        message["seq"],
        message_id(message["by"], message["clientMessageId"]),
        digest(message["text"]),
        message["changedSeq"],
        message["version"],
        message.get("deleted", False),
        {reaction["emoji"]: reaction["count"] for reaction in message["reactions"]},
    )
