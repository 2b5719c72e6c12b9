"""The small port on which all storage stands.

Both engines give the same guarantee: a change to one document is atomic, conditional and durable
when the call returns (MongoDB: write concern majority, journaled; SQLite: synchronous FULL).
Values are JSON-like: text, whole numbers, truth, None, lists, mappings with text keys. Decimals and
times are text (see `codec.py`), so that both engines compare and return them alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

Document = dict[str, Any]
"""Has its id under `_id`."""


class DuplicateKey(Exception):
    """A unique index already holds that value; `index` is the index's name or `_id`."""

    def __init__(self, index: str) -> None:
        """Names the index."""
        super().__init__(index)
        self.index = index


@dataclass(frozen=True, slots=True)
class Below:
    """Strictly less than `value`; a missing or null field never matches."""

    value: str | int


@dataclass(frozen=True, slots=True)
class AtMost:
    """Less than or equal; a missing or null field never matches."""

    value: str | int


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Greater than or equal; a missing or null field never matches."""

    value: str | int


@dataclass(frozen=True, slots=True)
class Between:
    """`low` <= field < `high`; a missing or null field never matches."""

    low: str | int
    high: str | int


@dataclass(frozen=True, slots=True)
class OneOf:
    """Equal to one of the values."""

    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class EachOf:
    """As `OneOf`, for values that few of very many documents have.

    Each is looked up by itself: an engine that went through all in their order instead would take
    the longer, the more there are.
    """

    values: tuple[str | int, ...]


Condition = str | int | bool | None | Below | AtMost | AtLeast | Between | OneOf | EachOf
"""A plain value means equality; None also matches a missing field."""

Where = Mapping[str, Condition]
"""Field (dots reach into mappings) to condition; all must hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index, declared beside the repository that needs it.

    Attributes:
        unique: Documents that lack one of the fields, or hold null in it, are not compared.
    """

    collection: str
    name: str
    fields: tuple[str, ...]
    unique: bool = False


NEWEST_FIRST: Final = -1
OLDEST_FIRST: Final = 1


class Documents(Protocol):
    """A database of documents. Every method raises `StoreUnavailable` if it cannot be reached."""

    async def start(self, indexes: Sequence[Index]) -> None:
        """Connects and makes sure of the indexes; safe to repeat, also by two processes."""
        ...

    async def close(self) -> None:
        """Lets go of the connection."""
        ...

    async def ping(self) -> None:
        """Proves that the database answers."""
        ...

    async def insert(self, collection: str, document: Document) -> None:
        """Adds a document.

        Raises:
            DuplicateKey: Its id or a unique value exists already.
        """
        ...

    async def get(self, collection: str, document_id: str) -> Document | None:
        """The document of that id."""
        ...

    async def find(
        self,
        collection: str,
        where: Where,
        *,
        order: tuple[str, int] | None = None,
        limit: int,
    ) -> list[Document]:
        """Documents that match, at most `limit`; ordered by one field if asked."""
        ...

    async def count(self, collection: str, where: Where, *, limit: int) -> int:
        """How many match, counting no further than `limit`."""
        ...

    async def replace(self, collection: str, document: Document, *, where: Where) -> bool:
        """Replaces the document of the same id if it still matches `where`.

        Returns:
            Whether it did: False means that it is gone or was changed by somebody else.

        Raises:
            DuplicateKey: A unique value exists already.
        """
        ...

    async def upsert(self, collection: str, document: Document) -> None:
        """Replaces the document of the same id, or adds it."""
        ...

    async def increment(self, collection: str, document_id: str, field: str, by: int = 1) -> int:
        """Adds to a whole number (from 0, in a document that is made if missing); the new value."""
        ...

    async def delete(self, collection: str, where: Where) -> int:
        """Removes every match; how many they were."""
        ...
