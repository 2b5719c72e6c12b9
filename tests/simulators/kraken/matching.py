"""Whether the market fills an order now, at what price, and how much of it."""

from dataclasses import dataclass
from decimal import Decimal

from tests.simulators.kraken.kinds import TAKES, TRAILS
from tests.simulators.kraken.market import Quote
from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.pricing import trail, trailed_limit
from tests.simulators.kraken.wire import cut, rounded


@dataclass(frozen=True, slots=True)
class Meeting:
    """A fill that the market offers."""

    price: Decimal
    maker: bool


def start_trail(order: Order, quote: Quote | None) -> None:
    """A trailing stop begins at the price of now."""
    if order.type in TRAILS and quote is not None:
        order.peak = quote.signal(order.signal)
        order.trigger_price = _trailed(order)


def watch(order: Order, quote: Quote) -> None:
    """A trigger comes, a trailing stop follows."""
    if order.status != "open" or not order.waits:
        return
    price = quote.signal(order.signal)
    if order.type in TRAILS:
        better = max if order.side == "sell" else min
        order.peak = price if order.peak is None else better(order.peak, price)
        order.trigger_price = _trailed(order)
    trigger = order.trigger_price
    assert trigger is not None
    rising = (order.side == "buy") != (order.type in TAKES)
    order.triggered = price >= trigger if rising else price <= trigger
    if order.triggered and order.type in TRAILS:
        limit = trailed_limit(order.terms, trigger)
        order.limit = None if limit is None else rounded(limit, order.pair.pair_decimals)


def meet(order: Order, quote: Quote) -> Meeting | None:
    """The fill that it gets now; one that gets none goes into the book.

    What waits in the book fills at its own limit as a maker, all else at the touch as a taker.
    """
    if order.status != "open" or order.waits:
        return None
    touch = quote.touch(order.side)
    if touch <= 0:
        return None
    if order.limit is None:
        return Meeting(touch, maker=False)
    within = touch <= order.limit if order.side == "buy" else touch >= order.limit
    if not within:
        order.rests = True
        return None
    return Meeting(order.limit, maker=True) if order.rests else Meeting(touch, maker=False)


def part(order: Order, price: Decimal) -> Decimal:
    """How many lots the next fill takes."""
    if order.viqc and order.lots is None:
        order.lots = cut(order.volume / price, order.pair.lot_decimals)
    if order.parts_left <= 1:
        return order.remaining
    return cut(order.remaining / order.parts_left, order.pair.lot_decimals)


def _trailed(order: Order) -> Decimal:
    assert order.peak is not None
    return rounded(trail(order.terms, order.side, order.peak), order.pair.pair_decimals)
