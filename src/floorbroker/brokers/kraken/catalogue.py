"""Kraken's names and ours: pairs by every name that people write, assets by their ids. Pure.

Kraken has three names for a pair: an id (`XXBTZUSD`), which is what answers are keyed by, an
altname (`XBTUSD`) and a wsname (`XBT/USD`). People write `BTC/USD`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from floorbroker.brokers.kraken import answers
from floorbroker.brokers.shared.beginnings import Beginnings
from floorbroker.brokers.shared.wire import Amount
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules

DOLLARS: Final = "USD"
FIAT: Final = frozenset({"USD", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY", "AED"})
_QUOTES: Final = ("USD", "USDT", "USDC", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY")
"""The currencies in which holdings are priced, best first."""

OFFERED: Final = frozenset({"USD", "USDT", "USDC"})
"""Quote currencies that are traded in. The limits on orders are amounts of dollars: 5 (bitcoins, or
pounds) would pass as 5 (dollars)."""

_MODERN: Final = {"XBT": "BTC", "XDG": "DOGE"}
_AMOUNT: Final = TypeAdapter(Amount).validate_python


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair, with both of its assets in words of today.

    Attributes:
        pair_id: What Kraken is asked with, and what it answers with.
        base: `BTC`.
        quote: `USD`.
    """

    pair_id: str
    base: str
    quote: str
    told: answers.AssetPair

    @property
    def symbol(self) -> str:
        """`BTC/USD`."""
        return f"{self.base}/{self.quote}"

    @property
    def halted(self) -> bool:
        """Whether Kraken takes nothing but cancels for it."""
        return self.told.status == "cancel_only"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All pairs.

    Attributes:
        by_name: By symbol without its slash, altname and id, in capitals.
        by_base: By the modern name of what is bought, those with the best quote currency first.
        begins: By the same names as `by_name`.
        assets: Modern names by Kraken's ids, and by its old altnames.
    """

    by_name: Mapping[str, Pair]
    by_base: Mapping[str, tuple[Pair, ...]]
    assets: Mapping[str, str]
    begins: Beginnings[Pair]

    @classmethod
    def read(cls, listed: Any) -> "Catalogue":
        """From the answer of `AssetPairs`; a pair that cannot be read is left out.

        Raises:
            ValueError: It is none, or holds no pair: that is never the truth.
        """
        if not isinstance(listed, dict):
            raise TypeError("no list of pairs")
        read = [_pair(pair_id, told) for pair_id, told in listed.items()]
        pairs = [pair for pair in read if pair is not None]
        if not pairs:
            raise ValueError("no pairs")
        by_name: dict[str, Pair] = {}
        for names in (_symbols, _altnames, _ids):
            for pair in pairs:
                by_name.setdefault(names(pair).upper(), pair)
        by_base: dict[str, list[Pair]] = {}
        assets: dict[str, str] = {}
        for pair in sorted(pairs, key=_quote_rank):
            by_base.setdefault(pair.base, []).append(pair)
            old_base, _, old_quote = pair.told.wsname.partition("/")
            assets |= {pair.told.base: pair.base, pair.told.quote: pair.quote}
            assets |= {old_base: pair.base, old_quote: pair.quote}
        best_first = {base: tuple(found) for base, found in by_base.items()}
        return cls(by_name, best_first, assets, Beginnings(by_name.items()))

    def pair(self, symbol: str) -> Pair | None:
        """By any of its names, with or without a separator."""
        return self.by_name.get(symbol.replace("/", "").replace("-", "").upper())

    def offers(self, pair: Pair) -> bool:
        """Whether orders may be placed in it: a coin's best pair, where that is one of dollars.

        A coin is held once, and shown in that pair: in another one it would look like nothing.
        """
        return (
            pair.base not in FIAT and pair.quote in OFFERED and self.by_base[pair.base][0] is pair
        )

    def asset(self, asset_id: str) -> str:
        """`BTC` for `XXBT`; what stands behind a dot (`ETH.F`, staked and the like) stays there."""
        known = self.assets.get(asset_id)
        if known is not None:
            return known
        plain, dot, kind = asset_id.partition(".")
        return f"{self.assets.get(plain, plain)}{dot}{kind}"

    def beginning_with(self, text: str) -> Iterator[Pair]:
        """Offered pairs whose name begins like `text`: that coin itself first, in dollars."""
        wanted = text.replace("/", "").replace("-", "").upper()
        wanted = _MODERN.get(wanted, wanted)
        found = {pair.symbol: pair for pair in self.begins.of(wanted) if self.offers(pair)}
        yield from sorted(
            found.values(), key=lambda one: (one.base != wanted, _quote_rank(one), one.symbol)
        )


def instrument(pair: Pair) -> Instrument:
    """The pair as everybody knows it; prices are in its quote currency."""
    fiat = pair.base in FIAT and pair.quote in FIAT
    return Instrument(
        symbol=pair.symbol,
        asset_class=AssetClass.FOREX if fiat else AssetClass.CRYPTO,
        currency=pair.quote,
        exchange="Kraken",
    )


def rules(pair: Pair) -> InstrumentRules:
    """Kraken's own figures: https://docs.kraken.com/api-reference/market-data."""
    told = pair.told
    step = Decimal(1).scaleb(-told.lot_decimals)
    return InstrumentRules(
        quantity_step=step,
        price_tick=told.tick_size or Decimal(1).scaleb(-told.pair_decimals),
        minimum_quantity=max(told.ordermin, step),
        minimum_notional=told.costmin or None,
        fractional=True,
    )


