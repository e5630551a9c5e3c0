"""What is in a queue, and who sees it? A standard queue's rules; no network.

    delayed ──► visible ──receive──► in flight ──delete──► gone
                   ^                     │
                   └── visibility timeout ┘ (after `max_receives`: to the dead-letter queue)

Source: SQS Developer Guide, "Amazon SQS visibility timeout" and "Dead-letter queues". Queues live
in memory; a cloud that stops forgets what is in them.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_cloud.physical_names import queue_arn
from local_cloud.services.clock import Clock


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """A queue as the template declares it; the defaults are those of AWS::SQS::Queue."""

    logical_id: str
    name: str
    visibility_s: float = 30.0
    delay_s: float = 0.0
    retention_s: float = 345_600.0  # 4 days
    wait_s: float = 0.0  # ReceiveMessageWaitTimeSeconds
    max_bytes: int = 1_048_576  # "MaximumMessageSize": 1 MiB
    dead_letters: str | None = None  # the ARN of the dead-letter queue
    max_receives: int = 0

    @property
    def arn(self) -> str:
        return queue_arn(self.name)


@dataclass(slots=True)
class Message:
    """One message."""

    body: str
    attributes: Mapping[str, Any]  # MessageAttributes as sent
    sent_at_s: float
    visible_at_s: float
    sender: str = ""
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    receipt: str = ""
    receives: int = 0
    first_received_at_s: float = 0.0

    @property
    def md5(self) -> str:
        return hashlib.md5(self.body.encode(), usedforsecurity=False).hexdigest()


class Queue:
    """One queue. `is_repeated` says whether a delivery is one of those that come twice."""

    def __init__(
        self,
        settings: QueueSettings,
        clock: Clock,
        is_repeated: Callable[[str], bool] = lambda name: False,
    ) -> None:
        self.settings = settings
        self.dead_letters: Queue | None = None
        self._clock = clock
        self._is_repeated = is_repeated
        self._messages: dict[str, Message] = {}
        self._arrived = asyncio.Event()

    def send(
        self,
        body: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        delay_s: float | None = None,
        sender: str = "",
    ) -> Message:
        """Put a message in."""
        now_s = self._clock.now_s()
        delay_s = self.settings.delay_s if delay_s is None else delay_s
        message = Message(body, attributes or {}, now_s, now_s + delay_s, sender)
        self._messages[message.message_id] = message
        self._wake()
        return message

    async def receive(
        self, limit: int, *, wait_s: float = 0.0, visibility_s: float | None = None
    ) -> list[Message]:
        """Take up to `limit` messages out of sight; wait for the first of them."""
        give_up_at_s = self._clock.now_s() + wait_s
        while not (taken := self._take(limit, visibility_s)):
            now_s = self._clock.now_s()
            if now_s >= give_up_at_s:
                return []
            waiting = [m.visible_at_s for m in self._messages.values()]
            await self._until(min([give_up_at_s, *waiting]))
        return taken

    def delete(self, receipt: str) -> None:
        """Remove a message for good; a receipt that is not the latest one does nothing."""
        message = self._find(receipt)
        if message is not None:
            del self._messages[message.message_id]

    def change_visibility(self, receipt: str, visibility_s: float) -> bool:
        """Let a message be seen so many seconds from now; tell whether it was in flight."""
        message = self._find(receipt)
        if message is None:
            return False
        message.visible_at_s = self._clock.now_s() + visibility_s
        self._wake()
        return True

    def purge(self) -> None:
        """Remove everything."""
        self._messages.clear()

    def counts(self) -> tuple[int, int, int]:
        """Return how many messages are visible, in flight and delayed."""
        now_s = self._clock.now_s()
        hidden = [m for m in self._messages.values() if m.visible_at_s > now_s]
        flying = sum(1 for message in hidden if message.receives)
        return len(self._messages) - len(hidden), flying, len(hidden) - flying

    def _take(self, limit: int, visibility_s: float | None) -> list[Message]:
        now_s = self._clock.now_s()
        visibility_s = self.settings.visibility_s if visibility_s is None else visibility_s
        taken: list[Message] = []
        for message in list(self._messages.values()):
            if message.sent_at_s + self.settings.retention_s <= now_s:
                del self._messages[message.message_id]
            elif message.visible_at_s <= now_s and not self._is_dead(message):
                message.receives += 1
                message.receipt = f"{message.message_id}.{secrets.token_urlsafe(12)}"
                message.first_received_at_s = message.first_received_at_s or now_s
                is_repeated = self._is_repeated(self.settings.name)
                message.visible_at_s = now_s if is_repeated else now_s + visibility_s
                taken.append(message)
                if len(taken) == limit:
                    break
        return taken

    def _is_dead(self, message: Message) -> bool:
        """Move what was received too often; it keeps its id and the time it was sent."""
        target = self.dead_letters
        if target is None or message.receives < self.settings.max_receives:
            return False
        del self._messages[message.message_id]
        message.receives = 0
        message.first_received_at_s = 0.0
        target.take_over(message)
        return True

    def take_over(self, message: Message) -> None:
        """Take a message that another queue gave up."""
        self._messages[message.message_id] = message
        self._wake()

    def _find(self, receipt: str) -> Message | None:
        message = self._messages.get(receipt.partition(".")[0])
        return message if message is not None and message.receipt == receipt else None

    async def _until(self, at_s: float) -> None:
        """Wait for a time or for a message, whichever comes first."""
        arrived = asyncio.ensure_future(self._arrived.wait())
        due = asyncio.ensure_future(self._clock.sleep_until(at_s))
        try:
            await asyncio.wait({arrived, due}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrived.cancel()
            due.cancel()

    def _wake(self) -> None:
        self._arrived.set()
        self._arrived = asyncio.Event()


def make_queues(
    settings: Iterable[QueueSettings],
    clock: Clock,
    is_repeated: Callable[[str], bool] = lambda name: False,
) -> dict[str, Queue]:
    """Make queues by their ARNs, joined to their dead-letter queues."""
    queues = {one.arn: Queue(one, clock, is_repeated) for one in settings}
    for queue in queues.values():
        if queue.settings.dead_letters is not None:
            queue.dead_letters = queues[queue.settings.dead_letters]
    return queues
