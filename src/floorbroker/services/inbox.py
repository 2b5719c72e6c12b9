"""Outcomes that found no way to their person: the next command shows them first."""

from collections.abc import Sequence

from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.storage.notices import Notices
from floorbroker.storage.orders import Orders


class Inbox:
    """Reads and empties a person's own inbox."""

    def __init__(self, notices: Notices, orders: Orders) -> None:
        """See the module's first line."""
        self._notices = notices
        self._orders = orders

    async def unseen(self, user_id: UserId) -> Sequence[Order]:
        """Orders whose present state the person has not seen, oldest first, at most five."""
        ids = await self._notices.unseen(user_id)
        found = [await self._orders.get(user_id, order_id) for order_id in ids]
        return [order for order in found if order is not None]

    async def seen(self, orders: Sequence[Order]) -> None:
        """The person has been shown these."""
        for order in orders:
            await self._notices.seen(order.user_id, order.order_id)
