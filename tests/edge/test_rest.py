from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from teahouse.app import App
from teahouse.domain import errors
from teahouse.domain.rate_limit import Rate
from teahouse.domain.session import Session, hash_secret
from teahouse.edge.origin import VIEWER_ADDRESS
from teahouse.edge.rates import Rates
from teahouse.edge.rest import MAX_BODY_BYTES, SHARE_AN_EDGE, Api, Body, PathId, Response
from teahouse.ports import OutcomeUnknown

from tests.asking import SITE, ask
from tests.edge.conftest import LogLines

SECRET = "s" * 43
UNREADABLE = [
    "junk",
    "[]",
    '[{"userName":"ann"}]',
    '"ann"',
    "null",
    '{"userName":NaN}',
    '{"userName":"a}',
    '{"userName":"ann"} x',
    '{"userName":"\\ud800"}',
    "[" * 60_000,
    '{"a":' * 9_000,
]
NOT_THERE = [
    "GET /",
    "GET /api/nothing",
    "PUT /api/greetings",
    "OPTIONS /api/greetings",
    "GET /api/greetings/a#b",
    "GET /api/greetings/安",
    f"GET /api/greetings/{'a' * 65}",
]
api = Api()


class Greet(Body):
    """Somebody to greet."""

    user_name: str
    times: int = 1


@api.post("/api/greetings")
def greet(body: Greet) -> Response[str]:
    """Greet."""
    return api.answer(201, {"userName": body.user_name, "times": body.times})


@api.get("/api/greetings/<greeting_id>")
def get_greeting(greeting_id: PathId) -> Response[str]:
    """Give the id back."""
    return api.answer(200, {"id": greeting_id})


@api.post("/api/mine")
def post_mine() -> Response[str]:
    """Say who is calling."""
    return api.answer(200, {"userId": api.caller().user_id})


@api.get("/api/mine")
def get_mine() -> Response[str]:
    """Say who is calling."""
    return api.answer(200, {"userId": api.caller().user_id})


@api.delete("/api/mine")
def delete_mine() -> Response[str]:
    """Answer nothing."""
    return api.answer(204)


@api.get("/api/limited")
def get_limited() -> Response[str]:
    """Answer slowly."""
    api.limit_address("look", Rate(0.5, 1))
    return api.answer(200, {})


@api.get("/api/failures/<name>")
def fail(name: PathId) -> Response[str]:
    """Raise what the path names."""
    kind: Any = getattr(errors, name, None)
    if kind is not None:
        raise kind("A text for people.", fields={"place": "why"})
    if name == "OutcomeUnknown":
        raise OutcomeUnknown("secret text")
    raise RuntimeError("secret text")


def session_of(app: App, user_id: str = "ann") -> Session:
    now = app.clock.now_ms()
    session = Session(
        id="session-id",
        user_id=user_id,
        secret_hash=hash_secret(SECRET),
        created_at=now,
        last_used_at=now,
    )
    app.accounts.put_session(session)
    return session


def cookie_of(session: Session) -> str:
    return f"__Host-sid={session.credential(SECRET)}"


def test_an_answer_is_unescaped_compact_json_that_nobody_keeps(app: App) -> None:
    answer = ask(api.handler, "POST /api/greetings", {"userName": "安", "times": 2})

    assert answer.status == 201
    assert answer.text == '{"userName":"安","times":2}'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/json"


def test_an_answer_of_nothing_has_no_body(app: App) -> None:
    answer = ask(api.handler, "DELETE /api/mine")

    assert (answer.status, answer.text) == (204, "")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "userName"),
        ({"userName": 7}, "userName"),
        ({"userName": None}, "userName"),
        ({"userName": "ann", "times": "1"}, "times"),
        ({"userName": "ann", "times": True}, "times"),
        ({"userName": "ann", "times": 1.5}, "times"),
        ({"userName": "ann", "user_name": "ann"}, "user_name"),
        ({"userName": "ann", "role": "owner"}, "role"),
    ],
)
def test_a_body_that_does_not_fit_is_invalid_and_told_where(
    app: App, body: dict[str, Any], field: str
) -> None:
    assert ask(api.handler, "POST /api/greetings", {"userName": "ann"}).status == 201

    answer = ask(api.handler, "POST /api/greetings", body)

    assert (answer.status, answer.code) == (422, "invalid")
    assert list(answer.body["fields"]) == [field]
    assert answer.body["retryable"] is False


@pytest.mark.parametrize(
    "raw",
    [
        "junk",
        "[]",
        '[{"userName":"ann"}]',
        '"ann"',
        "null",
        '{"userName":NaN}',
        '{"userName":"a}',
        "[" * 60000,
        '{"a":' * 9000,
        '{"userName":"\\ud800"}',
        '{"userName":"ann"} x',
    ],
)
def test_a_body_that_cannot_be_read_is_a_bad_request(app: App, raw: str) -> None:
    assert ask(api.handler, "POST /api/greetings", raw='{"userName":"ann"}').status == 201

    answer = ask(api.handler, "POST /api/greetings", raw=raw)

    assert (answer.status, answer.code) == (400, "bad_request")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
