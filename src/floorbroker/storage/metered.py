"""Times every request to the store."""

from collections.abc import Sequence

from floorbroker.observability.metrics import Metrics
from floorbroker.storage.documents import Document, Documents, Index, Where


class MeteredDocuments:
    """Passes everything on to the engine behind it."""

    def __init__(self, documents: Documents, metrics: Metrics) -> None:
        """`documents` is the engine."""
        self._documents = documents
        self._metrics = metrics

    async def start(self, indexes: Sequence[Index]) -> None:
        """See `Documents.start`."""
        await self._documents.start(indexes)

    async def close(self) -> None:
        """See `Documents.close`."""
        await self._documents.close()

    async def ping(self) -> None:
        """See `Documents.ping`."""
        with self._metrics.store_call("ping"):
            await self._documents.ping()

    async def insert(self, collection: str, document: Document) -> None:
        """See `Documents.insert`."""
        with self._metrics.store_call("insert"):
            await self._documents.insert(collection, document)

    async def get(self, collection: str, document_id: str) -> Document | None:
        """See `Documents.get`."""
        with self._metrics.store_call("get"):
            return await self._documents.get(collection, document_id)

    async def find(
        self, collection: str, where: Where, *, order: tuple[str, int] | None = None, limit: int
    ) -> list[Document]:
        """See `Documents.find`."""
        with self._metrics.store_call("find"):
            return await self._documents.find(collection, where, order=order, limit=limit)

    async def count(self, collection: str, where: Where, *, limit: int) -> int:
        """See `Documents.count`."""
        with self._metrics.store_call("count"):
            return await self._documents.count(collection, where, limit=limit)

    async def replace(self, collection: str, document: Document, *, where: Where) -> bool:
        """See `Documents.replace`."""
        with self._metrics.store_call("replace"):
            return await self._documents.replace(collection, document, where=where)

    async def upsert(self, collection: str, document: Document) -> None:
        """See `Documents.upsert`."""
        with self._metrics.store_call("upsert"):
            await self._documents.upsert(collection, document)

    async def increment(self, collection: str, document_id: str, field: str, by: int = 1) -> int:
        """See `Documents.increment`."""
        with self._metrics.store_call("increment"):
            return await self._documents.increment(collection, document_id, field, by)

    async def delete(self, collection: str, where: Where) -> int:
        """See `Documents.delete`."""
        with self._metrics.store_call("delete"):
            return await self._documents.delete(collection, where)
