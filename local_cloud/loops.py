"""On which event loop does the cloud run? On any: nothing here asks for asyncio's own."""

from __future__ import annotations

import asyncio
from typing import cast


def stream(transport: asyncio.BaseTransport) -> asyncio.Transport:
    """Name a connection's transport by what it does: other loops' are no children of asyncio's."""
    return cast(asyncio.Transport, transport)
