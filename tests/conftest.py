"""What every test may ask for: the engine, an App in memory, a clock it moves."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests import engine
from tests.store_seam import WatchedHttp

os.environ.update(engine.CREDENTIALS)

# How long one example takes says more of the machine than of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def engine_url() -> Iterator[str]:
    """Run one engine with the four tables for this test process; found by environment."""
    with engine.running_engine() as url:
        engine.create_tables(url)
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = url
        yield url
        WatchedHttp.lines.close()
        del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
