"""Outcomes that found no way to their person: the next command shows them first."""

from collections.abc import Sequence

from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.storage.codec import UnreadableDocument
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
        found: list[Order] = []
        for order_id in await self._notices.unseen(user_id):
            try:
                order = await self._orders.get(user_id, order_id)
            except UnreadableDocument:
                order = None  # /orders says how many there are of these
            if order is None:
                # Nobody can be shown it, and it would keep its place among the five for ever.
                await self._notices.seen(user_id, order_id)
            else:
                found.append(order)
        return found

    async def seen(self, orders: Sequence[Order]) -> None:
        """The person has been shown these."""
        for order in orders:
            await self._notices.seen(order.user_id, order.order_id)
