"""Option contracts by the symbol that the whole market uses: `AAPL250620C00100000`. Pure.

Root, expiry (yymmdd), call or put, strike in thousandths.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight

CONTRACT: Final = re.compile(r"([A-Z0-9]{1,6})([0-9]{2})([0-9]{2})([0-9]{2})([CP])([0-9]{8})", re.A)
USUAL_MULTIPLIER: Final = Decimal(100)
_RIGHTS: Final = {"C": OptionRight.CALL, "P": OptionRight.PUT}
_THOUSAND: Final = Decimal(1000)
_NEW_YORK: Final = ZoneInfo("America/New_York")
_CENT: Final = Decimal("0.01")
_MOST_THOUSANDTHS: Final = 10**8

_BAND: Final = Decimal("0.2")
_DEAREST_BARE: Final = Decimal(20)
"""Below that price strikes are so far apart that a band may hold none."""


def exchange_day(now: datetime) -> date:
    """The day that it is where US options expire."""
    return now.astimezone(_NEW_YORK).date()


def band(price: Decimal | None) -> dict[str, str]:
    """Asks for strikes near a price only, within which every expiry should have one.

    Whoever wants the expiries of a broker that lists contracts only need not read them all. The
    names are those of Alpaca's query and of Webull's.
    """
    if price is None or price < _DEAREST_BARE:
        return {}
    return {
        "strike_price_gte": str((price * (1 - _BAND)).quantize(_CENT)),
        "strike_price_lte": str((price * (1 + _BAND)).quantize(_CENT)),
    }


def same_chain(contracts: Sequence[Instrument]) -> tuple[str, date] | None:
    """The underlying and the expiry that all contracts share; None where there are none.

    Raises:
        ValueError: They are of several chains.
    """
    chains = {(one.underlying, one.expiry) for one in contracts}
    if not chains:
        return None
    ((underlying, expiry),) = chains
    if underlying is None or expiry is None:
        raise ValueError("no options")
    return underlying, expiry


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
