"""The ids of ours that may have left over this connection. Lives as long as the connection.

Moomoo keeps a remark with an order and would take the same one twice. The store is what keeps an
order from being sent again; this is a second lock.
"""

from typing import Final

from floorbroker.domain.ids import OrderId

MOST_KEPT: Final = 1000


class Sent:
    """See the module's first line."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        """None yet."""
        self._ids: dict[OrderId, None] = {}

    def begin(self, order_id: OrderId) -> None:
        """It is about to leave."""
        self._ids[order_id] = None
        if len(self._ids) > MOST_KEPT:
            del self._ids[next(iter(self._ids))]

    def never_left(self, order_id: OrderId) -> None:
        """It did not: it may be asked for again."""
        self._ids.pop(order_id, None)

    def begun(self, order_id: OrderId) -> bool:
        """Whether it may have left."""
        return order_id in self._ids
