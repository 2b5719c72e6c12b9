"""Whether the market fills an order now, at which price, and how much of it."""

from decimal import ROUND_CEILING, Decimal

from tests.simulators.etrade.market import Market, Quote
from tests.simulators.etrade.orders import Order
from tests.simulators.etrade.ticket import LIMITED, TRAILING


def look(order: Order, market: Market) -> Decimal | None:
    """The price of a fill, or None; stops are reached on the way."""
    quote = market.quotes.get(order.ticket.instrument)
    if quote is None or order.ended:
        return None
    if not _reached(order, quote):
        return None
    ticket = order.ticket
    touch = quote.touch(ticket.action)
    if touch <= 0:
        return None
    if ticket.price_type not in LIMITED or ticket.limit is None:
        return touch
    fits = touch <= ticket.limit if ticket.buys else touch >= ticket.limit
    return touch if fits else None


def part(order: Order) -> Decimal:
    """How much of it the next fill takes."""
    parts = max(order.parts_left, 1)
    return (order.remaining / parts).to_integral_value(ROUND_CEILING)


def _reached(order: Order, quote: Quote) -> bool:
    """By the quote, as documented: a sell stop by the bid, a buy stop by the ask."""
    ticket = order.ticket
    if ticket.price_type in TRAILING:
        return order.triggered or _trail(order, quote)
    if ticket.stop is None or order.triggered:
        return True
    price = quote.ask if ticket.buys else quote.bid
    order.triggered = price >= ticket.stop if ticket.buys else price <= ticket.stop
    return order.triggered


def _trail(order: Order, quote: Quote) -> bool:
    ticket = order.ticket
    price = quote.ask if ticket.buys else quote.bid
    best = price if order.best is None else order.best
    order.best = min(best, price) if ticket.buys else max(best, price)
    trail = ticket.trail or Decimal(0)
    if ticket.price_type == "TRAILING_STOP_PRCT":
        trail = order.best * trail / 100
    stop = order.best + trail if ticket.buys else order.best - trail
    order.triggered = price >= stop if ticket.buys else price <= stop
    return order.triggered
