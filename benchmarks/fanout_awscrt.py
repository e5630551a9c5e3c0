"""How would one post with AWS's own C library? 64 lines, one event loop, signed by awscrt."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

from awscrt import auth, http, io  # type: ignore[import-not-found]

LINES = 64
OPENED_S = 10.0


class AwsCrt:
    """Lines that are opened when first needed, and a credentials provider."""

    def __init__(self) -> None:
        url = urlsplit(os.environ["AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"])
        self._host, self._port, self._base = str(url.hostname), url.port, url.path
        group = io.EventLoopGroup(1)
        self._bootstrap = io.ClientBootstrap(group, io.DefaultHostResolver(group))
        trusted = io.TlsContextOptions()
        trusted.override_default_trust_store_from_path(None, os.environ["AWS_CA_BUNDLE"])
        self._tls = io.ClientTlsContext(trusted).new_connection_options()
        self._tls.set_server_name(self._host)
        self._credentials = auth.AwsCredentialsProvider.new_static(
            os.environ["AWS_ACCESS_KEY_ID"],
            os.environ["AWS_SECRET_ACCESS_KEY"],
            os.environ["AWS_SESSION_TOKEN"],
        )
        self._lines: list[Any] = []

    def post(self, connection_ids: Sequence[str], frame: bytes) -> None:
        """Post the frame to each, every line one after the other.

        Raises:
            RuntimeError: a post was not answered by 200.
        """
        opening = [self._open() for _ in range(min(LINES, len(connection_ids)) - len(self._lines))]
        self._lines += [line.result(OPENED_S) for line in opening]
        call = _Call(connection_ids, lambda name: self._signed(name, frame))
        for line in self._lines:
            call.go_on(line)
        call.is_over.wait()
        if call.failure is not None:
            raise call.failure

    def _open(self) -> Future[Any]:
        opening: Future[Any] = http.HttpClientConnection.new(
            self._host, self._port, self._bootstrap, tls_connection_options=self._tls
        )
        return opening

    def _signed(self, name: str, frame: bytes) -> Future[Any]:
        headers = http.HttpHeaders(
            [("host", f"{self._host}:{self._port}"), ("content-length", str(len(frame)))]
        )
        path = f"{self._base}/@connections/{quote(name, safe='')}"
        config = auth.AwsSigningConfig(
            algorithm=auth.AwsSigningAlgorithm.V4,
            signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
            credentials_provider=self._credentials,
            region=os.environ["AWS_REGION"],
            service="execute-api",
            date=datetime.now(UTC),
        )
        request = http.HttpRequest("POST", path, headers, BytesIO(frame))
        signing: Future[Any] = auth.aws_sign_request(request, config)
        return signing


class _Call:
    """One frame on its way to many; each step is a callback on the event loop's thread."""

    def __init__(self, connection_ids: Sequence[str], sign: Callable[[str], Future[Any]]) -> None:
        self.is_over = threading.Event()
        self.failure: BaseException | None = None
        self._waiting = deque(connection_ids)
        self._left = len(connection_ids)
        self._sign = sign
        self._lock = threading.Lock()

    def go_on(self, line: Any) -> None:
        try:
            name = self._waiting.popleft()
        except IndexError:
            return
        self._sign(name).add_done_callback(lambda signed: self._send(line, signed))

    def _send(self, line: Any, signed: Future[Any]) -> None:
        try:
            stream = line.request(signed.result())
            stream.completion_future.add_done_callback(lambda ended: self._ended(line, ended))
            stream.activate()
        except Exception as error:
            self._fail(error)

    def _ended(self, line: Any, ended: Future[Any]) -> None:
        try:
            if ended.result() != 200:
                raise RuntimeError(f"a post was answered by {ended.result()}")
        except Exception as error:
            self._fail(error)
            return
        with self._lock:
            self._left -= 1
            is_last = not self._left
        if is_last:
            self.is_over.set()
        else:
            self.go_on(line)

    def _fail(self, error: Exception) -> None:
        self.failure = error
        self.is_over.set()
