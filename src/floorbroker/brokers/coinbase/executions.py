"""What an order has filled, execution by execution. Pure.

An order tells how much of it is filled, at which average and for which fees. One fill made of that
would grow under the same id; so fills are Coinbase's executions, each with an id that stays.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.coinbase import order_answers as answers
from floorbroker.domain.orders import Fill

LATE: Final = timedelta(minutes=2)
"""An execution that Coinbase has not listed by then is taken from the order's own figures."""

_EXECUTED: Final = "FILL"
"""Of the trade types; REVERSAL, CORRECTION and SYNTHETIC are no executions of the order."""

_FINEST: Final = Decimal("1e-16")
_DUST: Final = Decimal("1e-9")
"""Of an order sized in its quote currency: its executions are divided by their prices."""


def fills_of(
    order: answers.Order, known: Sequence[Fill], listed: Iterable[answers.Fill], currency: str
) -> tuple[Fill, ...]:
    """`known`, and those of `listed` that are the order's and new; oldest first.

    Args:
        currency: The quote currency, in which Coinbase takes its fees.
    """
    fills = {fill.fill_id: fill for fill in known}
    for one in listed:
        fits = one.order_id == order.order_id and one.trade_type == _EXECUTED and one.price > 0
        if fits and one.entry_id not in fills:
            fills[one.entry_id] = Fill(
                fill_id=one.entry_id,
                quantity=_quantity(one),
                price=one.price,
                at=one.trade_time,
                fee=one.commission,
                fee_currency=currency,
            )
    return tuple(sorted(fills.values(), key=lambda fill: (fill.at, fill.fill_id)))


def missing(order: answers.Order, fills: Iterable[Fill]) -> Decimal:
    """How much of what Coinbase calls filled is not among the executions yet."""
    gap = order.filled_size - sum((fill.quantity for fill in fills), Decimal(0))
    return Decimal(0) if gap <= (_DUST if order.size_in_quote else 0) else gap


def rest(order: answers.Order, fills: Sequence[Fill], currency: str, now: datetime) -> Fill | None:
    """One fill for what is missing, long after the order's end, so that cost and fee come out.

    None while the executions may still be listed.
    """
    gap, ended = missing(order, fills), ended_at(order)
    if not gap or ended is None or now - ended < LATE:
        return None
    paid = sum((fill.quantity * fill.price for fill in fills), Decimal(0))
    price = (order.filled_value - paid) / gap
    if price <= 0:
        price = order.average_filled_price
    if price <= 0:
        return None
    fee = order.total_fees - sum((fill.fee for fill in fills), Decimal(0))
    return Fill(
        fill_id=f"{order.order_id}:rest",
        quantity=gap,
        price=price,
        at=ended,
        fee=max(fee, Decimal(0)),
        fee_currency=currency,
    )


def altogether(order: answers.Order, currency: str) -> tuple[Fill, ...]:
    """For lists: one fill that stands for all of an order's."""
    at = ended_at(order)
    if order.filled_size <= 0 or order.average_filled_price <= 0 or at is None:
        return ()
    whole = Fill(
        fill_id=f"{order.order_id}:all",
        quantity=order.filled_size,
        price=order.average_filled_price,
        at=at,
        fee=order.total_fees,
        fee_currency=currency,
    )
    return (whole,)


def ended_at(order: answers.Order) -> datetime | None:
    """The last that was heard of it; of an ended order that is its end, as far as it is told."""
    told = (order.last_fill_time, order.last_update_time, order.created_time)
    return max((at for at in told if at is not None), default=None)


def _quantity(one: answers.Fill) -> Decimal:
    return (one.size / one.price).quantize(_FINEST) if one.size_in_quote else one.size
