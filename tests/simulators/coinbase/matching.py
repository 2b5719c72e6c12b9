"""Whether the market fills an order now, at which price, and how much of it."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from tests.simulators.coinbase.costs import BEYOND
from tests.simulators.coinbase.market import Market, Quote
from tests.simulators.coinbase.orders import WORKING, Order
from tests.simulators.coinbase.ticket import STOP_UP


@dataclass(frozen=True, slots=True)
class Match:
    """The price of a fill, and who pays which fee."""

    price: Decimal
    liquidity: str


def look(order: Order, market: Market) -> Match | None:
    """How `order` fills now, or None; stops are reached on the way.

    What rests in the book trades at its own price, what takes at the touch.
    """
    quote = market.quotes.get(order.product.book)
    if quote is None or order.status not in WORKING:
        return None
    _watch(order, quote)
    if order.kind.type == "STOP_LIMIT" and not order.triggered:
        return None
    touch, limit = quote.touch(order.side), _limit(order)
    if touch <= 0:
        return None
    if limit is None:
        return Match(touch, "TAKER")
    if not (touch <= limit if order.side == "BUY" else touch >= limit):
        return None
    return Match(limit, "MAKER") if order.rested else Match(touch, "TAKER")


def part(order: Order, match: Match) -> Decimal:
    """How much of it the next fill takes."""
    if order.quote_size is not None:
        whole = order.unspent / (1 + order.person.rate(match.liquidity)) / match.price
        return whole / max(order.parts_left, 1)
    if order.parts_left <= 1:
        return order.remaining
    step = Decimal(order.product.base_increment)
    steps = (order.remaining / order.parts_left / step).to_integral_value(ROUND_FLOOR)
    return steps * step or order.remaining


def settle_in(order: Order) -> None:
    """What has not filled by now rests; a stop that is not reached does not."""
    if order.status in WORKING and (order.kind.type != "STOP_LIMIT" or order.triggered):
        order.rested = True


def _watch(order: Order, quote: Quote) -> None:
    if order.triggered:
        return
    if order.kind.type == "STOP_LIMIT":
        stop = order.stop_price or Decimal(0)
        up = order.stop_direction == STOP_UP
        order.triggered = quote.last >= stop if up else quote.last <= stop
    elif order.kind.type == "BRACKET":
        stop = order.stop_trigger_price or Decimal(0)
        order.triggered = quote.last <= stop if order.side == "SELL" else quote.last >= stop
        if order.triggered:
            order.rested = False


def _limit(order: Order) -> Decimal | None:
    if order.kind.type == "BRACKET" and order.triggered:
        away = 1 - BEYOND if order.side == "SELL" else 1 + BEYOND
        return (order.stop_trigger_price or Decimal(0)) * away
    return order.limit_price
