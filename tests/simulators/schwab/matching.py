"""Whether the market fills an order now, at which prices, and how much of it."""

from decimal import ROUND_FLOOR, Decimal

from tests.simulators.schwab.market import Market, Quote
from tests.simulators.schwab.orders import LEAVING, RESTING, WAITING, Order
from tests.simulators.schwab.people import ZERO
from tests.simulators.schwab.ticket import Ticket
from tests.simulators.schwab.words import STOPPED, TRAILING

AT_CLOSE = frozenset({"MARKET_ON_CLOSE", "LIMIT_ON_CLOSE"})


def can_trade(ticket: Ticket, market: Market) -> bool:
    """Whether its session runs."""
    return market.open_now or (ticket.session != "NORMAL" and market.extended)


def settle_in(order: Order, market: Market) -> None:
    """The status of an order that is in the book.

    Recorded: PENDING_ACTIVATION before the market opens (market orders and stops alike), WORKING,
    and AWAITING_STOP_CONDITION for a trailing stop at any hour; that a plain stop has it too, once
    the market is open, is unverified.
    """
    if order.status not in WAITING | RESTING or order.status in LEAVING or order.is_holder:
        return
    if order.ticket.type == TRAILING and not order.triggered:
        order.status = "AWAITING_STOP_CONDITION"
    elif not can_trade(order.ticket, market):
        order.status = "PENDING_ACTIVATION"
    elif order.ticket.type in STOPPED and not order.triggered:
        order.status = "AWAITING_STOP_CONDITION"
    else:
        order.status = "WORKING"


def look(order: Order, market: Market) -> tuple[Decimal, ...] | None:
    """The price of each leg at which it fills now, or None; stops are reached on the way."""
    ticket = order.ticket
    if order.status not in RESTING or order.is_holder or not can_trade(ticket, market):
        return None
    quotes = [market.quotes.get(leg.symbol) for leg in ticket.legs]
    found = [quote for quote in quotes if quote is not None]
    if len(found) < len(quotes) or ticket.type in AT_CLOSE:
        return None
    _watch(order, found[0])
    if ticket.type in STOPPED | {TRAILING} and not order.triggered:
        return None
    touches = tuple(q.touch(leg.buys) for q, leg in zip(found, ticket.legs, strict=True))
    return touches if min(touches) > 0 and _accepts(ticket, touches) else None


def at_close(order: Order, market: Market) -> Decimal | None:
    """Where an order for the close fills at the day's last price; None for all others."""
    if order.ticket.type not in AT_CLOSE:
        return None
    quote = market.quotes.get(order.ticket.legs[0].symbol)
    return quote.last if quote and _accepts(order.ticket, (quote.last,)) else None


def part(order: Order) -> Decimal:
    """How much of it the next fill takes: whole units."""
    if order.parts_left <= 1:
        return order.left
    share = (order.left / order.parts_left).to_integral_value(ROUND_FLOOR)
    return share or order.left


def _accepts(ticket: Ticket, touches: tuple[Decimal, ...]) -> bool:
    if len(ticket.legs) == 1:
        if ticket.price is None:
            return True
        return touches[0] <= ticket.price if ticket.legs[0].buys else touches[0] >= ticket.price
    smallest = min(leg.quantity for leg in ticket.legs)
    net = ZERO
    for leg, touch in zip(ticket.legs, touches, strict=True):
        share = touch * leg.quantity / smallest
        net += share if leg.buys else -share
    if ticket.type == "NET_DEBIT":
        return net <= (ticket.price or ZERO)
    if ticket.type == "NET_CREDIT":
        return -net >= (ticket.price or ZERO)
    return ticket.type != "NET_ZERO" or net <= 0


def _watch(order: Order, quote: Quote) -> None:
    """Moves a trail, and notices that a stop is reached."""
    ticket, buys = order.ticket, order.ticket.legs[0].buys
    if order.triggered:
        return
    stop = ticket.stop_price
    if ticket.type == TRAILING:
        stop = order.trail = _trail(ticket, order.trail, quote, buys)
    if stop is not None:
        order.triggered = quote.last >= stop if buys else quote.last <= stop


def _trail(ticket: Ticket, old: Decimal | None, quote: Quote, buys: bool) -> Decimal:
    given = ticket.offset or ZERO
    offset = quote.last * given / 100 if ticket.link_type == "PERCENT" else given
    if buys:
        new = quote.last + offset
        return new if old is None else min(old, new)
    new = quote.last - offset
    return new if old is None else max(old, new)
