"""A person's orders, for lists and for suggestions."""

from collections.abc import Sequence

from floorbroker.domain.ids import UserId
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import can_be_canceled
from floorbroker.domain.order_state import UNRESOLVED, WORKING, OrderState
from floorbroker.services.callers import Caller
from floorbroker.storage.orders import Orders

_NEVER_SENT = frozenset({OrderState.DRAFT, OrderState.DISCARDED, OrderState.LAPSED})
SENT = frozenset(OrderState) - _NEVER_SENT


class OrderList:
    """Reads lists. Drafts that were never confirmed are not in them."""

    def __init__(self, orders: Orders) -> None:
        """See the module's first line."""
        self._orders = orders

    async def open(self, user_id: UserId, *, most: int = 25) -> Sequence[Order]:
        """Orders at work or in doubt that are still followed, newest first."""
        found = await self._orders.recent(user_id, states=WORKING | UNRESOLVED, limit=2 * most)
        return [order for order in found if order.check_at is not None][:most]

    async def cancelable(self, user_id: UserId) -> Sequence[Order]:
        """What can be canceled: open orders, and filled ones whose closing orders work."""
        filled = await self._orders.recent(user_id, states=frozenset({OrderState.FILLED}), limit=25)
        return [*await self.open(user_id), *(one for one in filled if can_be_canceled(one))][:25]

    async def every_cancelable(self, user_id: UserId) -> Sequence[Order]:
        """The same without a list's bounds: up to 500 open ones, and 100 with closing orders."""
        filled = frozenset({OrderState.FILLED})
        found = await self._orders.recent(user_id, states=WORKING, limit=500)
        ended = await self._orders.recent(user_id, states=filled, limit=100)
        return [one for one in (*found, *ended) if can_be_canceled(one)]

    async def in_doubt(self, user_id: UserId) -> Sequence[Order]:
        """Orders on their way, or sent without a known outcome, up to 100."""
        return await self._orders.recent(user_id, states=UNRESOLVED, limit=100)

    async def unreadable(self, user_id: UserId) -> int:
        """How many of the person's orders no list can show, because the store holds them broken."""
        return await self._orders.unreadable(user_id)

    async def by_origin(self, caller: Caller) -> Order | None:
        """The order that the caller's interaction made, if it made one."""
        return await self._orders.by_origin(caller.user_id, caller.origin_key)

    async def recent(self, user_id: UserId, *, limit: int = 10) -> Sequence[Order]:
        """Orders that were sent, newest first."""
        return await self._orders.recent(user_id, states=SENT, limit=limit)