def test_what_a_form_of_another_site_can_send_is_not_read(app: App, content_type: str) -> None:
    raw = '{"userName":"ann"}'
    json_type = {"content-type": "Application/JSON; charset=utf-8"}
    assert ask(api.handler, "POST /api/greetings", raw=raw, headers=json_type).status == 201

    typed = {"content-type": content_type}
    answer = ask(api.handler, "POST /api/greetings", raw=raw, headers=typed)

    assert (answer.status, answer.code) == (400, "bad_request")


def test_a_body_in_base64_is_read(app: App) -> None:
    encoded = base64.b64encode('{"userName":"安"}'.encode()).decode()

    read = ask(api.handler, "POST /api/greetings", raw=encoded, is_base64=True)
    torn = ask(api.handler, "POST /api/greetings", raw="!", is_base64=True)
    binary = ask(api.handler, "POST /api/greetings", raw="/w==", is_base64=True)

    assert read.body["userName"] == "安"
    assert torn.code == binary.code == "bad_request"


def test_a_body_over_its_limit_is_too_large(app: App) -> None:
    frame = len('{"userName":""}')
    fitting = '{"userName":"%s"}' % ("a" * (MAX_BODY_BYTES - frame))
    wide = '{"userName":"%s"}' % ("安" * (MAX_BODY_BYTES // 3))

    assert ask(api.handler, "POST /api/greetings", raw=fitting).status == 201
    for raw in (fitting + " ", wide):
        answer = ask(api.handler, "POST /api/greetings", raw=raw)
        assert (answer.status, answer.code) == (413, "too_large")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(JSON | st.dictionaries(st.sampled_from(["userName", "times", "x"]), JSON))
def test_structured_junk_is_refused_in_one_shape(app: App, body: Any) -> None:
    answer = ask(api.handler, "POST /api/greetings", body)

    if answer.status != 201:
        assert answer.status in (400, 422)
        assert {"code", "message", "retryable"} <= set(answer.body)
        assert set(answer.body) <= {"code", "message", "retryable", "fields"}


@pytest.mark.parametrize(
    "route",
    [
        "GET /api/nothing",
        "PUT /api/greetings",
        "OPTIONS /api/greetings",
        "GET /",
        "GET /api/greetings/a#b",
        "GET /api/greetings/安",
        f"GET /api/greetings/{'a' * 65}",
    ],
)
def test_what_is_not_there_is_not_found(app: App, route: str) -> None:
    assert ask(api.handler, f"GET /api/greetings/{'a' * 64}").status == 200

    answer = ask(api.handler, route)

    assert (answer.status, answer.code) == (404, "not_found")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "kind", [errors.BadRequest, errors.NotSignedIn, errors.Muted, errors.StalePosition, errors.Busy]
)
def test_a_refusal_is_its_code_and_its_status(app: App, kind: type[errors.ChatError]) -> None:
    answer = ask(api.handler, f"GET /api/failures/{kind.__name__}")

    assert answer.status == kind.http_status
    assert answer.body == {
        "code": kind.code,
        "message": "A text for people.",
        "retryable": kind.retryable,
        "fields": {"place": "why"},
    }


def test_a_room_of_others_looks_like_no_room(app: App) -> None:
    theirs = ask(api.handler, "GET /api/failures/NotAMember")

    assert (theirs.status, theirs.code) == (404, "not_found")
    assert "room" not in theirs.text


def test_an_open_outcome_is_busy(app: App) -> None:
    answer = ask(api.handler, "GET /api/failures/OutcomeUnknown")

    assert (answer.status, answer.code, answer.body["retryable"]) == (503, "busy", True)


def test_a_bug_is_logged_once_and_tells_the_caller_nothing(app: App, log: LogLines) -> None:
    answer = ask(api.handler, "GET /api/failures/bug")

    assert (answer.status, answer.code) == (500, "internal_error")
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert len(log.written) == 1
    assert log.last["level"] == "ERROR"
    assert log.last["exception_name"] == "RuntimeError"
    assert log.last["stack"][-1].startswith("test_rest.py:")
    assert "secret" not in log.written[0]


def test_a_caller_who_is_too_fast_is_told_when_to_come_back(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "_rates", Rates())
    assert ask(api.handler, "GET /api/limited").status == 200

    answer = ask(api.handler, "GET /api/limited")

    assert (answer.status, answer.code) == (429, "too_many_requests")
    assert answer.headers["retry-after"] == "2"
    app.clock.sleep(2)
    assert ask(api.handler, "GET /api/limited").status == 200


def test_behind_an_edge_callers_are_told_apart_and_nobody_claims_address_after_address(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """API Gateway sees CloudFront's address, the same for all; the header is CloudFront's word."""
    monkeypatch.setattr(api, "_rates", Rates())

    def looks(address: str) -> int:
        return ask(api.handler, "GET /api/limited", headers={VIEWER_ADDRESS: address}).status

    assert [looks(x) for x in ("203.0.113.7", "203.0.113.8", "203.0.113.7")] == [200, 200, 429]
    assert [looks(x) for x in ("2001:db8::1", "2001:db8:0:1::1", "2001:db8::2")] == [200, 200, 429]

    claimed = [looks(f"198.51.100.{n}") for n in range(SHARE_AN_EDGE)]
    assert claimed[0] == 200
    assert claimed[-1] == 429, "past CloudFront one may say anything, and not for ever"


def test_no_resource_is_asked_without_end_by_one_person(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: somebody else is answered meanwhile."""
    monkeypatch.setattr(api, "_rates", Rates())
    ann, ben = cookie_of(session_of(app)), cookie_of(session_of(app, "ben"))

    got = [ask(api.handler, "GET /api/mine", cookie=ann).status for _ in range(401)]

    assert (set(got[:400]), got[400]) == ({200}, 429)
    assert ask(api.handler, "GET /api/mine", cookie=ben).status == 200


def test_a_rate_can_be_raised(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_rates", Rates())
    monkeypatch.setenv("RATE_SCALE", "5")

    got = [ask(api.handler, "GET /api/limited").status for _ in range(6)]

    assert got == [200] * 5 + [429]


def test_each_invocation_leaves_one_line_without_what_was_said(app: App, log: LogLines) -> None:
    session = session_of(app)

    ask(api.handler, "POST /api/greetings", {"userName": "a-secret-name"})
    ask(api.handler, "POST /api/mine", cookie=cookie_of(session))

    assert len(log.written) == 2
    assert log.last["action"] == "POST /api/mine"
    assert log.last["outcome"] == "done"
    assert log.last["status"] == 200
    assert log.last["user_id"] == "ann"
    assert log.last["session_id"] == session.id
    assert log.last["duration_ms"] >= 0
    assert not any("a-secret-name" in line or SECRET in line for line in log.written)


def test_the_cookie_and_the_token_both_say_who_is_calling(app: App) -> None:
    session = session_of(app)
    token, _ = app.tokens.issue(session, app.clock.now_ms())

    assert ask(api.handler, "GET /api/mine", cookie=cookie_of(session)).body == {"userId": "ann"}
    assert ask(api.handler, "GET /api/mine", token=token).body == {"userId": "ann"}


@pytest.mark.parametrize(
    "asking",
    [
        {},
        {"cookie": "__Host-sid="},
        {"cookie": f"__Host-sid=ann.session-id.{'t' * 43}"},
        {"cookie": f"__Host-sid=ben.session-id.{SECRET}"},
        {"cookie": f"sid=ann.session-id.{SECRET}"},
        {"token": "junk"},
        {"headers": {"authorization": "Basic YW5uOnNlY3JldA=="}},
        {"headers": {"authorization": "Bearer"}},
    ],
)
def test_anything_else_says_nothing(app: App, asking: dict[str, Any]) -> None:
    assert ask(api.handler, "GET /api/mine", cookie=cookie_of(session_of(app))).status == 200

    answer = ask(api.handler, "GET /api/mine", **asking)

    assert (answer.status, answer.code) == (401, "not_signed_in")


def test_a_revoked_session_stops_cookie_and_token_at_once(app: App) -> None:
    session = session_of(app)
    token, _ = app.tokens.issue(session, app.clock.now_ms())
    assert ask(api.handler, "GET /api/mine", token=token).status == 200

    app.accounts.remove_session("ann", session.id)

    assert ask(api.handler, "GET /api/mine", token=token).status == 401
    assert ask(api.handler, "GET /api/mine", cookie=cookie_of(session)).status == 401


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example.org"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
def test_another_site_cannot_act_with_the_cookie(app: App, headers: dict[str, str]) -> None:
    session = session_of(app)
    cookie = cookie_of(session)
    token, _ = app.tokens.issue(session, app.clock.now_ms())
    own = ask(api.handler, "POST /api/mine", cookie=cookie, headers={"origin": SITE})
    assert own.status == 200

    foreign = ask(api.handler, "POST /api/mine", cookie=cookie, headers=headers)

    assert (foreign.status, foreign.code) == (403, "forbidden")
    assert ask(api.handler, "GET /api/mine", cookie=cookie, headers=headers).status == 200
    assert ask(api.handler, "POST /api/mine", token=token, headers=headers).status == 200


def test_without_tls_the_cookie_has_a_plain_name(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    credential = session_of(app).credential(SECRET)
    monkeypatch.setenv("COOKIE_SECURE", "false")

    assert ask(api.handler, "GET /api/mine", cookie=f"sid={credential}").status == 200
    assert ask(api.handler, "GET /api/mine", cookie=f"__Host-sid={credential}").status == 401
