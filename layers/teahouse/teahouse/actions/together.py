"""How do two things that need not wait for one another happen at once?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def together(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Carry out both, the second in a thread that has ended when this returns.

    Saves one round trip for a tenth of a millisecond. Whatever either raises is raised here, once
    both have ended; the first's failure hides the second's.
    """
    outcome: list[B] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(second())
        except BaseException as error:  # raised again below, in the thread that asked
            failure.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        given = first()
    finally:
        thread.join()
    if failure:
        raise failure[0]
    return given, outcome[0]
