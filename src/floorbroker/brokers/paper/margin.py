"""What an account is worth and can still buy. Pure.

Shares, long or short, tie up half their value, coins and contracts all of it; what is left of the
equity is free, and twice that is the buying power. Working orders that would open something tie up
the same in advance. There is no margin call: a loss only takes the buying power down to zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.paper.book import Book, Holding
from floorbroker.brokers.paper.instruments import Listing, listing
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.domain.orders import Side

_SHARES: Final = Decimal("0.5")
_IN_FULL: Final = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """One account at one moment, in US dollars.

    Attributes:
        free: Equity that neither holdings nor working orders tie up; below zero after losses.
        free_cash: Cash less the full price of all working orders that open a long holding.
    """

    equity: Decimal
    free: Decimal
    free_cash: Decimal

    @property
    def buying_power(self) -> Decimal:
        """What shares may still be bought for."""
        return max(self.free, Decimal(0)) / _SHARES


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The part of a working order that would open or enlarge a holding, at its worst price."""

    order: PaperOrder
    line: Listing
    value: Decimal


def margin_rate(line: Listing) -> Decimal:
    """The share of a holding's value that it ties up."""
    return _IN_FULL if line.for_cash else _SHARES


def equity(book: Book, market: PaperMarket, at: datetime) -> Decimal:
    """Cash and all holdings at their last price."""
    values = (
        _value(listing(symbol), holding, market, at) for symbol, holding in book.holdings.items()
    )
    return sum(values, book.cash)


def _value(line: Listing, holding: Holding, market: PaperMarket, at: datetime) -> Decimal:
    return holding.quantity * line.size * market.value(line, at)


def worth(book: Book, market: PaperMarket, at: datetime) -> Worth:
    """The account at `at`."""
    total, tied = book.cash, Decimal(0)
    for symbol, holding in book.holdings.items():
        line = listing(symbol)
        value = _value(line, holding, market, at)
        total += value
        tied += abs(value) * margin_rate(line)
    free_cash = book.cash
    for opening in openings(book, market, at):
        tied += opening.value * margin_rate(opening.line)
        if opening.order.side is Side.BUY:
            free_cash -= opening.value
    return Worth(equity=total, free=total - tied, free_cash=free_cash)


def openings(book: Book, market: PaperMarket, at: datetime) -> Iterator[Opening]:
    """What the working orders would open, once the holdings they may close are used up."""
    left = {symbol: holding.quantity for symbol, holding in book.holdings.items()}
    for order in book.working:
        if order.closes_only:
            continue
        sign = 1 if order.side is Side.BUY else -1
        against = max(-sign * left.get(order.symbol, Decimal(0)), Decimal(0))
        closed = min(against, order.remaining)
        left[order.symbol] = left.get(order.symbol, Decimal(0)) + sign * closed
        if opened := order.remaining - closed:
            line = listing(order.symbol)
            value = opened * line.size * worst_price(order, line, market, at)
            yield Opening(order=order, line=line, value=value)


def worst_price(order: PaperOrder, line: Listing, market: PaperMarket, at: datetime) -> Decimal:
    """What one unit may cost: its limit, its stop, else what the market asks now."""
    if order.limit_price is not None and order.side is Side.BUY:
        return order.limit_price
    now = market.touch(line, order.side, market.hours.price_time(at, crypto=line.crypto))
    return max(now, order.limit_price or now, order.trigger_price or now)
