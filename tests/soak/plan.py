"""How large is a run, and what goes wrong in it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The numbers of testing: which kinds of fault, as the local cloud names them, belong to each.
FAULTS: Mapping[str, tuple[str, ...]] = {
    "F1": (
        *("handler_killed", "handler_killed_before_event", "handler_killed_after_answer"),
        *("handler_killed_before_call", "handler_killed_after_call"),
    ),
    "F2": ("store_call_lost", "store_answer_lost", "store_answer_silent"),
    "F3": ("store_throttled", "store_conflict", "store_in_progress"),
    "F4": ("store_read_stale", "store_read_torn", "store_delayed"),
    "F5": (
        *("post_gone", "post_limited", "post_too_large", "post_failed", "post_dropped"),
        *("post_duplicated", "post_reordered", "post_delayed"),
    ),
    "F6": (
        *("event_delayed", "event_duplicated", "message_throttled", "disconnect_dropped"),
        *("disconnect_delayed", "disconnect_early"),
    ),
    "F7": ("socket_reset", "socket_blackholed", "socket_slow", "socket_split"),
    "F8": ("gateway_killed", "store_killed"),
    "F9": ("mass_disconnect",),
    "F10": ("clock_skewed",),
    "F11": ("store_restored",),
    "F12": ("member_removed", "session_revoked"),
}
SELDOM = ("F8", "F9", "F11")
SEND_BUFFER_BYTES = 32_768  # one frame

STORM: Mapping[str, Any] = {
    "handlers_killed": 0.0003,
    "handlers_killed_before_events": 0.0003,
    "handlers_killed_after_answers": 0.0003,
    "handlers_killed_before_calls": 0.0001,
    "handlers_killed_after_calls": 0.0001,
    "store_calls_lost": 0.001,
    "store_answers_lost": 0.002,
    "store_answers_silent": 0.0005,
    "store_throttled": 0.002,
    "store_conflicts": 0.01,
    "store_in_progress": 0.005,
    "store_reads_stale": 0.1,
    "store_reads_torn": 0.02,
    "store_delayed": 0.002,
    "store_delay_ms": [0, 500],
    "store_killed": 0.00003,
    "posts_gone": 0.0005,
    "posts_limited": 0.001,
    "posts_too_large": 0.0005,
    "posts_failed": 0.001,
    "posts_dropped": 0.002,
    "posts_duplicated": 0.002,
    "posts_reordered": 0.002,
    "posts_delayed": 0.001,
    "post_delay_ms": [0, 1_500],
    "events_delayed": 0.005,
    "event_delay_ms": [0, 3_000],
    "events_duplicated": 0.01,
    "messages_throttled": 0.005,
    "disconnects_dropped": 0.2,
    "disconnects_delayed": 0.2,
    "disconnects_early": 0.2,
    "sockets_reset": 0.08,
    "sockets_blackholed": 0.06,
    "sockets_slow": 0.05,
    "sockets_split": 0.06,
    "socket_fault_ms": [0, 20_000],
    "slow_bytes": 4_000,
    "clocks_skewed": 0.005,
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How many of what."""

    clients: int
    rooms: int
    acknowledged: int
    limit_s: float  # of the part with faults
    kills: int
    restores: int
    removals: int
    revocations: int
    drain_s: float = 60.0
    pause_s: float = 0.1  # between two messages of one client, on the average
    ping_s: float = 10.0
    answer_s: float = 5.0  # until a client takes an answer for lost
    spread_s: float = 0.5  # of those who come again at once
    mass_s: float = 26.0  # between two disconnects of everybody, on the average
    age_s: float = 75.0  # of a connection, at most; 2 hours on AWS
    seed: int = 1
    storm: float = 1.0  # all shares times this

    @property
    def faults(self) -> dict[str, Any]:
        """Make the plan of faults."""
        plan = {
            name: value if name.endswith(("_ms", "_bytes")) else min(1.0, value * self.storm)
            for name, value in STORM.items()
        }
        plan["mass_disconnect_ms"] = [round(750 * self.mass_s), round(1_250 * self.mass_s)]
        return {**plan, "seed": self.seed} if self.storm else {}

    @property
    def limits(self) -> dict[str, int]:
        """Shrink API Gateway's two limits on a socket's life, and what is kept for slow readers."""
        return {
            "age_ms": round(1_000 * self.age_s),
            "idle_ms": round(3_000 * self.ping_s),
            "send_buffer_bytes": SEND_BUFFER_BYTES,
        }


CI = Scale(
    clients=60,
    rooms=6,
    acknowledged=10_000,
    limit_s=195,
    kills=0,  # each restore is one, and one goes before them
    restores=3,
    removals=24,
    revocations=20,
    storm=0.5,
)
FULL = Scale(
    clients=300,
    rooms=20,
    acknowledged=150_000,
    limit_s=3_600,
    kills=9,
    restores=3,
    removals=200,
    revocations=200,
    drain_s=120.0,
    pause_s=3.0,
    ping_s=30.0,
    answer_s=10.0,
    spread_s=10.0,
    mass_s=170.0,  # so that there is one between two kills
    age_s=600.0,
    storm=0.5,
)
