"""When an order fills, and at what price."""

from decimal import Decimal

from tests.simulators.opend.market import AFTER, OVERNIGHT, PRE, REGULAR, Market, Quote
from tests.simulators.opend.orders import TRAILING, TRIGGERED, Order


def may_fill_now(order: Order, market: Market) -> bool:
    """Whether the market is open for it; a paper order is never one for outside regular hours."""
    session = market.session
    if session == REGULAR:
        return order.session != "OVERNIGHT"
    if session in {PRE, AFTER}:
        return order.fill_outside_rth or order.session in {"ETH", "ALL"}
    return session == OVERNIGHT and order.session in {"ALL", "OVERNIGHT"}


def price_now(order: Order, market: Market) -> Decimal | None:
    """What it fills at; None where it does not."""
    quote = market.quotes.get(order.code)
    if quote is None or not quote.touch(order.buys) or not may_fill_now(order, market):
        return None
    if not _is_triggered(order, quote):
        return None
    touch = quote.touch(order.buys)
    if not order.has_limit:
        return touch
    crosses = touch <= order.price if order.buys else touch >= order.price
    return touch if crosses else None


def _is_triggered(order: Order, quote: Quote) -> bool:
    if order.type in TRAILING and not order.triggered:
        _trail(order, quote)
    if order.type not in TRIGGERED | TRAILING or order.triggered:
        return True
    if order.aux_price is None:
        return False
    rises = order.buys == (order.type not in {"MARKET_IF_TOUCHED", "LIMIT_IF_TOUCHED"})
    last = quote.last
    order.triggered = last >= order.aux_price if rises else last <= order.aux_price
    if order.triggered and order.type == "TRAILING_STOP_LIMIT" and order.trail_spread is not None:
        spread = order.trail_spread if order.buys else -order.trail_spread
        order.price = order.aux_price + spread
    return order.triggered


def _trail(order: Order, quote: Quote) -> None:
    worst = quote.last if order.worst is None else order.worst
    order.worst = min(worst, quote.last) if order.buys else max(worst, quote.last)
    assert order.trail_value is not None
    step = order.trail_value
    if order.trail_type == "RATIO":
        step = order.worst * order.trail_value / 100
    order.aux_price = order.worst + step if order.buys else order.worst - step
