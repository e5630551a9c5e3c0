"""How does DynamoDB's JSON wrap a value? AWS API reference, AttributeValue."""

from __future__ import annotations

from msgspec import Struct

Key = tuple[str, str]  # partition key and sort key


class Text(Struct, frozen=True, gc=False):
    """A string."""

    S: str


class Number(Struct, frozen=True, gc=False):
    """A number; it travels as text."""

    N: str

    def __int__(self) -> int:
        return int(self.N)


class Item(Struct, omit_defaults=True, gc=False):
    """The base of items; an attribute that is None is not written."""


def wrapped(key: Key) -> tuple[Text, Text]:
    """Wrap a key."""
    return Text(key[0]), Text(key[1])


def number(value: int) -> Number:
    """Wrap a whole number."""
    return Number(str(value))


def text_or_none(value: str | None) -> Text | None:
    """Wrap a string that may be absent."""
    return None if value is None else Text(value)


def value_of(text: Text | None) -> str | None:
    """Unwrap a string that may be absent."""
    return None if text is None else text.S


def number_or_none(value: int | None) -> Number | None:
    """Wrap a whole number that may be absent."""
    return None if value is None else Number(str(value))


def int_of(number: Number | None) -> int | None:
    """Unwrap a whole number that may be absent."""
    return None if number is None else int(number)
