"""The master keys are rotated while people look at their accounts and rename them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final
from uuid import uuid4

from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import UserId
from floorbroker.storage.indexes import INDEXES
from tests.campaign.row import Reached, Row
from tests.e2e.mortal import Place
from tests.left_behind import folder
from tests.rotating import BOTH, NEW, OLD, Process, process
from tests.rotating_crowd import PEOPLE, Crowd, all_open, linked
from tests.stores import MongoServer

_FEWEST: Final = 1 / 20
"""Looks, and renamings, for each account: fewer would be no load."""


@asynccontextmanager
async def _place(engine: str) -> AsyncIterator[Place]:
    """An empty database that several processes open."""
    with folder(f"rotation-{engine}") as here:
        if engine == "sqlite":
            yield Place(engine=engine, address=str(here / "floor.db"), name="")
            return
        with MongoServer(here) as server:
            yield Place(engine="motor", address=server.uri, name=f"rotated_{uuid4().hex}")


async def _rotated(engine: str, size: int, seed: int) -> Reached:
    async with _place(engine) as place, AsyncExitStack() as stack:

        async def start(keys: str) -> Process:
            documents = place.open()
            stack.push_async_callback(documents.close)
            await documents.start(INDEXES)
            return process(documents, keys)

        old = await start(OLD)
        links, name = await linked(old, size), await old.audit.pseudonym(UserId("anna"))
        rotating = await start(BOTH)
        crowd = Crowd(rotating.documents, await start(BOTH), links, seed)

        await crowd.during(process(crowd, BOTH).rotation.run())

        later = await start(NEW)
        held = {
            "no read fails": crowd.failed == 0,
            "people are busy meanwhile": min(crowd.reads, crowd.writes) >= size * _FEWEST
            and crowd.reads + crowd.writes >= size - PEOPLE,
            "the old key seals nothing any more": await rotating.records.keys_in_use() == ["new"],
            "a start without it finds no fault": await later.keys.trouble() is None,
            "every credential opens without it": await all_open(later, links),
            "the audit trail keeps its names": await later.audit.pseudonym(UserId("anna")) == name,
            "no renaming is lost": await _all_renamed(later, crowd),
        }
        return Reached(
            trials=len(links),
            broken=[
                f"It does not hold that {promise}." for promise, held in held.items() if not held
            ],
            figures={"reads": crowd.reads, "failed": crowd.failed, "renamed": crowd.writes},
        )


async def _all_renamed(later: Process, crowd: Crowd) -> bool:
    for link_id, label in crowd.labels.items():
        stored = await later.records.again(link_id)
        if stored is None or stored.link is None or stored.link.label != label:
            return False
    return True


def run(engine: str, size: int, seed: int) -> Reached:
    """See `Row.run`."""
    try:
        return asyncio.run(_rotated(engine, size, seed))
    except (FloorbrokerError, BaseExceptionGroup) as error:
        return Reached(trials=0, broken=[f"The rotation ended with {error!r}."])


def _row(engine: str, called: str) -> Row:
    return Row(
        name=f"rotation-{engine}",
        what=f"Master keys rotated under load, {called}",
        unit="accounts",
        goal=10_000,
        short=100,
        passes_when="No read fails, no change is lost, and nothing needs the old key.",
        run=partial(run, engine),
    )


ROWS: Final = (_row("sqlite", "SQLite"), _row("mongodb", "MongoDB"))
