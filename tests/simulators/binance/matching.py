"""Which orders wait, for what, and what the book has for them."""

from decimal import Decimal
from typing import Final

from tests.simulators.binance.filters import is_above
from tests.simulators.binance.market import Book, Level
from tests.simulators.binance.orders import Order
from tests.simulators.binance.ticket import Ticket
from tests.simulators.binance.wire import ZERO, floored

AT_MARKET: Final = frozenset({"MARKET", "STOP_LOSS", "TAKE_PROFIT"})
"""They take what there is; the others have a price."""
BASIS_POINTS: Final = Decimal(10_000)


def is_reached(ticket: Ticket, last: Decimal) -> bool:
    """Whether the last price has met its stop price."""
    stop = ticket.stop_price
    if stop is None:
        return True
    return last >= stop if is_above(ticket) else last <= stop


def follows(order: Order, book: Book) -> bool:
    """Whether a waiting order triggers at the last price: faqs/trailing-stop-faq.md.

    A trailing stop first waits for its stop price, then keeps the best price since, and triggers so
    many basis points away from it.
    """
    ticket, last = order.ticket, book.last
    if ticket.trailing_delta is None:
        return is_reached(ticket, last)
    if order.extreme is None:
        if is_reached(ticket, last):
            order.extreme, order.trailing_at = last, book.at
        return False
    share = ticket.trailing_delta / BASIS_POINTS
    if ticket.side == "SELL":
        order.extreme = max(order.extreme, last)
        return last <= order.extreme * (1 - share)
    order.extreme = min(order.extreme, last)
    return last >= order.extreme * (1 + share)


def takeable(ticket: Ticket, book: Book | None) -> list[Level]:
    """The levels of the book that the order may take, best first."""
    if book is None:
        return []
    offers = book.offers(ticket.side)
    if ticket.type in AT_MARKET or ticket.price is None:
        return list(offers)
    limit = ticket.price
    if ticket.side == "BUY":
        return [level for level in offers if level[0] <= limit]
    return [level for level in offers if level[0] >= limit]


def cost(levels: list[Level], qty: Decimal) -> Decimal:
    """What `qty` comes to on these levels; of the rest of it nothing is counted."""
    total = ZERO
    for price, there in levels:
        taken = min(there, qty)
        total += taken * price
        qty -= taken
    return total


def quantity_for(levels: list[Level], money: Decimal, step: Decimal) -> Decimal:
    """How much `money` of the quote asset comes to, in whole steps."""
    qty = ZERO
    for price, there in levels:
        taken = min(there, money / price)
        qty += taken
        money -= taken * price
    return floored(qty, step)


def part(order: Order) -> Decimal:
    """What its next match may fill."""
    if order.parts_left <= 1:
        return order.remaining
    return floored(order.remaining / order.parts_left, order.symbol.step) or order.remaining


def pieces(qty: Decimal, number: int, step: Decimal) -> list[Decimal]:
    """`qty` in so many trades, the last one with what is left over."""
    one = floored(qty / number, step)
    if number <= 1 or not one:
        return [qty]
    return [one] * (number - 1) + [qty - one * (number - 1)]


def needed(order: Order, reserve_price: Decimal) -> Decimal:
    """What it holds: of the base asset to sell, of the quote asset to buy.

    That orders which wait for a price hold too, at their stop price where they have no other, and
    that pending ones do not, is unverified.
    """
    if not order.open or order.status == "PENDING_NEW" or order.type == "MARKET":
        return ZERO
    if order.side == "SELL":
        return order.remaining
    return order.remaining * reserve_price


def reserve_price(ticket: Ticket, book: Book | None) -> Decimal:
    """What a unit is taken to cost while the order waits."""
    known = ticket.price or ticket.stop_price
    if known is not None or book is None:
        return known or ZERO
    return book.last * (1 + (ticket.trailing_delta or 0) / BASIS_POINTS)
