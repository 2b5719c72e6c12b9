"""People, their accounts, and what these hold."""

from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

ZERO: Final = Decimal(0)
CASH: Final = "CASH"
MARGIN: Final = "MARGIN"


@dataclass(slots=True)
class Holding:
    """A position: below zero where it is short.

    Attributes:
        average: Price per unit at which it was entered.
        before: What was held when the day began.
    """

    quantity: Decimal
    average: Decimal
    before: Decimal = ZERO


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """A brokerage account.

    Attributes:
        number: Eight digits; answers show it, paths never do.
        type: "CASH" or "MARGIN": their balances have different fields.
        cash: US dollars.
        opening_cash: The same when the day began.
        holdings: By symbol; an option's is its 21 characters.
        closing_only: Opens nothing.
        halted: Takes no order at all ("No trades are currently allowed").
        overrides: Join `currentBalances`, for balances that do not follow from the rest.
    """

    number: str
    owner: "Person"
    type: str = MARGIN
    cash: Decimal = ZERO
    opening_cash: Decimal = ZERO
    holdings: dict[str, Holding] = field(default_factory=dict)
    closing_only: bool = False
    halted: bool = False
    nickname: str = "Individual"
    transactions: list[dict[str, Any]] = field(default_factory=list)
    overrides: dict[str, Any] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """What paths name it by: 64 hexadecimal digits, as recorded ones have."""
        return sha256(f"schwab/{self.number}".encode()).hexdigest().upper()

    def held(self, symbol: str) -> Decimal:
        """How much; zero where nothing is."""
        holding = self.holdings.get(symbol)
        return ZERO if holding is None else holding.quantity

    def move(self, symbol: str, change: Decimal, price: Decimal) -> None:
        """Adds to the position or takes from it; what is added counts at `price`."""
        holding = self.holdings.get(symbol)
        if holding is None:
            self.holdings[symbol] = Holding(change, price)
            return
        after = holding.quantity + change
        if after == 0:
            del self.holdings[symbol]
            return
        if (holding.quantity > 0) != (after > 0):
            holding.average = price
        elif abs(after) > abs(holding.quantity):
            holding.average = (holding.quantity * holding.average + change * price) / after
        holding.quantity = after


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """Somebody who can sign in; `name` is what they choose on the page, no secret."""

    name: str
    accounts: list[Account] = field(default_factory=list)

    @property
    def account(self) -> Account:
        """The first one."""
        return self.accounts[0]
