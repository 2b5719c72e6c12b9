"""What can be traded: shares, exchange-traded funds, and option contracts."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

EQUITY: Final = "EQUITY"
OPTION: Final = "OPTION"
FUND: Final = "COLLECTIVE_INVESTMENT"
_CONTRACT: Final = re.compile(r"([A-Z/$.0-9]{1,6}) *(\d{6})([CP])(\d{8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share or a fund; orders call both EQUITY, positions call a fund COLLECTIVE_INVESTMENT."""

    symbol: str
    description: str
    cusip: str
    exchange: str = "NASDAQ"
    is_fund: bool = False
    shortable: bool = True

    size = 1
    asset_type = EQUITY

    def wire(self) -> dict[str, Any]:
        """As recorded positions and orders show it."""
        shown: dict[str, Any] = {
            "assetType": FUND if self.is_fund else EQUITY,
            "cusip": self.cusip,
            "symbol": self.symbol,
            "instrumentId": instrument_id(self.symbol),
        }
        if self.is_fund:
            shown |= {"description": self.description, "type": "EXCHANGE_TRADED_FUND"}
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """An option of 100 shares."""

    underlying: str
    expiry: date
    right: str
    strike: Decimal

    size = 100
    asset_type = OPTION

    @property
    def symbol(self) -> str:
        """The OCC's 21 characters: the root on six, yymmdd, C or P, the strike on eight."""
        thousandths = f"{int(self.strike * 1000):08d}"
        return f"{self.underlying:<6}{self.expiry:%y%m%d}{self.right[0]}{thousandths}"

    @property
    def description(self) -> str:
        """As recorded: "APPLE INC 11/20/2026 $190 Call"."""
        strike = format(self.strike.normalize(), "f")
        return f"{self.underlying} {self.expiry:%m/%d/%Y} ${strike} {self.right.title()}"

    def wire(self) -> dict[str, Any]:
        """As recorded orders and positions show it."""
        return {
            "assetType": OPTION,
            "cusip": f"0{self.underlying}.{self.expiry:%y%m%d}"[:16],
            "symbol": self.symbol,
            "description": self.description,
            "instrumentId": instrument_id(self.symbol),
            "type": "VANILLA",
            "putCall": self.right,
            "underlyingSymbol": self.underlying,
            "optionDeliverables": [{"symbol": self.underlying, "deliverableUnits": 100.0}],
        }


Instrument = Share | Contract


def instrument_id(symbol: str) -> int:
    """The same for the same symbol."""
    return 1_000_000 + int.from_bytes(symbol.encode(), "big") % 200_000_000


def read_contract(symbol: str) -> Contract | None:
    """The contract of 21 characters; None for anything else."""
    found = _CONTRACT.fullmatch(symbol)
    if found is None or len(symbol) != 21:
        return None
    try:
        expiry = date.fromisoformat(f"20{found[2][:2]}-{found[2][2:4]}-{found[2][4:]}")
    except ValueError:
        return None
    right = "CALL" if found[3] == "C" else "PUT"
    strike = Decimal(found[4]) / 1000
    return Contract(underlying=found[1], expiry=expiry, right=right, strike=strike)


class Listing:
    """Everything that is listed; options that nobody added are not."""

    def __init__(self) -> None:
        """Enough for most tests."""
        self.shares: dict[str, Share] = {}
        self.contracts: dict[str, Contract] = {}
        self.add(
            Share(symbol="AAPL", description="Apple Inc", cusip="037833100"),
            Share(symbol="MSFT", description="Microsoft Corp", cusip="594918104"),
            Share(symbol="TSLA", description="Tesla Inc", cusip="88160R101"),
            Share(
                symbol="BAC",
                description="Bank Of America Corp",
                cusip="060505104",
                exchange="NYSE",
            ),
            Share(
                symbol="BRK/B",
                description="Berkshire Hathaway Inc Class B",
                cusip="084670702",
                exchange="NYSE",
            ),
            Share(
                symbol="SPY",
                description="SPDR S&P 500 ETF",
                cusip="78462F103",
                exchange="NYSE Arca",
                is_fund=True,
            ),
            Share(symbol="GME", description="GameStop Corp", cusip="36467W109", shortable=False),
        )

    def add(self, *shares: Share) -> None:
        """More of them, or others in the place of those with the same symbol."""
        self.shares.update({share.symbol: share for share in shares})

    def add_contracts(self, underlying: str, expiry: date, *strikes: str) -> list[Contract]:
        """A call and a put of each strike."""
        new = [
            Contract(underlying=underlying, expiry=expiry, right=right, strike=Decimal(strike))
            for strike in strikes
            for right in ("CALL", "PUT")
        ]
        self.contracts.update({contract.symbol: contract for contract in new})
        return new

    def find(self, symbol: str) -> Instrument | None:
        """By the symbol as orders write it."""
        return self.shares.get(symbol) or self.contracts.get(symbol)
