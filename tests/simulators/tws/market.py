"""Prices, and what else is known of a contract's market."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from tests.simulators.tws.listing import Contract, Listing

MID: Final = Decimal(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The latest of one contract; None is a price that is not known."""

    at: datetime
    bid: Decimal | None = None
    ask: Decimal | None = None
    last: Decimal | None = None
    close: Decimal | None = None
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    bid_size: Decimal = Decimal(500)
    ask_size: Decimal = Decimal(500)
    last_size: Decimal = Decimal(100)
    volume: Decimal = Decimal(1_000_000)

    @property
    def mark(self) -> Decimal:
        """What a position is valued at; 0 where nothing is known."""
        if self.bid is not None and self.ask is not None:
            return (self.bid + self.ask) / MID
        return self.last or self.bid or self.ask or self.close or Decimal(0)

    def touch(self, *, buys: bool) -> Decimal | None:
        """What a market order gets."""
        side = self.ask if buys else self.bid
        return side if side is not None else self.last

    def trigger(self, *, buys: bool) -> Decimal | None:
        """What stops look at."""
        return self.last if self.last is not None else self.touch(buys=buys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeks:
    """A model's computation for an option."""

    implied_volatility: Decimal
    delta: Decimal
    price: Decimal
    gamma: Decimal
    vega: Decimal
    theta: Decimal
    underlying: Decimal
    dividend: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A candle; `at` is its beginning."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal = Decimal(1000)
    average: Decimal = Decimal(-1)
    count: int = 10


@dataclass(slots=True)
class Market:
    """All of it.

    Attributes:
        is_open: Whether orders work that do not ask for other hours.
        bars: By con_id and bar size, such as "1 day".
        depth: Bids and asks of the book, each as price and size, best first.
    """

    now: Callable[[], datetime]
    listing: Listing
    is_open: bool = True
    quotes: dict[int, Quote] = field(default_factory=dict)
    greeks: dict[int, Greeks] = field(default_factory=dict)
    bars: dict[tuple[int, str], list[Bar]] = field(default_factory=dict)
    depth: dict[int, tuple[list[tuple[Decimal, Decimal]], list[tuple[Decimal, Decimal]]]] = field(
        default_factory=dict
    )

    def quote(self, contract: Contract) -> Quote:
        """The latest; without a price where none was set."""
        return self.quotes.get(contract.con_id) or Quote(at=self.now())

    def set(self, contract: Contract, **prices: Decimal | None) -> Quote:
        """Changes those that are given."""
        quote = replace(self.quote(contract), at=self.now(), **prices)  # type: ignore[arg-type] # by name
        self.quotes[contract.con_id] = quote
        return quote

    def rate(self, currency: str, base: str = "USD") -> Decimal:
        """What one unit of a currency is worth in the base: by the pair's price, else 1."""
        if currency == base:
            return Decimal(1)
        for contract in self.listing.contracts:
            if contract.kind != "CASH":
                continue
            mark = self.quote(contract).mark
            if mark and (contract.symbol, contract.currency) == (currency, base):
                return mark
            if mark and (contract.symbol, contract.currency) == (base, currency):
                return 1 / mark
        return Decimal(1)
