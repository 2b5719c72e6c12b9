"""The first looks at an order that Schwab took a moment ago, and which of its ids counts."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from floorbroker.brokers.schwab import answers, receipts
from floorbroker.brokers.schwab.accounts import Named
from floorbroker.brokers.schwab.calls import ORDER_ID, SchwabCalls
from floorbroker.brokers.schwab.errors import BROKER, code_of, not_sent
from floorbroker.brokers.schwab.sent import Sent
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import OrderRejected
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState

PAUSES: Final = (0.0, 0.7)
"""A new order is looked at right away and, if Schwab has not decided yet, once more: what it
rejects was seen rejected 0.3 to 0.7 seconds later."""

LAST_BEGINS_SECONDS: Final = 2.5
LOOK_SECONDS: Final = 1.0
"""Together within the usual deadline of an order, so that what is known is not lost to it."""

Pause = Callable[[float], Awaitable[object]]


class Looks:
    """Short reads around a request; none of them decides whether it was sent."""

    __slots__ = ("_calls", "_clock", "_pause", "_sent")

    def __init__(
        self, calls: SchwabCalls, sent: Sent, clock: Clock, pause: Pause = asyncio.sleep
    ) -> None:
        """`pause` is how it waits between two looks."""
        self._calls = calls
        self._sent = sent
        self._clock = clock
        self._pause = pause

    async def at(self, account: Named, schwabs: str) -> answers.Order:
        """One look.

        Raises:
            Failure: It shows nothing.
        """
        return await self._calls.get_order(account, schwabs, seconds=LOOK_SECONDS)

    async def first(self, account: Named, schwabs: str, began: float) -> answers.Order | None:
        """What an order shows that was taken just now; None where it does not in time.

        Args:
            began: When the request began, by the monotonic clock.
        """
        told = None
        for pause in PAUSES:
            if monotonic() + pause - began > LAST_BEGINS_SECONDS:
                break
            if pause:
                await self._pause(pause)
            try:
                told = await self.at(account, schwabs)
            except Failure:
                continue  # what is known is enough: Schwab took it
            if told.status in receipts.DECIDED:
                break
        return told

    async def target(self, account: Named, order: Order) -> str:
        """Schwab's id of what a request is about.

        Raises:
            NotSent: It is not known, so nothing was asked.
        """
        if order.state is OrderState.FILLED:
            legs = [leg.broker_order_id for leg in order.legs if leg.state.working]
            target = legs[0] if legs else order.broker_order_id
        elif order.replaced:
            target = await self._one_that_lives(account, order)
        else:
            target = order.broker_order_id or self._sent.present(order.order_id)
        if target is None or not ORDER_ID.fullmatch(target):
            raise not_sent("Schwab's id of this order is not known, so nothing was asked.")
        return target

    def rejected(self, told: answers.Order) -> OrderRejected:
        """The refusal of an order that Schwab took and then rejected."""
        words = receipts.receipt(told, (), self._clock.now()).reason
        return OrderRejected(words, broker=BROKER, reason=code_of(words))

    async def _one_that_lives(self, account: Named, order: Order) -> str | None:
        """The newest, or the one before it where Schwab has rejected the change."""
        newest, before = order.broker_order_id, order.replaced[-1]
        if newest is None or not ORDER_ID.fullmatch(newest):
            return newest
        try:
            told = await self.at(account, newest)
        except Failure:
            return newest
        return before if told.status == "REJECTED" else newest
