"""The notifications collection: outcomes that could not be told, until the next command."""

from collections.abc import Sequence
from typing import Final

from floorbroker.domain.ids import OrderId, UserId
from floorbroker.storage.documents import OLDEST_FIRST, Documents, Index

SCHEMA_VERSION: Final = 1
_NOTICES: Final = "notifications"

INDEXES: Final = (Index(collection=_NOTICES, name="user_at", fields=("user_id", "at")),)


class Notices:
    """Ids of orders whose news found no way to their person."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def add(self, user_id: UserId, order_id: OrderId, at: str) -> None:
        """Remembers an order; once is enough."""
        await self._documents.upsert(
            _NOTICES,
            {"_id": order_id, "schema_version": SCHEMA_VERSION, "user_id": user_id, "at": at},
        )

    async def unseen(self, user_id: UserId, *, limit: int = 5) -> Sequence[OrderId]:
        """The person's untold orders, oldest first."""
        found = await self._documents.find(
            _NOTICES, {"user_id": user_id}, order=("at", OLDEST_FIRST), limit=limit
        )
        return [OrderId(document["_id"]) for document in found]

    async def seen(self, user_id: UserId, order_id: OrderId) -> None:
        """Forgets one that was shown."""
        await self._documents.delete(_NOTICES, {"_id": order_id, "user_id": user_id})
