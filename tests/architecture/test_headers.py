"""Does the page come with headers that let nothing run but what is ours?"""

from __future__ import annotations

import re
from functools import cache

import pytest

from local_cloud.template import load_cloud
from tests.architecture.declared import ROOT


@cache
def headers() -> dict[str, str]:
    return dict(load_cloud(ROOT / "template.yaml").page_headers)


def policy() -> dict[str, str]:
    """Read the content security policy, by directive."""
    parts = (part.split() for part in headers()["Content-Security-Policy"].split(";"))
    return {name: " ".join(sources) for name, *sources in parts}


def test_nothing_runs_but_our_own_scripts_and_no_text_becomes_markup() -> None:
    assert policy()["default-src"] == "'none'", "what is not named, objects and frames, is none"
    assert {policy()[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert policy()["require-trusted-types-for"] == "'script'"
    assert not re.search(r"unsafe|https?:|\*", headers()["Content-Security-Policy"])


@pytest.mark.parametrize(
    ("directive", "sources"),
    [("frame-ancestors", "'none'"), ("base-uri", "'none'"), ("form-action", "'self'")],
)
def test_no_other_page_frames_it_or_leads_it_elsewhere(directive: str, sources: str) -> None:
    """None of the three falls back on `default-src`."""
    assert policy()[directive] == sources


def test_it_is_asked_for_by_tls_only_and_told_to_nobody_else() -> None:
    age, *more = headers()["Strict-Transport-Security"].split("; ")

    assert int(age.removeprefix("max-age=")) >= 365 * 24 * 3600
    assert more == ["includeSubDomains"]
    assert headers()["X-Content-Type-Options"] == "nosniff"
    assert headers()["Referrer-Policy"] == "same-origin"
    assert headers()["Cross-Origin-Opener-Policy"] == "same-origin"
