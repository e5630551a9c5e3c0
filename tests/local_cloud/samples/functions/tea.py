"""Handlers of the sample template: they keep cups of tea in a table."""

import json
import os

import boto3

cups = boto3.client("dynamodb")


def pour(event, context):
    cup = json.loads(event["body"])
    cups.put_item(
        TableName=os.environ["CUPS_TABLE"], Item={"cup": {"S": cup["name"]}, "ttl": {"N": "1"}}
    )
    return {"statusCode": 201, "body": json.dumps({"pid": os.getpid()})}


def drink(event, context):
    found = cups.get_item(
        TableName=os.environ["CUPS_TABLE"],
        Key={"cup": {"S": event["pathParameters"]["cup"]}},
        ConsistentRead=True,
    )
    return {"statusCode": 200 if "Item" in found else 404, "body": os.environ["HOUSE"]}


def greet(event, context):
    """Answer every frame by a post to the connection it came from."""
    post = boto3.client("apigatewaymanagementapi").post_to_connection
    post(ConnectionId=event["requestContext"]["connectionId"], Data=b"welcome")
    return {"statusCode": 200}


def accept(event, context):
    return {"statusCode": 200}


def admit(event, context):
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "ann", "policyDocument": policy}
