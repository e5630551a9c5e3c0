"""What does the log make of its messages? Folded here once more, by nobody else's code."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.checker.history import BLANK, History, Look, Slot


def deletions(slots: Iterable[Slot]) -> set[int]:
    """Name the messages that are deleted in the end."""
    return {slot.target for slot in slots if slot.event == "messageDeleted"}


class Fold:
    """One log's messages, at any of its slots."""

    def __init__(self, history: History, slots: list[Slot]) -> None:
        self._invoked = history.invoked
        self._sent = {slot.seq: slot for slot in slots if slot.event == "messageSent"}
        self._changes: dict[int, list[Slot]] = defaultdict(list)
        for slot in slots:
            if slot.target:
                self._changes[slot.target].append(slot)

    def strays(self) -> list[int]:
        """Name the slots that change what is no message."""
        return [s.seq for t, slots in self._changes.items() if t not in self._sent for s in slots]

    def is_so(self, look: Look, seen_seq: int) -> bool:
        """Tell whether a message looked so, at a time when `seen_seq` had been written."""
        if look.seq not in self._sent:
            return False
        known = [slot.seq for slot in self._changes.get(look.seq, ()) if slot.seq <= seen_seq]
        if look.changed_seq < max(known, default=look.seq):
            return False
        return look == self._look(look.seq, look.changed_seq)

    def digest(self, seq: int, first: int) -> str:
        """Name in one word how all messages from `first` on look that were changed up to a slot."""
        targets = [target for target in self._sent if target >= first and target in self._changes]
        looks = [self._look(target, seq) for target in targets]
        told = [
            [look.seq, look.text, look.version, look.is_deleted, sorted(look.reactions.items())]
            for look in looks
            if look.version > 1 or look.is_deleted or look.reactions
        ]
        return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()

    def _look(self, target: int, seq: int) -> Look:
        sent = self._sent[target]
        text, version, is_deleted, changed_seq = self._text(sent), 1, False, target
        reactions: Counter[str] = Counter()
        for slot in self._changes.get(target, ()):
            if slot.seq > seq:
                break
            changed_seq = slot.seq
            match slot.event:
                case "messageEdited":
                    text, version = self._text(slot), int(slot.detail)
                case "messageDeleted":
                    text, is_deleted = BLANK, True
                    reactions.clear()
                case "reactionAdded":
                    reactions[slot.detail] += 1
                case "reactionRemoved":
                    reactions[slot.detail] -= 1
        return Look(target, sent.id, text, changed_seq, version, is_deleted, dict(+reactions))

    def _text(self, slot: Slot) -> str:
        """Give what a slot said before it was blanked."""
        said = self._invoked.get(slot.id)
        return said.text if said is not None else slot.text
