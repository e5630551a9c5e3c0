"""Are the rates that a template gives its stages and routes imposed, each route by itself?"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from local_cloud.limits import Limits
from local_cloud.open_questions import OpenQuestions
from local_cloud.resources import HttpApi
from local_cloud.route_rates import Rate, RouteRates
from local_cloud.template import load_cloud
from tests.gateway.target import HTTP_ROUTES, Target, running, soon, web_socket_api

TWO, FOUR, NONE = Rate(1, 2), Rate(1, 4), Rate(0, 0)
stopped = partial(running, clock=lambda: 1_763_726_400_000)  # no second passes
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Tea:
    Type: AWS::Serverless::Function
    Properties:
      {Runtime: python3.13, InlineCode: "def f(e, c): return {'statusCode': 200}", Handler: index.f}
"""
RAW_SOCKETS = """
  Sockets:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: s, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action }
  Live:
    Type: AWS::ApiGatewayV2::Stage
    Properties:
      ApiId: !Ref Sockets
      StageName: live
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: "7" }
      RouteSettings: { tell: { ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 1 } }
"""
SAM_SOCKETS = """
  Sockets:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: live
      RouteSelectionExpression: $request.body.action
      Routes: { tell: { FunctionArn: !GetAtt Tea.Arn } }
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: "7" }
      RouteSettings: { tell: { ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 1 } }
"""
HTTP = """
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: "7" }
      RouteSettings: { "GET /tea": { ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 1 } }
"""
REST = """
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      DefinitionBody: { swagger: "2.0", info: { title: t }, paths: {} }
      MethodSettings:
        - { ResourcePath: /*, HttpMethod: "*", ThrottlingRateLimit: 5, ThrottlingBurstLimit: 7 }
        - ResourcePath: /~1tea~1pot
          HttpMethod: GET
          ThrottlingRateLimit: 0.5
          ThrottlingBurstLimit: 1
"""


def written(folder: Path, resources: str) -> Path:
    path = folder / "template.yaml"
    path.write_text(TEMPLATE + resources)
    return path


@pytest.mark.parametrize("resources", [RAW_SOCKETS, SAM_SOCKETS], ids=["raw", "sam"])
def test_the_rates_of_web_socket_stages_are_read(tmp_path: Path, resources: str) -> None:
    [api] = load_cloud(written(tmp_path, resources), scratch=tmp_path).web_socket_apis

    assert api.rates == RouteRates(Rate(5, 7), {"tell": Rate(0.5, 1)})


def test_a_deployer_says_how_many_sockets_a_second_are_let_in(tmp_path: Path) -> None:
    """Control: as many as the account, where nothing is said."""
    template = Path(__file__).parents[2] / "template.yaml"
    said = {"ConnectionsPerSecond": "50"}
    [few] = load_cloud(template, said, scratch=tmp_path).web_socket_apis
    [all_of_them] = load_cloud(template, scratch=tmp_path).web_socket_apis

    assert few.rates.of_routes == {"$connect": Rate(50, 50)}
    assert all_of_them.rates.of_routes == {"$connect": Rate(500, 500)}


@pytest.mark.parametrize(
    ("resources", "route_key"), [(HTTP, "GET /tea"), (REST, "GET /tea/pot")], ids=["http", "rest"]
)
def test_the_rates_of_http_stages_are_read(tmp_path: Path, resources: str, route_key: str) -> None:
    [api] = load_cloud(written(tmp_path, resources), scratch=tmp_path).http_apis

    assert api.rates == RouteRates(Rate(5, 7), {route_key: Rate(0.5, 1)})


def test_half_a_rate_is_named_with_its_line(tmp_path: Path) -> None:
    """Control: the whole one of the same stage is not."""
    half = RAW_SOCKETS.replace('ThrottlingRateLimit: 5, ThrottlingBurstLimit: "7"', "%s")
    path = written(tmp_path, half % "ThrottlingRateLimit: 5")

    [told] = load_cloud(path, scratch=tmp_path).unknown

    assert told.startswith("line 12: Live sets one of ThrottlingRateLimit and ThrottlingBurstLimit")


