"""What an order has filled, trade by trade. Pure.

An order tells how much of it is filled, at which average and for which fee. One fill made of that
would grow under the same id; so fills are Kraken's trades, each with an id that stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.kraken import answers
from floorbroker.domain.orders import Fill

LATE: Final = timedelta(minutes=2)
"""A trade that Kraken has not listed by then is taken from the order's own figures."""


def new_ones(told: answers.Order, known: Sequence[Fill]) -> list[str]:
    """Ids of trades whose details are not known yet."""
    seen = {fill.fill_id for fill in known}
    if missing(told, known) <= 0:
        return []
    return [txid for txid in told.trades if txid not in seen]


def fills_of(
    txid: str, known: Sequence[Fill], trades: Mapping[str, answers.Trade], currency: str
) -> tuple[Fill, ...]:
    """`known`, and those of `trades` that are the order's and new; oldest first.

    Args:
        currency: The quote currency, which fees are told in, whatever they were taken in.
    """
    fills = {fill.fill_id: fill for fill in known}
    for trade_id, trade in trades.items():
        if trade.ordertxid == txid and trade_id not in fills:
            fills[trade_id] = Fill(
                fill_id=trade_id,
                quantity=trade.vol,
                price=trade.price,
                at=trade.time,
                fee=trade.fee,
                fee_currency=currency,
            )
    return tuple(sorted(fills.values(), key=lambda fill: (fill.at, fill.fill_id)))


def missing(told: answers.Order, fills: Iterable[Fill]) -> Decimal:
    """How much of what Kraken calls filled is not among the trades yet."""
    return told.vol_exec - sum((fill.quantity for fill in fills), Decimal(0))


def rest(
    txid: str, told: answers.Order, fills: Sequence[Fill], currency: str, now: datetime
) -> Fill | None:
    """One fill for what is missing, long after the order's end, so that cost and fee come out.

    None while the trades may still be listed.
    """
    gap, ended = missing(told, fills), told.closetm
    if gap <= 0 or ended is None or now - ended < LATE:
        return None
    paid = sum((fill.quantity * fill.price for fill in fills), Decimal(0))
    price = (told.cost - paid) / gap
    fee = told.fee - sum((fill.fee for fill in fills), Decimal(0))
    return Fill(
        fill_id=f"{txid}:rest",
        quantity=gap,
        price=price if price > 0 else told.price,
        at=ended,
        fee=max(fee, Decimal(0)),
        fee_currency=currency,
    )


def altogether(txid: str, told: answers.Order, currency: str) -> tuple[Fill, ...]:
    """For lists: one fill that stands for all of an order's."""
    at = told.closetm or told.opentm
    if told.vol_exec <= 0 or told.price <= 0 or at is None:
        return ()
    whole = Fill(
        fill_id=f"{txid}:all",
        quantity=told.vol_exec,
        price=told.price,
        at=at,
        fee=told.fee,
        fee_currency=currency,
    )
    return (whole,)
