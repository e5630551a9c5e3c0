"""Does the page's own server stand before the local cloud, and go with it?"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.tools.test_run import ROOT, children_of, is_alive

ADDRESS = re.compile(r"Local:\s*(http://localhost:\d+)")


@pytest.mark.e2e
def test_one_address_has_the_page_and_the_handlers(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.dev", "--port", "0", "--data", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A terminal's colours, which `CI` alone turns on, would stand inside the address.
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert process.stdout is not None
    with process, process.stdout as told:
        lines = iter(told.readline, "")
        said = ""
        while "Ctrl-C" not in said or not ADDRESS.search(said):
            said += next(lines)
        children = children_of(process.pid)
        match = ADDRESS.search(said)
        assert match is not None
        with urllib.request.urlopen(match[1]) as page:
            assert b"/@vite/client" in page.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0

    assert len(children) >= 2
    assert not [pid for pid in children if is_alive(pid)]
