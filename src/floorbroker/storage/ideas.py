"""The ideas collection: what was posted for others to look at."""

from datetime import datetime
from typing import Final

from floorbroker.domain.ideas import Idea
from floorbroker.domain.ids import UserId
from floorbroker.storage.codec import from_document, time_text, to_document
from floorbroker.storage.documents import AtLeast, Documents, Index, Where

SCHEMA_VERSION: Final = 1
_IDEAS: Final = "ideas"

INDEXES: Final = (Index(collection=_IDEAS, name="user_at", fields=("user_id", "created_at")),)


class Ideas:
    """Ideas by their ids. Whoever saw the card may read one: it was posted for that."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def add(self, idea: Idea) -> None:
        """Stores one; nothing changes it later."""
        document = to_document(idea)
        document["_id"] = document.pop("idea_id")
        await self._documents.insert(_IDEAS, {**document, "schema_version": SCHEMA_VERSION})

    async def get(self, idea_id: str) -> Idea | None:
        """The idea of that id."""
        document = await self._documents.get(_IDEAS, idea_id)
        if document is None:
            return None
        fields = {**document, "idea_id": document["_id"]}
        del fields["_id"]
        return from_document(Idea, fields)

    async def remove(self, idea: Idea) -> None:
        """Takes one out; not there is fine too."""
        await self._documents.delete(_IDEAS, {"_id": idea.idea_id, "user_id": idea.user_id})

    async def count_since(self, user_id: UserId, moment: datetime, *, limit: int) -> int:
        """How many a person posted since then, counted no further than `limit`."""
        where: Where = {"user_id": user_id, "created_at": AtLeast(time_text(moment))}
        return await self._documents.count(_IDEAS, where, limit=limit)
