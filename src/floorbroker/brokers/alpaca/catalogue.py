"""Everything that can be traded in one asset class, lean enough to be kept for everybody. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from sys import intern
from typing import Any, Final, NamedTuple

from floorbroker.brokers.alpaca import answers
from floorbroker.brokers.shared.beginnings import Beginnings
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules

COIN: Final = "crypto"
SHARE: Final = "us_equity"
_QUOTED: Final = ("USDT", "USDC", "USD", "BTC")
_DOLLARS: Final = frozenset({"USD", "USDT", "USDC"})
_DOLLAR: Final = Decimal(1)
_TEN_DOLLARS: Final = Decimal(10)
_CENT: Final = Decimal("0.01")
_HUNDREDTH_OF_A_CENT: Final = Decimal("0.0001")
_WHOLE: Final = Decimal(1)
_BILLIONTH: Final = Decimal("0.000000001")
_NAME_AT_MOST: Final = 60


class Listed(NamedTuple):
    """One line of the catalogue."""

    symbol: str
    name: str
    exchange: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Tradable shares, or coin pairs.

    Attributes:
        by_name: By their names, folded.
        coins: The assets of coin pairs, by their symbol without the slash.
    """

    by_symbol: Beginnings[Listed]
    by_name: Beginnings[Listed]
    coins: Mapping[str, answers.Asset]

    @classmethod
    def read(cls, listed: Any) -> "Catalogue":
        """From the answer to `GET /v2/assets`; twelve thousand shares are not made into models.

        Raises:
            ValueError: It is no list of assets, or an empty one: that is never the truth.
        """
        if not isinstance(listed, list) or not listed:
            raise ValueError("no list of assets")
        tradable = [one for one in listed if one["tradable"] is True]
        lines = [Listed(*map(str, _line(one))) for one in tradable]
        coins = [answers.Asset.model_validate(one) for one in tradable if one["class"] == COIN]
        return cls(
            by_symbol=Beginnings((line.symbol, line) for line in lines),
            by_name=Beginnings((line.name.casefold(), line) for line in lines),
            coins={coin.symbol.replace("/", ""): coin for coin in coins},
        )

    def beginning_with(self, text: str) -> Iterator[Listed]:
        """Those whose symbol begins like `text`, then those whose name does."""
        symbol, name = text.upper(), text.casefold()
        yield from self.by_symbol.of(symbol)
        yield from (one for one in self.by_name.of(name) if not one.symbol.startswith(symbol))


def share(listed: Listed | answers.Asset) -> Instrument:
    """A share or fund."""
    return Instrument(
        symbol=listed.symbol,
        asset_class=AssetClass.EQUITY,
        name=sentence(listed.name)[:_NAME_AT_MOST],
        exchange=listed.exchange or None,
    )


def coin(listed: Listed | answers.Asset) -> Instrument:
    """A pair of coins, or of a coin and dollars; prices are in the second of the two."""
    return Instrument(
        symbol=listed.symbol,
        asset_class=AssetClass.CRYPTO,
        currency=listed.symbol.partition("/")[2] or "USD",
        name=sentence(listed.name)[:_NAME_AT_MOST],
    )


def share_rules(asset: answers.Asset, price: Decimal | None) -> InstrumentRules:
    """Prices from one dollar on are in cents, below in hundredths of a cent.

    https://docs.alpaca.markets/docs/orders-at-alpaca: sub-penny increments. Parts of a share have
    up to nine digits, and an amount of money begins at one dollar.
    """
    step = _BILLIONTH if asset.fractionable else _WHOLE
    cheap = price is not None and price < _DOLLAR
    return InstrumentRules(
        quantity_step=step,
        price_tick=_HUNDREDTH_OF_A_CENT if cheap else _CENT,
        minimum_quantity=step,
        minimum_notional=_DOLLAR if asset.fractionable else None,
        fractional=asset.fractionable,
    )


def coin_rules(asset: answers.Asset) -> InstrumentRules:
    """The pair's own increments; what Alpaca leaves out has nine digits.

    Ten dollars: "cost basis must be >= minimal amount of order 10", told by several in 2026 and by
    no page of Alpaca's.
    """
    step = asset.min_trade_increment or _BILLIONTH
    in_dollars = asset.symbol.partition("/")[2] in _DOLLARS
    return InstrumentRules(
        quantity_step=step,
        price_tick=asset.price_increment or _BILLIONTH,
        minimum_quantity=max(asset.min_order_size or step, step),
        minimum_notional=_TEN_DOLLARS if in_dollars else None,
        fractional=True,
    )


OPTION_RULES: Final = InstrumentRules(
    quantity_step=_WHOLE, price_tick=_CENT, minimum_quantity=_WHOLE, fractional=False
)
"""Many contracts trade in steps of 0.05 or 0.10; Alpaca does not tell which, and refuses others."""


def pair_of(symbol: str, coins: Mapping[str, answers.Asset]) -> str:
    """`BTC/USD` for the `BTCUSD` of positions; pairs no longer listed go by their ending."""
    if "/" in symbol:
        return symbol
    if symbol in coins:
        return coins[symbol].symbol
    for quoted in _QUOTED:
        if symbol.endswith(quoted) and symbol != quoted:
            return f"{symbol.removesuffix(quoted)}/{quoted}"
    return symbol


def _line(asset: Mapping[str, Any]) -> tuple[Any, Any, str]:
    return asset["symbol"], asset.get("name") or "", intern(str(asset.get("exchange") or ""))
