"""What is set in a store of an older state before anybody serves it."""

from typing import Final

from floorbroker.storage.documents import Document, Documents

SCHEMA_VERSION: Final = 1
_SWITCHES: Final = "switches"
_SERVICE: Final = "service"


class RestoredStore:
    """A store that nobody serves yet."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def pause_everybody(self) -> None:
        """Sets the pause of the whole service; whatever else stands in that switch stays."""
        fresh: Document = {"_id": _SERVICE, "schema_version": SCHEMA_VERSION}
        known = await self._documents.get(_SWITCHES, _SERVICE) or fresh
        if "version" in known:  # so that a process that runs all the same does not write over it
            known["version"] += 1
        await self._documents.upsert(_SWITCHES, {**known, "paused": True})
