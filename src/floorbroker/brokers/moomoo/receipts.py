"""From OpenD's orders to receipts and lines of a list. Pure."""

from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.moomoo import catalogue, executions, words
from floorbroker.brokers.moomoo.amounts import amount, price
from floorbroker.brokers.moomoo.eastern import moment
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Receipt

_S = OrderState
_LIMITED: Final = frozenset({1, 11, 13, 15})
_TRIGGERED: Final = frozenset({10, 11, 12, 13})
_NO_REASON: Final = "Moomoo rejected the order and gives no reason."
_ENDED_THERE: Final = "Moomoo ended the order: its time was over, or it was canceled elsewhere."


def state_of(told: Any) -> OrderState:
    """A number that is not known yet counts as working, so that the order is looked at again."""
    filled = amount(told.fillQty) > 0
    state = words.ENDS.get(told.orderStatus)
    if state is _S.REJECTED and filled:
        return _S.CANCELED
    if state is not None:
        return state
    return _S.PARTIALLY_FILLED if filled else _S.ACCEPTED


def known_number(told: Any) -> bool:
    """Whether the state is one that the SDK's messages have."""
    return told.orderStatus in words.ENDS or told.orderStatus in words.AT_WORK


def whole(told: Any, fills: tuple[Fill, ...]) -> bool:
    """Whether `fills` are all there are, and as many as "filled" means."""
    if executions.missing(told, fills) > 0:
        return False
    return state_of(told) is not _S.FILLED or executions.total(fills) >= amount(told.qty)


def receipt(told: Any, fills: tuple[Fill, ...], *, asked_to_cancel: bool = False) -> Receipt:
    """What OpenD says of an order.

    While fills are missing, the order counts as working, so that it is looked at again before
    anybody reads that it has ended.
    """
    state = state_of(told)
    if not whole(told, fills):
        state = _S.PARTIALLY_FILLED if fills else _S.ACCEPTED
    return Receipt(
        broker_order_id=told.orderIDEx,
        state=state,
        fills=fills,
        reason=_reason(told, state, asked_to_cancel=asked_to_cancel),
        quantity=price(told.qty),
        limit_price=_limit(told),
        stop_price=_stop(told),
    )


def line(told: Any) -> BrokerOrder:
    """A line of a list; its fills are told as one."""
    about = catalogue.held(told.secMarket, told.code, told.name)
    ours = ours_of(told)
    fills = executions.from_totals(told, ())
    final = state_of(told).final
    return BrokerOrder(
        order_id=ours,
        instrument=about,
        description=_description(told, about.symbol),
        at=executions.changed_at(told) if final else moment(told.createTimestamp, told.createTime),
        receipt=receipt(told, fills, asked_to_cancel=True),
    )


def ours_of(told: Any) -> OrderId | None:
    """Our id, where the order came from here."""
    return OrderId(told.remark) if is_order_id(told.remark) else None


def _limit(told: Any) -> Decimal | None:
    return price(told.price) if told.orderType in _LIMITED else None


def _stop(told: Any) -> Decimal | None:
    return price(told.auxPrice) if told.orderType in _TRIGGERED else None


def _reason(told: Any, state: OrderState, *, asked_to_cancel: bool) -> str:
    said = sentence(told.lastErrMsg)
    if state is _S.REJECTED:
        return said or _NO_REASON
    if state is _S.CANCELED and not asked_to_cancel:
        return said or _ENDED_THERE
    return ""


def _description(told: Any, symbol: str) -> str:
    """`Buy 100 AAPL limit 150 day`: for people."""
    limit, stop = _limit(told), _stop(told)
    said = (
        "Sell" if told.trdSide in words.SELLS else "Buy",
        plain(amount(told.qty)),
        symbol,
        words.TYPE_WORDS.get(told.orderType, "order"),
        plain(stop) if stop else "",
        plain(limit) if limit else "",
        words.TIME_WORDS.get(told.timeInForce, ""),
    )
    return sentence(" ".join(word for word in said if word))
