"""What does the core need to take files, look at them and keep them?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from teahouse.domain.entry import UploadState
from teahouse.domain.upload import Picture, Purpose, Remade, Upload


class Uploads(Protocol):
    """What is known of uploads. A message takes them in the transaction that writes its slot."""

    def create(self, upload: Upload) -> None: ...

    def find(self, upload_id: str) -> Upload | None:
        """Find an upload, strongly."""
        ...

    def find_many(self, upload_ids: Sequence[str]) -> dict[str, Upload]:
        """Find uploads, strongly; what is not there is left out. At most 100."""
        ...

    def settle(
        self,
        upload_id: str,
        state: UploadState,
        *,
        reason: str | None = None,
        size: tuple[int, int] | None = None,
    ) -> Upload | None:
        """Say what has become of an upload that waits; give it as it stands now.

        One that waits no more stays as it is. None if it is gone.
        """
        ...

    def take_as_avatar(self, upload_id: str, owner_id: str) -> bool:
        """Let an avatar be this upload; False if it is not ready, not theirs, or used."""
        ...

    def remove(self, upload_id: str) -> None:
        """Forget an upload."""
        ...

    def of_owner(self, owner_id: str) -> list[str]:
        """List the ids of somebody's uploads. May lag."""
        ...


class ObjectStore(Protocol):
    """Where files lie: nothing in it can be read but by asking here."""

    def form(
        self, key: str, *, content_type: str, max_bytes: int, lasts_s: int, now_ms: int
    ) -> Mapping[str, str]:
        """Make the fields of a form that may put one object, of that type and size, for a while."""
        ...

    def find(self, key: str) -> tuple[bytes, str] | None:
        """Read an object and its content type; None if it is not there."""
        ...

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write an object."""
        ...

    def remove(self, keys: Iterable[str]) -> None:
        """Remove objects, where they are there."""
        ...


class Pictures(Protocol):
    """Looks at what claims to be a picture."""

    def remake(self, data: bytes, purpose: Purpose) -> Remade:
        """Decode a picture and write it anew, without what else the file holds.

        Raises:
            Unacceptable: it is none, it is damaged, or it has too many pixels.
        """
        ...


__all__ = ["ObjectStore", "Picture", "Pictures", "Uploads"]
