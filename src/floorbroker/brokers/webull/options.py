"""Option contracts, by the symbol that the whole market uses: `AAPL261218C00240000`. Pure.

Webull names contracts so where it lists and prices them; its orders and holdings have terms only.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from floorbroker.brokers.webull import answers
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight

CONTRACT: Final = re.compile(r"([A-Z0-9]{1,6})([0-9]{2})([0-9]{2})([0-9]{2})([CP])([0-9]{8})", re.A)
USUAL_MULTIPLIER: Final = Decimal(100)
RIGHTS: Final = {"CALL": OptionRight.CALL, "PUT": OptionRight.PUT}
_LETTERS: Final = {"C": OptionRight.CALL, "P": OptionRight.PUT}
_ROOT: Final = re.compile(r"[A-Z0-9]{1,6}", re.ASCII)
_MOST_THOUSANDTHS: Final = 10**8


def contract(answer: answers.Contract) -> Instrument:
    """A contract with the terms that Webull tells.

    Raises:
        ValueError: They are not those of its symbol.
    """
    known = contract_of(answer.symbol, answer.underlying_symbol, answer.multiplier)
    told = (answer.expiration_date, answer.strike_price, RIGHTS.get(answer.option_type))
    if known is None or told != (known.expiry, known.strike, known.right):
        raise ValueError("a contract's symbol and its terms differ")
    if root_of(known.symbol) != answer.root_symbol:
        raise ValueError("a contract's symbol and its root differ")
    return known


def contract_of(
    symbol: str, underlying: str = "", multiplier: Decimal | None = None
) -> Instrument | None:
    """A contract with the terms that its symbol tells; None where it is none."""
    found = CONTRACT.fullmatch(symbol)
    if found is None:
        return None
    root, year, month, day, letter, thousandths = found.groups()
    strike = Decimal(thousandths) / 1000
    try:
        expiry = date(2000 + int(year), int(month), int(day))
    except ValueError:
        return None
    if not strike:
        return None
    right = _LETTERS[letter]
    return Instrument(
        symbol=symbol,
        asset_class=AssetClass.OPTION,
        name=f"{root} {expiry:%d %b %Y} {strike:f} {right.value}",
        multiplier=multiplier if multiplier is not None and multiplier > 0 else USUAL_MULTIPLIER,
        underlying=underlying or root,
        expiry=expiry,
        strike=strike,
        right=right,
    )


def contract_with(
    root: str,
    underlying: str,
    expiry: date | None,
    right: str,
    strike: Decimal | None,
    multiplier: Decimal | None,
) -> Instrument | None:
    """The contract of these terms; None where they do not make one."""
    if CONTRACT.fullmatch(root):
        return contract_of(root, underlying, multiplier)
    if not _ROOT.fullmatch(root) or expiry is None or right not in RIGHTS or strike is None:
        return None
    thousandths = strike * 1000
    if thousandths % 1 or not 0 < thousandths < _MOST_THOUSANDTHS:
        return None
    symbol = f"{root}{expiry:%y%m%d}{right[0]}{int(thousandths):08d}"
    return contract_of(symbol, underlying, multiplier)


def root_of(symbol: str) -> str:
    """What orders name; of weekly index options it is not the underlying."""
    found = CONTRACT.fullmatch(symbol)
    return "" if found is None else found[1]
