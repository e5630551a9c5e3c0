"""Is each route the same everywhere: template, function, frame, action, sample event, role?"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any, get_args

import pytest
from teahouse.protocol import frames

from tests.architecture import declared
from tests.architecture.declared import ROOT, snake

SPECIAL = {"$connect": "connect", "$disconnect": "disconnect", "$default": "default"}
WITHOUT_ACTION = {"default"}  # answers what no action knows


def stem_of(route_key: str) -> str:
    """Name the file of a route key."""
    return SPECIAL.get(route_key) or snake(route_key)


def test_every_socket_route_leads_to_the_handler_of_its_name() -> None:
    for key, function in declared.socket_routes().items():
        assert declared.handler_file(function).stem == stem_of(key), key
    assert declared.handler_file(declared.authorizer()).stem == "authorize"


def test_every_file_of_functions_is_a_function_and_none_is_declared_twice() -> None:
    on_disk = sorted(
        f
        for folder in ("background", "websocket", "rest")
        for f in (ROOT / "functions" / folder).glob("*.py")
    )
    in_template = sorted(declared.handler_file(function) for function in declared.functions())

    assert in_template == on_disk


def test_functions_are_named_after_their_files() -> None:
    for function in declared.functions():
        assert snake(function.removesuffix("Function")) == declared.handler_file(function).stem


def test_every_action_frame_has_a_route_and_every_route_a_frame() -> None:
    tags = {kind.__struct_config__.tag for kind in get_args(frames.ClientFrame)}

    assert set(declared.socket_routes()) == tags | set(SPECIAL)


def test_every_socket_route_has_an_action_of_its_name() -> None:
    actions = ROOT / "layers/teahouse/teahouse/actions"
    for key in declared.socket_routes():
        if stem_of(key) not in WITHOUT_ACTION:
            assert (actions / f"{stem_of(key)}.py").is_file(), key


def test_every_socket_route_has_a_sample_event_that_reaches_it() -> None:
    stems = {stem_of(key): key for key in declared.socket_routes()} | {"authorize": "$connect"}
    samples = {path.stem: read(path) for path in (ROOT / "events/websocket").glob("*.json")}

    assert set(samples) == set(stems)
    for stem, event in samples.items():
        assert event["requestContext"]["routeKey"] == stems[stem]
        if stem not in {*SPECIAL.values(), "authorize"}:
            assert json.loads(event["body"])["action"] == stems[stem]


def test_every_http_route_has_a_sample_event_that_matches_it() -> None:
    samples = {path.stem: read(path) for path in (ROOT / "events/rest").glob("*.json")}
    routes = {route.sample: route for route in declared.http_routes()}

    assert set(samples) == set(routes)
    for name, event in samples.items():
        assert event["routeKey"] == event["requestContext"]["routeKey"] == routes[name].key
        assert pattern(routes[name].path).fullmatch(event["rawPath"]), name


def test_no_http_route_is_declared_twice() -> None:
    keys = [route.key for route in declared.http_routes()]

    assert len(keys) == len(set(keys))


def test_every_http_route_is_in_the_handler_it_leads_to() -> None:
    """The handler's own table: `@api.get("/api/rooms/<room_id>")`; names may differ, shape not."""
    for function in {route.function for route in declared.http_routes()}:
        source = declared.handler_file(function).read_text()
        rules = re.findall(r"^@\w+\.(get|post|put|patch|delete)\(\s*\"([^\"]+)\"", source, re.M)
        written = {(method.upper(), re.sub(r"<\w+>", "{}", rule)) for method, rule in rules}
        wanted = {
            (route.method, re.sub(r"\{\w+\}", "{}", route.path))
            for route in declared.http_routes()
            if route.function == function
        }

        assert written == wanted, function


def test_no_role_has_a_star_a_scan_or_a_table_it_does_not_name() -> None:
    statements = [(f, s) for f in declared.functions() for s in policy(f)]

    assert len(statements) > len(declared.functions())  # the control: there is something to see
    for function, statement in statements:
        for action in statement["Action"]:
            assert "*" not in action, function
            assert action not in ("dynamodb:Scan", "dynamodb:DeleteTable"), function
        assert statement["Resource"] != "*", function


def test_every_table_of_a_role_is_in_the_environment_of_its_function() -> None:
    for function, properties in declared.functions().items():
        variables = properties.get("Environment", {}).get("Variables", {})
        tables = {value["Ref"] for name, value in variables.items() if name.endswith("_TABLE")}
        allowed = set(re.findall(r"(\w+Table)\.Arn", json.dumps(policy(function))))

        assert allowed <= tables, function
        assert tables <= allowed, f"{function} is given tables that its role may not touch"


def test_tables_cost_nothing_while_idle_and_survive_the_stack() -> None:
    tables = declared.resources("AWS::DynamoDB::Table")

    assert set(tables) == {"LogTable", "RoomsTable", "ConnectionsTable", "AccountsTable"}
    for name, table in tables.items():
        properties = table["Properties"]
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
        assert ("TimeToLiveSpecification" in properties) == (name != "LogTable")
        assert "StreamSpecification" not in properties


def test_nothing_is_paid_for_while_nobody_talks() -> None:
    """No timers, no queues that are polled, no provisioned concurrency, no key of one's own."""
    kinds = {resource["Type"] for resource in declared.template()["Resources"].values()}
    properties = {name for given in declared.functions().values() for name in given}

    assert not {k for k in kinds if re.search(r"Scheduler|Events::Rule|SQS|KMS|Alarm|WAF", k)}
    assert not properties & {"ProvisionedConcurrencyConfig", "SnapStart", "EventInvokeConfig"}


@pytest.mark.parametrize("environment", ["default", "dev", "prod"])
def test_samconfig_names_a_stack(environment: str) -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())

    assert config[environment]["global"]["parameters"]["stack_name"].startswith("teahouse-")
    assert config[environment]["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"


def policy(function: str) -> list[dict[str, Any]]:
    """List the statements of a function's role."""
    policies = declared.functions()[function].get("Policies", [])
    return [statement for each in policies for statement in each["Statement"]]


def pattern(path: str) -> re.Pattern[str]:
    """Turn `/api/rooms/{roomId}` into what matches it."""
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


def read(path: Any) -> Any:
    """Read one sample event."""
    return json.loads(path.read_text("utf-8"))
