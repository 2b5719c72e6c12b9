"""Orders: what was asked for, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from tests.simulators.tws.listing import Contract, Wanted

PENDING_SUBMIT: Final = "PendingSubmit"
PRE_SUBMITTED: Final = "PreSubmitted"
SUBMITTED: Final = "Submitted"
PENDING_CANCEL: Final = "PendingCancel"
CANCELLED: Final = "Cancelled"
FILLED: Final = "Filled"
INACTIVE: Final = "Inactive"
ENDED: Final = frozenset({CANCELLED, FILLED, INACTIVE})
STOPS: Final = frozenset({"STP", "STP LMT", "TRAIL", "TRAIL LIMIT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The fields of a placeOrder message that matter here, by the API's meaning.

    Attributes:
        aux_price: The stop of STP and STP LMT; the amount that TRAIL keeps away.
        oca_group: Orders of which one takes the place of the others.
    """

    wanted: Wanted
    action: str
    quantity: Decimal
    type: str
    limit_price: Decimal | None
    aux_price: Decimal | None
    tif: str
    account: str
    order_ref: str
    transmit: bool
    parent_id: int
    outside_rth: bool
    oca_group: str
    oca_type: int
    open_close: str
    good_till: str
    trail_stop: Decimal | None
    trailing_percent: Decimal | None
    cash_quantity: Decimal | None
    what_if: bool

    @property
    def buys(self) -> bool:
        """BUY; else SELL or SSHORT."""
        return self.action == "BUY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill of an order.

    Attributes:
        realized: None where it opened a position.
    """

    exec_id: str
    at: datetime
    quantity: Decimal
    price: Decimal
    cumulative: Decimal
    average: Decimal
    commission: Decimal
    exchange: str
    realized: Decimal | None


@dataclass(slots=True, kw_only=True, eq=False)
class SimOrder:
    """One that came in (or was placed in TWS itself: `order_id` 0 of client 0).

    Attributes:
        triggered: Of a stop: it works as a market or limit order now.
        stop: Where a trailing stop stands.
        parent: The order with which it is attached to a bracket; it works once that is filled.
        parked: Not transmitted yet; no client is told of it.
        why: How it ended, for the completed orders.
        statuses: All it has had, oldest first.
    """

    perm_id: int
    order_id: int
    client_id: int
    account: str
    contract: Contract
    ticket: Ticket
    created: datetime
    status: str = PENDING_SUBMIT
    filled: Decimal = Decimal(0)
    average: Decimal = Decimal(0)
    executions: list[Execution] = field(default_factory=list)
    triggered: bool = False
    stop: Decimal | None = None
    parent: "SimOrder | None" = None
    parked: bool = False
    ended_at: datetime | None = None
    why: str = ""
    statuses: list[str] = field(default_factory=list)
    changes: int = 0

    @property
    def order_ref(self) -> str:
        """What the client calls it."""
        return self.ticket.order_ref

    @property
    def action(self) -> str:
        """BUY or SELL."""
        return self.ticket.action

    @property
    def type(self) -> str:
        """MKT, LMT, …"""
        return self.ticket.type

    @property
    def quantity(self) -> Decimal:
        """As it is asked for now; 0 of an order over an amount of money until it fills."""
        return self.ticket.quantity

    @property
    def limit_price(self) -> Decimal | None:
        """Its limit, if it has one."""
        return self.ticket.limit_price

    @property
    def remaining(self) -> Decimal:
        """What is left to fill."""
        return max(self.quantity - self.filled, Decimal(0))

    @property
    def ended(self) -> bool:
        """Nothing more happens to it."""
        return self.status in ENDED

    @property
    def waits(self) -> bool:
        """For its parent to be filled."""
        return self.parent is not None and self.parent.status != FILLED

    @property
    def held_back(self) -> bool:
        """It does not look at the market."""
        return self.ended or self.parked or self.waits or self.status == PENDING_SUBMIT

    @property
    def buys(self) -> bool:
        """Whether it is for buying."""
        return self.ticket.buys
