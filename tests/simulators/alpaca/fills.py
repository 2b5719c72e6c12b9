"""What an execution changes: the order, the position, the cash, and the activity that tells it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.simulators.alpaca.assets import CRYPTO
from tests.simulators.alpaca.calendar import NEW_YORK
from tests.simulators.alpaca.orders import Execution, Order
from tests.simulators.alpaca.people import Holding, Person
from tests.simulators.alpaca.wire import micro, nine, text

BASIS_POINTS = Decimal(10_000)


def execute(
    order: Order, qty: Decimal, price: Decimal, at: datetime, crypto_fee_bps: Decimal
) -> None:
    """`qty` units at `price`; the order's own figures are gross, as Alpaca's are.

    A coin's fee is kept back from what is received (docs, crypto-fees; measured on the paper API
    in August and September 2026), so that a position is smaller than what its order filled.
    """
    before = order.remaining
    order.executions.append(Execution(qty=qty, price=price, at=at))
    whole = order.remaining <= 0
    order.become("filled" if whole else "partially_filled", at)
    order.filled_at = at
    if not whole and before:
        order.reserved = order.reserved * order.remaining / before
    fee_bps = crypto_fee_bps if order.asset.asset_class == CRYPTO else Decimal(0)
    kept = 1 - fee_bps / BASIS_POINTS
    worth = qty * price * order.asset.size
    if order.side == "buy":
        order.person.cash -= worth
        move(order.person, order.symbol, nine(qty * kept), price)
    else:
        order.person.cash += worth * kept
        move(order.person, order.symbol, -qty, price)
    order.person.activities.append(_activity(order, qty, price, at))


def move(person: Person, symbol: str, change: Decimal, price: Decimal) -> None:
    """Adds to the position or takes from it; what is added counts at `price`."""
    held = person.holdings.get(symbol)
    if held is None:
        person.holdings[symbol] = Holding(qty=change, average=price)
        return
    after = held.qty + change
    if after == 0:
        del person.holdings[symbol]
        return
    if (held.qty > 0) != (after > 0):
        held.average = price
    elif abs(after) > abs(held.qty):
        held.average = (held.qty * held.average + change * price) / after
    held.qty = after


def _activity(order: Order, qty: Decimal, price: Decimal, at: datetime) -> dict[str, Any]:
    local = at.astimezone(NEW_YORK)
    return {
        "activity_type": "FILL",
        # The prefix is New York's time, as recorded.
        "id": f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03d}::{uuid4()}",
        "cum_qty": text(order.filled_qty),
        "leaves_qty": text(order.remaining),
        "order_id": order.id,
        "order_status": order.status,
        "price": text(price),
        "qty": text(qty),
        "side": order.side,
        "symbol": order.symbol,
        "transaction_time": micro(at),
        "type": "fill" if order.status == "filled" else "partial_fill",
    }
