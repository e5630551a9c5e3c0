"""Who takes the posts of a process of its own? The least of a management API: yes to everything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ENDPOINT = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"


class Posts(BaseHTTPRequestHandler):
    """Takes every post, and closes every connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_DELETE(self) -> None:
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Waits for none of its lines: they are kept open by whoever posts."""

    daemon_threads = True
    block_on_close = False


@contextmanager
def posts_taken() -> Iterator[str]:
    """Run it; yields the endpoint's URL."""
    server = Server(("127.0.0.1", 0), Posts)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ws"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
