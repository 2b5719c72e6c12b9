"""From E*TRADE's orders to receipts and lines of a list. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from floorbroker.brokers.etrade import executions
from floorbroker.brokers.etrade.order_answers import Order
from floorbroker.brokers.etrade.order_fields import told_terms
from floorbroker.brokers.etrade.products import instrument_of
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Receipt

_S = OrderState
ENDS: Final[Mapping[str, OrderState]] = {
    "EXECUTED": _S.FILLED,
    "CANCELLED": _S.CANCELED,
    "EXPIRED": _S.EXPIRED,
    "REJECTED": _S.REJECTED,
}
AT_WORK: Final = ("OPEN", "PARTIAL", "INDIVIDUAL_FILLS", "CANCEL_REQUESTED")
"""apisb.etrade.com/docs/api/order/api-order-v1.html, and PARTIAL, which a client met
(daironmichel/toolsbackbone)."""

_NO_REASON: Final = "E*TRADE rejected the order and gives no reason."


def state_of(told: Order) -> OrderState:
    """A word that is not known yet counts as working, so that the order is looked at again.

    So does an executed order of which less is filled than was ordered.
    """
    state = ENDS.get(told.detail.status)
    unfilled = told.ordered is not None and told.filled < told.ordered
    if state is not None and not (state is _S.FILLED and unfilled):
        return state
    return _S.PARTIALLY_FILLED if told.filled > 0 else _S.ACCEPTED


def known_word(told: Order) -> bool:
    """Whether the state is one that is documented."""
    return told.detail.status in ENDS or told.detail.status in AT_WORK


def receipt(told: Order, fills: tuple[Fill, ...], *, whole: bool = True) -> Receipt:
    """What E*TRADE says of an order.

    Args:
        fills: Of this order and of those that it took the place of.
        whole: Whether they are all there are. While some are missing, the order counts as working,
            so that it is looked at again before anybody reads that it has ended.
    """
    state = state_of(told)
    if not whole:
        state = _S.PARTIALLY_FILLED if fills else _S.ACCEPTED
    terms = told_terms(told.detail)
    return Receipt(
        broker_order_id=str(told.order_id),
        state=state,
        fills=fills,
        reason=_NO_REASON if state is _S.REJECTED else "",
        quantity=terms.quantity if terms else None,
        limit_price=terms.limit if terms else None,
        stop_price=terms.stop if terms else None,
    )


def broker_order(told: Order) -> BrokerOrder | None:
    """One line of a list; None for what is about nothing."""
    leg = told.leg
    if leg is None:
        return None
    about = instrument_of(leg.product)
    state, placed = state_of(told), told.detail.placed_time
    ended = executions.ended_at(told) if state.final else None
    ours = told.detail.client_order_id
    return BrokerOrder(
        order_id=OrderId(ours) if ours is not None and is_order_id(ours) else None,
        instrument=about,
        description=_description(told, about),
        at=ended or placed or datetime.fromtimestamp(0, UTC),
        receipt=receipt(told, executions.altogether(told)),
    )


def _description(told: Order, about: Instrument) -> str:
    """`Buy 2 AAPL limit 150 good for day`: for people."""
    detail, leg, terms = told.detail, told.leg, told_terms(told.detail)
    action = leg.order_action if leg else None
    words = (
        _word(action).capitalize(),
        plain(told.ordered) if told.ordered is not None else "",
        about.symbol,
        _word(detail.price_type),
        plain(terms.stop) if terms and terms.stop is not None else "",
        plain(terms.limit) if terms and terms.limit is not None else "",
        _word(detail.order_term),
        "" if told.simple else "and more legs",
    )
    return sentence(" ".join(word for word in words if word))


def _word(word: str | None) -> str:
    return sentence((word or "").replace("_", " ").lower())
