"""An order as the simulator keeps it, and as Binance shows it when it is asked for."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tests.simulators.binance.people import Hold, Person
from tests.simulators.binance.symbols import Symbol
from tests.simulators.binance.ticket import Ticket
from tests.simulators.binance.wire import ZERO, fixed, millis

if TYPE_CHECKING:
    from tests.simulators.binance.lists import OrderList

OPEN: Final = frozenset({"NEW", "PARTIALLY_FILLED", "PENDING_NEW", "PENDING_CANCEL"})
"""enums.md, "Order status"; PENDING_CANCEL is said to be unused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One fill.

    Attributes:
        id: Of its symbol.
        commission: Of `commission_asset`.
        maker: Whether the order had rested.
    """

    id: int
    qty: Decimal
    price: Decimal
    at: datetime
    commission: Decimal
    commission_asset: str
    maker: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevented:
    """A self-trade that did not happen: faqs/stp_faq.md."""

    id: int
    maker_order_id: int
    price: Decimal
    maker_qty: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A change of quantity that kept its place in the book."""

    execution_id: int
    from_client_id: str
    to_client_id: str
    from_qty: Decimal
    to_qty: Decimal
    at: datetime


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """One order, or one of an order list.

    Attributes:
        id: Of its symbol: two symbols have orders with the same number. (No page says so in as many
            words; every look-up asks for the symbol.)
        ticket: As it was asked for; an amendment changes `qty` and `client_order_id` here.
        qty: Of the base asset; of a market order in the quote asset, what it came to.
        hold: What it holds of a balance; legs of an OCO share one.
        mates: Those that share the hold, itself among them.
        working_at: When it came on the book; None while it waits for its price or its turn.
        extreme: The best price since a trailing stop became active at `trailing_at`.
        parts_left: How many more matches fill it, when it fills in parts.
        taking: Whether what it still fills is taken from the book, as by stops that triggered.
    """

    person: Person
    symbol: Symbol
    ticket: Ticket
    id: int
    hold: Hold
    created_at: datetime
    qty: Decimal = ZERO
    client_order_id: str = ""
    status: str = "NEW"
    updated_at: datetime = field(init=False)
    working_at: datetime | None = None
    trades: list[Trade] = field(default_factory=list)
    mates: list["Order"] = field(default_factory=list)
    order_list: "OrderList | None" = None
    extreme: Decimal | None = None
    trailing_at: datetime | None = None
    parts_left: int = 1
    taking: bool = False
    prevented_qty: Decimal = ZERO
    prevented_id: int | None = None
    prevented: list[Prevented] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    expiry_reason: str | None = None

    def __post_init__(self) -> None:
        """Nothing has changed yet."""
        self.updated_at = self.created_at
        self.client_order_id = self.ticket.client_order_id
        self.qty = self.ticket.qty or ZERO
        self.mates = self.mates or [self]

    @property
    def side(self) -> str:
        """BUY or SELL."""
        return self.ticket.side

    @property
    def type(self) -> str:
        """LIMIT, MARKET, …"""
        return self.ticket.type

    @property
    def filled_qty(self) -> Decimal:
        """Of the base asset."""
        return sum((one.qty for one in self.trades), ZERO)

    @property
    def turnover(self) -> Decimal:
        """Of the quote asset."""
        return sum((one.qty * one.price for one in self.trades), ZERO)

    @property
    def remaining(self) -> Decimal:
        """What may still fill."""
        return self.qty - self.filled_qty - self.prevented_qty

    @property
    def open(self) -> bool:
        """Whether something may still happen to it."""
        return self.status in OPEN

    @property
    def works(self) -> bool:
        """Whether the market may fill it."""
        return self.status in {"NEW", "PARTIALLY_FILLED"} and self.working_at is not None

    def become(self, status: str, at: datetime, reason: str | None = None) -> None:
        """Another status; `reason` is that of an expiry."""
        self.status = status
        self.updated_at = at
        if reason is not None:
            self.expiry_reason = reason

    def wire(self) -> dict[str, Any]:
        """As `GET /api/v3/order`, openOrders and allOrders show it."""
        return {
            **self.head(),
            **self.figures(),
            "stopPrice": fixed(self.ticket.stop_price),
            "icebergQty": fixed(self.ticket.iceberg_qty),
            "time": millis(self.created_at),
            "updateTime": millis(self.updated_at),
            "isWorking": self.working_at is not None,
            "workingTime": millis(self.working_at),
            "origQuoteOrderQty": fixed(self.ticket.quote_qty),
            "selfTradePreventionMode": self.ticket.stp,
            **self.extras(),
        }

    def head(self) -> dict[str, Any]:
        """What every answer begins with."""
        return {
            "symbol": self.symbol.name,
            "orderId": self.id,
            "orderListId": -1 if self.order_list is None else self.order_list.id,
            "clientOrderId": self.client_order_id,
        }

    def figures(self) -> dict[str, Any]:
        """Prices, quantities and state."""
        return {
            "price": fixed(self.ticket.price),
            "origQty": fixed(self.qty),
            "executedQty": fixed(self.filled_qty),
            "cummulativeQuoteQty": fixed(self.turnover),  # their spelling
            "status": self.status,
            "timeInForce": self.ticket.time_in_force,
            "type": self.type,
            "side": self.side,
        }

    def extras(self) -> dict[str, Any]:
        """rest-api.md, "Conditional fields in Order Responses"."""
        ticket = self.ticket
        fields: dict[str, Any] = {}
        if ticket.trailing_delta is not None:
            fields["trailingDelta"] = ticket.trailing_delta
            fields["trailingTime"] = millis(self.trailing_at)
        if ticket.strategy_id is not None:
            fields["strategyId"] = ticket.strategy_id
        if ticket.strategy_type is not None:
            fields["strategyType"] = ticket.strategy_type
        if self.prevented_id is not None:
            fields["preventedMatchId"] = self.prevented_id
            fields["preventedQuantity"] = fixed(self.prevented_qty)
        if self.expiry_reason is not None:
            fields["expiryReason"] = self.expiry_reason
        return fields
