"""Small facts about the installation itself, such as which commands Discord was last told."""

from typing import Final

from floorbroker.storage.documents import Documents

SCHEMA_VERSION: Final = 1
_MARKS: Final = "switches"


class Marks:
    """Named texts in the switches collection."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def get(self, name: str) -> str | None:
        """The text of that name."""
        document = await self._documents.get(_MARKS, f"mark:{name}")
        return None if document is None else str(document["text"])

    async def put(self, name: str, text: str) -> None:
        """Remembers a text."""
        await self._documents.upsert(
            _MARKS, {"_id": f"mark:{name}", "schema_version": SCHEMA_VERSION, "text": text}
        )
