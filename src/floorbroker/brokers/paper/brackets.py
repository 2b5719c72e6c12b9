"""What a fill means for other orders: closing legs are made, shrunk and ended. Pure."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.paper.book import Book
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Leg,
    LegRole,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)

_SUFFIX: Final = {LegRole.TAKE_PROFIT: "-tp", LegRole.STOP_LOSS: "-sl"}


def held_legs(take_profit: Decimal | None, stop_loss: Decimal | None) -> tuple[Leg, ...]:
    """The legs of a bracket whose parent has not filled: promised, without a broker id."""
    prices = ((LegRole.TAKE_PROFIT, take_profit), (LegRole.STOP_LOSS, stop_loss))
    return tuple(Leg(role=role, price=price) for role, price in prices if price is not None)


def after_fill(book: Book, order: PaperOrder, quantity: Decimal) -> Book:
    """`book` once `order`, already in it, has filled another `quantity`."""
    if order.role is not None and order.parent is not None:
        book = _after_leg(book, order, quantity)
    if order.state.final:
        book = after_end(book, order)
    return _shrunk(book, order.symbol, order.at)


def after_end(book: Book, order: PaperOrder) -> Book:
    """`book` once `order`, already in it, has ended: its legs begin, or its parent learns."""
    if order.parent is not None:
        return _told(book, order)
    if not order.legs or any(leg.broker_order_id for leg in order.legs):
        return book
    if not order.filled:
        legs = tuple(replace(leg, state=OrderState.CANCELED) for leg in order.legs)
        return book.with_order(replace(order, legs=legs))
    legs = ()
    for leg in order.legs:
        child = _child(order, leg, f"PB-{book.next_number:06d}")
        book = book.with_new(child)
        legs = (*legs, replace(leg, broker_order_id=child.broker_order_id))
    return book.with_order(replace(order, legs=legs))


def canceled(book: Book, order: PaperOrder, at: datetime, reason: str) -> Book:
    """`book` with a working order canceled."""
    ended = replace(order, state=OrderState.CANCELED, at=at, reason=reason)
    return after_end(book.with_order(ended), ended)


def _child(parent: PaperOrder, leg: Leg, broker_order_id: str) -> PaperOrder:
    stop = leg.role is LegRole.STOP_LOSS
    return PaperOrder(
        order_id=parent.order_id + _SUFFIX[leg.role],
        broker_order_id=broker_order_id,
        symbol=parent.symbol,
        side=parent.side.opposite,
        type=OrderType.STOP if stop else OrderType.LIMIT,
        quantity=parent.filled,
        # A protection that runs out at night protects nobody: legs live until they are canceled.
        time_in_force=TimeInForce.GTC,
        session=Session.REGULAR,
        effect=PositionEffect.CLOSE,
        placed_at=parent.at,
        active_from=parent.at,
        at=parent.at,
        limit_price=None if stop else leg.price,
        stop_price=leg.price if stop else None,
        parent=parent.order_id,
        role=leg.role,
    )


def _after_leg(book: Book, order: PaperOrder, quantity: Decimal) -> Book:
    """One leg cancels the other; a part of one leaves the other that much smaller."""
    for other in book.legs_of(order.parent or ""):
        if other.order_id == order.order_id:
            continue
        if order.state is OrderState.FILLED or other.remaining <= quantity:
            book = canceled(book, other, order.at, "The other leg was filled.")
        else:
            book = book.with_order(replace(other, quantity=other.quantity - quantity))
    return book


def _told(book: Book, leg: PaperOrder) -> Book:
    """The parent with the leg's present state."""
    parent = book.find(leg.parent or "")
    if parent is None:
        return book
    legs = tuple(
        replace(known, state=leg.state) if known.role is leg.role else known
        for known in parent.legs
    )
    return book.with_order(replace(parent, legs=legs))


def _shrunk(book: Book, symbol: str, at: datetime) -> Book:
    """Closing orders never outgrow the holding; together for people's own, each alone for legs."""
    for side in Side:
        sign = -1 if side is Side.BUY else 1
        holding = free = max(sign * book.held(symbol), Decimal(0))
        for order in _closing(book, symbol, side):
            allowed = min(order.remaining, holding if order.role else free)
            if order.role is None:
                free -= allowed
            if allowed <= 0:
                book = canceled(book, order, at, "The position is closed.")
            elif allowed < order.remaining:
                book = book.with_order(replace(order, quantity=order.filled + allowed))
    return book


def _closing(book: Book, symbol: str, side: Side) -> list[PaperOrder]:
    return [
        order
        for order in book.working
        if order.symbol == symbol and order.side is side and order.closes_only
    ]
