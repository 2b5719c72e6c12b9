"""An order as the simulator keeps it: its size, its fills, its group, its end."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from tests.simulators.webull.instruments import Instrument
from tests.simulators.webull.people import ZERO, Account, Person, new_id
from tests.simulators.webull.ticket import MASTER, NORMAL

ENDED: Final = frozenset({"FILLED", "CANCELLED", "FAILED"})
"""The reference has no word for an order whose day is over; here it is CANCELLED (unverified)."""
WORKING: Final = frozenset({"SUBMITTED", "PARTIAL_FILLED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill."""

    quantity: Decimal
    price: Decimal
    at: datetime


@dataclass(slots=True, kw_only=True, eq=False)
class Group:
    """Orders that were placed together: a master with its exits, or exits alone."""

    client_id: str
    id: str = field(default_factory=new_id)
    orders: "list[Order]" = field(default_factory=list)

    @property
    def master(self) -> "Order | None":
        """The one that the others wait for."""
        return next((order for order in self.orders if order.combo == MASTER), None)


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """One order.

    Attributes:
        quantity: Units or contracts; of an order by amount what it comes to.
        worst: A trailing stop's highest (or lowest) price so far.
        triggered: Whether its stop has been reached.
        parts_left: How many more matches fill it, when it fills in parts.
        ends_at: When its day is over.
        fees: Kinds and amounts in US dollars.
    """

    person: Person
    account: Account
    instrument: Instrument
    client_order_id: str
    side: str
    type: str
    time_in_force: str
    session: str
    entrust: str
    quantity: Decimal
    created_at: datetime
    ends_at: datetime | None = None
    combo: str = NORMAL
    amount: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trailing_type: str = ""
    step: Decimal | None = None
    intent: str = ""
    status: str = "PENDING"
    id: str = field(default_factory=new_id)
    leg_id: str = field(default_factory=new_id)
    executions: list[Execution] = field(default_factory=list)
    fees: list[tuple[str, Decimal]] = field(default_factory=list)
    group: Group | None = None
    worst: Decimal | None = None
    triggered: bool = False
    parts_left: int = 1

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in ENDED

    @property
    def buys(self) -> bool:
        """Otherwise it sells, also short."""
        return self.side == "BUY"

    @property
    def filled(self) -> Decimal:
        """Units or contracts."""
        return sum((one.quantity for one in self.executions), ZERO)

    @property
    def average(self) -> Decimal:
        """Of its fills; zero without one."""
        if not self.executions:
            return ZERO
        value = sum((one.quantity * one.price for one in self.executions), ZERO)
        return value / self.filled

    @property
    def remaining(self) -> Decimal:
        """What may still fill: of an exit no more than its master has bought and siblings left."""
        left = self.quantity - self.filled
        if self.group is None or self.combo == MASTER:
            return left
        master = self.group.master
        if master is None:
            return left
        used = sum((o.filled for o in self.group.orders if o is not master), ZERO)
        return max(min(left, master.filled - used), ZERO)

    @property
    def waits_for_master(self) -> bool:
        """An exit does nothing before its master has ended with a fill."""
        master = self.group.master if self.group else None
        return master is not None and master is not self and not (master.ended and master.filled)
