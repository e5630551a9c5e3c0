"""How do the parts become one? Template, store, tables, workers and gateway, in this order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

from local_cloud.access import Access
from local_cloud.certificates import make_certificate
from local_cloud.code_watch import changes
from local_cloud.data_folder import DataFolder, DataFolderError
from local_cloud.engine_client import EngineError
from local_cloud.faults import Faults, Injected
from local_cloud.journal import Journal
from local_cloud.lambda_runner import MAX_WORKERS, LambdaRunner
from local_cloud.limits import Limits, changed_limits
from local_cloud.open_questions import DEFAULTS, OpenQuestions
from local_cloud.physical_names import api_host
from local_cloud.resources import Cloud, Table
from local_cloud.sam import TemplateError, located
from local_cloud.server import ListenError, Server
from local_cloud.services.clock import Clock
from local_cloud.services.running import Services
from local_cloud.signatures import Signatures
from local_cloud.store import Store
from local_cloud.store_faults import StoreFaults
from local_cloud.store_proxy import StoreProxy
from local_cloud.tables import create_tables, sweep_forever
from local_cloud.template import load_cloud
from local_cloud.window_page import PATH as WINDOW_PATH
from local_cloud.window_page import is_loopback
from local_cloud.worker_pool import Invocation, LogLine


class LocalCloud:
    """A template, running in this process; `data` None keeps everything in memory.

    `environment` adds variables to every handler's, `secrets` adds SecureStrings to the parameters,
    `watch` runs changed code from the next event on. On the loopback it answers to the loopback's
    names and to `host_names`.
    """

    def __init__(
        self,
        template: Path,
        *,
        data: Path | None,
        host: str = "127.0.0.1",
        port: int = 0,
        host_names: Collection[str] = (),
        site: Path | None = None,
        parameters: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        faults: Faults | None = None,
        questions: OpenQuestions = DEFAULTS,
        shows_texts: bool = False,
        prewarm: bool = False,
        watch: bool = False,
        max_workers: int = MAX_WORKERS,
        on_log: Callable[[LogLine], None] = lambda line: None,
        on_invocation: Callable[[Invocation], None] = lambda invocation: None,
        on_event: Callable[[dict[str, Any]], None] = lambda event: None,
    ) -> None:
        self._template = template
        self._data = data
        self._host = host
        self._port = port
        self._host_names = host_names
        self._site = site
        self._parameters = parameters or {}
        self._environment = environment or {}
        self._secrets = secrets or {}
        self._limits = limits or Limits()
        self._max_workers = max_workers
        self._faults = faults or Faults()
        self._questions = questions
        self._prewarm = prewarm
        self._watch = watch
        self.journal = Journal(keeps_texts=shows_texts)
        self._on_log = heard_by(self.journal.log, on_log)
        self._on_invocation = heard_by(self.journal.invocation, on_invocation)
        self._on_event = heard_by(self.journal.event, on_event)
        for name, (limit, own) in changed_limits(self._limits).items():
            self._faults.note("limits", "limit_changed", name, detail=f"{limit} instead of {own}")
        self._faults.on_injected = heard_by(self._faults.on_injected, self._fault_injected)
        self._parts = AsyncExitStack()
        self.signatures = Signatures()
        self.cloud: Cloud
        self.runner: LambdaRunner
        self.server: Server
        self._scratch: Path
        self._services: Services
        self._access: Access
        self._store: Store
        self._proxy: StoreProxy

    async def start(self) -> None:
        """Start every part; after a failure none of them is left.

        Raises:
            TemplateError: the template is broken.
            DataFolderError: the folder, or a file of it, cannot be written, or is in use.
            StoreError: the engine is missing or does not start.
            ListenError: the port is taken.
        """
        try:
            await self._start()
        except BaseException as error:
            await self._parts.aclose()
            if isinstance(error, OSError) and not isinstance(error, ListenError):
                # A full disk names no file: what is written at a start goes to this folder.
                where = error.filename or self._data or gettempdir()
                sentence = f"cannot use {where}: {error.strerror or error}"
                raise DataFolderError(sentence) from error
            raise

    async def stop(self) -> None:
        """Stop every part in the reverse order; no child process is left."""
        await self._parts.aclose()

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def window_url(self) -> str | None:
        """Where people at this machine look into it; None where others can come, too."""
        return f"{self.url}{WINDOW_PATH}" if is_loopback(self._host) else None

    @property
    def services_url(self) -> str:
        """Where handlers find S3, SQS, SSM and Lambda; it demands signatures."""
        return self._services.endpoint.url

    @property
    def clock(self) -> Clock:
        """The time of schedules, retries and queues; a test may move it."""
        return self._services.clock

    @property
    def store_url(self) -> str:
        """The store's address for handlers; it demands signatures."""
        return self._proxy.url

    @property
    def engine_url(self) -> str:
        """The store's own address, for tests and tools."""
        return self._store.url

    @property
    def engine_pid(self) -> int:
        return self._store.pid

    @property
    def store_restarts(self) -> int:
        """How often the engine died and was started again."""
        return self._store.restarts

    def worker_pids(self, function_id: str | None = None) -> list[int]:
        """Return the process ids of all workers, or of one function's."""
        return self.runner.worker_pids(function_id)

    async def _start(self) -> None:
        folder = None
        if self._data is not None:
            folder = self._parts.enter_context(DataFolder(self._data))
        self._scratch = self._scratch_folder()
        self.cloud = load_cloud(self._template, self._parameters, self._data, scratch=self._scratch)
        self.journal.functions = self.cloud.functions
        for sentence in self.cloud.unknown:
            self._on_event({"event": "unknown", "text": sentence})
        self._store = Store(
            None if folder is None else folder.database,
            on_event=self._store_told,
            on_restart=self._create_again,
        )
        await self._store.start()
        self._parts.push_async_callback(self._store.stop)
        for table in self.cloud.tables:
            await self._create(table)
        self._access = Access(self.cloud.roles, self._on_event)
        self._proxy = StoreProxy(
            self.signatures,
            self._store.whole_address,
            access=self._access,
            tables=self.cloud.tables,
            on_call=self.journal.store_call,
            faults=StoreFaults(
                self._faults,
                self.cloud.tables,
                kill_store=self._store.kill,
                kill_worker=lambda access_key_id: self.runner.kill_worker(access_key_id),
            ),
        )
        await self._proxy.start()
        self._parts.push_async_callback(self._proxy.stop)
        await self._serve()
        self._in_background(sweep_forever(self._store.address, self.cloud.tables))
        if self._prewarm:
            self._in_background(self.runner.prewarm())
        if self._watch:
            self._in_background(self._renew_forever())

    async def _serve(self) -> None:
        self.runner = LambdaRunner(
            self.cloud.functions,
            credentials=lambda name: self.signatures.session_for(name).environment(),
            on_worker_gone=self.signatures.forget,
            on_log=self._on_log,
            on_invocation=self._on_invocation,
            faults=self._faults,
            max_workers=self._max_workers,
        )
        self._parts.push_async_callback(self.runner.stop)
        certificate = make_certificate(self._scratch / "certificate")
        if certificate is None:
            text = "without openssl, handlers cannot call https://{domainName}/{stage}"
            self._on_event({"event": "unknown", "text": text})
        self.server = Server(
            cloud=self.cloud,
            invoker=self.runner,
            verify=partial(self.signatures.verify, service="execute-api"),
            site=self._site,
            limits=self._limits,
            faults=self._faults,
            access=self._access,
            questions=self._questions,
            kill_worker=self.runner.kill_worker,
            journal=self.journal,
            response_headers=self.cloud.page_headers,
            on_event=self._on_event,
            ask_bucket=lambda request: self._services.objects.answer(request),
            tls=None if certificate is None else certificate.server_context,
            host_names=self._host_names,
        )
        self._parts.push_async_callback(self.server.stop)
        await self.server.start(self._host, self._port)
        await self._start_services()
        trusted = {} if certificate is None else {"AWS_CA_BUNDLE": str(certificate.authorities)}
        self.runner.open(
            {**trusted, **self._environment, **self._endpoints()}, hosts=self._api_hosts()
        )

    async def _create(self, table: Table) -> None:
        try:
            await create_tables(self._store.address, [table])
        except EngineError as error:
            text = f"{table.logical_id} is not as DynamoDB wants a table: {error}"
            text = located(self._template.read_text(), table.logical_id, text)
            raise TemplateError(f"{self._template}: {text}") from error

    async def _create_again(self) -> None:
        """Create what a killed engine forgot: nothing, if it keeps its tables in a file."""
        try:
            await create_tables(self._store.address, self.cloud.tables)
        except (OSError, EngineError) as error:  # it has died again, and is started once more
            self._store_told(f"the tables could not be created: {error}")

    async def _start_services(self) -> None:
        self._services = Services(
            self.cloud,
            invoker=self.runner,
            signatures=self.signatures,
            folder=self._scratch / "objects",
            limits=self._limits,
            faults=self._faults,
            allow=lambda caller, action, resource: self._access.refusal(caller, action, resource),
            secrets=self._secrets,
        )
        await self._services.start()
        self._parts.push_async_callback(self._services.stop)

    async def _renew_forever(self) -> None:
        async for changed in changes(self.cloud.functions):
            text = f"new code: {', '.join(changed)}"
            self._on_event({"event": "code_changed", "functions": changed, "text": text})
            await self.runner.renew(changed)

    def _endpoints(self) -> dict[str, str]:
        """Return where handlers find AWS; with the limits, all that differs from the real one."""
        endpoints = {**self._services.environment(), "AWS_ENDPOINT_URL_DYNAMODB": self._proxy.url}
        for api in self.cloud.web_socket_apis:
            address = f"http://127.0.0.1:{self.port}/{api.stage}"
            endpoints.setdefault("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", address)
        return endpoints

    def _api_hosts(self) -> dict[str, str]:
        """Return where the hosts are that AWS would give the APIs."""
        ids = [api.api_id for api in self.cloud.web_socket_apis]
        ids += [api.api_id for api in self.cloud.http_apis]
        return {api_host(one): f"localhost:{self.port}" for one in ids}

    def _scratch_folder(self) -> Path:
        """Return a folder for what is made anew at every start."""
        if self._data is not None:
            return self._data.absolute()
        folder = TemporaryDirectory(prefix="local-cloud-", ignore_cleanup_errors=True)
        return Path(self._parts.enter_context(folder))

    def _store_told(self, text: str) -> None:
        self._on_event({"event": "store", "text": text})

    def _fault_injected(self, injected: Injected) -> None:
        text = f"{injected.kind}: {injected.target} {injected.detail}".rstrip()
        self._on_event({"event": "fault", **asdict(injected), "text": text})

    def _in_background(self, work: Any) -> None:
        task = asyncio.create_task(work)

        async def end() -> None:
            task.cancel()
            await asyncio.wait([task])

        self._parts.push_async_callback(end)


def heard_by(*listeners: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return a listener that tells them all."""

    def hear(told: Any) -> None:
        for listener in listeners:
            listener(told)

    return hear


@asynccontextmanager
async def running(template: Path, **options: Any) -> AsyncIterator[LocalCloud]:
    """Run a template as long as the block lasts; the options are LocalCloud's."""
    cloud = LocalCloud(template, **options)
    await cloud.start()
    try:
        yield cloud
    finally:
        await cloud.stop()
