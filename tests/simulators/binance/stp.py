"""Self-trade prevention: faqs/stp_faq.md.

Only the order that comes decides, and only against the person's own resting orders that it would
meet before it takes what the book has. Orders with the mode NONE pass each other here.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.simulators.binance.orders import Order, Prevented

if TYPE_CHECKING:
    from tests.simulators.binance.engine import Engine


def prevent(taker: Order, engine: "Engine") -> None:
    """Expires what its mode says, where it would trade with the person's own orders."""
    mode = taker.ticket.stp
    if mode == "NONE":
        return
    for maker in _met(taker, engine):
        price = maker.ticket.price or Decimal(0)
        number = engine.number("prevented", taker.symbol.name)
        ends_maker = mode in {"EXPIRE_MAKER", "EXPIRE_BOTH"}
        maker_qty = maker.remaining if ends_maker else None
        taker.prevented.append(
            Prevented(id=number, maker_order_id=maker.id, price=price, maker_qty=maker_qty)
        )
        if ends_maker:
            _expire(maker, number, engine)
        if mode in {"EXPIRE_TAKER", "EXPIRE_BOTH"}:
            _expire(taker, number, engine)
            return


def _expire(order: Order, number: int, engine: "Engine") -> None:
    order.prevented_id = number
    order.prevented_qty = order.remaining
    engine.expire(order, "", "EXPIRED_IN_MATCH")


def _met(taker: Order, engine: "Engine") -> list[Order]:
    book = engine.market.books.get(taker.symbol.name)
    touch = book.touch(taker.side) if book else None
    met = [
        order
        for order in engine.open_orders(taker.person)
        if order.symbol is taker.symbol
        and order.side != taker.side
        and order.works
        and order.ticket.price is not None
        and _crosses(taker, order.ticket.price, touch)
    ]
    return sorted(met, key=lambda o: o.ticket.price or 0, reverse=taker.side == "SELL")


def _crosses(taker: Order, price: Decimal, touch: Decimal | None) -> bool:
    limits = [limit for limit in (taker.ticket.price, touch) if limit is not None]
    if taker.side == "BUY":
        return all(price <= limit for limit in limits)
    return all(price >= limit for limit in limits)
