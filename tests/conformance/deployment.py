"""Where is what the suite drives, and how is it reached? By one URL, over public protocols only."""

from __future__ import annotations

import json
import secrets
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE_S = 15
Json = Any


@dataclass(frozen=True)
class Reply:
    """What HTTP answered."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Json:
        return json.loads(self.text)


@dataclass(frozen=True)
class Site:
    """The deployed template, by the URL of its HTTP API."""

    url: str
    sockets: str  # host and stage
    bare: str

    @classmethod
    def at(cls, url: str) -> Site:
        """Ask the site for its addresses."""
        return cls(url, **ask(f"{url}/addresses").json)

    @property
    def scheme(self) -> str:
        return "wss" if self.url.startswith("https") else "ws"

    def http(self, path: str) -> Reply:
        """Ask the host of the sockets without an upgrade."""
        host, _, _ = self.sockets.partition("/")
        return ask(f"{self.url.partition(':')[0]}://{host}{path}")

    def manages(self, method: str, connection_id: str, **more: Json) -> Json:
        """Ask the management API, with the role of a function."""
        body = {"method": method, "connection_id": connection_id, **more}
        return ask(f"{self.url}/management", body).json

    def context(self) -> Json:
        return ask(f"{self.url}/context").json

    @contextmanager
    def bare_socket(self) -> Iterator[ClientConnection]:
        with connect(f"{self.scheme}://{self.bare}", compression=None) as line:
            yield line


@dataclass
class Run:
    """One test's socket, and what the functions have noted of it."""

    site: Site
    id: str = field(default_factory=lambda: secrets.token_hex(8))

    def opens(self, headers: dict[str, str] | None = None, **asked: str) -> connect:
        """Open a socket; `asked` says what authorizer and `$connect` shall do."""
        query = "".join(f"&{name}={value}" for name, value in asked.items())
        address = f"{self.site.scheme}://{self.site.sockets}?run={self.id}{query}"
        protocols: Any = ["tea.v2", "tea.v1"] if "connect" in asked else None
        return connect(
            address,
            compression=None,
            subprotocols=protocols,
            additional_headers=headers,
            open_timeout=PATIENCE_S,
            max_size=2**20,
        )

    def noted(self, kind: str, count: int = 1) -> Json:
        """Wait until so many things of a kind are noted; return the last of them."""
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            found = [one for name, one in self.all_noted() if name == kind]
            if len(found) >= count:
                return found[count - 1]
            assert time.monotonic() < give_up_at, f"no {kind} of {self.id}"

    def all_noted(self) -> list[tuple[str, Json]]:
        return [(kind, one) for kind, one in ask(f"{self.site.url}/events/{self.id}").json]

    @property
    def connection_id(self) -> str:
        return str(self.noted("CONNECT")["requestContext"]["connectionId"])


def says(line: ClientConnection, **frame: Json) -> None:
    line.send(json.dumps(frame))


def hears(line: ClientConnection) -> str:
    return str(line.recv(timeout=PATIENCE_S))


def breaks_off(line: ClientConnection) -> None:
    """End the TCP connection without a close frame."""
    line.socket.shutdown(socket.SHUT_RDWR)


def ask(url: str, body: Json = None) -> Reply:
    """Make a request; any status is an answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return Reply(answer.status, dict(answer.headers), answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, dict(error.headers), error.read().decode())
