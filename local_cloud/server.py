"""Who listens? One port for the WebSocket APIs, the HTTP APIs, `@connections` and the page.

Connections come from `front_door.py`, requests from `http_line.py`, and go to whom their path
names: a WebSocket API, its management API, an HTTP API, or the page.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from local_cloud.access import Access
from local_cloud.faults import Faults
from local_cloud.front_door import FrontDoor
from local_cloud.gateway import Gateway
from local_cloud.gateway_commands import Send
from local_cloud.handshakes import handshake_of, upgrade_refusal
from local_cloud.host_names import HostNames
from local_cloud.http_endpoint import HttpEndpoint
from local_cloud.http_line import HttpLine
from local_cloud.http_messages import Answer, Request
from local_cloud.http_routes import NOT_FOUND, HttpMatch, identified
from local_cloud.identifiers import new_id, wall_clock_ms
from local_cloud.integrations import Integrations
from local_cloud.invocation import Invoker
from local_cloud.journal import Journal
from local_cloud.limits import Limits
from local_cloud.management_api import ManagementApi, Reply, Verify, managed
from local_cloud.open_questions import DEFAULTS, OpenQuestions
from local_cloud.resources import Cloud
from local_cloud.static_site import Site
from local_cloud.throttles import Account
from local_cloud.web_socket_endpoint import WebSocketEndpoint
from local_cloud.window_page import Window, is_loopback

MASS = "mass_disconnect_ms"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class ListenError(OSError):
    """Nothing can listen there: the port is taken, or the host is not this machine's."""


