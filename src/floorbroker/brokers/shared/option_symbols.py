"""Option contracts by the symbol that the whole market uses: `AAPL250620C00100000`. Pure.

Root, expiry (yymmdd), call or put, strike in thousandths.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight

CONTRACT: Final = re.compile(r"([A-Z0-9]{1,6})([0-9]{2})([0-9]{2})([0-9]{2})([CP])([0-9]{8})", re.A)
USUAL_MULTIPLIER: Final = Decimal(100)
_RIGHTS: Final = {"C": OptionRight.CALL, "P": OptionRight.PUT}
_THOUSAND: Final = Decimal(1000)
_MOST_THOUSANDTHS: Final = 10**8


def contract_of(
    symbol: str, *, name: str = "", underlying: str = "", multiplier: Decimal = USUAL_MULTIPLIER
) -> Instrument | None:
    """A contract with the terms that its symbol tells; None where it is none.

    Adjusted contracts, whose root ends in a digit, may stand for other things than 100 shares.

    Args:
        underlying: The root, where it is not told.
    """
    found = CONTRACT.fullmatch(symbol)
    if found is None:
        return None
    root, year, month, day, letter, thousandths = found.groups()
    strike, right = Decimal(thousandths) / _THOUSAND, _RIGHTS[letter]
    try:
        expiry = date(2000 + int(year), int(month), int(day))
    except ValueError:
        return None
    if not strike:
        return None
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.OPTION,
        name=name or f"{root} {expiry:%d %b %Y} {strike:f} {right.value}",
        multiplier=multiplier,
        underlying=underlying or root,
        expiry=expiry,
        strike=strike,
        right=right,
    )


def symbol_of(root: str, expiry: date, right: OptionRight, strike: Decimal) -> str:
    """The symbol of the contract with these terms.

    Raises:
        ValueError: No contract has such a strike.
    """
    thousandths = strike * _THOUSAND
    if thousandths % 1 or not 0 < thousandths < _MOST_THOUSANDTHS:
        raise ValueError("no strike")
    return f"{root}{expiry:%y%m%d}{right.value[0].upper()}{int(thousandths):08d}"
