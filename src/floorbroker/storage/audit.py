"""The audit collection: append-only, one hash chain a person."""

from collections.abc import Sequence
from typing import Final

from floorbroker.domain.audit import FIRST, AuditEntry
from floorbroker.storage.codec import UnreadableDocument, from_document, to_document
from floorbroker.storage.documents import (
    NEWEST_FIRST,
    OLDEST_FIRST,
    AtLeast,
    Document,
    Documents,
    DuplicateKey,
    Index,
    Where,
)

SCHEMA_VERSION: Final = 1
_AUDIT: Final = "audit"
_SECRETS: Final = "secrets"

INDEXES: Final = (
    Index(collection=_AUDIT, name="person_number", fields=("person", "number"), unique=True),
)


class AuditTrail:
    """Entries are added and read, never changed or removed."""

    def __init__(self, documents: Documents) -> None:
        """On any engine."""
        self._documents = documents

    async def end(self, person: str) -> tuple[int, str]:
        """The number and digest of a chain's last entry."""
        found = await self._documents.find(
            _AUDIT, {"person": person}, order=("number", NEWEST_FIRST), limit=1
        )
        return (found[0]["number"], found[0]["digest"]) if found else (0, FIRST)

    async def append(self, entry: AuditEntry) -> bool:
        """Adds the next entry of a chain; False if that number is taken already."""
        document = to_document(entry)
        document["_id"] = f"{entry.person}:{entry.number}"
        document["schema_version"] = SCHEMA_VERSION
        try:
            await self._documents.insert(_AUDIT, document)
        except DuplicateKey:
            return False
        return True

    async def entries(
        self, person: str, *, start: int = 1, limit: int = 500
    ) -> Sequence[AuditEntry]:
        """One chain's entries from number `start` on, in order."""
        found = await self._documents.find(
            _AUDIT,
            {"person": person, "number": AtLeast(start)},
            order=("number", OLDEST_FIRST),
            limit=limit,
        )
        return [_entry(document) for document in found]

    async def looked_at(
        self, person: str, *, start: int, limit: int = 500
    ) -> Sequence[AuditEntry | None]:
        """As `entries`, for who doubts them: None stands for one that cannot be read."""
        where: Where = {"person": person, "number": AtLeast(start)}
        order = ("number", OLDEST_FIRST)
        found = await self._documents.find(_AUDIT, where, order=order, limit=limit)
        return [_readable(document) for document in found]

    async def next_person(self, after: str) -> str | None:
        """Whose chain comes next behind that name, by one look into the index; None at the end.

        Args:
            after: A name, or nothing for the first.
        """
        # Names are hexadecimal, so whatever is greater than one is greater than it and a blank.
        where: Where = {"person": AtLeast(f"{after} " if after else "")}
        found = await self._documents.find(_AUDIT, where, order=("person", OLDEST_FIRST), limit=1)
        return str(found[0]["person"]) if found else None

    async def sealed_key(self, fresh: str) -> str:
        """The sealed key of the pseudonyms: the first ever stored, or `fresh` if there was none."""
        document = {"_id": "pseudonyms", "schema_version": SCHEMA_VERSION, "sealed": fresh}
        try:
            await self._documents.insert(_SECRETS, document)
        except DuplicateKey:
            return await self.known_key() or fresh
        return fresh

    async def known_key(self) -> str | None:
        """The sealed key of the pseudonyms; None if none was stored yet."""
        known = await self._documents.get(_SECRETS, "pseudonyms")
        return None if known is None else str(known["sealed"])

    async def reseal_key(self, before: str, after: str) -> bool:
        """Stores another seal of the same key; False if `before` is not what is stored."""
        document = {"_id": "pseudonyms", "schema_version": SCHEMA_VERSION, "sealed": after}
        return await self._documents.replace(_SECRETS, document, where={"sealed": before})


def _entry(document: Document) -> AuditEntry:
    fields = {**document}
    del fields["_id"]
    return from_document(AuditEntry, fields)


def _readable(document: Document) -> AuditEntry | None:
    try:
        return _entry(document)
    except (UnreadableDocument, KeyError):
        return None
