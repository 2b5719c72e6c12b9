"""MongoDB behind a bad network: connections break, answers are lost, the primary steps down."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from motor.motor_asyncio import AsyncIOMotorClient

from floorbroker.storage.documents import Documents
from floorbroker.storage.mongo import CLIENT_OPTIONS, MongoDocuments
from floorbroker.storage.opening import answers
from tests.campaign.stores.fault import Outages
from tests.campaign.stores.mongo_proxy import MongoProxy, Outage
from tests.stores import MongoServer

_PATIENCE = {
    "socketTimeoutMS": 300,
    "serverSelectionTimeoutMS": 300,
    "connectTimeoutMS": 1_000,
    "waitQueueTimeoutMS": 1_000,
    "heartbeatFrequencyMS": 500,
}
"""Less than the product has, so that hundreds of silences take minutes."""


_BACK_SECONDS = 10


class OnMongodb(Outages):
    """See the module's first line."""

    def __init__(self) -> None:
        """Nothing is wrong."""
        self._chosen: tuple[Outage, int | None] = (Outage.SLOW, None)
        self._proxy: MongoProxy

    @asynccontextmanager
    async def open(self, folder: Path) -> AsyncIterator[Documents]:
        """See the base."""
        with MongoServer(folder / "server") as server:
            async with MongoProxy(server.uri) as self._proxy:
                options = {**CLIENT_OPTIONS, **_PATIENCE}
                client: AsyncIOMotorClient[dict[str, object]]
                client = AsyncIOMotorClient(self._proxy.uri, **options)
                self._engine = MongoDocuments(client[f"campaign_{uuid.uuid4().hex}"])
                yield self._engine

    def choose(self, chance: Random) -> str:
        """See the base."""
        outage, times = chance.choice(tuple(Outage)), chance.choice((1, None))
        self._chosen = (outage, times)
        return f"{outage}{' once' if times else ''}"

    async def strike(self) -> None:
        """See the base."""
        self._proxy.outage, self._proxy.times = self._chosen

    async def lift(self) -> None:
        """See the base."""
        self._proxy.outage = None
        async with asyncio.timeout(_BACK_SECONDS):
            # The driver looks for a primary again, and tells nobody when it has one.
            while not await answers(self._engine):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def figures(self) -> Mapping[str, int]:
        """See the base."""
        return {"writes that the driver repeated": self._proxy.repeated}
