"""What can be traded, and how people's text becomes one."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from floorbroker.domain.errors import InvalidInput

_SYMBOL: Final = re.compile(r"[A-Z0-9]{1,21}(?:[./-][A-Z0-9]{1,10})?", re.ASCII)


class AssetClass(StrEnum):
    """What kind of thing an instrument is."""

    EQUITY = "equity"
    CRYPTO = "crypto"
    OPTION = "option"
    FUTURE = "future"
    FOREX = "forex"


class OptionRight(StrEnum):
    """The right that an option gives."""

    CALL = "call"
    PUT = "put"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One tradable thing, in words that are the same at every broker.

    Attributes:
        symbol: `AAPL`, `BRK.B`, `BTC/USD`; a contract's broker-neutral name.
        currency: The currency of its prices.
        multiplier: Units of the underlying in one contract; 1 for shares and coins.
        expiry: Last trading day of a contract.
    """

    symbol: str
    asset_class: AssetClass
    currency: str = "USD"
    name: str = ""
    exchange: str | None = None
    multiplier: Decimal = Decimal(1)
    underlying: str | None = None
    expiry: date | None = None
    strike: Decimal | None = None
    right: OptionRight | None = None

    def __post_init__(self) -> None:
        """Refuse a contract without its terms."""
        if self.asset_class is AssetClass.OPTION and not (
            self.underlying and self.expiry and self.strike and self.right
        ):
            raise ValueError("An option has an underlying, an expiry, a strike and a right.")
        if self.multiplier <= 0:
            raise ValueError("A multiplier is above zero.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentRules:
    """What the broker accepts for one instrument, from the broker's own data.

    Attributes:
        quantity_step: Quantities are whole multiples of it (1 share, 0.0001 BTC).
        price_tick: Prices are whole multiples of it.
        minimum_notional: In the instrument's currency; None where the broker has none.
        fractional: Whether a part of a share may be ordered.
    """

    quantity_step: Decimal
    price_tick: Decimal
    minimum_quantity: Decimal
    minimum_notional: Decimal | None = None
    fractional: bool = False


def parse_symbol(text: str) -> str:
    """The symbol in `text`, in capitals, fit to reach a broker and a URL.

    Raises:
        InvalidInput: `Invalid symbol: …`, which names only what is safe to repeat.
    """
    symbol = text.strip(" ").upper()
    if text.isascii() and _SYMBOL.fullmatch(symbol):
        return symbol
    shown = "".join(character for character in text if character.isascii() and character.isalnum())
    raise InvalidInput(
        f"Invalid symbol: {shown[:21] or '(unreadable)'}. Write it like AAPL or BTC/USD."
    )
