"""A person's orders, for lists and for suggestions."""

from collections.abc import Sequence
from typing import Final

from floorbroker.domain.ids import UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import can_be_canceled
from floorbroker.domain.order_state import UNRESOLVED, WORKING, OrderState
from floorbroker.services.callers import Caller
from floorbroker.storage.orders import Orders
from floorbroker.storage.past_orders import Newest

_NEVER_SENT = frozenset({OrderState.DRAFT, OrderState.DISCARDED, OrderState.LAPSED})
SENT = frozenset(OrderState) - _NEVER_SENT
_MOST: Final = 500


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
        return [*await self.open(user_id), *await self._with_closing_orders(user_id)][:25]

    async def every_cancelable(self, user_id: UserId) -> Sequence[Order]:
        """The same without a list's bounds: up to 500 of each kind, none in doubt."""
        found = await self._orders.recent(user_id, states=WORKING, limit=_MOST)
        working = [one for one in found if not one.out_of_sight]
        return [*working, *await self._with_closing_orders(user_id)]

    async def _with_closing_orders(self, user_id: UserId) -> Sequence[Order]:
        """Filled ones whose closing orders work, newest first, however long ago they filled."""
        found = await self._orders.followed(user_id, OrderState.FILLED, limit=_MOST)
        at_work = [one for one in found if can_be_canceled(one)]
        return sorted(at_work, key=lambda one: one.created_at, reverse=True)

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

    async def newest(
        self, user_id: UserId, environment: Environment, symbol: str = "", *, limit: int
    ) -> Newest:
        """Orders that were sent with one kind of money, newest first; an empty symbol: of all."""
        return await self._orders.past.newest(
            user_id, environment, symbol, states=SENT, limit=limit
        )

    async def count(
        self, user_id: UserId, environment: Environment, symbol: str, *, limit: int
    ) -> int:
        """How many of a symbol were sent with one kind of money, counted no further than that."""
        return await self._orders.past.count(user_id, environment, symbol, states=SENT, limit=limit)
