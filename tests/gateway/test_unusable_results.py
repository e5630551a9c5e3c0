"""Does whoever wrote a handler learn why the gateway cannot use what it answered?

The client hears only that something failed; the sentence is for the log and for the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus

from local_cloud.http_events_1 import answer_of_format_1
from local_cloud.http_routes import answer_of
from local_cloud.invocation import Succeeded
from local_cloud.resources import HttpApi, HttpAuthorizer, HttpRoute, WebSocketAuthorizer
from tests.gateway.target import Target, allow, running, soon, web_socket_api

NO_RESPONSE = (
    "Proxy answered no response: a map with a statusCode from 200 to 599, headers that are a map "
    "of texts, and a body that is a text"
)
NO_POLICY = (
    "Admit answered no verdict of an authorizer: a map with a principalId, a policyDocument, and a "
    "context of texts, numbers and truth values"
)
NEITHER = (
    "Admit answered no verdict of an authorizer: neither isAuthorized nor a policy with a principal"
)


def refused(target: Target) -> list[str]:
    return [one["text"] for one in target.told if one["event"] == "result_refused"]


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (None, "answered nothing, not a map with a statusCode"),
        ("a secret", "answered a text, not a map with a statusCode"),
        ([200], "answered a list, not a map with a statusCode"),
        (True, "answered a truth value, not a map with a statusCode"),
        (200, "answered a number, not a map with a statusCode"),
        ({"body": "a secret"}, "answered a map without a statusCode from 200 to 599"),
        ({"statusCode": "200"}, "answered a map without a statusCode from 200 to 599"),
    ],
)
async def test_a_message_that_is_answered_by_nonsense_is_told(result: Any, sentence: str) -> None:
    """Control: the same route, answered rightly, is told nothing about."""
    async with running() as target, target.connected() as (socket, _):
        await socket.send("{}")
        await target.event_of("Default")
        target.on("Default", lambda event: result)
        await socket.send("{}")
        assert "Internal server error" in await soon(socket.recv())

        assert refused(target) == [f"Default {sentence}"]


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (None, "answered nothing, not a map with a statusCode"),
        (
            {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": 5}},
            "answered headers that are no map, or a subprotocol that is no text",
        ),
    ],
)
async def test_a_handshake_that_is_answered_by_nonsense_is_told(result: Any, sentence: str) -> None:
    """Control: a `$connect` that refuses by a status of its own is told nothing about."""
    async with running() as target:
        target.on("Connect", lambda event: {"statusCode": 503})
        with pytest.raises(InvalidStatus):
            await target.connect()
        target.on("Connect", lambda event: result)
        with pytest.raises(InvalidStatus):
            await target.connect()

        assert refused(target) == [f"Connect {sentence}"]


async def test_an_authorizer_that_answers_nonsense_is_told() -> None:
    """Control: one that denies is not."""
    api = web_socket_api(authorizer=WebSocketAuthorizer("Admit", ()))
    async with running(api=api) as target:
        for handler in (lambda event: {**allow(event), "context": {"a": []}}, lambda event: None):
            target.on("Admit", handler)
            with pytest.raises(InvalidStatus):
                await target.connect()
        target.on("Admit", lambda event: {**allow(event), "policyDocument": {"Statement": []}})
        with pytest.raises(InvalidStatus):
            await target.connect()

        assert refused(target) == [NO_POLICY, NO_POLICY]


@pytest.mark.parametrize(("is_rest", "status"), [(False, 500), (True, 502)])
@pytest.mark.parametrize(
    "result",
    [
        None,
        {"statusCode": 200, "headers": [1]},
        {"statusCode": 200, "multiValueHeaders": [None]},
        {"statusCode": 200, "multiValueHeaders": {"A": 5}},
        {"statusCode": 200, "body": {"a": 1}},
    ],
)
async def test_a_request_that_is_answered_by_nonsense_is_answered_and_told(
    result: Any, status: int, *, is_rest: bool
) -> None:
    """In payload format 1.0; control: a sound result passes and is not told about."""
    route = HttpRoute("GET", "/tea", "Proxy", payload_format="1.0")
    apis = (HttpApi("Http", "http123", "$default", (route,), is_rest=is_rest),)
    async with running(http_apis=apis) as target:
        target.on("Proxy", lambda event: {"statusCode": 200, "multiValueHeaders": {"A": ["b"]}})
        assert (await target.http("GET", "/tea")).status == 200
        target.on("Proxy", lambda event: result)
        assert (await target.http("GET", "/tea")).status == status

        assert refused(target) == [NO_RESPONSE]


async def test_an_authorizer_of_an_http_api_that_answers_nonsense_is_told() -> None:
    """Control: one that denies is not."""
    authorizer = HttpAuthorizer("Admit", (), is_simple=True)
    route = HttpRoute("GET", "/tea", "Proxy", authorizer=authorizer)
    async with running(http_apis=(HttpApi("Http", "http123", "$default", (route,)),)) as target:
        target.on("Admit", lambda event: {"isAuthorized": False})
        assert (await target.http("GET", "/tea")).status == 403
        target.on("Admit", lambda event: {"isAuthorized": "yes"})
        assert (await target.http("GET", "/tea")).status == 500

        assert refused(target) == [NEITHER]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = ("headers", "multiValueHeaders", "cookies", "body", "isBase64Encoded")


@given(
    st.just(200) | ANYTHING,
    st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, ANYTHING)),
)
def test_every_result_has_an_answer(status: Any, rest: Mapping[str, Any]) -> None:
    """Whatever a function returns, who asked is answered."""
    result = {"statusCode": status, **rest}
    api = HttpApi("Http", "http123", "$default", ())

    for answer in (
        answer_of(Succeeded(result), "r1", max_bytes=1_000),
        answer_of_format_1(Succeeded(result), "r1", api, max_bytes=1_000),
    ):
        assert answer.to_bytes().startswith(b"HTTP/1.1 ")
