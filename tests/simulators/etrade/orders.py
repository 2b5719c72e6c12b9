"""An order as the simulator keeps it: its fills, its events, its end."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from tests.simulators.etrade.people import ZERO, Account
from tests.simulators.etrade.ticket import Ticket

OPEN: Final = "OPEN"
EXECUTED: Final = "EXECUTED"
CANCELLED: Final = "CANCELLED"
CANCEL_REQUESTED: Final = "CANCEL_REQUESTED"
REJECTED: Final = "REJECTED"
EXPIRED: Final = "EXPIRED"
INDIVIDUAL_FILLS: Final = "INDIVIDUAL_FILLS"
PARTIAL: Final = "PARTIAL"
"""Seen by a client (daironmichel/toolsbackbone) for an order that is filled in part."""

ENDED: Final = frozenset({EXECUTED, CANCELLED, REJECTED, EXPIRED, "DO_NOT_EXERCISE"})
IN_PART: Final = frozenset({PARTIAL, INDIVIDUAL_FILLS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill."""

    quantity: Decimal
    price: Decimal
    fee: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of an order's history: ORDER_PLACED, ORDER_EXECUTED, ORDER_CANCELLED, …"""

    name: str
    at: datetime
    quantity: Decimal = ZERO
    price: Decimal | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """One order.

    Attributes:
        id: Unique in its account only.
        elsewhere: Whether it was placed by other means than the API: it has no client's id.
        parts_left: In how many more matches it fills.
        triggered: Whether its stop has been reached.
        best: The best price so far, which a trailing stop follows.
    """

    id: int
    account: Account
    ticket: Ticket
    placed_at: datetime
    status: str = OPEN
    elsewhere: bool = False
    parts_left: int = 1
    triggered: bool = False
    best: Decimal | None = None
    executions: list[Execution] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    replaced_by: int | None = None
    replaces: int | None = None

    @property
    def client_order_id(self) -> str:
        """Empty where there is none."""
        return "" if self.elsewhere else self.ticket.client_order_id

    @property
    def ended(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.status in ENDED

    @property
    def filled(self) -> Decimal:
        """Shares or contracts."""
        return sum((one.quantity for one in self.executions), ZERO)

    @property
    def remaining(self) -> Decimal:
        """What is still to fill."""
        return self.ticket.quantity - self.filled

    @property
    def average(self) -> Decimal | None:
        """A share or contract; None without a fill."""
        if not self.executions:
            return None
        value = sum((one.quantity * one.price for one in self.executions), ZERO)
        return value / self.filled

    @property
    def executed_at(self) -> datetime | None:
        """Of the last fill."""
        return self.executions[-1].at if self.executions else None

    def note(self, name: str, at: datetime) -> None:
        """One more event."""
        self.events.append(Event(name=name, at=at))
