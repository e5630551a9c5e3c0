"""Which things can be refused? Every refusal, with its code, HTTP status and whether to retry.

ChatError
├── BadRequest            the request cannot be read
├── NotSignedIn           nobody, or a session that has ended
├── Forbidden             known, and not allowed
│   └── Muted
├── NotFound              not there, or not yours to know of
│   └── NotAMember        the same fact on the socket
├── Conflict              the same operation id with another body; a name that is taken
│   ├── VersionConflict   the message was edited meanwhile
│   ├── StalePosition     catch up first, then the same id again
│   └── RoomClosed
├── TooLarge              over a limit of size
├── Invalid               readable, and not acceptable; `fields` says where
├── TooManyRequests
├── InternalError         a bug; the outcome is unknown
└── Busy                  contention; the outcome is unknown
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class ChatError(Exception):
    """A refusal. The class is the refusal; the text is for people."""

    code: ClassVar[str]
    http_status: ClassVar[int]
    retryable: ClassVar[bool] = False
    text: ClassVar[str]

    def __init__(
        self,
        message: str | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        self.message = message or self.text
        self.fields = dict(fields) if fields else None
        self.retry_after_s = retry_after_s
        super().__init__(self.message)


class BadRequest(ChatError):
    """The request cannot be read: not JSON; in frames also unknown fields, actions, wrong types."""

    code = "bad_request"
    http_status = 400
    text = "This request cannot be read."


class NotSignedIn(ChatError):
    """There is no session, or it has ended."""

    code = "not_signed_in"
    http_status = 401
    text = "Please sign in."


class Forbidden(ChatError):
    """The caller is known and may not do this."""

    code = "forbidden"
    http_status = 403
    text = "You may not do this."


class Muted(Forbidden):
    """The caller may read the room, and not write to it for now."""

    code = "muted"
    text = "You cannot write in this room for now."


class NotFound(ChatError):
    """There is no such thing, or the caller may not know of it: both look the same."""

    code = "not_found"
    http_status = 404
    text = "There is nothing here."


class NotAMember(NotFound):
    """The caller is not in the room; REST says `not_found` instead."""

    code = "not_a_member"
    text = "You are not in this room."


class Conflict(ChatError):
    """The same operation id with another body, or a name that is taken."""

    code = "conflict"
    http_status = 409
    text = "This contradicts something that is already there."


class VersionConflict(Conflict):
    """The message has another version by now; look at it first."""

    code = "version_conflict"
    text = "This message was edited meanwhile."


class StalePosition(Conflict):
    """The position is not in the log, is of another epoch, or is too far behind."""

    code = "stale_position"
    retryable = True
    text = "Catch up with the room first, then try again."


class RoomClosed(Conflict):
    """The room takes nothing more."""

    code = "room_closed"
    text = "This room is closed."


class TooLarge(ChatError):
    """Something is over a limit of size."""

    code = "too_large"
    http_status = 413
    text = "This is too large."


class Invalid(ChatError):
    """Readable, but not acceptable, as unknown fields in REST; `fields` names what and why."""

    code = "invalid"
    http_status = 422
    text = "Something in this request is not acceptable."


class TooManyRequests(ChatError):
    """The caller is over a rate; the answer says when to come back."""

    code = "too_many_requests"
    http_status = 429
    retryable = True
    text = "Too many requests; please wait a moment."


class InternalError(ChatError):
    """A bug of ours. The outcome is unknown."""

    code = "internal_error"
    http_status = 500
    retryable = True
    text = "Something went wrong on our side."


class Busy(ChatError):
    """Too much contention to finish in time. The outcome is unknown."""

    code = "busy"
    http_status = 503
    retryable = True
    text = "The room is very busy; please try again."
