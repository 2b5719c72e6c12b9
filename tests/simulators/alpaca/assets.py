"""What can be traded: shares, coins and option contracts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import NAMESPACE_DNS, uuid5

from tests.simulators.alpaca.wire import text

EQUITY: Final = "us_equity"
CRYPTO: Final = "crypto"
OPTION: Final = "us_option"
SHARES_A_CONTRACT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A row of /v2/assets; its names and values as recorded from the paper API in 2026."""

    symbol: str
    name: str
    asset_class: str = EQUITY
    exchange: str = "NASDAQ"
    status: str = "active"
    tradable: bool = True
    marginable: bool = True
    shortable: bool = True
    easy_to_borrow: bool = True
    fractionable: bool = True
    min_order_size: Decimal | None = None
    min_trade_increment: Decimal | None = None
    price_increment: Decimal | None = None

    @property
    def id(self) -> str:
        """The same for the same symbol."""
        return str(uuid5(NAMESPACE_DNS, self.symbol))

    @property
    def size(self) -> int:
        """What one unit's price is multiplied by."""
        return 1

    def wire(self) -> dict[str, Any]:
        """Crypto has its steps as strings and no borrow status."""
        common = {
            "id": self.id,
            "class": self.asset_class,
            "exchange": self.exchange,
            "symbol": self.symbol,
            "name": self.name,
            "status": self.status,
            "tradable": self.tradable,
            "marginable": self.marginable,
            "shortable": self.shortable,
            "easy_to_borrow": self.easy_to_borrow,
            "fractionable": self.fractionable,
            "attributes": [],
        }
        if self.asset_class == CRYPTO:
            steps = ("min_order_size", "min_trade_increment", "price_increment")
            return {**common, **{name: text(getattr(self, name)) for name in steps}}
        return {
            **common,
            "borrow_status": "easy_to_borrow" if self.easy_to_borrow else "hard_to_borrow",
            "maintenance_margin_requirement": 30,
            "margin_requirement_long": "30",
            "margin_requirement_short": "30",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A row of /v2/options/contracts."""

    underlying: Asset
    expiry: date
    strike: Decimal
    right: str
    status: str = "active"
    tradable: bool = True

    asset_class = OPTION

    @property
    def symbol(self) -> str:
        """The OCC's: root, yymmdd, C or P, strike in thousandths on eight digits."""
        thousandths = f"{int(self.strike * 1000):08d}"
        return f"{self.underlying.symbol}{self.expiry:%y%m%d}{self.right[0].upper()}{thousandths}"

    @property
    def id(self) -> str:
        """The same for the same symbol."""
        return str(uuid5(NAMESPACE_DNS, self.symbol))

    @property
    def exchange(self) -> str:
        """Positions show an empty one: docs, options-trading-overview."""
        return ""

    @property
    def marginable(self) -> bool:
        """As the example position of the docs shows it."""
        return True

    @property
    def size(self) -> int:
        """What one unit's price is multiplied by."""
        return SHARES_A_CONTRACT

    def wire(self) -> dict[str, Any]:
        """All amounts are strings."""
        day = f"{self.expiry:%b %d %Y}"
        return {
            "id": self.id,
            "symbol": self.symbol,
            "name": f"{self.underlying.symbol} {day} {text(self.strike)} {self.right.title()}",
            "status": self.status,
            "tradable": self.tradable,
            "expiration_date": self.expiry.isoformat(),
            "root_symbol": self.underlying.symbol,
            "underlying_symbol": self.underlying.symbol,
            "underlying_asset_id": self.underlying.id,
            "type": self.right,
            "style": "american",
            "strike_price": text(self.strike),
            "multiplier": "100",
            "size": "100",
            "open_interest": None,
            "open_interest_date": None,
            "close_price": None,
            "close_price_date": None,
            "ppind": True,
        }


Listed = TypeVar("Listed", Asset, Contract)


def _coin(symbol: str, name: str, smallest: str) -> Asset:
    return Asset(
        symbol=symbol,
        name=name,
        asset_class=CRYPTO,
        exchange="CRYPTO",
        marginable=False,
        shortable=False,
        easy_to_borrow=False,
        min_order_size=Decimal(smallest),
        min_trade_increment=Decimal("0.000000001"),
        price_increment=Decimal("0.000000001"),
    )


def usual_assets() -> list[Asset]:
    """Enough for most tests: ordinary, not fractionable, not borrowable, inactive, coins."""
    return [
        Asset(symbol="AAPL", name="Apple Inc. Common Stock"),
        Asset(symbol="MSFT", name="Microsoft Corporation Common Stock"),
        Asset(symbol="TSLA", name="Tesla, Inc. Common Stock"),
        Asset(symbol="SPY", name="SPDR S&P 500 ETF Trust", exchange="ARCA"),
        Asset(symbol="BRK.B", name="Berkshire Hathaway Inc. Class B", exchange="NYSE"),
        Asset(symbol="OCGN", name="Ocugen, Inc. Common Stock", fractionable=False),
        Asset(symbol="GME", name="GameStop Corp.", exchange="NYSE", easy_to_borrow=False),
        Asset(symbol="TWTR", name="Twitter, Inc.", status="inactive", tradable=False),
        _coin("BTC/USD", "Bitcoin / US Dollar", "0.000015739"),
        _coin("ETH/USD", "Ethereum / US Dollar", "0.000380633"),
    ]


@dataclass(slots=True)
class Catalogue:
    """All assets and contracts, found by symbol or id."""

    assets: dict[str, Asset] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)

    def add(self, *assets: Asset) -> None:
        """New ones, or others for the same symbols."""
        self.assets.update({asset.symbol: asset for asset in assets})

    def add_contract(self, underlying: str, expiry: date, strike: str, right: str) -> str:
        """Lists an option ("call" or "put") and gives its symbol."""
        contract = Contract(
            underlying=self.assets[underlying], expiry=expiry, strike=Decimal(strike), right=right
        )
        self.contracts[contract.symbol] = contract
        return contract.symbol

    def asset(self, wanted: str) -> Asset | None:
        """By symbol, by id, and for coins by the symbol without its slash."""
        return _find(wanted, iter(self.assets.values()))

    def contract(self, wanted: str) -> Contract | None:
        """By symbol or id."""
        return _find(wanted, iter(self.contracts.values()))


def _find(wanted: str, among: Iterator[Listed]) -> Listed | None:
    names = {wanted, wanted.upper()}
    return next(
        (o for o in among if {o.symbol, o.symbol.replace("/", ""), o.id} & names),
        None,
    )
