"""Orders in Kraken's words: "buy 1.25000000 XBTUSD @ limit 30010.0".

Recorded: market, limit, trailing stop; stop loss and take profit stand in the docs' examples. How a
trailing stop with a limit reads is unverified.
"""

from decimal import Decimal
from typing import Final

from tests.simulators.kraken.kinds import LIMITED, TRIGGERED
from tests.simulators.kraken.pairs import Pair
from tests.simulators.kraken.prices import Offset, Price
from tests.simulators.kraken.ticket import Terms
from tests.simulators.kraken.wire import fixed

_WORDS: Final = {
    "stop-loss": "stop loss",
    "take-profit": "take profit",
    "trailing-stop": "trailing stop",
}


def price_text(price: Price | None, pair: Pair) -> str:
    """As `descr.price` shows it; "0" where there is none."""
    if price is None:
        return "0"
    return price.text(pair) if isinstance(price, Offset) else fixed(price, pair.pair_decimals)


def terms_text(terms: Terms, pair: Pair) -> str:
    """What stands behind the "@"."""
    if terms.type == "market":
        return "market"
    price = price_text(terms.price, pair)
    if terms.type not in TRIGGERED:
        return f"limit {price}"
    words = f"{_WORDS[terms.type.removesuffix('-limit')]} {price}"
    if terms.type in LIMITED:
        words += f" -> limit {price_text(terms.price2, pair)}"
    return words


def order_text(side: str, volume: str, pair: Pair, terms: Terms, leverage: int | None) -> str:
    """`descr.order`."""
    margin = f" with {leverage}:1 leverage" if leverage else ""
    return f"{side} {volume} {pair.altname} @ {terms_text(terms, pair)}{margin}"


def close_text(terms: Terms | None, pair: Pair) -> str:
    """`descr.close`; empty where nothing closes it."""
    return "" if terms is None else f"close position @ {terms_text(terms, pair)}"


def volume_text(volume: Decimal, pair: Pair, *, viqc: bool) -> str:
    """`vol`: lots, or with viqc money (that Kraken shows the money there is unverified)."""
    return fixed(volume, pair.cost_decimals if viqc else pair.lot_decimals)
