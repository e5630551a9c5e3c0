"""Asking DynamoDB without an SDK: what is tried again, what is not, and what each failure means."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from teahouse.adapters.aws.answers import Answer
from teahouse.adapters.aws.failures import ConnectionFailed, NotConfigured, TimedOut
from teahouse.adapters.items.connections import Heard, ListenerItem
from teahouse.adapters.items.values import Number, Text
from teahouse.adapters.lean import calls as calls_module
from teahouse.adapters.lean.calls import Calls, ConditionFailed, StoreRefused
from teahouse.adapters.lean.tables import Tables, place, values
from teahouse.ports import OutcomeUnknown

ROW = ListenerItem(pk=Text("R#den"), sk=Text("c-1"), ttl=Number("1"), u=Text("ann"))
WIRE_ROW = {"pk": {"S": "R#den"}, "sk": {"S": "c-1"}, "ttl": {"N": "1"}, "u": {"S": "ann"}}
KEY = place(("R#den", "c-1"))
ABSENT = "attribute_not_exists(#pk)"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls_module.time, "sleep", lambda seconds: None)


class ScriptedHttp:
    """Answers as told, the last answer for ever."""

    def __init__(self, *script: Answer | Exception) -> None:
        self.script = list(script)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, **limits: Any
    ) -> Answer:
        self.asked.append((headers["X-Amz-Target"].rpartition(".")[2], json.loads(body)))
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return step


def said(**body: Any) -> Answer:
    return Answer(200, {}, json.dumps(body).encode())


def refused(code: str, status: int = 400, **more: Any) -> Answer:
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no", **more}
    return Answer(status, {}, json.dumps(body).encode())


def tables_on(*script: Answer | Exception) -> tuple[Tables, ScriptedHttp]:
    http = ScriptedHttp(*script)
    return Tables(Calls(http), {}), http


def get(tables: Tables) -> object:
    return tables.connections.find(KEY, ListenerItem)


def put(tables: Tables) -> object:
    return tables.connections.put(ROW)


def put_if_absent(tables: Tables) -> object:
    return tables.connections.put(ROW, ABSENT)


def transact(tables: Tables) -> object:
    return tables.transact(("Put", tables.connections.putting(ROW, ABSENT)))


THROTTLED = refused("ThrottlingException")
LATE = TimedOut("late", may_have_happened=True)
BROKEN = Answer(503, {}, b"<html>busy</html>")
FINE = said(Item=WIRE_ROW)


@pytest.mark.parametrize(
    ("act", "fault", "calls"),
    [
        (get, THROTTLED, 2),
        (get, refused("ProvisionedThroughputExceededException"), 2),
        (get, LATE, 2),
        (get, BROKEN, 2),
        (get, refused("InternalServerError", 500), 2),
        (put, LATE, 2),
        (put_if_absent, THROTTLED, 2),
        (put_if_absent, ConnectionFailed("refused"), 2),
        (put_if_absent, LATE, 1),  # it may have happened: the core looks first
        (put_if_absent, BROKEN, 1),
        (put_if_absent, refused("TransactionConflictException"), 1),
        (transact, LATE, 2),
        (transact, BROKEN, 2),
    ],
)
def test_what_may_pass_is_tried_again_where_that_is_safe(
    act: Callable[[Tables], object], fault: Answer | Exception, calls: int
) -> None:
    once, http = tables_on(fault, FINE)
    if calls == 2:
        act(once)
    else:
        with pytest.raises(OutcomeUnknown):
            act(once)
    assert len(http.asked) == calls

    always, http = tables_on(fault)
    with pytest.raises(OutcomeUnknown):
        act(always)
    assert len(http.asked) == calls


def test_a_second_attempt_is_the_same_transaction_and_the_next_one_another() -> None:
    tables, http = tables_on(LATE, FINE)

    transact(tables)
    transact(tables)

    first, second, third = (body["ClientRequestToken"] for _, body in http.asked)
    assert first == second != third


@pytest.mark.parametrize(
    ("act", "answer", "failed"),
    [
        (put_if_absent, refused("ConditionalCheckFailedException"), (0,)),
        (
            transact,
            refused(
                "TransactionCanceledException",
                CancellationReasons=[{"Code": "None"}, {"Code": "ConditionalCheckFailed"}],
            ),
            (1,),
        ),
    ],
)
def test_a_condition_that_does_not_hold_is_certain(
    act: Callable[[Tables], object], answer: Answer, failed: tuple[int, ...]
) -> None:
    tables, http = tables_on(answer)

    with pytest.raises(ConditionFailed) as told:
        act(tables)
    assert told.value.failed == failed
    assert len(http.asked) == 1


def test_a_conflict_among_failed_conditions_leaves_the_outcome_open() -> None:
    reasons = [{"Code": "ConditionalCheckFailed"}, {"Code": "TransactionConflict"}]
    tables, _ = tables_on(refused("TransactionCanceledException", CancellationReasons=reasons))

    with pytest.raises(OutcomeUnknown):
        transact(tables)


@pytest.mark.parametrize(
    "code",
    ["AccessDeniedException", "ValidationException", "InvalidSignatureException", "Unheard"],
)
def test_what_no_retry_mends_is_an_error_with_its_code(code: str) -> None:
    tables, http = tables_on(refused(code))

    with pytest.raises(StoreRefused) as told:
        get(tables)
    assert told.value.aws_code == code
    assert len(http.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"Item": {"pk": 5}}', b"\xff{"])
def test_an_answer_that_is_none_is_an_error_and_no_hang(body: bytes) -> None:
    tables, http = tables_on(Answer(200, {}, body))

    with pytest.raises(StoreRefused):
        get(tables)
    assert len(http.asked) == 1
    assert get(tables_on(FINE)[0]) == ROW  # the control


def test_an_error_that_is_no_json_is_told_by_its_status() -> None:
    tables, _ = tables_on(Answer(403, {}, b"<html>forbidden</html>"))

    with pytest.raises(StoreRefused) as told:
        get(tables)
    assert told.value.aws_code == "403"


@pytest.mark.parametrize("code", ["UnrecognizedClientException", "InvalidSignatureException"])
def test_wrong_keys_are_named_as_the_cause_and_not_tried_again(code: str) -> None:
    tables, http = tables_on(refused(code))

    with pytest.raises(StoreRefused, match=rf"GetItem: {code}$"):
        get(tables)
    assert len(http.asked) == 1


def test_a_clock_that_is_wrong_is_named_as_the_cause() -> None:
    ahead = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 3_600))
    answer = refused("InvalidSignatureException")
    tables, _ = tables_on(Answer(answer.status, {"date": ahead}, answer.body))

    with pytest.raises(StoreRefused, match=r"Signature\w+; our clock is -3\d{3} s off"):
        get(tables)


def test_a_process_without_keys_says_so_at_once() -> None:
    tables, http = tables_on(NotConfigured("AWS_REGION is not set"))

    with pytest.raises(NotConfigured):
        get(tables)
    assert len(http.asked) == 1


def test_pages_of_a_query_are_read_until_the_last_and_only_what_is_needed_is_asked_for() -> None:
    rest = {"pk": {"S": "R#den"}, "sk": {"S": "c-1"}}
    tables, http = tables_on(said(Items=[WIRE_ROW], LastEvaluatedKey=rest), said(Items=[WIRE_ROW]))

    rows = list(tables.connections.query("#pk = :pk", values(pk="R#den"), Heard, is_projected=True))

    assert [row.sk.S for row in rows] == ["c-1", "c-1"]
    (_, first), (_, second) = http.asked
    assert first["ProjectionExpression"] == "#sk,#ttl,#u,#at,#left"
    assert first["ExpressionAttributeNames"] == {
        "#pk": "pk", "#sk": "sk", "#ttl": "ttl", "#u": "u", "#at": "at", "#left": "left",
    }  # fmt: skip
    assert "ExclusiveStartKey" not in first
    assert second["ExclusiveStartKey"] == rest


def test_a_query_with_a_limit_reads_no_page_more_than_it_takes() -> None:
    rest = {"pk": {"S": "R#den"}, "sk": {"S": "c-1"}}
    tables, http = tables_on(said(Items=[WIRE_ROW] * 2, LastEvaluatedKey=rest))

    found = tables.connections.query("#pk = :pk", values(pk="R#den"), Heard, limit=3)

    assert [next(found).sk.S for _ in range(2)] == ["c-1", "c-1"]
    assert [body["Limit"] for _, body in http.asked] == [3]
    next(found)
    assert [body["Limit"] for _, body in http.asked] == [3, 1]


def test_what_a_batch_left_out_is_asked_for_again_and_at_last_given_up() -> None:
    left = {"ConnectionsTable": {"Keys": [{"pk": {"S": "R#den"}, "sk": {"S": "c-2"}}]}}
    some = said(Responses={"ConnectionsTable": [WIRE_ROW]}, UnprocessedKeys=left)
    tables, http = tables_on(some, said(Responses={"ConnectionsTable": [WIRE_ROW]}))

    assert len(tables.connections.find_many([KEY, KEY], ListenerItem)) == 2
    assert http.asked[1][1]["RequestItems"] == left

    never, http = tables_on(some)
    with pytest.raises(OutcomeUnknown):
        never.connections.find_many([KEY, KEY], ListenerItem)
    assert len(http.asked) < 10


def test_deletions_a_batch_left_out_are_asked_for_again_and_at_last_given_up() -> None:
    left = {"ConnectionsTable": [{"DeleteRequest": {"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}]}
    tables, http = tables_on(said(UnprocessedItems=left), said())

    tables.connections.write_many([], [KEY] * 26)

    sizes = [len(body["RequestItems"]["ConnectionsTable"]) for _, body in http.asked]
    assert sizes == [25, 1, 1]
    never, http = tables_on(said(UnprocessedItems=left))
    with pytest.raises(OutcomeUnknown):
        never.connections.write_many([], [KEY])
    assert len(http.asked) < 10


def test_a_hundred_keys_are_read_at_a_time() -> None:
    tables, http = tables_on(said(Responses={}))

    assert tables.connections.find_many([KEY] * 201, ListenerItem) == []
    sizes = [len(body["RequestItems"]["ConnectionsTable"]["Keys"]) for _, body in http.asked]
    assert sizes == [100, 100, 1]
