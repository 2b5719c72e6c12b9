"""Whoever has an account, what it holds, and the keys to it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

TRADING: Final = (
    "query-funds",
    "query-open-trades",
    "query-closed-trades",
    "modify-trades",
    "close-trades",
)
"""What a key needs to trade and to read back."""
PERMISSIONS: Final = frozenset(
    {
        *TRADING,
        "add-funds",
        "withdraw-funds",
        "earn-funds",
        "query-ledger",
        "export-data",
        "create-ws-token",
        "add-withdraw-address",
        "update-withdraw-address",
    }
)
"""https://docs.kraken.com/api/docs/rest-api/get-api-key-info"""


@dataclass(slots=True, kw_only=True, eq=False)
class Person:
    """An account at Kraken.

    Attributes:
        balances: By asset id ("ZUSD", "XXBT", "SOL"); what open orders hold is still in them.
        tier: "starter", "intermediate" or "pro"; see `limits`.
        taker_percent: Of the cost; 0.80 and 0.40 are the first tier's (recorded on 2026-09-08
            through TradeVolume, and the fee schedule of October 2026).
        margin: Whether orders may have leverage.
    """

    name: str
    balances: dict[str, Decimal]
    tier: str = "starter"
    taker_percent: Decimal = Decimal("0.80")
    maker_percent: Decimal = Decimal("0.40")
    margin: bool = False

    def held(self, asset: str) -> Decimal:
        """How much of it, orders or not."""
        return self.balances.get(asset, Decimal(0))

    def add(self, asset: str, amount: Decimal) -> None:
        """More of it, or less."""
        self.balances[asset] = self.held(asset) + amount


@dataclass(slots=True, kw_only=True, eq=False)
class Key:
    """One API key of a person; nonces and the call counter are the key's own.

    Attributes:
        name: The person's.
        secret: Base64.
        permissions: Of `PERMISSIONS`.
        nonce: The highest that was accepted.
        nonce_window: How far below the highest an unused nonce may be (a setting of the key).
        last_used: When a request with it was last accepted; None before that.
        valid_until: When it ends; None where it does not.
    """

    name: str
    key: str
    secret: str = field(repr=False)
    person: Person
    permissions: set[str]
    created_at: datetime
    label: str = "floorbroker"
    nonce: int = 0
    nonce_window: int = 0
    used: set[int] = field(default_factory=set)
    last_used: datetime | None = None
    valid_until: datetime | None = None
    ip_allowlist: list[str] = field(default_factory=list)
