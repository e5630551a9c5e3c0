"""The real clock, and randomness from the system's source."""

from __future__ import annotations

import secrets
import time

_RANDOM = secrets.SystemRandom()


class SystemClock:
    """The clock on the wall and the one that never steps back."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class SystemIds:
    """Opaque ids and secrets."""

    def new_id(self) -> str:
        return secrets.token_urlsafe(12)  # 96 bits, 16 characters

    def new_secret(self) -> str:
        return secrets.token_urlsafe(32)  # 256 bits, 43 characters

    def new_code(self) -> str:
        return secrets.token_urlsafe(16)  # 128 bits, 22 characters

    def random(self) -> float:
        return _RANDOM.random()
