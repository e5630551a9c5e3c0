"""Are the generated files what their sources say?"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from teahouse.protocol.frames import Frame

from tools.generate_frames_ts import CLIENT, ROOT, current_contract, main, render, stale


def test_the_typescript_frames_are_current() -> None:
    tool = ROOT / "tools" / "generate_frames_ts.py"
    checked = subprocess.run(
        [sys.executable, str(tool), "--check"], capture_output=True, text=True, check=False
    )

    assert checked.stderr == ""
    assert checked.returncode == 0


def test_a_changed_frame_makes_them_stale() -> None:
    """The control: the check sees a frame that the files do not know."""

    class Thundered(Frame, kw_only=True, frozen=True, tag="thundered"):
        """A frame nobody generated."""

        times: int

    contract = current_contract()
    changed = replace(contract, frames=(*contract.frames, Thundered))

    assert stale(render(contract)) == []
    assert CLIENT in stale(render(changed))
    assert "export interface Thundered {" in render(changed)[CLIENT]


def test_a_stale_file_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = ROOT / "clients" / "javascript" / "src" / "never_generated.ts"
    monkeypatch.setattr("tools.generate_frames_ts.render", lambda _: {old: "anything"})

    assert main(["--check"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "Stale: clients/javascript/src/never_generated.ts; run python tools/generate_frames_ts.py."
    ]
