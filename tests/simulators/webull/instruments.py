"""What can be traded: shares, option contracts and coins."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

EQUITY: Final = "EQUITY"
OPTION: Final = "OPTION"
COIN: Final = "CRYPTO"
TRADABLE: Final = "OC"
"""May be opened and closed; CO: closed only; NT: not traded."""

SHARES_A_CONTRACT: Final = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A share or a fund."""

    symbol: str
    name: str
    id: str
    exchange: str = "NSQ"
    status: str = TRADABLE
    sub_category: str = "COMMON_STOCK"
    shortable: bool = True
    fractionable: bool = True
    kind: str = EQUITY
    multiplier: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """An option. `root` is what orders name: of weeklies it is not the underlying."""

    root: str
    underlying: str
    expiry: date
    right: str
    strike: Decimal
    id: str
    status: str = TRADABLE
    kind: str = OPTION
    multiplier: Decimal = SHARES_A_CONTRACT

    @property
    def symbol(self) -> str:
        """AAPL261218C00240000: root, day, C or P, and the strike times a thousand."""
        strike = f"{int(self.strike * 1000):08d}"
        return f"{self.root}{self.expiry:%y%m%d}{self.right[0]}{strike}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """A pair with the US dollar, such as BTCUSD."""

    symbol: str
    id: str
    status: str = TRADABLE
    smallest: Decimal = Decimal("0.00000001")
    least_value: Decimal = Decimal(2)
    kind: str = COIN
    multiplier: Decimal = Decimal(1)


Instrument = Stock | Contract | Coin


@dataclass(slots=True)
class Catalogue:
    """All of them, by symbol."""

    instruments: dict[str, Instrument] = field(default_factory=dict)

    def add(self, *new: Instrument) -> None:
        """One or more."""
        self.instruments |= {one.symbol: one for one in new}

    def change(self, symbol: str, **fields: Any) -> None:
        """`status="NT"`, `fractionable=False` and the like."""
        self.instruments[symbol] = replace(self.instruments[symbol], **fields)

    def list_option(
        self, root: str, expiry: date, right: str, strike: str | Decimal, *, underlying: str = ""
    ) -> Contract:
        """One more contract; `right` is CALL or PUT."""
        contract = Contract(
            root=root,
            underlying=underlying or root,
            expiry=expiry,
            right=right,
            strike=Decimal(strike),
            id=str(1044605620 + len(self.instruments)),
        )
        self.add(contract)
        return contract

    def contract(self, root: str, expiry: date, right: str, strike: Decimal) -> Contract | None:
        """The one that an order's leg names."""
        for one in self.instruments.values():
            named = isinstance(one, Contract) and one.root == root and one.expiry == expiry
            if isinstance(one, Contract) and named and (one.right, one.strike) == (right, strike):
                return one
        return None


def usual() -> Catalogue:
    """Four stocks, a fund, a penny stock, two coins and a chain of six contracts."""
    catalogue = Catalogue()
    catalogue.add(
        Stock(symbol="AAPL", name="APPLE INC", id="913256135"),
        Stock(symbol="MSFT", name="MICROSOFT CORP", id="913323997"),
        Stock(symbol="F", name="FORD MOTOR CO", id="913255275", exchange="NYS"),
        Stock(symbol="BRK.B", name="BERKSHIRE HATHAWAY", id="913255891", fractionable=False),
        Stock(symbol="SPY", name="SPDR S&P 500", id="913243251", sub_category="ETF"),
        Stock(symbol="PENY", name="PENNY CO", id="913200001", shortable=False),
        Coin(symbol="BTCUSD", id="950160802"),
        Coin(symbol="ETHUSD", id="950160804"),
    )
    for right in ("CALL", "PUT"):
        for strike in ("230", "240", "250"):
            catalogue.list_option("AAPL", date(2026, 12, 18), right, strike)
    return catalogue
