"""Does a function that is no Python leave all others in peace, and is it named?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from local_cloud.__main__ import main
from local_cloud.cloud import LocalCloud, running
from local_cloud.template import load_cloud

PATIENCE_S = 15
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Node:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      CodeUri: node/
      Handler: index.handler
      Events:
        Tea: {Type: HttpApi, Properties: {Path: /node, Method: GET}}
  Image:
    Type: AWS::Serverless::Function
    Properties: {PackageType: Image, ImageUri: 123.dkr.ecr.us-east-1.amazonaws.com/tea:1}
  Python:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      InlineCode: "def f(event, context): return {'statusCode': 200, 'body': 'tea'}"
      Handler: index.f
      Events:
        Tea: {Type: HttpApi, Properties: {Path: /python, Method: GET}}
  Open:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: open
      RouteSelectionExpression: $request.body.action
      Routes: {node: {FunctionArn: !GetAtt Node.Arn}, $connect: {FunctionArn: !GetAtt Python.Arn}}
  Shut:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: shut
      RouteSelectionExpression: $request.body.action
      Routes: {$connect: {FunctionArn: !GetAtt Image.Arn}}
"""
NAMED = (
    "line 4: Node runs nodejs22.x, not Python: every event of it fails",
    "line 12: Image runs an image, not Python: every event of it fails",
)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return path


@pytest_asyncio.fixture
async def cloud(template: Path) -> AsyncIterator[LocalCloud]:
    async with running(template, data=None, watch=True, prewarm=True) as cloud:
        yield cloud


async def status_of(cloud: LocalCloud, path: str) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", cloud.port)
    try:
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        writer.write(request.encode())
        answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
    finally:
        writer.close()
    return int(answer.split()[1]), answer.partition(b"\r\n\r\n")[2]


def test_it_is_named_with_its_line(template: Path, tmp_path: Path) -> None:
    """Control: the function in Python is not, and its code is where it belongs."""
    cloud = load_cloud(template, scratch=tmp_path)

    assert cloud.unknown == NAMED
    assert [i for i, one in cloud.functions.items() if not one.foreign_runtime] == ["Python"]


def test_the_check_says_nothing_else(template: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--template", str(template), "--port", "0", "--check"])

    said = capsys.readouterr().err.splitlines()
    assert (status, said) == (1, [f"local_cloud: {sentence}" for sentence in NAMED])


async def test_its_routes_answer_as_of_a_function_that_fails(cloud: LocalCloud) -> None:
    """Controls: `$connect` and the route of the function in Python answer as they should."""
    foreign = await status_of(cloud, "/node")
    ours = await status_of(cloud, "/python")
    async with connect(f"ws://localhost:{cloud.port}/open") as socket:
        await socket.send('{"action": "node"}')
        frame = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_S))
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://localhost:{cloud.port}/shut").__aenter__()

    assert foreign == (500, b'{"message":"Internal Server Error"}')
    assert ours == (200, b"tea")
    assert frame["message"] == "Internal server error"
    assert refused.value.response.status_code == 502
