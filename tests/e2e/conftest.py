"""The whole system, started once a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.person import Person
from tests.e2e.system import System


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    whole = System(tmp_path_factory.mktemp("data"))
    whole.start()
    yield whole
    if whole.is_running:
        whole.stop()


@pytest.fixture
def base(system: System) -> str:
    return system.url


@pytest.fixture(autouse=True)
def nobody_stays() -> Iterator[None]:
    """Close what a test has opened."""
    yield
    for person in Person.everyone:
        person.closes()
    Person.everyone.clear()
