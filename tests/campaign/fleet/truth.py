"""What must be so once nobody trades any more: at the broker, in the store and on the cards."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Final

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.documents import Documents
from tests.campaign import books
from tests.campaign.fleet.fleet import Fleet
from tests.campaign.settling import PATIENCE_SECONDS, until_agreed

_TITLES: Final[Mapping[OrderState, str]] = {
    OrderState.DRAFT: "Review",
    OrderState.LAPSED: "Review expired",
    OrderState.ACCEPTED: "Accepted",
    OrderState.FILLED: "Filled",
    OrderState.NOT_PLACED: "Not placed",
}


def settled(fleet: Fleet) -> tuple[list[str], Sequence[Order]]:
    """What does not agree in the end, at the broker or on a card; and all orders."""
    with asyncio.Runner() as run:
        documents = fleet.place.open()
        run.run(documents.start(()))
        _, differing = until_agreed(fleet.exchange, documents, run, PATIENCE_SECONDS, goes_on=True)
        orders, untrue = run.run(_until_told(fleet, documents))
        run.run(documents.close())
    return [*differing, *untrue], orders


async def _until_told(fleet: Fleet, documents: Documents) -> tuple[Sequence[Order], Sequence[str]]:
    """All orders, and those whose newest card says something else after a while."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        orders, told = await books.stored_orders(documents), fleet.exchange.told()
        untrue = [line for line in (_untrue(order, told) for order in orders) if line]
        if not untrue or time.monotonic() > end:
            return orders, untrue
        await asyncio.sleep(1)


def _untrue(order: Order, told: Mapping[str, str]) -> str:
    said, is_so = told.get(order.order_id), _TITLES.get(order.state, str(order.state))
    if order.state is OrderState.DRAFT and said is None:
        return ""  # its replica died before the card; nothing was sent
    if said == is_so or (order.state is OrderState.LAPSED and said == "Review"):
        return ""
    return f"order {order.order_id} is {order.state}, and its card says {said}"
