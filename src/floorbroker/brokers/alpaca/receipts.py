"""From Alpaca's orders to receipts and lines of a list. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.alpaca import answers
from floorbroker.brokers.alpaca.mapping import instrument_of
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import plain
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Leg, LegRole, Receipt

_S = OrderState
ENDS: Final[Mapping[str, OrderState]] = {
    "filled": _S.FILLED,
    "canceled": _S.CANCELED,
    "expired": _S.EXPIRED,
    "replaced": _S.REPLACED,
    "rejected": _S.REJECTED,
}
AT_WORK: Final = frozenset(
    {
        "accepted",
        "accepted_for_bidding",
        "calculated",
        "done_for_day",
        "held",
        "new",
        "partially_filled",
        "pending_cancel",
        "pending_new",
        "pending_replace",
        "pending_review",
        "stopped",
        "suspended",
    }
)
"""The words of https://docs.alpaca.markets/docs/orders-at-alpaca, and two of the SDK's."""

_NO_REASON: Final = "Alpaca rejected the order and gives no reason."


def state_of(order: answers.Order) -> OrderState:
    """A word that is not known yet counts as working, so that the order is looked at again."""
    if order.status in ENDS:
        return ENDS[order.status]
    return _S.PARTIALLY_FILLED if order.filled_qty > 0 else _S.ACCEPTED


def known_word(order: answers.Order) -> bool:
    """Whether the state is one that Alpaca documents."""
    return order.status in ENDS or order.status in AT_WORK


def receipt(order: answers.Order, fills: tuple[Fill, ...] = (), *, whole: bool = True) -> Receipt:
    """What Alpaca says of an order.

    Args:
        whole: Whether `fills` are all there are. While some are missing, the order counts as
            working, so that it is looked at again before anybody reads that it has ended.
    """
    state = state_of(order)
    if not whole:
        state = _S.PARTIALLY_FILLED if fills else _S.ACCEPTED
    return Receipt(
        broker_order_id=order.id,
        state=state,
        fills=fills,
        legs=_legs(order),
        reason=_NO_REASON if state is _S.REJECTED else "",
        quantity=order.qty,
        limit_price=order.limit_price,
        stop_price=order.stop_price,
        replaced_by=order.replaced_by if state is _S.REPLACED else None,
    )


def broker_order(
    order: answers.Order, coins: Mapping[str, answers.Asset], told: Receipt
) -> BrokerOrder | None:
    """One line of a list; None for what has no symbol, as an order of several options."""
    if order.symbol is None:
        return None
    ours = OrderId(order.client_order_id) if is_order_id(order.client_order_id) else None
    return BrokerOrder(
        order_id=ours,
        instrument=instrument_of(order.symbol, order.asset_class, coins),
        description=_description(order),
        at=_at(order, told.state),
        receipt=told,
    )


def _legs(order: answers.Order) -> tuple[Leg, ...]:
    """A bracket's closing orders: the one with a limit takes the profit, the other stops a loss."""
    found = []
    for leg in order.legs or ():
        profit = leg.type == "limit"
        price = leg.limit_price if profit else leg.stop_price
        if price is not None:
            role = LegRole.TAKE_PROFIT if profit else LegRole.STOP_LOSS
            found.append(Leg(role=role, price=price, state=state_of(leg), broker_order_id=leg.id))
    return tuple(found)


def _at(order: answers.Order, state: OrderState) -> datetime:
    began = order.submitted_at or order.created_at or datetime.fromtimestamp(0, UTC)
    if not state.final:
        return began
    ended = (order.filled_at, order.canceled_at, order.expired_at, order.failed_at)
    return next((moment for moment in ended if moment is not None), order.updated_at or began)


def _description(order: answers.Order) -> str:
    """`Buy 100 AAPL limit 150 day`: for people."""
    before_limit = "limit " if order.type == "stop_limit" else ""
    words = (
        (order.side or "").capitalize(),
        _shown(order.qty) if order.qty is not None else _shown(order.notional, before="$"),
        order.symbol or "",
        (order.type or "").replace("_", " "),
        _shown(order.stop_price),
        _shown(order.limit_price, before=before_limit),
        _shown(order.trail_percent, after=" %"),
        _shown(order.trail_price),
        order.time_in_force or "",
    )
    return " ".join(word for word in words if word)


def _shown(amount: Decimal | None, *, before: str = "", after: str = "") -> str:
    return "" if amount is None else f"{before}{plain(amount)}{after}"
