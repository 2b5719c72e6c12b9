"""The paper broker's books: one live book a link, and an archive of its ended orders."""

from datetime import datetime
from typing import Any, Final

from floorbroker.domain.ids import LinkId, UserId
from floorbroker.storage.codec import expect_known_version, time_text
from floorbroker.storage.documents import (
    NEWEST_FIRST,
    Between,
    Document,
    Documents,
    DuplicateKey,
    Index,
    Where,
)

SCHEMA_VERSION: Final = 1
_BOOKS: Final = "paper_books"
_ORDERS: Final = "paper_orders"

INDEXES: Final[tuple[Index, ...]] = (
    Index(collection=_BOOKS, name="user_link", fields=("user_id", "link_id")),
    Index(collection=_ORDERS, name="user_link_at", fields=("user_id", "link_id", "at")),
)

Record = dict[str, Any]
"""JSON-like, in the paper broker's own shape; not looked into, but for an order's `at`."""


class StoredPaperBooks:
    """What the brokers' context calls `PaperBooks`, on any engine."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def load(self, user_id: UserId, link_id: LinkId) -> tuple[Record, int] | None:
        """The book and its version; None before the first save."""
        found = await self._documents.find(_BOOKS, _of(user_id, link_id), limit=1)
        if not found:
            return None
        expect_known_version(found[0])
        return found[0]["book"], found[0]["version"]

    async def save(
        self, user_id: UserId, link_id: LinkId, book: Record, *, expected_version: int
    ) -> bool:
        """Stores the book as `expected_version + 1`; False if somebody else was faster.

        `expected_version` 0 creates it.
        """
        document: Document = {
            "_id": _id(user_id, link_id),
            "schema_version": SCHEMA_VERSION,
            "user_id": user_id,
            "link_id": link_id,
            "version": expected_version + 1,
            "book": book,
        }
        if expected_version:
            where: Where = {**_of(user_id, link_id), "version": expected_version}
            return await self._documents.replace(_BOOKS, document, where=where)
        return await self._added(_BOOKS, document)

    async def archive(self, user_id: UserId, link_id: LinkId, order_id: str, order: Record) -> None:
        """Keeps an ended order; doing it again changes nothing. `order["at"]` is its time."""
        document: Document = {
            "_id": _id(user_id, link_id, order_id),
            "schema_version": SCHEMA_VERSION,
            "user_id": user_id,
            "link_id": link_id,
            "at": time_text(datetime.fromisoformat(order["at"])),
            "order": order,
        }
        await self._added(_ORDERS, document)

    async def archived(self, user_id: UserId, link_id: LinkId, order_id: str) -> Record | None:
        """One ended order."""
        where: Where = {"_id": _id(user_id, link_id, order_id), **_of(user_id, link_id)}
        found = await self._documents.find(_ORDERS, where, limit=1)
        return found[0]["order"] if found else None

    async def archived_between(
        self, user_id: UserId, link_id: LinkId, since: datetime, until: datetime, limit: int
    ) -> list[Record]:
        """Ended orders from `since` to before `until`, newest first."""
        when = Between(time_text(since), time_text(until))
        found = await self._documents.find(
            _ORDERS,
            {**_of(user_id, link_id), "at": when},
            order=("at", NEWEST_FIRST),
            limit=limit,
        )
        return [document["order"] for document in found]

    async def erase(self, user_id: UserId, link_id: LinkId) -> None:
        """Removes the book and its archive."""
        for collection in (_BOOKS, _ORDERS):
            await self._documents.delete(collection, _of(user_id, link_id))

    async def _added(self, collection: str, document: Document) -> bool:
        try:
            await self._documents.insert(collection, document)
        except DuplicateKey:
            return False
        return True


def _of(user_id: UserId, link_id: LinkId) -> Where:
    return {"user_id": user_id, "link_id": link_id}


def _id(*parts: str) -> str:
    return ":".join(parts)
