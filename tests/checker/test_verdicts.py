"""Each verdict finds its crime in a history that has it, and nothing in the one that has not."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.checker.__main__ import main
from tests.checker.history import BLANK, Line, read_history
from tests.checker.report import Report, judge

EPOCH = "k3y.1"
Lines = list[Line]


def slot(seq: int, event: str, by: str, number: int, **more: Any) -> Line:
    made = {"id": "", "what": "", "text": "", "subject": "", "target": 0, "detail": "", **more}
    return {"room": "den", "epoch": EPOCH, "seq": seq, "event": event, "by": by, **made} | {
        "number": number
    }


def said(seq: int, by: str, id_: str, number: int) -> Line:
    return slot(seq, "messageSent", by, number, id=id_, text=f"#{id_}")


def client(kind: str, name: str, at: float, **more: Any) -> Line:
    return {"kind": kind, "at": at, "client": name, "room": "den", **more}


def changes(seq: int, event: str, by: str, id_: str, text: str = "", detail: str = "") -> Line:
    """An entry that changes message 3."""
    what = f"{event} {by} 3 {detail}"
    more = {"id": id_, "what": what, "text": text, "target": 3, "detail": detail}
    return slot(seq, event, by, 4, **more)


def asks(name: str, at: float, change: Line) -> Lines:
    """Ask for a change, and have it done."""
    said = {name: change[name] for name in ("id", "what", "text")}
    made = {name: change[name] for name in ("epoch", "seq", "what", "text")}
    return [
        client("invoke", name, at, user=name, **said),
        client("changed", name, at + 1, **made, id=""),
    ]


def sees(name: str, at: float, *entries: Line) -> Lines:
    kept = ("epoch", "seq", "what", "text")
    return [client("deliver", name, at, **{k: e[k] for k in kept}, id="") for e in entries]


def sends(name: str, id_: str, at: float, seq: int, ok_at: float) -> Lines:
    return [
        client("invoke", name, at, user=name, id=id_, text=f"#{id_}"),
        client("ok", name, ok_at, id=id_, epoch=EPOCH, seq=seq),
    ]


def shows(name: str, at: float, *entries: tuple[int, str]) -> Lines:
    lines = []
    for seq, id_ in entries:
        text = f"#{id_}" if id_ else ""
        lines.append(client("heard", name, at, user=name, epoch=EPOCH, seq=seq))
        lines.append(client("deliver", name, at, epoch=EPOCH, seq=seq, id=id_, text=text))
    return lines


def ends(name: str, seq: int) -> Lines:
    return [
        client("expects", name, 90.0),
        client("drained", name, 90.0, epoch=EPOCH, seq=seq),
    ]


def door(kind: str, user: str, at: float) -> Line:
    return {"kind": kind, "at": at, "user": user, "room": "den"}


@pytest.fixture
def dump() -> Lines:
    """Ann opens the den, ben comes, both speak, ben is removed, ann speaks on."""
    return [
        slot(1, "roomOpened", "ann", 0, subject="ann"),
        slot(2, "memberJoined", "ben", 0, subject="ben"),
        said(3, "ann", "a1", 1),
        said(4, "ben", "b1", 2),
        said(5, "ann", "a2", 3),
        slot(6, "memberRemoved", "ann", 3, subject="ben"),
        said(7, "ann", "a3", 4),
    ]


@pytest.fixture
def history() -> Lines:
    start = {"user": "ann", "epoch": EPOCH, "seq": 1, "shown": []}
    return [
        client("connect", "ann", 1.0),
        client("start", "ann", 1.0, **start),
        door("admits", "ben", 2.0),
        client("connect", "ben", 3.0),
        client("start", "ben", 3.0, **{**start, "user": "ben"}),
        *sends("ann", "a1", 10.0, 3, 12.0),
        *shows("ann", 12.0, (2, ""), (3, "a1")),
        *shows("ben", 13.0, (2, ""), (3, "a1")),
        *sends("ben", "b1", 20.0, 4, 22.0),
        *shows("ben", 22.0, (4, "b1")),
        *shows("ann", 23.0, (4, "b1")),
        *sends("ann", "a2", 30.0, 5, 32.0),
        *shows("ann", 32.0, (5, "a2")),
        *shows("ben", 34.0, (5, "a2")),
        door("removes", "ben", 40.0),
        *shows("ann", 41.0, (6, "")),
        door("removed", "ben", 42.0),
        *sends("ann", "a3", 50.0, 7, 52.0),
        *shows("ann", 52.0, (7, "a3")),
        {**door("read", "ann", 80.0), "epoch": EPOCH, "readSeq": 4, "unread": 2},
        {**door("read", "ann", 85.0), "epoch": EPOCH, "readSeq": 7, "unread": 0},
        *ends("ann", 7),
        {"kind": "fault", "at": 60.0, "name": "post_gone", "count": 3},
    ]


EDIT = changes(8, "messageEdited", "ann", "a4", "#a4", "2")
LIKE = changes(9, "reactionAdded", "ann", "a5", detail="🍵")
TAKEN_BACK = changes(10, "messageDeleted", "ann", "a6")


def page(at: float, changed_seq: int, text: str, *looks: Any, seq: int = 10) -> Line:
    """What REST shows of message 3."""
    shown = [[3, "a1", text, changed_seq, *looks]]
    return {"kind": "page", "at": at, "room": "den", "epoch": EPOCH, "seq": seq, "shown": shown}


@pytest.fixture
def changed_dump(dump: Lines) -> Lines:
    """Ann edits her first message, likes it, and takes it back: its text is gone."""
    blank = [line | {"text": BLANK} if line["seq"] == 3 else line for line in dump]
    return [*blank, EDIT | {"text": BLANK}, LIKE, TAKEN_BACK]


@pytest.fixture
def changed_history(history: Lines) -> Lines:
    kept = [line for line in history if line["kind"] not in ("expects", "drained")]
    looks = json.dumps([[3, BLANK, 2, True, []]]).encode()
    digest = hashlib.blake2b(looks, digest_size=16).hexdigest()
    return [
        *kept,
        *asks("ann", 86.0, EDIT),
        *sees("ann", 87.0, EDIT),
        page(87.5, 8, "#a4", 2, False, {}, seq=8),
        *asks("ann", 88.0, LIKE),
        *sees("ann", 89.0, LIKE),
        page(89.1, 9, "#a4", 2, False, {"🍵": 1}, seq=8),
        *asks("ann", 89.2, TAKEN_BACK),
        *sees("ann", 89.5, TAKEN_BACK),
        page(89.7, 10, BLANK, 2, True, {}),
        client("looks", "ann", 89.9, epoch=EPOCH, seq=10, digest=digest),
        *ends("ann", 10),
    ]


def judged(folder: Path, history: Lines, dump: Lines) -> Report:
    for name, lines in (("all.history.jsonl", history), ("1.dump.jsonl", dump)):
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return judge(read_history([folder / "all.history.jsonl"], [folder / "1.dump.jsonl"]))


def test_a_good_history_is_clean(tmp_path: Path, history: Lines, dump: Lines) -> None:
    """The control of all that follows: each begins with this history and spoils one thing."""
    report = judged(tmp_path, history, dump)

    assert report.examples == {}
    assert report.is_clean
    assert (report.acknowledged, report.delivered, report.faults) == (4, 10, {"post_gone": 3})
    assert main([str(tmp_path)]) == 0


def test_a_good_history_with_changes_is_clean(
    tmp_path: Path, changed_history: Lines, changed_dump: Lines
) -> None:
    report = judged(tmp_path, changed_history, changed_dump)

    assert report.examples == {}
    assert (report.acknowledged, report.changed) == (4, 3)


def without(lines: Lines, **wanted: Any) -> Lines:
    kept = [line for line in lines if not wanted.items() <= line.items()]
    assert len(kept) < len(lines)
    return kept


def changed(lines: Lines, change: Line, **wanted: Any) -> Lines:
    assert any(wanted.items() <= line.items() for line in lines)
    return [line | change if wanted.items() <= line.items() else line for line in lines]


def twice(lines: Lines, **wanted: Any) -> Lines:
    return [line for one in lines for line in [one] * (1 + (wanted.items() <= one.items()))]


def swapped(lines: Lines, first: Line, second: Line) -> Lines:
    places = [
        next(n for n, one in enumerate(lines) if w.items() <= one.items()) for w in (first, second)
    ]
    lines = list(lines)
    lines[places[0]], lines[places[1]] = lines[places[1]], lines[places[0]]
    return lines


def _renamed(line: Line, names: dict[str, str]) -> Line:
    id_ = names.get(line["id"], line["id"])
    return line | {"id": id_, "text": f"#{id_}" if id_ else ""}


Spoil = Callable[[Lines, Lines], tuple[Lines, Lines]]

SPOILT: list[tuple[str, str, Spoil]] = [
    ("lost", "an acknowledged message is not in the log", lambda h, d: (h, d[:-1])),
    (
        "lost",
        "a screen lacks the last message",
        lambda h, d: (without(h, kind="deliver", client="ann", seq=7), d),
    ),
    ("lost", "somebody never got to the head", lambda h, d: (without(h, kind="drained"), d)),
    (
        "duplicated",
        "a message is in the log twice",
        lambda h, d: (h, [*d, said(8, "ann", "a3", 5)]),
    ),
    (
        "duplicated",
        "a screen shows a message twice",
        lambda h, d: (twice(h, kind="deliver", client="ben", seq=4), d),
    ),
    (
        "reordered",
        "a screen passes over a slot",
        lambda h, d: (without(h, kind="deliver", client="ben", seq=4), d),
    ),
    (
        "reordered",
        "a screen shows two entries the other way round",
        lambda h, d: (
            swapped(
                h,
                {"kind": "deliver", "client": "ann", "seq": 4},
                {"kind": "deliver", "client": "ann", "seq": 5},
            ),
            d,
        ),
    ),
    (
        "reordered",
        "an entry of another epoch is shown",
        lambda h, d: (changed(h, {"epoch": "k3y.2"}, kind="deliver", client="ben", seq=5), d),
    ),
    (
        "divergent",
        "a screen shows another message in a slot",
        lambda h, d: (changed(h, {"id": "b1"}, kind="deliver", client="ben", seq=5), d),
    ),
    (
        "divergent",
        "a screen shows another text",
        lambda h, d: (changed(h, {"text": "#else"}, kind="deliver", client="ben", seq=5), d),
    ),
    (
        "divergent",
        "a message was acknowledged in another slot",
        lambda h, d: (changed(h, {"seq": 4}, kind="ok", id="a2"), d),
    ),
    ("unexpected", "nobody said it", lambda h, d: (without(h, kind="invoke", id="b1"), d)),
    (
        "unexpected",
        "somebody else said it",
        lambda h, d: (changed(h, {"user": "ann"}, kind="invoke", id="b1"), d),
    ),
    (
        "unexpected",
        "it was refused",
        lambda h, d: ([*h, client("fail", "ben", 23.0, id="b1", code="invalid")], d),
    ),
    (
        "leaked",
        "a removed member hears more",
        lambda h, d: ([*h, client("heard", "ben", 53.0, user="ben", epoch=EPOCH, seq=7)], d),
    ),
    (
        "leaked",
        "a page that was asked for after the removal holds more",
        lambda h, d: (
            [*h, client("heard", "ben", 53.0, user="ben", epoch=EPOCH, seq=7, asked=52.0)],
            d,
        ),
    ),
    (
        "leaked",
        "a stranger hears something",
        lambda h, d: ([*h, client("heard", "eve", 53.0, user="eve", epoch=EPOCH, seq=3)], d),
    ),
    (
        "sender_order",
        "one's own messages change places",
        lambda h, d: (h, [_renamed(line, {"a1": "a2", "a2": "a1"}) for line in d]),
    ),
    (
        "real_time_order",
        "what was said later stands before",
        lambda h, d: (changed(h, {"at": 60.0}, kind="invoke", id="b1"), d),
    ),
    ("gaps", "the log has a hole", lambda h, d: (h, without(d, seq=4))),
    ("gaps", "messages are miscounted", lambda h, d: (h, changed(d, {"number": 9}, seq=5))),
    (
        "receipts",
        "a read position goes back",
        lambda h, d: (changed(h, {"readSeq": 3, "unread": 3}, kind="read", at=85.0), d),
    ),
    (
        "receipts",
        "unread is no recount",
        lambda h, d: (changed(h, {"unread": 1}, kind="read", at=85.0), d),
    ),
]


@pytest.mark.parametrize(
    ("verdict", "spoil"),
    [pytest.param(verdict, spoil, id=f"{verdict}: {name}") for verdict, name, spoil in SPOILT],
)
def test_a_spoilt_history_is_found_out(
    tmp_path: Path, history: Lines, dump: Lines, verdict: str, spoil: Spoil
) -> None:
    history, dump = spoil(history, dump)

    report = judged(tmp_path, history, dump)

    assert report.counts[verdict] > 0
    assert main([str(tmp_path)]) == 1


CHANGES_SPOILT: list[tuple[str, str, Spoil]] = [
    ("lost", "a change that was made is not in the log", lambda h, d: (h, d[:-1])),
    ("duplicated", "an edit is in the log twice", lambda h, d: (h, [*d, EDIT | {"seq": 11}])),
    (
        "divergent",
        "a screen shows another text of an edit",
        lambda h, d: (changed(h, {"text": "#else"}, kind="deliver", seq=8), d),
    ),
    (
        "divergent",
        "somebody else's emoji is acknowledged",
        lambda h, d: (changed(h, {"what": "reactionAdded ben 3 🍵"}, kind="changed", seq=9), d),
    ),
    ("unexpected", "nobody asked for it", lambda h, d: (without(h, kind="invoke", id="a5"), d)),
    (
        "unexpected",
        "something else was asked for",
        lambda h, d: (changed(h, {"what": "reactionAdded ann 3 x"}, kind="invoke", id="a5"), d),
    ),
    (
        "unexpected",
        "a text that is not deleted is blank",
        lambda h, d: (h, [*d[:-1], slot(10, "memberJoined", "eve", 4, subject="eve")]),
    ),
    (
        "unfolded",
        "a deleted message's text is still in its edit",
        lambda h, d: (h, changed(d, {"text": "#a4"}, seq=8)),
    ),
    (
        "unfolded",
        "a page knows less than the log at the time",
        lambda h, d: (changed(h, {"seq": 9}, kind="page", at=87.5), d),
    ),
    (
        "unfolded",
        "a page counts a reaction twice",
        lambda h, d: ([*h, page(89.1, 9, "#a4", 2, False, {"🍵": 2}, seq=8)], d),
    ),
    (
        "unfolded",
        "a screen has missed what became of a message",
        lambda h, d: (changed(h, {"digest": "else"}, kind="looks"), d),
    ),
    (
        "unfolded",
        "what is no message is changed",
        lambda h, d: (h, [*d, LIKE | {"seq": 11, "target": 2}]),
    ),
]


@pytest.mark.parametrize(
    ("verdict", "spoil"),
    [
        pytest.param(verdict, spoil, id=f"{verdict}: {name}")
        for verdict, name, spoil in CHANGES_SPOILT
    ],
)
def test_a_spoilt_history_of_changes_is_found_out(
    tmp_path: Path, changed_history: Lines, changed_dump: Lines, verdict: str, spoil: Spoil
) -> None:
    report = judged(tmp_path, *spoil(changed_history, changed_dump))

    assert report.counts[verdict] > 0


def begun_late(lines: Lines, first: int, *ids: str) -> Lines:
    """Ann's screen begins anew with a page: her messages from `first` on, up to slot 5."""
    shown = [
        [seq, id_, f"#{id_}", seq, 1, False, {}] for seq, id_ in zip((4, 5), ids, strict=False)
    ]
    anew = client("start", "ann", 35.0, user="ann", epoch=EPOCH, seq=5, first=first, shown=shown)
    place = next(n for n, line in enumerate(lines) if line["at"] > 35.0)
    return [*lines[:place], anew, *lines[place:]]


