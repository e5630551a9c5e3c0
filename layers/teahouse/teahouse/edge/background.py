"""How do an event that nobody waits for and our types meet? Lambda tries again what raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from teahouse.app import App
from teahouse.bootstrap.background import app as the_app
from teahouse.edge import logs
from teahouse.edge.rest_log import write_line

# S3 User Guide, "Event message structure": the key is encoded as in a form.
KeyHandler = Callable[[App, str], None]


def bucket_handler(handle: KeyHandler) -> Callable[[dict[str, Any], Any], None]:
    """Make a Lambda handler of what is to be done for the key of each new object."""

    def lambda_handler(event: dict[str, Any], context: Any) -> None:
        with logs.invocation("ObjectCreated", write_line) as line:
            line.note(request_id=str(getattr(context, "aws_request_id", "")))
            for record in event["Records"]:
                handle(the_app(), unquote_plus(record["s3"]["object"]["key"]))

    return lambda_handler
