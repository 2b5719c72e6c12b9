"""The rules of a symbol and of the exchange: filters.md, which says nothing of their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

from tests.simulators.binance.market import Book
from tests.simulators.binance.orders import Order
from tests.simulators.binance.people import Person
from tests.simulators.binance.refusals import filter_failure
from tests.simulators.binance.symbols import EXCHANGE_MAX_NUM_ORDERS, Symbol
from tests.simulators.binance.ticket import Ticket
from tests.simulators.binance.wire import ZERO

_ABOVE: Final = frozenset(
    {
        ("STOP_LOSS", "BUY"),
        ("STOP_LOSS_LIMIT", "BUY"),
        ("TAKE_PROFIT", "SELL"),
        ("TAKE_PROFIT_LIMIT", "SELL"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the rules look at besides the order.

    Attributes:
        book: None where there are no prices; rules that need some then hold.
        open_orders: The person's, of all symbols.
    """

    person: Person
    symbol: Symbol
    book: Book | None
    open_orders: Sequence[Order]


def is_above(ticket: Ticket) -> bool:
    """Whether its trigger lies above the market: rest-api.md, "Trigger order price rules"."""
    return (ticket.type, ticket.side) in _ABOVE


def check_filters(ticket: Ticket, around: Around, *, more: int = 1) -> None:
    """All of them.

    Args:
        more: How many orders the request brings at once.

    Raises:
        Refusal: One does not hold.
    """
    _check_price(ticket, around.symbol)
    _check_percent(ticket, around)
    check_lot(ticket.qty, around.symbol)
    _check_market_lot(ticket, around.symbol)
    _check_iceberg(ticket, around.symbol)
    _check_trailing(ticket, around.symbol)
    check_notional(ticket, ticket.qty, around)
    _check_position(ticket, around)
    _check_counts(ticket, around, more)


def check_lot(qty: Decimal | None, symbol: Symbol, name: str = "LOT_SIZE") -> None:
    """A quantity within its bounds and on its step.

    Raises:
        Refusal: It is not.
    """
    if qty is None:
        return
    if not symbol.min_qty <= qty <= symbol.max_qty or qty % symbol.step:
        raise filter_failure(name)


def check_notional(ticket: Ticket, qty: Decimal | None, around: Around) -> None:
    """What it is worth, at its price or, without one, at the average.

    Raises:
        Refusal: Too little or too much.
    """
    price = ticket.price or ticket.stop_price or (around.book.average if around.book else None)
    worth = ticket.quote_qty if qty is None or price is None else price * qty
    if worth is None:
        return
    symbol = around.symbol
    too_much = ticket.type != "MARKET" and worth > symbol.max_notional
    if symbol.old_notional:
        if worth < symbol.min_notional:
            raise filter_failure("MIN_NOTIONAL")
    elif worth < symbol.min_notional or too_much:
        raise filter_failure("NOTIONAL")


def _check_price(ticket: Ticket, symbol: Symbol) -> None:
    for price in (ticket.price, ticket.stop_price):
        if price is None:
            continue
        if not symbol.min_price <= price <= symbol.max_price or price % symbol.tick:
            raise filter_failure("PRICE_FILTER")


def _check_percent(ticket: Ticket, around: Around) -> None:
    if ticket.price is None or around.book is None:
        return
    lowest = around.book.average * around.symbol.multiplier_down
    highest = around.book.average * around.symbol.multiplier_up
    if not lowest <= ticket.price <= highest:
        raise filter_failure("PERCENT_PRICE_BY_SIDE")


def _check_market_lot(ticket: Ticket, symbol: Symbol) -> None:
    if ticket.type == "MARKET" and ticket.qty is not None and ticket.qty > symbol.market_max_qty:
        raise filter_failure("MARKET_LOT_SIZE")


def _check_iceberg(ticket: Ticket, symbol: Symbol) -> None:
    if ticket.iceberg_qty is None or ticket.qty is None:
        return
    check_lot(ticket.iceberg_qty, symbol)
    parts = (ticket.qty / ticket.iceberg_qty).to_integral_value(ROUND_CEILING)
    if parts > symbol.max_iceberg_parts:
        raise filter_failure("ICEBERG_PARTS")


def _check_trailing(ticket: Ticket, symbol: Symbol) -> None:
    delta = ticket.trailing_delta
    if delta is not None and not symbol.min_trailing <= delta <= symbol.max_trailing:
        raise filter_failure("TRAILING_DELTA")


def _check_position(ticket: Ticket, around: Around) -> None:
    most = around.symbol.max_position
    if most is None or ticket.side != "BUY" or ticket.qty is None:
        return
    balance = around.person.balance(around.symbol.base)
    buying = sum(
        (
            order.remaining
            for order in around.open_orders
            if order.side == "BUY" and order.symbol is around.symbol
        ),
        ZERO,
    )
    if balance.free + balance.locked + buying + ticket.qty > most:
        raise filter_failure("MAX_POSITION")


def _check_counts(ticket: Ticket, around: Around, more: int) -> None:
    here = [order for order in around.open_orders if order.symbol is around.symbol]
    if len(here) + more > around.symbol.max_orders:
        raise filter_failure("MAX_NUM_ORDERS")
    algos = sum(order.ticket.is_algo for order in here)
    if ticket.is_algo and algos + 1 > around.symbol.max_algo_orders:
        raise filter_failure("MAX_NUM_ALGO_ORDERS")
    if len(around.open_orders) + more > EXCHANGE_MAX_NUM_ORDERS:
        raise filter_failure("EXCHANGE_MAX_NUM_ORDERS")
