"""How does somebody ask the REST side, and stay signed in? Plain HTTP by hand, none of our code."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

ANSWER_S = 29.0  # who gives up sooner asks again for what is still being worked at
PASSWORD = "correct horse battery"
TRIES = 60

Json = dict[str, Any]


class NoAnswerError(Exception):
    """The line broke, or nothing came in time: the outcome is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What HTTP answered."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""

    @property
    def is_retryable(self) -> bool:
        if isinstance(self.body, dict) and "retryable" in self.body:
            return bool(self.body["retryable"])
        return self.status >= 500 or self.status == 429


async def ask(
    port: int, method: str, path: str, body: Any = None, *, token: str = "", key: str = ""
) -> Answer:
    """Make one request on a line of its own.

    Raises:
        NoAnswerError: the line broke, or it took too long.
    """
    data = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", "Connection: close"]
    head += [f"Content-Length: {len(data)}"] if data or method in ("POST", "PUT", "PATCH") else []
    head += ["Content-Type: application/json"] if data else []
    head += [f"Authorization: Bearer {token}"] if token else []
    head += [f"Idempotency-Key: {key}"] if key else []
    sent = ("\r\n".join(head) + "\r\n\r\n").encode() + data
    try:
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(sent)
                received = await reader.read()
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        raise NoAnswerError(str(error)) from error
    answered, _, rest = received.partition(b"\r\n\r\n")
    if not answered.startswith(b"HTTP/1.1 "):
        raise NoAnswerError("no answer")
    try:
        content = json.loads(rest) if rest else None
    except ValueError as error:
        raise NoAnswerError("half an answer") from error
    return Answer(int(answered[9:12]), content)


@dataclass
class Person:
    """Somebody with an account or as a guest; signs in again when the session is gone."""

    port: int
    name: str
    is_account: bool = False
    id: str = ""
    token: str = ""
    refresh_token: str = ""
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def enters(self) -> None:
        """Become somebody."""
        if self.is_account:
            body = {"username": self.name, "password": PASSWORD, "displayName": self.name[:32]}
            answer = await self._insists("POST", "/api/accounts", {**body, "tokens": True})
            if answer.code == "conflict":  # an earlier try had no answer, and was carried out
                body = {"username": self.name, "password": PASSWORD}
                answer = await self._insists("POST", "/api/sessions", {**body, "tokens": True})
        else:
            body = {"nickname": self.name[:32]}
            answer = await self._insists("POST", "/api/guests", {**body, "tokens": True})
        self._is_in(answer, 201)
        self.id = answer.body["user"]["id"]

    async def asks(self, method: str, path: str, body: Any = None, *, key: str = "") -> Answer:
        """Ask with the access token; one that has run out is renewed, once.

        Raises:
            NoAnswerError: the outcome is unknown.
        """
        token = self.token
        answer = await ask(self.port, method, path, body, token=token, key=key)
        if answer.status == 401 and await self.renews(token):
            answer = await ask(self.port, method, path, body, token=self.token, key=key)
        return answer

    async def renews(self, stale: str) -> bool:
        """Get a new access token; False if it cannot be had now."""
        async with self.renewing:
            if self.token != stale:
                return True
            try:
                body = {"refreshToken": self.refresh_token}
                answer = await ask(self.port, "POST", "/api/sessions/renew", body)
                if answer.status == 401 and self.is_account:
                    credentials = {"username": self.name, "password": PASSWORD, "tokens": True}
                    answer = await ask(self.port, "POST", "/api/sessions", credentials)
            except NoAnswerError:
                return False
            if answer.status in (200, 201):
                self._is_in(answer, answer.status)
            return answer.status in (200, 201)

    async def _insists(self, method: str, path: str, body: Json) -> Answer:
        for _ in range(TRIES):
            try:
                answer = await ask(self.port, method, path, body)
            except NoAnswerError:
                continue
            if not answer.is_retryable:
                return answer
            await asyncio.sleep(0.2)
        raise NoAnswerError(f"{method} {path} is not to be had")

    def _is_in(self, answer: Answer, status: int) -> None:
        assert answer.status == status, answer
        self.token = answer.body["accessToken"]
        self.refresh_token = answer.body.get("refreshToken", self.refresh_token)


def new_id() -> str:
    """Draw a client message id."""
    return secrets.token_urlsafe(16)
