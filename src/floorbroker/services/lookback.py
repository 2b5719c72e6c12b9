"""A person's newest orders with one kind of money, and what of them is known for certain.

First in, first out needs every order of a symbol: with the oldest left out, a newer unit would be
taken for the one that was sold. What may need an order that was not read is unknown.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.realised import Closing, closings
from floorbroker.services.listing import OrderList

READ: Final = 1_000
"""So many of the newest orders are looked through."""

_SYMBOLS: Final = 50
"""Of so many symbols is asked whether they have older orders; of any other that is assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookback:
    """What was looked through, newest first, and what it closed, oldest first.

    Attributes:
        more: There are older orders, which were not looked through.
        unreadable: Orders among them that this version cannot read.
    """

    orders: Sequence[Order]
    closed: Sequence[Closing]
    more: bool
    unreadable: int

    def covers(self, since: datetime | None) -> bool:
        """Whether every order since then was looked through; None: whether every order was."""
        if self.unreadable:
            return False
        return not self.more or (since is not None and since > self.orders[-1].created_at)


async def look_back(
    orders: OrderList, user_id: UserId, environment: Environment, symbol: str = ""
) -> Lookback:
    """Reads the newest orders of a symbol, or of all if it is empty."""
    found = await orders.newest(user_id, environment, symbol, limit=READ)
    read = Counter(order.request.instrument.symbol for order in found.orders)
    unsure: set[str] = set()
    if found.unreadable or (found.more and symbol):
        unsure = set(read)
    elif found.more:
        unsure = set(list(read)[_SYMBOLS:])
        for one in list(read)[:_SYMBOLS]:
            if await orders.count(user_id, environment, one, limit=read[one] + 1) > read[one]:
                unsure.add(one)
    return Lookback(
        orders=found.orders,
        closed=closings(found.orders, unsure=unsure),
        more=found.more,
        unreadable=found.unreadable,
    )
