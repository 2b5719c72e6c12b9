"""Documents on MongoDB 5.0 or later, through motor or PyMongo's own asyncio client.

Both drivers have the same methods where it matters here; only closing differs.
"""

import inspect
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage.documents import (
    AtLeast,
    AtMost,
    Below,
    Between,
    Condition,
    Document,
    DuplicateKey,
    EachOf,
    Index,
    OneOf,
    Where,
)

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

CLIENT_OPTIONS: Final[dict[str, Any]] = {
    "appname": "floorbroker",
    "tz_aware": True,
    # Acknowledged means: on a majority's disks. These go before what the URI says.
    "w": "majority",
    "journal": True,
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 10_000,
    "waitQueueTimeoutMS": 5_000,
    # retryWrites stays on: a repeated write carries its first txnNumber, so that a replica set
    # applies it once; to a standalone server the driver repeats nothing
    # (github.com/mongodb/specifications, retryable-writes).
}
"""How either driver is told to connect."""

_SCALAR: Final = {"$type": ["string", "number", "bool"]}
_INDEX: Final = re.compile(r"index: (?:\S*\$)?(\S+)")


def motor_database(uri: str, name: str) -> "AsyncIOMotorDatabase[Document]":
    """The database `name`; connects with the first use.

    Raises:
        StoreUnavailable: The URI is none.
    """
    try:
        client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(uri, **CLIENT_OPTIONS)
    except (PyMongoError, ValueError) as error:
        # Neither the message nor the chain may repeat a part of the URI: it holds a password.
        raise StoreUnavailable(detail=type(error).__name__) from None
    return client[name]


class MongoDocuments:
    """See `Documents`."""

    def __init__(
        self, database: "AsyncIOMotorDatabase[Document] | AsyncDatabase[Document]"
    ) -> None:
        """Owns the client behind `database` and closes it."""
        self._database = database

    async def start(self, indexes: Sequence[Index]) -> None:
        """See `Documents.start`. An index whose fields change takes a new name."""
        with _in_our_words():
            for index in indexes:
                collection = self._database[index.collection]
                keys = [(field, 1) for field in index.fields]
                if not index.unique:
                    await collection.create_index(keys, name=index.name)
                    continue
                # Partial, so that missing and null are not compared. A query never implies this
                # filter (isSubsetOf in the server's expression_algo.cpp), so it reads by another.
                compared = dict.fromkeys(index.fields, _SCALAR)
                await collection.create_index(
                    keys, name=index.name, unique=True, partialFilterExpression=compared
                )
                await collection.create_index(keys, name=f"{index.name}_read")
            await self._database.command("ping")

    async def close(self) -> None:
        """See `Documents.close`."""
        closing: object = self._database.client.close()
        if inspect.isawaitable(closing):  # PyMongo's is, motor's is not
            await closing

    async def ping(self) -> None:
        """See `Documents.ping`."""
        with _in_our_words():
            await self._database.command("ping")

    async def insert(self, collection: str, document: Document) -> None:
        """See `Documents.insert`."""
        with _in_our_words():
            await self._database[collection].insert_one(document)

    async def get(self, collection: str, document_id: str) -> Document | None:
        """See `Documents.get`."""
        with _in_our_words():
            return await self._database[collection].find_one({"_id": {"$eq": document_id}})

    async def find(
        self,
        collection: str,
        where: Where,
        *,
        order: tuple[str, int] | None = None,
        limit: int,
    ) -> list[Document]:
        """See `Documents.find`."""
        if limit < 1:  # MongoDB would take it for no limit
            return []
        sort = None if order is None else [order]
        with _in_our_words():
            cursor = self._database[collection].find(_filter(where), sort=sort, limit=limit)
            return await cursor.to_list(limit)

    async def count(self, collection: str, where: Where, *, limit: int) -> int:
        """See `Documents.count`."""
        if limit < 1:
            return 0
        with _in_our_words():
            return await self._database[collection].count_documents(_filter(where), limit=limit)

    async def replace(self, collection: str, document: Document, *, where: Where) -> bool:
        """See `Documents.replace`."""
        target = _filter({**where, "_id": document["_id"]})
        with _in_our_words():
            result = await self._database[collection].replace_one(target, document)
        return result.matched_count == 1

    async def upsert(self, collection: str, document: Document) -> None:
        """See `Documents.upsert`."""
        target = {"_id": {"$eq": document["_id"]}}
        if "user_id" in document:  # a sharded MongoDB asks for the whole of its shard key
            target["user_id"] = {"$eq": document["user_id"]}
        with _in_our_words():
            await self._database[collection].replace_one(target, document, upsert=True)

    async def increment(self, collection: str, document_id: str, field: str, by: int = 1) -> int:
        """See `Documents.increment`."""
        counters = self._database[collection]
        with _in_our_words():
            while True:
                document = await counters.find_one_and_update(
                    {"_id": document_id},
                    {"$inc": {field: by}},
                    return_document=ReturnDocument.AFTER,
                )
                if document is not None:
                    return _number(document, field)
                # Made first: of two upserts at once, one may fail with a duplicate key
                # (MongoDB manual, findAndModify, "Upsert with Unique Index").
                with suppress(DuplicateKeyError):
                    await counters.insert_one({"_id": document_id})

    async def delete(self, collection: str, where: Where) -> int:
        """See `Documents.delete`."""
        with _in_our_words():
            result = await self._database[collection].delete_many(_filter(where))
        return result.deleted_count


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except DuplicateKeyError as error:
        # Its message repeats the value, so it stays out of the chain.
        raise DuplicateKey(_index_name(error)) from None
    except PyMongoError as error:
        raise StoreUnavailable(detail=type(error).__name__) from error


def _filter(where: Where) -> dict[str, Any]:
    return {field: _condition(condition) for field, condition in where.items()}


def _condition(condition: Condition) -> dict[str, Any]:
    match condition:
        case str() | int() | None:
            return {"$eq": condition}
        case Below(value):
            return {"$lt": value}
        case AtMost(value):
            return {"$lte": value}
        case AtLeast(value):
            return {"$gte": value}
        case Between(low, high):
            return {"$gte": low, "$lt": high}
        case OneOf(values) | EachOf(values):
            return {"$in": list(values)}
    raise TypeError(f"{type(condition).__name__} is no condition")


def _number(document: Document, field: str) -> int:
    value: Any = document
    for part in field.split("."):
        value = value[part]
    return int(value)


def _index_name(error: DuplicateKeyError) -> str:
    """From `E11000 duplicate key error collection: db.orders index: origin dup key: …`."""
    found = _INDEX.search(str((error.details or {}).get("errmsg", error)))
    name = found.group(1) if found else "unknown"
    return "_id" if name == "_id_" else name
