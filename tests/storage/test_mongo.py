"""What holds on MongoDB alone: how it is connected to, and index use."""

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage.documents import Document, Index
from floorbroker.storage.mongo import CLIENT_OPTIONS, MongoDocuments, motor_database

NUMBER = Index(collection="audit", name="number", fields=("person", "number"), unique=True)


async def test_the_factory_connects_and_waits_for_a_majoritys_disks(mongo_uri: str) -> None:
    database = motor_database(f"{mongo_uri}?w=0&journal=false&appname=other", "factory")
    documents = MongoDocuments(database)

    await documents.start(())
    await documents.insert("things", {"_id": "1"})

    assert database.client.write_concern.document == {"w": "majority", "j": True}
    options = database.client.delegate.options
    assert options.pool_options.appname == "floorbroker"
    assert options.retry_writes
    assert await documents.get("things", "1") == {"_id": "1"}
    await documents.close()


@pytest.mark.parametrize("uri", ["http://127.0.0.1", "mongodb://", "mongodb://u:secret@h:port/"])
def test_a_uri_that_is_none_is_unavailable_and_not_repeated(uri: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        motor_database(uri, "name")

    assert "secret" not in f"{caught.value} {caught.value.detail}"


async def test_a_unique_index_is_read_by_its_first_field_alone(mongo_uri: str) -> None:
    client: AsyncMongoClient[Document] = AsyncMongoClient(mongo_uri, **CLIENT_OPTIONS)
    documents = MongoDocuments(client["explained"])
    await documents.start((NUMBER,))

    explained = await client["explained"]["audit"].find({"person": {"$eq": "p"}}).explain()

    winner = explained["queryPlanner"]["winningPlan"]
    assert winner["inputStage"]["indexName"] == "number_read"
    await documents.close()


async def test_both_drivers_close() -> None:
    uri = "mongodb://127.0.0.1:1/"
    await MongoDocuments(AsyncIOMotorClient(uri)["name"]).close()
    await MongoDocuments(AsyncMongoClient(uri)["name"]).close()
