"""Whether the market fills an order now, and at which price."""

from decimal import ROUND_FLOOR, Decimal
from typing import Final

from tests.simulators.webull import hours
from tests.simulators.webull.instruments import COIN, EQUITY, OPTION
from tests.simulators.webull.market import Market, Quote
from tests.simulators.webull.orders import WORKING, Order
from tests.simulators.webull.ticket import LIMIT, MARKET, STOP, STOP_LIMIT, TRAILING

_OPEN: Final = {
    "CORE": {hours.REGULAR},
    "ALL": {hours.PRE, hours.REGULAR, hours.AFTER},
    "NIGHT": {hours.CLOSED},
}
_SMALLEST: Final = {EQUITY: Decimal(1), OPTION: Decimal(1), COIN: Decimal("0.00000001")}


def trades_now(order: Order, market: Market) -> bool:
    """Whether its session is on; coins trade always."""
    return order.instrument.kind == COIN or market.phase in _OPEN[order.session or "CORE"]


def look(order: Order, market: Market) -> Decimal | None:
    """The price at which `order` fills now, or None; stops are reached on the way."""
    quote = market.quotes.get(order.instrument.symbol)
    if quote is None or order.status not in WORKING or order.waits_for_master:
        return None
    if not trades_now(order, market):
        return None
    _watch(order, quote)
    if order.type in {STOP, STOP_LIMIT, TRAILING} and not order.triggered:
        return None
    touch = quote.touch(order.side)
    if touch <= 0:
        return None
    if order.type in {MARKET, STOP, TRAILING} or order.limit_price is None:
        return touch
    crosses = touch <= order.limit_price if order.buys else touch >= order.limit_price
    return touch if crosses else None


def part(order: Order) -> Decimal:
    """How much of it the next fill takes."""
    if order.parts_left <= 1:
        return order.remaining
    step = _SMALLEST[order.instrument.kind]
    steps = (order.remaining / order.parts_left / step).to_integral_value(ROUND_FLOOR)
    return steps * step or order.remaining


def _watch(order: Order, quote: Quote) -> None:
    if order.triggered or order.type in {MARKET, LIMIT}:
        return
    stop = order.stop_price
    if order.type == TRAILING:
        stop = _trailed(order, quote.last)
    if stop is not None:
        order.triggered = quote.last >= stop if order.buys else quote.last <= stop


def _trailed(order: Order, last: Decimal) -> Decimal:
    best = order.worst or last
    order.worst = min(best, last) if order.buys else max(best, last)
    step = order.step or Decimal(0)
    away = order.worst * step if order.trailing_type == "PERCENTAGE" else step
    return order.worst + away if order.buys else order.worst - away
