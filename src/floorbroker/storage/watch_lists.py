"""The watch_lists collection: one document a person."""

from dataclasses import replace
from typing import Final

from floorbroker.domain.ids import UserId
from floorbroker.domain.watch_list import WatchList
from floorbroker.storage.codec import from_document, to_document
from floorbroker.storage.documents import Documents, DuplicateKey

SCHEMA_VERSION: Final = 1
_LISTS: Final = "watch_lists"


class WatchLists:
    """Each person's own, under their id."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def get(self, user_id: UserId) -> WatchList:
        """The person's list; an empty one if nothing was ever stored."""
        document = await self._documents.get(_LISTS, user_id)
        if document is None:
            return WatchList(user_id=user_id)
        return from_document(WatchList, document)

    async def save(self, wanted: WatchList) -> WatchList | None:
        """Stores it over the version that was read; None if somebody else was faster."""
        stored = replace(wanted, version=wanted.version + 1)
        document = {
            **to_document(stored),
            "_id": stored.user_id,
            "schema_version": SCHEMA_VERSION,
        }
        if wanted.version == 0:
            try:
                await self._documents.insert(_LISTS, document)
            except DuplicateKey:
                return None
            return stored
        where = {"version": wanted.version}
        return stored if await self._documents.replace(_LISTS, document, where=where) else None
