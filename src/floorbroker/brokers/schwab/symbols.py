"""Symbols in everybody's words and in Schwab's: `BRK.B` and `BRK/B`, options padded to 21. Pure.

Option symbols: "underlying (6 characters including spaces), expiration (yymmdd), call or put,
strike (5+3)": the vendor's own samples, as schwab-py's documentation and Schwabdev repeat them.
"""

import re
from decimal import Decimal
from typing import Final

from floorbroker.brokers.schwab.market_answers import Contract
from floorbroker.brokers.shared import option_symbols
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.instruments import AssetClass, Instrument

OPTION: Final = "OPTION"
EQUITY: Final = "EQUITY"
SHARE: Final = re.compile(r"[A-Z0-9]{1,10}(?:\.[A-Z0-9]{1,5})?", re.A)
_PADDED: Final = re.compile(r"([A-Z0-9]{1,6}) *([0-9]{6}[CP][0-9]{8})", re.A)
_ROOT: Final = 6
_NAME_AT_MOST: Final = 60


def to_schwab(instrument: Instrument) -> str:
    """The symbol as Schwab's orders and quotes write it.

    Raises:
        ValueError: It cannot be one.
    """
    symbol = instrument.symbol
    if instrument.asset_class is AssetClass.OPTION:
        found = option_symbols.CONTRACT.fullmatch(symbol)
        if found is None:
            raise ValueError("not an option's symbol")
        return f"{found[1]:<{_ROOT}}{symbol[len(found[1]) :]}"
    if instrument.asset_class is not AssetClass.EQUITY or not SHARE.fullmatch(symbol):
        raise ValueError("not a share's symbol")
    return symbol.replace(".", "/")


def is_option(symbol: str) -> bool:
    """Whether a symbol of Schwab's is an option's."""
    return _PADDED.fullmatch(symbol) is not None


def from_schwab(symbol: str) -> str:
    """The symbol in everybody's words; what is neither share nor option stays as it is."""
    found = _PADDED.fullmatch(symbol)
    if found is not None:
        return f"{found[1]}{found[2]}"
    return sentence(symbol).replace("/", ".")


def instrument_of(symbol: str, kind: str, description: str = "") -> Instrument:
    """What a position or an order is about; an unknown kind is told like a share."""
    option = contract_of(from_schwab(symbol), description) if kind == OPTION else None
    return option or share(symbol, description)


def share(symbol: str, description: str = "", exchange: str = "") -> Instrument:
    """A share or fund, by Schwab's symbol of it."""
    return Instrument(
        symbol=from_schwab(symbol),
        asset_class=AssetClass.EQUITY,
        name=sentence(description)[:_NAME_AT_MOST],
        exchange=sentence(exchange) or None,
    )


def contract_of(
    symbol: str, description: str = "", multiplier: Decimal = option_symbols.USUAL_MULTIPLIER
) -> Instrument | None:
    """A contract with the terms that its symbol tells; None where it is none."""
    if multiplier <= 0:
        return None
    name = sentence(description)[:_NAME_AT_MOST]
    return option_symbols.contract_of(symbol, name=name, multiplier=multiplier)


def contract(told: Contract) -> Instrument | None:
    """One of a chain; None for what stands for something else than the usual shares."""
    if told.unusual:
        return None
    return contract_of(from_schwab(told.symbol), told.description, told.multiplier)
