"""Whatever one handler does, is it told in a sentence, and nobody else harmed? Over sockets."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from local_cloud.cloud import heard_by, running
from local_cloud.telling import Teller
from local_cloud.worker_pool import Invocation
from tests.local_cloud.conftest import SAMPLES

SERVER_ERROR = "Internal server error"  # all that the sender hears
# What is done, and what the one stream of all logs says of it.
MISDEEDS = {
    "prints": "answered nothing, not a map with a statusCode",
    "raises": "failed: KeyError: 'tea'",
    "hangs": "Error: Task timed out after 2.00 seconds",
    "exits": "Error: Runtime exited with error: exit status 3",
    "exits_while_a_thread_runs": "Error: Runtime exited without providing a reason",
    "is_killed": "Error: Runtime exited with error: signal: killed",
    "interrupts": "Error: Runtime exited with error: exit status 1",
    "returns_a_set": "Unable to marshal response: Object of type set is not JSON serializable",
    "returns_nan": "Unable to marshal response: Out of range float values are not JSON compliant",
    "eats_memory_at_will": "The handler asked for more than its MemorySize of 128 MB",
    "is_not_there": "Handler 'is_not_there' missing on module 'misbehave'",
    "leaks_threads": "[WARN] the answer leaves 20 threads running: frozen until the next event",
}
GOES_WELL = "leaks_threads"
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
async def test_a_misdeed_is_told_its_sender_and_harms_nobody(
    tmp_path: Path, misdeed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control: the other's frames are answered before, meanwhile and afterwards."""
    number = list(MISDEEDS).index(misdeed)
    has_ended = asyncio.Event()
    listeners = Teller(is_json=False).listeners()

    def note(invocation: Invocation) -> None:
        if invocation.function_id == f"Misdeed{number}":
            has_ended.set()

    listeners["on_invocation"] = heard_by(listeners["on_invocation"], note)
    async with running(template(tmp_path), data=None, **listeners) as cloud:
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
            if misdeed != GOES_WELL:
                heard = json.loads(await asyncio.wait_for(ann.recv(), 10))
                assert heard["message"] == SERVER_ERROR
            await ann.send('{"action":"behaves"}')
            assert await asyncio.wait_for(ann.recv(), 10) == "still here"

    said = [line for line in capsys.readouterr().out.splitlines() if MISDEEDS[misdeed] in line]
    assert len(said) == 1, said
    assert f"Misdeed{number}" in said[0]
