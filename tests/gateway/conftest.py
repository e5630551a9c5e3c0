"""What every gateway test may ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.gateway.target import Target, running


@pytest_asyncio.fixture
async def target() -> AsyncIterator[Target]:
    """Run a gateway with real limits, without faults and without an authorizer."""
    async with running() as target:
        yield target
