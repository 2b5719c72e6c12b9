"""What an execution changes: the order, and both balances."""

from datetime import datetime
from decimal import Decimal

from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.trades import Trade
from tests.simulators.kraken.wire import rounded

_HUNDRED = Decimal(100)


def execute(order: Order, volume: Decimal, price: Decimal, at: datetime, *, maker: bool) -> None:
    """`volume` lots at `price`; the fee is the person's rate for makers or takers."""
    person, pair = order.person, order.pair
    cost = rounded(volume * price, pair.cost_decimals)
    percent = person.maker_percent if maker else person.taker_percent
    fee = rounded(cost * percent / _HUNDRED, pair.cost_decimals)
    order.trades.append(
        Trade(
            ordertxid=order.txid,
            pair=pair,
            side=order.side,
            ordertype=order.type,
            volume=volume,
            price=price,
            cost=cost,
            fee=fee,
            maker=maker,
            at=at,
        )
    )
    sign = 1 if order.side == "buy" else -1
    person.add(pair.base, sign * volume)
    person.add(pair.quote, -sign * cost)
    _take_fee(order, fee, price)
    if order.remaining <= 0:
        order.end("closed", at)


def _take_fee(order: Order, fee: Decimal, price: Decimal) -> None:
    """In the currency that the flag prefers, if there is enough of it; `fee` is in the quote."""
    person, pair = order.person, order.pair
    in_base = rounded(fee / price, 10)
    if "fcib" in order.flags and person.held(pair.base) >= in_base:
        person.add(pair.base, -in_base)
    else:
        person.add(pair.quote, -fee)
