"""A person says which of the orders at their broker is the one that nothing else can tell apart."""

from collections.abc import Callable
from dataclasses import replace

from floorbroker.domain.errors import InvalidInput, NotYours, PolicyRefused
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import moved, with_receipt
from floorbroker.domain.order_state import UNRESOLVED, OrderState
from floorbroker.domain.orders import Found
from floorbroker.services.absence import settled
from floorbroker.services.callers import Caller
from floorbroker.services.candidates import is_taken
from floorbroker.services.desk import Desk
from floorbroker.services.sending import with_next_look


class Deciding:
    """Acts on orders of the person who decides. Never sends anything."""

    def __init__(self, desk: Desk) -> None:
        """See `Desk`."""
        self._desk = desk

    async def is_it(self, caller: Caller, order_id: OrderId, broker_order_id: str) -> Order:
        """Follows that order at the broker from now on; an order that is clear already stays.

        Raises:
            NotYours: It is somebody else's order.
            InvalidInput: That one is not, or no longer, among those to choose from.
            FloorbrokerError: The broker or the store does not answer; nothing was decided.
        """
        order = await self._undecided(caller, order_id)
        if order.state not in UNRESOLVED:
            return order
        if broker_order_id not in {one.broker_order_id for one in order.candidates}:
            raise InvalidInput("That list is out of date. Press Refresh and choose again.")
        link = await self._desk.accounts.link(order.user_id, order.link_id)
        async with self._desk.sessions.lease(link) as adapter:
            found = await adapter.find_order(replace(order, broker_order_id=broker_order_id))
        if not isinstance(found, Found) or await is_taken(
            self._desk.orders, order, broker_order_id
        ):
            raise InvalidInput("That one is none of yours to choose any more. Press Refresh.")
        now, receipt = self._desk.clock.now(), found.receipt
        return await self._store(
            order, lambda one: with_next_look(with_receipt(one, receipt, now), now)
        )

    async def none_of_them(self, caller: Caller, order_id: OrderId) -> Order:
        """The order was not placed, the person says; nothing looks for it any more.

        Raises:
            NotYours: It is somebody else's order.
            PolicyRefused: It may still turn up.
        """
        order = await self._undecided(caller, order_id)
        now = self._desk.clock.now()
        if order.state in UNRESOLVED and not settled(self._desk, order, now):
            raise PolicyRefused("It may still turn up at your broker. Ask again in a minute.")
        return await self._store(
            order,
            lambda one: replace(
                moved(one, OrderState.NOT_PLACED, "none of them", now),
                reason="You said that none of the orders at your broker is this one.",
                check_at=None,
            ),
        )

    async def _store(self, order: Order, decided: Callable[[Order], Order]) -> Order:
        def step(one: Order) -> Order:
            return replace(decided(one), candidates=()) if one.state in UNRESOLVED else one

        stored = await self._desk.orders.change(order, step)
        if stored is not order:
            self._desk.metrics.order_outcome(stored.broker, stored.state)
            await self._desk.audit.order(stored)
        return stored

    async def _undecided(self, caller: Caller, order_id: OrderId) -> Order:
        order = await self._desk.orders.get(caller.user_id, order_id)
        if order is None:
            raise NotYours
        return order
