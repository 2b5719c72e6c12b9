"""Whoever has an account, what it holds, and what its key may do."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from tests.simulators.binance.wire import ZERO


@dataclass(slots=True)
class Balance:
    """What there is of one asset.

    Attributes:
        locked: Held by orders.
    """

    free: Decimal = ZERO
    locked: Decimal = ZERO


@dataclass(slots=True, kw_only=True)
class Rights:
    """What a key may do: the answer of `GET /sapi/v1/account/apiRestrictions`.

    Attributes:
        trusted: Whether its requests come from an address that it allows.
    """

    reading: bool = True
    spot_trading: bool = True
    withdrawals: bool = False
    internal_transfer: bool = False
    universal_transfer: bool = False
    margin: bool = False
    futures: bool = False
    ip_restricted: bool = False
    trusted: bool = True


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """An account at Binance and the key to it.

    Attributes:
        balances: By asset.
        permissions: What the account may trade: "SPOT", "TRD_GRP_…".
        can_trade: Whether the account may; the key's own right is in `rights`.
        maker: Commission rate of orders that rested; 0.001 is 0.1 %.
        taker: Commission rate of orders that matched on arrival.
        pays_in_bnb: Whether commissions are paid in BNB as long as there is enough of it.
    """

    name: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    created_at: datetime
    balances: dict[str, Balance] = field(default_factory=dict)
    permissions: list[str] = field(default_factory=lambda: ["SPOT"])
    can_trade: bool = True
    can_withdraw: bool = True
    can_deposit: bool = True
    maker: Decimal = Decimal("0.001")
    taker: Decimal = Decimal("0.001")
    pays_in_bnb: bool = False
    rights: Rights = field(default_factory=Rights)

    @property
    def uid(self) -> int:
        """The same for the same name."""
        return int(str(uuid5(NAMESPACE_URL, self.name).int)[:9])

    def balance(self, asset: str) -> Balance:
        """Of one asset; zero where there never was any."""
        return self.balances.setdefault(asset, Balance())

    def free(self, asset: str) -> Decimal:
        """What orders may still use."""
        return self.balances.get(asset, Balance()).free


@dataclass(slots=True)
class Hold:
    """What an order, or both legs of an OCO together, hold of a balance."""

    person: Person
    asset: str
    amount: Decimal = ZERO

    def set(self, amount: Decimal) -> None:
        """Hold so much from now on; what is no longer needed is free again."""
        balance = self.person.balance(self.asset)
        balance.free += self.amount - amount
        balance.locked += amount - self.amount
        self.amount = amount

    def pay(self, amount: Decimal) -> None:
        """`amount` leaves the account: from the hold, and what it lacks from what is free."""
        balance = self.person.balance(self.asset)
        from_hold = min(amount, self.amount)
        self.amount -= from_hold
        balance.locked -= from_hold
        balance.free -= amount - from_hold
