"""Handlers that use AWS's services through boto3, as any application does."""

import json
import os

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

COUNTS = boto3.client("sqs")


def call(event, context):
    """Call one operation, and answer what it answers."""
    client = boto3.client(event["service"], config=Config(signature_version=event.get("version")))
    if event["operation"] == "generate_presigned_post":
        return client.generate_presigned_post(**event["parameters"])
    if event["operation"] == "generate_presigned_url":
        return client.generate_presigned_url(**event["parameters"])
    try:
        answer = getattr(client, event["operation"])(**event["parameters"])
    except ClientError as error:
        told = error.response["Error"]
        return {"error": told["Code"], "message": told["Message"]}
    answer.pop("ResponseMetadata", None)
    for name, value in answer.items():
        if hasattr(value, "read"):
            answer[name] = value.read().decode()
    return json.loads(json.dumps(answer, default=str))


def environment(event, context):
    return dict(os.environ)


def fail(event, context):
    report("tried")
    raise RuntimeError("no tea")


def sort(event, context):
    """Handle a batch: parcels that say so fail, alone or all together."""
    bodies = [record["body"] for record in event["Records"]]
    report("sorted " + " ".join(sorted(bodies)))
    if "spoil the batch" in bodies:
        raise RuntimeError("spoilt")
    failed = [one["messageId"] for one in event["Records"] if one["body"].startswith("bad")]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def hear(event, context):
    report(json.dumps(event))


def report(text):
    COUNTS.send_message(QueueUrl=os.environ["REPORTS"], MessageBody=text)
