"""Is a run told in one stream, coloured for people and as JSON for programs?"""

from __future__ import annotations

import io
import json

import pytest

from local_cloud.invocation import Failed, Succeeded
from local_cloud.telling import Teller, wants_colours
from local_cloud.worker_pool import Invocation, LogLine

FAILED = Invocation("Pour", "r1", Failed("KeyError", "'cup'"), 1.5, 0.1, None)
WORKED = Invocation("Pour", "r2", Succeeded({"statusCode": 200}), 1.5, 0.1, 80.0)


def tell(teller: Teller) -> None:
    teller.ready("http://localhost:1", "http://localhost:1/_local")
    teller.log(LogLine("Pour", "r1", "oolong"))
    teller.invocation(FAILED)
    teller.invocation(WORKED)
    teller.event({"event": "connection_opened", "connection_id": "L0SM="})
    teller.event({"event": "access_denied", "text": "Pour may not"})
    teller.event({"event": "something_new"})


def test_people_get_a_line_for_each_part(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Teller(is_json=False))

    assert capsys.readouterr().out.splitlines() == [
        "ready http://localhost:1",
        "look into it at http://localhost:1/_local",
        "[Pour] oolong",
        "[Pour] failed: KeyError: 'cup'",
        "[gateway] connection opened: L0SM=",
        "[roles] Pour may not",
        "[cloud] something new",
    ]


def test_an_authorizer_that_says_401_has_not_failed(capsys: pytest.CaptureFixture[str]) -> None:
    """Control: the same exception with another text is told as a failure."""
    for text in ("Unauthorized", "unauthorized"):
        failed = Failed("Exception", text)
        Teller(is_json=False).invocation(Invocation("Admit", "r1", failed, 1.5, 0.1, None))

    assert capsys.readouterr().out.splitlines() == [
        "[Admit] answered 401, Unauthorized",
        "[Admit] failed: Exception: unauthorized",
    ]


def test_a_terminal_gets_colours(capsys: pytest.CaptureFixture[str]) -> None:
    """Each function has one of its own; what has gone wrong is red."""
    tell(Teller(is_json=False, is_coloured=True))

    said = capsys.readouterr().out
    assert "\033[31m[Pour]\033[0m failed" in said
    assert "\033[31m[roles]\033[0m Pour may not" in said
    assert "\033[90m[gateway]\033[0m connection opened" in said


def test_programs_get_an_object_a_line_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell(Teller(is_json=True, is_coloured=True))

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["kind"] for one in told] == [
        *("ready", "log", "invocation", "invocation", "event", "event", "event"),
    ]
    assert told[3]["init_ms"] == 80.0
    assert told[5]["event"] == "access_denied"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "variables", "is_coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),  # no-color.org: "when present and not empty"
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    stream: io.StringIO, variables: dict[str, str], *, is_coloured: bool
) -> None:
    assert wants_colours(stream, variables) is is_coloured
