"""People, their portfolios, and one account a currency."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from tests.simulators.coinbase.keys import Key
from tests.simulators.coinbase.wire import milli, money

CASH: Final = frozenset({"USD", "EUR", "GBP"})
ZERO: Final = Decimal(0)


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """What a portfolio has of one currency.

    Attributes:
        balance: With what open orders hold.
        cost: What was paid for it, in the currency that it was bought with.
    """

    currency: str
    balance: Decimal
    created_at: datetime
    cost: Decimal = ZERO
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def is_cash(self) -> bool:
        """Money of a state."""
        return self.currency in CASH

    def wire(self, portfolio: "Portfolio", hold: Decimal) -> dict[str, Any]:
        """One of /accounts: fields and words as recorded by cotiq/coinbase-client-kotlin."""
        return {
            "uuid": self.id,
            "name": f"{self.currency} Wallet",
            "currency": self.currency,
            "available_balance": money(self.balance - hold, self.currency),
            "default": True,
            "active": True,
            "created_at": milli(self.created_at),
            "updated_at": milli(self.created_at),
            "deleted_at": None,
            "type": "ACCOUNT_TYPE_FIAT" if self.is_cash else "ACCOUNT_TYPE_CRYPTO",
            "ready": True,
            "hold": money(hold, self.currency),
            "retail_portfolio_id": portfolio.id,
            "platform": "ACCOUNT_PLATFORM_CONSUMER",
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Portfolio:
    """A set of accounts, with orders of its own.

    Attributes:
        type: "DEFAULT" (one a person), "CONSUMER" or "INTX".
    """

    name: str
    type: str
    accounts: dict[str, Account] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid4()))

    def account(self, currency: str, at: datetime) -> Account:
        """The one of `currency`, opened at `at` if there is none."""
        if currency not in self.accounts:
            self.accounts[currency] = Account(currency=currency, balance=ZERO, created_at=at)
        return self.accounts[currency]

    def wire(self) -> dict[str, Any]:
        """One of /portfolios."""
        return {"name": self.name, "uuid": self.id, "type": self.type, "deleted": False}


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """Somebody with portfolios and keys.

    Attributes:
        name: For tests to read; no secret.
        maker_rate: Of what a resting order trades; 0.50 % is the first tier's in the USA since
            September 2026 (Coinbase's blog, read second-hand).
        taker_rate: Of what an order takes at once; 0.90 % likewise.
        volume: US dollars traded, and `fees` paid, for the summary.
        overrides: Further fields of the transaction summary.
    """

    name: str
    maker_rate: Decimal = Decimal("0.0050")
    taker_rate: Decimal = Decimal("0.0090")
    portfolios: list[Portfolio] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    volume: Decimal = ZERO
    fees: Decimal = ZERO
    overrides: dict[str, Any] = field(default_factory=dict)
    user_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def key(self) -> Key:
        """The first one."""
        return self.keys[0]

    @property
    def portfolio(self) -> Portfolio:
        """The default one."""
        return self.portfolios[0]

    def rate(self, liquidity: str) -> Decimal:
        """The share of the value that a fill costs."""
        return self.maker_rate if liquidity == "MAKER" else self.taker_rate
