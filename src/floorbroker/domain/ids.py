"""The identifiers that travel through the product, each with a type of its own."""

import secrets
import string
from typing import Final, NewType

UserId = NewType("UserId", str)
"""A Discord snowflake, as text (64-bit numbers do not survive every JSON reader)."""

LinkId = NewType("LinkId", str)
"""One credential of one person at one broker."""

AccountId = NewType("AccountId", str)
"""One of the broker's accounts, in the broker's own words."""

BrokerId = NewType("BrokerId", str)
OrderId = NewType("OrderId", str)
"""Our id of an order; also the client order id that the broker sees."""

_ALPHABET: Final = string.ascii_lowercase + string.digits
ORDER_ID_LENGTH: Final = 18
"""Fits every broker: E*TRADE 20, Kraken 18, Binance 36, Moomoo's remark 64 bytes."""


def new_order_id() -> OrderId:
    """18 characters `[a-z0-9]`, 93 bits from the system's random source."""
    return OrderId("".join(secrets.choice(_ALPHABET) for _ in range(ORDER_ID_LENGTH)))


def new_link_id() -> LinkId:
    """16 characters `[0-9a-f]`, 64 bits; the store's own uniqueness stands behind it."""
    return LinkId(secrets.token_hex(8))


def is_order_id(text: str) -> bool:
    """Whether `text` has the shape of our own ids; says nothing about its existence."""
    return len(text) == ORDER_ID_LENGTH and all(character in _ALPHABET for character in text)
