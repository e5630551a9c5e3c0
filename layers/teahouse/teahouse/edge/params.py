"""Which parameters may a query string have? Their types, checked before a handler runs."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

# A slot of a log; 0 stands before them all. JSON's numbers are exact up to 2**53.
SeqParam = Annotated[int | None, Query(ge=0, le=2**53 - 1)]
LimitParam = Annotated[int, Query(ge=1, le=200)]
NameParam = Annotated[str | None, Query(max_length=64)]
YesParam = Annotated[bool, Query()]
CursorParam = Annotated[str | None, Query(max_length=256)]

# Its own limits are told by `parse_query`.
QueryParam = Annotated[str, Query(max_length=400)]
RoomIdParam = Annotated[str | None, Query(alias="roomId", pattern=r"^[A-Za-z0-9_-]{1,64}\z")]

__all__ = [
    "CursorParam",
    "LimitParam",
    "NameParam",
    "QueryParam",
    "RoomIdParam",
    "SeqParam",
    "YesParam",
]
