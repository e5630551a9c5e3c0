"""F3, F6: queues, asynchronous events and the other services fail as they may on AWS."""

from __future__ import annotations

import pytest

from local_cloud.faults import FaultPlan, Faults
from tests.local_cloud.services import PARCELS, agent


async def test_a_queue_may_hand_out_a_message_twice() -> None:
    """Control: the next one is received once."""
    faults = Faults(FaultPlan(queue_messages_duplicated=1, at_most=1))
    async with agent(faults=faults) as ann:
        await ann.call("sqs", "send_message", QueueUrl=PARCELS, MessageBody="tea")
        twice = await ann.reports(2)
        await ann.call("sqs", "send_message", QueueUrl=PARCELS, MessageBody="cups")
        once = await ann.report()

    assert (twice, once) == (["sorted tea", "sorted tea"], "sorted cups")
    assert [(one.kind, one.target) for one in faults.injected] == [
        ("queue_message_duplicated", "local-parcels")
    ]


async def test_an_asynchronous_event_may_come_twice() -> None:
    """Control: the next one comes once."""
    faults = Faults(FaultPlan(async_events_duplicated=1, at_most=1))
    async with agent(faults=faults) as ann:
        event = {"FunctionName": "always-fails", "InvocationType": "Event", "Payload": "{}"}
        await ann.call("lambda", "invoke", **event)
        twice = await ann.reports(2)
        await ann.call("lambda", "invoke", **event)
        once = await ann.reports(1)

    assert (twice, once) == (["tried", "tried"], ["tried"])
    assert [(one.kind, one.target) for one in faults.injected] == [
        ("async_event_duplicated", "Fail")
    ]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    [
        ("s3", "list_objects_v2", {"Bucket": "tea-pictures"}, "SlowDown"),
        ("ssm", "get_parameter", {"Name": "/tea/colour"}, "ServiceUnavailable"),
    ],
)
async def test_a_service_may_be_too_busy(
    service: str, operation: str, parameters: dict[str, str], code: str
) -> None:
    """Control: it answers when the fault is over."""
    faults = Faults(FaultPlan(service_calls_failed=1))
    async with agent(faults=faults) as ann:
        busy = await ann.call(service, operation, **parameters)
        faults.plan = FaultPlan()
        answered = await ann.call(service, operation, **parameters)

    assert busy["error"] == code
    assert "error" not in answered
    assert {(one.kind, one.target) for one in faults.injected} == {("service_call_failed", service)}
