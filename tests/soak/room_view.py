"""What does one screen show of one room? Applies each entry once and in order, whatever arrives.

no screen --start--> applying --other epoch--> no screen, until a snapshot
                      |    ^
                  hole|    | entries after `applied`, by REST
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from tests.soak.looks import Looks, told
from tests.soak.recorder import Event, Recorder

MAX_BUFFERED = 500
RECENT = 30  # messages that somebody may still change

Compare = Callable[[str, Sequence[Event]], None]  # epoch, entries just shown


class RoomView:
    """One room of one client; `compare` sees every entry that is shown."""

    def __init__(
        self, recorder: Recorder, client: str, user: str, room: str, compare: Compare
    ) -> None:
        self.room = room
        self.epoch = ""
        self.applied = 0
        self._recorder = recorder
        self._client = client
        self._user = user
        self._compare = compare
        self._ahead: dict[int, Event] = {}
        self.looks = Looks()
        self.recent: deque[tuple[int, str]] = deque(maxlen=RECENT)  # messages and their authors

    @property
    def is_started(self) -> bool:
        return bool(self.epoch)

    @property
    def has_hole(self) -> bool:
        return bool(self._ahead)

    @property
    def position(self) -> dict[str, object]:
        return {"epoch": self.epoch, "seq": self.applied}

    def start(
        self, epoch: str, seq: int, snapshot: Sequence[Event] = (), *, first: int = 0
    ) -> None:
        """Begin a screen that shows every message from `first` up to `seq`."""
        self.epoch, self.applied = epoch, seq
        self._ahead.clear()
        self.looks.start(snapshot, first)
        self.recent.clear()
        shown = [told(message) for message in snapshot]
        self._recorder.write(
            "start",
            client=self._client,
            user=self._user,
            room=self.room,
            epoch=epoch,
            seq=seq,
            first=first,
            shown=shown,
        )

    def forget(self) -> None:
        """Show nothing any more."""
        self.epoch, self.applied = "", 0
        self._ahead.clear()

    def take(self, epoch: str, events: Sequence[Event]) -> bool:
        """Show those whose turn it is, and keep the others; False if they are of another epoch."""
        if epoch != self.epoch:
            return False
        shown: list[Event] = []
        for event in events:
            if event["seq"] > self.applied and len(self._ahead) < MAX_BUFFERED:
                self._ahead[event["seq"]] = event
            while (following := self._ahead.pop(self.applied + 1, None)) is not None:
                self.applied += 1
                self._recorder.deliver(self._client, self.room, epoch, following)
                self.looks.apply(following)
                if following["kind"] == "messageSent":
                    self.recent.append((self.applied, following["by"]))
                shown.append(following)
        for seq in [seq for seq in self._ahead if seq <= self.applied]:
            del self._ahead[seq]
        if shown:
            self._compare(epoch, shown)
        return True
