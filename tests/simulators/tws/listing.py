"""What can be traded: contracts as TWS describes them, and how a request finds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

DERIVED: Final = frozenset({"OPT", "FUT", "FOP"})
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One; the names of the API in brackets where they differ.

    Attributes:
        kind: STK, OPT, FUT, CASH or CRYPTO (secType).
        expiry: yyyymmdd (lastTradeDateOrContractMonth).
        right: C or P.
        exchanges: Where it may be sent (validExchanges); the first is the usual one.
        rule: The number of its market rule (marketRuleIds).
        trading_hours: As TWS writes them; empty: what is usual, see `hours`. Likewise liquid_hours.
    """

    con_id: int
    symbol: str
    kind: str = "STK"
    currency: str = "USD"
    expiry: str = ""
    strike: Decimal = _ZERO
    right: str = ""
    multiplier: str = ""
    primary: str = ""
    exchanges: tuple[str, ...] = ("SMART",)
    local_symbol: str = ""
    trading_class: str = ""
    name: str = ""
    min_tick: Decimal = Decimal("0.01")
    rule: int = 26
    min_size: Decimal = Decimal(1)
    underlying: int = 0
    under_symbol: str = ""
    stock_type: str = ""
    zone: str = "US/Eastern"
    trading_hours: str = ""
    liquid_hours: str = ""
    order_types: str = "ACTIVETIM,AD,ADJUST,ALERT,GTC,IOC,FOK,LMT,MKT,STP,STPLMT,TRAIL,WHATIF"

    @property
    def exchange(self) -> str:
        """Where it goes if nothing else is said."""
        return self.exchanges[0]

    @property
    def size(self) -> Decimal:
        """Units that one contract stands for."""
        return Decimal(self.multiplier or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The contract fields of a request; whatever is empty is not asked for."""

    con_id: int = 0
    symbol: str = ""
    kind: str = ""
    expiry: str = ""
    strike: Decimal = _ZERO
    right: str = ""
    multiplier: str = ""
    exchange: str = ""
    primary: str = ""
    currency: str = ""
    local_symbol: str = ""
    trading_class: str = ""

    def fits(self, contract: Contract) -> bool:
        """Whether the contract is one of those that are asked for."""
        if self.exchange not in {"", *contract.exchanges}:
            return False
        if self.con_id:
            return self.con_id == contract.con_id
        plain = ("symbol", "kind", "multiplier", "primary", "currency", "trading_class")
        return (
            all(getattr(self, name) in {"", getattr(contract, name)} for name in plain)
            and self.local_symbol in {"", contract.local_symbol}
            and contract.expiry.startswith(self.expiry)
            and self.strike in {_ZERO, contract.strike}
            and self.right[:1] in {"", contract.right}
        )


@dataclass(slots=True)
class Listing:
    """All contracts, and the steps in which their prices move.

    Attributes:
        rules: Market rules: from which price on which step is used.
    """

    contracts: list[Contract] = field(default_factory=list)
    rules: dict[int, tuple[tuple[str, str], ...]] = field(
        default_factory=lambda: {
            26: (("0", "0.01"),),
            32: (("0", "0.01"), ("3", "0.05")),
            67: (("0", "0.25"),),
            59: (("0", "0.00005"),),
            8: (("0", "0.25"),),
        }
    )
    _next: int = 900_000_001

    def add(self, symbol: str, kind: str = "STK", **fields: object) -> Contract:
        """One more; what is not given is filled in as it is usual for its kind."""
        given = {"con_id": self._next, "symbol": symbol, "kind": kind, **fields}
        if given["con_id"] == self._next:
            self._next += 1
        made = Contract(**{**_usual(kind), **given})  # type: ignore[arg-type] # fields by name
        if made.under_symbol and not made.underlying:
            made = replace(made, underlying=self.one(made.under_symbol).con_id)
        made = replace(
            made,
            local_symbol=made.local_symbol or _local_symbol(made),
            trading_class=made.trading_class or _trading_class(made),
        )
        self.contracts.append(made)
        return made

    def change(self, contract: Contract, **fields: object) -> Contract:
        """Describes it differently from now on."""
        changed = replace(contract, **fields)  # type: ignore[arg-type] # fields by name
        self.contracts[self.contracts.index(contract)] = changed
        return changed

    def find(self, wanted: Wanted) -> list[Contract]:
        """All that fit."""
        return [contract for contract in self.contracts if wanted.fits(contract)]

    def one(self, key: Contract | str | int) -> Contract:
        """By number, local symbol (such as EUR.USD) or the symbol of what is no derivative.

        Raises:
            KeyError: There is none.
        """
        if isinstance(key, Contract):
            return key
        for contract in self.contracts:
            if key in {contract.con_id, contract.local_symbol}:
                return contract
        for contract in self.contracts:
            if key == contract.symbol and contract.kind not in DERIVED:
                return contract
        raise KeyError(key)

    def derived_from(self, con_id: int, kind: str) -> list[Contract]:
        """Options or futures on a contract."""
        return [c for c in self.contracts if c.underlying == con_id and c.kind == kind]

    def step(self, contract: Contract, price: Decimal) -> Decimal:
        """The step at that price."""
        usual = contract.min_tick
        for low, step in self.rules.get(contract.rule, ()):
            if price >= Decimal(low):
                usual = Decimal(step)
        return usual


def _usual(kind: str) -> Mapping[str, object]:
    usual: Mapping[str, Mapping[str, object]] = {
        "STK": {
            "primary": "NASDAQ",
            "exchanges": ("SMART", "NASDAQ", "NYSE", "ARCA", "ISLAND", "IEX"),
            "stock_type": "COMMON",
        },
        "OPT": {"multiplier": "100", "rule": 32, "exchanges": ("SMART", "CBOE", "AMEX")},
        "FUT": {
            "exchanges": ("CME",),
            "multiplier": "50",
            "min_tick": Decimal("0.25"),
            "rule": 67,
            "zone": "US/Central",
        },
        "CASH": {"exchanges": ("IDEALPRO",), "min_tick": Decimal("0.00005"), "rule": 59},
        "CRYPTO": {
            "exchanges": ("PAXOS",),
            "min_tick": Decimal("0.25"),
            "rule": 8,
            "min_size": Decimal("0.00000001"),
        },
    }
    return usual[kind]


def _local_symbol(contract: Contract) -> str:
    if contract.kind == "CASH":
        return f"{contract.symbol}.{contract.currency}"
    if contract.kind == "CRYPTO":
        return f"{contract.symbol}.{contract.currency}"
    if contract.kind == "OPT":
        strike = int(contract.strike * 1000)
        return f"{contract.symbol:<6}{contract.expiry[2:]}{contract.right}{strike:08d}"
    if contract.kind == "FUT":
        month = "FGHJKMNQUVXZ"[int(contract.expiry[4:6]) - 1]
        return f"{contract.symbol}{month}{contract.expiry[3]}"
    return contract.symbol


def _trading_class(contract: Contract) -> str:
    if contract.kind == "STK":
        return "NMS" if contract.primary == "NASDAQ" else contract.symbol
    return contract.local_symbol or (
        f"{contract.symbol}.{contract.currency}"
        if contract.kind in {"CASH", "CRYPTO"}
        else contract.symbol
    )


def usual_listing() -> Listing:
    """Some of every kind; the numbers of stocks, pairs and coins are IBKR's own."""
    listing = Listing()
    stocks: Sequence[tuple[str, int, str, str]] = (
        ("AAPL", 265598, "NASDAQ", "APPLE INC"),
        ("MSFT", 272093, "NASDAQ", "MICROSOFT CORP"),
        ("NVDA", 4815747, "NASDAQ", "NVIDIA CORP"),
        ("TSLA", 76792991, "NASDAQ", "TESLA INC"),
        ("IBM", 8314, "NYSE", "INTL BUSINESS MACHINES CORP"),
        ("VOD", 94393301, "NASDAQ", "VODAFONE GROUP PLC-SP ADR"),
    )
    for symbol, con_id, primary, name in stocks:
        listing.add(symbol, con_id=con_id, primary=primary, name=name)
    listing.add("SPY", con_id=756733, primary="ARCA", name="SPDR S&P 500", stock_type="ETF")
    listing.add(
        "VOD",
        con_id=178617310,
        primary="LSE",
        exchanges=("SMART", "LSE"),
        currency="GBP",
        name="VODAFONE GROUP PLC",
    )
    for pair, con_id in (("EURUSD", 12087792), ("GBPUSD", 12087797), ("USDJPY", 15016059)):
        listing.add(pair[:3], "CASH", currency=pair[3:], con_id=con_id, name=pair)
    listing.add("BTC", "CRYPTO", con_id=479624278, name="Bitcoin cryptocurrency")
    listing.add("ETH", "CRYPTO", con_id=495759171, name="Ethereum cryptocurrency")
    for expiry in ("20261218", "20270319"):
        listing.add("ES", "FUT", expiry=expiry, trading_class="ES", name="E-mini S&P 500")
    for expiry in ("20261218", "20270115"):
        for strike in ("180", "190", "200"):
            for right in "CP":
                listing.add(
                    "AAPL",
                    "OPT",
                    expiry=expiry,
                    strike=Decimal(strike),
                    right=right,
                    under_symbol="AAPL",
                    trading_class="AAPL",
                    name="APPLE INC",
                )
    return listing
