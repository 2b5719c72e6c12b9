"""People, their accounts, what is in them and what went through them."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, Final

from tests.simulators.etrade.instruments import Instrument
from tests.simulators.etrade.refusals import no_account, not_your_account

ZERO: Final = Decimal(0)
_ACCOUNT_IDS: Final = count(840104290)
_POSITION_IDS: Final = count(47537061900)
_TRANSACTION_IDS: Final = count(20062200761797)


@dataclass(slots=True, kw_only=True)
class Holding:
    """A position.

    Attributes:
        quantity: Shares or contracts; below zero for a short one.
        cost: What was paid for all of it, in US dollars, below zero for a short one.
    """

    instrument: Instrument
    quantity: Decimal
    cost: Decimal
    acquired_at: datetime
    id: int = field(default_factory=lambda: next(_POSITION_IDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One execution as the account's history shows it.

    Attributes:
        quantity: Below zero for what was sold, as recorded.
        amount: Of cash, below zero for what was paid.
    """

    type: str
    instrument: Instrument
    quantity: Decimal
    price: Decimal
    fee: Decimal
    amount: Decimal
    at: datetime
    order_no: int
    id: str = field(default_factory=lambda: str(next(_TRANSACTION_IDS)))


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """One account of a person.

    Attributes:
        id: As people know it; requests take `key`.
        mode: CASH, MARGIN, IRA, …: `accountMode` of the documentation.
        type: INDIVIDUAL, JOINT, ROTHIRA, …: `accountType`.
        cash: US dollars, below zero on margin.
        option_level: 0 for none, to 4.
        holdings: Without those of quantity zero.
        order_ids: They begin anew in every account, as recorded ids of three digits suggest.
    """

    mode: str = "CASH"
    type: str = "INDIVIDUAL"
    name: str = ""
    cash: Decimal = Decimal(100000)
    option_level: int = 2
    status: str = "ACTIVE"
    id: str = field(default_factory=lambda: str(next(_ACCOUNT_IDS)))
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    holdings: dict[Instrument, Holding] = field(default_factory=dict)
    transactions: list[Transaction] = field(default_factory=list)
    order_ids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def on_margin(self) -> bool:
        """Whether it may borrow money and shares."""
        return self.mode == "MARGIN"

    def held(self, instrument: Instrument) -> Decimal:
        """How much of it, below zero for a short position."""
        holding = self.holdings.get(instrument)
        return holding.quantity if holding else ZERO

    def wire(self) -> dict[str, Any]:
        """One of the account list."""
        return {
            "accountId": self.id,
            "accountIdKey": self.key,
            "accountMode": self.mode,
            "accountDesc": self.type,
            "accountName": self.name,
            "accountType": self.type,
            "institutionType": "BROKERAGE",
            "accountStatus": self.status,
            "closedDate": 0,
        }


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """Somebody who can log on.

    Attributes:
        name: For tests and for the page to read; no secret.
    """

    name: str
    accounts: list[Account] = field(default_factory=list)

    @property
    def account(self) -> Account:
        """The first one."""
        return self.accounts[0]


@dataclass(slots=True)
class Bank:
    """Everybody."""

    people: list[Person] = field(default_factory=list)

    def account(self, person: Person, key: str) -> Account:
        """The person's own account.

        Raises:
            EtradeRefusal: There is none of that key, or it is somebody else's.
        """
        for account in person.accounts:
            if account.key == key:
                return account
        if any(account.key == key for other in self.people for account in other.accounts):
            raise not_your_account()
        raise no_account()

    def person(self, name: str) -> Person | None:
        """By name."""
        return next((one for one in self.people if one.name == name), None)
