"""Binance's pairs and ours: `BTCUSDT` there, `BTC/USDT` here; and how each may be ordered. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from floorbroker.brokers.binance import answers
from floorbroker.brokers.shared.beginnings import Beginnings
from floorbroker.brokers.shared.wire import Amount, plain
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules

CASH: Final = "USDT"
"""What balances are told in, as Binance itself does for want of dollars."""

OFFERED: Final = ("USDT", "USDC", "FDUSD", "USD", "TUSD", "EUR")
"""Quote assets that are traded in, best first. Pairs priced in a coin are left out, and in money of
which a unit is worth far less than a dollar: the limits on orders are amounts of money, and 5
(bitcoins) would pass as 5 (dollars)."""

NOT_COINS: Final = frozenset({"EUR", "USD", "GBP", "TRY", "BRL", "JPY", "AUD"})
TRADING: Final = "TRADING"
_AMOUNT: Final = TypeAdapter(Amount).validate_python
_SYMBOLS: Final = TypeAdapter(tuple[answers.Symbol, ...]).validate_python


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair.

    Attributes:
        name: `BTCUSDT`: what Binance is asked with.
        trailing: Least and most distance of trailing stops in hundredths of a percent; None where
            there are none.
    """

    name: str
    base: str
    quote: str
    status: str
    order_types: frozenset[str]
    by_money: bool
    quote_digits: int
    trailing: tuple[int, int] | None
    rules: InstrumentRules

    @property
    def symbol(self) -> str:
        """`BTC/USDT`."""
        return f"{self.base}/{self.quote}"

    @property
    def offered(self) -> bool:
        """Whether orders may be placed in it here."""
        return self.quote in OFFERED and self.base not in NOT_COINS

    @property
    def trades(self) -> bool:
        """Whether Binance trades it now."""
        return self.status == TRADING


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All pairs.

    Attributes:
        by_name: By Binance's symbol.
        by_base: By what is bought, those with the best quote asset first.
        begins: Those that are offered and trade, by Binance's symbol.
    """

    by_name: Mapping[str, Pair]
    by_base: Mapping[str, tuple[Pair, ...]]
    begins: Beginnings[Pair]

    @classmethod
    def read(cls, listed: Any) -> "Catalogue":
        """From the answer of `exchangeInfo`; symbols in other letters than ours are left out.

        Raises:
            ValueError: It is none, or an empty one: that is never the truth.
        """
        told = [one for one in listed["symbols"] if _plain(one["symbol"])]
        pairs = [_pair(one) for one in _SYMBOLS(told) if one.is_spot_trading_allowed]
        if not pairs:
            raise ValueError("no pairs")
        by_base: dict[str, list[Pair]] = {}
        for pair in sorted(pairs, key=_rank):
            by_base.setdefault(pair.base, []).append(pair)
        return cls(
            {pair.name: pair for pair in pairs},
            {base: tuple(found) for base, found in by_base.items()},
            Beginnings((pair.name, pair) for pair in pairs if pair.offered and pair.trades),
        )

    def pair(self, symbol: str) -> Pair | None:
        """By Binance's symbol or ours, with or without a separator."""
        return self.by_name.get(symbol.replace("/", "").replace("-", "").upper())

    def best(self, base: str) -> Pair | None:
        """The pair that a coin is held and shown in."""
        pairs = self.by_base.get(base, ())
        return next((pair for pair in pairs if pair.offered), None)

    def beginning_with(self, text: str) -> Iterator[Pair]:
        """Pairs that trade and whose symbol begins like `text`: that coin itself first."""
        wanted = text.replace("/", "").replace("-", "").upper()
        yield from sorted(
            self.begins.of(wanted), key=lambda one: (one.base != wanted, _rank(one), one.symbol)
        )


