"""What do tests of AWS clients share? Trust, keys, and an endpoint that the environment names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from ssl import SSLContext

import pytest
from teahouse.adapters.management_api import ManagementApiBroadcaster

from local_cloud.signatures import Signatures
from tests.adapters.aws_endpoint import AwsEndpoint, running, tls_server
from tests.adapters.listening_room import IMPATIENT, LIMITS
from tests.certificates import Authority

Serve = Callable[..., AwsEndpoint]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Path:
    return authority.certificate()


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> Signatures:
    """Give this process the keys of a function, as Lambda would."""
    signatures = Signatures()
    for name, value in signatures.credentials_for("Tested").environment().items():
        monkeypatch.setenv(name, value)
    return signatures


@pytest.fixture
def serve(
    signatures: Signatures,
    authority: Authority,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Serve]:
    """Run endpoints over TLS (`tls=None`: plainly); the environment names the last one."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.file))
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with ExitStack() as stack:

        def started(tls: SSLContext | Path | None = certificate, **facts: object) -> AwsEndpoint:
            endpoint = AwsEndpoint(**({"signatures": signatures} | facts))  # type: ignore[arg-type]
            context = tls_server(tls) if isinstance(tls, Path) else tls
            stack.enter_context(running(endpoint, context))
            monkeypatch.setenv("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", endpoint.url)
            monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint.url)
            return endpoint

        yield started


@pytest.fixture
def broadcaster() -> Iterator[ManagementApiBroadcaster]:
    broadcaster = ManagementApiBroadcaster(LIMITS)
    yield broadcaster
    broadcaster.disconnect()


@pytest.fixture
def impatient() -> Iterator[ManagementApiBroadcaster]:
    broadcaster = ManagementApiBroadcaster(IMPATIENT)
    yield broadcaster
    broadcaster.disconnect()
