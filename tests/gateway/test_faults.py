"""1.11 (10), (11): what may fail on AWS fails here on demand, from a seed, and is noted."""

from __future__ import annotations

import asyncio

import pytest

from local_cloud.faults import FaultPlan, Faults
from tests.gateway.target import running, soon


async def test_a_dropped_disconnect_never_arrives() -> None:
    """WebSocket guide, "$disconnect": best effort. Control: the next one, without the fault."""
    async with running(plan=FaultPlan(disconnects_dropped=1)) as target:
        async with target.connected() as (_, lost_id):
            pass
        while not target.faults.injected:
            await target.http("GET", "/api/any")
        target.faults.plan = FaultPlan()
        async with target.connected() as (_, other_id):
            pass
        event = await target.event_of("Disconnect")

    assert event["requestContext"]["connectionId"] == other_id
    (noted,) = target.faults.injected
    assert (noted.kind, noted.target) == ("disconnect_dropped", lost_id)


async def test_a_delayed_disconnect_arrives_after_the_next_connect() -> None:
    """1.2: it may be late, after the client is back."""
    plan = FaultPlan(disconnects_delayed=1, disconnect_delay_ms=(600, 600))
    async with running(plan=plan) as target:
        async with target.connected() as (_, first_id):
            pass
        async with target.connected():
            event = await target.event_of("Disconnect")
            assert target.invoker.invoked == ["Connect", "Connect", "Disconnect"]

    assert event["requestContext"]["connectionId"] == first_id
    noted = [(one.kind, one.target, one.delay_ms) for one in target.faults.injected]
    assert noted[0] == ("disconnect_delayed", first_id, 600)


@pytest.mark.parametrize(
    ("plan", "kind", "status", "error"),
    [
        (FaultPlan(posts_gone=1), "post_gone", 410, "GoneException"),
        (FaultPlan(posts_limited=1), "post_limited", 429, "LimitExceededException"),
    ],
)
async def test_posts_to_a_live_connection_are_refused(
    plan: FaultPlan, kind: str, status: int, error: str
) -> None:
    """1.11 (11). Control: without the fault the same post arrives."""
    async with running(plan=plan) as target, target.connected() as (socket, connection_id):
        reply = await target.post(connection_id, b"refused")
        assert (reply.status, reply.headers["x-amzn-errortype"]) == (status, error)
        assert [noted.kind for noted in target.faults.injected] == [kind]
        target.faults.plan = FaultPlan()
        await target.post(connection_id, b"arrives")
        assert await soon(socket.recv()) == "arrives"


async def test_a_dropped_post_is_accepted_and_lost() -> None:
    """A 200 promises nothing. Control: the next post arrives, first."""
    plan = FaultPlan(posts_dropped=1)
    async with running(plan=plan) as target, target.connected() as (socket, connection_id):
        assert (await target.post(connection_id, b"lost")).status == 200
        target.faults.plan = FaultPlan()
        await target.post(connection_id, b"arrives")
        assert await soon(socket.recv()) == "arrives"
        assert [noted.kind for noted in target.faults.injected] == ["post_dropped"]


async def test_a_delayed_post_keeps_its_caller_and_its_client_waiting() -> None:
    """Reported by users: `postToConnection` may hang. Control: without the fault it does not."""
    plan = FaultPlan(posts_delayed=1, post_delay_ms=(600, 600))
    async with running(plan=plan) as target, target.connected() as (socket, connection_id):
        posting = asyncio.ensure_future(target.post(connection_id, b"late"))
        while not target.faults.injected:
            await asyncio.sleep(0.001)
        target.faults.plan = FaultPlan()
        await target.post(connection_id, b"prompt")
        assert await soon(socket.recv()) == "prompt"
        assert not posting.done()
        assert await soon(socket.recv()) == "late"
        assert (await posting).status == 200
        assert [noted.kind for noted in target.faults.injected] == ["post_delayed"]


def test_the_same_seed_gives_the_same_faults() -> None:
    def play(seed: int) -> list[str | None]:
        faults = Faults(FaultPlan(seed=seed, posts_gone=0.3, posts_dropped=0.3))
        return [faults.of_post("c") for _ in range(100)]

    assert play(7) == play(7)
    assert play(7) != play(8)
    assert set(play(7)) == {None, "gone", "dropped"}


def test_nothing_fails_unless_asked_to() -> None:
    faults = Faults()
    for _ in range(100):
        assert faults.of_post("c") is None
        assert faults.post_delay_ms("c") == 0
        assert faults.event_delay_ms("c") == 0
        assert faults.disconnect_delay_ms("c") == 0
    assert faults.injected == []


def test_a_plan_comes_from_json() -> None:
    plan = FaultPlan.from_dict({"seed": 3, "posts_gone": 1, "event_delay_ms": [5, 10]})
    assert plan == FaultPlan(seed=3, posts_gone=1.0, event_delay_ms=(5, 10))
    whole = {"at_most": 2, "functions": ["Pour"], "clock_skew_ms": [-5, 5]}
    assert FaultPlan.from_dict(whole) == FaultPlan(
        at_most=2, functions=("Pour",), clock_skew_ms=(-5, 5)
    )


@pytest.mark.parametrize(
    "content",
    [
        {"posts_gon": 1},
        {"posts_gone": 2},
        {"posts_gone": "often"},
        {"posts_gone": None},
        {"event_delay_ms": [10, 5]},
        {"event_delay_ms": 5},
        {"event_delay_ms": [1, 2, 3]},
        {"seed": "x"},
        {"at_most": 0},
        {"at_most": True},
        {"functions": "Pour"},
        {"operations": [1]},
        {"store_key_units": -1},
        {"post_delay_ms": [-5, 5]},
    ],
)
def test_a_plan_with_a_mistake_is_refused(content: dict[str, object]) -> None:
    """Control: the plan of the test before this one."""
    with pytest.raises(ValueError, match=r"."):
        FaultPlan.from_dict(content)
