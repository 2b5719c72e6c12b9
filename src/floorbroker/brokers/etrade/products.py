"""Shares and contracts in E*TRADE's words and in ours. Pure.

E*TRADE names a contract by its terms. Ours is the symbol that the whole market uses:
`AAPL250620C00100000`.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.etrade.answers import Product
from floorbroker.brokers.shared import option_symbols
from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight

SHARE: Final = "EQ"
CONTRACT: Final = "OPTN"
SYMBOL: Final = re.compile(r"[A-Z][A-Z0-9]{0,5}(?:\.[A-Z]{1,2})?", re.ASCII)
_WORDS: Final = {OptionRight.CALL: "CALL", OptionRight.PUT: "PUT"}
_NAME_AT_MOST: Final = 60


def share(symbol: str, name: str = "", exchange: str | None = None) -> Instrument:
    """A share or fund that is traded like one."""
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.EQUITY,
        name=sentence(name)[:_NAME_AT_MOST],
        exchange=exchange,
    )


def contract(
    root: str, expiry: date, right: OptionRight, strike: Decimal, name: str = ""
) -> Instrument:
    """A contract of a hundred shares.

    Raises:
        ValueError: No contract has such a strike.
    """
    return Instrument(
        symbol=option_symbols.symbol_of(root, expiry, right, strike),
        asset_class=AssetClass.OPTION,
        name=sentence(name)[:_NAME_AT_MOST]
        or f"{root} {expiry:%d %b %Y} {plain(strike)} {right.value}",
        multiplier=option_symbols.USUAL_MULTIPLIER,
        underlying=root,
        expiry=expiry,
        strike=strike,
        right=right,
    )


def contract_of(symbol: str) -> Instrument | None:
    """A contract by the market's symbol of it; None where it is none."""
    # Roots begin with a letter, as do all of E*TRADE's symbols.
    return option_symbols.contract_of(symbol) if symbol[:1].isalpha() else None


def instrument_of(told: Product, name: str = "") -> Instrument:
    """What an order or a holding is about; an unknown kind is told like a share."""
    symbol = sentence(told.symbol).upper()
    if told.security_type == CONTRACT:
        try:
            return contract(
                symbol, _expiry(told), _right(told), told.strike_price or Decimal(0), name
            )
        except ValueError:
            pass
    return share(symbol, name)


def product(instrument: Instrument) -> dict[str, Any]:
    """As orders name it; numbers of a day as numbers, amounts as text."""
    if instrument.asset_class is not AssetClass.OPTION:
        return {"symbol": instrument.symbol, "securityType": SHARE}
    expiry, strike, right = terms_of(instrument)
    return {
        "symbol": instrument.underlying,
        "securityType": CONTRACT,
        "callPut": _WORDS[right],
        "expiryYear": expiry.year,
        "expiryMonth": expiry.month,
        "expiryDay": expiry.day,
        "strikePrice": plain(strike),
    }


def quoted_as(instrument: Instrument) -> str:
    """As quotes are asked for: underlier:year:month:day:type:strike.

    apisb.etrade.com/docs/api/market/api-quote-v1.html
    """
    if instrument.asset_class is not AssetClass.OPTION:
        return instrument.symbol
    expiry, strike, right = terms_of(instrument)
    day = f"{expiry.year}:{expiry.month}:{expiry.day}"
    return f"{instrument.underlying}:{day}:{_WORDS[right]}:{plain(strike)}"


def terms_of(instrument: Instrument) -> tuple[date, Decimal, OptionRight]:
    """A contract's terms; every contract has them."""
    expiry, strike, right = instrument.expiry, instrument.strike, instrument.right
    assert expiry and strike and right  # noqa: S101  # checked by `Instrument`
    return expiry, strike, right


def _expiry(told: Product) -> date:
    return date(told.expiry_year or 0, told.expiry_month or 0, told.expiry_day or 0)


def _right(told: Product) -> OptionRight:
    return OptionRight((told.call_put or "").lower())
