"""P9: what a command costs beside few stored orders and people, and beside very many."""

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

from bench.report import Row, Sample, Unit, sample
from bench.stage import Stage, stage
from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Side
from floorbroker.services.callers import Caller
from floorbroker.services.ticket import Ticket
from floorbroker.storage import sqlite_query
from floorbroker.storage.codec import time_text

PERSON = UserId("80000")
ORDERS = 100_000
PEOPLE = 100_000
ROUNDS = 150
WARM = 30
FLAT = 1.2
"""So much more may it cost."""

BUY = Ticket(symbol="AAPL", side=Side.BUY, quantity="1")


async def growth() -> Sequence[Row]:
    """P9: CPU of /buy with Confirm, and of /orders, on SQLite."""
    async with stage(discord=False) as on:
        model = await _bought(on, "model")
        few = await _costs(on, "few")
        _fill(on, model)
        many = await _costs(on, "many")
    return tuple(
        Row(
            id="P9",
            what=f"CPU of {what}, {ORDERS:,} orders, {PEOPLE:,} people, SQLite; raw: few",
            goal=f"≤ {FLAT} times as much",
            unit=Unit.MILLISECONDS,
            ours=after,
            raw=before,
            met=after.median <= FLAT * before.median,
        )
        for what, before, after in zip(("/buy and Confirm", "/orders"), few, many, strict=True)
    )


async def _costs(on: Stage, name: str) -> tuple[Sample, Sample]:
    """Of an order from draft to receipt, and of a list of orders; milliseconds of CPU."""
    ordering, listing = [], []
    for number in range(WARM + ROUNDS):
        started = time.process_time()
        await _bought(on, f"{name}-{number}")
        ordering.append(1000 * (time.process_time() - started))
        started = time.process_time()
        await on.app.floor.list.recent(PERSON)
        await on.app.floor.list.open(PERSON)
        await on.app.floor.elsewhere.open(PERSON)
        listing.append(1000 * (time.process_time() - started))
    return sample(ordering[WARM:]), sample(listing[WARM:])


async def _bought(on: Stage, name: str) -> Order:
    floor = on.app.floor
    caller = Caller(user_id=PERSON, guild_id=None, origin_key=f"p9-{name}")
    order = await floor.drafts.draft(caller, BUY)
    address = floor.addresses.seal(PERSON, "1", "1", "token")
    confirmed = await floor.orders.confirm(caller, order.order_id, address)
    await floor.orders.told(confirmed)
    return confirmed


def _fill(on: Stage, model: Order) -> None:
    """Orders of the months before, and people, straight into the file."""
    with closing(sqlite3.connect(on.file, timeout=60)) as store, store:
        for collection, document in _documents(store, model):
            store.execute(*sqlite_query.insert(collection, document))


def _documents(store: sqlite3.Connection, model: Order) -> Iterator[tuple[str, dict[str, Any]]]:
    order = _one(store, "orders", model.order_id)
    link = _one(store, "links", model.link_id)
    for number in range(ORDERS):
        at = time_text(model.created_at - timedelta(days=2, minutes=number))
        own = {
            "_id": f"o{number:017d}",
            "origin_key": f"grown-{number}",
            "created_at": at,
            "sent_at": at,
        }
        yield "orders", {**order, **own}
    for number in range(PEOPLE):
        name = str(90_000_000 + number)
        own = f"paper-{name}"
        yield "links", {**link, "_id": own, "link_id": own, "user_id": name}


def _one(store: sqlite3.Connection, collection: str, document_id: str) -> dict[str, Any]:
    statement = sqlite_query.find(collection, {"_id": document_id}, None, 1)
    ((text,),) = store.execute(*statement).fetchall()
    found: dict[str, Any] = json.loads(text)
    return found
