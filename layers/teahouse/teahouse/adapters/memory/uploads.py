"""Uploads in memory, and files too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from teahouse.adapters.memory.store import MemoryStore
from teahouse.domain.entry import UploadState
from teahouse.domain.upload import Upload


class MemoryUploads:
    """Uploads by id."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def create(self, upload: Upload) -> None:
        with self._store.lock:
            self._store.uploads[upload.id] = upload

    def find(self, upload_id: str) -> Upload | None:
        with self._store.lock:
            return self._store.uploads.get(upload_id)

    def find_many(self, upload_ids: Sequence[str]) -> dict[str, Upload]:
        with self._store.lock:
            known = self._store.uploads
            return {each: known[each] for each in upload_ids if each in known}

    def settle(
        self,
        upload_id: str,
        state: UploadState,
        *,
        reason: str | None = None,
        size: tuple[int, int] | None = None,
    ) -> Upload | None:
        with self._store.lock:
            upload = self._store.uploads.get(upload_id)
            if upload is not None and upload.state == "waiting":
                width, height = size or (None, None)
                upload = replace(upload, state=state, reason=reason, width=width, height=height)
                self._store.uploads[upload_id] = upload
            return upload

    def take_as_avatar(self, upload_id: str, owner_id: str) -> bool:
        with self._store.lock:
            upload = self._store.uploads.get(upload_id)
            if upload is None or not upload.may_be_avatar_of(owner_id):
                return False
            self._store.uploads[upload_id] = replace(upload, is_avatar=True)
            return True

    def remove(self, upload_id: str) -> None:
        with self._store.lock:
            self._store.uploads.pop(upload_id, None)

    def of_owner(self, owner_id: str) -> list[str]:
        with self._store.lock:
            return [u.id for u in self._store.uploads.values() if u.owner_id == owner_id]


class MemoryObjects:
    """Objects and their content types by key."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, str]] = {}

    def form(
        self, key: str, *, content_type: str, max_bytes: int, lasts_s: int, now_ms: int
    ) -> Mapping[str, str]:
        return {"key": key, "Content-Type": content_type}

    def find(self, key: str) -> tuple[bytes, str] | None:
        return self.kept.get(key)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        self.kept[key] = (data, content_type)

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.kept.pop(key, None)
