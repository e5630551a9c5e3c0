"""What goes wrong on purpose? A seeded plan of the failures API Gateway is allowed to have.

Off by default. Shares are probabilities between 0 and 1, delays are drawn evenly from a range.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Which faults, how often; the names are the keys of the JSON form."""

    seed: int = 0
    disconnects_dropped: float = 0.0  # `$disconnect` is best effort: it may never arrive
    disconnects_delayed: float = 0.0
    disconnect_delay_ms: Range = (0, 3_000)
    events_delayed: float = 0.0  # of messages; reorders what one connection sends
    event_delay_ms: Range = (0, 3_000)
    posts_gone: float = 0.0  # 410 for a live connection
    posts_limited: float = 0.0  # 429
    posts_dropped: float = 0.0  # 200, and nothing is delivered
    posts_delayed: float = 0.0  # delivery and answer both wait
    post_delay_ms: Range = (0, 3_000)
    handlers_killed: float = 0.0  # SIGKILL of the worker in the midst of an event
    kill_delay_ms: Range = (0, 50)  # after the event was handed over

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> FaultPlan:
        """Read the JSON form.

        Raises:
            ValueError: a key is unknown, a share is outside 0 to 1, or a range is not one.
        """
        unknown = set(content) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"unknown faults: {', '.join(sorted(unknown))}")
        return cls(**{name: _checked(name, value) for name, value in content.items()})


@dataclass(frozen=True, slots=True)
class Injected:
    """One fault that was injected."""

    kind: str
    target: str  # a connection id, or the function whose worker was killed
    delay_ms: int = 0


PostFault = Literal["gone", "limited", "dropped"]


class Faults:
    """Decides, and keeps what it decided in `injected`. The plan may be exchanged at any time."""

    def __init__(self, plan: FaultPlan | None = None) -> None:
        self.plan = plan or FaultPlan()
        self.injected: list[Injected] = []
        self._random = random.Random(self.plan.seed)

    def of_post(self, connection_id: str) -> PostFault | None:
        """Choose what befalls a post that would have succeeded."""
        plan = self.plan
        if self._hits(plan.posts_gone):
            return self._post_fault("gone", connection_id)
        if self._hits(plan.posts_limited):
            return self._post_fault("limited", connection_id)
        if self._hits(plan.posts_dropped):
            return self._post_fault("dropped", connection_id)
        return None

    def post_delay_ms(self, connection_id: str) -> int:
        """Choose how long a post takes."""
        plan = self.plan
        return self._delay(plan.posts_delayed, plan.post_delay_ms, "post_delayed", connection_id)

    def event_delay_ms(self, connection_id: str) -> int:
        """Choose how long a message waits before its handler runs."""
        plan = self.plan
        return self._delay(plan.events_delayed, plan.event_delay_ms, "event_delayed", connection_id)

    def disconnect_delay_ms(self, connection_id: str) -> int | None:
        """Choose how long `$disconnect` waits; None when it never arrives."""
        plan = self.plan
        if self._hits(plan.disconnects_dropped):
            self.injected.append(Injected("disconnect_dropped", connection_id))
            return None
        return self._delay(
            plan.disconnects_delayed, plan.disconnect_delay_ms, "disconnect_delayed", connection_id
        )

    def kill_delay_ms(self, function_id: str) -> int | None:
        """Choose when the worker of an event is killed; None when it is not."""
        if not self._hits(self.plan.handlers_killed):
            return None
        chosen_ms = self._random.randint(*self.plan.kill_delay_ms)
        self.injected.append(Injected("handler_killed", function_id, chosen_ms))
        return chosen_ms

    def _post_fault(self, fault: PostFault, connection_id: str) -> PostFault:
        self.injected.append(Injected(f"post_{fault}", connection_id))
        return fault

    def _delay(self, share: float, delay_ms: Range, kind: str, connection_id: str) -> int:
        if not self._hits(share):
            return 0
        chosen_ms = self._random.randint(*delay_ms)
        self.injected.append(Injected(kind, connection_id, chosen_ms))
        return chosen_ms

    def _hits(self, share: float) -> bool:
        return share > 0 and self._random.random() < share


def _checked(name: str, value: Any) -> Any:
    try:
        if name == "seed":
            return int(value)
        if name.endswith("_ms"):
            low, high = map(int, value)
            is_sound, checked = 0 <= low <= high, (low, high)
        else:
            is_sound, checked = 0 <= value <= 1, value
    except (TypeError, ValueError):
        is_sound = False
    if not is_sound:
        raise ValueError(f"{name} cannot be {value!r}")
    return checked
