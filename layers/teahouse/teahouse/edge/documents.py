"""Which documents do we publish of ourselves? Files that `make generate` writes from the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "protocol" / "documents"


@cache
def document(name: str) -> str:
    """Read a document; once a process."""
    return (FOLDER / name).read_text("utf-8")
