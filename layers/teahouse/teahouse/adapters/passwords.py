"""Slow hashing with argon2id.

OWASP's password storage cheat sheet: 46 MiB, one pass, one lane. Measured: 49 ms on one core; it
asks more of a graphics card than 19 MiB and two passes do.
"""

from __future__ import annotations

import os
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 46 * 1024
PASSES = 1
LANES = 1

# Nobody's password, of the same cost: who does not exist takes as long as who does.
_NOBODY = (
    "$argon2id$v=19$m=47104,t=1,p=1$E3rl9ZA+v83qiDPcSUxT7w$"
    "Fqy1FaYj11x3b7Y/DhFhPng+kFYyAozjkf2HEqngIA4"
)
# Each hash takes 46 MiB and a core; more at once would only starve one another.
_ROOM = threading.BoundedSemaphore(os.cpu_count() or 1)


class Argon2Passwords:
    """Hashes and compares."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)

    def hash(self, password: str) -> str:
        with _ROOM:
            return self._hasher.hash(password)

    def matches(self, password: str, password_hash: str | None) -> bool:
        try:
            with _ROOM:
                self._hasher.verify(password_hash or _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None
