"""People, their accounts, and what lies in them."""

import secrets
import string
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

ZERO: Final = Decimal(0)
MARGIN: Final = "INDIVIDUAL_MARGIN"
CASH: Final = "INDIVIDUAL_CASH"
CRYPTO: Final = "CRYPTO"

CLASSES: Final = {
    MARGIN: ("MARGIN", "Individual Margin"),
    CASH: ("CASH", "Individual Cash"),
    CRYPTO: ("CASH", "Crypto"),
    "ROTH_IRA": ("CASH", "Roth IRA"),
    "TRADITIONAL_IRA": ("CASH", "Traditional IRA"),
    "EVENTS_CASH": ("CASH", "Events Cash"),
}
"""Type and label of an account by its class: the reference of account-list; the labels of the first
and the last were seen in the sandbox, and the type of a crypto account is unverified."""

_LETTERS: Final = string.ascii_uppercase + string.digits


def new_id(length: int = 26) -> str:
    """As the reference's examples: capitals and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


@dataclass(slots=True, kw_only=True)
class Position:
    """What is held of one symbol.

    Attributes:
        symbol: Of an option its OCC symbol.
        quantity: Below zero where it is sold short.
        cost: Of all of it, in US dollars; below zero for a short sale.
    """

    symbol: str
    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    id: str = field(default_factory=new_id)
    leg_id: str = field(default_factory=new_id)


@dataclass(slots=True, kw_only=True, eq=False)
class Account:
    """One account.

    Attributes:
        kind: Its class: a key of `CLASSES`.
        option_cash: What options may be bought with; None while that is the cash.
    """

    kind: str
    cash: Decimal
    id: str = field(default_factory=new_id)
    number: str = field(default_factory=lambda: new_id(8))
    positions: dict[str, Position] = field(default_factory=dict)
    option_cash: Decimal | None = None

    @property
    def type(self) -> str:
        """CASH or MARGIN."""
        return CLASSES[self.kind][0]

    def held(self, symbol: str) -> Decimal:
        """Units, or contracts."""
        position = self.positions.get(symbol)
        return position.quantity if position else ZERO


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """Somebody with accounts at Webull.

    Attributes:
        fractions: Whether the agreement for parts of shares is signed.
    """

    name: str
    accounts: list[Account] = field(default_factory=list)
    user_id: str = field(default_factory=lambda: str(secrets.randbelow(9 * 10**9) + 10**9))
    identity_id: str = field(default_factory=lambda: secrets.token_hex(16))
    fractions: bool = True

    @property
    def account(self) -> Account:
        """The first."""
        return self.accounts[0]
