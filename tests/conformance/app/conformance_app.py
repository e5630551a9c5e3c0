"""What do the functions of the conformance suite do? What its tests ask them to, and note it.

A test names its `run` when it opens a socket; the authorizer's context carries it on. Nothing but
boto3 is needed.
"""

import json
import os
import time
from urllib.parse import quote

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

KEPT_S = 3600
MEETING_S = 5
events = boto3.resource("dynamodb").Table(os.environ["EVENTS_TABLE"])
authorities = os.environ.get("AWS_CA_BUNDLE")  # without: those that botocore trusts
lines = URLLib3Session(verify=authorities) if authorities else URLLib3Session()
credentials = boto3.Session().get_credentials()
seen = 0  # by this worker


def socket(event, context):
    """Authorize, connect, take a message or see it off."""
    if event.get("type") == "REQUEST":
        return authorize(event)
    facts = event["requestContext"]
    note(facts["authorizer"]["run"], facts["eventType"], event)
    if facts["eventType"] == "CONNECT":
        return connect(event)
    if facts["eventType"] == "MESSAGE":
        return take(event)
    return {"statusCode": 200}


def authorize(event):
    asked = event["queryStringParameters"]
    wanted = asked.get("authorizer", "Allow")
    note(asked["run"], "AUTHORIZE", event)
    if wanted == "malformed":
        return {"principalId": "u1"}
    if wanted not in ("Allow", "Deny"):
        raise Exception(wanted)
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": wanted,
        "Resource": event["methodArn"],
    }
    return {
        "principalId": "u1",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"run": asked["run"], "number": 1, "truth": True},
    }


def connect(event):
    asked = event["queryStringParameters"].get("connect", "200")
    if asked == "raise":
        raise RuntimeError("a secret of the server")
    if asked == "nothing":
        return None
    if asked == "post":
        facts = event["requestContext"]
        note(facts["authorizer"]["run"], "POSTED", manage("POST", facts["connectionId"], b"early"))
    headers = {"X-Other": "tea", "Set-Cookie": "a=b"}
    if asked == "subprotocol":
        headers["Sec-WebSocket-Protocol"] = "tea.v1"
    status = int(asked) if asked.isdigit() else 200
    return {"statusCode": status, "headers": headers, "body": "nobody reads this"}


def take(event):
    facts = event["requestContext"]
    try:
        asked = json.loads(event["body"])
    except ValueError:
        asked = {}
    asked = asked if isinstance(asked, dict) else {}
    run, wanted = facts["authorizer"]["run"], asked.get("do")
    if wanted == "raise":
        raise RuntimeError("a secret of the server")
    if wanted == "nothing":
        return None
    if wanted == "meet":
        give_up_at = time.monotonic() + MEETING_S
        while time.monotonic() < give_up_at and "Item" not in came(run):
            time.sleep(0.02)
        manage("POST", facts["connectionId"], b"met" if "Item" in came(run) else b"alone")
    if wanted == "come":
        events.put_item(Item={"run": run, "at": "came", "ttl": int(time.time()) + KEPT_S})
    if wanted == "sleep":
        time.sleep(1.5)
        manage("POST", facts["connectionId"], b"went on")
    return {"statusCode": 200, "body": "the body of a result"}


def came(run):
    return events.get_item(Key={"run": run, "at": "came"}, ConsistentRead=True)


def sleep_too_long(event, context):
    time.sleep(60)


def control(event, context):
    """Tell addresses and events, and ask the management API."""
    global seen
    seen += 1
    path = event["rawPath"]
    if path == "/addresses":
        names = {name: os.environ[name.upper()] for name in ("sockets", "bare")}
        return {"statusCode": 200, "body": json.dumps(names)}
    if path == "/management":
        return {"statusCode": 200, "body": json.dumps(manage(**json.loads(event["body"])))}
    if path == "/context":
        return {"statusCode": 200, "body": json.dumps(facts_of(context))}
    return {"statusCode": 200, "body": json.dumps(noted(path.rpartition("/")[2]))}


def facts_of(context):
    return {
        "request_id": context.aws_request_id,
        "name": context.function_name,
        "arn": context.invoked_function_arn,
        "memory_mb": str(context.memory_limit_in_mb),
        "remaining_ms": context.get_remaining_time_in_millis(),
        "seen": seen,
    }


def manage(method, connection_id, data=None, size=0, is_signed=True):
    """Ask the management API; return all that it answers."""
    url = f"{os.environ['MANAGEMENT']}/@connections/{quote(connection_id, safe='')}"
    data = data.encode() if isinstance(data, str) else data
    request = AWSRequest(method, url, data=data or b"x" * size)
    if is_signed:
        SigV4Auth(credentials, "execute-api", os.environ["AWS_REGION"]).add_auth(request)
    answer = lines.send(request.prepare())
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return {"status": answer.status_code, "headers": headers, "body": answer.text}


def note(run, kind, content):
    item = {"run": run, "at": f"{time.time_ns()} {kind}", "content": json.dumps(content)}
    events.put_item(Item={**item, "kind": kind, "ttl": int(time.time()) + KEPT_S})


def noted(run):
    found = events.query(
        KeyConditionExpression="#run = :run",
        ExpressionAttributeNames={"#run": "run"},
        ExpressionAttributeValues={":run": run},
        ConsistentRead=True,
    )
    return [[one["kind"], json.loads(one["content"])] for one in found["Items"] if "kind" in one]
