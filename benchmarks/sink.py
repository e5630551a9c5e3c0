"""Who takes the posts? A management API in a process of its own that counts and forgets.

    python -m benchmarks.sink CERTIFICATE LATENCY_MS    prints its port, and ends with its input

It answers as API Gateway does. `GET /counts` tells what came since it was last asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
import sys
from collections import Counter

_ANSWER = (
    b"HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\nContent-Length: 0\r\n"
    b"Connection: keep-alive\r\nx-amzn-RequestId: 3c4d1f6e-6d5c-4f3b-9a50-3b0a7c1f2e11\r\n"
    b"x-amz-apigw-id: L0SMxE9iPHcFvzQ=\r\n\r\n"
)


class Counts:
    """What came."""

    def __init__(self) -> None:
        self.lines = 0
        self.clear()

    def clear(self) -> None:
        """Begin anew; lines stay counted."""
        self.by_path: Counter[bytes] = Counter()
        self.bodies: Counter[bytes] = Counter()

    def as_json(self) -> bytes:
        """Tell it: each number is one that a benchmark can foretell."""
        posts = self.by_path.values()
        told = {
            "posts": sum(posts),
            "connections": len(posts),
            "fewest": min(posts, default=0),
            "most": max(posts, default=0),
            "frames": {hashlib.sha256(body).hexdigest(): n for body, n in self.bodies.items()},
            "lines": self.lines,
        }
        return json.dumps(told).encode()


class Line(asyncio.Protocol):
    """One connection of a client, which never sends ahead of the answers."""

    def __init__(self, counts: Counts, latency_s: float) -> None:
        self._counts = counts
        self._latency_s = latency_s
        self._loop = asyncio.get_running_loop()
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._counts.lines += 1

    def data_received(self, data: bytes) -> None:
        """Answer the request once it is complete."""
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return
        if head.startswith(b"GET /counts"):
            content = self._counts.as_json()
            self._counts.clear()
            self._buffer = b""
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
            self._transport.write(content)
            return
        fields = head.lower()
        if b"\r\nexpect: 100-continue" in fields and not body:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        at = fields.index(b"\r\ncontent-length:") + 17
        if len(body) < int(fields[at : (fields + b"\r\n").index(b"\r\n", at)]):
            return
        assert b"\r\nauthorization: aws4-hmac-sha256 " in fields
        self._buffer = b""
        self._counts.by_path[head[: head.index(b" ", 5)]] += 1
        self._counts.bodies[body] += 1
        if self._latency_s:
            self._loop.call_later(self._latency_s, self._transport.write, _ANSWER)
        else:
            self._transport.write(_ANSWER)


async def serve(certificate: str, latency_s: float) -> None:
    """Serve until the standard input ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    counts = Counts()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Line(counts, latency_s), "127.0.0.1", 0, ssl=context, backlog=1024
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2]) / 1000))
