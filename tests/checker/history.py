"""What did clients see, and what does the log hold? The lines a history is made of, read back.

Nothing of the project is imported here: what the checker knows, it knows from these lines. Every
line is one JSON object with `kind` and `at` (ms of one clock, shared by all clients of a run).

    invoke      client user room id text unordered           first attempt of a message; unordered
                                                             (absent: false): others are on the way
    ok          client room id epoch seq                     acknowledged
    fail        client room id code                          refused at the only attempt
    info        client room id                               given up; it may be there or not
    start       client user room epoch seq shown             begins a screen: everything up to seq
    deliver     client room epoch seq id text                the next entry, shown
    heard       client user room epoch seq asked             an entry that arrived; asked: when the
                                                             page was asked for, absent for a push
    connect     client                                       the socket is ready
    expects     client room                                  who has to be at the head in the end
    drained     client room epoch seq                        and where it was
    admits      user room                                    an admission is asked for
    removes     user room                                    a removal is asked for
    removed     user room                                    and acknowledged
    read        user room epoch readSeq unread               what the server says one has read
    fault       name count                                   what was done to the system

The dump has one line a slot: room epoch seq event by id text subject number; the subject is who
joins or goes. `text` is a digest everywhere, `id` is empty for what is no message.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

Line = dict[str, Any]


class Slot(NamedTuple):
    """One slot of the dump."""

    seq: int
    event: str
    by: str
    id: str
    text: str
    subject: str
    number: int


class Shown(NamedTuple):
    """An entry on a screen, and when it appeared."""

    seq: int
    id: str
    text: str
    at: float


class Heard(NamedTuple):
    """An entry that reached a client; `asked` is None for a push."""

    user: str
    seq: int
    at: float
    asked: float | None


class Acknowledged(NamedTuple):
    """An `ok`."""

    id: str
    seq: int
    at: float


@dataclass(slots=True)
class Invoked:
    """A message somebody set out to say."""

    client: str
    user: str
    room: str
    text: str
    at: float
    place: int | None  # among all that were said; None: it may stand anywhere
    has_failed: bool = False


@dataclass(slots=True)
class Screen:
    """What one client showed of one room from one start on."""

    client: str
    room: str
    epoch: str
    begins_after: int
    snapshot: list[Shown]
    shown: list[Shown] = field(default_factory=list)

    @property
    def last(self) -> int:
        return self.shown[-1].seq if self.shown else self.begins_after


@dataclass(slots=True)
class History:
    """Everything that was told, sorted for the verdicts. A `Place` is (room, epoch)."""

    logs: dict[tuple[str, str], list[Slot]] = field(default_factory=lambda: defaultdict(list))
    invoked: dict[str, Invoked] = field(default_factory=dict)
    doubly_invoked: list[str] = field(default_factory=list)
    acknowledged: dict[tuple[str, str], list[Acknowledged]] = field(
        default_factory=lambda: defaultdict(list)
    )
    screens: dict[tuple[str, str], list[Screen]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[tuple[str, str], list[Heard]] = field(default_factory=lambda: defaultdict(list))
    connects: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    expected: set[tuple[str, str]] = field(default_factory=set)
    drained: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    doors: dict[tuple[str, str], list[tuple[float, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    reads: dict[tuple[str, str, str], list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    faults: Counter[str] = field(default_factory=Counter)
    stray: list[Line] = field(default_factory=list)  # entries shown on no screen

    def add(self, line: Line) -> None:
        """Take one line of a client; lines of one client come in its own order."""
        match line["kind"]:
            case "invoke":
                self._invoke(line)
            case "ok":
                said = Acknowledged(intern(line["id"]), line["seq"], line["at"])
                self.acknowledged[line["room"], line["epoch"]].append(said)
            case "fail":
                self.invoked[line["id"]].has_failed = True
            case "start":
                self._start(line)
            case "deliver":
                self._deliver(line)
            case "heard":
                heard = Heard(intern(line["user"]), line["seq"], line["at"], line.get("asked"))
                self.heard[line["room"], line["epoch"]].append(heard)
            case "connect":
                self.connects[line["client"]].append(line["at"])
            case "expects":
                self.expected.add((line["client"], line["room"]))
            case "drained":
                self.drained[line["client"], line["room"]] = (line["epoch"], line["seq"])
            case "admits" | "removes" | "removed":
                self.doors[line["user"], line["room"]].append((line["at"], line["kind"]))
            case "read":
                key = line["user"], line["room"], line["epoch"]
                self.reads[key].append((line["readSeq"], line["unread"]))
            case "fault":
                self.faults[line["name"]] += line.get("count", 1)

    def add_slot(self, line: Line) -> None:
        """Take one line of the dump."""
        slot = Slot(**{name: line[name] for name in Slot._fields})
        self.logs[line["room"], line["epoch"]].append(slot)

    def _invoke(self, line: Line) -> None:
        if line["id"] in self.invoked:
            self.doubly_invoked.append(line["id"])
            return
        self.invoked[intern(line["id"])] = Invoked(
            client=line["client"],
            user=line["user"],
            room=line["room"],
            text=line["text"],
            at=line["at"],
            place=None if line.get("unordered") else len(self.invoked),
        )

    def _start(self, line: Line) -> None:
        at = line["at"]
        snapshot = [Shown(seq, id_, text, at) for seq, id_, text in line["shown"]]
        screen = Screen(line["client"], line["room"], line["epoch"], line["seq"], snapshot)
        self.screens[line["client"], line["room"]].append(screen)

    def _deliver(self, line: Line) -> None:
        screens = self.screens.get((line["client"], line["room"]))
        if not screens or screens[-1].epoch != line["epoch"]:
            self.stray.append(line)
            return
        shown = Shown(line["seq"], intern(line["id"]), intern(line["text"]), line["at"])
        screens[-1].shown.append(shown)

    def every_screen(self) -> Iterator[Screen]:
        """Go through all screens."""
        for screens in self.screens.values():
            yield from screens


def read_history(histories: Iterable[Path], dumps: Iterable[Path]) -> History:
    """Read the files of a run."""
    history = History()
    for path in histories:
        for line in _lines(path):
            history.add(line)
    for path in dumps:
        for line in _lines(path):
            history.add_slot(line)
    for slots in history.logs.values():
        slots.sort()
    return history


def _lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8") as file:
        for text in file:
            yield json.loads(text)
