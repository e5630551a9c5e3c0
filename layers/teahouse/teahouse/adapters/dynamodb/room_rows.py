"""Which rows does the table of rooms hold? Rooms and members change in the same transactions."""

from __future__ import annotations

from typing import Any

from teahouse.adapters.dynamodb.tables import RoomsMeta, row_model
from teahouse.adapters.items.log import Operation
from teahouse.adapters.items.members import (
    BanItem,
    LeftItem,
    MemberItem,
    MembershipItem,
)
from teahouse.adapters.items.messages import ReactionItem, StandingItem
from teahouse.adapters.items.rooms import (
    CodeItem,
    PublicItem,
    RoomItem,
    SummaryItem,
)

RoomRow: Any = row_model(RoomItem, RoomsMeta)
SummaryRow: Any = row_model(SummaryItem, RoomsMeta)
CodeRow: Any = row_model(CodeItem, RoomsMeta)
PublicRow: Any = row_model(PublicItem, RoomsMeta)
MemberRow: Any = row_model(MemberItem, RoomsMeta)
BanRow: Any = row_model(BanItem, RoomsMeta)
MembershipRow: Any = row_model(MembershipItem, RoomsMeta)
LeftRow: Any = row_model(LeftItem, RoomsMeta)
StandingRow: Any = row_model(StandingItem, RoomsMeta)
ReactionRow: Any = row_model(ReactionItem, RoomsMeta)
OperationRow: Any = row_model(Operation, RoomsMeta)
