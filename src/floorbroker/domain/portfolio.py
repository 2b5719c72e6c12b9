"""Accounts and what is in them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import Instrument
from floorbroker.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAccount:
    """One of the broker's accounts reached through a link.

    Attributes:
        number: As the broker writes it; shown shortened.
        may_short: Whether a sell beyond the holding is allowed here.
    """

    account_id: AccountId
    number: str
    name: str = ""
    currency: str = "USD"
    may_short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What an account is worth and what it can buy, at one moment.

    Attributes:
        equity: Cash plus the market value of all positions.
        day_profit: Against yesterday's close; None where the broker does not tell.
    """

    cash: Money
    equity: Money
    buying_power: Money
    as_of: datetime
    day_profit: Money | None = None
    realised_profit: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A holding; the quantity is negative for a short one.

    Attributes:
        average_price: What one unit cost; None where the broker does not tell.
        market_price: None where no price is to be had.
    """

    instrument: Instrument
    quantity: Decimal
    average_price: Decimal | None
    market_price: Decimal | None
    as_of: datetime

    @property
    def market_value(self) -> Decimal | None:
        """In the instrument's currency; None without a price."""
        if self.market_price is None:
            return None
        return self.quantity * self.market_price * self.instrument.multiplier

    @property
    def profit(self) -> Decimal | None:
        """Unrealised, in the instrument's currency; None where it cannot be computed."""
        if self.market_price is None or self.average_price is None:
            return None
        change = self.market_price - self.average_price
        return self.quantity * change * self.instrument.multiplier

    @property
    def profit_percent(self) -> Decimal | None:
        """Unrealised profit over what was paid, in percent."""
        if self.profit is None or not self.average_price or not self.quantity:
            return None
        paid = abs(self.quantity) * self.average_price * self.instrument.multiplier
        return self.profit / paid * 100
