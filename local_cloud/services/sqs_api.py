"""What does SQS answer? The calls of handlers on the template's queues, in SQS's JSON protocol.

Source: SQS API Reference.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from local_cloud.http_messages import Answer, Request, json_answer
from local_cloud.physical_names import queue_arn, queue_url
from local_cloud.services.endpoint import Allow, failure
from local_cloud.services.queues import Message, Queue

TARGET = "AmazonSQS."
MAX_BATCH = 10  # SQS quotas, "Message batch size"
MAX_WAIT_S = 20  # ReceiveMessage: WaitTimeSeconds, 0 to 20
MAX_VISIBILITY_S = 43_200  # 12 hours
MAX_DELAY_S = 900  # 15 minutes
ROLES_OF_BATCHES = {  # a batch needs the permission of the single call
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
OF_NO_QUEUE = (  # of those that name none, all but ListQueues
    "CancelMessageMoveTask",
    "CreateQueue",
    "ListMessageMoveTasks",
    "StartMessageMoveTask",
)
MISSING = "AWS.SimpleQueueService.NonExistentQueue"


class SqsError(Exception):
    """A call is refused; `kind` is the error's name."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class SqsApi:
    """The queues of one template, by ARN."""

    def __init__(self, queues: Mapping[str, Queue], allow: Allow) -> None:
        self._queues = queues
        self._allow = allow
        self._batches: dict[str, Callable[[Queue, dict[str, Any], str], dict[str, Any]]] = {
            "SendMessageBatch": self._send,
            "DeleteMessageBatch": self._delete,
            "ChangeMessageVisibilityBatch": self._change,
        }

    async def answer(self, caller: str, request: Request) -> Answer:
        """Answer one call."""
        operation = (request.header("x-amz-target") or "").removeprefix(TARGET)
        try:
            asked = json.loads(request.body or b"{}")
            return json_answer(200, await self._carry_out(caller, operation, asked))
        except SqsError as error:
            query = ("x-amzn-query-error", f"{error.kind};Sender")
            refused = failure(400, f"com.amazonaws.sqs#{error.kind}", error.message)
            return Answer(400, (*refused.headers, query), refused.body)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            text = f"The request is not of its operation's form ({error})"
            return failure(400, "InvalidParameterValue", text)

    async def _carry_out(
        self, caller: str, operation: str, asked: dict[str, Any]
    ) -> dict[str, Any]:
        if operation == "ListQueues":
            prefix = asked.get("QueueNamePrefix", "")
            names = [queue.settings.name for queue in self._queues.values()]
            return {"QueueUrls": [queue_url(name) for name in names if name.startswith(prefix)]}
        if operation in OF_NO_QUEUE:
            raise SqsError("InvalidAction", f"{operation} is unknown here")
        queue = self._queue(caller, operation, asked)
        if operation == "GetQueueUrl":
            return {"QueueUrl": queue_url(queue.settings.name)}
        if operation == "ReceiveMessage":
            return await self._receive(queue, asked)
        if operation in self._batches:
            return self._batch(queue, operation, asked["Entries"], caller)
        if operation + "Batch" in self._batches:
            return self._batches[operation + "Batch"](queue, asked, caller)
        if operation == "GetQueueAttributes":
            return {"Attributes": _attributes(queue, asked.get("AttributeNames") or [])}
        if operation == "PurgeQueue":
            queue.purge()
            return {}
        raise SqsError("InvalidAction", f"{operation} is unknown here")

    def _queue(self, caller: str, operation: str, asked: Mapping[str, Any]) -> Queue:
        name = asked["QueueName"] if operation == "GetQueueUrl" else asked["QueueUrl"]
        arn = queue_arn(name.rstrip("/").rpartition("/")[2])
        action = "sqs:" + ROLES_OF_BATCHES.get(operation, operation)
        refusal = self._allow(caller, action, arn)
        if refusal is not None:
            raise SqsError("AccessDenied", refusal)
        if arn not in self._queues:
            raise SqsError(MISSING, "The specified queue does not exist.")
        return self._queues[arn]

    async def _receive(self, queue: Queue, asked: Mapping[str, Any]) -> dict[str, Any]:
        limit = _within(asked, "MaxNumberOfMessages", 1, MAX_BATCH, 1)
        wait_s = _within(asked, "WaitTimeSeconds", 0, MAX_WAIT_S, queue.settings.wait_s)
        visibility_s = _within(
            asked, "VisibilityTimeout", 0, MAX_VISIBILITY_S, queue.settings.visibility_s
        )
        messages = await queue.receive(int(limit), wait_s=wait_s, visibility_s=visibility_s)
        system = asked.get("MessageSystemAttributeNames") or asked.get("AttributeNames") or []
        wanted = asked.get("MessageAttributeNames") or []
        received = [_received(message, system, wanted) for message in messages]
        return {"Messages": received} if received else {}

    def _batch(
        self, queue: Queue, operation: str, entries: list[dict[str, Any]], caller: str
    ) -> dict[str, Any]:
        if not entries:
            raise SqsError("EmptyBatchRequest", "There should be at least one entry.")
        if len(entries) > MAX_BATCH:
            text = f"Maximum number of entries per request are {MAX_BATCH}."
            raise SqsError("TooManyEntriesInBatchRequest", text)
        ids = [entry["Id"] for entry in entries]
        if len(set(ids)) < len(ids):
            raise SqsError("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id")
        done: list[dict[str, Any]] = []
        failed: list[dict[str, Any]] = []
        for entry in entries:
            try:
                done.append({"Id": entry["Id"], **self._batches[operation](queue, entry, caller)})
            except SqsError as error:
                refused = {"Code": error.kind, "Message": error.message, "SenderFault": True}
                failed.append({"Id": entry["Id"], **refused})
        return {"Successful": done, **({"Failed": failed} if failed else {})}

    def _send(self, queue: Queue, asked: dict[str, Any], caller: str) -> dict[str, Any]:
        body = asked["MessageBody"]
        if not body:
            raise SqsError(
                "MissingParameter", "The request must contain the parameter MessageBody."
            )
        if len(body.encode()) > queue.settings.max_bytes:
            text = f"Message must be shorter than {queue.settings.max_bytes} bytes."
            raise SqsError("InvalidParameterValue", f"One or more parameters are invalid. {text}")
        delay_s = _within(asked, "DelaySeconds", 0, MAX_DELAY_S, queue.settings.delay_s)
        attributes = asked.get("MessageAttributes") or {}
        message = queue.send(body, attributes, delay_s=delay_s, sender=caller)
        return {"MessageId": message.message_id, "MD5OfMessageBody": message.md5}

    def _delete(self, queue: Queue, asked: dict[str, Any], caller: str) -> dict[str, Any]:
        queue.delete(asked["ReceiptHandle"])
        return {}

    def _change(self, queue: Queue, asked: dict[str, Any], caller: str) -> dict[str, Any]:
        visibility_s = _within(asked, "VisibilityTimeout", 0, MAX_VISIBILITY_S, 0)
        if not queue.change_visibility(asked["ReceiptHandle"], visibility_s):
            raise SqsError("MessageNotInflight", "The message is not in flight.")
        return {}


