"""Which of an account's orders may be one of ours whose answer got lost. Pure.

Schwab takes no id of ours. So an order without Schwab's own id is looked for among those that came
in around its sending, by what was asked for. Two that fit are two: nobody guesses.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.schwab import answers
from floorbroker.brokers.schwab.order_fields import PERCENT, SINGLE, TRIGGER, TYPES, VALUE
from floorbroker.brokers.schwab.symbols import to_schwab
from floorbroker.domain.orders import OrderRequest, Side

CLOCKS_APART: Final = timedelta(minutes=1)
"""Two clocks that are both right are not further from each other."""

ARRIVES_WITHIN: Final = timedelta(minutes=2)
"""A request leaves within seconds, and is at Schwab by then or never."""


def fitting(
    listed: Iterable[answers.Order],
    asked: OrderRequest,
    sent_at: datetime,
    *,
    others: Collection[int] = (),
) -> list[answers.Order]:
    """Those of `listed` that may be the order that was `asked` for at `sent_at`.

    Args:
        others: Ids that are known to be other orders.
    """
    first, last = sent_at - CLOCKS_APART, sent_at + ARRIVES_WITHIN
    try:
        symbol = to_schwab(asked.instrument)
    except ValueError:
        return []  # no order of that symbol can have left
    return [
        one
        for one in listed
        if one.id not in others
        and (one.entered is None or first <= one.entered <= last)
        and _same_terms(one, asked, symbol)
    ]


def _same_terms(told: answers.Order, asked: OrderRequest, symbol: str) -> bool:
    """Whether symbol, side, quantity, kind and prices are those that were asked for."""
    strategy = TRIGGER if asked.bracket else SINGLE
    if len(told.legs) != 1 or (told.type, told.strategy) != (TYPES[asked.type], strategy):
        return False
    (leg,) = told.legs
    return (
        leg.instrument.symbol == symbol
        and _side(leg.instruction) is asked.side
        and (told.quantity or leg.quantity) == asked.quantity
        and _same(told.price, asked.limit_price)
        and _same(told.stop, asked.stop_price)
        and _same(told.offset, asked.trail_percent or asked.trail_amount)
        and told.offset_in in {"", PERCENT if asked.trail_percent is not None else VALUE}
    )


def _side(instruction: str) -> Side | None:
    if instruction.startswith("BUY"):
        return Side.BUY
    return Side.SELL if instruction.startswith("SELL") else None


def _same(told: Decimal | None, asked: Decimal | None) -> bool:
    """What was not asked for may be told all the same: the stop of a trailing order moves."""
    return asked is None or told == asked
