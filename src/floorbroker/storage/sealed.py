"""The links that a master key has sealed, whoever they belong to. For maintenance only.

This is the one exception to "every query carries a user id": a master key seals for everybody, so
what looks after keys asks by key. Nothing here can open a seal, and no command of a person's
reaches it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from floorbroker.domain.ids import LinkId
from floorbroker.domain.people import Link
from floorbroker.storage.codec import UnreadableDocument, from_document
from floorbroker.storage.documents import OLDEST_FIRST, AtLeast, Document, Documents, Index, Where

_LINKS: Final = "links"

INDEXES: Final = (Index(collection=_LINKS, name="sealed_by", fields=("sealed_by", "_id")),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedLink:
    """A link as it is stored.

    Attributes:
        link: None if the document is not what a link's should be.
        document: All of it, with what a newer version may have written.
    """

    link_id: LinkId
    link: Link | None
    document: Document


class SealedRecords:
    """Found by the key that sealed them, re-sealed one by one."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def keys_in_use(self) -> Sequence[str]:
        """The ids of the keys that links are sealed with, sorted.

        One look into the index a key, however many links there are.
        """
        found: list[str] = []
        last = ""
        while True:
            where: Where = {"sealed_by": _behind(last)}
            order = ("sealed_by", OLDEST_FIRST)
            documents = await self._documents.find(_LINKS, where, order=order, limit=1)
            if not documents:
                return found
            last = str(documents[0]["sealed_by"])
            found.append(last)

    async def count(self, key_id: str, *, limit: int) -> int:
        """How many links a key has sealed, counted no further than `limit`."""
        return await self._documents.count(_LINKS, {"sealed_by": key_id}, limit=limit)

    async def sealed_by(
        self, key_id: str, *, after: LinkId | None = None, limit: int
    ) -> Sequence[SealedLink]:
        """The next links that a key has sealed, by their id, from behind `after` on."""
        where: Where = {"sealed_by": key_id, "_id": _behind(after or "")}
        found = await self._documents.find(_LINKS, where, order=("_id", OLDEST_FIRST), limit=limit)
        return [_sealed_link(document) for document in found]

    async def again(self, link_id: LinkId) -> SealedLink | None:
        """One link as it is stored now."""
        document = await self._documents.get(_LINKS, link_id)
        return None if document is None else _sealed_link(document)

    async def reseal(self, before: SealedLink, after: Link) -> bool:
        """Stores the seal of `after`, and nothing else of it, over the version that was read.

        Returns:
            Whether it did: False means that somebody else was faster.
        """
        document = {
            **before.document,
            "sealed": after.sealed,
            "sealed_by": after.sealed_by,
            "version": after.version + 1,
        }
        return await self._documents.replace(_LINKS, document, where={"version": after.version})


def _behind(last: str) -> AtLeast:
    """Whatever sorts behind `last`, whose successors it never passes over.

    Key ids are made of a-z, 0-9 and -, link ids of characters above the blank too: so an id that is
    greater than `last` is greater than `last` and a blank. Behind "" is everything but "".
    """
    return AtLeast(f"{last} ")


def _sealed_link(document: Document) -> SealedLink:
    link_id = LinkId(document["_id"])
    try:
        link = from_document(Link, {**document, "link_id": link_id})
    except UnreadableDocument:
        return SealedLink(link_id=link_id, link=None, document=document)
    return SealedLink(link_id=link_id, link=link, document=document)
