"""The link_tokens collection: one-time tickets, found by the digest of their token only."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from floorbroker.domain.ids import UserId
from floorbroker.domain.link_ticket import LinkTicket
from floorbroker.storage.codec import from_document, time_text, to_document
from floorbroker.storage.documents import AtLeast, AtMost, Document, Documents, Index, Where

SCHEMA_VERSION: Final = 1
_TOKENS: Final = "link_tokens"

INDEXES: Final = (
    Index(collection=_TOKENS, name="user_created", fields=("user_id", "created_at")),
    Index(collection=_TOKENS, name="expires_at", fields=("expires_at",)),
)


class LinkTickets:
    """Tickets on any engine."""

    def __init__(self, documents: Documents) -> None:
        """See the class's first line."""
        self._documents = documents

    async def add(self, ticket: LinkTicket) -> None:
        """Stores a fresh ticket."""
        await self._documents.insert(_TOKENS, _document(ticket))

    async def get(self, ticket_id: str) -> LinkTicket | None:
        """The ticket of a token's digest: whoever has the token may ask, and nobody else can."""
        document = await self._documents.get(_TOKENS, ticket_id)
        if document is None:
            return None
        fields = {**document, "ticket_id": document["_id"]}
        del fields["_id"]
        return from_document(LinkTicket, fields)

    async def advance(self, before: LinkTicket, after: LinkTicket) -> LinkTicket | None:
        """Stores `after` over exactly `before`; None if somebody else was faster."""
        stored = replace(after, version=before.version + 1)
        done = await self._documents.replace(
            _TOKENS, _document(stored), where={"version": before.version}
        )
        return stored if done else None

    async def since(self, user_id: UserId, moment: datetime, *, limit: int) -> int:
        """How many tickets the person asked for since then, counting no further than `limit`."""
        where: Where = {"user_id": user_id, "created_at": AtLeast(time_text(moment))}
        return await self._documents.count(_TOKENS, where, limit=limit)

    async def forget(self, moment: datetime) -> int:
        """Removes every ticket that ended by then; how many they were."""
        return await self._documents.delete(_TOKENS, {"expires_at": AtMost(time_text(moment))})


def _document(ticket: LinkTicket) -> Document:
    document = to_document(ticket)
    document["_id"] = document.pop("ticket_id")
    document["schema_version"] = SCHEMA_VERSION
    return document
