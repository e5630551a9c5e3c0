"""Do handlers find the services their template declares, under the rules of AWS?"""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from tests.local_cloud.services import FAILURES, LOST, PARCELS, REPORTS, Agent, agent

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ann() -> AsyncIterator[Agent]:
    async with agent(secrets={"/tea/secret": "leaf"}) as ann:
        yield ann


def status_of_post(url: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    try:
        connection.request("POST", "/bucket/key", b"{}", headers)
        return connection.getresponse().status
    finally:
        connection.close()


# Who may ask.


async def test_what_a_role_does_not_allow_is_refused(ann: Agent) -> None:
    """Control: the same calls by the agent, below."""
    for service, operation, parameters in (
        ("sqs", "send_message", {"QueueUrl": PARCELS, "MessageBody": "x"}),
        ("ssm", "get_parameter", {"Name": "/tea/colour"}),
        ("s3", "put_object", {"Bucket": "tea-pictures", "Key": "a", "Body": "x"}),
        ("lambda", "invoke", {"FunctionName": "Mirror", "Payload": "{}"}),
    ):
        answer = await ann.call(service, operation, caller="Stranger", **parameters)
        assert "AccessDenied" in answer["error"], service
        assert "is not authorized to perform: " in answer["message"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Amz-Target": "AmazonSQS.ListQueues"},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/sqs/aws4_request"},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request"},
    ],
)
async def test_what_is_not_signed_is_refused(ann: Agent, headers: dict[str, str]) -> None:
    """Control: every other test here."""
    assert await asyncio.to_thread(status_of_post, ann.cloud.services_url, headers) == 403


async def test_a_service_that_is_not_here_says_so(ann: Agent) -> None:
    answer = await ann.call("sns", "list_topics")

    assert answer["error"] == "UnknownOperationException"
    assert answer["message"] == "The local cloud has no service sns"


async def test_a_service_whose_calls_are_not_signed_says_so_as_well(ann: Agent) -> None:
    answer = await ann.call("cognito-idp", "get_user", AccessToken="token")

    assert answer["error"] == "UnknownOperationException"
    assert "has no service AWSCognitoIdentityProviderService" in answer["message"]


# Parameters.


async def test_parameters_are_the_templates_and_the_given_ones(ann: Agent) -> None:
    one = await ann.call("ssm", "get_parameter", Name="/tea/colour")
    secret = await ann.call("ssm", "get_parameter", Name="/tea/secret", WithDecryption=True)
    missing = await ann.call("ssm", "get_parameter", Name="/tea/nothing")
    many = await ann.call("ssm", "get_parameters", Names=["/tea/deep/kinds", "/no"])
    shallow = await ann.call("ssm", "get_parameters_by_path", Path="/tea")
    deep = await ann.call("ssm", "get_parameters_by_path", Path="/tea/", Recursive=True)

    assert one["Parameter"]["Value"] == "green"
    assert (secret["Parameter"]["Type"], secret["Parameter"]["Value"]) == ("SecureString", "leaf")
    assert missing["error"] == "ParameterNotFound"
    assert many["Parameters"][0]["Type"] == "StringList"
    assert many["InvalidParameters"] == ["/no"]
    assert [p["Name"] for p in shallow["Parameters"]] == ["/tea/colour", "/tea/secret"]
    assert len(deep["Parameters"]) == 3


# Lambda.


async def test_a_function_may_call_another_and_wait(ann: Agent) -> None:
    answer = await ann.call("lambda", "invoke", FunctionName="Mirror", Payload="{}")
    environment = json.loads(answer["Payload"])

    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "Mirror"
    arn = "arn:aws:lambda:us-east-1:123456789012:function:Mirror:$LATEST"
    assert (await ann.call("lambda", "invoke", FunctionName=arn))["StatusCode"] == 200


async def test_a_failure_is_told_to_whoever_waits(ann: Agent) -> None:
    answer = await ann.call("lambda", "invoke", FunctionName="always-fails", Payload="{}")

    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"])["errorType"] == "RuntimeError"
    assert await ann.report() == "tried"


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"FunctionName": "Nobody"}, "ResourceNotFoundException"),
        ({"FunctionName": "Mirror", "Payload": "{"}, "InvalidRequestContentException"),
        (
            {
                "FunctionName": "Mirror",
                "InvocationType": "Event",
                "Payload": f'"{"x" * 1_048_576}"',
            },
            "RequestTooLargeException",
        ),
    ],
)
async def test_an_invocation_that_cannot_be_is_refused(
    ann: Agent, parameters: dict[str, str], error: str
) -> None:
    assert (await ann.call("lambda", "invoke", **parameters))["error"] == error


async def test_an_event_is_tried_three_times_and_then_delivered_elsewhere(ann: Agent) -> None:
    """Developer Guide, "How Lambda handles errors and retries with asynchronous invocation"."""
    answer = await ann.call(
        "lambda",
        "invoke",
        FunctionName="always-fails",
        InvocationType="Event",
        Payload='{"n": 1}',
    )
    assert answer["StatusCode"] == 202
    assert await ann.report() == "tried"
    for wait_s in (60, 120):
        ann.cloud.clock.move(wait_s - 10)
        assert await ann.received(FAILURES, 0) == []
        ann.cloud.clock.move(10)
        assert await ann.report() == "tried"
    [record] = map(json.loads, await ann.received(FAILURES))

    assert record["requestPayload"] == {"n": 1}
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"] == {"errorMessage": "no tea", "errorType": "RuntimeError"}


