"""Option contracts, by the symbol that the whole market uses: `AAPL250620C00100000`. Pure."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from floorbroker.brokers.alpaca import answers
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight

CONTRACT: Final = re.compile(r"([A-Z0-9]{1,6})([0-9]{2})([0-9]{2})([0-9]{2})([CP])([0-9]{8})", re.A)
_RIGHTS: Final = {"C": OptionRight.CALL, "P": OptionRight.PUT}


def contract(answer: answers.OptionContract) -> Instrument:
    """A contract with the terms that Alpaca tells.

    Raises:
        ValueError: Neither call nor put.
    """
    return Instrument(
        symbol=answer.symbol,
        asset_class=AssetClass.OPTION,
        name=sentence(answer.name)[:60],
        multiplier=answer.multiplier,
        underlying=answer.underlying_symbol,
        expiry=answer.expiration_date,
        strike=answer.strike_price,
        right=OptionRight(answer.type),
    )


def contract_of(symbol: str) -> Instrument | None:
    """A contract with the terms that its symbol tells; None where it is none.

    For lists of holdings and orders, which tell no terms. Adjusted contracts, whose root ends in a
    digit, may stand for another number of shares than 100.
    """
    found = CONTRACT.fullmatch(symbol)
    if found is None:
        return None
    root, year, month, day, right, thousandths = found.groups()
    strike = Decimal(thousandths) / 1000
    try:
        expiry = date(2000 + int(year), int(month), int(day))
    except ValueError:
        return None
    if not strike:
        return None
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.OPTION,
        name=f"{root} {expiry:%d %b %Y} {strike:f} {_RIGHTS[right].value}",
        multiplier=Decimal(100),
        underlying=root,
        expiry=expiry,
        strike=strike,
        right=_RIGHTS[right],
    )
