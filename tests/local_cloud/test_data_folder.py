"""Who may look into the folder where everything lies?"""

from __future__ import annotations

import stat
from pathlib import Path

from local_cloud.data_folder import DataFolder


def test_a_folder_of_our_making_is_closed_to_everybody_else(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "made") as folder:
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_folder_that_was_there_stays_as_open_as_its_owner_wants(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)

    with DataFolder(shared):
        assert stat.S_IMODE(shared.stat().st_mode) == 0o755
