"""Section 7: what AWS leaves open is a switch here, and both answers can be had."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from local_cloud.faults import FaultPlan
from local_cloud.limits import Limits
from local_cloud.open_questions import DEFAULTS, OTHERWISE, POSSIBLE, OpenQuestions
from local_cloud.resources import WebSocketAuthorizer
from tests.gateway.target import Target, allow, running, soon, web_socket_api


def answered(**answers: Any) -> OpenQuestions:
    return replace(DEFAULTS, **answers)


def fail(event: dict[str, Any]) -> None:
    raise RuntimeError


async def closed(socket: Any) -> ConnectionClosed:
    with pytest.raises(ConnectionClosed) as caught:
        await soon(socket.recv())
    return caught.value


@pytest.mark.parametrize("status", POSSIBLE["connect_failure_status"])
async def test_1_a_connect_that_raises_is_refused_by_502_or_500(status: int) -> None:
    async with running(questions=answered(connect_failure_status=status)) as target:
        target.on("Connect", fail)
        with pytest.raises(InvalidStatus) as refused:
            await target.connect()
        assert refused.value.response.status_code == status


@pytest.mark.parametrize("status", POSSIBLE["plain_get_status"])
async def test_1_a_plain_get_is_refused_by_426_or_403(status: int) -> None:
    async with running(questions=answered(plain_get_status=status)) as target:
        assert (await target.http("GET", "/ws")).status == status


@pytest.mark.parametrize("is_activity", [False, True])
async def test_2_pings_keep_a_socket_or_do_not(*, is_activity: bool) -> None:
    now_ms = [0]
    questions = answered(do_pings_reset_idle=is_activity)
    idle = running(questions=questions, limits=Limits(idle_ms=1_000), clock=lambda: now_ms[0])
    async with idle as target, target.connected() as (socket, _):
        now_ms[0] = 900
        await soon(await socket.ping())
        now_ms[0] = 1_100
        if is_activity:
            await soon(await socket.ping())  # it is still there
            now_ms[0] = 2_200
        assert (await closed(socket)).rcvd.code == 1001  # type: ignore[union-attr]


@pytest.mark.parametrize("answer", POSSIBLE["throttled_message"])
async def test_3_a_throttled_message_is_answered_or_closes(answer: Any) -> None:
    """Control: without the fault it reaches its function."""
    questions, plan = answered(throttled_message=answer), FaultPlan(messages_throttled=1)
    async with running(questions=questions, plan=plan) as target:
        async with target.connected() as (socket, _):
            await socket.send('{"action":"sendMessage"}')
            if answer == "frame":
                assert '"message": "Too Many Requests"' in str(await soon(socket.recv()))
                target.faults.plan = FaultPlan()
                await socket.send('{"action":"sendMessage"}')
                await target.event_of("SendMessage")
            else:
                assert (await closed(socket)).rcvd.code == 1008  # type: ignore[union-attr]
        assert target.invoker.invoked.count("SendMessage") == (answer == "frame")
        assert [noted.kind for noted in target.faults.injected] == ["message_throttled"]


@pytest.mark.parametrize("code", POSSIBLE["delete_close_code"])
async def test_4_a_deleted_connection_closes_with_a_code_or_with_none(code: int) -> None:
    """`$disconnect` hears of 1000 either way: that was captured."""
    async with running(questions=answered(delete_close_code=code)) as target:
        async with target.connected() as (socket, connection_id):
            await asyncio.to_thread(delete, target, connection_id)
            assert (await closed(socket)).rcvd.code == code  # type: ignore[union-attr]
        context = (await target.event_of("Disconnect"))["requestContext"]

    told = (context["disconnectStatusCode"], context["disconnectReason"])
    assert told == (1000, "Connection Closed Normally")


def delete(target: Target, connection_id: str) -> None:
    client = target.management_client()
    client.delete_connection(ConnectionId=connection_id)
    client.close()


@pytest.mark.parametrize("is_exact", [False, True])
async def test_5_the_case_of_a_header_matters_or_does_not(*, is_exact: bool) -> None:
    api = web_socket_api(
        authorizer=WebSocketAuthorizer("Authorize", ("route.request.header.X-Ticket",))
    )
    questions = answered(are_header_sources_case_sensitive=is_exact)
    async with running(api=api, questions=questions) as target:
        target.on("Authorize", allow)
        async with target.connect(additional_headers={"X-Ticket": "t"}):
            pass  # the control: the same case is found under either answer
        if is_exact:
            with pytest.raises(InvalidStatus) as refused:
                await target.connect(additional_headers={"x-ticket": "t"})
            assert refused.value.response.status_code == 401
        else:
            async with target.connect(additional_headers={"x-ticket": "t"}):
                pass


@pytest.mark.parametrize("may_select", [False, True])
async def test_6_an_action_may_name_a_reserved_route_or_may_not(*, may_select: bool) -> None:
    """A handler has to look at the event's type: it is MESSAGE, whatever the route."""
    questions = answered(may_dollar_actions_select=may_select)
    async with running(questions=questions) as target, target.connected() as (socket, _):
        await socket.send('{"action":"$disconnect"}')
        event = await target.event_of("Disconnect" if may_select else "Default")

        context = event["requestContext"]
        assert context["eventType"] == "MESSAGE"
        assert context["routeKey"] == ("$disconnect" if may_select else "$default")


