"""What counts as a fill for people's alerts, and the sentence that tells it.

An order that has filled; and one that has ended otherwise with a part filled, since what that part
bought or sold is there.
"""

from decimal import Decimal
from typing import Final

from floorbroker.brokers.port import BrokerOrder
from floorbroker.domain.news import NewsKind, NewsLevel
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Person

_THEN: Final = {
    OrderState.CANCELED: "then canceled",
    OrderState.EXPIRED: "then expired",
    OrderState.REPLACED: "then replaced by another order",
}


def has_filled(order: Order) -> bool:
    """Whether an order of ours has ended with a fill."""
    return _filled(order.state, order.filled_quantity)


def filled_there(order: BrokerOrder) -> bool:
    """The same of an order as its broker lists it."""
    return _filled(order.receipt.state, order.receipt.filled_quantity)


def loud(person: Person, order: Order) -> bool:
    """Whether the end of an order that was sent here reaches the person without an alert."""
    kind = NewsKind.FILLED if order.state is OrderState.FILLED else NewsKind.ENDED
    return person.level(kind) is NewsLevel.ON


def own_line(order: Order) -> str:
    """`Buy 10 AAPL: filled at 100 USD.`, `Buy AAPL: filled 9 of 10 at 100 USD, then canceled.`"""
    request, average = order.request, order.average_price
    price = "" if average is None else f" at {average.normalize():f} {request.instrument.currency}"
    verb, symbol = request.side.value.capitalize(), request.instrument.symbol
    if order.state is OrderState.FILLED:
        return f"{verb} {_plain(order.filled_quantity)} {symbol}: filled{price}."
    return f"{verb} {symbol}: {part(order)}{price}, {_then(order.state)}."


def part(order: Order) -> str:
    """`filled 9 of 10`; of an order for an amount of money, only how much has filled."""
    return _part(order.filled_quantity, order.request.quantity)


def others_line(order: BrokerOrder) -> str:
    """`Buy 10 AAPL limit 100 day: filled 9 of 10, then canceled. It was placed elsewhere.`"""
    what, receipt = "filled", order.receipt
    if receipt.state is not OrderState.FILLED:
        what = f"{_part(receipt.filled_quantity, receipt.quantity)}, {_then(receipt.state)}"
    return f"{order.description}: {what}. It was placed elsewhere."


def _filled(state: OrderState, quantity: Decimal) -> bool:
    return state is OrderState.FILLED or (state.final and quantity > 0)


def _part(quantity: Decimal, whole: Decimal | None) -> str:
    return f"filled {_plain(quantity)}" + ("" if whole is None else f" of {_plain(whole)}")


def _then(state: OrderState) -> str:
    return _THEN.get(state, "then ended by the broker")


def _plain(quantity: Decimal) -> str:
    return f"{quantity.normalize():,f}"
