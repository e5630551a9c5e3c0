"""Do APIs that others wrote by hand run here? Raw ApiGatewayV2 resources, untouched handlers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect

from local_cloud.certificates import make_certificate
from local_cloud.cloud import LocalCloud, running
from local_cloud.sam import TemplateError
from local_cloud.template import load_cloud
from tests.local_cloud.conftest import SAMPLES

TEMPLATE = SAMPLES / "raw" / "template.yaml"
PATIENCE_S = 15


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cloud() -> AsyncIterator[LocalCloud]:
    async with running(TEMPLATE, data=None) as cloud:
        yield cloud


def socket_to(cloud: LocalCloud) -> connect:
    return connect(f"ws://localhost:{cloud.port}/prod")


async def answer_to(socket: ClientConnection, **message: Any) -> str:
    await socket.send(json.dumps(message))
    answer = await asyncio.wait_for(socket.recv(), PATIENCE_S)
    assert isinstance(answer, str)
    return answer


async def get(cloud: LocalCloud, path: str, **headers: str) -> tuple[int, Any, dict[str, str]]:
    def ask() -> tuple[int, Any, dict[str, str]]:
        request = urllib.request.Request(cloud.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), dict(error.headers)

    return await asyncio.to_thread(ask)


# Endpoints that handlers build themselves.


@pytest.mark.asyncio(loop_scope="module")
async def test_a_handler_may_build_its_endpoint_from_the_event(cloud: LocalCloud) -> None:
    async with socket_to(cloud) as socket:
        assert await answer_to(socket, action="tell") == "told"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_handler_may_read_its_endpoint_from_the_template(cloud: LocalCloud) -> None:
    async with socket_to(cloud) as socket:
        assert await answer_to(socket, action="shout") == "shouted"


async def test_one_port_takes_both_tls_and_none(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    assert certificate is not None
    trusting = ssl.create_default_context(cafile=certificate.authorities)
    async with running(TEMPLATE, data=tmp_path) as cloud:
        trusting.load_verify_locations(tmp_path / "certificate" / "authorities.pem")
        async with connect(f"wss://localhost:{cloud.port}/prod", ssl=trusting) as encrypted:
            pong = json.loads(await answer_to(encrypted, action="ping", n=1))
        async with socket_to(cloud) as plain:
            assert json.loads(await answer_to(plain, action="ping", n=2))["pong"] == 2
        with pytest.raises(ssl.SSLError):
            await connect(f"wss://localhost:{cloud.port}/prod", ssl=ssl.create_default_context())

    assert pong["pong"] == 1


async def test_a_silent_visitor_does_not_keep_it_from_stopping() -> None:
    async with running(TEMPLATE, data=None) as cloud:
        silent, its_writer = await asyncio.open_connection("127.0.0.1", cloud.port)
        halfway, writer = await asyncio.open_connection("127.0.0.1", cloud.port)
        writer.write(b"\x16\x03\x01")  # a TLS handshake that goes no further
        await writer.drain()
        assert (await get(cloud, "/inline"))[0] == 200, "the control: others are served meanwhile"

    for reader, end in ((silent, its_writer), (halfway, writer)):
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        end.close()


# Two-way routes and mocks.


@pytest.mark.asyncio(loop_scope="module")
async def test_a_two_way_route_answers_with_the_results_body(cloud: LocalCloud) -> None:
    """Guide, "Set up a route response for a WebSocket API"."""
    async with socket_to(cloud) as socket:
        assert await answer_to(socket, action="echo", n=1) == '{"action": "echo", "n": 1}'


@pytest.mark.asyncio(loop_scope="module")
async def test_a_route_without_a_route_response_is_one_way(cloud: LocalCloud) -> None:
    """Control: the next message, of a two-way route to the same function, is answered."""
    async with socket_to(cloud) as socket:
        await socket.send('{"action": "oneWay"}')
        assert json.loads(await answer_to(socket, action="echo", n=2))["n"] == 2


@pytest.mark.asyncio(loop_scope="module")
async def test_a_two_way_answer_that_is_no_text_is_an_error(cloud: LocalCloud) -> None:
    async with socket_to(cloud) as socket:
        result = {"statusCode": 200, "body": {"no": "text"}}
        answer = json.loads(await answer_to(socket, action="echo", result=result))

    assert answer["message"] == "Internal server error"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_mock_answers_without_a_function(cloud: LocalCloud) -> None:
    async with socket_to(cloud) as socket:
        answer = json.loads(await answer_to(socket, action="ping", n={"deep": [1]}))

    assert answer["pong"] == {"deep": [1]}
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", answer["id"])


# HTTP authorizers, REST APIs, code inside the template.


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("/simple", "ann", 200),
        ("/simple", "eve", 403),
        ("/simple", "", 401),
        ("/simple", "boom", 500),
        ("/simple", "junk", 500),
        ("/policy", "ann", 200),
        ("/policy", "eve", 403),
        ("/policy", "nobody", 401),
        ("/open", "", 200),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_an_authorizer_decides(cloud: LocalCloud, path: str, token: str, status: int) -> None:
    """Guide, "Control access to HTTP APIs with AWS Lambda authorizers"."""
    headers = {"Authorization": token} if token else {}

    assert (await get(cloud, path, **headers))[0] == status


@pytest.mark.asyncio(loop_scope="module")
async def test_an_authorizers_context_keeps_its_types(cloud: LocalCloud) -> None:
    _, simple, _ = await get(cloud, "/simple", Authorization="ann")
    _, by_policy, _ = await get(cloud, "/policy", Authorization="ann")

    assert json.loads(simple) == {"lambda": {"cups": 2, "kinds": ["green"]}}
    assert json.loads(by_policy) == {"lambda": {"cups": "2"}}


@pytest.mark.asyncio(loop_scope="module")
async def test_a_rest_api_speaks_payload_format_1(cloud: LocalCloud) -> None:
    status, body, headers = await get(cloud, "/Prod/cups/blue")

    assert (status, json.loads(body)) == (200, ["/cups/{cup}", "/cups/blue", {"cup": "blue"}])
    assert headers["X-Tea"] == "a, b"


@pytest.mark.asyncio(loop_scope="module")
async def test_code_inside_the_template_runs(cloud: LocalCloud) -> None:
    assert (await get(cloud, "/inline"))[:2] == (200, "Inline")


# What is read.


def test_what_handlers_may_miss_is_named_with_its_line(tmp_path: Path) -> None:
    cloud = load_cloud(TEMPLATE, scratch=tmp_path)

    line = TEMPLATE.read_text().splitlines().index("  Letters: { Type: AWS::SNS::Topic }") + 1
    assert cloud.unknown == (
        f"line {line}: Letters is a AWS::SNS::Topic, which does not exist here",
    )


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            "IntegrationType: AWS_PROXY",
            "IntegrationType: HTTP",
            "ToTell is of the type HTTP; only AWS_PROXY and MOCK are known here",
        ),
        (
            '$input.json("$.n")',
            "#set($x = 1)",
            "PongResponse uses #set in a mapping template, which is unknown here",
        ),
        ('"200": \'{"statusCode": 200}\'', '"200": "tea"', "Pong is a mock whose request template"),
        ("EnableSimpleResponses: true", "EnableSimpleResponses: maybe", ""),
    ],
)
def test_an_api_that_cannot_be_real_is_refused(
    tmp_path: Path, before: str, after: str, sentence: str
) -> None:
    """Control: the sample itself, above; and the last case, which changes nothing of the kind."""
    text = TEMPLATE.read_text().replace("CodeUri: functions/", f"CodeUri: {SAMPLES}/raw/functions/")
    assert before in text
    path = tmp_path / "template.yaml"
    path.write_text(text.replace(before, after, 1))
    if not sentence:
        assert load_cloud(path, scratch=tmp_path).web_socket_apis
        return
    with pytest.raises(TemplateError, match=rf"line \d+: {re.escape(sentence)}"):
        load_cloud(path, scratch=tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            "RouteKey: tell,",
            "RouteKey: tell, ApiKeyRequired: true,",
            "TellRoute asks for an API key, which is not checked here",
        ),
        (
            "RouteKey: tell,",
            "RouteKey: tell, RequestModels: {tell: Tell},",
            "TellRoute has request models, which are not checked here",
        ),
        (
            "      Auth:\n        Authorizers:",
            "      CorsConfiguration: {AllowOrigins: ['*']}\n      Auth:\n        Authorizers:",
            "Http has CORS settings, which are unknown here",
        ),
    ],
)
def test_what_is_left_out_is_named(tmp_path: Path, before: str, after: str, sentence: str) -> None:
    """Control: the sample itself has one such sentence, about its topic."""
    text = TEMPLATE.read_text().replace("CodeUri: functions/", f"CodeUri: {SAMPLES}/raw/functions/")
    assert before in text
    path = tmp_path / "template.yaml"
    path.write_text(text.replace(before, after, 1))

    unknown = load_cloud(path, scratch=tmp_path).unknown

    assert len(unknown) == 2
    assert re.fullmatch(rf"line \d+: {re.escape(sentence)}", unknown[0])


def test_two_sockets_with_one_stage_name_are_refused(tmp_path: Path) -> None:
    """Control: the sample itself, which has one."""
    text = TEMPLATE.read_text().replace("CodeUri: functions/", f"CodeUri: {SAMPLES}/raw/functions/")
    path = tmp_path / "template.yaml"
    second = """
  Second:
    Type: AWS::ApiGatewayV2::Api
    Properties: { ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action }
  SecondStage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: { ApiId: !Ref Second, StageName: prod }
"""
    path.write_text(text + second)

    with pytest.raises(TemplateError, match=r"line \d+: Second has the stage prod, as Socket has"):
        load_cloud(path, scratch=tmp_path)