@pytest.mark.parametrize("questions", [DEFAULTS, OTHERWISE])
async def test_7_the_reasons_of_a_lost_and_of_an_idle_connection_vary(
    questions: OpenQuestions,
) -> None:
    async with running(questions=questions, limits=Limits(idle_ms=300)) as target:
        async with target.connected() as (socket, _):
            socket.transport.abort()
            lost = (await target.event_of("Disconnect"))["requestContext"]
        async with target.connected() as (socket, _):
            await closed(socket)
            idle = (await target.event_of("Disconnect"))["requestContext"]

    assert (lost["disconnectStatusCode"], idle["disconnectStatusCode"]) == (1006, 1001)
    assert lost["disconnectReason"] == questions.lost_reason
    assert idle["disconnectReason"] == questions.going_away_reason


@pytest.mark.parametrize("answer", POSSIBLE["compression"])
async def test_8_a_frame_is_measured_before_or_after_it_is_inflated(answer: Any) -> None:
    """Control: a frame that is small either way arrives, compressed where that is agreed."""
    compressing = running(questions=answered(compression=answer))
    async with compressing as target, target.connected(compression="deflate") as (socket, _):
        assert bool(socket.protocol.extensions) == (answer != "none")
        await socket.send("tea " * 100)
        assert (await target.event_of("Default"))["body"] == "tea " * 100
        text = "tea " * 10_000  # 40,000 bytes, of which some hundred travel
        await socket.send(text)
        if answer == "limits_compressed":
            assert (await target.event_of("Default"))["body"] == text
        else:
            assert (await closed(socket)).rcvd.code == 1009  # type: ignore[union-attr]


async def test_8_no_frame_becomes_larger_than_a_message_may_be() -> None:
    compressing = running(questions=answered(compression="limits_compressed"))
    async with compressing as target, target.connected(compression="deflate") as (socket, _):
        await socket.send("t" * 200_000)  # a bomb of 200 bytes
        assert (await closed(socket)).rcvd.code == 1009  # type: ignore[union-attr]


def test_every_question_has_two_answers() -> None:
    for field in fields(OpenQuestions):
        assert getattr(DEFAULTS, field.name) != getattr(OTHERWISE, field.name)


def test_answers_come_from_json() -> None:
    content = {"connect_failure_status": 500, "lost_reason": "gone"}
    assert OpenQuestions.from_dict(content) == answered(**content)


@pytest.mark.parametrize(
    "content",
    [
        {"connect_status": 500},
        {"connect_failure_status": 503},
        {"do_pings_reset_idle": 1},
        {"lost_reason": None},
        {"compression": "gzip"},
    ],
)
def test_an_answer_to_no_question_is_refused(content: dict[str, Any]) -> None:
    """Control: the answers of the test before this one."""
    with pytest.raises(ValueError, match=r"."):
        OpenQuestions.from_dict(content)
