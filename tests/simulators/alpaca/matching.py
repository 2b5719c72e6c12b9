"""Whether the market fills an order now, and how much of it."""

from decimal import ROUND_FLOOR, Decimal

from tests.simulators.alpaca.assets import CRYPTO, EQUITY
from tests.simulators.alpaca.brackets import is_armed
from tests.simulators.alpaca.market import Market, Quote
from tests.simulators.alpaca.orders import WORKING, Order
from tests.simulators.alpaca.wire import NANO, nine


def can_trade(order: Order, market: Market) -> bool:
    """Whether the hours are the order's."""
    if order.asset.asset_class == CRYPTO or market.open_now:
        return True
    return market.extended and order.extended_hours and order.asset.asset_class == EQUITY


def look(order: Order, market: Market) -> Decimal | None:
    """The price at which `order` fills now, or None; stops and trails move on the way."""
    quote = market.quotes.get(order.symbol)
    if quote is None or not _listens(order) or not can_trade(order, market):
        return None
    if order.time_in_force == "cls":
        return None
    _watch_stop(order, quote)
    if order.type in {"stop", "stop_limit", "trailing_stop"} and not order.triggered:
        return None
    touch = quote.touch(order.side)
    if touch <= 0:
        return None
    if order.type in {"limit", "stop_limit"} and not _within(order, touch):
        return None
    return touch


def part(order: Order, price: Decimal) -> Decimal:
    """How much of it the next fill takes."""
    if order.qty is None and order.units is None:
        order.units = nine((order.notional or Decimal(0)) / price)
    if order.parts_left <= 1:
        return order.remaining
    step = NANO if order.remaining % 1 or order.remaining < order.parts_left else Decimal(1)
    return (order.remaining / order.parts_left).quantize(step, rounding=ROUND_FLOOR)


def start_trail(order: Order, market: Market) -> None:
    """The high water mark begins at the last price."""
    quote = market.quotes.get(order.symbol)
    if order.type == "trailing_stop" and quote is not None:
        order.hwm = quote.last
        _follow(order)


def _listens(order: Order) -> bool:
    if not is_armed(order):
        return False
    return order.status in WORKING or (order.status == "held" and order.parent is not None)


def _watch_stop(order: Order, quote: Quote) -> None:
    if order.triggered or order.type not in {"stop", "stop_limit", "trailing_stop"}:
        return
    if order.type == "trailing_stop":
        better = max if order.side == "sell" else min
        order.hwm = quote.last if order.hwm is None else better(order.hwm, quote.last)
        _follow(order)
    stop = order.stop_price or Decimal(0)
    reached = quote.last <= stop if order.side == "sell" else quote.last >= stop
    order.triggered = reached


def _follow(order: Order) -> None:
    mark = order.hwm or Decimal(0)
    away = order.trail_price or mark * (order.trail_percent or Decimal(0)) / 100
    order.stop_price = mark - away if order.side == "sell" else mark + away


def _within(order: Order, touch: Decimal) -> bool:
    limit = order.limit_price or Decimal(0)
    return touch <= limit if order.side == "buy" else touch >= limit
