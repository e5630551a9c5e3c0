"""Whose code has changed? Folders are looked at a few times a second; no program tells of them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from pathlib import Path

from local_cloud.resources import Function

PAUSE_S = 0.25
WORK_SHARE = 10  # a look may take a tenth of the time, however many files there are
LEFT_OUT = {"__pycache__", "node_modules", ".git", ".mypy_cache", ".pytest_cache", ".ruff_cache"}

Snapshot = dict[str, tuple[int, int]]  # path -> when it was changed, and its size


def snapshot(folders: Iterable[Path]) -> dict[Path, Snapshot]:
    """Look at every file of the folders."""
    return {folder: dict(_files(str(folder))) for folder in folders}


def changed_functions(
    functions: Mapping[str, Function],
    before: Mapping[Path, Snapshot],
    after: Mapping[Path, Snapshot],
) -> list[str]:
    """Return the functions whose code or layers are not what they were."""
    changed = {folder for folder, files in after.items() if files != before.get(folder)}
    return [
        function_id
        for function_id, function in functions.items()
        if changed & {function.code_path, *function.layer_paths}
    ]


async def changes(
    functions: Mapping[str, Function],
    look: Callable[[Iterable[Path]], dict[Path, Snapshot]] = snapshot,
) -> AsyncIterator[list[str]]:
    """Yield the functions whose code has changed, each time some has."""
    ours = [one for one in functions.values() if not one.foreign_runtime]
    folders = {path for one in ours for path in (one.code_path, *one.layer_paths)}
    before = look(folders)
    pause_s = PAUSE_S
    while True:
        await asyncio.sleep(pause_s)
        started_at = time.perf_counter()
        after = await asyncio.to_thread(look, folders)
        pause_s = max(PAUSE_S, (time.perf_counter() - started_at) * WORK_SHARE)
        changed = changed_functions(functions, before, after)
        before = after
        if changed:
            yield changed


def _files(folder: str) -> Iterator[tuple[str, tuple[int, int]]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:  # removed meanwhile
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in LEFT_OUT:
                    yield from _files(entry.path)
            elif not entry.name.endswith(".pyc"):
                stat = entry.stat()
                yield entry.path, (stat.st_mtime_ns, stat.st_size)
        except OSError:
            continue
