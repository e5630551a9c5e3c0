"""When is something so? It is asked again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


async def until(
    is_so: Callable[[], Any],
    limit_s: float,
    *,
    is_demanded: bool = True,
    every_s: float = 0.25,
) -> None:
    """Wait until it is so, or for so long.

    Raises:
        TimeoutError: it is not so, and that was demanded.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + limit_s
    while True:
        answer = is_so()
        if await answer if asyncio.iscoroutine(answer) else answer:
            return
        if loop.time() > give_up_at:
            if is_demanded:
                raise TimeoutError
            return
        await asyncio.sleep(every_s)
