"""The local cloud, as `make run` starts it, which counts the posts that reach `@connections`.

    python -m benchmarks.peers.cloud_server PORT FOLDER RATE_SCALE

Each line of standard input is answered with the count so far; its end ends the cloud.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.bench_fanout import ROOT
from local_cloud.cloud import LocalCloud
from local_cloud.limits import Limits
from local_cloud.signatures import Signatures

UNTHROTTLED = Limits(route_rates_times=1_000)  # the stages' rates are not what is measured


class CountedSignatures(Signatures):
    """Verifies, and counts the posts that were signed for the management API."""

    posts = 0

    def verify(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        service: str | None = None,
    ) -> str | None:
        """As `Signatures`."""
        function_id = super().verify(method, path, headers, body, service=service)
        self.posts += function_id is not None and method == "POST"
        return function_id


async def run(port: int, folder: Path, rate_scale: str) -> None:
    """Run until standard input ends."""
    cloud = LocalCloud(
        ROOT / "template.yaml",
        data=folder,
        port=port,
        parameters={"RateScale": rate_scale, "CookieSecure": "false"},
        limits=UNTHROTTLED,
    )
    counted = cloud.signatures = CountedSignatures()
    await cloud.start()
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        while await lines.readline():
            sys.stdout.write(f"{counted.posts}\n")
            sys.stdout.flush()
    finally:
        await cloud.stop()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
