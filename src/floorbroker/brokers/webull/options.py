"""Option contracts, by the symbol that the whole market uses: `AAPL261218C00240000`. Pure.

Webull names contracts so where it lists and prices them; its orders and holdings have terms only.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from floorbroker.brokers.shared import option_symbols
from floorbroker.brokers.webull import answers
from floorbroker.domain.instruments import Instrument, OptionRight

RIGHTS: Final = {"CALL": OptionRight.CALL, "PUT": OptionRight.PUT}
_ROOT: Final = re.compile(r"[A-Z0-9]{1,6}", re.ASCII)


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
    if multiplier is None or multiplier <= 0:
        multiplier = option_symbols.USUAL_MULTIPLIER
    return option_symbols.contract_of(symbol, underlying=underlying, multiplier=multiplier)


def contract_with(
    root: str,
    underlying: str,
    expiry: date | None,
    right: str,
    strike: Decimal | None,
    multiplier: Decimal | None,
) -> Instrument | None:
    """The contract of these terms; None where they do not make one."""
    if option_symbols.CONTRACT.fullmatch(root):
        return contract_of(root, underlying, multiplier)
    if not _ROOT.fullmatch(root) or expiry is None or right not in RIGHTS or strike is None:
        return None
    try:
        symbol = option_symbols.symbol_of(root, expiry, RIGHTS[right], strike)
    except ValueError:
        return None
    return contract_of(symbol, underlying, multiplier)


def root_of(symbol: str) -> str:
    """What orders name; of weekly index options it is not the underlying."""
    found = option_symbols.CONTRACT.fullmatch(symbol)
    return "" if found is None else found[1]