async def said(target: Target, *actions: str, together: int) -> list[str]:
    """Say all of it, and wait for so many answers and events."""
    async with target.connected() as (socket, _):
        for action in actions:
            await socket.send(f'{{"action": "{action}"}}')
        return [str(await soon(socket.recv())) for _ in range(together)]


async def test_a_route_beyond_its_rate_is_answered_by_a_frame_and_others_go_on() -> None:
    """Controls: two of its messages, and all of the other route's, reach their handlers."""
    api = web_socket_api(rates=RouteRates(FOUR, {"sendMessage": TWO}))
    async with stopped(api=api) as target:
        refused = await said(target, *["sendMessage"] * 3, *["else"] * 4, together=1)
        for _ in range(4):
            await target.event_of("Default")
        handled = target.invoker.invoked.count("SendMessage")

    assert '"message": "Too Many Requests"' in refused[0]
    assert handled == 2


async def test_or_a_route_beyond_its_rate_closes_the_socket() -> None:
    api = web_socket_api(rates=RouteRates(TWO))
    questions = OpenQuestions(throttled_message="close")
    async with stopped(api=api, questions=questions) as target:
        with pytest.raises(ConnectionClosed) as closed:
            await said(target, *["tea"] * 3, together=1)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_what_no_route_takes_is_forbidden_however_often() -> None:
    """Control: at this rate the only route takes nothing."""
    api = web_socket_api(without=("$default",), rates=RouteRates(NONE, {"$connect": TWO}))
    async with stopped(api=api) as target:
        *forbidden, refused = await said(target, *["else"] * 3, "sendMessage", together=4)

    assert all('"message": "Forbidden"' in one for one in forbidden)
    assert '"message": "Too Many Requests"' in refused


async def test_handshakes_beyond_the_rate_of_connect_are_refused_and_no_handler_runs() -> None:
    """Control: two are accepted; without a route `$connect` there is no rate for it."""
    rates = RouteRates(TWO)
    async with stopped(api=web_socket_api(rates=rates)) as target:
        for _ in range(2):
            async with target.connected():
                pass
        with pytest.raises(InvalidStatus) as refused:
            await soon(target.connect().__aenter__())
        invoked = target.invoker.invoked.count("Connect")
    async with stopped(api=web_socket_api(without=("$connect",), rates=rates)) as target:
        for _ in range(3):
            async with target.connect():
                pass

    assert refused.value.response.status_code == 429
    assert b'"message":"Too Many Requests"' in refused.value.response.body.replace(b": ", b":")
    assert invoked == 2


async def test_http_requests_beyond_a_route_s_rate_are_429() -> None:
    """Controls: two pass, and another route of the stage has a bucket of its own."""
    rates = RouteRates(FOUR, {"GET /api/rooms/{roomId}": TWO})
    api = HttpApi("Http", "http123", "$default", HTTP_ROUTES, rates=rates)
    async with stopped(http_apis=(api,)) as target:
        asked = [await target.http("GET", f"/api/rooms/{room}") for room in (1, 2, 3)]
        others = [(await target.http("GET", "/api/rooms/public")).status for _ in range(5)]

    assert [one.status for one in asked] == [200, 200, 429]
    assert asked[2].json == {"message": "Too Many Requests"}
    assert "apigw-requestid" in asked[2].headers
    assert others == [200, 200, 200, 200, 429]


async def test_a_benchmark_may_raise_the_rates_of_a_template() -> None:
    """Control: two pass without."""
    api = HttpApi("Http", "http123", "$default", HTTP_ROUTES, rates=RouteRates(TWO))
    async with stopped(http_apis=(api,), limits=Limits(route_rates_times=2)) as target:
        answers = [(await target.http("GET", "/api/rooms/1")).status for _ in range(5)]

    assert answers == [200, 200, 200, 200, 429]


async def test_time_gives_a_route_its_rate_back() -> None:
    now_ms = [1_763_726_400_000]
    api = HttpApi("Http", "http123", "$default", HTTP_ROUTES, rates=RouteRates(TWO))
    async with running(http_apis=(api,), clock=lambda: now_ms[0]) as target:
        at_once = [(await target.http("GET", "/api/rooms/1")).status for _ in range(3)]
        now_ms[0] += 1_000
        later = [(await target.http("GET", "/api/rooms/1")).status for _ in range(2)]

    assert (at_once, later) == ([200, 200, 429], [200, 429])
