from __future__ import annotations

import re

import pytest
from botocore.exceptions import ClientError
from teahouse.domain.errors import NotFound
from teahouse.edge import logs, rest_log

from tests.edge.conftest import LogLines


def test_a_line_tells_ids_counts_and_how_long_it_took(log: LogLines) -> None:
    with logs.invocation("sendMessage") as line:
        line.note(room_id="den", recipients=3)

    assert log.last["message"] == "invocation_ended"
    assert log.last["action"] == "sendMessage"
    assert log.last["outcome"] == "done"
    assert (log.last["room_id"], log.last["recipients"]) == ("den", 3)
    assert log.last["duration_ms"] >= 0


def test_a_refusal_is_the_system_doing_its_work(log: LogLines) -> None:
    with pytest.raises(NotFound), logs.invocation("joinRoom"):
        raise NotFound("a secret")

    assert log.last["level"] == "INFO"
    assert (log.last["outcome"], log.last["code"]) == ("refused", "not_found")
    assert "a secret" not in log.written[0]


def test_a_failure_is_told_by_type_and_place_and_not_by_its_text(log: LogLines) -> None:
    with pytest.raises(KeyError), logs.invocation("joinRoom"):
        fail()

    assert log.last["level"] == "ERROR"
    assert log.last["message"] == "invocation_failed"
    assert log.last["exception_name"] == "KeyError"
    assert log.last["stack"][-1].endswith(" fail")
    assert log.last["cause_name"] == "ClientError"
    assert log.last["aws_code"] == "AccessDeniedException"
    assert "a secret" not in log.written[0]


def fail() -> None:
    denied = {"Error": {"Code": "AccessDeniedException", "Message": "a secret"}}
    raise KeyError("a secret") from ClientError(denied, "PutItem")


def test_rest_writes_the_form_that_the_sockets_write(log: LogLines) -> None:
    with logs.invocation("socket") as line:
        line.note(seq=7)
    sockets = log.last
    with logs.invocation("rest", rest_log.write_line) as line:
        line.note(seq=7)

    assert set(log.last) == set(sockets)
    for field in ("level", "message", "service", "outcome", "seq"):
        assert log.last[field] == sockets[field]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00)", log.last["timestamp"])