def test_a_screen_of_one_page_shows_all_from_its_first_message_on(
    tmp_path: Path, history: Lines, dump: Lines
) -> None:
    """Message 3 is before it. The controls: a page that promises 3, and one that lacks 5."""
    assert judged(tmp_path, begun_late(history, 4, "b1", "a2"), dump).is_clean

    assert judged(tmp_path, begun_late(history, 0, "b1", "a2"), dump).counts["lost"] == 1
    assert judged(tmp_path, begun_late(history, 4, "b1"), dump).counts["lost"] == 1


def test_what_became_of_messages_before_the_page_is_not_asked(
    tmp_path: Path, changed_history: Lines, changed_dump: Lines
) -> None:
    nothing = hashlib.blake2b(b"[]", digest_size=16).hexdigest()

    late = changed(changed_history, {"first": 4, "digest": nothing}, kind="looks")
    early = changed(changed_history, {"first": 3, "digest": nothing}, kind="looks")

    assert judged(tmp_path, late, changed_dump).is_clean
    assert judged(tmp_path, early, changed_dump).counts["unfolded"] == 1


def test_every_verdict_has_a_history_that_triggers_it(
    tmp_path: Path, history: Lines, dump: Lines
) -> None:
    spoilt = [*SPOILT, *CHANGES_SPOILT]
    assert {verdict for verdict, _, _ in spoilt} == set(judged(tmp_path, history, dump).counts)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            [client("heard", "ben", 41.0, user="ben", epoch=EPOCH, seq=7, asked=40.5)],
            id="a page asked for while the removal was under way",
        ),
        pytest.param(
            [
                door("admits", "ben", 60.0),
                client("heard", "ben", 61.0, user="ben", epoch=EPOCH, seq=7),
            ],
            id="who was let in again",
        ),
    ],
)
def test_what_one_may_know_is_no_leak(
    tmp_path: Path, history: Lines, dump: Lines, more: Lines
) -> None:
    report = judged(tmp_path, [*history, *more], dump)

    assert report.counts["leaked"] == 0


