"""F11: does a store that is put back to an older copy show the past, under a new generation?"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from local_cloud.cloud import running
from tests.e2e.person import call
from tests.local_cloud.conftest import SAMPLES

TEMPLATE = SAMPLES / "template.yaml"


async def test_a_restored_store_forgets_what_came_after_the_copy(tmp_path: Path) -> None:
    """Handlers learn of it by a parameter. Control: what was there before the copy is there."""
    data, copy = tmp_path / "data", tmp_path / "copy"

    async def live(house: str, *, pours: str, looks: tuple[str, ...] = ()) -> list[tuple[int, str]]:
        async with running(TEMPLATE, data=data, parameters={"House": house}) as cloud:
            found = []
            for name in looks:
                path = f"/api/cups/{name}"
                answer = await asyncio.to_thread(call, cloud.url, "GET", path)
                found.append((answer.status, answer.body))
            await asyncio.to_thread(call, cloud.url, "POST", "/api/cups", {"name": pours})
            return found

    await live("one", pours="before")
    shutil.copytree(data, copy)
    assert await live("one", pours="after", looks=("before",)) == [(200, "one")]
    shutil.rmtree(data)
    shutil.copytree(copy, data)

    found = await live("two", pours="anew", looks=("before", "after"))

    assert found == [(200, "two"), (404, "two")]
