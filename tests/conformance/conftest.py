"""What is driven: the site that `CONFORMANCE_URL` names, or the local cloud with its template."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.deployment import Run, Site

TEMPLATE = Path(__file__).with_name("template.yaml")


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    url = os.environ.get("CONFORMANCE_URL")
    if url:
        yield Site.at(url.rstrip("/"))
        return
    command = [sys.executable, "-m", "local_cloud", "--template", str(TEMPLATE), "--port", "0"]
    cloud = subprocess.Popen([*command, "--json-logs"], stdout=subprocess.PIPE, text=True)
    assert cloud.stdout is not None
    ready = next(one for one in map(json.loads, cloud.stdout) if one["kind"] == "ready")
    yield Site.at(ready["url"])
    cloud.send_signal(signal.SIGINT)
    cloud.communicate(timeout=20)


@pytest.fixture
def run(site: Site) -> Run:
    """What one test does and is noted of it."""
    return Run(site)
