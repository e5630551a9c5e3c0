"""Where does the local cloud keep things, and is it alone there?"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class DataFolderError(Exception):
    """The folder cannot be used; the text is one sentence for whoever named it."""


class DataFolder:
    """One folder, held by this process as long as it is open; a killed process lets go of it."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            # What people say lies here: a folder of our making is nobody else's to look into.
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DataFolderError(f"cannot write to {self.path}: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise DataFolderError(f"{self.path} is in use by another local cloud") from error

    @property
    def database(self) -> Path:
        """The file of the embedded store."""
        return self.path / "store.db"

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._lock)

    def __enter__(self) -> DataFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
