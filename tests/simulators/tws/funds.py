"""An account's numbers, by plain percentages of what is held; the vendor's margins are models."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tests.simulators.tws.listing import Contract
from tests.simulators.tws.market import Market
from tests.simulators.tws.people import Account

ZERO: Final = Decimal(0)
_RATES: Final = {
    "STK": (Decimal("0.5"), Decimal("0.25")),
    "FUT": (Decimal("0.1"), Decimal("0.08")),
    "CASH": (Decimal("0.03"), Decimal("0.03")),
    "CRYPTO": (Decimal(1), Decimal(1)),
    "OPT": (Decimal(1), Decimal(1)),
}
_SHORT_OPTION: Final = Decimal(5)


@dataclass(frozen=True, slots=True)
class Margin:
    """In the contract's currency."""

    initial: Decimal
    maintenance: Decimal


def margin_of(contract: Contract, quantity: Decimal, price: Decimal) -> Margin:
    """For so many contracts; below zero they are short."""
    initial, maintenance = _RATES[contract.kind]
    value = abs(quantity) * price * contract.size
    if contract.kind == "OPT" and quantity < 0:
        value *= _SHORT_OPTION
    return Margin(value * initial, value * maintenance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Funds:
    """In the base currency.

    Attributes:
        positions: Value of everything held, short ones below zero; futures and pairs count 0.
    """

    cash: Decimal
    positions: Decimal
    gross: Decimal
    initial: Decimal
    maintenance: Decimal
    unrealized: Decimal
    realized: Decimal

    @classmethod
    def of(cls, account: Account, market: Market) -> "Funds":
        """At the market's prices of now."""
        cash = sum((a * market.rate(c) for c, a in account.cash.items()), ZERO)
        value = gross = initial = maintenance = unrealized = realized = ZERO
        for held in account.positions.values():
            rate = market.rate(held.contract.currency)
            mark = market.quote(held.contract).mark
            worth = held.quantity * mark * held.contract.size * rate
            margin = margin_of(held.contract, held.quantity, mark)
            initial += margin.initial * rate
            maintenance += margin.maintenance * rate
            gross += abs(worth)
            profit = worth - held.quantity * held.cost * rate
            unrealized += profit
            realized += held.realized * rate
            value += _counted(held.contract, worth, profit)
        return cls(
            cash=cash,
            positions=value,
            gross=gross,
            initial=initial,
            maintenance=maintenance,
            unrealized=unrealized,
            realized=realized,
        )

    @property
    def equity(self) -> Decimal:
        """NetLiquidation; EquityWithLoanValue is taken to be the same."""
        return self.cash + self.positions

    @property
    def available(self) -> Decimal:
        """AvailableFunds."""
        return self.equity - self.initial

    @property
    def excess(self) -> Decimal:
        """ExcessLiquidity."""
        return self.equity - self.maintenance

    @property
    def buying_power(self) -> Decimal:
        """Four times what is available, as TWS shows it for Reg T."""
        return max(self.available * 4, ZERO)


def _counted(contract: Contract, worth: Decimal, profit: Decimal) -> Decimal:
    if contract.kind == "FUT":
        return profit
    return ZERO if contract.kind == "CASH" else worth
