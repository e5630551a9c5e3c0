"""Where does the system say that a host is? Whatever a test wants, or nothing for ever."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

Where = tuple[str, int]


def resolves_to(monkeypatch: pytest.MonkeyPatch, *places: Where) -> None:
    """Let every name lead to these addresses, in this order."""
    told = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", place) for place in places]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **named: told)


@contextmanager
def hanging_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the resolver say nothing as long as the block lasts."""
    real, is_over = socket.getaddrinfo, threading.Event()

    def hang(*given: Any, **named: Any) -> Any:
        is_over.wait()
        return real(*given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", hang)
        try:
            yield
        finally:
            is_over.set()


@contextmanager
def crowded() -> Iterator[Where]:
    """Listen where nobody is let in: the queue is full, so that a connect waits for ever."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        place: Where = listening.getsockname()
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(place)
        yield place
