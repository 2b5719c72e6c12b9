"""Work that one process does at a time: whoever stores a turn has it until it lapses."""

from datetime import datetime, timedelta
from typing import Final

from floorbroker.storage.codec import time_text
from floorbroker.storage.documents import Document, Documents, DuplicateKey, Where

SCHEMA_VERSION: Final = 1
_SWITCHES: Final = "switches"


class Turns:
    """Turns by name, in the switches collection."""

    def __init__(self, documents: Documents, owner: str) -> None:
        """`owner` names this process."""
        self._documents = documents
        self._owner = owner

    async def take(self, name: str, now: datetime, lasts: timedelta) -> bool:
        """Takes the turn, or keeps it, until `now + lasts`; False where another process has it."""
        turn: Document = {
            "_id": f"turn:{name}",
            "schema_version": SCHEMA_VERSION,
            "owner": self._owner,
            "until": time_text(now + lasts),
            "version": 1,
        }
        known = await self._documents.get(_SWITCHES, turn["_id"])
        if known is None:
            try:
                await self._documents.insert(_SWITCHES, turn)
            except DuplicateKey:
                return False
            return True
        # One that ends later than a turn of now was taken before the clock was set back.
        held = time_text(now) < known["until"] <= time_text(now + 2 * lasts)
        if held and known["owner"] != self._owner:
            return False
        where: Where = {"version": known["version"]}
        turn["version"] = known["version"] + 1
        return await self._documents.replace(_SWITCHES, turn, where=where)

    async def give_back(self, name: str, now: datetime) -> None:
        """Ends the turn of this process, so that nobody waits until it lapses."""
        known = await self._documents.get(_SWITCHES, f"turn:{name}")
        if known is None or known["owner"] != self._owner:
            return
        over: Document = {**known, "until": time_text(now), "version": known["version"] + 1}
        await self._documents.replace(_SWITCHES, over, where={"version": known["version"]})
