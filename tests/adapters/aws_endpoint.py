"""How does AWS behave today? A server on loopback whose every answer a test decides.

It verifies each signature with the local cloud's own verification, over TLS or plainly.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from local_cloud.signatures import Signatures


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its place on its line, and how many times this path was asked for before."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    line: int
    before_on_line: int
    before: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return unquote(self.target.rsplit("/", 1)[1])


@dataclass(frozen=True, slots=True)
class Says:
    """Write these bytes, all at once or one by one; then perhaps end the line."""

    data: bytes
    then_ends: bool = False
    in_pieces: bool = False


class Resets:
    """Cut the line without a word."""


class Hangs:
    """Say nothing, ever."""


Deed = Says | Resets | Hangs


def answer(status: int, *headers: str, body: bytes = b"") -> Says:
    """Answer as AWS does."""
    lines = [f"HTTP/1.1 {status} Whatever", *headers, f"Content-Length: {len(body)}", "", ""]
    return Says("\r\n".join(lines).encode() + body)


OK = answer(200, "x-amzn-RequestId: 1")
GONE = answer(410, "x-amzn-ErrorType: GoneException")
SLOW_DOWN = answer(429, "x-amzn-ErrorType: LimitExceededException")


@dataclass
class AwsEndpoint:
    """What was asked, and what is to be said. `signatures` is None to take anything."""

    behave: Callable[[Asked], Deed] = lambda asked: OK
    signatures: Signatures | None = None
    service: str = "execute-api"
    asked: list[Asked] = field(default_factory=list)
    unsigned: list[Asked] = field(default_factory=list)
    lines: int = 0
    url: str = ""
    ended: threading.Event = field(default_factory=threading.Event)  # any line, by the client
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def names(self) -> list[str]:
        """List whom requests were for, in order."""
        return [asked.name for asked in self.asked]

    def end_lines(self) -> None:
        """End all lines from this side, as after a long silence."""

        async def end() -> None:
            for writer in list(self._writers):
                writer.transport.abort()
            while self._writers:
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, count = self.lines, 0
        self.lines += 1
        self._writers.add(writer)
        try:
            while True:
                deed = self._behaves(await _read(reader), line, count)
                count += 1
                if isinstance(deed, Resets):
                    _reset(writer)
                elif isinstance(deed, Says):
                    await _say(writer, deed)
        except (asyncio.IncompleteReadError, OSError):
            self.ended.set()
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    def _behaves(self, request: tuple[str, dict[str, str], bytes], line: int, count: int) -> Deed:
        first, headers, body = request
        method, target, _ = first.split(" ")
        before = sum(earlier.target == target for earlier in self.asked)
        asked = Asked(method, target, headers, body, line, count, before)
        self.asked.append(asked)
        if self.signatures is not None and not self.signatures.verify(
            method, target, headers, body, service=self.service
        ):
            self.unsigned.append(asked)
        return self.behave(asked)


@contextmanager
def running(endpoint: AwsEndpoint, tls: ssl.SSLContext | None = None) -> Iterator[AwsEndpoint]:
    """Serve on a free port of loopback, in a thread."""
    loop = endpoint._loop
    server = loop.run_until_complete(
        asyncio.start_server(endpoint._serve, "127.0.0.1", 0, ssl=tls, backlog=256)
    )
    loop.set_exception_handler(lambda *_: None)  # handshakes that are meant to fail
    port = server.sockets[0].getsockname()[1]
    endpoint.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{port}/ws"
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield endpoint
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def tls_server(certificate: Path) -> ssl.SSLContext:
    """Make the server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def _read(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return first, headers, await reader.readexactly(int(headers["content-length"]))


async def _say(writer: asyncio.StreamWriter, deed: Says) -> None:
    step = 1 if deed.in_pieces else len(deed.data)
    for at in range(0, len(deed.data), step or 1):
        writer.write(deed.data[at : at + step])
        await writer.drain()
        await asyncio.sleep(0)
    if deed.then_ends:
        writer.close()
        await writer.wait_closed()


def _reset(writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)  # close with RST instead of FIN
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def _stop(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # transports that were aborted are told so in the loop's next turn
