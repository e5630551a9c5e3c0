"""How does the `$connect` authorizer read a handshake, and what does it answer?

Lambda REQUEST authorizers of WebSocket APIs: raising exactly "Unauthorized" is a 401, a policy that
denies a 403, anything else raised a 500 (API Gateway developer guide, "Create a Lambda REQUEST
authorizer function"; measured for 500).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from teahouse.actions.authorize_socket import authorize_socket
from teahouse.bootstrap.websocket import app as the_app
from teahouse.domain.errors import Forbidden, NotSignedIn
from teahouse.domain.session import Caller
from teahouse.edge import logs
from teahouse.edge.cookies import cookie_credential
from teahouse.edge.origin import is_own_origin

_TICKET = "ticket."


def authorize(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer with a policy that names the caller, or refuse the handshake."""
    with logs.invocation("authorize") as line:
        line.note(request_id=str(getattr(context, "aws_request_id", "")))
        headers = {k.lower(): str(v) for k, v in (event.get("headers") or {}).items()}
        try:
            caller = authorize_socket(
                the_app(),
                ticket=_ticket(headers),
                origin=headers.get("origin"),
                credential=cookie_credential(_cookies(headers)),
                is_own_origin=is_own_origin(headers),
            )
        except Forbidden as error:
            line.refused(error)
            return _policy(event, "Deny", principal="nobody")
        except NotSignedIn as error:
            line.refused(error)
        else:
            line.note(user_id=caller.user_id, session_id=caller.session_id)
            return _policy(event, "Allow", principal=caller.user_id) | _context(caller)
    _unauthorized()


def _unauthorized() -> NoReturn:
    raise Exception("Unauthorized")  # API Gateway compares this very text


def _ticket(headers: Mapping[str, str]) -> str | None:
    """Find a ticket among the subprotocols: a place that no URL, proxy or access log keeps."""
    offered = (p.strip() for p in headers.get("sec-websocket-protocol", "").split(","))
    return next((p[len(_TICKET) :] for p in offered if p.startswith(_TICKET)), None)


def _cookies(headers: Mapping[str, str]) -> list[str]:
    return [pair.strip() for pair in headers.get("cookie", "").split(";")]


def _policy(event: Mapping[str, Any], effect: str, *, principal: str) -> dict[str, Any]:
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": event["methodArn"],
    }
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }


def _context(caller: Caller) -> dict[str, Any]:
    """What API Gateway repeats on every event of the connection."""
    context = {"userId": caller.user_id, "sessionId": caller.session_id}
    if caller.scopes is not None:
        context["scopes"] = " ".join(sorted(caller.scopes))
    return {"context": context}
