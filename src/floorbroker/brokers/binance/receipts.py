"""From Binance's orders to receipts and lines of a list. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.binance import answers
from floorbroker.brokers.binance.catalogue import Catalogue, instrument_of
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Receipt

_S = OrderState
ENDS: Final[Mapping[str, OrderState]] = {
    "FILLED": _S.FILLED,
    "CANCELED": _S.CANCELED,
    "EXPIRED": _S.EXPIRED,
    "EXPIRED_IN_MATCH": _S.EXPIRED,
    "REJECTED": _S.REJECTED,
}
AT_WORK: Final = frozenset({"NEW", "PENDING_NEW", "PARTIALLY_FILLED", "PENDING_CANCEL"})
"""enums.md, "Order status (status)"."""

_REASONS: Final = {
    "REJECTED": "Binance rejected the order and gives no reason.",
    "EXPIRED_IN_MATCH": "Binance ended it, since it would have met another order of yours.",
}


def state_of(order: answers.Order) -> OrderState:
    """A word that is not known yet counts as working, so that the order is looked at again."""
    if order.status in ENDS:
        return ENDS[order.status]
    return _S.PARTIALLY_FILLED if order.executed_qty > 0 else _S.ACCEPTED


def known_word(order: answers.Order) -> bool:
    """Whether the state is one that Binance documents."""
    return order.status in ENDS or order.status in AT_WORK


def receipt(order: answers.Order, fills: tuple[Fill, ...] = (), *, whole: bool = True) -> Receipt:
    """What Binance says of an order.

    Args:
        whole: Whether `fills` are all there are. While some are missing, the order counts as
            working, so that it is looked at again before anybody reads that it has ended.
    """
    state = state_of(order)
    if not whole:
        state = _S.PARTIALLY_FILLED if fills else _S.ACCEPTED
    return Receipt(
        broker_order_id=f"{order.symbol}:{order.order_id}",
        state=state,
        fills=fills,
        reason=_reason(order) if state.final else "",
        quantity=order.orig_qty or None,
        limit_price=order.price or None,
        stop_price=order.stop_price or None,
    )


def broker_order(
    order: answers.Order, catalogue: Catalogue, fills: tuple[Fill, ...]
) -> BrokerOrder:
    """One line of a list."""
    about = instrument_of(order.symbol, catalogue)
    ours = order.client_order_id
    return BrokerOrder(
        order_id=OrderId(ours) if is_order_id(ours) else None,
        instrument=about,
        description=_description(order, about),
        at=at(order),
        receipt=receipt(order, fills),
    )


def at(order: answers.Order) -> datetime:
    """When it ended, or else when it came."""
    began = order.time or order.transact_time
    ended = order.update_time or order.transact_time
    found = (ended or began) if state_of(order).final else (began or ended)
    return found or datetime.fromtimestamp(0, UTC)


def _reason(order: answers.Order) -> str:
    usual = _REASONS.get(order.status, "")
    told = sentence(order.expiry_reason).replace("_", " ").lower()
    return usual or (f"Binance ended it: {told}." if told else "")


def _description(order: answers.Order, about: Instrument) -> str:
    """`Buy 0.5 BTC/USDT limit 50000 gtc`: for people."""
    trailing = order.trailing_delta
    before_limit = "limit " if order.type == "STOP_LOSS_LIMIT" else ""
    by_money = not order.orig_qty and order.orig_quote_order_qty
    words = (
        order.side.capitalize(),
        _shown(order.orig_quote_order_qty, after=f" {about.currency}")
        if by_money
        else _shown(order.orig_qty),
        about.symbol,
        order.type.replace("_", " ").lower(),
        _shown(order.stop_price),
        _shown(order.price, before=before_limit),
        "" if trailing is None else f"{plain(Decimal(trailing) / 100)} %",
        order.time_in_force.lower(),
    )
    return sentence(" ".join(word for word in words if word))


def _shown(amount: Decimal | None, *, before: str = "", after: str = "") -> str:
    return f"{before}{plain(amount)}{after}" if amount else ""
