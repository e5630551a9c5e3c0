"""Uploads on DynamoDB: beside the rooms, since a message takes its own with its slot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.tables import RoomsMeta, connection, row_model
from teahouse.adapters.items.uploads import (
    AVATAR,
    OwnUploadItem,
    UploadItem,
    own_key,
    owner_partition,
    upload_item,
    upload_key,
    upload_of,
)
from teahouse.adapters.items.values import wrapped
from teahouse.domain.entry import Entry, UploadState
from teahouse.domain.upload import Upload

UploadRow: Any = row_model(UploadItem, RoomsMeta)
OwnUploadRow: Any = row_model(OwnUploadItem, RoomsMeta)


class DynamoDbUploads:
    """The rooms' table, as far as uploads go."""

    def create(self, upload: Upload) -> None:
        own = OwnUploadItem(*wrapped(own_key(upload.owner_id, upload.id)))
        with translated(), TransactWrite(connection=connection()) as transaction:
            transaction.save(UploadRow.of(upload_item(upload)))
            transaction.save(OwnUploadRow.of(own))

    def find(self, upload_id: str) -> Upload | None:
        with translated():
            try:
                row = UploadRow.get(*upload_key(upload_id), consistent_read=True)
            except UploadRow.DoesNotExist:
                return None
            return upload_of(row.item(UploadItem))

    def find_many(self, upload_ids: Sequence[str]) -> dict[str, Upload]:
        keys = [upload_key(each) for each in upload_ids]
        with translated():
            found = list(UploadRow.batch_get(keys, consistent_read=True))
        uploads = [upload_of(row.item(UploadItem)) for row in found]
        return {upload.id: upload for upload in uploads}

    def settle(
        self,
        upload_id: str,
        state: UploadState,
        *,
        reason: str | None = None,
        size: tuple[int, int] | None = None,
    ) -> Upload | None:
        actions = [UploadRow.state.set(state)]
        if reason is not None:
            actions.append(UploadRow.reason.set(reason))
        if size is not None:
            actions += [UploadRow.width.set(size[0]), UploadRow.height.set(size[1])]
        self._update(upload_id, actions, UploadRow.state == "waiting")
        return self.find(upload_id)

    def take_as_avatar(self, upload_id: str, owner_id: str) -> bool:
        return self._update(
            upload_id,
            [UploadRow.place.set(AVATAR), UploadRow.ttl.remove()],
            (UploadRow.owner == owner_id)
            & (UploadRow.purpose == "avatar")
            & (UploadRow.state == "ready")
            & UploadRow.place.does_not_exist(),
        )

    def remove(self, upload_id: str) -> None:
        upload = self.find(upload_id)
        if upload is None:
            return
        with translated():
            OwnUploadRow(*own_key(upload.owner_id, upload_id)).delete()
            UploadRow(*upload_key(upload_id)).delete()

    def of_owner(self, owner_id: str) -> list[str]:
        with translated():
            return [row.sk for row in OwnUploadRow.query(owner_partition(owner_id))]

    def _update(self, upload_id: str, actions: list[Any], condition: Any) -> bool:
        """Change an upload; False if the condition does not hold."""
        try:
            with translated():
                UploadRow(*upload_key(upload_id)).update(actions=actions, condition=condition)
        except UpdateError as error:
            if classify(error)[0] is Failure.CONDITION:
                return False
            raise
        return True


def take(transaction: TransactWrite, room_id: str, entry: Entry, upload: Upload) -> None:
    """Let a message take an upload, in its transaction."""
    transaction.update(
        UploadRow(*upload_key(upload.id)),
        actions=[
            UploadRow.place.set(room_id),
            UploadRow.seq.set(entry.seq),
            UploadRow.ttl.remove(),
        ],
        condition=(UploadRow.owner == entry.by)
        & (UploadRow.state == upload.state)
        & UploadRow.place.does_not_exist(),
    )
