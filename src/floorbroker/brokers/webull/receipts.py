"""From Webull's orders to receipts and lines of a list. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.brokers.webull import catalogue, executions, mapping, options
from floorbroker.brokers.webull.order_answers import Cover, Order
from floorbroker.brokers.webull.order_fields import NORMAL
from floorbroker.domain.ids import OrderId, is_order_id
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Leg, Receipt

_S = OrderState
FAILED: Final = "FAILED"
CANCELED: Final = "CANCELLED"
ENDS: Final[Mapping[str, OrderState]] = {
    "FILLED": _S.FILLED,
    CANCELED: _S.CANCELED,
    FAILED: _S.REJECTED,
}
AT_WORK: Final = frozenset({"PENDING", "SUBMITTED", "PARTIAL_FILLED"})
"""developer.webull.com/apis/docs/reference/order-detail: none of them is for an order whose day is
over. That it is CANCELLED then is unverified."""

_NO_REASON: Final = "Webull rejected the order and gives no reason."
_ENDED_THERE: Final = "Webull ended the order: its time was over, or it was canceled elsewhere."
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def state_of(told: Order) -> OrderState:
    """A word that is not known yet counts as working, so that the order is looked at again."""
    state = ENDS.get(told.status)
    if state is _S.REJECTED and told.filled_quantity > 0:
        return _S.CANCELED
    if state is not None:
        return state
    return _S.PARTIALLY_FILLED if told.filled_quantity > 0 else _S.ACCEPTED


def known_word(told: Order) -> bool:
    """Whether the state is one that Webull documents."""
    return told.status in ENDS or told.status in AT_WORK


def whole(told: Order, fills: tuple[Fill, ...]) -> bool:
    """Whether `fills` are all there are, and as many as "filled" means."""
    if executions.missing(told, fills) > 0:
        return False
    if state_of(told) is not _S.FILLED:
        return True
    ordered = told.total_quantity if told.entrust_type != "AMOUNT" else None
    return told.filled_quantity > 0 and (ordered is None or told.filled_quantity >= ordered)


def receipt(
    told: Order,
    broker_order_id: str,
    fills: tuple[Fill, ...],
    *,
    legs: tuple[Leg, ...] = (),
    asked_to_cancel: bool = False,
) -> Receipt:
    """What Webull says of an order.

    While fills are missing, the order counts as working, so that it is looked at again before
    anybody reads that it has ended.
    """
    state = state_of(told)
    if not whole(told, fills):
        state = _S.PARTIALLY_FILLED if fills else _S.ACCEPTED
    return Receipt(
        broker_order_id=broker_order_id,
        state=state,
        fills=fills,
        legs=legs,
        reason=_reason(told, state, asked_to_cancel),
        quantity=told.total_quantity or None,
        limit_price=told.limit_price,
        stop_price=told.stop_price,
    )


def broker_orders(cover: Cover) -> list[BrokerOrder]:
    """A line for each order of a cover, exits too."""
    return [_line(one, cover) for one in cover.orders]


def id_of(told: Order, cover: Cover) -> str:
    """An order with exits goes by the group's id: all that the answer to placing it tells."""
    combo = told.combo_type or cover.combo_type
    grouped = combo not in {"", NORMAL} and is_order_id(told.client_order_id)
    return (cover.combo_order_id or told.order_id) if grouped else told.order_id


def instrument_of(told: Order) -> Instrument:
    """What it is about."""
    if told.instrument_type == mapping.EQUITY and catalogue.SHARE.fullmatch(told.symbol):
        return Instrument(symbol=told.symbol, asset_class=AssetClass.EQUITY)
    if told.instrument_type == mapping.COIN and told.symbol.endswith(catalogue.CASH):
        return catalogue.coin(told.symbol)
    if told.instrument_type == mapping.OPTION and len(told.legs) == 1:
        leg = told.legs[0]
        found = options.contract_with(
            leg.symbol or told.symbol,
            told.symbol,
            leg.option_expire_date,
            leg.option_type,
            leg.strike_price,
            leg.option_contract_multiplier,
        )
        if found is not None:
            return found
    return mapping.unknown(told.option_strategy or told.instrument_type, told.symbol)


def at(told: Order) -> datetime:
    """When it was filled, if it was, or else when it came: Webull tells no other end."""
    came = told.came_at or _EPOCH
    return (told.filled_at or came) if state_of(told).final else came


def _line(told: Order, cover: Cover) -> BrokerOrder:
    about, ours = instrument_of(told), told.client_order_id
    fills = executions.fills_of(told, (), at(told))
    return BrokerOrder(
        order_id=OrderId(ours) if is_order_id(ours) else None,
        instrument=about,
        description=_description(told, about),
        at=at(told),
        receipt=receipt(told, id_of(told, cover), fills, asked_to_cancel=True),
    )


def _reason(told: Order, state: OrderState, asked_to_cancel: bool) -> str:
    if told.status == FAILED and state.final:
        return _NO_REASON
    if told.status == CANCELED and state.final and not asked_to_cancel:
        return _ENDED_THERE
    return ""


def _description(told: Order, about: Instrument) -> str:
    """`Buy 100 AAPL limit 150 day`: for people."""
    by_part = told.trailing_type == "PERCENTAGE"
    step = told.trailing_stop_step
    words = (
        told.side.capitalize(),
        _shown(told.total_quantity),
        about.symbol,
        told.order_type.replace("_", " ").lower(),
        _shown(told.stop_price),
        _shown(told.limit_price, before="limit " if told.stop_price else ""),
        _shown(step * 100 if step and by_part else step, after=" %" if by_part else ""),
        told.time_in_force.lower(),
    )
    return sentence(" ".join(word for word in words if word))


def _shown(amount: Decimal | None, *, before: str = "", after: str = "") -> str:
    return f"{before}{plain(amount)}{after}" if amount else ""
