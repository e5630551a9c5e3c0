"""What goes wrong on purpose? Decided from a seeded plan, and noted.

Each kind of fault draws from a row of numbers of its own: how often the store is called does not
change which posts are lost.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from local_cloud.fault_plan import FaultPlan, Range
from local_cloud.identifiers import wall_clock_ms
from local_cloud.limits import AWS, Limits

__all__ = ["FaultPlan", "Faults", "Injected", "PostFault", "SocketFault"]


@dataclass(frozen=True, slots=True)
class Injected:
    """One fault that was injected."""

    kind: str
    target: str  # a connection id, a function, a table, or the store
    delay_ms: int = 0
    detail: str = ""  # the store's operation, a route
    at_ms: int = 0  # epoch


PostFault = Literal["gone", "limited", "too_large", "failed", "dropped", "duplicated", "reordered"]
POST_FAULTS: tuple[PostFault, ...] = (
    *("gone", "limited", "too_large", "failed", "dropped", "duplicated", "reordered"),
)
POST_SHARES = (
    *(f"posts_{fault}" for fault in POST_FAULTS),
    *("posts_delayed", "handlers_killed_before_calls", "handlers_killed_after_calls"),
)
SocketKind = Literal["reset", "blackholed", "slow", "split"]
SOCKET_FAULTS: tuple[SocketKind, ...] = ("reset", "blackholed", "slow", "split")
STORE_FAULTS = (
    *("store_calls_lost", "store_answers_lost", "store_answers_silent", "store_throttled"),
    *("store_conflicts", "store_in_progress", "store_reads_stale", "store_reads_torn"),
    *("store_delayed", "store_killed"),
    *("handlers_killed_before_calls", "handlers_killed_after_calls"),
)


@dataclass(frozen=True, slots=True)
class SocketFault:
    """What befalls one socket, and when after its 101."""

    kind: SocketKind
    after_ms: int = 0
    bytes_a_second: int = 0


class Faults:
    """Decides, and keeps what it decided in `injected`. The plan may be exchanged at any time."""

    def __init__(
        self,
        plan: FaultPlan | None = None,
        *,
        on_injected: Callable[[Injected], None] = lambda injected: None,
        now_ms: Callable[[], int] = wall_clock_ms,
    ) -> None:
        self.plan = plan or FaultPlan()
        self._judged_plan: FaultPlan | None = None
        self._may_befall_posts = False
        self.injected: list[Injected] = []
        self.on_injected = on_injected
        self._now_ms = now_ms
        self._rows: dict[str, random.Random] = {}
        self._counts: Counter[str] = Counter()

    # What any part may ask.

    def hits(self, share: str, *, function_id: str | None = None, operation: str = "") -> bool:
        """Draw for the share of this name; nothing is noted yet."""
        plan = self.plan
        chance: float = getattr(plan, share)
        if chance <= 0 or (plan.at_most is not None and self._counts[share] >= plan.at_most):
            return False
        if function_id is not None and plan.functions and function_id not in plan.functions:
            return False
        if operation and plan.operations and operation not in plan.operations:
            return False
        return self._row(share).random() < chance

    def note(
        self, share: str, kind: str, target: str, *, delay_ms: int = 0, detail: str = ""
    ) -> None:
        """Keep that a fault was injected."""
        self._counts[share] += 1
        injected = Injected(kind, target, delay_ms, detail, self._now_ms())
        self.injected.append(injected)
        self.on_injected(injected)

    def note_limit(self, limits: Limits, name: str, target: str) -> None:
        """Keep that a limit was reached which AWS would not have set there."""
        limit = getattr(limits, name)
        if limit != getattr(AWS, name):
            self.note("limits", "limit_reached", target, detail=f"{name} {limit}")

    def drawn(self, share: str, limits: Range) -> int:
        """Draw a number of a range."""
        return self._row(share).randint(*limits)

    def chosen(self, share: str, count: int) -> int:
        """Draw a place among so many."""
        return self._row(share).randrange(count)

    @property
    def may_befall_posts(self) -> bool:
        """Tell whether any post to a connection has to be looked at."""
        plan = self.plan
        if plan is not self._judged_plan:
            self._judged_plan = plan
            self._may_befall_posts = any(getattr(plan, share) for share in POST_SHARES)
        return self._may_befall_posts

    @property
    def may_befall_store(self) -> bool:
        """Tell whether any call of the store has to be looked at."""
        plan = self.plan
        return plan.store_key_units is not None or any(getattr(plan, s) for s in STORE_FAULTS)

    # What the gateway asks.

    def of_post(self, connection_id: str) -> PostFault | None:
        """Choose what befalls a post that would have succeeded."""
        for fault in POST_FAULTS:
            share = f"posts_{fault}"
            if self.hits(share):
                self.note(share, f"post_{fault}", connection_id)
                return fault
        return None

    def post_delay_ms(self, connection_id: str) -> int:
        """Choose how long a post takes."""
        limits = self.plan.post_delay_ms
        return self._delay("posts_delayed", limits, "post_delayed", connection_id)

    def event_delay_ms(self, connection_id: str) -> int:
        """Choose how long a message waits before its handler runs."""
        limits = self.plan.event_delay_ms
        return self._delay("events_delayed", limits, "event_delayed", connection_id)

    def is_event_duplicated(self, connection_id: str, route_key: str) -> bool:
        """Choose whether a function gets an event a second time."""
        share = "events_duplicated"
        return self._strikes(share, "event_duplicated", connection_id, detail=route_key)

    def is_queue_message_duplicated(self, queue: str) -> bool:
        """Choose whether a message that a queue hands out can be received by another, too."""
        return self._strikes("queue_messages_duplicated", "queue_message_duplicated", queue)

    def is_async_event_duplicated(self, function_id: str) -> bool:
        """Choose whether a function gets an event that nobody waits for a second time."""
        share = "async_events_duplicated"
        if not self.hits(share, function_id=function_id):
            return False
        self.note(share, "async_event_duplicated", function_id)
        return True

    def is_message_throttled(self, connection_id: str) -> bool:
        """Choose whether a message exceeds the rate of its route."""
        return self._strikes("messages_throttled", "message_throttled", connection_id)

    def is_disconnect_early(self, connection_id: str) -> bool:
        """Choose whether `$disconnect` of a client that left does not wait for `$connect`."""
        return self._strikes("disconnects_early", "disconnect_early", connection_id)

    def disconnect_delay_ms(self, connection_id: str) -> int | None:
        """Choose how long `$disconnect` waits; None when it never arrives."""
        if self._strikes("disconnects_dropped", "disconnect_dropped", connection_id):
            return None
        limits = self.plan.disconnect_delay_ms
        return self._delay("disconnects_delayed", limits, "disconnect_delayed", connection_id)

    def of_socket(self, connection_id: str) -> SocketFault | None:
        """Choose what befalls a socket that has just been opened."""
        plan = self.plan
        for kind in SOCKET_FAULTS:
            share = f"sockets_{kind}"
            if self.hits(share):
                is_later = kind in ("reset", "blackholed")
                after_ms = self.drawn(share, plan.socket_fault_ms) if is_later else 0
                self.note(share, f"socket_{kind}", connection_id, delay_ms=after_ms)
                return SocketFault(kind, after_ms, plan.slow_bytes)
        return None

    # What the services ask.

    def is_service_call_failed(self, service: str, operation: str) -> bool:
        """Choose whether a service is too busy for a call."""
        share = "service_calls_failed"
        return self._strikes(share, "service_call_failed", service, detail=operation)

    # What the runner asks.

    def kill_delay_ms(self, function_id: str) -> int | None:
        """Choose when the worker of an event is killed; None when it is not."""
        share = "handlers_killed"
        if not self.hits(share, function_id=function_id):
            return None
        chosen_ms = self.drawn(share, self.plan.kill_delay_ms)
        self.note(share, "handler_killed", function_id, delay_ms=chosen_ms)
        return chosen_ms

    def is_killed_before_event(self, function_id: str) -> bool:
        """Choose whether the worker of an event dies before it sees it."""
        return self._kills("handlers_killed_before_events", function_id)

    def is_killed_after_answer(self, function_id: str) -> bool:
        """Choose whether a worker dies with its answer."""
        return self._kills("handlers_killed_after_answers", function_id)

    def is_killed_at_call(self, when: Literal["before", "after"], function_id: str) -> bool:
        """Choose whether a worker dies at a call it makes."""
        return self._kills(f"handlers_killed_{when}_calls", function_id)

    def cold_start_delay_ms(self, function_id: str) -> int:
        """Choose by how much a cold start is slower."""
        share, limits = "cold_starts_delayed", self.plan.cold_start_delay_ms
        return self._delay(share, limits, "cold_start_delayed", function_id, function_id)

    def clock_skew_ms(self, function_id: str) -> int:
        """Choose by how much the clock of an event's worker is off."""
        share, limits = "clocks_skewed", self.plan.clock_skew_ms
        return self._delay(share, limits, "clock_skewed", function_id, function_id)

    def _kills(self, share: str, function_id: str) -> bool:
        kind = share.replace("handlers", "handler").removesuffix("s")
        if not self.hits(share, function_id=function_id):
            return False
        self.note(share, kind, function_id)
        return True

    def _strikes(self, share: str, kind: str, target: str, *, detail: str = "") -> bool:
        if not self.hits(share):
            return False
        self.note(share, kind, target, detail=detail)
        return True

    def _delay(
        self, share: str, limits: Range, kind: str, target: str, function_id: str | None = None
    ) -> int:
        if not self.hits(share, function_id=function_id):
            return 0
        chosen_ms = self.drawn(share, limits)
        self.note(share, kind, target, delay_ms=chosen_ms)
        return chosen_ms

    def _row(self, share: str) -> random.Random:
        if share not in self._rows:
            self._rows[share] = random.Random(f"{self.plan.seed}/{share}")
        return self._rows[share]
