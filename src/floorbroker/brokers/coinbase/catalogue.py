"""What is traded at Coinbase, by every name that people write, and what it costs. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.coinbase import answers
from floorbroker.brokers.shared.beginnings import Beginnings
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules

DOLLARS: Final = "USD"
AS_DOLLARS: Final = "USDC"
"""Pairs of both share one book (`alias` of a product), and one is changed into the other at par:
https://docs.cdp.coinbase.com/prime/concepts/stablecoins/conversions"""

FIAT: Final = frozenset({"USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "SGD", "BRL"})
_QUOTES: Final = ("USD", "USDC", "USDT", "EUR", "GBP")
"""The currencies in which holdings are priced, best first."""

OFFERED: Final = DOLLARS
"""The quote currency that is traded in. The limits on orders are amounts of dollars: 5 (bitcoins,
or pounds) would pass as 5 (dollars)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A product of the spot market."""

    told: answers.Product

    @property
    def product_id(self) -> str:
        """What Coinbase is asked with: `BTC-USD`."""
        return self.told.product_id

    @property
    def base(self) -> str:
        """`BTC`."""
        return self.told.base_currency_id

    @property
    def quote(self) -> str:
        """`USD`."""
        return self.told.quote_currency_id

    @property
    def symbol(self) -> str:
        """`BTC/USD`."""
        return f"{self.base}/{self.quote}"

    @property
    def halted(self) -> bool:
        """Whether Coinbase takes no order for it, or nothing but cancels."""
        told = self.told
        return told.trading_disabled or told.is_disabled or told.cancel_only

    @property
    def offered(self) -> bool:
        """Whether orders may be placed in it: coins against dollars.

        A coin is held once, and shown in its dollar pair: in another it would look like nothing.
        """
        return self.quote == OFFERED and self.base not in FIAT and self.told.status != "delisted"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All pairs.

    Attributes:
        by_id: By Coinbase's id.
        by_name: By symbol without its slash, in capitals.
        by_base: By what is bought, those with the best quote currency first.
        begins: Those that are offered, by symbol without its slash, and by name in capitals.
    """

    by_id: Mapping[str, Pair]
    by_name: Mapping[str, Pair]
    by_base: Mapping[str, tuple[Pair, ...]]
    begins: Beginnings[Pair]

    @classmethod
    def read(cls, listed: Any) -> "Catalogue":
        """From the list of products; one that cannot be read is left out.

        Raises:
            ValueError: It is none, or holds no pair: that is never the truth.
        """
        read = [_pair(told) for told in listed["products"]]
        pairs = sorted((pair for pair in read if pair is not None), key=_quote_rank)
        if not pairs:
            raise ValueError("no products")
        by_name: dict[str, Pair] = {}
        by_base: dict[str, list[Pair]] = {}
        for pair in pairs:
            by_name.setdefault(f"{pair.base}{pair.quote}", pair)
            by_base.setdefault(pair.base, []).append(pair)
        return cls(
            by_id={pair.product_id: pair for pair in pairs},
            by_name=by_name,
            by_base={base: tuple(found) for base, found in by_base.items()},
            begins=Beginnings(
                (name, pair)
                for pair in pairs
                if pair.offered
                for name in (f"{pair.base}{pair.quote}", pair.told.base_name.upper())
            ),
        )

    def pair(self, symbol: str) -> Pair | None:
        """By any of its names, with or without a separator."""
        wanted = symbol.upper().replace("/", "-")
        return self.by_id.get(wanted) or self.by_name.get(wanted)

    def beginning_with(self, text: str) -> Iterator[Pair]:
        """Offered pairs whose symbol or name begins like `text`: that coin itself first."""
        wanted = text.upper().replace("/", "-")
        bare = wanted.replace("-", "")
        found = {pair.symbol: pair for text in {bare, wanted} for pair in self.begins.of(text)}
        yield from sorted(
            found.values(),
            key=lambda one: (one.base != wanted, not one.base.startswith(bare), one.symbol),
        )


def instrument(pair: Pair) -> Instrument:
    """The pair as everybody knows it; prices are in its quote currency."""
    return Instrument(
        symbol=pair.symbol,
        asset_class=AssetClass.CRYPTO,
        currency=pair.quote,
        name=pair.told.base_name,
        exchange="Coinbase",
    )


def rules(pair: Pair) -> InstrumentRules:
    """Coinbase's own figures: nothing is rounded there, what is off the grid is refused."""
    told = pair.told
    return InstrumentRules(
        quantity_step=told.base_increment,
        price_tick=told.price_increment or told.quote_increment,
        minimum_quantity=max(told.base_min_size, told.base_increment),
        minimum_notional=told.quote_min_size or None,
        fractional=True,
    )


@dataclass(frozen=True, slots=True)
class Prices:
    """The last prices of all products, by product id."""

    last: Mapping[str, Decimal]

    @classmethod
    def read(cls, listed: Any) -> "Prices":
        """From the list of products; a price that cannot be read is none.

        Raises:
            ValueError: It is none, or holds no price.
        """
        pairs = (_pair(told) for told in listed["products"])
        last = {pair.product_id: pair.told.price for pair in pairs if pair and pair.told.price > 0}
        if not last:
            raise ValueError("no prices")
        return cls(last)

    def of(self, pair: Pair) -> Decimal | None:
        """In the pair's quote currency."""
        return self.last.get(pair.product_id)

    def in_dollars(self, asset: str) -> Decimal | None:
        """Of one unit of an asset; None where nothing leads to dollars."""
        if asset in {DOLLARS, AS_DOLLARS}:
            return Decimal(1)
        for dollars in (DOLLARS, AS_DOLLARS):
            price = self.last.get(f"{asset}-{dollars}")
            if price is not None:
                return price
        # Other money: what a coin costs in it against what it costs in dollars.
        for coin in (AS_DOLLARS, "BTC"):
            there, here = self.last.get(f"{coin}-{asset}"), self.in_dollars_of(coin)
            if there is not None and here is not None:
                return here / there
        return None

    def in_dollars_of(self, coin: str) -> Decimal | None:
        """Of a coin that has a pair with the dollar."""
        return Decimal(1) if coin == AS_DOLLARS else self.last.get(f"{coin}-{DOLLARS}")


def _pair(listed: Any) -> Pair | None:
    """None for what cannot be read, such as contracts, whose ids have three parts."""
    try:
        told = answers.Product.model_validate(listed)
    except ValueError:
        return None
    wanted = f"{told.base_currency_id}-{told.quote_currency_id}"
    sound = told.product_id == wanted and told.base_increment > 0 and told.quote_increment > 0
    return Pair(told) if sound else None


def _quote_rank(pair: Pair) -> tuple[int, str]:
    known = pair.quote in _QUOTES
    return (_QUOTES.index(pair.quote) if known else len(_QUOTES), pair.quote)
