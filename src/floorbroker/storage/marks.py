"""Small facts about the installation itself, such as which commands Discord was last told."""

from typing import Final

from floorbroker.storage.documents import Document, Documents, DuplicateKey

SCHEMA_VERSION: Final = 1
_MARKS: Final = "switches"


class Marks:
    """Named texts in the switches collection."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def get(self, name: str) -> str | None:
        """The text of that name."""
        document = await self._documents.get(_MARKS, mark_id(name))
        return None if document is None else str(document["text"])

    async def put(self, name: str, text: str) -> None:
        """Remembers a text."""
        await self._documents.upsert(_MARKS, _mark(name, text))

    async def claim(self, name: str, text: str) -> bool:
        """Remembers a text, if there is none of that name yet; whether it did."""
        try:
            await self._documents.insert(_MARKS, _mark(name, text))
        except DuplicateKey:
            return False
        return True

    async def remove(self, name: str) -> None:
        """Forgets a text."""
        await self._documents.delete(_MARKS, {"_id": mark_id(name)})


def mark_id(name: str) -> str:
    """The id of its document."""
    return f"mark:{name}"


def _mark(name: str, text: str) -> Document:
    return {"_id": mark_id(name), "schema_version": SCHEMA_VERSION, "text": text}