@dataclass(frozen=True, slots=True)
class Prices:
    """The last prices of all pairs, by pair id."""

    last: Mapping[str, Decimal]

    @classmethod
    def read(cls, listed: Any) -> "Prices":
        """From the answer of `Ticker` for all pairs; a price that cannot be read is none.

        Raises:
            ValueError: It is none, or holds no price.
        """
        if not isinstance(listed, dict):
            raise TypeError("no prices")
        read = {pair_id: _last(told) for pair_id, told in listed.items()}
        last = {pair_id: price for pair_id, price in read.items() if price is not None}
        if not last:
            raise ValueError("no prices")
        return cls(last)

    def of(self, pair: Pair) -> Decimal | None:
        """In the pair's quote currency."""
        return self.last.get(pair.pair_id)

    def in_dollars(self, asset: str, catalogue: Catalogue) -> Decimal | None:
        """Of one unit of an asset: through its pair with the dollar, or over one more asset."""
        direct = self._direct(asset, catalogue)
        if direct is not None:
            return direct
        for pair in catalogue.by_base.get(asset, ()):
            price, onwards = self.of(pair), self._direct(pair.quote, catalogue)
            if price is not None and onwards is not None:
                return price * onwards
        return None

    def _direct(self, asset: str, catalogue: Catalogue) -> Decimal | None:
        if asset == DOLLARS:
            return Decimal(1)
        there = catalogue.pair(f"{asset}/{DOLLARS}")
        if there is not None and (price := self.of(there)) is not None:
            return price
        back = catalogue.pair(f"{DOLLARS}/{asset}")
        price = None if back is None else self.of(back)
        return None if price is None else 1 / price


def _pair(pair_id: str, listed: Any) -> Pair | None:
    """None for what cannot be read, or has no name of two parts."""
    try:
        told = answers.AssetPair.model_validate(listed)
    except ValueError:
        return None
    base, slash, quote = told.wsname.upper().partition("/")
    if not (base and slash and quote):
        return None
    return Pair(pair_id, _MODERN.get(base, base), _MODERN.get(quote, quote), told)


def _last(told: Any) -> Decimal | None:
    """Of the last trade; None for 0, which stands for "never traded"."""
    try:
        price = _AMOUNT(told["c"][0])
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    return price if price > 0 else None


def _symbols(pair: Pair) -> str:
    return pair.symbol.replace("/", "")


def _altnames(pair: Pair) -> str:
    return pair.told.altname


def _ids(pair: Pair) -> str:
    return pair.pair_id


def _quote_rank(pair: Pair) -> int:
    return _QUOTES.index(pair.quote) if pair.quote in _QUOTES else len(_QUOTES)


def symbols_of(pairs: Iterable[Pair]) -> list[Instrument]:
    """Instruments in the same order."""
    return [instrument(pair) for pair in pairs]
