"""One process of several that read orders back; `python -m` it with store, kind and a log's path.

Writes `+id` when a look-up begins and `-id` when it has ended, a line each, into a file that every
process appends to.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motor.motor_asyncio import AsyncIOMotorClient

from floorbroker.domain.clock import SystemClock
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Found, LookUp
from floorbroker.storage.documents import Documents
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.mongo import CLIENT_OPTIONS, MongoDocuments
from floorbroker.storage.sqlite import SqliteDocuments
from tests.fakes.exchange.venue import Venue, accepted
from tests.floor import built

SWEEPS = 3


class Logged(Venue):
    """An exchange that knows every order, and whose look-ups take a moment."""

    log: int = -1

    @contextmanager
    def looking(self, order_id: OrderId) -> Iterator[None]:
        """Writes both ends down, in one piece each."""
        os.write(self.log, f"+{order_id}\n".encode())
        try:
            yield
        finally:
            os.write(self.log, f"-{order_id}\n".encode())

    async def called(self, request: str) -> None:
        """Takes long enough for the others to come by."""
        await super().called(request)
        await asyncio.sleep(0.02)

    def find(self, order: Order) -> LookUp:
        """It was accepted."""
        return Found(receipt=accepted(f"X-{order.order_id}"))


def documents_at(engine: str, place: str, name: str) -> Documents:
    """The store that the test has opened too."""
    if engine == "sqlite":
        return SqliteDocuments(Path(place), busy_timeout_seconds=20)
    return MongoDocuments(AsyncIOMotorClient(place, **CLIENT_OPTIONS)[name])


async def main(engine: str, place: str, name: str, log: str) -> None:
    """Sweeps a few times, all at once."""
    venue = Logged()
    venue.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    documents = documents_at(engine, place, name)
    await documents.start(INDEXES)
    house = built(documents, SystemClock(), venue=venue)  # type: ignore[arg-type] # it only tells
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(house.reconciler.sweep() for _ in range(SWEEPS)))
    await house.stop()
    await documents.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
