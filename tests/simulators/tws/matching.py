"""Whether the market takes an order now, and at which price. Nothing is changed but stops."""

from decimal import Decimal
from typing import Final

from tests.simulators.tws.market import Market, Quote
from tests.simulators.tws.orders import STOPS, SimOrder

_PERCENT: Final = Decimal(100)
_LIMITED: Final = frozenset({"LMT", "STP LMT"})
_AT_ONCE: Final = frozenset({"IOC", "FOK"})


def set_stop(order: SimOrder, quote: Quote) -> None:
    """Where its stop stands: of a trailing one it follows the market, never away from it."""
    ticket = order.ticket
    if ticket.type not in STOPS or order.triggered:
        return
    if not ticket.type.startswith("TRAIL"):
        order.stop = ticket.aux_price
        return
    price = quote.trigger(buys=order.buys)
    if order.stop is None:
        order.stop = ticket.trail_stop
    if price is None:
        return
    gap = ticket.aux_price or Decimal(0)
    if ticket.trailing_percent:
        gap = price * ticket.trailing_percent / _PERCENT
    stop = price + gap if order.buys else price - gap
    if order.stop is None:
        order.stop = stop
    elif not order.waits:
        order.stop = min(order.stop, stop) if order.buys else max(order.stop, stop)


def is_triggered(order: SimOrder, quote: Quote) -> bool:
    """Whether its stop has been reached; an order without a stop always is."""
    if order.ticket.type not in STOPS or order.triggered:
        return True
    price = quote.trigger(buys=order.buys)
    if price is None or order.stop is None:
        return False
    return price >= order.stop if order.buys else price <= order.stop


def price_of(order: SimOrder, quote: Quote) -> Decimal | None:
    """What the market gives for it; None: nothing that it would take."""
    touch = quote.touch(buys=order.buys)
    limit = order.limit_price if order.type in _LIMITED else None
    if touch is None or limit is None:
        return touch
    return touch if (touch <= limit if order.buys else touch >= limit) else None


def size_of(order: SimOrder, quote: Quote) -> Decimal:
    """How much of it is taken: of IOC and FOK what the market shows, of others everything."""
    if order.ticket.tif not in _AT_ONCE:
        return order.remaining
    shown = quote.ask_size if order.buys else quote.bid_size
    if order.ticket.tif == "FOK" and shown < order.remaining:
        return Decimal(0)
    return min(shown, order.remaining)


def ends_at_once(order: SimOrder) -> bool:
    """What is not taken on arrival is cancelled."""
    return order.ticket.tif in _AT_ONCE


def may_work(order: SimOrder, market: Market) -> bool:
    """Whether its hours are now."""
    return market.is_open or order.ticket.outside_rth or order.contract.kind in {"CASH", "CRYPTO"}
