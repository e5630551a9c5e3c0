"""Which answer belongs to which question, on one socket?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from tests.soak.rest import Json, NoAnswerError

LOST = (OSError, TimeoutError, WebSocketException, NoAnswerError)


class Line:
    """A socket, and the questions that are open on it."""

    def __init__(self, socket: ClientConnection, answer_s: float) -> None:
        self._socket = socket
        self._answer_s = answer_s
        self._answers: dict[str, asyncio.Future[Json]] = {}
        self._asked = 0

    async def asks(self, frame: Json) -> Json | None:
        """Ask; None when there was no answer in time, or the line broke."""
        self._asked += 1
        asked = f"q{self._asked}"
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._answers[asked] = waiting
        try:
            async with asyncio.timeout(self._answer_s):
                await self._socket.send(json.dumps({**frame, "id": asked}))
                return await waiting
        except (*LOST, asyncio.CancelledError):
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            return None
        finally:
            self._answers.pop(asked, None)

    async def tells(self, frame: Json) -> None:
        """Send what nobody answers."""
        with suppress(*LOST):
            await self._socket.send(json.dumps(frame))

    async def unasked(self) -> AsyncIterator[Json]:
        """Give what comes and answers no open question, until the line ends."""
        async for data in self._socket:
            frame = json.loads(data)
            waiting = self._answers.get(frame.get("re", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)
            else:
                yield frame

    def gives_up(self) -> None:
        """Leave what was asked without an answer."""
        for waiting in self._answers.values():
            waiting.cancel()
        self._answers.clear()

    def breaks(self) -> None:
        """End the line without a word."""
        self._socket.transport.abort()
