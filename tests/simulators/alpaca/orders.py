"""An order as the simulator keeps it, and as Alpaca shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from tests.simulators.alpaca.assets import Asset, Contract
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.wire import moment, nine, text

ENDED: Final = frozenset({"filled", "canceled", "expired", "rejected", "replaced"})
WORKING: Final = frozenset({"new", "partially_filled", "accepted", "pending_new"})
"""Those that the market may fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill."""

    qty: Decimal
    price: Decimal
    at: datetime


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """One order, or one leg of a bracket, OCO or OTO order.

    Attributes:
        carried: What the orders that it replaces had filled; its own quantity includes that.
        units: What an amount of money came to, from its first fill on.
        parts_left: How many more matches fill it, when it fills in parts.
        triggered: Whether a stop has been reached.
        reserved: US dollars that an opening order holds of the buying power.
    """

    person: Person
    asset: Asset | Contract
    side: str
    type: str
    time_in_force: str
    client_order_id: str
    created_at: datetime
    qty: Decimal | None = None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_price: Decimal | None = None
    trail_percent: Decimal | None = None
    hwm: Decimal | None = None
    extended_hours: bool = False
    order_class: str = ""
    position_intent: str | None = None
    status: str = "pending_new"
    id: str = field(default_factory=lambda: str(uuid4()))
    updated_at: datetime = field(init=False)
    expires_at: datetime | None = None
    filled_at: datetime | None = None
    expired_at: datetime | None = None
    canceled_at: datetime | None = None
    failed_at: datetime | None = None
    replaced_at: datetime | None = None
    replaced_by: str | None = None
    replaces: str | None = None
    executions: list[Execution] = field(default_factory=list)
    carried: Decimal = Decimal(0)
    units: Decimal | None = None
    parent: "Order | None" = None
    legs: list["Order"] = field(default_factory=list)
    parts_left: int = 1
    triggered: bool = False
    reserved: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        """Nothing has changed yet."""
        self.updated_at = self.created_at

    @property
    def symbol(self) -> str:
        """As orders write it: coins with their slash."""
        return self.asset.symbol

    @property
    def filled_qty(self) -> Decimal:
        """By its own executions."""
        return sum((one.qty for one in self.executions), Decimal(0))

    @property
    def remaining(self) -> Decimal:
        """Units that are still to fill; of an amount of money none are known before its fill."""
        whole = self.units if self.qty is None else self.qty
        return (whole or Decimal(0)) - self.carried - self.filled_qty

    @property
    def average(self) -> Decimal | None:
        """Of its own executions, nine decimals."""
        if not self.executions:
            return None
        paid = sum((one.qty * one.price for one in self.executions), Decimal(0))
        return nine(paid / self.filled_qty)

    @property
    def ended(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.status in ENDED

    @property
    def group(self) -> list["Order"]:
        """All orders of its bracket, itself among them."""
        head = self.parent or self
        return [head, *head.legs]

    def become(self, status: str, at: datetime) -> None:
        """Another status, and the time that goes with it."""
        self.status = status
        self.updated_at = at
        if status in {"filled", "expired", "canceled", "replaced"}:
            setattr(self, f"{status}_at", at)
        if status == "rejected":
            self.failed_at = at
        if self.ended:
            self.reserved = Decimal(0)
        for listener in self.person.listeners:
            listener(self)

    def wire(self, *, nested: bool = False) -> dict[str, Any]:
        """As recorded from the paper API in October 2026; a simple order's class is empty."""
        legs = [leg.wire() for leg in self.legs] if nested and self.legs else None
        return {
            "id": self.id,
            "client_order_id": self.client_order_id,
            "created_at": moment(self.created_at),
            "updated_at": moment(self.updated_at),
            "submitted_at": moment(self.created_at),
            "filled_at": moment(self.filled_at),
            "expired_at": moment(self.expired_at),
            "expires_at": moment(self.expires_at),
            "canceled_at": moment(self.canceled_at),
            "failed_at": moment(self.failed_at),
            "replaced_at": moment(self.replaced_at),
            "replaced_by": self.replaced_by,
            "replaces": self.replaces,
            "asset_id": self.asset.id,
            "symbol": self.symbol,
            "asset_class": self.asset.asset_class,
            "notional": text(self.notional),
            "qty": text(self.qty),
            "filled_qty": text(self.filled_qty),
            "filled_avg_price": text(self.average),
            "order_class": self.order_class,
            "order_type": self.type,
            "type": self.type,
            "side": self.side,
            "position_intent": self.position_intent,
            "time_in_force": self.time_in_force,
            "limit_price": text(self.limit_price),
            "stop_price": text(self.stop_price),
            "status": self.status,
            "extended_hours": self.extended_hours,
            "legs": legs,
            "trail_percent": text(self.trail_percent),
            "trail_price": text(self.trail_price),
            "hwm": text(self.hwm),
            "subtag": None,
            "source": None,
        }
