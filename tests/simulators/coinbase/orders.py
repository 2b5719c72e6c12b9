"""An order as the simulator keeps it: its size, its fills, what it holds, its end."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from tests.simulators.coinbase.people import Person, Portfolio
from tests.simulators.coinbase.products import Product
from tests.simulators.coinbase.ticket import KINDS, Kind

ENDED: Final = frozenset({"FILLED", "CANCELLED", "EXPIRED", "FAILED"})
WORKING: Final = frozenset({"OPEN", "CANCEL_QUEUED", "EDIT_QUEUED"})
"""Those that the market may fill: one that waits for its cancel still can."""
STATUSES: Final = ENDED | WORKING | {"PENDING", "QUEUED", "UNKNOWN_ORDER_STATUS"}

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One fill; `fee` is in the quote currency."""

    size: Decimal
    price: Decimal
    fee: Decimal
    liquidity: str
    at: datetime
    trade_id: str = field(default_factory=lambda: str(uuid4()))
    entry_id: str = field(default_factory=lambda: uuid4().hex + uuid4().hex)

    @property
    def value(self) -> Decimal:
        """Without the fee."""
        return self.size * self.price


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """One order, or the bracket that is attached to one.

    Attributes:
        fields: Of its configuration, as they came and were edited.
        quote_size: What a market order may spend, fees included; it has no `base_size`.
        parts_left: How many more matches fill it, when it fills in parts.
        triggered: Whether its stop has been reached.
        rested: Whether it stood in the book before now: what it trades then costs the maker's fee.
        held: Of the currency that it pays with, at the beginning; see `hold`.
        parent: The order that it is attached to; `attached` leads the other way.
        edits: What it was changed to, newest first.
        pending_edit: Price and size of an edit that waits.
    """

    person: Person
    portfolio: Portfolio
    product: Product
    side: str
    configuration: str
    fields: dict[str, Any]
    client_order_id: str
    created_at: datetime
    base_size: Decimal | None = None
    quote_size: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    stop_trigger_price: Decimal | None = None
    stop_direction: str = ""
    end_time: datetime | None = None
    post_only: bool = False
    status: str = "PENDING"
    id: str = field(default_factory=lambda: str(uuid4()))
    source: str = "RETAIL_ADVANCED"
    executions: list[Execution] = field(default_factory=list)
    parts_left: int = 1
    triggered: bool = False
    rested: bool = False
    held: Decimal = ZERO
    reject_reason: str = "REJECT_REASON_UNSPECIFIED"
    reject_message: str = ""
    cancel_message: str = ""
    edits: list[dict[str, str]] = field(default_factory=list)
    pending_edit: tuple[Decimal, Decimal] | None = None
    parent: "Order | None" = None
    attached: "Order | None" = None

    @property
    def kind(self) -> Kind:
        """Type and time in force."""
        return KINDS[self.configuration]

    @property
    def pays_with(self) -> str:
        """The currency that it holds: the quote's for a buy, the base's for a sale."""
        return self.product.quote if self.side == "BUY" else self.product.base

    @property
    def filled(self) -> Decimal:
        """Units of the base."""
        return sum((one.size for one in self.executions), ZERO)

    @property
    def value(self) -> Decimal:
        """Of its fills, without fees."""
        return sum((one.value for one in self.executions), ZERO)

    @property
    def fees(self) -> Decimal:
        """In the quote currency."""
        return sum((one.fee for one in self.executions), ZERO)

    @property
    def average(self) -> Decimal:
        """Zero without a fill."""
        return self.value / self.filled if self.executions else ZERO

    @property
    def remaining(self) -> Decimal:
        """Units that are still to fill; zero for an order sized in its quote currency."""
        return (self.base_size or ZERO) - self.filled

    @property
    def unspent(self) -> Decimal:
        """Of `quote_size`, fees included."""
        return (self.quote_size or ZERO) - self.value - self.fees

    @property
    def completed(self) -> Decimal:
        """The share that is filled, from 0 to 1."""
        if self.base_size is not None:
            return self.filled / self.base_size
        return 1 - self.unspent / (self.quote_size or Decimal(1))

    @property
    def ended(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.status in ENDED

    @property
    def hold(self) -> Decimal:
        """What it still keeps of `pays_with`."""
        return ZERO if self.ended else self.held * (1 - self.completed)

    @property
    def last_fill_at(self) -> datetime | None:
        """None without a fill."""
        return self.executions[-1].at if self.executions else None
