"""Cancels, changes and previews: each cancel and change asked for exactly once."""

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.shared.wire import Failure, Unreadable, plain
from floorbroker.brokers.webull import brackets
from floorbroker.brokers.webull.client import WebullClient
from floorbroker.brokers.webull.errors import BROKER, asking_once, for_order, not_sent, reading
from floorbroker.brokers.webull.order_answers import Taken
from floorbroker.brokers.webull.order_fields import group_of, preview_body
from floorbroker.brokers.webull.orders import Orders
from floorbroker.brokers.webull.refusals import Refusal
from floorbroker.domain.errors import NotSent, NotSupported, OrderRejected, OutcomeUnknown
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, Preview, Receipt

LOOKING_BEFORE_SECONDS: Final = 1.5
LOOKED_AFTER_SECONDS: Final = 4.0
"""From the beginning: what a change came to is told if that can be read by then."""


class Changes:
    """What can be asked about one person's orders beside placing and finding them."""

    __slots__ = ("_client", "_orders")

    def __init__(self, client: WebullClient, orders: Orders) -> None:
        """`orders` reads them back."""
        self._client = client
        self._orders = orders

    async def cancel(self, order: Order) -> None:
        """Asks once; an order that has bought is over, so each of its exits is asked for once."""
        if order.state is OrderState.FILLED:
            await self._cancel_exits(order)
            return
        with asking_once():
            _must_be(await self._client.post_cancel(order.account_id, order.order_id), order)

    async def modify(self, order: Order, changes: OrderChanges) -> Receipt:
        """Asks once for other numbers; the ids stay. What they are then is read back."""
        _check(order, changes)
        ends_at = asyncio.get_running_loop().time() + LOOKED_AFTER_SECONDS
        fields = await self._change_fields(order, changes)
        body = {"account_id": order.account_id, "modify_orders": [fields]}
        with asking_once():
            _must_be(await self._client.post_replacement(body), order)
        with suppress(Failure, TimeoutError):
            async with asyncio.timeout_at(ends_at):
                return await self._orders.told(order)
        return Receipt(
            broker_order_id=order.broker_order_id or order.order_id,
            state=order.state,
            legs=order.legs,
        )

    async def preview(self, order: Order) -> Preview:
        """Webull's estimate, which it makes for shares and options only.

        Raises:
            OrderRejected: Webull would not take the order, as it says or as it is known.
        """
        try:
            body = preview_body(order)
        except NotSent as error:
            raise OrderRejected(error.message, broker=BROKER) from error
        if order.request.instrument.asset_class is AssetClass.CRYPTO:
            raise NotSupported("Webull makes no estimate for coins.", broker=BROKER)
        with reading():
            try:
                told = await self._client.post_preview(body)
            except Refusal as refusal:
                if refusal.status == 417 and refusal.proven:
                    raise for_order(refusal) from refusal
                raise
            if told.estimated_cost < 0 or told.estimated_transaction_fee < 0:
                raise Unreadable(200)
        return Preview(cost=told.estimated_cost, fees=told.estimated_transaction_fee)

    async def _change_fields(self, order: Order, changes: OrderChanges) -> dict[str, Any]:
        """Only what changes, except that a limit or stop that stays is told all the same."""
        request = order.request
        terms = {
            "quantity": changes.quantity,
            "limit_price": changes.limit_price or request.limit_price,
            "stop_price": changes.stop_price or request.stop_price,
        }
        fields: dict[str, Any] = {"client_order_id": order.order_id}
        fields |= {name: plain(amount) for name, amount in terms.items() if amount is not None}
        option = request.instrument.asset_class is AssetClass.OPTION
        if option and changes.quantity is not None:
            fields["legs"] = [await self._leg(order, changes.quantity)]
        return fields

    async def _leg(self, order: Order, quantity: Decimal) -> dict[str, str]:
        """A contract's new quantity stands beside Webull's id of the leg, which is asked for first.

        Raises:
            NotSent: Webull does not tell it.
        """
        try:
            async with asyncio.timeout(LOOKING_BEFORE_SECONDS):
                cover = await self._client.get_order(order.account_id, order.order_id)
        except (Failure, TimeoutError) as error:
            raise not_sent(
                "Webull does not tell of this order now, so nothing was asked."
            ) from error
        for one in cover.orders:
            if one.client_order_id == order.order_id and len(one.legs) == 1 and one.legs[0].id:
                return {"id": one.legs[0].id, "quantity": plain(quantity)}
        raise not_sent("Webull does not tell of this contract, so nothing was asked.")

    async def _cancel_exits(self, order: Order) -> None:
        """One cancel for each that works, both at once: one's end is not said to be the other's.

        What was taken is enough to be read back: an exit that is over is refused.

        Raises:
            OrderRejected: None of them can be canceled any more.
            NotSent: None was asked for.
            OutcomeUnknown: Of one nobody can say.
        """
        working = [client_id for leg, client_id in brackets.legs_of(order) if leg.state.working]
        told = await asyncio.gather(*(self._cancel_exit(order, one) for one in working))
        doubts = [error for error in told if isinstance(error, OutcomeUnknown)]
        others = [error for error in told if error is not None]
        if doubts:
            raise doubts[0]
        if not told:
            raise not_sent("Nothing of this order is at work, so nothing was asked.")
        if len(others) == len(told):
            raise others[0]

    async def _cancel_exit(
        self, order: Order, client_id: str
    ) -> OrderRejected | NotSent | OutcomeUnknown | None:
        try:
            with asking_once():
                taken = await self._client.post_cancel(order.account_id, client_id)
                if taken.client_order_id != client_id:
                    raise Unreadable(200)
        except (OrderRejected, NotSent, OutcomeUnknown) as error:
            return error
        return None


def _check(order: Order, changes: OrderChanges) -> None:
    """What Webull does not change.

    Raises:
        NotSent: It is that.
    """
    request = order.request
    if request.instrument.asset_class is AssetClass.CRYPTO:
        raise not_sent("Webull changes no orders for coins. Cancel it and place another.")
    if changes.quantity is not None and (request.bracket or request.notional is not None):
        raise not_sent(
            "The quantity of this order cannot be changed at Webull. Cancel it and place another."
        )


def _must_be(taken: Taken, order: Order) -> None:
    """An answer about another order than ours says nothing about ours.

    Raises:
        Unreadable: It is about another one.
    """
    grouped = order.request.bracket and taken.client_combo_order_id == group_of(order)
    if taken.client_order_id != order.order_id and not grouped:
        raise Unreadable(200)
