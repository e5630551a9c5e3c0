"""Where is a Chromium? On this machine already, else Playwright's own; `python -m tools.browser`.

`CHROMIUM=/path/to/chromium` names one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
NONE_HERE = (
    "The browser tests need a Chromium: install one (on Debian: apt install chromium), "
    "or let CHROMIUM=/path/to/chromium name it."
)


def find_browser() -> str | None:
    """Find a Chromium: the one CHROMIUM names, one on the path, one Playwright installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    try:
        with sync_playwright() as playwright:
            own = playwright.chromium.executable_path
    except Error:  # Playwright has no build for this system
        return None
    return own if Path(own).is_file() else None


def install_browser() -> str | None:
    """Let Playwright fetch its Chromium; None if it cannot."""
    result = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"],
        stdout=sys.stderr,
        check=False,
    )
    return find_browser() if result.returncode == 0 else None


def main() -> int:
    """Print the path of a Chromium; install one if there is none."""
    found = find_browser()
    if found is None and not os.environ.get("CHROMIUM"):
        print("No Chromium here; Playwright fetches one ...", file=sys.stderr)
        found = install_browser()
    if found is None:
        print(NONE_HERE, file=sys.stderr)
        return 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
