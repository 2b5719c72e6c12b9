"""From Schwab's orders to receipts and lines of a list. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.schwab import answers
from floorbroker.brokers.schwab.executions import fills_of
from floorbroker.brokers.schwab.symbols import instrument_of
from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.domain.ids import OrderId
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Leg, LegRole, Receipt

_S = OrderState
ENDS: Final[Mapping[str, OrderState]] = {
    "FILLED": _S.FILLED,
    "CANCELED": _S.CANCELED,
    "EXPIRED": _S.EXPIRED,
    "REPLACED": _S.REPLACED,
    "REJECTED": _S.REJECTED,
}
DECIDED: Final = frozenset({*ENDS, "WORKING", "AWAITING_STOP_CONDITION"})
"""What an order that was taken a moment ago shows once Schwab has looked at it."""

AT_WORK: Final = frozenset(
    {
        "ACCEPTED",
        "AWAITING_CONDITION",
        "AWAITING_MANUAL_REVIEW",
        "AWAITING_PARENT_ORDER",
        "AWAITING_RELEASE_TIME",
        "AWAITING_STOP_CONDITION",
        "AWAITING_UR_OUT",
        "NEW",
        "PENDING_ACKNOWLEDGEMENT",
        "PENDING_ACTIVATION",
        "PENDING_CANCEL",
        "PENDING_RECALL",
        "PENDING_REPLACE",
        "QUEUED",
        "UNKNOWN",
        "WORKING",
    }
)
"""The rest of the words of the vendor's OpenAPI file (schwab-py, client/base.py, Order.Status)."""

LATE: Final = timedelta(minutes=2)
"""Executions that are not listed so long after the end never will be."""

_NO_REASON: Final = "Schwab rejected the order and gives no reason."
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


def state_of(told: answers.Order) -> OrderState:
    """A word that is not known yet counts as working, so that the order is looked at again."""
    state = ENDS.get(told.status)
    if state is _S.REJECTED and told.filled > 0:
        return _S.CANCELED  # what is filled is filled, whatever became of the rest
    if state is not None:
        return state
    return _S.PARTIALLY_FILLED if told.filled > 0 else _S.ACCEPTED


def known_word(told: answers.Order) -> bool:
    """Whether the state is one that Schwab documents."""
    return told.status in ENDS or told.status in AT_WORK


def receipt(told: answers.Order, known: tuple[Fill, ...], now: datetime) -> Receipt:
    """What Schwab says of an order whose fills so far are `known`.

    While executions are missing, the order counts as working, so that it is looked at again before
    anybody reads that it has ended.
    """
    state = state_of(told)
    fills, missing = fills_of(told, known, now)
    if missing and state.final and now - (told.closed or now) < LATE:
        state = _S.PARTIALLY_FILLED if fills else _S.ACCEPTED
    return Receipt(
        broker_order_id=str(told.id),
        state=state,
        fills=fills,
        legs=tuple(_legs(told)),
        reason=_reason(told, state),
        quantity=told.quantity or None,
        limit_price=told.price or None,
        stop_price=told.stop or None,
    )


def broker_order(told: answers.Order, ours: OrderId | None, now: datetime) -> BrokerOrder | None:
    """One line of a list; None for one that only holds others, which have lines of their own."""
    if not told.legs:
        return None
    about = told.legs[0].instrument
    state = state_of(told)
    return BrokerOrder(
        order_id=ours,
        instrument=instrument_of(about.name, about.kind, about.description),
        description=_description(told),
        at=(told.closed if state.final else None) or told.entered or _EPOCH,
        receipt=receipt(told, (), now),
    )


def everything(told: answers.Order) -> Iterator[answers.Order]:
    """An order and what hangs below it."""
    yield told
    for child in told.children:
        yield from everything(child)


def _legs(told: answers.Order) -> Iterator[Leg]:
    """Closing orders: the one with a limit takes the profit, the one with a stop stops a loss."""
    for child in everything(told):
        if child is told or not child.legs:
            continue
        stops = child.stop is not None
        price = child.stop if stops else child.price
        if price:
            role = LegRole.STOP_LOSS if stops else LegRole.TAKE_PROFIT
            yield Leg(role=role, price=price, state=state_of(child), broker_order_id=str(child.id))


def _reason(told: answers.Order, state: OrderState) -> str:
    if not state.final or state is _S.FILLED:
        return ""
    said = sentence(told.why)
    return said or (_NO_REASON if state is _S.REJECTED else "")


def _description(told: answers.Order) -> str:
    """`Buy 100 AAPL limit 150 day`: for people."""
    leg = told.legs[0]
    symbol = instrument_of(leg.instrument.name, leg.instrument.kind).symbol
    trail = "" if told.offset is None else f"{plain(told.offset)}{_in(told.offset_in)}"
    words = (
        leg.instruction.replace("_", " ").capitalize(),
        plain(told.quantity or leg.quantity),
        symbol,
        f"and {len(told.legs) - 1} more" if len(told.legs) > 1 else "",
        told.type.replace("_", " ").lower(),
        _shown(told.stop) if told.offset is None else trail,
        _shown(told.price),
        told.duration.replace("_", " ").lower(),
    )
    return sentence(" ".join(word for word in words if word))


def _in(unit: str) -> str:
    return " %" if unit == "PERCENT" else ""


def _shown(amount: Decimal | None) -> str:
    return plain(amount) if amount else ""
