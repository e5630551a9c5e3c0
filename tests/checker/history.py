"""What did clients see, and what does the log hold? The lines a history is made of, read back.

Nothing of the project is imported here: what the checker knows, it knows from these lines. Every
line is one JSON object with `kind` and `at` (ms of one clock, shared by all clients of a run).

    invoke      client user room id what text unordered      first attempt; unordered (absent:
                                                             false): others are on the way
    ok          client room id epoch seq                     a message is acknowledged
    changed     client room epoch seq id what text           a change is, by the entry named here
    fail        client room id code                          refused at the only attempt
    info        client room id                               given up; it may be there or not
    start       client user room epoch seq first shown       begins a screen: messages from first
                                                             (absent: 0) up to seq
    page        room epoch seq shown                         what REST shows; it has looked at seq
    deliver     client room epoch seq id what text           the next entry, shown
    looks       client room epoch seq first digest           its messages from first on that were
                                                             changed
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
    told        client who why                               what a bad client of the kind `who` got

The dump has one line a slot: room epoch seq event by id what text subject number target detail;
the subject is who joins or goes, the target which message is changed, the detail how: the version
of an edit, the emoji of a reaction. An `id` is an operation's, and stands only in what clients say
and change; on screens, where changes have none, only messages have one. `what` tells all there is
of an entry that is no message, but for its text; it is empty or absent for messages. `text` is a
digest everywhere, of nothing if there is none: `BLANK` is that of a text without letters. Messages
in `shown` are [seq, id, text, changed_seq, version, is_deleted, {emoji: count}].
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

Line = dict[str, Any]

BLANK = hashlib.blake2b(b"", digest_size=6).hexdigest()


class Slot(NamedTuple):
    """One slot of the dump."""

    seq: int
    event: str
    by: str
    id: str
    what: str
    text: str
    subject: str
    number: int
    target: int
    detail: str

    @property
    def face(self) -> tuple[str, str]:
        """Give what tells it from others on a screen, but for its text."""
        return (self.id if self.event == "messageSent" else ""), self.what

    @property
    def about(self) -> int:
        """Give the message whose text it holds."""
        return self.target or self.seq


class Shown(NamedTuple):
    """An entry on a screen, and when it appeared."""

    seq: int
    id: str
    what: str
    text: str
    at: float

    @property
    def face(self) -> tuple[str, str]:
        return self.id, self.what


class Look(NamedTuple):
    """A message as a page shows it; all entries up to `changed_seq` are in it."""

    seq: int
    id: str
    text: str
    changed_seq: int
    version: int
    is_deleted: bool
    reactions: dict[str, int]


class Page(NamedTuple):
    """Messages as they stood; the log was looked at up to `seq` before."""

    name: str
    seq: int
    looks: list[Look]


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
    """What somebody set out to say or to change."""

    client: str
    user: str
    room: str
    what: str
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
    first: int
    snapshot: list[Look]
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
    changed: dict[tuple[str, str], list[tuple[str, Shown]]] = field(
        default_factory=lambda: defaultdict(list)
    )  # by client
    pages: dict[tuple[str, str], list[Page]] = field(default_factory=lambda: defaultdict(list))
    looks: dict[tuple[str, str], list[tuple[str, int, int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )  # client, seq, first, digest
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
    told: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    stray: list[Line] = field(default_factory=list)  # entries shown on no screen

    def add(self, line: Line) -> None:
        """Take one line of a client; lines of one client come in its own order."""
        match line["kind"]:
            case "invoke":
                self._invoke(line)
            case "ok":
                said = Acknowledged(intern(line["id"]), line["seq"], line["at"])
                self.acknowledged[line["room"], line["epoch"]].append(said)
            case "changed":
                place = line["room"], line["epoch"]
                self.changed[place].append((line["client"], _shown(line)))
            case "looks":
                told = line["client"], line["seq"], line.get("first", 0), line["digest"]
                self.looks[line["room"], line["epoch"]].append(told)
            case "page":
                self._page("a page", line)
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
            case "told":
                self.told[line["who"]][line["why"]] += 1

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
            what=line.get("what", ""),
            text=line["text"],
            at=line["at"],
            place=None if line.get("unordered") else len(self.invoked),
        )

    def _start(self, line: Line) -> None:
        looks = self._page(line["client"], line)
        named = line["client"], line["room"], line["epoch"]
        screen = Screen(*named, line["seq"], line.get("first", 0), looks)
        self.screens[line["client"], line["room"]].append(screen)

    def _page(self, name: str, line: Line) -> list[Look]:
        looks = [Look(*values) for values in line["shown"]]
        self.pages[line["room"], line["epoch"]].append(Page(name, line["seq"], looks))
        return looks

    def _deliver(self, line: Line) -> None:
        screens = self.screens.get((line["client"], line["room"]))
        if not screens or screens[-1].epoch != line["epoch"]:
            self.stray.append(line)
            return
        screens[-1].shown.append(_shown(line))

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


def _shown(line: Line) -> Shown:
    return Shown(
        line["seq"],
        intern(line["id"]),
        intern(line.get("what", "")),
        intern(line["text"]),
        line["at"],
    )


def _lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8") as file:
        for text in file:
            yield json.loads(text)
