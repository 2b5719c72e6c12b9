"""Accounts, balances and positions out of OpenD's messages. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.moomoo import catalogue, words
from floorbroker.brokers.moomoo.amounts import amount, price
from floorbroker.brokers.moomoo.errors import BROKER
from floorbroker.brokers.moomoo.refusals import Garbled
from floorbroker.brokers.shared.wire import sentence
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import Money
from floorbroker.domain.portfolio import Balances, BrokerAccount, Position

CURRENCY: Final = "USD"
_FIRM_NAMES: Final = {number: name for name, number in words.FIRMS.items()}


def accounts(told: Iterable[Any], environment: Environment, firm: int) -> list[BrokerAccount]:
    """Those of this environment, and with real money of this firm, that can trade here."""
    return [_account(one) for one in told if _ours(one, environment, firm)]


def no_account(told: Sequence[Any], environment: Environment, firm_name: str) -> BrokerError:
    """Why none is left, with what to do about it."""
    if environment is Environment.PAPER:
        words_ = "OpenD shows no paper account for US shares. Open paper trading in the moomoo app."
        return BrokerError(words_, broker=BROKER)
    live = words.ENVIRONMENTS[Environment.LIVE]
    firms = {_FIRM_NAMES.get(one.securityFirm, "") for one in told if one.trdEnv == live} - {""}
    if firms:
        others = " or ".join(sorted(firms))
        words_ = (
            f"OpenD shows no account with real money at {firm_name}, but at {others}: set "
            f"OPEND_SECURITY_FIRM={sorted(firms)[0]} if you mean that one."
        )
    else:
        words_ = f"OpenD shows no account with real money for US shares at {firm_name}."
    return BrokerError(words_, broker=BROKER)


def balances(told: Any, now: datetime) -> Balances:
    """In US dollars.

    Raises:
        Garbled: OpenD tells them in something else.
    """
    if told.HasField("currency") and told.currency not in {0, words.DOLLARS}:
        raise Garbled("another currency")
    own = next((one for one in told.cashInfoList if one.currency == words.DOLLARS), told)
    return Balances(
        cash=_dollars(own.cash),
        equity=_dollars(told.totalAssets),
        buying_power=_dollars(max(told.power, 0.0)),
        as_of=now,
    )


def positions(told: Iterable[Any], now: datetime) -> list[Position]:
    """All holdings, those of other markets too."""
    return [_position(one, now) for one in told if one.qty]


def _ours(told: Any, environment: Environment, firm: int) -> bool:
    if told.trdEnv != words.ENVIRONMENTS[environment] or told.accStatus == words.DISABLED:
        return False
    if environment is Environment.PAPER:
        return not told.simAccType or told.simAccType in words.FOR_SHARES_OR_OPTIONS
    return told.accRole != words.ROLE_FOR_IPO and told.securityFirm in {0, firm}


def _account(told: Any) -> BrokerAccount:
    number = sentence(told.uniCardNum or told.cardNum or str(told.accID))
    return BrokerAccount(
        account_id=AccountId(str(told.accID)),
        number=number,
        name="Cash" if told.accType == words.CASH else "Margin",
        currency=CURRENCY,
        may_short=told.accType != words.CASH,
    )


def _position(told: Any, now: datetime) -> Position:
    about = catalogue.held(told.secMarket, told.code, told.name)
    known = not about.symbol.startswith("(")
    units = amount(told.qty)
    return Position(
        instrument=about,
        # Whether the quantity of a short one has a sign of its own is unverified.
        quantity=-abs(units) if told.positionSide == words.SHORT else units,
        average_price=_cost(told) if known else None,
        market_price=price(told.price) if known else None,
        as_of=now,
    )


def _cost(told: Any) -> Decimal | None:
    """The average; paper accounts have the diluted one only (Trd_Common.proto, `Position`)."""
    for name in ("averageCostPrice", "dilutedCostPrice", "costPrice"):
        if told.HasField(name):
            return amount(getattr(told, name))
    return None


def _dollars(number: float) -> Money:
    return Money(amount=amount(number), currency=CURRENCY)
