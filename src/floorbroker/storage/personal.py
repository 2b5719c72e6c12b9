"""Everything that is kept on one person, in whichever collection it lies.

The one place that knows where a person can be: export reads through it, erasure removes through it,
and a test walks the other files of this folder for a collection that is missing here.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from floorbroker.domain.ids import UserId
from floorbroker.storage.documents import (
    OLDEST_FIRST,
    AtLeast,
    Document,
    Documents,
    Index,
    Where,
)

PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One collection that holds something of people.

    Attributes:
        called: What a person reads, in the plural.
        field: Where the person's id stands.
        by: What pages are ordered by; no two of one person's documents have the same.
        secret_id: The documents' own ids are digests of secrets.
    """

    collection: str
    called: str
    field: str = "user_id"
    by: str = "_id"
    secret_id: bool = False


SETTINGS: Final = Holding(collection="users", called="settings", field="_id")
AUDIT: Final = Holding(collection="audit", called="audit entries", field="person", by="number")
"""Under the person's pseudonym, and never erased: see docs/security.md."""

LINKS: Final = Holding(collection="links", called="links")
ORDERS: Final = Holding(collection="orders", called="orders")
NONCES: Final = Holding(collection="counters", called="request counters", field="_id")
"""One a link, under the link's id."""

_OTHERS: Final = (
    ORDERS,
    Holding(collection="notifications", called="untold outcomes"),
    Holding(collection="snapshots", called="values of accounts"),
    Holding(collection="day_values", called="days of accounts"),
    Holding(collection="moment_values", called="moments of accounts"),
    Holding(collection="ideas", called="ideas"),
    Holding(collection="watch_lists", called="watch lists"),
    Holding(collection="alerts", called="alerts"),
    Holding(collection="connection_events", called="connection changes"),
    Holding(collection="paper_books", called="paper books"),
    Holding(collection="paper_orders", called="ended paper orders"),
    Holding(collection="link_tokens", called="one-time links", secret_id=True),
)

HOLDINGS: Final = (SETTINGS, LINKS, NONCES, *_OTHERS, AUDIT)
"""In the order in which a person reads them."""

NOBODYS: Final[Mapping[str, str]] = {
    "policies": "rules of servers, under the server's id",
    "switches": "the service's pause, marks of the installation, and whose turn it is",
    "ops_alerts": "what operators were told of the service's own health",
    "secrets": "the sealed key behind the audit trail's pseudonyms",
}
"""Collections that hold nothing of any person."""

INDEXES: Final = tuple(
    Index(collection=one.collection, name="whose", fields=(one.field, one.by))
    for one in (LINKS, *_OTHERS)
)


class Personal:
    """Reads and removes what is kept on the person that is asked for, and nobody else."""

    def __init__(self, documents: Documents, *, page: int = PAGE) -> None:
        """On any engine, so many documents at a time."""
        self._documents = documents
        self._page = page

    async def pages(
        self, user_id: UserId, pseudonym: str
    ) -> AsyncIterator[tuple[Holding, Sequence[Document]]]:
        """All of it as it is stored, a page of documents at a time, holding by holding."""
        for holding in HOLDINGS:
            async for page in self._pages(holding, user_id, pseudonym):
                yield holding, page

    async def counts(self, user_id: UserId, *, limit: int) -> Mapping[str, int]:
        """How many documents of each kind would be erased, counted no further than `limit`."""
        return {
            one.called: await self._documents.count(
                one.collection, {one.field: user_id}, limit=limit
            )
            for one in (SETTINGS, LINKS, *_OTHERS)
        }

    async def erase(self, user_id: UserId) -> int:
        """Removes all of it but the settings, which hold the timer, and the audit trail.

        Doing it again, or after an end midway, removes what is left.

        Returns:
            How many documents it removed.
        """
        removed = 0
        # Counters are found by the links, so those go after them.
        async for page in self._pages(NONCES, user_id, ""):
            for document in page:
                removed += await self._documents.delete(NONCES.collection, {"_id": document["_id"]})
        for one in (*_OTHERS, LINKS):
            removed += await self._documents.delete(one.collection, {one.field: user_id})
        return removed

    async def _pages(
        self, holding: Holding, user_id: UserId, pseudonym: str
    ) -> AsyncIterator[Sequence[Document]]:
        if holding is NONCES:
            async for links in self._pages_of(LINKS, user_id):
                found = [await self._nonce(str(link["_id"])) for link in links]
                yield [document for document in found if document is not None]
            return
        async for page in self._pages_of(holding, pseudonym if holding is AUDIT else user_id):
            yield page

    async def _pages_of(self, holding: Holding, whose: str) -> AsyncIterator[Sequence[Document]]:
        where: Where = {holding.field: whose}
        if holding.field == holding.by:  # one document at most
            document = await self._documents.get(holding.collection, whose)
            if document is not None:
                yield [document]
            return
        order = (holding.by, OLDEST_FIRST)
        last: str | int | None = None
        while True:
            beyond = where if last is None else {**where, holding.by: AtLeast(last)}
            found = await self._documents.find(
                holding.collection, beyond, order=order, limit=self._page + 1
            )
            page = [document for document in found if document[holding.by] != last][: self._page]
            if not page:
                return
            yield page
            last = page[-1][holding.by]

    async def _nonce(self, link_id: str) -> Document | None:
        return await self._documents.get(NONCES.collection, f"nonce:{link_id}")
