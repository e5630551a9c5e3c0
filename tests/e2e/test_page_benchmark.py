"""Does the page take the scene of its benchmark for a server? Else its figures are of nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from benchmarks import bench_page

pytestmark = pytest.mark.e2e

AT_ONCE = 120


def test_what_comes_in_is_shown_and_a_scene_that_nobody_hears_has_no_figures(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench_page.site() as address:
        page = bench_page.opened(browser, address, 50)
        page.evaluate("count => scene.push(count)", AT_ONCE)
        bench_page.check_shown(page)
        page.context.close()

        silent = bench_page.SCENE.replace("unreadNotifications: 0,", "")
        assert silent != bench_page.SCENE
        monkeypatch.setattr(bench_page, "SCENE", silent)
        page = bench_page.opened(browser, address, 50)
        page.evaluate("count => scene.push(count)", AT_ONCE)
        with pytest.raises(AssertionError, match="contain"):
            bench_page.check_shown(page, patience_ms=1_000)
        page.context.close()
