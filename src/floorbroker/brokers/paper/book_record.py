"""A book in its stored form, and how older forms become the present one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from floorbroker.brokers.context import Record
from floorbroker.brokers.paper import errors
from floorbroker.brokers.paper.book import Book, Holding
from floorbroker.brokers.paper.order_record import order_from, record_of, text_of

BOOK_VERSION: Final = 1

_UPGRADES: Final[Mapping[int, Callable[[Record], Record]]] = MappingProxyType({})
"""From each older version to the one after it; empty while there has been only one."""


def book_record(book: Book) -> Record:
    """What `book_from` reads."""
    return {
        "book_version": BOOK_VERSION,
        "cash": str(book.cash),
        # A list: some stores do not take the dot of BRK.B in a key.
        "holdings": [
            [symbol, str(holding.quantity), str(holding.cost)]
            for symbol, holding in book.holdings.items()
        ],
        "working": [record_of(order) for order in book.working],
        "ended": list(book.ended),
        "realised": str(book.realised),
        "looked_at": text_of(book.looked_at),
        "opening_equity": str(book.opening_equity),
        "next_number": book.next_number,
        "archived": book.archived,
    }


def book_from(record: Record) -> Book:
    """The book that any version of this module stored.

    Raises:
        ApiError: It was stored by a newer one.
    """
    version = record["book_version"]
    while version != BOOK_VERSION:
        if version not in _UPGRADES:
            raise errors.newer_book(version)
        record = _UPGRADES[version](record)
        version = record["book_version"]
    return Book(
        cash=Decimal(record["cash"]),
        holdings={
            symbol: Holding(Decimal(quantity), Decimal(cost))
            for symbol, quantity, cost in record["holdings"]
        },
        working=tuple(order_from(order) for order in record["working"]),
        ended=tuple(record["ended"]),
        realised=Decimal(record["realised"]),
        looked_at=datetime.fromisoformat(record["looked_at"]),
        opening_equity=Decimal(record["opening_equity"]),
        next_number=record["next_number"],
        archived=record["archived"],
    )
