"""What closed trades made: the oldest units go first.

First in, first out is the rule that US brokers use unless told otherwise; a broker's own tax
figures may stand on another choice of lots. Pure: from a person's fills to the profit of each.
"""

from collections import defaultdict, deque
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from floorbroker.domain.ids import AccountId, LinkId, OrderId
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, PositionEffect, Side

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Units that one fill closed.

    Attributes:
        profit: After fees paid in `currency`; of the units whose cost is known. None: of none.
        unknown: Units whose cost or price is not known: opened elsewhere, or perhaps before what
            was read, or closed by a bracket's own closing order.
    """

    order_id: OrderId
    symbol: str
    currency: str
    at: datetime
    quantity: Decimal
    profit: Decimal | None
    unknown: Decimal


@dataclass(slots=True)
class _Lot:
    """Units still open, above zero; what one cost, or brought, with its part of the fee."""

    quantity: Decimal
    price: Decimal


Place = tuple[LinkId, AccountId, str, Side]


def closings(orders: Iterable[Order], *, unsure: Container[str] = ()) -> Sequence[Closing]:
    """What each closing fill made, oldest first; the orders may come in any order.

    Args:
        unsure: Symbols of which there are orders that are not among these. Units of those would go
            first, so what any unit brought is unknown.
    """
    lots: defaultdict[Place, deque[_Lot]] = defaultdict(deque)
    made = []
    fills = sorted(
        ((fill, order) for order in orders for fill in order.fills),
        key=lambda pair: (pair[0].at, pair[0].fill_id),
    )
    for fill, order in fills:
        request = order.request
        size = request.instrument.multiplier
        fee = fill.fee if fill.fee_currency == request.instrument.currency else _NONE
        sign = 1 if request.side is Side.BUY else -1
        # What one unit cost, or brought, with its part of the fee.
        price = fill.price * size + sign * fee / fill.quantity
        where = (order.link_id, order.account_id, request.instrument.symbol)
        if any(leg.state is OrderState.FILLED for leg in order.legs):
            # A bracket's closing order took these units back; at which price is not kept.
            made.append(_unknown(order, fill, order.events[-1].at if order.events else fill.at))
            continue
        # A sale beyond what is held closes first and then opens, and so does a purchase beyond a
        # short position.
        opened = lots[*where, request.side.opposite]
        left, profit = fill.quantity, _NONE
        while left and opened:
            lot = opened[0]
            taken = min(left, lot.quantity)
            profit += taken * (lot.price - price) * sign
            left -= taken
            lot.quantity -= taken
            if not lot.quantity:
                opened.popleft()
        closed = fill.quantity - left
        opens = request.effect is not PositionEffect.CLOSE
        if request.instrument.symbol in unsure:
            if closed or request.effect is not PositionEffect.OPEN:
                made.append(_unknown(order, fill, fill.at))
            elif left:
                lots[*where, request.side].append(_Lot(left, price))
            continue
        if opens and left:
            lots[*where, request.side].append(_Lot(left, price))
        if opens and not closed:
            continue
        made.append(
            Closing(
                order_id=order.order_id,
                symbol=request.instrument.symbol,
                currency=request.instrument.currency,
                at=fill.at,
                quantity=closed if opens else fill.quantity,
                profit=profit if closed else None,
                unknown=_NONE if opens else left,
            )
        )
    return sorted(made, key=lambda closing: closing.at)


def _unknown(order: Order, fill: Fill, at: datetime) -> Closing:
    return Closing(
        order_id=order.order_id,
        symbol=order.request.instrument.symbol,
        currency=order.request.instrument.currency,
        at=at,
        quantity=fill.quantity,
        profit=None,
        unknown=fill.quantity,
    )
