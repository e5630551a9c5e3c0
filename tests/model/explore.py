"""Which states can be reached, and does one of them break a promise? Breadth first, all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

State = TypeVar("State", bound=Hashable)

Steps = Callable[[State], Iterable[tuple[str, State]]]
Verdicts = Callable[[State, bool], Iterator[str]]  # the flag says that nothing can happen any more


@dataclass
class Exploration(Generic[State]):
    """What was found: how many states, and the shortest way to each broken promise."""

    states: int
    broken: dict[str, list[str]] = field(default_factory=dict)
    is_complete: bool = True

    @property
    def is_sound(self) -> bool:
        return not self.broken


def explore(
    start: State,
    steps: Steps[State],
    verdicts: Verdicts[State],
    *,
    limit: int = 10**9,
    until: str = "",
) -> Exploration[State]:
    """Visit every state that can be reached, up to `limit`; or `until` one promise is broken."""
    came_from: dict[State, tuple[State, str] | None] = {start: None}
    queue = deque([start])
    found: Exploration[State] = Exploration(1)
    while queue:
        state = queue.popleft()
        is_quiet = True
        for label, following in steps(state):
            is_quiet = False
            if following not in came_from:
                came_from[following] = (state, label)
                queue.append(following)
        for verdict in verdicts(state, is_quiet):
            if verdict not in found.broken:
                found.broken[verdict] = _path(came_from, state)
        if len(came_from) >= limit or until in found.broken:
            found.is_complete = not queue
            break
    found.states = len(came_from)
    return found


def _path(came_from: dict[State, tuple[State, str] | None], state: State) -> list[str]:
    labels: list[str] = []
    step = came_from[state]
    while step is not None:
        labels.append(step[1])
        step = came_from[step[0]]
    return labels[::-1]
