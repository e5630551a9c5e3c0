"""What has become of a process? Asked of the kernel, and awaited without sleeping."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

LIMIT_S = 10.0


def children(pid: int) -> list[int]:
    """Return the process ids of a process's children."""
    tasks = Path(f"/proc/{pid}/task")
    return [
        int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()
    ]


def is_running(pid: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        return state(pid) != "Z"
    except FileNotFoundError:
        return False


def state(pid: int) -> str:
    """Return a process's state: R, S, T (stopped), Z."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def processor_s(pid: int) -> float:
    """Return how long a process has been at work."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime, stime


async def ended(pid: int) -> None:
    """Wait until a process, anybody's child, has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    has_ended = asyncio.Event()
    loop.add_reader(descriptor, has_ended.set)
    try:
        await asyncio.wait_for(has_ended.wait(), LIMIT_S)
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def stopped(pid: int) -> None:
    """Wait until a child of this process is stopped by a signal."""
    report = os.P_PID, pid, os.WSTOPPED | os.WNOWAIT
    await asyncio.wait_for(asyncio.to_thread(os.waitid, *report), LIMIT_S)
