"""An order in words."""

from decimal import Decimal

from floorbroker.bot.replies import figures
from floorbroker.domain.money import Money
from floorbroker.domain.order import Order
from floorbroker.domain.orders import (
    OrderRequest,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)

TIME_IN_FORCE = {
    TimeInForce.DAY: "today only",
    TimeInForce.GTC: "good til canceled",
    TimeInForce.IOC: "immediate or cancel",
    TimeInForce.FOK: "fill or kill",
}


def size(request: OrderRequest) -> str:
    """`100 AAPL` or `$500.00 of AAPL`."""
    symbol = request.instrument.symbol
    if request.quantity is not None:
        return f"{figures.quantity(request.quantity)} {symbol}"
    assert request.notional is not None  # noqa: S101  # an order has one of the two
    currency = request.instrument.currency
    return f"{figures.money(Money(amount=request.notional, currency=currency))} of {symbol}"


def deed(request: OrderRequest) -> str:
    """`Buy 100 AAPL`, `Sell short 5 TSLA`."""
    verb = "Buy" if request.side is Side.BUY else "Sell"
    if request.effect is PositionEffect.SHORT:
        verb = "Sell short"
    return f"{verb} {size(request)}"


def terms(request: OrderRequest) -> str:
    """`Limit $150.00 · today only`."""
    currency = request.instrument.currency
    parts = [_kind(request, currency), TIME_IN_FORCE[request.time_in_force]]
    if request.session is Session.EXTENDED:
        parts.append("extended hours")
    if request.take_profit is not None:
        parts.append(f"take profit {figures.price(request.take_profit, currency)}")
    if request.stop_loss is not None:
        parts.append(f"stop loss {figures.price(request.stop_loss, currency)}")
    return " · ".join(parts)


def _kind(request: OrderRequest, currency: str) -> str:
    limit = figures.price(request.limit_price, currency) if request.limit_price else ""
    stop = figures.price(request.stop_price, currency) if request.stop_price else ""
    match request.type:
        case OrderType.LIMIT:
            return f"Limit {limit}"
        case OrderType.STOP:
            return f"Stop {stop}"
        case OrderType.STOP_LIMIT:
            return f"Stop {stop}, limit {limit}"
        case OrderType.TRAILING_STOP if request.trail_percent is not None:
            return f"Trailing stop {figures.quantity(request.trail_percent)} %"
        case OrderType.TRAILING_STOP:
            return f"Trailing stop {figures.price(request.trail_amount or Decimal(0), currency)}"
        case _:
            return "Market"


def filled(order: Order) -> str:
    """`100 at $229.11`; empty before the first fill."""
    average = order.average_price
    if average is None:
        return ""
    currency = order.request.instrument.currency
    return f"{figures.quantity(order.filled_quantity)} at {figures.price(average, currency)}"


def state_word(order: Order) -> str:
    """`accepted`, `partially filled`."""
    return order.state.value.replace("_", " ")


def broken_records(count: int) -> str:
    """What a list says of the orders that it cannot show; empty if there are none."""
    if not count:
        return ""
    what, they = ("1 order", "It is") if count == 1 else (f"{count} orders", "They are")
    return (
        f"The records of {what} of yours cannot be read here. {they} not in any list and cannot be "
        "canceled from here: look at your broker, and tell the operator."
    )


def one_line(order: Order) -> str:
    """One line of a list of orders."""
    state = state_word(order)
    done = f" · {filled(order)}" if order.fills else ""
    return f"{deed(order.request)} · {terms(order.request)} · {state}{done}"
