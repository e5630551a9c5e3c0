"""User names and what proves them, on DynamoDB."""

from __future__ import annotations

from typing import Any

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.accounts import ApiKeyRow, NameRow, ProfileRow, find_row
from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.tables import AccountsMeta, connection, row_model
from teahouse.adapters.items.accounts import (
    KEY_PREFIX,
    AdministratorItem,
    ApiKeyItem,
    ErasingItem,
    NameItem,
    administrator_item,
    administrator_key,
    api_key_item,
    api_key_key,
    api_key_of,
    erasing_key,
    name_item,
    name_key,
    profile_item,
    proof_of,
    user_partition,
)
from teahouse.domain.key import ApiKey
from teahouse.domain.user import Proof, User

ErasingRow: Any = row_model(ErasingItem, AccountsMeta)
AdministratorRow: Any = row_model(AdministratorItem, AccountsMeta)


class DynamoDbProofs:
    """Names in the accounts' table."""

    def first_administrator(self) -> str | None:
        with translated():
            row = find_row(AdministratorRow, administrator_key())
        return row.item(AdministratorItem).u.S if row else None

    def create_first(self, user: User, password_hash: str) -> bool:
        return self._write(user, password_hash, ProfileRow.pk.does_not_exist())

    def adopt(self, user: User, password_hash: str) -> bool:
        return self._write(user, password_hash, ProfileRow.k == "guest")

    def find(self, username: str) -> Proof | None:
        with translated():
            row = find_row(NameRow, name_key(username))
        return proof_of(row.item(NameItem)) if row else None

    def replace(self, before: Proof, after: Proof) -> bool:
        stands = (NameRow.u == before.user_id) & (NameRow.h == before.password_hash)
        if before.recovery_hash is None:
            stands &= NameRow.rh.does_not_exist()
        else:
            stands &= NameRow.rh == before.recovery_hash
        try:
            with translated():
                NameRow.of(name_item(after)).save(condition=stands)
        except PutError as error:
            if classify(error)[0] is Failure.CONDITION:
                return self.find(before.username) == after  # by this very write, its answer lost
            raise
        return True

    def erase(self, user: User, username: str | None) -> None:
        profile = ProfileRow.of(profile_item(user))
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.save(profile)
                transaction.delete(ErasingRow(*erasing_key(user.id)))
                if username is not None:
                    name = NameRow(*name_key(username))
                    transaction.delete(name, condition=NameRow.u == user.id)
        except TransactWriteError as error:
            # By an earlier attempt the name is nobody's already, or somebody else's.
            if classify(error)[0] is not Failure.CONDITION:
                raise

    def note_progress(self, user_id: str, place: str) -> None:
        with translated():
            ErasingRow(*erasing_key(user_id), at=place).save()

    def progress(self, user_id: str) -> str | None:
        with translated():
            row = find_row(ErasingRow, erasing_key(user_id))
        return str(row.at) if row else None

    def put_key(self, key: ApiKey) -> None:
        with translated():
            ApiKeyRow.of(api_key_item(key)).save()

    def keys_of(self, user_id: str) -> list[ApiKey]:
        with translated():
            rows = ApiKeyRow.query(
                user_partition(user_id),
                ApiKeyRow.sk.startswith(KEY_PREFIX),
                consistent_read=True,
            )
            return [api_key_of(row.item(ApiKeyItem)) for row in rows]

    def remove_key(self, user_id: str, key_id: str) -> None:
        with translated():
            ApiKeyRow(*api_key_key(user_id, key_id)).delete()

    def _write(self, user: User, password_hash: str, is_due: Any) -> bool:
        """Write profile, name and, of an administrator, the mark, in one transaction."""
        assert user.username is not None
        proof = Proof(username=user.username, user_id=user.id, password_hash=password_hash)
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                transaction.save(
                    NameRow.of(name_item(proof)), condition=NameRow.pk.does_not_exist()
                )
                transaction.save(ProfileRow.of(profile_item(user)), condition=is_due)
                if user.is_administrator:
                    transaction.save(
                        AdministratorRow.of(administrator_item(user)),
                        condition=AdministratorRow.pk.does_not_exist(),
                    )
        except TransactWriteError as error:
            if classify(error)[0] is Failure.CONDITION:
                return self.find(user.username) == proof  # as above
            raise
        return True
