"""What people ask for and what brokers answer. The stored order itself is in `order.py`."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.order_state import OrderState


class Side(StrEnum):
    """Buy or sell."""

    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> "Side":
        """The other one."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """How the price is decided."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING_STOP = "trailing_stop"


class TimeInForce(StrEnum):
    """How long an order lives."""

    DAY = "day"
    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"


class Session(StrEnum):
    """Regular trading hours, or before and after them too."""

    REGULAR = "regular"
    EXTENDED = "extended"


class PositionEffect(StrEnum):
    """Whether the order opens a position, closes one, or opens a short one."""

    OPEN = "open"
    CLOSE = "close"
    SHORT = "short"


_NEEDS_LIMIT = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
_NEEDS_STOP = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """What a person asked for, before any broker has seen it.

    Attributes:
        quantity: Units of the instrument (shares, coins, contracts); never money. Or
        notional: Money in the instrument's currency; exactly one of the two is given.
        limit_price: Per unit, in the instrument's currency; required for limit and stop-limit.
        stop_price: Per unit; required for stop and stop-limit.
        trail_percent: Distance of a trailing stop in percent of the price. Or
        trail_amount: The same in the instrument's currency per unit; one of the two.
        take_profit: Limit price of the closing leg of a bracket.
        stop_loss: Stop price of the other closing leg of a bracket.
    """

    instrument: Instrument
    side: Side
    quantity: Decimal | None = None
    notional: Decimal | None = None
    type: OrderType = OrderType.MARKET
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_percent: Decimal | None = None
    trail_amount: Decimal | None = None
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    session: Session = Session.REGULAR
    effect: PositionEffect = PositionEffect.OPEN

    def __post_init__(self) -> None:
        """Refuse a request that no broker could carry out.

        Raises:
            InvalidInput: What is missing, too much or out of range.
        """
        if (self.quantity is None) == (self.notional is None):
            raise InvalidInput("Give a quantity or an amount of money, one of the two.")
        if self.quantity is not None and not _positive(self.quantity):
            raise InvalidInput("Invalid order quantity. It must be above zero.")
        self._check_prices()

    def _check_prices(self) -> None:
        prices = (
            self.notional,
            self.limit_price,
            self.stop_price,
            self.trail_percent,
            self.trail_amount,
            self.take_profit,
            self.stop_loss,
        )
        if not all(price is None or _positive(price) for price in prices):
            raise InvalidInput("Invalid price. It must be above zero.")
        name = self.type.value.replace("_", "-")
        if (self.limit_price is not None) != (self.type in _NEEDS_LIMIT):
            verb = "needs a" if self.type in _NEEDS_LIMIT else "takes no"
            raise InvalidInput(f"A {name} order {verb} limit price.")
        if (self.stop_price is not None) != (self.type in _NEEDS_STOP):
            verb = "needs a" if self.type in _NEEDS_STOP else "takes no"
            raise InvalidInput(f"A {name} order {verb} stop price.")
        trails = (self.trail_percent is not None) + (self.trail_amount is not None)
        if trails != (self.type is OrderType.TRAILING_STOP):
            raise InvalidInput("A trailing stop takes one trail: a percentage or an amount.")
        if self.trail_percent is not None and self.trail_percent >= 100:
            raise InvalidInput("Invalid trail. It must be below 100 %.")
        self._check_bracket()

    def _check_bracket(self) -> None:
        if self.take_profit is None or self.stop_loss is None:
            return
        above, below = self.take_profit, self.stop_loss
        if self.side is Side.SELL:
            above, below = below, above
        if above <= below:
            raise InvalidInput("The take-profit and the stop-loss are the wrong way round.")

    @property
    def bracket(self) -> bool:
        """Whether closing legs are attached."""
        return self.take_profit is not None or self.stop_loss is not None


def _positive(number: Decimal) -> bool:
    return number.is_finite() and number > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanges:
    """What a person wants changed on a working order; None leaves a term as it is."""

    quantity: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse an empty or impossible change.

        Raises:
            InvalidInput: Nothing is changed, or a number is not above zero.
        """
        given = [n for n in (self.quantity, self.limit_price, self.stop_price) if n is not None]
        if not given:
            raise InvalidInput("Say what to change: the quantity, the limit or the stop.")
        if not all(_positive(number) for number in given):
            raise InvalidInput("Invalid order quantity or price. Both must be above zero.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One execution; `fill_id` is the broker's and unique within the order.

    Attributes:
        revision: Grows with each correction that the exchange makes of it; most brokers have none.
    """

    fill_id: str
    quantity: Decimal
    price: Decimal
    at: datetime
    fee: Decimal = Decimal(0)
    fee_currency: str = "USD"
    revision: int = 0


class LegRole(StrEnum):
    """What a bracket's closing leg is for."""

    TAKE_PROFIT = "take_profit"
    STOP_LOSS = "stop_loss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A closing order attached to its parent; one fills and the other is canceled."""

    role: LegRole
    price: Decimal
    state: OrderState = OrderState.ACCEPTED
    broker_order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the broker says of an order: proof that it exists there.

    Attributes:
        state: ACCEPTED or anything that follows it.
        fills: All executions so far, oldest first.
        reason: The broker's own words for a refusal or an end, already safe to show.
        quantity: What the broker works on, where it differs from what was asked.
    """

    broker_order_id: str
    state: OrderState
    fills: tuple[Fill, ...] = ()
    legs: tuple[Leg, ...] = ()
    reason: str = ""
    quantity: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    replaced_by: str | None = None

    @property
    def filled_quantity(self) -> Decimal:
        """Units filled so far."""
        return sum((fill.quantity for fill in self.fills), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The broker's own estimate for an order that was not sent, in the account's currency.

    Attributes:
        buying_power_after: What could still be bought for once it is filled.
    """

    cost: Decimal
    fees: Decimal
    margin_required: Decimal | None = None
    margin_available: Decimal | None = None
    buying_power_after: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Reading back found the order.

    Attributes:
        by_terms: By what was ordered and when, at a broker that keeps no id of ours; so it may
            belong to another order that is just like it.
    """

    receipt: Receipt
    by_terms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """The broker knows no such order; proof only after its settle time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """Several orders fit; a person decides."""

    candidates: tuple[Receipt, ...]


LookUp = Found | Absent | Ambiguous
"""What reading an order back can say."""
