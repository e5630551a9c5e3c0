"""Whatever one handler does, is nobody else harmed? Through a running cloud, over sockets."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from local_cloud.cloud import running
from local_cloud.invocation import Failed
from local_cloud.worker_pool import Invocation
from tests.local_cloud.conftest import SAMPLES

SERVER_ERROR = "Internal server error"
# What is done, and what its sender hears of it: nothing, where nothing went wrong.
MISDEEDS = {
    "prints": SERVER_ERROR,  # and returns nothing
    "raises": SERVER_ERROR,
    "hangs": SERVER_ERROR,
    "exits": SERVER_ERROR,
    "exits_while_a_thread_runs": SERVER_ERROR,
    "is_killed": SERVER_ERROR,
    "interrupts": SERVER_ERROR,
    "returns_a_set": SERVER_ERROR,
    "returns_nan": SERVER_ERROR,
    "eats_memory_at_will": SERVER_ERROR,
    "leaks_threads": None,
}
MORE = """

def eats_memory_at_will(event, context):
    return len(bytearray(10**10))


def leaks_threads(event, context):
    for _ in range(20):
        threading.Thread(target=time.sleep, args=(600,)).start()
    return {"statusCode": 200}


def behaves(event, context):
    return {"statusCode": 200, "body": "still here"}
"""
HEAD = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.13, CodeUri: functions/, Timeout: 2, MemorySize: 128}}
Resources:
  Behaves: {Type: AWS::Serverless::Function, Properties: {Handler: misbehave.behaves}}
  Response:
    Type: AWS::ApiGatewayV2::RouteResponse
    Properties: {ApiId: !Ref Socket, RouteId: !Ref SocketBehavesRoute, RouteResponseKey: $default}
  Socket:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: ws
      RouteSelectionExpression: $request.body.action
      Routes:
        behaves: {FunctionArn: !GetAtt Behaves.Arn, RouteResponseSelectionExpression: $default}
"""


def template(folder: Path) -> Path:
    """Write an app with a route for each misdeed, and one that behaves."""
    shutil.copytree(SAMPLES / "functions", folder / "functions")
    with (folder / "functions" / "misbehave.py").open("a") as code:
        code.write(MORE)
    routes, functions = "", ""
    for number, name in enumerate(MISDEEDS):
        routes += f"        misdeed{number}: {{FunctionArn: !GetAtt Misdeed{number}.Arn}}\n"
        function = f"Type: AWS::Serverless::Function, Properties: {{Handler: misbehave.{name}}}"
        functions += f"  Misdeed{number}: {{{function}}}\n"
    path = folder / "template.yaml"
    path.write_text(HEAD + routes + functions)
    return path


@pytest.mark.parametrize("misdeed", list(MISDEEDS))
async def test_a_misdeed_is_told_its_sender_and_harms_nobody(tmp_path: Path, misdeed: str) -> None:
    """Control: the other's frames are answered before, meanwhile and afterwards."""
    number = list(MISDEEDS).index(misdeed)
    told: list[Invocation] = []
    has_ended = asyncio.Event()

    def note(invocation: Invocation) -> None:
        if invocation.function_id == f"Misdeed{number}":
            told.append(invocation)
            has_ended.set()

    async with running(template(tmp_path), data=None, on_invocation=note) as cloud:
        address = f"ws://127.0.0.1:{cloud.port}/ws"
        async with connect(address) as ann, connect(address) as ben:

            async def is_answered() -> bool:
                await ben.send('{"action":"behaves"}')
                return await asyncio.wait_for(ben.recv(), 10) == "still here"

            assert await is_answered()
            await ann.send(json.dumps({"action": f"misdeed{number}"}))
            assert await is_answered()
            await asyncio.wait_for(has_ended.wait(), 20)
            assert await is_answered()
            if MISDEEDS[misdeed] is not None:
                heard = json.loads(await asyncio.wait_for(ann.recv(), 10))
                assert heard["message"] == MISDEEDS[misdeed]
            await ann.send('{"action":"behaves"}')
            assert await asyncio.wait_for(ann.recv(), 10) == "still here"

    is_silent = misdeed in ("prints", "leaks_threads")
    assert isinstance(told[0].outcome, Failed) is not is_silent
