"""Handlers as strangers write them: the management endpoint comes from the event or a variable."""

import json
import os

import boto3


def tell(event, context):
    request = event["requestContext"]
    endpoint = f"https://{request['domainName']}/{request['stage']}"
    _post(endpoint, request["connectionId"], "told")
    return {"statusCode": 200}


def shout(event, context):
    _post(os.environ["ENDPOINT"], event["requestContext"]["connectionId"], "shouted")
    return {"statusCode": 200}


def echo(event, context):
    message = json.loads(event["body"])
    return message.get("result", {"statusCode": 200, "body": event["body"]})


def who(event, context):
    return {"statusCode": 200, "body": json.dumps(event["requestContext"].get("authorizer"))}


def old(event, context):
    body = json.dumps([event["resource"], event["path"], event["pathParameters"]])
    return {"statusCode": 200, "multiValueHeaders": {"X-Tea": ["a", "b"]}, "body": body}


def guard(event, context):
    token = event["headers"].get("authorization", "")
    if token == "boom":
        raise RuntimeError("boom")
    if token == "junk":
        return ["junk"]
    return {"isAuthorized": token == "ann", "context": {"cups": 2, "kinds": ["green"]}}


def policy(event, context):
    if event["headers"]["authorization"] == "nobody":
        raise Exception("Unauthorized")
    effect = "Allow" if event["headers"]["authorization"] == "ann" else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["routeArn"]}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "ann", "policyDocument": document, "context": {"cups": "2"}}


def _post(endpoint, connection_id, text):
    client = boto3.client("apigatewaymanagementapi", endpoint_url=endpoint)
    client.post_to_connection(ConnectionId=connection_id, Data=text.encode())
