"""Orders as documents: written, and read though one of them may be broken."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from floorbroker.domain.order import Order
from floorbroker.storage.codec import UnreadableDocument, from_document, to_document
from floorbroker.storage.documents import Document

SCHEMA_VERSION: Final = 1
A_TURN: Final = 50
"""So many are decoded before others have their turn."""

_log = structlog.get_logger(__name__)


class OrderReader:
    """Reads what it can; of each document that is no order the log tells once a process."""

    def __init__(self) -> None:
        """See the class."""
        self._complained_of: set[str] = set()

    def readable(self, document: Document) -> Order | None:
        """None for what is no order that this version understands."""
        try:
            return order_of(document)
        except UnreadableDocument as error:
            order_id = str(document["_id"])
            if order_id not in self._complained_of:
                self._complained_of.add(order_id)
                _log.error("order_unreadable", order_id=order_id, why=str(error))
            return None

    async def all_readable(self, documents: Sequence[Document]) -> list[Order]:
        """Those that are orders; whatever else waits has its turn in between."""
        readable = []
        for number, document in enumerate(documents):
            if number % A_TURN == A_TURN - 1:
                await asyncio.sleep(0)  # decoding hundreds at once would hold up everybody
            readable.append(self.readable(document))
        return [one for one in readable if one is not None]


def document_of(order: Order) -> Document:
    """What is stored."""
    document = to_document(order)
    document["_id"] = document.pop("order_id")
    document["schema_version"] = SCHEMA_VERSION
    return document


def order_of(document: Document) -> Order:
    """What was stored.

    Raises:
        UnreadableDocument: It is no order that this version understands.
    """
    fields = {**document, "order_id": document["_id"]}
    del fields["_id"]
    return from_document(Order, fields)
