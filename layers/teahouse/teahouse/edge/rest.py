"""How do an HTTP event and our types meet? Reading, validation, identity, one shape of refusals."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, Unpack

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path
from aws_lambda_powertools.shared.cookies import Cookie
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from teahouse import __version__
from teahouse.app import App
from teahouse.bootstrap.rest import app as the_app
from teahouse.domain.errors import (
    BadRequest,
    Busy,
    ChatError,
    InternalError,
    Invalid,
    NotAMember,
    NotFound,
    NotSignedIn,
    TooLarge,
    TooManyRequests,
)
from teahouse.domain.key import has_scope, require_scope
from teahouse.domain.rate_limit import Rate
from teahouse.domain.session import Caller, Scope
from teahouse.domain.user import Language
from teahouse.edge import logs
from teahouse.edge.cookies import cookie_credential
from teahouse.edge.identity import check_own_site, identify
from teahouse.edge.origin import VIEWER_ADDRESS, household, own_site
from teahouse.edge.rates import REQUESTS_BY_USER, Rates
from teahouse.edge.rest_log import write_line
from teahouse.ports import OutcomeUnknown
from teahouse.protocol import codec
from teahouse.protocol.views import without_codes

__all__ = ["Api", "Body", "BodyId", "PathId", "Response"]

SHARE_AN_EDGE = 100  # addresses' worth of what one address of CloudFront may bring
MAX_BODY_BYTES = 65_536  # the longest message is 16 KB as JSON; API Gateway would take 10 MB
_MAX_FIELDS = 20
_MAX_FIELD_CHARS = 64
_NOT_JSON = "The body must be a JSON object, sent as application/json."
_UNREADABLE = "unreadable"
_DOCUMENT_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_HEADERS: Mapping[str, str | list[str]] = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}

# A picture never changes under its address, and is nobody's but the reader's. Should a browser take
# it for something else after all, that may do nothing (`sandbox`) and stays on this site.
_PICTURE_HEADERS: Mapping[str, str | list[str]] = {
    "cache-control": "private, max-age=31536000, immutable",
    "content-disposition": "inline",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

# An id in a path. What cannot be an id is not found, like one that leads nowhere.
PathId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}\z")]

# An id in a body. What cannot be an id never reaches a key of the store, which has limits too.
BodyId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}\z")]

# What a caller needs: a key with the scope, or any session; "session": no key will do; "nothing":
# whoever comes.
Needs = Scope | Literal["session", "nothing"]

Handler = TypeVar("Handler", bound=Callable[..., Response[str]])


class Body(BaseModel):
    """The base of request bodies: camelCase, strict types, nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)