def test_a_message_of_unknown_outcome_may_be_there_or_not(
    tmp_path: Path, history: Lines, dump: Lines
) -> None:
    unknown = [
        client("invoke", "ann", 60.0, user="ann", id=id_, text=f"#{id_}") for id_ in ("u1", "u2")
    ]
    landed = [*dump, said(8, "ann", "u1", 5)]
    seen = [
        line | {"seq": 8} if line["kind"] == "drained" else line
        for line in [*history, *unknown, *shows("ann", 70.0, (8, "u1"))]
    ]
    read = changed(seen, {"unread": 1}, kind="read", at=85.0)

    assert judged(tmp_path, read, landed).examples == {}


def test_times_run_from_when_it_was_known_or_from_the_connection(
    tmp_path: Path, history: Lines, dump: Lines
) -> None:
    late = changed(history, {"at": 5_034.0}, kind="deliver", client="ben", seq=5)
    assert judged(tmp_path, history, dump).healing.p99_ms == 2.0
    assert judged(tmp_path, late, dump).healing.p99_ms == 5_002.0

    back = [*late, client("connect", "ben", 5_030.0)]

    assert judged(tmp_path, back, dump).healing.p99_ms == 4.0


def test_the_checker_imports_nothing_of_the_project() -> None:
    foreign = set()
    for path in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                foreign.add(str(node.module))
            elif isinstance(node, ast.Import):
                foreign |= {alias.name for alias in node.names}

    own = {name for name in foreign if name.startswith("tests.checker.")}
    assert own
    assert not {
        name
        for name in foreign - own
        if name.partition(".")[0] in ("teahouse", "functions", "local_cloud", "tests", "tools")
    }
