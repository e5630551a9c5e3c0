"""Messages on DynamoDB: what has become of them, beside the rooms; each change with its slot."""

from __future__ import annotations

from collections.abc import Mapping, Set

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from teahouse.adapters.dynamodb.failures import Failure, classify, translated
from teahouse.adapters.dynamodb.log import LogSlot
from teahouse.adapters.dynamodb.room_rows import OperationRow, ReactionRow, StandingRow
from teahouse.adapters.dynamodb.tables import connection
from teahouse.adapters.items.log import facts_of, operation_key, operation_of, slot_of
from teahouse.adapters.items.messages import (
    ReactionItem,
    StandingItem,
    reaction_item,
    reaction_key,
    reaction_of,
    reactions_between,
    reactions_partition,
    standing_item,
    standing_key,
    standing_of,
    standings_between,
    standings_partition,
)
from teahouse.domain.entry import (
    Entry,
    MessageEdited,
    MessageSent,
    ReactionAdded,
    ReactionRemoved,
)
from teahouse.domain.message import Standing
from teahouse.ports import SlotTaken


class DynamoDbMessages:
    """The rooms' table, as far as messages go."""

    def find(self, room_id: str, seq: int) -> Standing | None:
        with translated():
            try:
                row = StandingRow.get(*standing_key(room_id, seq), consistent_read=True)
            except StandingRow.DoesNotExist:
                return None
        return standing_of(row.item(StandingItem))

    def between(self, room_id: str, first_seq: int, last_seq: int) -> dict[int, Standing]:
        with translated():
            items = StandingRow.items(
                StandingItem,
                standings_partition(room_id),
                StandingRow.sk.between(*standings_between(first_seq, last_seq)),
            )
            found = [standing_of(item) for item in items]
        return {standing.seq: standing for standing in found}

    def find_reaction(self, room_id: str, seq: int, user_id: str, emoji: str) -> int | None:
        key = reaction_key(room_id, seq, user_id, emoji)
        with translated():
            try:
                return int(ReactionRow.get(*key, consistent_read=True).seq)
            except ReactionRow.DoesNotExist:
                return None

    def reactions_of(
        self, room_id: str, user_id: str, first_seq: int, last_seq: int
    ) -> Set[tuple[int, str]]:
        with translated():
            items = ReactionRow.items(
                ReactionItem,
                reactions_partition(room_id, user_id),
                ReactionRow.sk.between(*reactions_between(first_seq, last_seq)),
            )
            return {reaction_of(item) for item in items}

    def find_operation(self, room_id: str, user_id: str, operation_id: str) -> int | None:
        key = operation_key(room_id, user_id, operation_id)
        with translated():
            try:
                return int(OperationRow.get(*key, consistent_read=True).seq)
            except OperationRow.DoesNotExist:
                return None

    def change(
        self,
        room_id: str,
        entry: Entry,
        *,
        before: Standing,
        after: Standing,
        blank: Mapping[int, MessageSent | MessageEdited],
        is_recorded: bool,
    ) -> None:
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                slot = LogSlot.of(slot_of(room_id, entry))
                transaction.save(slot, condition=LogSlot.room.does_not_exist())
                _blank_slots(transaction, room_id, blank)
                _write_standing(transaction, room_id, before, after)
                _write_reaction(transaction, room_id, entry)
                if is_recorded:
                    record = OperationRow.of(operation_of(room_id, entry))
                    transaction.save(record, condition=OperationRow.pk.does_not_exist())
        except TransactWriteError as error:
            if classify(error)[0] is Failure.CONDITION:
                raise SlotTaken from error
            raise

    def redact(
        self,
        room_id: str,
        *,
        before: Standing,
        after: Standing,
        blank: Mapping[int, MessageSent | MessageEdited],
    ) -> None:
        try:
            with translated(), TransactWrite(connection=connection()) as transaction:
                _blank_slots(transaction, room_id, blank)
                _write_standing(transaction, room_id, before, after)
        except TransactWriteError as error:
            if classify(error)[0] is Failure.CONDITION:
                raise SlotTaken from error
            raise


def _blank_slots(
    transaction: TransactWrite, room_id: str, blank: Mapping[int, MessageSent | MessageEdited]
) -> None:
    for seq, left in blank.items():
        transaction.update(
            LogSlot(room_id, seq),
            actions=[LogSlot.f.set(facts_of(left).S)],
            condition=LogSlot.room.exists(),
        )


def _write_standing(
    transaction: TransactWrite, room_id: str, before: Standing, after: Standing
) -> None:
    unchanged = StandingRow.pk.does_not_exist()
    if not before.is_unchanged:
        unchanged = StandingRow.changed == before.changed_seq
    transaction.save(StandingRow.of(standing_item(room_id, after)), condition=unchanged)


def _write_reaction(transaction: TransactWrite, room_id: str, entry: Entry) -> None:
    fact = entry.fact
    if not isinstance(fact, ReactionAdded | ReactionRemoved):
        return
    row = ReactionRow.of(reaction_item(room_id, entry, fact))
    if isinstance(fact, ReactionAdded):
        transaction.save(row, condition=ReactionRow.pk.does_not_exist())
    else:
        transaction.delete(row, condition=ReactionRow.pk.exists())
