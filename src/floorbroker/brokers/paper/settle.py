"""Brings a book up to the present: what the market did to it since the last look. Pure."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from floorbroker.brokers.paper.book import Book
from floorbroker.brokers.paper.brackets import after_end, after_fill
from floorbroker.brokers.paper.contracts import expiry_moment
from floorbroker.brokers.paper.hours import last_midnight
from floorbroker.brokers.paper.instruments import listing
from floorbroker.brokers.paper.margin import equity
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.brokers.paper.matching import Look, look


def settled(book: Book, market: PaperMarket, now: datetime) -> Book:
    """`book` with every fill and end until `now`, each at the moment at which it happened.

    A clock that is behind the last look changes nothing: time does not go back.
    """
    now, midnight = max(now, book.looked_at), last_midnight(now)
    for at in sorted(one for one in {midnight, *_expiries(book)} if book.looked_at < one <= now):
        book = _expired(_walked(book, market, at), market, at)
        if at == midnight:
            book = replace(book, opening_equity=equity(book, market, at))
    return _walked(book, market, now)


def _expiries(book: Book) -> set[datetime]:
    """When contracts end that are held or ordered."""
    symbols = {*book.holdings, *(order.symbol for order in book.working)}
    days = {listing(symbol).instrument.expiry for symbol in symbols}
    return {expiry_moment(day) for day in days if day is not None}


def _expired(book: Book, market: PaperMarket, at: datetime) -> Book:
    """`book` with each contract that has ended paid out: what exercising it brings, in cash."""
    for symbol in tuple(book.holdings):
        line = listing(symbol)
        expiry = line.instrument.expiry
        if expiry is not None and expiry_moment(expiry) <= at:
            worth = Decimal(str(round(market.middle(line, at), 2)))
            book = book.settled_in_cash(symbol, worth * line.size)
    return book


def _walked(book: Book, market: PaperMarket, end: datetime) -> Book:
    looks: dict[str, Look] = {}
    while True:
        for order in book.working:
            if order.order_id not in looks:
                looks[order.order_id] = look(order, market, book.looked_at, end)
        happened = [found for found in looks.values() if found.at is not None]
        if not happened:
            break
        first = min(happened, key=_moment)
        book = _applied(book, first)
        # One fill can change every order of its symbol: legs begin, closing orders shrink.
        symbol = first.order.symbol
        looks = {key: kept for key, kept in looks.items() if kept.order.symbol != symbol}
    for found in looks.values():
        book = book.with_order(found.order)
    return replace(book, looked_at=end)


def _moment(found: Look) -> tuple[datetime, str]:
    # Broker ids rise with time: of two that happen at once the older order goes first.
    return found.order.at, found.order.broker_order_id


def _applied(book: Book, found: Look) -> Book:
    order = found.order
    book = book.with_order(order)
    if found.fill is None:
        return after_end(book, order)
    size = listing(order.symbol).size
    book = book.with_fill(order.symbol, order.side, found.fill, size)
    return after_fill(book, order, found.fill.quantity)
