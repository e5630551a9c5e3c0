"""1.4: route selection expressions (API Gateway guide, page of that name); pure."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_cloud.route_selection import compile_expression

ROUTES = {"$connect", "$disconnect", "$default", "sendMessage", "rooms/join", "[a, b]", "true", "1"}


@pytest.mark.parametrize(
    ("expression", "body", "key"),
    [
        ("$request.body.action", '{"action":"sendMessage"}', "sendMessage"),
        ("${request.body.action}", '{"action":"sendMessage"}', "sendMessage"),
        ("$request.body.a.b", '{"a":{"b":"c"}}', "c"),
        ("$request.body.a[1]", '{"a":["x","y"]}', "y"),
        ("$request.body['my-key']", '{"my-key":"v"}', "v"),
        ('${request.body["my-key"]}', '{"my-key":"v"}', "v"),
        ("${request.body.my-key}", '{"my-key":"v"}', "v"),
        ("${request.body.service}/${request.body.action}", '{"service":"a","action":"b"}', "a/b"),
        ("${request.body.service}/${request.body.action}", '{"action":"b"}', "/b"),
        ("chat-$request.body.action", '{"action":"b"}', "chat-b"),
        (r"\$default", "{}", "$default"),
        ("always", "{}", "always"),
        ("$request.body", '"x"', "x"),
        ("$request.body.action", "{}", ""),
        ("$request.body.action", "[]", ""),
        ("$request.body.action", "7", ""),
        ("$request.body.action.more", '{"action":"x"}', ""),
        ("$request.body.action", '{"action":null}', ""),
        ("$request.body.action", '{"action":true}', "true"),
        ("$request.body.action", '{"action":1}', "1"),
        ("$request.body.action", '{"action":1.5}', "1.5"),
        ("$request.body.action", '{"action":["a","b"]}', "[a, b]"),
        ("$request.body.action", "no json", None),
        ("$request.body.action", "", None),
        ("$request.body.action", '{"action":NaN}', None),
        ("$request.body.action", "[" * 100_000, None),
        ("$request.body.action", '{"action":' + "[" * 100_000 + "]" * 100_000 + "}", None),
        ("$request.body.action", "9" * 10_000, None),
    ],
)
def test_an_expression_is_evaluated_as_documented(
    expression: str, body: str, key: str | None
) -> None:
    assert compile_expression(expression).evaluate(body) == key


@pytest.mark.parametrize(
    "expression",
    [
        "$request.header.action",
        "$context.routeKey",
        "${request.body..a}",
        "${request.body[*]}",
        "$",
    ],
)
def test_what_cannot_be_evaluated_is_refused_at_the_start(expression: str) -> None:
    """Control: the expressions above."""
    with pytest.raises(ValueError, match="route selection expression"):
        compile_expression(expression)


@pytest.mark.parametrize(
    ("body", "route"),
    [
        ('{"action":"sendMessage"}', "sendMessage"),
        ('{"action":"sendmessage"}', "$default"),  # exactly
        ('{"action":["a","b"]}', "[a, b]"),
        ('{"action":true}', "true"),
        ('{"action":1}', "1"),
        ("no json", "$default"),
        ('{"action":"$connect"}', "$default"),
        ('{"action":"$disconnect"}', "$default"),
        ('{"action":"$default"}', "$default"),
    ],
)
def test_the_exact_key_wins_else_default(body: str, route: str) -> None:
    assert compile_expression("$request.body.action").select(body, ROUTES) == route


def test_without_default_a_message_may_have_no_route() -> None:
    selection = compile_expression("$request.body.action")
    assert selection.select('{"action":"x"}', ROUTES - {"$default"}) is None
    assert selection.select('{"action":"$connect"}', ROUTES - {"$default"}) is None
    assert selection.select('{"action":"1"}', ROUTES - {"$default"}) == "1"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["action", "a", "b"]), inner),
)
BODIES = JSON.map(json.dumps) | st.text() | st.dictionaries(st.just("action"), JSON).map(json.dumps)


@settings(deadline=None)
@given(BODIES)
@example('{"action":[[[]]]}')
@example('{"action":"\\ud800"}')
def test_every_text_has_exactly_one_route(body: str) -> None:
    """Whatever a client sends: never a crash, never a reserved route."""
    route = compile_expression("$request.body.action").select(body, ROUTES)

    assert route in ROUTES - {"$connect", "$disconnect"}


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["service", "action"]), JSON))
def test_compound_expressions_never_crash(message: dict[str, object]) -> None:
    selection = compile_expression("${request.body.service.name[0]}/$request.body.action")

    key = selection.evaluate(json.dumps(message))

    assert key is None or "/" in key
