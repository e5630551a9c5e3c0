"""Does the store sync before it answers? Its system calls tell, where strace is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CALLS = "fsync,fdatasync,write,writev,sendto,pwrite64"
ATTACH_LIMIT_S = 5.0


def is_traceable() -> bool:
    """Tell whether strace is installed."""
    return shutil.which("strace") is not None


def trace(pid: int, work: Callable[[], object]) -> list[str]:
    """Carry out some work, and give the system calls a process made meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "calls"
        tracer = subprocess.Popen(
            ["strace", "-f", "-s", "64", "-e", f"trace={CALLS}", "-p", str(pid), "-o", str(file)],
            stderr=subprocess.DEVNULL,
        )
        try:
            _await_tracer(pid)
            work()
        finally:
            tracer.terminate()
            tracer.wait()
        return file.read_text("utf-8", "replace").splitlines()


def unsynced(calls: list[str]) -> int:
    """Count the answers to writes before which nothing was synced after the data was written."""
    is_dirty, count = False, 0
    for call in calls:
        if re.search(r"\bpwrite64\(", call):
            is_dirty = True
        elif re.search(r"\b(fsync|fdatasync)\(.*= 0", call):
            is_dirty = False
        elif "HTTP/1.1 200" in call and is_dirty:
            count += 1
            is_dirty = False
    return count


def _await_tracer(pid: int) -> None:
    give_up_at = time.monotonic() + ATTACH_LIMIT_S
    while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text():
        if time.monotonic() > give_up_at:
            raise RuntimeError("strace does not get hold of the store")
        time.sleep(0.02)
