"""The whole system, started once for all modules but those that need one to themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.person import Person
from tests.e2e.system import System, running
from tests.e2e.window import FLAGS, PATIENCE_MS, Window
from tools.browser import NONE_HERE, find_browser


@pytest.fixture(scope="session")
def common_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("data")) as whole:
        yield whole


@pytest.fixture(scope="module")
def own_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("data")) as whole:
        yield whole


@pytest.fixture(scope="module")
def system(common_system: System) -> System:
    """Everybody's; a module that needs an empty house, or another one, makes its own."""
    return common_system


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_browser()
    assert path, NONE_HERE
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def ann(browser: Browser, base: str) -> Iterator[Window]:
    window = Window(browser, base)
    yield window
    window.close()


@pytest.fixture
def ben(browser: Browser, base: str) -> Iterator[Window]:
    window = Window(browser, base, language="zh-CN")
    yield window
    window.close()
