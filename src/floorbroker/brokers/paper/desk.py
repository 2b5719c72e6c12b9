"""Taking, canceling and changing orders: each gives the book that follows, or refuses. Pure.

Every book that comes in is settled until `now`, and so is every one that goes out.
"""

from dataclasses import replace
from datetime import datetime

from floorbroker.brokers.paper import errors, mapping
from floorbroker.brokers.paper.book import Book
from floorbroker.brokers.paper.brackets import canceled
from floorbroker.brokers.paper.checks import check_account, check_terms, listed
from floorbroker.brokers.paper.instruments import listing
from floorbroker.brokers.paper.market import PaperMarket
from floorbroker.brokers.paper.matching import next_part
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.brokers.paper.settle import settled
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, OrderRequest, OrderType, TimeInForce


def placed(
    book: Book, order_id: str, request: OrderRequest, market: PaperMarket, now: datetime
) -> Book:
    """`book` with a new order, filled as far as it fills at once.

    Raises:
        OrderRejected: The request breaks a rule, or the account cannot carry it.
    """
    line = listed(request.instrument)
    order = drafted(book, order_id, request, market, now)
    check_terms(order, line, market, now)
    book = book.with_new(order)
    check_account(book, order, market, now)
    if order.time_in_force is TimeInForce.FOK and next_part(order, line) < order.remaining:
        return canceled(book, order, now, "All of it could not be filled at once.")
    return _without_rest(settled(book, market, now), order_id, now)


def drafted(
    book: Book, order_id: str, request: OrderRequest, market: PaperMarket, now: datetime
) -> PaperOrder:
    """The order that `request` would become in `book`; nothing is checked.

    Raises:
        OrderRejected: The instrument is not listed.
    """
    line = listed(request.instrument)
    price_time = market.hours.price_time(now, crypto=line.crypto)
    order = mapping.paper_order(
        order_id,
        request,
        broker_order_id=f"PB-{book.next_number:06d}",
        quantity=mapping.units(request, line, market.touch(line, request.side, price_time)),
        line=line,
        hours=market.hours,
        now=now,
    )
    if order.type is not OrderType.TRAILING_STOP:
        return order
    return replace(order, mark=market.last(line, price_time))


def _without_rest(book: Book, order_id: str, now: datetime) -> Book:
    """An immediate order does not rest."""
    order = _working(book, order_id)
    if order is None or not order.immediate:
        return book
    return canceled(book, order, now, "No more of it could be filled at once.")


def withdrawn(book: Book, order_id: str, now: datetime) -> Book:
    """`book` with the order canceled, or the working legs of a bracket that has filled.

    Canceling once more changes nothing.

    Raises:
        OrderRejected: There is no such order, or it has ended otherwise.
    """
    order = _working(book, order_id)
    if order is not None:
        return canceled(book, order, now, "Canceled on request.")
    legs = book.legs_of(order_id)
    ended = book.find(order_id)
    if ended is None:
        raise errors.no_such_order()
    if not legs and ended.state is not OrderState.CANCELED:
        raise errors.already_ended(ended.state)
    for leg in legs:
        book = canceled(book, leg, now, "Canceled on request.")
    return book


def changed(
    book: Book, order_id: str, changes: OrderChanges, market: PaperMarket, now: datetime
) -> Book:
    """`book` with other terms for a working order, which may fill at once.

    Raises:
        OrderRejected: It has ended, or the new terms are refused; the order stands as it was.
    """
    order = _working(book, order_id)
    if order is None:
        ended = book.find(order_id)
        raise errors.already_ended(ended.state) if ended else errors.no_such_order()
    new = _with_terms(order, changes, now)
    check_terms(new, listing(new.symbol), market, now)
    book = book.with_order(new)
    check_account(book, new, market, now)
    return settled(book, market, now)


def _with_terms(order: PaperOrder, changes: OrderChanges, now: datetime) -> PaperOrder:
    if changes.limit_price is not None and order.limit_price is None:
        raise errors.refused("This order has no limit price.")
    if changes.stop_price is not None and order.type not in {OrderType.STOP, OrderType.STOP_LIMIT}:
        raise errors.refused("This order has no stop price.")
    if changes.stop_price is not None and order.triggered:
        raise errors.refused("The stop has been reached.")
    if changes.quantity is not None and changes.quantity <= order.filled:
        raise errors.refused(f"{plain(order.filled)} are filled already.")
    return replace(
        order,
        quantity=changes.quantity or order.quantity,
        limit_price=changes.limit_price or order.limit_price,
        stop_price=changes.stop_price or order.stop_price,
        at=now,
    )


def _working(book: Book, order_id: str) -> PaperOrder | None:
    found = book.find(order_id)
    return found if found is not None and not found.state.final else None