@dataclass(frozen=True, slots=True)
class Prices:
    """The last prices of all pairs, by Binance's symbol."""

    last: Mapping[str, Decimal]

    @classmethod
    def read(cls, listed: Any) -> "Prices":
        """From the answer of `ticker/price`.

        Raises:
            ValueError: It is none, or an empty one.
        """
        if not isinstance(listed, list) or not listed:
            raise ValueError("no prices")
        last = {str(one["symbol"]): _AMOUNT(one["price"]) for one in listed}
        return cls({symbol: price for symbol, price in last.items() if price > 0})

    def of(self, pair: Pair) -> Decimal | None:
        """In the pair's quote asset."""
        return self.last.get(pair.name)

    def in_cash(self, asset: str) -> Decimal | None:
        """Of one unit of an asset, in `CASH`: directly, backwards, or over one more asset."""
        direct = self._direct(asset)
        if direct is not None:
            return direct
        for onwards in OFFERED:
            price, rest = self.last.get(f"{asset}{onwards}"), self._direct(onwards)
            if price is not None and rest is not None:
                return price * rest
        return None

    def _direct(self, asset: str) -> Decimal | None:
        if asset == CASH:
            return Decimal(1)
        price = self.last.get(f"{asset}{CASH}")
        if price is not None:
            return price
        back = self.last.get(f"{CASH}{asset}")
        return None if back is None else 1 / back


def instrument(pair: Pair) -> Instrument:
    """The pair as everybody knows it; prices are in its quote asset."""
    return Instrument(
        symbol=pair.symbol, asset_class=AssetClass.CRYPTO, currency=pair.quote, exchange="Binance"
    )


def instruments(pairs: Sequence[Pair]) -> list[Instrument]:
    """Of each, in the same order."""
    return [instrument(pair) for pair in pairs]


def instrument_of(symbol: str, catalogue: Catalogue) -> Instrument:
    """What an order is about; a pair that is listed no more is told by Binance's name of it."""
    pair = catalogue.by_name.get(symbol)
    if pair is not None:
        return instrument(pair)
    return Instrument(symbol=symbol, asset_class=AssetClass.CRYPTO, currency="", exchange="Binance")


def _pair(told: answers.Symbol) -> Pair:
    rules = {one.filter_type: one for one in told.filters}
    trailing = rules.get("TRAILING_DELTA")
    return Pair(
        name=told.symbol,
        base=told.base_asset,
        quote=told.quote_asset,
        status=told.status,
        order_types=frozenset(told.order_types),
        by_money=told.quote_order_qty_market_allowed,
        quote_digits=told.quote_asset_precision,
        trailing=_distance(trailing) if told.allow_trailing_stop and trailing else None,
        rules=_rules(told, rules),
    )


def _rules(told: answers.Symbol, rules: Mapping[str, answers.Filter]) -> InstrumentRules:
    """filters.md: LOT_SIZE, PRICE_FILTER, NOTIONAL or MIN_NOTIONAL; 0 is no rule."""
    lot, price = rules.get("LOT_SIZE"), rules.get("PRICE_FILTER")
    worth = rules.get("NOTIONAL") or rules.get("MIN_NOTIONAL")
    step = (lot and lot.step_size) or Decimal(1).scaleb(-told.base_asset_precision)
    tick = (price and price.tick_size) or Decimal(1).scaleb(-told.quote_asset_precision)
    return InstrumentRules(
        quantity_step=_short(step),
        price_tick=_short(tick),
        minimum_quantity=_short(max((lot and lot.min_qty) or step, step)),
        minimum_notional=_short(worth.min_notional) if worth and worth.min_notional else None,
        fractional=True,
    )


def _short(amount: Decimal) -> Decimal:
    """Without the zeros behind it."""
    return Decimal(plain(amount))


def _distance(told: answers.Filter) -> tuple[int, int] | None:
    """What fits on both sides of the price."""
    least = (told.min_trailing_above_delta, told.min_trailing_below_delta)
    most = (told.max_trailing_above_delta, told.max_trailing_below_delta)
    low = [one for one in least if one is not None]
    high = [one for one in most if one is not None]
    return (max(low), min(high)) if low and high else None


def _plain(symbol: Any) -> bool:
    return isinstance(symbol, str) and symbol.isascii() and symbol.isalnum() and len(symbol) <= 20


def _rank(pair: Pair) -> int:
    return OFFERED.index(pair.quote) if pair.quote in OFFERED else len(OFFERED)