# Queues.


async def test_a_message_is_hidden_while_it_is_handled(ann: Agent) -> None:
    """SQS Developer Guide, "Amazon SQS visibility timeout"."""
    await ann.call("sqs", "send_message", QueueUrl=LOST, MessageBody="once")
    receive = {"QueueUrl": LOST, "MessageSystemAttributeNames": ["All"]}
    first = await ann.call("sqs", "receive_message", **receive)
    hidden = await ann.call("sqs", "receive_message", **receive)
    ann.cloud.clock.move(30)
    again = await ann.call("sqs", "receive_message", **receive)
    stale = first["Messages"][0]["ReceiptHandle"]
    await ann.call("sqs", "delete_message", QueueUrl=LOST, ReceiptHandle=stale)
    ann.cloud.clock.move(30)
    kept = await ann.received(LOST, 0)
    ann.cloud.clock.move(30)
    gone = await ann.received(LOST, 0)

    assert first["Messages"][0]["Body"] == "once"
    assert hidden.get("Messages", []) == []
    assert again["Messages"][0]["Attributes"]["ApproximateReceiveCount"] == "2"
    assert (kept, gone) == (["once"], [])


async def test_a_delayed_message_comes_later(ann: Agent) -> None:
    await ann.call("sqs", "send_message", QueueUrl=LOST, MessageBody="later", DelaySeconds=60)
    early = await ann.received(LOST, 0)
    counted = await ann.call("sqs", "get_queue_attributes", QueueUrl=LOST, AttributeNames=["All"])
    ann.cloud.clock.move(60)

    assert early == []
    assert counted["Attributes"]["ApproximateNumberOfMessagesDelayed"] == "1"
    assert await ann.received(LOST) == ["later"]


async def test_a_queue_that_is_not_there_is_an_error(ann: Agent) -> None:
    found = await ann.call("sqs", "get_queue_url", QueueName="local-parcels")
    missing = await ann.call("sqs", "get_queue_url", QueueName="nothing")
    too_long = await ann.call("sqs", "send_message", QueueUrl=LOST, MessageBody="x" * 1_048_577)

    assert found["QueueUrl"] == PARCELS
    assert "NonExistentQueue" in missing["error"]
    assert too_long["error"] == "InvalidParameterValue"


async def test_queues_are_only_made_by_the_template_and_who_makes_one_is_told(ann: Agent) -> None:
    """The control: a call without a queue that is known here."""
    made = await ann.call("sqs", "create_queue", QueueName="teapots")
    known = await ann.call("sqs", "list_queues")

    assert "InvalidAction" in made["error"]
    assert PARCELS in known["QueueUrls"]


async def test_a_batch_is_handled_and_deleted(ann: Agent) -> None:
    entries = [{"Id": str(n), "MessageBody": f"parcel-{n}"} for n in range(3)]
    sent = await ann.call("sqs", "send_message_batch", QueueUrl=PARCELS, Entries=entries)
    handled = await parcels_handled(ann, 3)
    ann.cloud.clock.move(31)
    attributes = {"QueueUrl": PARCELS, "AttributeNames": ["All"]}
    counted = (await ann.call("sqs", "get_queue_attributes", **attributes))["Attributes"]

    assert len(sent["Successful"]) == 3
    assert handled == ["parcel-0", "parcel-1", "parcel-2"]
    assert counted["ApproximateNumberOfMessages"] == "0"
    assert counted["ApproximateNumberOfMessagesNotVisible"] == "0"


async def test_only_what_failed_comes_again_and_ends_among_the_lost(ann: Agent) -> None:
    """Guide, "Implementing partial batch responses"; redrive after two receives."""
    for body in ("good", "bad"):
        await ann.call("sqs", "send_message", QueueUrl=PARCELS, MessageBody=body)
    first = await parcels_handled(ann, 2)
    ann.cloud.clock.move(31)
    second = await parcels_handled(ann, 1)
    ann.cloud.clock.move(31)

    assert (first, second) == (["bad", "good"], ["bad"])
    assert await ann.received(LOST) == ["bad"]


async def parcels_handled(ann: Agent, count: int) -> list[str]:
    """Wait until so many parcels were handled, in however many batches."""
    handled: list[str] = []
    while len(handled) < count:
        for report in await ann.reports(1):
            handled += report.split()[1:]
    return sorted(handled)


# What time brings, in clouds of their own.


async def test_a_schedule_runs_when_its_time_has_come() -> None:
    async with agent() as ann:
        ann.cloud.clock.move(3_500)
        assert await ann.received(REPORTS, 0) == [], "the control: it is not yet an hour"
        ann.cloud.clock.move(100)
        event = json.loads(await ann.report())

    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")
    assert event["resources"] == ["arn:aws:events:us-east-1:123456789012:rule/HearHourly"]
