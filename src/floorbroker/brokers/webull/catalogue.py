"""Shares and coins in Webull's words and in ours, and how each may be ordered. Pure."""

import re
from decimal import Decimal
from typing import Final

from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.brokers.webull import answers
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules

SHARE: Final = re.compile(r"[A-Z0-9]{1,10}(?:\.[A-Z0-9]{1,5})?", re.ASCII)
CASH: Final = "USD"
"""What every coin is priced in."""

NOT_TRADED: Final = "NT"
"""The others: OC, which may be opened and closed, and CO, which may only be closed."""

_NAME_AT_MOST: Final = 60
_WHOLE: Final = Decimal(1)
_CENT: Final = Decimal("0.01")
_HUNDREDTH_OF_A_CENT: Final = Decimal("0.0001")
_DOLLAR: Final = Decimal(1)
_FINEST_SHARE: Final = Decimal("0.00001")
_FINEST_COIN: Final = Decimal("0.00000001")
_LEAST_COINS_WORTH: Final = Decimal(2)

OPTION_RULES: Final = InstrumentRules(
    quantity_step=_WHOLE, price_tick=_CENT, minimum_quantity=_WHOLE, fractional=False
)
"""Many contracts trade in steps of 0.05 or 0.10; Webull does not tell which, and refuses others."""


def share(answer: answers.Share) -> Instrument:
    """A share or fund."""
    return Instrument(
        symbol=answer.symbol,
        asset_class=AssetClass.EQUITY,
        name=sentence(answer.name)[:_NAME_AT_MOST],
        exchange=sentence(answer.exchange_code) or None,
    )


def coin(symbol: str) -> Instrument:
    """`BTC/USD` for Webull's `BTCUSD`."""
    return Instrument(
        symbol=f"{symbol.removesuffix(CASH)}/{CASH}",
        asset_class=AssetClass.CRYPTO,
        currency=CASH,
        exchange="Webull",
    )


def is_pair(answer: answers.Coin) -> bool:
    """Whether it is a coin against the dollar, as all are in September 2026."""
    name = answer.symbol
    return answer.currency == CASH and name.endswith(CASH) and len(name) > len(CASH)


def share_rules(answer: answers.Share, price: Decimal | None) -> InstrumentRules:
    """Prices from one dollar on are in cents, below in hundredths of a cent.

    Five digits of a part of a share are what the sandbox and Webull's own app take (unverified in
    the reference, which says "decimals"). The least amount of money is not documented.
    """
    step = _FINEST_SHARE if answer.fractionable else _WHOLE
    cheap = price is not None and price < _DOLLAR
    return InstrumentRules(
        quantity_step=step,
        price_tick=_HUNDREDTH_OF_A_CENT if cheap else _CENT,
        minimum_quantity=step,
        fractional=answer.fractionable,
    )


def coin_rules(answer: answers.Coin) -> InstrumentRules:
    """The coin's own steps; "up to 8 decimal places" and two dollars are documented for all."""
    step = _usable(answer.lot_size) or _FINEST_COIN
    return InstrumentRules(
        quantity_step=max(step, _FINEST_COIN),
        price_tick=_usable(answer.price_step) or _CENT,
        minimum_quantity=max(_usable(answer.min_trade_qty) or step, step),
        minimum_notional=_usable(answer.min_trade_amt) or _LEAST_COINS_WORTH,
        fractional=True,
    )


def _usable(amount: Decimal | None) -> Decimal | None:
    return Decimal(plain(amount)) if amount is not None and amount > 0 else None
