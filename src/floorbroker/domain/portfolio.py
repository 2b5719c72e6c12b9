"""Accounts and what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from floorbroker.domain.ids import AccountId, LinkId, UserId
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
        margin_used: What positions, and at some brokers open orders, tie up of the equity; None
            where the broker does not tell.
    """

    cash: Money
    equity: Money
    buying_power: Money
    as_of: datetime
    day_profit: Money | None = None
    realised_profit: Money | None = None
    margin_used: Money | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one account was worth at one moment; a figure that nobody told is None, never zero.

    Attributes:
        invested: The value less the cash.
        unrealised_profit: Over all positions; None where one of them has no price or no cost.
        return_percent: That profit over what the positions cost.
    """

    user_id: UserId
    link_id: LinkId
    account_id: AccountId
    at: datetime
    value: Money
    cash: Money
    invested: Money | None = None
    day_profit: Money | None = None
    realised_profit: Money | None = None
    unrealised_profit: Money | None = None
    return_percent: Decimal | None = None

    @classmethod
    def of(
        cls,
        user_id: UserId,
        link_id: LinkId,
        account_id: AccountId,
        balances: Balances,
        positions: Sequence[Position],
    ) -> "Snapshot":
        """From what the broker says at this moment."""
        value, cash = balances.equity, balances.cash
        profit, cost = _profit(positions, value.currency)
        return cls(
            user_id=user_id,
            link_id=link_id,
            account_id=account_id,
            at=balances.as_of,
            value=value,
            cash=cash,
            invested=Money(amount=value.amount - cash.amount, currency=value.currency)
            if value.currency == cash.currency
            else None,
            day_profit=balances.day_profit,
            realised_profit=balances.realised_profit,
            unrealised_profit=None
            if profit is None
            else Money(amount=profit, currency=value.currency),
            return_percent=None if profit is None or not cost else profit / cost * 100,
        )


def _profit(positions: Sequence[Position], currency: str) -> tuple[Decimal | None, Decimal | None]:
    """The unrealised profit of all positions and what they cost; None where one cannot tell."""
    profit = cost = Decimal(0)
    for position in positions:
        if position.profit is None or position.average_price is None:
            return None, None
        if position.instrument.currency != currency:
            return None, None
        profit += position.profit
        size = abs(position.quantity) * position.instrument.multiplier
        cost += size * position.average_price
    return (profit, cost) if positions else (None, None)
