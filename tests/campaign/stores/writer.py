"""A process that writes to SQLite until it is killed, and says what was acknowledged.

Run as a program with the database's path. Each line that it prints is the version that was stored.
"""

import asyncio
import sys
from pathlib import Path

from floorbroker.storage.sqlite import SqliteDocuments

FILLING = "x" * 3_000
"""About what an order with a long history weighs."""


async def write(path: Path) -> None:
    """Compare-and-set, again and again, as orders advance."""
    documents = SqliteDocuments(path)
    await documents.start(())
    order = await documents.get("orders", "one")
    if order is None:
        order = {"_id": "one", "version": 0, "filling": FILLING}
        await documents.insert("orders", order)
    while True:
        before = order["version"]
        order = {**order, "version": before + 1}
        assert await documents.replace("orders", order, where={"version": before})
        sys.stdout.write(f"{order['version']}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1])))
