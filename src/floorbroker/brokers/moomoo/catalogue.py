"""Shares and options in OpenD's words and in ours, and how each may be ordered. Pure.

OpenD names a contract `AAPL261218C200000`: root, date, right and strike in thousandths without
leading zeros (https://openapi.moomoo.com/moomoo-api-doc/en/quote/get-option-chain.html). Its code
has `US.` before it in the SDK's texts; in messages the market stands apart.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.moomoo import words
from floorbroker.brokers.moomoo.amounts import amount
from floorbroker.brokers.shared.option_symbols import CONTRACT
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.instruments import AssetClass, Instrument, InstrumentRules, OptionRight

SHARE: Final = re.compile(r"[A-Z0-9]{1,10}(?:\.[A-Z0-9]{1,5})?", re.ASCII)
_CODE: Final = re.compile(r"([A-Z]{1,6}[0-9]?)([0-9]{6})([CP])([0-9]{1,8})", re.ASCII)
_LETTERS: Final = {"C": OptionRight.CALL, "P": OptionRight.PUT}
_NAME_AT_MOST: Final = 60
_USUAL_MULTIPLIER: Final = Decimal(100)
_ONE: Final = Decimal(1)
_CENT: Final = Decimal("0.01")
_MILL: Final = Decimal("0.001")

CONTRACT_RULES: Final = InstrumentRules(
    quantity_step=_ONE, price_tick=_CENT, minimum_quantity=_ONE, fractional=False
)
"""Many contracts trade in steps of 0.05; OpenD does not tell which, and moomoo refuses others."""


class NoCode(Exception):
    """An instrument that OpenD's messages cannot name."""


def share_rules(price: Decimal | None) -> InstrumentRules:
    """Whole shares; prices in cents from one dollar on.

    OpenD cuts off whatever is behind the third digit of a price, and behind the point of a quantity
    (the SDK's common/pb/Trd_PlaceOrder.proto), so nothing finer is offered.
    """
    cheap = price is not None and price < _ONE
    return InstrumentRules(
        quantity_step=_ONE,
        price_tick=_MILL if cheap else _CENT,
        minimum_quantity=_ONE,
        fractional=False,
    )


def code_of(instrument: Instrument) -> str:
    """As OpenD's messages name it.

    Raises:
        NoCode: It cannot be one of moomoo's.
    """
    if instrument.asset_class is AssetClass.EQUITY and SHARE.fullmatch(instrument.symbol):
        return instrument.symbol
    found = CONTRACT.fullmatch(instrument.symbol)
    if instrument.asset_class is not AssetClass.OPTION or found is None:
        raise NoCode
    root, year, month, day, letter, thousandths = found.groups()
    return f"{root}{year}{month}{day}{letter}{int(thousandths)}"


def share(code: str, name: str = "") -> Instrument:
    """A share or fund."""
    return Instrument(
        symbol=code, asset_class=AssetClass.EQUITY, name=sentence(name)[:_NAME_AT_MOST]
    )


def contract(code: str, name: str = "", multiplier: Decimal | None = None) -> Instrument | None:
    """The option of a code; None where it is none."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    root, day, letter, thousandths = found.groups()
    strike = Decimal(thousandths) / 1000
    try:
        expiry = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    except ValueError:
        return None
    if not strike:
        return None
    return Instrument(
        symbol=f"{root}{day}{letter}{int(thousandths):08d}",
        asset_class=AssetClass.OPTION,
        name=sentence(name)[:_NAME_AT_MOST]
        or f"{root} {expiry:%d %b %Y} {strike.normalize():f} {_LETTERS[letter].value}",
        multiplier=multiplier if multiplier is not None and multiplier > 0 else _USUAL_MULTIPLIER,
        underlying=root,
        expiry=expiry,
        strike=strike,
        right=_LETTERS[letter],
    )


def listed(told: Any) -> Instrument | None:
    """A share, fund or option of `SecurityStaticInfo`; None for anything else, or what has gone."""
    basic = told.basic
    code = basic.security.code
    if basic.security.market != words.US_SECURITIES or basic.delisting:
        return None
    if basic.secType in words.SHARES and SHARE.fullmatch(code):
        return share(code, basic.name)
    if basic.secType == words.OPTIONS and told.HasField("optionExData"):
        found = contract(code, basic.name, Decimal(basic.lotSize))
        terms = told.optionExData
        if found is not None and (found.strike, found.right) == (
            amount(terms.strikePrice),
            words.RIGHTS.get(terms.type),
        ):
            return found
    return None


def held(market: int, code: str, name: str) -> Instrument:
    """What a position or an order is about; what is not traded here is in brackets."""
    if market in {0, words.US}:
        found = contract(code, name)
        if found is not None:
            return found
        if SHARE.fullmatch(code):
            return share(code, name)
    shown = sentence(code)[:30]
    return Instrument(symbol=f"({shown})", asset_class=AssetClass.EQUITY, exchange="Moomoo")