def system_attributes(message: Message) -> dict[str, str]:
    """Write the attributes that SQS itself adds to a message."""
    return {
        "ApproximateReceiveCount": str(message.receives),
        "SentTimestamp": str(int(message.sent_at_s * 1000)),
        "SenderId": f"AROAEXAMPLE:{message.sender}",
        "ApproximateFirstReceiveTimestamp": str(int(message.first_received_at_s * 1000)),
    }


def _received(message: Message, system: list[str], wanted: list[str]) -> dict[str, Any]:
    received: dict[str, Any] = {
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": message.md5,
        "Body": message.body,
    }
    added = system_attributes(message)
    chosen = added if "All" in system else {k: v for k, v in added.items() if k in system}
    if chosen:
        received["Attributes"] = chosen
    is_all = "All" in wanted or ".*" in wanted
    attributes = {k: v for k, v in message.attributes.items() if is_all or k in wanted}
    if attributes:
        received["MessageAttributes"] = attributes
    return received


def _attributes(queue: Queue, names: list[str]) -> dict[str, str]:
    visible, flying, delayed = queue.counts()
    settings = queue.settings
    every = {
        "ApproximateNumberOfMessages": str(visible),
        "ApproximateNumberOfMessagesNotVisible": str(flying),
        "ApproximateNumberOfMessagesDelayed": str(delayed),
        "DelaySeconds": str(int(settings.delay_s)),
        "MaximumMessageSize": str(settings.max_bytes),
        "MessageRetentionPeriod": str(int(settings.retention_s)),
        "QueueArn": settings.arn,
        "ReceiveMessageWaitTimeSeconds": str(int(settings.wait_s)),
        "VisibilityTimeout": str(int(settings.visibility_s)),
    }
    if settings.dead_letters is not None:
        policy = {
            "deadLetterTargetArn": settings.dead_letters,
            "maxReceiveCount": settings.max_receives,
        }
        every["RedrivePolicy"] = json.dumps(policy)
    return every if "All" in names else {k: v for k, v in every.items() if k in names}


def _within(asked: Mapping[str, Any], name: str, low: float, high: float, default: float) -> float:
    value = float(asked.get(name, default))
    if not low <= value <= high:
        text = f"Value {asked[name]} for parameter {name} is invalid. Reason: Must be between "
        raise SqsError("InvalidParameterValue", f"{text}{low:g} and {high:g}, if provided.")
    return value
