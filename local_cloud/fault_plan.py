"""Which faults, and how often? The plan of a run; its fields are the keys of the JSON form.

Shares are probabilities between 0 and 1, `_ms` are ranges from which is drawn evenly. All is off
by default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """What shall go wrong; F1 to F12 are the numbers of docs/local-cloud.md."""

    seed: int = 0
    at_most: int | None = None  # so many injections of each kind, then no more
    functions: tuple[str, ...] = ()  # only what these do, by logical id; empty: all
    operations: tuple[str, ...] = ()  # only these calls of the store; empty: all

    # F1: the runner and its workers
    handlers_killed: float = 0.0  # SIGKILL of the worker in the midst of an event
    kill_delay_ms: Range = (0, 50)  # after the event was handed over
    handlers_killed_before_events: float = 0.0  # the event's worker dies before it sees it
    handlers_killed_after_answers: float = 0.0  # the answer is out, the next event starts cold
    handlers_killed_before_calls: float = 0.0  # of store or `@connections`: nothing has happened
    handlers_killed_after_calls: float = 0.0  # it has happened, and the handler never learns it
    cold_starts_delayed: float = 0.0
    cold_start_delay_ms: Range = (0, 3_000)

    # F2, F3, F4, F8: the store
    store_calls_lost: float = 0.0  # the line is cut, and nothing has happened
    store_answers_lost: float = 0.0  # it has happened, and the line is cut
    store_answers_silent: float = 0.0  # it has happened, and the line stays open without a word
    store_throttled: float = 0.0  # a batch comes back with a part unprocessed
    store_conflicts: float = 0.0  # TransactionConflict, in a transaction for one item or more
    store_in_progress: float = 0.0  # of transactions with a token
    store_reads_stale: float = 0.0  # of eventual reads: as it was up to `stale_ms` ago
    stale_ms: Range = (0, 2_000)
    store_reads_torn: float = 0.0  # a Query lacks an item younger than 2 s before its last one
    store_delayed: float = 0.0
    store_delay_ms: Range = (0, 1_000)
    store_key_units: int | None = None  # write calls a second to one partition key; 1,000 on AWS
    store_killed: float = 0.0  # SIGKILL of the engine, which is started again

    # F3: the other services
    service_calls_failed: float = 0.0  # 503 of S3, SQS, SSM or Lambda: nothing has happened

    # F5: posts to connections
    posts_gone: float = 0.0  # 410 for a live connection
    posts_limited: float = 0.0  # 429
    posts_too_large: float = 0.0  # 413
    posts_failed: float = 0.0  # 500
    posts_dropped: float = 0.0  # 200, and nothing is delivered
    posts_duplicated: float = 0.0  # 200, and delivered twice
    posts_reordered: float = 0.0  # 200, and delivered after the connection's next one
    posts_delayed: float = 0.0  # delivery and answer both wait
    post_delay_ms: Range = (0, 3_000)

    # F6: events
    events_delayed: float = 0.0  # of messages; reorders what one connection sends
    event_delay_ms: Range = (0, 3_000)
    events_duplicated: float = 0.0  # of messages and of `$disconnect`
    messages_throttled: float = 0.0  # how the client hears of it is an open question
    queue_messages_duplicated: float = 0.0  # a message that was received is seen again at once
    async_events_duplicated: float = 0.0  # a function gets an asynchronous event a second time
    disconnects_dropped: float = 0.0  # `$disconnect` is best effort: it may never arrive
    disconnects_delayed: float = 0.0
    disconnect_delay_ms: Range = (0, 3_000)
    disconnects_early: float = 0.0  # of clients that left: before `$connect` has ended

    # F7, F9: sockets
    sockets_reset: float = 0.0  # TCP reset
    sockets_blackholed: float = 0.0  # half-open: both sides think that it lives
    sockets_slow: float = 0.0  # a client that reads `slow_bytes` a second
    sockets_split: float = 0.0  # frames arrive and leave a few bytes at a time
    socket_fault_ms: Range = (0, 10_000)  # after the 101; a slow or split one is so from the start
    slow_bytes: int = 1_000
    mass_disconnect_ms: Range = (0, 0)  # every so often all sockets are reset; (0, 0): never

    # F10: the workers' clock
    clocks_skewed: float = 0.0  # of events: another one may step back
    clock_skew_ms: Range = (-300_000, 300_000)

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


_LISTS = ("functions", "operations")
_WHOLE = ("at_most", "store_key_units", "slow_bytes")


def _checked(name: str, value: Any) -> Any:
    try:
        return _read(name, value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} cannot be {value!r}") from error


def _read(name: str, value: Any) -> Any:
    if name == "seed":
        return int(value)
    if name in _LISTS:
        return _texts(value)
    if name in _WHOLE:
        return _demanded(int(value), value is not True and int(value) >= 1)
    if name.endswith("_ms"):
        low, high = map(int, value)
        return _demanded((low, high), low <= high and (low >= 0 or name == "clock_skew_ms"))
    return _demanded(value, 0 <= value <= 1)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError
    return tuple(value)


def _demanded(value: Any, is_sound: bool) -> Any:
    if not is_sound:
        raise ValueError
    return value
