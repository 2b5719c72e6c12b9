"""Documents in a dictionary: what remains is our own cost."""

import asyncio
import copy
from collections.abc import Sequence

from floorbroker.storage.documents import (
    AtLeast,
    AtMost,
    Below,
    Between,
    Condition,
    Document,
    DuplicateKey,
    EachOf,
    Index,
    OneOf,
    Where,
)

_GROUPED_BY = ("origin_key", "user_id", "person")
"""Fields by which documents are found without looking at all of them."""


class StubDocuments:
    """Implements `Documents`, without durability."""

    def __init__(self) -> None:
        """Empty."""
        self._collections: dict[str, dict[str, Document]] = {}
        self._groups: dict[tuple[str, str, object], dict[str, None]] = {}

    async def start(self, indexes: Sequence[Index]) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Nothing to do."""

    async def ping(self) -> None:
        """Nothing to do."""

    async def insert(self, collection: str, document: Document) -> None:
        """See `Documents.insert`; of the unique indexes only the orders' origin counts."""
        documents = self._collections.setdefault(collection, {})
        origin = (collection, "origin_key", document.get("origin_key"))
        if document["_id"] in documents or (origin[2] and origin in self._groups):
            raise DuplicateKey("_id")
        self._put(collection, document)

    async def get(self, collection: str, document_id: str) -> Document | None:
        """See `Documents.get`; gives way like a real store, as the other reads do."""
        await asyncio.sleep(0)
        found = self._collections.get(collection, {}).get(document_id)
        return None if found is None else copy.copy(found)

    async def find(
        self, collection: str, where: Where, *, order: tuple[str, int] | None = None, limit: int
    ) -> list[Document]:
        """See `Documents.find`."""
        await asyncio.sleep(0)
        found = [one for one in self._candidates(collection, where) if _matches(one, where)]
        if order is not None:
            found.sort(key=lambda one: one[order[0]], reverse=order[1] < 0)
        return [copy.copy(one) for one in found[:limit]]

    async def count(self, collection: str, where: Where, *, limit: int) -> int:
        """See `Documents.count`."""
        return len(await self.find(collection, where, limit=limit))

    async def replace(self, collection: str, document: Document, *, where: Where) -> bool:
        """See `Documents.replace`."""
        await asyncio.sleep(0)
        known = self._collections.get(collection, {}).get(document["_id"])
        if known is None or not _matches(known, where):
            return False
        self._put(collection, document)
        return True

    async def upsert(self, collection: str, document: Document) -> None:
        """See `Documents.upsert`."""
        self._put(collection, document)

    async def increment(self, collection: str, document_id: str, field: str, by: int = 1) -> int:
        """See `Documents.increment`."""
        documents = self._collections.setdefault(collection, {})
        document = documents.setdefault(document_id, {"_id": document_id})
        document[field] = document.get(field, 0) + by
        return int(document[field])

    async def delete(self, collection: str, where: Where) -> int:
        """See `Documents.delete`."""
        documents = self._collections.get(collection, {})
        gone = [key for key, one in documents.items() if _matches(one, where)]
        for key in gone:
            del documents[key]
        return len(gone)

    def _put(self, collection: str, document: Document) -> None:
        self._collections.setdefault(collection, {})[document["_id"]] = copy.copy(document)
        for field in _GROUPED_BY:
            if field in document:
                group = self._groups.setdefault((collection, field, document[field]), {})
                group[document["_id"]] = None

    def _candidates(self, collection: str, where: Where) -> list[Document]:
        documents = self._collections.get(collection, {})
        for field in _GROUPED_BY:
            if field in where:
                group = self._groups.get((collection, field, where[field]), {})
                return [documents[key] for key in group if key in documents]
        return list(documents.values())


def _matches(document: Document, where: Where) -> bool:
    return all(_holds(document.get(field), condition) for field, condition in where.items())


def _holds(value: object, condition: Condition) -> bool:
    if isinstance(condition, OneOf | EachOf):
        return value in condition.values
    if isinstance(condition, (Below, AtMost, AtLeast, Between)) and value is None:
        return False
    match condition:
        case Below(value=high):
            return value < high  # type: ignore[operator]
        case AtMost(value=high):
            return value <= high  # type: ignore[operator]
        case AtLeast(value=low):
            return value >= low  # type: ignore[operator]
        case Between(low=low, high=high):
            return low <= value < high  # type: ignore[operator]
        case _:
            return value == condition
