"""Shares and options: how they are named in paths, orders and positions."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from tests.simulators.etrade.refusals import bad_field
from tests.simulators.etrade.wire import number, read_amount

EQ: Final = "EQ"
OPTN: Final = "OPTN"
_SYMBOL: Final = re.compile(r"[A-Z][A-Z0-9./-]{0,9}")
_RIGHTS: Final = frozenset({"CALL", "PUT"})


@dataclass(frozen=True, slots=True)
class Instrument:
    """A share, or an option with its day, strike and right."""

    symbol: str
    expiry: date | None = None
    strike: Decimal | None = None
    right: str = ""

    @property
    def type(self) -> str:
        """E*TRADE's `securityType`."""
        return OPTN if self.expiry else EQ

    @property
    def size(self) -> int:
        """Shares a unit."""
        return 100 if self.expiry else 1

    @property
    def underlying(self) -> "Instrument":
        """The share; itself for one."""
        return Instrument(self.symbol)

    @property
    def key(self) -> str:
        """As quotes are asked for: documented as underlier:year:month:day:type:strike."""
        if self.expiry is None or self.strike is None:
            return self.symbol
        day = f"{self.expiry.year}:{self.expiry.month}:{self.expiry.day}"
        return f"{self.symbol}:{day}:{self.right}:{self.strike:.6f}"

    @property
    def osi_key(self) -> str:
        """As recorded: "IBM---180817C00200000"."""
        if self.expiry is None or self.strike is None:
            return ""
        thousandths = int(self.strike * 1000)
        return f"{self.symbol:-<6}{self.expiry:%y%m%d}{self.right[0]}{thousandths:08d}"

    @property
    def display(self) -> str:
        """As recorded: "IBM Aug 17 '18 $200 Call"."""
        if self.expiry is None or self.strike is None:
            return self.symbol
        strike = number(self.strike)
        return f"{self.symbol} {self.expiry:%b %d '%y} ${strike} {self.right.title()}"

    def product(self) -> dict[str, Any]:
        """As orders show it."""
        shown: dict[str, Any] = {"symbol": self.symbol, "securityType": self.type}
        if self.expiry is not None and self.strike is not None:
            shown |= {
                "callPut": self.right,
                "expiryYear": self.expiry.year,
                "expiryMonth": self.expiry.month,
                "expiryDay": self.expiry.day,
                "strikePrice": number(self.strike),
            }
        return shown


def option(symbol: str, expiry: date, strike: str | Decimal, right: str) -> Instrument:
    """An option; two of the same terms are equal."""
    return Instrument(symbol, expiry, Decimal(strike).normalize() + 0, right)


def read_key(key: str) -> Instrument | None:
    """The instrument that a quote is asked for; None where the key is none."""
    parts = key.upper().split(":")
    if len(parts) == 1:
        return Instrument(parts[0]) if _SYMBOL.fullmatch(parts[0]) else None
    if len(parts) != 6 or parts[4] not in _RIGHTS:
        return None
    strike = read_amount(parts[5])
    try:
        day = date(int(parts[1]), int(parts[2]), int(parts[3]))
    except (OverflowError, ValueError):
        return None
    return None if strike is None else option(parts[0], day, strike, parts[4])


def read_product(product: Any) -> Instrument:
    """The `Product` of an order.

    Raises:
        EtradeRefusal: It names nothing.
    """
    fields = product if isinstance(product, dict) else {}
    symbol, kind = str(fields.get("symbol", "")).upper(), fields.get("securityType")
    if not _SYMBOL.fullmatch(symbol):
        raise bad_field("symbol", symbol)
    if kind == EQ:
        return Instrument(symbol)
    strike, right = read_amount(fields.get("strikePrice")), str(fields.get("callPut"))
    if kind != OPTN or right not in _RIGHTS or strike is None:
        raise bad_field("Product", fields)
    try:
        day = date(*(int(fields[f"expiry{name}"]) for name in ("Year", "Month", "Day")))
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise bad_field("expiration", fields) from error
    return option(symbol, day, strike, right)
