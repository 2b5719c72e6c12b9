"""Changing an order at Schwab: another one takes its place, with an id of its own."""

from dataclasses import replace
from time import monotonic
from typing import Any, Final

from floorbroker.brokers.schwab import answers, receipts
from floorbroker.brokers.schwab.accounts import Named
from floorbroker.brokers.schwab.calls import ORDER_SECONDS, SchwabCalls
from floorbroker.brokers.schwab.errors import asking_once, not_sent
from floorbroker.brokers.schwab.looks import Looks
from floorbroker.brokers.schwab.order_fields import order_fields
from floorbroker.brokers.schwab.sent import Sent
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, OrderRequest, Receipt

UNDER_WAY: Final = frozenset({"PENDING_CANCEL", "PENDING_REPLACE"})


class Changes:
    """One person's changes of orders."""

    __slots__ = ("_calls", "_clock", "_looks", "_sent")

    def __init__(self, calls: SchwabCalls, sent: Sent, looks: Looks, clock: Clock) -> None:
        """See the module's first line."""
        self._calls = calls
        self._sent = sent
        self._looks = looks
        self._clock = clock

    async def ask(self, account: Named, order: Order, changes: OrderChanges) -> Receipt:
        """Asks once for another order in the place of this one."""
        began = monotonic()
        fields = _fields(order, changes)
        old = await self._looks.target(account, order)
        await self._check(account, old)
        left = ORDER_SECONDS - (monotonic() - began)
        with asking_once():
            new = await self._calls.put_order(account, old, fields, seconds=max(left, 0.0))
        self._sent.became(order.order_id, old, new)
        told = await self._looks.first(account, new, began)
        if told is None:
            return Receipt(
                broker_order_id=new,
                state=OrderState.ACCEPTED,
                quantity=changes.quantity,
                limit_price=changes.limit_price,
                stop_price=changes.stop_price,
            )
        if receipts.state_of(told) is OrderState.REJECTED:
            await self._check_refused(account, order, old, told)
        return receipts.receipt(told, order.fills, self._clock.now())

    async def _check(self, account: Named, schwabs: str) -> None:
        """Looks whether the order can be changed without more being filled than is wanted.

        The new order has a quantity of its own. Whether Schwab takes off what the old one has
        filled is not documented, so an order that has filled in part is left alone.

        Raises:
            NotSent: It has ended, has filled in part, is on its way out, or cannot be read.
        """
        try:
            told = await self._looks.at(account, schwabs)
        except Failure as failure:
            words = "Schwab does not tell of this order, so nothing was asked."
            raise not_sent(words) from failure
        if receipts.state_of(told).final:
            raise not_sent("This order has ended at Schwab, so nothing was asked.")
        if told.filled > 0:
            raise not_sent(
                "A part of this order is filled, and Schwab would put a whole new order in its "
                "place. Cancel it and place another."
            )
        if told.status in UNDER_WAY:
            raise not_sent("Schwab is still canceling or changing this order: nothing was asked.")

    async def _check_refused(
        self, account: Named, order: Order, old: str, told: answers.Order
    ) -> None:
        """The new order is rejected; the old one may live on, or may have ended before that.

        Raises:
            OrderRejected: The change is refused, and the old order was not touched by it.
        """
        try:
            before = await self._looks.at(account, old)
        except Failure:
            return
        if receipts.state_of(before) is not OrderState.REPLACED:
            self._sent.became(order.order_id, old)
            raise self._looks.rejected(told)


def changed(request: OrderRequest, changes: OrderChanges) -> OrderRequest:
    """The request with other terms.

    Raises:
        InvalidInput: They do not fit its kind.
    """
    return replace(
        request,
        quantity=changes.quantity or request.quantity,
        limit_price=changes.limit_price or request.limit_price,
        stop_price=changes.stop_price or request.stop_price,
    )


def _fields(order: Order, changes: OrderChanges) -> dict[str, Any]:
    if order.request.bracket:
        # What becomes of the closing orders of one that is replaced is not documented.
        raise not_sent(
            "An order with a take-profit or stop-loss cannot be changed at Schwab. "
            "Cancel it and place another."
        )
    try:
        return order_fields(changed(order.request, changes))
    except InvalidInput as error:
        raise not_sent(error.message) from error