class Server:
    """A cloud on one port.

    `clock` tells epoch milliseconds, `ids` makes ids of API Gateway's form. `on_event` is told
    what happened, as JSON-ready dictionaries without any text of users. `response_headers` are
    what CloudFront would add to the page, `ask_bucket` takes what it would pass to S3.
    With `tls`, the port takes TLS connections as well. `host_names` are further names of its own.
    """

    def __init__(
        self,
        *,
        cloud: Cloud,
        invoker: Invoker,
        verify: Verify,
        site: Path | None,
        limits: Limits,
        faults: Faults,
        access: Access | None = None,
        questions: OpenQuestions = DEFAULTS,
        kill_worker: Callable[[str], None] = lambda access_key_id: None,
        journal: Journal | None = None,
        clock: Callable[[], int] = wall_clock_ms,
        ids: Callable[[], str] = new_id,
        response_headers: Mapping[str, str] | None = None,
        on_event: Callable[[dict[str, Any]], None] | None = None,
        ask_bucket: Callable[[Request], Awaitable[Answer]] | None = None,
        tls: ssl.SSLContext | None = None,
        host_names: Collection[str] = (),
    ) -> None:
        self.limits = limits
        self._tls = tls
        self._questions = questions
        self._journal = journal or Journal()
        self._bucket_paths = cloud.bucket_paths if ask_bucket else ()
        self._ask_bucket = ask_bucket
        self._window = Window(self._journal.snapshot)
        self._faults = faults
        self.port = 0
        self._clock = clock
        self._new_id = ids
        self._on_event = on_event
        self._host_names = HostNames(host_names, self._tell)
        self._integrations = Integrations(invoker, self._tell)
        account = Account(limits)
        self._http = HttpEndpoint(
            cloud.http_apis,
            integrations=self._integrations,
            limits=limits,
            account=account,
            clock=clock,
            ids=ids,
        )
        self._site = None if site is None else Site(site, response_headers or {})
        self._management = ManagementApi(
            verify=verify, limits=limits, access=access, faults=faults, kill_worker=kill_worker
        )
        self._endpoints = {
            api.stage: WebSocketEndpoint(
                Gateway(
                    api,
                    limits=limits,
                    faults=faults,
                    new_id=ids,
                    questions=questions,
                    account=account,
                ),
                faults=faults,
                questions=questions,
                on_frame=self._journal.frame,
                integrations=self._integrations,
                limits=limits,
                clock=clock,
                tell=self._tell,
            )
            for api in cloud.web_socket_apis
        }
        if len(self._endpoints) != len(cloud.web_socket_apis):
            raise ValueError("two WebSocket APIs have the same stage name")
        self._lines: set[HttpLine] = set()
        self._door: FrontDoor | None = None
        self._ticker: asyncio.TimerHandle | None = None
        self._mass_disconnect_at: float | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one.

        Raises:
            ListenError: the port is taken, or the host is not this machine's.
        """
        loop = asyncio.get_running_loop()
        make_line = partial(HttpLine, self, loop)
        door = FrontDoor(make_line, self._tls, limit_s=self.limits.header_ms / 1000)
        try:
            await door.open(host, port)
        except OSError as error:
            raise ListenError(error.errno, error.strerror or str(error)) from error
        self._door, self.port = door, door.port
        self._management.hosts = {f"{name}:{self.port}" for name in _LOOPBACK}
        self._host_names.is_checked = is_loopback(host)
        self._window.hosts = self._management.hosts if is_loopback(host) else ()
        self._tick(loop)

    async def stop(self) -> None:
        """Close every socket with 1001 and wait a moment for the last `$disconnect`s."""
        if self._door is None:
            return
        await self._door.close()
        if self._ticker is not None:
            self._ticker.cancel()
        for endpoint in self._endpoints.values():
            endpoint.stop()
        for line in list(self._lines):
            line.abort()
        await self._sockets_closed()
        await self._integrations.drain(self.limits.close_ms / 1000)
        self._door = None

    # What HTTP lines ask.

    def line_made(self, line: HttpLine) -> None:
        """Take note of a new TCP connection."""
        self._lines.add(line)

    def line_lost(self, line: HttpLine) -> None:
        """Take note that it ended, or has become a WebSocket."""
        self._lines.discard(line)

    def handle(self, request: Request, line: HttpLine) -> Answer | None:
        """Answer at once, or None when the answer follows."""
        path = request.path
        if self._window.is_asked(path) and not request.is_upgrade:
            return self._window.answer(request)
        named = managed(path)
        if named is not None and not request.is_upgrade:
            return self._manage(request, *named, line)
        refusal = self._host_names.refusal(request)
        if refusal is not None:
            return refusal
        if request.is_upgrade:
            return self._open(request, line)
        if path[1:] in self._endpoints:
            return upgrade_refusal(self._questions.plain_get_status)
        for leading in self._bucket_paths:
            if leading.leads(request):
                self._integrations.spawn(self._from_bucket(leading.at_the_bucket(request), line))
                return None
        match = self._http.router.find(request.method, path)
        if match is not None:
            self._integrations.spawn(self._integrate(match, request, line))
            return None
        if self._site is None or self._http.router.claims(path):
            return identified(NOT_FOUND, self._new_id())
        return self._site.answer(request)

    def _open(self, request: Request, line: HttpLine) -> Answer | None:
        endpoint = self._endpoints.get(request.path[1:])
        if endpoint is None:
            return upgrade_refusal(403)  # no such stage
        handshake = handshake_of(request, self.port)
        if isinstance(handshake, Answer):
            return handshake
        endpoint.open(handshake, request, line)
        return None

    def _manage(
        self, request: Request, stage: str, connection_id: str, line: HttpLine
    ) -> Answer | None:
        endpoint = self._endpoints.get(stage)
        reply = self._management.reply(request, endpoint, connection_id, self._clock())
        if endpoint is None:
            return reply.answer
        delay_ms = 0
        if self._faults.may_befall_posts:
            delay_ms = max((x.delay_ms for x in reply.commands if isinstance(x, Send)), default=0)
        if delay_ms:
            self._integrations.spawn(_delayed(endpoint, reply, delay_ms, line))
            return None
        return _carried_out(endpoint, reply, line)

    async def _integrate(self, match: HttpMatch, request: Request, line: HttpLine) -> None:
        self._journal.http_request(len(request.body))
        line.answer(await self._http.answer(match, request, self.port))

    async def _from_bucket(self, request: Request, line: HttpLine) -> None:
        assert self._ask_bucket is not None
        line.answer(await self._ask_bucket(request))

    # Time passes.

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        for endpoint in self._endpoints.values():
            endpoint.tick()
        now = loop.time()
        for line in list(self._lines):
            line.check(now)
        self._disconnect_all_now_and_then(now)
        limits = self.limits
        for_lines_ms = (limits.header_ms, limits.request_ms, limits.keep_alive_ms)
        shortest_ms = min(limits.idle_ms, limits.age_ms, *for_lines_ms)
        if self._faults.plan.mass_disconnect_ms[1]:
            shortest_ms = min(shortest_ms, self._faults.plan.mass_disconnect_ms[1])
        self._ticker = loop.call_later(min(1.0, shortest_ms / 4_000), self._tick, loop)

    def _disconnect_all_now_and_then(self, now: float) -> None:
        after_ms = self._faults.plan.mass_disconnect_ms
        if not after_ms[1]:
            self._mass_disconnect_at = None
            return
        if self._mass_disconnect_at is not None and now >= self._mass_disconnect_at:
            self._mass_disconnect_at = None
            sockets = [one for e in self._endpoints.values() for one in e.open_sockets]
            self._faults.note(MASS, "mass_disconnect", "gateway", detail=f"{len(sockets)} sockets")
            for socket in sockets:
                socket.reset()
        if self._mass_disconnect_at is None:
            self._mass_disconnect_at = now + self._faults.drawn(MASS, after_ms) / 1000

    async def _sockets_closed(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.limits.close_ms / 1000
        while any(endpoint.open_sockets for endpoint in self._endpoints.values()):
            await asyncio.sleep(0.01)
            if loop.time() >= deadline:
                for endpoint in self._endpoints.values():
                    for socket in endpoint.open_sockets:
                        socket.abort()
        await asyncio.sleep(0)  # lines that were aborted are told so in the loop's next turn

    def _tell(self, event: str, **facts: object) -> None:
        if self._on_event is not None:
            self._on_event({"event": event, **facts})


async def _delayed(
    endpoint: WebSocketEndpoint, reply: Reply, delay_ms: int, line: HttpLine
) -> None:
    await asyncio.sleep(delay_ms / 1000)
    answer = _carried_out(endpoint, reply, line)
    if answer is not None:
        line.answer(answer)


def _carried_out(endpoint: WebSocketEndpoint, reply: Reply, line: HttpLine) -> Answer | None:
    for command in reply.commands:
        endpoint.carry_out(command)
    if reply.answer is None:  # who asked has been killed
        line.abort()
    return reply.answer
