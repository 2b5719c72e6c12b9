"""The connection_events collection: when the connection to a gateway changed, and why."""

from collections.abc import Sequence
from typing import Final
from uuid import uuid4

from floorbroker.domain.connections import ConnectionEvent
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.storage.codec import from_document, to_document
from floorbroker.storage.documents import NEWEST_FIRST, Documents, Index

SCHEMA_VERSION: Final = 1
_EVENTS: Final = "connection_events"

INDEXES: Final = (
    Index(collection=_EVENTS, name="user_broker_at", fields=("user_id", "broker", "at")),
)


class ConnectionEvents:
    """Events of the gateways beside one person's bot."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def add(self, user_id: UserId, event: ConnectionEvent) -> None:
        """Stores one; nothing changes it later."""
        fields = {"_id": uuid4().hex, "schema_version": SCHEMA_VERSION, "user_id": user_id}
        await self._documents.insert(_EVENTS, {**to_document(event), **fields})

    async def last(
        self, user_id: UserId, broker: BrokerId, *, limit: int = 20
    ) -> Sequence[ConnectionEvent]:
        """The latest, newest first."""
        found = await self._documents.find(
            _EVENTS, {"user_id": user_id, "broker": broker}, order=("at", NEWEST_FIRST), limit=limit
        )
        return [from_document(ConnectionEvent, document) for document in found]
