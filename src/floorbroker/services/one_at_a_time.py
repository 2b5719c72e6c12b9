"""One person's last checks follow each other, so that each sees what the last one sent."""

import asyncio
from weakref import WeakValueDictionary

from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.order import Order
from floorbroker.domain.orders import PositionEffect


class OneAtATime:
    """Of this process; between several, what is stored decides."""

    def __init__(self) -> None:
        """Nobody is checked."""
        self._turns: WeakValueDictionary[tuple[UserId, LinkId | None], asyncio.Lock] = (
            WeakValueDictionary()
        )

    def of(self, order: Order) -> asyncio.Lock:
        """Closing orders only at their own link: a slow broker keeps nobody in elsewhere."""
        closes = order.request.effect is PositionEffect.CLOSE
        key = (order.user_id, order.link_id if closes else None)
        return self._turns.setdefault(key, asyncio.Lock())
