"""What an order has filled, execution by execution. Pure.

Binance numbers executions by pair; within an order such a number is unique, and it stands in the
answer to the order as in the list of trades.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.binance import answers
from floorbroker.domain.orders import Fill

LATE: Final = timedelta(minutes=2)
"""An execution that Binance has not listed by then is taken from the order's own figures."""


def at_once(order: answers.Order) -> tuple[Fill, ...]:
    """Those in the answer to a new order, at the time of that answer."""
    if order.transact_time is None:
        return ()
    return tuple(
        Fill(
            fill_id=str(one.trade_id),
            quantity=one.qty,
            price=one.price,
            at=order.transact_time,
            fee=one.commission,
            fee_currency=one.commission_asset,
        )
        for one in order.fills
    )


def fills_of(
    order: answers.Order, known: Sequence[Fill], listed: Iterable[answers.Trade]
) -> tuple[Fill, ...]:
    """`known`, and those of `listed` that are the order's and new; oldest first."""
    fills = {fill.fill_id: fill for fill in known}
    for one in listed:
        if one.order_id == order.order_id and one.symbol == order.symbol:
            fills.setdefault(
                str(one.id),
                Fill(
                    fill_id=str(one.id),
                    quantity=one.qty,
                    price=one.price,
                    at=one.time,
                    fee=one.commission,
                    fee_currency=one.commission_asset,
                ),
            )
    return tuple(
        sorted(fills.values(), key=lambda fill: (fill.at, len(fill.fill_id), fill.fill_id))
    )


def missing(order: answers.Order, fills: Iterable[Fill]) -> Decimal:
    """How much of what Binance calls filled is not among the executions yet."""
    return max(order.executed_qty - _sum(fills), Decimal(0))


def rest(order: answers.Order, fills: Sequence[Fill], now: datetime) -> Fill | None:
    """One fill for what is missing, long after the order's end, so that the average comes out.

    None while the executions may still be listed, and where Binance does not tell what was paid.
    """
    gap, ended = missing(order, fills), order.update_time
    paid = sum((fill.quantity * fill.price for fill in fills), Decimal(0))
    owed = order.cummulative_quote_qty - paid
    if not gap or ended is None or now - ended < LATE or owed <= 0:
        return None
    return Fill(
        fill_id=f"{order.order_id}:rest",
        quantity=gap,
        price=owed / gap,
        at=ended,
        fee_currency=fills[0].fee_currency if fills else "",
    )


def _sum(fills: Iterable[Fill]) -> Decimal:
    return sum((fill.quantity for fill in fills), Decimal(0))
