"""An order as the simulator keeps it, and its deals."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from tests.simulators.opend.accounts import Account
from tests.simulators.opend.instruments import Security

ZERO: Final = Decimal(0)

BUY: Final = "BUY"
SELL: Final = "SELL"
SELL_SHORT: Final = "SELL_SHORT"
BUY_BACK: Final = "BUY_BACK"
SIDES: Final = {BUY: 1, SELL: 2, SELL_SHORT: 3, BUY_BACK: 4}

TYPES: Final = {
    "NORMAL": 1,
    "MARKET": 2,
    "STOP": 10,
    "STOP_LIMIT": 11,
    "MARKET_IF_TOUCHED": 12,
    "LIMIT_IF_TOUCHED": 13,
    "TRAILING_STOP": 14,
    "TRAILING_STOP_LIMIT": 15,
}
"""Those of the US market (`Trd_Common.OrderType`)."""
PAPER_TYPES: Final = frozenset({"NORMAL", "MARKET"})
LIMITED: Final = frozenset({"NORMAL", "STOP_LIMIT", "LIMIT_IF_TOUCHED"})
TRIGGERED: Final = frozenset({"STOP", "STOP_LIMIT", "MARKET_IF_TOUCHED", "LIMIT_IF_TOUCHED"})
TRAILING: Final = frozenset({"TRAILING_STOP", "TRAILING_STOP_LIMIT"})

TIMES: Final = {"DAY": 0, "GTC": 1, "IOC": 2, "GTD": 3}
TRAILS: Final = {"RATIO": 1, "AMOUNT": 2}
SESSIONS: Final = {"NONE": 0, "RTH": 1, "ETH": 2, "ALL": 3, "OVERNIGHT": 4}

STATUSES: Final = {
    "UNSUBMITTED": 0,
    "NONE": -1,
    "WAITING_SUBMIT": 1,
    "SUBMITTING": 2,
    "SUBMIT_FAILED": 3,
    "TIMEOUT": 4,
    "SUBMITTED": 5,
    "FILLED_PART": 10,
    "FILLED_ALL": 11,
    "CANCELLING_PART": 12,
    "CANCELLING_ALL": 13,
    "CANCELLED_PART": 14,
    "CANCELLED_ALL": 15,
    "FAILED": 21,
    "DISABLED": 22,
    "DELETED": 23,
    "FILL_CANCELLED": 24,
}
ENDED: Final = frozenset(
    {"SUBMIT_FAILED", "FILLED_ALL", "CANCELLED_PART", "CANCELLED_ALL", "FAILED", "DELETED"}
)
WORKING: Final = frozenset({"SUBMITTED", "FILLED_PART", "WAITING_SUBMIT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One fill."""

    id: int
    order: "Order"
    quantity: Decimal
    price: Decimal
    at: datetime


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """One order.

    Attributes:
        order_id_ex: What the SDK calls `order_id`.
        price: Zero for orders without a limit.
        worst: A trailing stop's highest (or lowest) price so far.
        triggered: Whether its stop has been reached.
        day: The trading day that it was placed on.
    """

    order_id: int
    account: Account
    security: Security
    side: str
    type: str
    qty: Decimal
    price: Decimal
    created_at: datetime
    updated_at: datetime
    day: date
    time_in_force: str = "DAY"
    remark: str | None = None
    fill_outside_rth: bool = False
    session: str = "NONE"
    aux_price: Decimal | None = None
    trail_type: str | None = None
    trail_value: Decimal | None = None
    trail_spread: Decimal | None = None
    expire_time: str = ""
    status: str = "SUBMITTING"
    last_err_msg: str = ""
    deals: list[Deal] = field(default_factory=list)
    worst: Decimal | None = None
    triggered: bool = False

    @property
    def order_id_ex(self) -> str:
        """The same number as text (that both are alike is unverified)."""
        return str(self.order_id)

    @property
    def acc_id(self) -> int:
        """Of its account."""
        return self.account.acc_id

    @property
    def trd_env(self) -> str:
        """SIMULATE or REAL."""
        return self.account.trd_env

    @property
    def code(self) -> str:
        """Such as US.AAPL."""
        return self.security.code

    @property
    def buys(self) -> bool:
        """Otherwise it sells, also short."""
        return self.side in {BUY, BUY_BACK}

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in ENDED

    @property
    def dealt(self) -> Decimal:
        """Shares or contracts."""
        return sum((deal.quantity for deal in self.deals), ZERO)

    @property
    def left(self) -> Decimal:
        """What may still fill."""
        return self.qty - self.dealt

    @property
    def average(self) -> Decimal:
        """Price of its deals; zero without one."""
        if not self.deals:
            return ZERO
        return sum((deal.quantity * deal.price for deal in self.deals), ZERO) / self.dealt

    @property
    def has_limit(self) -> bool:
        """Whether its price bounds a fill."""
        return self.type in LIMITED or self.type == "TRAILING_STOP_LIMIT"
