"""A paper order in its stored form: text, truth and lists only, Decimals as text."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.context import Record
from floorbroker.brokers.paper.orders import PaperOrder
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Fill,
    Leg,
    LegRole,
    OrderType,
    PositionEffect,
    Session,
    Side,
    TimeInForce,
)

_TEXTS: Final = ("order_id", "broker_order_id", "symbol", "parent", "reason")
_NUMBERS: Final = (
    "quantity",
    "limit_price",
    "stop_price",
    "trail_percent",
    "trail_amount",
    "take_profit",
    "stop_loss",
    "mark",
)
_TIMES: Final = ("placed_at", "active_from", "at", "expires_at")
_CHOICES: Final[dict[str, Any]] = {
    "side": Side,
    "type": OrderType,
    "time_in_force": TimeInForce,
    "session": Session,
    "effect": PositionEffect,
    "state": OrderState,
    "role": LegRole,
}


def text_of(at: datetime) -> str:
    """ISO 8601 with microseconds, so that the texts sort like the moments (all are UTC)."""
    return at.isoformat(timespec="microseconds")


def record_of(order: PaperOrder) -> Record:
    """What `order_from` reads; terms that are not set are left out."""
    record: Record = {"triggered": order.triggered}
    for names, text in ((_TEXTS, str), (_NUMBERS, str), (_TIMES, text_of), (_CHOICES, _value)):
        for name in names:
            value = getattr(order, name)
            if value is not None:
                record[name] = text(value)
    record["fills"] = [
        [fill.fill_id, str(fill.quantity), str(fill.price), text_of(fill.at)]
        for fill in order.fills
    ]
    record["legs"] = [
        [leg.role.value, str(leg.price), leg.state.value, leg.broker_order_id] for leg in order.legs
    ]
    return record


def order_from(record: Record) -> PaperOrder:
    """The order that `record_of` stored."""
    fields: dict[str, Any] = {name: record[name] for name in _TEXTS if name in record}
    fields |= {name: Decimal(record[name]) for name in _NUMBERS if name in record}
    fields |= {name: datetime.fromisoformat(record[name]) for name in _TIMES if name in record}
    fields |= {name: kind(record[name]) for name, kind in _CHOICES.items() if name in record}
    return PaperOrder(
        **fields,
        triggered=record["triggered"],
        fills=tuple(_fill(*line) for line in record["fills"]),
        legs=tuple(_leg(*line) for line in record["legs"]),
    )


def _fill(fill_id: str, quantity: str, price: str, at: str) -> Fill:
    return Fill(
        fill_id=fill_id,
        quantity=Decimal(quantity),
        price=Decimal(price),
        at=datetime.fromisoformat(at),
    )


def _leg(role: str, price: str, state: str, broker_order_id: str | None) -> Leg:
    return Leg(
        role=LegRole(role),
        price=Decimal(price),
        state=OrderState(state),
        broker_order_id=broker_order_id,
    )


def _value(choice: Any) -> str:
    return str(choice.value)