class Api:
    """The routes of one resource, and what their handlers need to answer."""

    def __init__(self) -> None:
        self._resolver = APIGatewayHttpResolver(
            enable_validation=True,
            response_validation_error_http_code=500,
            json_body_deserializer=_read_object,
            debug=False,  # or a variable of the environment could show traces to callers
        )
        self._resolver.exception_handler(Exception)(self._refuse)
        self._line = logs.Line("")
        self._rates = Rates()
        self._needs: Needs = "session"
        self._scopes: frozenset[Scope] | None = None

    @property
    def app(self) -> App:
        """Everything the core needs."""
        return the_app()

    def get(self, rule: str, *, needs: Needs = "read") -> Callable[[Handler], Handler]:
        return self._route("GET", rule, needs)

    def post(self, rule: str, *, needs: Needs = "write") -> Callable[[Handler], Handler]:
        return self._route("POST", rule, needs)

    def put(self, rule: str, *, needs: Needs = "write") -> Callable[[Handler], Handler]:
        return self._route("PUT", rule, needs)

    def patch(self, rule: str, *, needs: Needs = "write") -> Callable[[Handler], Handler]:
        return self._route("PATCH", rule, needs)

    def delete(self, rule: str, *, needs: Needs = "write") -> Callable[[Handler], Handler]:
        return self._route("DELETE", rule, needs)

    def caller(self) -> Caller:
        """Find who is calling; the session is read anew.

        Raises:
            NotSignedIn: nobody, or a session that has ended.
            Forbidden: another site caused this request; a key that is not good for this.
            TooManyRequests: more of this resource than anybody needs.
        """
        caller = identify(
            self.app, headers=self.headers, cookies=self.cookies, method=self._event.http_method
        )
        self._scopes = caller.scopes
        self.note(user_id=caller.user_id, session_id=caller.session_id)
        self.limit("request", caller.user_id, REQUESTS_BY_USER)
        require_scope(caller.scopes, "session" if self._needs == "nothing" else self._needs)
        return caller

    def limit(self, what: str, who: str, rate: Rate) -> None:
        """Count one of `what` for `who`.

        Raises:
            TooManyRequests: over the rate.
        """
        self._rates.require(what, who, rate, self.app.clock.monotonic_s())

    def limit_address(self, what: str, rate: Rate) -> None:
        """Count one of `what` for the address that the caller comes from.

        Behind CloudFront, API Gateway sees the edge's address, which everybody there shares; our
        function at the edge says whose it serves. Who goes past CloudFront may claim any: so what
        was seen counts as well, for as many as may share it.

        Raises:
            TooManyRequests: over the rate.
        """
        seen = self._event.request_context.http.source_ip
        told = self.headers.get(VIEWER_ADDRESS)
        if told is not None:
            self.limit(f"{what} through", seen, rate.scaled(SHARE_AN_EDGE))
        self.limit(what, household(told or seen), rate)

    def note(self, **facts: Unpack[logs.Facts]) -> None:
        """Add ids and counts to the invocation's line in the log."""
        self._line.note(**facts)

    @property
    def headers(self) -> Mapping[str, str]:
        """The request's headers, by name in any case."""
        return self._event.headers

    @property
    def cookies(self) -> Sequence[str]:
        """The request's cookies, `name=value` each."""
        return self._event.cookies

    def cookie_credential(self) -> str:
        """Find the session's credential in the cookie, for a request of our own page.

        Raises:
            NotSignedIn: there is none.
            Forbidden: another site caused this request.
        """
        credential = cookie_credential(self.cookies)
        if credential is None:
            raise NotSignedIn
        check_own_site(self.headers, self._event.http_method)
        return credential

    @property
    def language(self) -> Language:
        """The language the caller would rather read, of those we speak."""
        return "zh-CN" if self.headers.get("accept-language", "").lower()[:2] == "zh" else "en"

    @property
    def version(self) -> str:
        """The version of this code."""
        return __version__

    @property
    def site(self) -> str:
        """The site's origin, as the caller came to it."""
        return own_site(self.headers)

    def query(self, name: str) -> str | None:
        """Find a parameter of the query string."""
        return self._event.query_string_parameters.get(name)

    def answer(
        self, status: int, value: object = None, *, cookie: Cookie | None = None
    ) -> Response[str]:
        """Answer with JSON, or with nothing where `value` is None.

        A key that may not write is shown no invitation code.
        """
        if value is None:
            answer = Response(status, content_type=None, body="", headers=_HEADERS)
        else:
            shown = value if has_scope(self._scopes, "write") else without_codes(value)
            answer = _json(status, shown)
        if cookie is not None:
            answer.cookies.append(cookie)
        return answer

    def answer_lines(self, lines: bytes) -> Response[str]:
        """Answer with JSON Lines (jsonlines.org), one value each."""
        return Response(
            200, content_type="application/jsonl", body=lines.decode(), headers=_HEADERS
        )

    def answer_text(self, content_type: str, text: str) -> Response[str]:
        """Answer with a document that is the same for everybody, and may be kept a while.

        It needs no script and loads nothing but its own style.
        """
        headers = {
            **_HEADERS,
            "cache-control": "public, max-age=300",
            "content-security-policy": _DOCUMENT_POLICY,
        }
        return Response(200, content_type=content_type, body=text, headers=headers)

    def picture(self, data: bytes, content_type: str) -> Response[str]:
        """Answer with a picture."""
        body = base64.b64encode(data).decode()  # the validation of answers takes no bytes
        headers = dict(_PICTURE_HEADERS)
        answer = Response(200, content_type=content_type, body=body, headers=headers)
        answer.base64_encoded = True
        return answer

    def drawing(self, svg: str) -> Response[str]:
        """Answer with a picture that we draw ourselves; it may look otherwise soon."""
        headers = {**_PICTURE_HEADERS, "cache-control": "private, max-age=300"}
        return Response(200, content_type="image/svg+xml", body=svg, headers=headers)

    def handler(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one event of an HTTP API (payload 2.0)."""
        with logs.invocation(str(event.get("routeKey", "")), write_line) as self._line:
            self._line.note(request_id=str(getattr(context, "aws_request_id", "")))
            self._scopes = None
            answer: dict[str, Any] = self._resolver.resolve(_with_json_body(event), context)
            self._line.note(status=answer["statusCode"])
            return answer

    @property
    def _event(self) -> APIGatewayProxyEventV2:
        return self._resolver.current_event

    def _route(self, method: str, rule: str, needs: Needs) -> Callable[[Handler], Handler]:
        def note_needs(app: Any, following: Callable[[Any], Any]) -> Any:
            self._needs = needs
            return following(app)

        return self._resolver.route(rule, method=method, middlewares=[note_needs])

    def _refuse(self, error: Exception) -> Response[str]:
        """Answer what was raised: the last resort, so it tells nothing of what it does not know."""
        refusal = _refusal(error)
        if isinstance(refusal, InternalError):
            self._line.failed(error)
        else:
            self._line.refused(refusal)
        value: dict[str, Any] = {
            "code": refusal.code,
            "message": refusal.message,
            "retryable": refusal.retryable,
        }
        if refusal.fields:
            value["fields"] = refusal.fields
        answer = _json(refusal.http_status, value)
        if isinstance(refusal, TooManyRequests):
            answer.headers["retry-after"] = str(refusal.retry_after_s or 1)
        return answer


def _json(status: int, value: object) -> Response[str]:
    body = codec.encode(value).decode()
    return Response(status, content_type="application/json", body=body, headers=_HEADERS)


def _refusal(error: Exception) -> ChatError:
    """Tell which refusal an exception is, in REST."""
    match error:
        case NotAMember():
            return NotFound()  # REST does not tell that the room is there
        case ChatError():
            return error
        case NotFoundError():
            return NotFound()
        case OutcomeUnknown():
            return Busy()
        case RequestValidationError():
            return _not_acceptable(error)
        case _:
            return InternalError()


def _not_acceptable(error: RequestValidationError) -> ChatError:
    """Show where a request does not fit its model, without repeating what it said."""
    fields: dict[str, str] = {}
    for problem in error.errors()[:_MAX_FIELDS]:
        place, *inner = problem["loc"]
        if place == "path":
            return NotFound()
        name = ".".join(str(part) for part in inner) or str(place)
        fields[name[:_MAX_FIELD_CHARS]] = str(problem["msg"])
    return Invalid(fields=fields)


def _with_json_body(event: Mapping[str, Any]) -> dict[str, Any]:
    """Make the body plain text of one content type, so that `_read_object` alone decides.

    Nothing at all counts as `{}`. Another content type is unreadable even if it holds JSON: a
    form of another site can send `text/plain` with our cookie, and not `application/json`.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    content_type = headers.pop("content-type", "application/json").partition(";")[0].strip()
    body = event.get("body") or "{}"
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True).decode() or "{}"
        except ValueError:
            body = _UNREADABLE
    if content_type.lower() != "application/json" and event.get("body"):
        body = _UNREADABLE
    return {**event, "headers": headers, "body": body, "isBase64Encoded": False}


def _read_object(text: str) -> dict[str, Any]:
    """Read a body.

    Raises:
        TooLarge: over `MAX_BODY_BYTES`.
        BadRequest: not a JSON object.
    """
    if len(text) > MAX_BODY_BYTES or len(text.encode("utf-8", "replace")) > MAX_BODY_BYTES:
        raise TooLarge(f"A body has at most {MAX_BODY_BYTES} bytes.")
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise BadRequest(_NOT_JSON) from error
