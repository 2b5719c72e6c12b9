"""Every document of a store, page by page, for a backup."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from floorbroker.storage.audit import AuditTrail
from floorbroker.storage.documents import OLDEST_FIRST, AtLeast, Document, Documents, Where
from floorbroker.storage.personal import AUDIT, HOLDINGS, NOBODYS, ORDERS

PAGE: Final = 500

COLLECTIONS: Final = (
    ORDERS.collection,
    *sorted({*(one.collection for one in HOLDINGS), *NOBODYS} - {ORDERS.collection}),
)
"""Orders first: while a bot goes on, what is read after them may know of more than they do, as a
broker may, but never of less: no order is without its link, and no paper book without its order."""


async def whole_store(
    documents: Documents, *, page: int = PAGE
) -> AsyncIterator[tuple[str, Sequence[Document]]]:
    """All of it as it is stored: a collection and some of its documents, again and again."""
    for collection in COLLECTIONS:
        walk = _chains if collection == AUDIT.collection else pages_of
        async for found in walk(documents, collection, page=page):
            yield collection, found


async def pages_of(
    documents: Documents, collection: str, *, page: int = PAGE
) -> AsyncIterator[Sequence[Document]]:
    """One collection's documents by their ids."""
    async for found in _walk(documents, collection, {}, "_id", page):
        yield found


async def is_empty(documents: Documents, *, but: str = "") -> bool:
    """Whether nothing is stored, apart from the document of the id `but`."""
    for collection in COLLECTIONS:
        found = await documents.find(collection, {}, limit=2)
        if any(document["_id"] != but for document in found):
            return False
    return True


async def _chains(
    documents: Documents, collection: str, *, page: int
) -> AsyncIterator[Sequence[Document]]:
    """Each chain from its first entry on: what is written meanwhile can only lengthen its end."""
    trail = AuditTrail(documents)
    person = await trail.next_person("")
    while person is not None:
        async for found in _walk(documents, collection, {AUDIT.field: person}, AUDIT.by, page):
            yield found
        person = await trail.next_person(person)


async def _walk(
    documents: Documents, collection: str, where: Where, by: str, page: int
) -> AsyncIterator[Sequence[Document]]:
    last: str | int | None = None
    order = (by, OLDEST_FIRST)
    while True:
        beyond = where if last is None else {**where, by: AtLeast(last)}
        found = await documents.find(collection, beyond, order=order, limit=page + 1)
        fresh = [document for document in found if document[by] != last][:page]
        if not fresh:
            return
        yield fresh
        if len(found) <= page:  # all there was: what grows faster than it is read must end too
            return
        last = fresh[-1][by]
