"""A handler that behaves: it counts its events and tells what it was given."""

import os
import sys

from tealeaves import KIND

events_seen = 0


def lambda_handler(event, context):
    global events_seen
    events_seen += 1
    return {
        "event": event,
        "events_seen": events_seen,
        "kind": KIND,
        "pid": os.getpid(),
        "cwd": os.getcwd(),
        "path": sys.path,
        "environment": dict(os.environ),
        "context": {
            "aws_request_id": context.aws_request_id,
            "function_name": context.function_name,
            "function_version": context.function_version,
            "invoked_function_arn": context.invoked_function_arn,
            "memory_limit_in_mb": context.memory_limit_in_mb,
            "log_group_name": context.log_group_name,
            "log_stream_name": context.log_stream_name,
            "remaining_ms": context.get_remaining_time_in_millis(),
            "client_context": context.client_context,
            "cognito_identity_id": context.identity.cognito_identity_id,
        },
    }
