"""What does the core need of time and chance?"""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Time. `now_ms` is for showing and for expiry, `monotonic_s` for deadlines."""

    def now_ms(self) -> int: ...

    def monotonic_s(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class Ids(Protocol):
    """Randomness, all of it from the system's source."""

    def new_id(self) -> str:
        """Make an id of 96 random bits: opaque, url-safe, 16 characters."""
        ...

    def new_secret(self) -> str:
        """Make a secret of 256 random bits: url-safe, 43 characters."""
        ...

    def new_code(self) -> str:
        """Make an invitation code of 128 random bits: url-safe, 22 characters."""
        ...

    def random(self) -> float:
        """Draw from [0, 1): for jitter and choices nobody must guess."""
        ...
